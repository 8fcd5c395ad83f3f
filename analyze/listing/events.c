/* SPDX-License-Identifier: MIT */
#include "analyze/listing/events.h"

#include "shared/names.h"
#include "shared/syscall.h"

const char *rn_lost_cause_text(uint64_t cause)
{
	static const char *const texts[] = {
		[RN_LOST_RING] = "ring full",
		[RN_LOST_TOO_BIG] = "too big",
		[RN_LOST_RATE] = "over the rate limit",
		[RN_LOST_DAMAGE] = "damage",
		[RN_LOST_RECORDER] = "recorder in trouble",
		[RN_LOST_OUTPUT] = "output too slow",
		[RN_LOST_MEMORY] = "memory limit",
		[RN_LOST_DISK] = "disk full",
		[RN_LOST_CPU] = "CPU limit",
	};
	return cause < sizeof(texts) / sizeof(texts[0]) && texts[cause] ? texts[cause]
									: "unknown cause";
}

void rn_put_lost(struct rn_buffer *out, const struct rn_event *ev)
{
	const struct rn_ev_LOST *lost = &ev->LOST;
	const char *cause = rn_lost_cause_text(lost->cause);
	if (lost->count || lost->cause != RN_LOST_CPU)
		rn_put_format(out, "%llu event%s lost (%s)", (unsigned long long)lost->count,
			lost->count == 1 ? "" : "s", cause);
	else
		rn_put_format(out, "%s not looked at for %.3f s (%s)", ev->utid ? "calls of this thread were" : "calls were", ev->ts_ns > lost->from_ns ? (double)(ev->ts_ns - lost->from_ns) / 1e9 : 0, cause);
}

static bool is_told_at_exit(const struct rn_arg *a)
{
	return (a->dir & (RN_OUT | RN_OUT_ALWAYS)) && !(a->dir & RN_IN);
}

void rn_put_entry_args(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env)
{
	const struct rn_syscall *d = rn_syscall((enum rn_abi)ev->call.abi, ev->call.nr);
	unsigned n = rn_decode_n_args(&ev->call);
	bool raw = rn_decode_is_raw(&ev->call, env);
	size_t end = out->len;
	for (unsigned i = 0; i < n; i++) {
		if (i)
			rn_put_text(out, ", ");
		if (d && !raw && is_told_at_exit(&d->arg[i]))
			return;
		if (!rn_decode_arg(out, ev, i, env))
			break;
		end = out->len;
	}
	out->len = end; /* without the comma before what is not shown */
}

const char *rn_call_errno(const struct rn_call *c, char buf[24])
{
	uint64_t number = 0 - (uint64_t)c->ret; /* a damaged trace may have a result without a negative */
	const char *name = rn_errno_name((int)number);
	if (name)
		return name;
	snprintf(buf, 24, "%lld", (long long)number);
	return buf;
}
