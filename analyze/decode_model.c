/* SPDX-License-Identifier: MIT */
#include "analyze/decode_model.h"

static bool fd_target(void *arg, const struct rn_event *ev, int64_t fd, enum rn_span_phase phase,
	struct rn_bytes *out)
{
	struct rn_fd_facts facts;
	bool known = phase == RN_PHASE_EXIT
		? rn_model_fd_made(arg, ev->utid, fd, ev->ts_ns, ev->call.dur_ns, &facts)
		: rn_model_fd(arg, ev->utid, fd, ev->ts_ns, &facts);
	if (known)
		*out = facts.target;
	return known && facts.target.len;
}

static bool cwd(void *arg, const struct rn_event *ev, struct rn_bytes *out)
{
	return rn_model_cwd(arg, ev->utid, ev->ts_ns, out);
}

struct rn_decode_env rn_decode_env_of(const struct rn_model *model, const struct rn_decode_style *style)
{
	return (struct rn_decode_env){ .style = style, .arg = (struct rn_model *)model,
		.fd_target = fd_target, .cwd = cwd };
}

void rn_put_call(struct rn_buffer *out, const struct rn_event *ev, const struct rn_decode_env *env)
{
	rn_decode_name(out, &ev->call);
	rn_put_u8(out, '(');
	rn_decode_args(out, ev, env);
	rn_put_text(out, ") = ");
	rn_decode_result(out, ev, env);
}
