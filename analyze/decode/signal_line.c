/* SPDX-License-Identifier: MIT */
/* Lines that are not calls: a signal delivered, a stop, the end of a thread. */
#include "analyze/decode/signals.h"

static const struct rn_call no_call = { .abi = RN_ABI_X86_64 };

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
	static const struct rn_decode_style style = { .string_limit = 32 };
	static const struct rn_decode_env nothing = { .style = &style };
	struct rn_bytes info = ev->SIGNAL.info;
	struct rn_print p = {
		.out = out,
		.ev = ev,
		.call = &no_call,
		.env = env ? env : &nothing,
		.style = env && env->style ? env->style : &style,
		.abi = RN_ABI_X86_64, /* names and layout are those of every 64-bit machine */
		.word = 8,
	};
	if (ev->SIGNAL.stop)
		rn_put_text(out, "stopped by ");
	put_signal_name(out, ev->SIGNAL.signo);
	if (!ev->SIGNAL.stop && info.len >= 12) {
		rn_put_u8(out, ' ');
		rn_print_siginfo(&p, info);
	}
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
