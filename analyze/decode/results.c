/* SPDX-License-Identifier: MIT */
#include "analyze/decode/results.h"

#include "analyze/decode/kinds.h"
#include "analyze/decode/signals.h"
#include "analyze/decode/time.h"

/* The kernel's own codes for an interrupted call; a tracer sees them, the program never does. */
static const struct {
	int number;
	const char *text;
} restarts[] = {
	{ 512, "ERESTARTSYS (To be restarted if SA_RESTART is set)" },
	{ 513, "ERESTARTNOINTR (To be restarted)" },
	{ 514, "ERESTARTNOHAND (To be restarted if no handler)" },
	{ 516, "ERESTART_RESTARTBLOCK (Interrupted by signal)" },
};

static void print_error(struct rn_print *p, int64_t ret)
{
	int64_t errnum = ret == INT64_MIN ? INT64_MAX : -ret; /* no errno is that large */
	for (size_t i = 0; i < sizeof(restarts) / sizeof(restarts[0]); i++) {
		if (restarts[i].number != errnum)
			continue;
		RN_PUT(p, "? ");
		rn_put_text(p->out, restarts[i].text);
		return;
	}
	const char *name = errnum > 0 && errnum < 4096 ? rn_errno_name((int)errnum) : NULL;
	RN_PUT(p, "-1 ");
	if (!name) {
		RN_PUT(p, "(errno ");
		rn_put_dec(p->out, errnum);
		rn_put_u8(p->out, ')');
		return;
	}
	const char *text = rn_errno_text((int)errnum);
	rn_put_text(p->out, name);
	if (text) {
		RN_PUT(p, " (");
		rn_put_text(p->out, text);
		rn_put_u8(p->out, ')');
	}
}

static void result_dec(struct rn_print *p, int64_t ret)
{
	rn_put_dec(p->out, ret);
}

static void result_uint(struct rn_print *p, int64_t ret)
{
	rn_put_udec(p->out, p->word == 4 ? (uint32_t)ret : (uint64_t)ret);
}

static void result_hex(struct rn_print *p, int64_t ret)
{
	rn_put_hex(p->out, p->word == 4 ? (uint32_t)ret : (uint64_t)ret);
}

static void result_oct(struct rn_print *p, int64_t ret)
{
	rn_put_oct(p->out, (uint64_t)ret);
}

static void result_fd(struct rn_print *p, int64_t ret)
{
	rn_print_fd_at(p, ret, RN_PHASE_EXIT);
}

static void result_pid(struct rn_print *p, int64_t ret)
{
	rn_print_pid_at(p, ret, RN_PHASE_EXIT);
}

static void result_pgid(struct rn_print *p, int64_t ret)
{
	rn_print_pgid_at(p, ret, RN_PHASE_EXIT);
}

/* Of the calls whose first or second argument is a command. */
static void result_flags(struct rn_print *p, int64_t ret)
{
	if (p->desc->arg[1].kind == RN_ARG_PRCTL_ARG)
		rn_result_prctl(p, ret);
	else if (p->desc->arg[1].kind == RN_ARG_ARCH_PRCTL_ARG)
		rn_result_arch_prctl(p, ret);
	else
		rn_result_fcntl(p, ret);
}

/* The number stands there already: its name is always told. */
static void put_named(struct rn_print *p, int64_t ret, enum rn_names_id id)
{
	const struct rn_decode_style *style = rn_print_names_only(p);
	rn_put_dec(p->out, ret);
	RN_PUT(p, " (");
	rn_print_flags(p, id, (uint64_t)ret);
	rn_put_u8(p->out, ')');
	p->style = style;
}

static void result_sig(struct rn_print *p, int64_t ret)
{
	rn_put_dec(p->out, ret);
	if (ret <= 0)
		return;
	RN_PUT(p, " (");
	rn_print_signo(p, ret);
	rn_put_u8(p->out, ')');
}

static void result_sched(struct rn_print *p, int64_t ret)
{
	put_named(p, ret, RN_NAMES_sched);
}

static void result_timex(struct rn_print *p, int64_t ret)
{
	unsigned last = p->desc->n_args ? p->desc->n_args - 1u : 0;
	rn_put_dec(p->out, ret);
	uint32_t size = rn_record_bytes((enum rn_record_id)p->desc->arg[last].aux, p->abi);
	if (rn_memory_extent(p->call, RN_PHASE_EXIT, p->args[last], size) < size)
		return; /* nothing was asked */
	RN_PUT(p, " (");
	rn_print_enum(p, RN_NAMES_timex_state, (uint64_t)ret);
	rn_put_u8(p->out, ')');
}

