/* SPDX-License-Identifier: MIT */
/* Lines that are not calls: a signal delivered, a stop, the end of a thread. */
#include "analyze/decode/decode.h"
#include "analyze/decode/number.h"
#include "shared/names.h"

static void put_signal_name(struct rn_buffer *out, uint64_t signo)
{
	char buf[16];
	const char *name = signo && signo <= 64 ? rn_signal_name((int)signo, buf) : NULL;
	if (name) {
		rn_put_text(out, name);
	} else {
		rn_put_text(out, "SIG_");
		rn_put_udec(out, signo);
	}
}

void rn_decode_signal(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env)
{
	(void)env;
	if (ev->SIGNAL.stop)
		rn_put_text(out, "stopped by ");
	put_signal_name(out, ev->SIGNAL.signo);
}

/* A wait status: exit code in bits 8..15, or the signal in bits 0..6 and bit 7 for a core. */
void rn_decode_exit(struct rn_buffer *out, uint64_t wait_status)
{
	unsigned signo = wait_status & 0x7f;
	if (!signo) {
		rn_put_text(out, "exited with ");
		rn_put_udec(out, wait_status >> 8 & 0xff);
		return;
	}
	rn_put_text(out, "killed by ");
	put_signal_name(out, signo);
	if (wait_status & 0x80)
		rn_put_text(out, " (core dumped)");
}
