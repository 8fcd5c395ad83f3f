/* SPDX-License-Identifier: MIT */
#include "analyze/model/decode_model.h"

static bool fd_facts(void *arg, const struct rn_event *ev, int64_t fd, enum rn_span_phase phase,
	struct rn_fd_facts *out)
{
	return phase == RN_PHASE_EXIT
		? rn_model_fd_made(arg, ev->utid, fd, ev->ts_ns, ev->call.dur_ns, out)
		: rn_model_fd(arg, ev->utid, fd, ev->ts_ns, out);
}

static bool pid_facts(void *arg, const struct rn_event *ev, int64_t pid, enum rn_span_phase phase,
	struct rn_pid_facts *out)
{
	uint64_t at_ns = ev->ts_ns + (phase == RN_PHASE_EXIT ? ev->call.dur_ns : 0);
	uint32_t holder = rn_model_holder(arg, (uint64_t)pid, ev->utid, at_ns);
	if (!holder)
		return false;
	*out = (struct rn_pid_facts){ rn_model_comm(arg, holder, at_ns),
		rn_model_tid(arg, holder, at_ns) };
	return true;
}

static bool group(void *arg, const struct rn_event *ev, int64_t pgid, enum rn_span_phase phase,
	uint64_t *tid)
{
	uint64_t at_ns = ev->ts_ns + (phase == RN_PHASE_EXIT ? ev->call.dur_ns : 0);
	uint32_t leader = rn_model_group(arg, (uint64_t)pgid, ev->utid, at_ns);
	if (leader)
		*tid = rn_model_tid(arg, leader, at_ns);
	return leader;
}

static bool cwd(void *arg, const struct rn_event *ev, struct rn_bytes *out)
{
	return rn_model_cwd(arg, ev->utid, ev->ts_ns, out);
}

struct rn_decode_env rn_decode_env_of(const struct rn_model *model, const struct rn_decode_style *style)
{
	return (struct rn_decode_env){ .style = style, .arg = (struct rn_model *)model,
		.fd = fd_facts, .cwd = cwd, .pid = pid_facts,
		.group = group };
}

void rn_put_call(struct rn_buffer *out, const struct rn_event *ev, const struct rn_decode_env *env)
{
	rn_decode_name(out, &ev->call);
	rn_put_u8(out, '(');
	rn_decode_args(out, ev, env);
	rn_put_text(out, ") = ");
	rn_decode_result(out, ev, env);
}