static void result_personality(struct rn_print *p, int64_t ret)
{
	rn_put_hex(p->out, (uint64_t)ret);
	RN_PUT(p, " (");
	rn_print_flags(p, RN_NAMES_personality, (uint64_t)ret);
	rn_put_u8(p->out, ')');
}

/* The handler a signal had before. */
static void result_handler(struct rn_print *p, int64_t ret)
{
	result_hex(p, ret);
	if (ret != 0 && ret != 1)
		return;
	rn_put_text(p->out, ret ? " (SIG_IGN)" : " (SIG_DFL)");
}

/* MEMBARRIER_CMD_QUERY, the command 0, answers with the commands there are. */
static void result_membarrier(struct rn_print *p, int64_t ret)
{
	if (p->args[0] || !ret) {
		rn_put_dec(p->out, ret);
		return;
	}
	rn_put_hex(p->out, (uint64_t)ret);
	RN_PUT(p, " (");
	rn_print_flags(p, RN_NAMES_membarrier, (uint64_t)ret);
	rn_put_u8(p->out, ')');
}

static void result_ioprio(struct rn_print *p, int64_t ret)
{
	rn_put_hex(p->out, (uint64_t)ret);
	if (p->style->constants == RN_CONSTANTS_RAW)
		return;
	RN_PUT(p, " (");
	rn_print_ioprio_parts(p, (uint64_t)ret);
	rn_put_u8(p->out, ')');
}

/* The entry of the descriptor table that set_thread_area took or chose. */
static void result_entry(struct rn_print *p, int64_t ret)
{
	uint64_t entry;
	rn_put_dec(p->out, ret);
	if (ret || !rn_memory_uint(p->call, RN_PHASE_EXIT, p->args[0], 4, &entry))
		return;
	RN_PUT(p, " (entry_number=");
	rn_put_udec(p->out, entry);
	rn_put_u8(p->out, ')');
}

/* A set of signals in one word. */
static void put_mask(struct rn_print *p, int64_t ret, const char *label)
{
	if (ret)
		rn_put_hex(p->out, (uint32_t)ret);
	else
		rn_put_u8(p->out, '0');
	rn_put_text(p->out, label);
	rn_print_sigset_bits(p, (uint32_t)ret, 32);
	rn_put_u8(p->out, ')');
}

static void result_mask(struct rn_print *p, int64_t ret)
{
	put_mask(p, ret, " (mask ");
}

static void result_old_mask(struct rn_print *p, int64_t ret)
{
	put_mask(p, ret, " (old mask ");
}

static void result_time(struct rn_print *p, int64_t ret)
{
	rn_put_dec(p->out, ret);
	rn_print_date(p, ret, " (", ")");
}

static rn_result_printer *const printers[RN_RET_KINDS] = {
	[RN_RET_INT] = result_uint,
	[RN_RET_UINT] = result_uint,
	[RN_RET_SIZE] = result_uint,
	[RN_RET_OFF] = result_uint,
	[RN_RET_HEX] = result_hex,
	[RN_RET_OCT] = result_oct,
	[RN_RET_FD] = result_fd,
	[RN_RET_PID] = result_pid,
	[RN_RET_PGID] = result_pgid,
	[RN_RET_UID] = result_uint,
	[RN_RET_FLAGS] = result_flags,
	[RN_RET_POLL] = rn_result_poll,
	[RN_RET_NEVER] = result_dec,
	[RN_RET_SIG] = result_sig,
	[RN_RET_SCHED] = result_sched,
	[RN_RET_TIMEX] = result_timex,
	[RN_RET_PERSONALITY] = result_personality,
	[RN_RET_IOPRIO] = result_ioprio,
	[RN_RET_TIME] = result_time,
	[RN_RET_MEMBARRIER] = result_membarrier,
	[RN_RET_HANDLER] = result_handler,
	[RN_RET_ENTRY] = result_entry,
	[RN_RET_MASK] = result_mask,
	[RN_RET_OLD_MASK] = result_old_mask,
	[RN_RET_IOCTL] = rn_result_ioctl,
};

void rn_print_result(struct rn_print *p)
{
	if (p->call->flags & RN_CALL_UNFINISHED) {
		rn_put_u8(p->out, '?');
		return;
	}
	if (p->call->flags & RN_CALL_ERROR) {
		print_error(p, p->call->ret);
		return;
	}
	if (p->raw) {
		result_hex(p, p->call->ret);
		return;
	}
	unsigned kind = p->desc ? p->desc->ret : RN_RET_INT;
	int64_t ret = p->word == 4 ? (int32_t)p->call->ret : p->call->ret;
	rn_result_printer *print = kind < RN_RET_KINDS ? printers[kind] : NULL;
	(print ? print : result_dec)(p, ret);
}
