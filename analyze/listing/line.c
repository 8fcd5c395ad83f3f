/* SPDX-License-Identifier: MIT */
#include "analyze/listing/line.h"

#include <time.h>

#define NS_PER_S 1000000000u

void rn_put_padded(struct rn_buffer *out, uint64_t v, unsigned digits)
{
	char t[24];
	unsigned at = sizeof(t);
	do {
		t[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (sizeof(t) - at < digits && at > 0)
		t[--at] = '0';
	rn_put_bytes(out, t + at, sizeof(t) - at);
}

/* A point and that many digits of a second's fraction; 0: nothing. */
static void put_fraction(struct rn_buffer *out, uint64_t ns, unsigned digits)
{
	uint64_t unit = 1;
	for (unsigned i = digits; i < 9; i++)
		unit *= 10;
	if (!digits)
		return;
	rn_put_u8(out, '.');
	rn_put_padded(out, ns % NS_PER_S / unit, digits);
}

void rn_put_seconds(struct rn_buffer *out, uint64_t ns, unsigned digits)
{
	rn_put_padded(out, ns / NS_PER_S, 1);
	put_fraction(out, ns, digits);
}

/* Local time, as strace has it: TZ decides. */
static void put_time_of_day(struct rn_line_clock *c, struct rn_buffer *out, uint64_t second)
{
	if (!c->hms[0] || c->day_second != second) {
		time_t t = (time_t)second;
		struct tm tm;
		c->day_second = second;
		if (!localtime_r(&t, &tm) || !strftime(c->hms, sizeof(c->hms), "%H:%M:%S", &tm))
			memcpy(c->hms, "??:??:??", sizeof(c->hms));
	}
	rn_put_bytes(out, c->hms, 8);
}

static void put_clock(struct rn_line_clock *c, struct rn_listing *l, uint64_t ts_ns)
{
	uint64_t now_ns = l->header->start_realtime_ns + ts_ns;
	if (l->style->clock == RN_CLOCK_TIME)
		put_time_of_day(c, &l->out, now_ns / NS_PER_S);
	else
		rn_put_padded(&l->out, now_ns / NS_PER_S, 1);
	put_fraction(&l->out, now_ns, l->style->clock_digits);
	rn_put_u8(&l->out, ' ');
}

static void put_relative(struct rn_line_clock *c, struct rn_listing *l, uint64_t ts_ns)
{
	uint64_t since = c->any && ts_ns > c->last_ns ? ts_ns - c->last_ns : 0;
	bool bracketed = l->style->clock != RN_CLOCK_NONE;
	c->any = true;
	c->last_ns = ts_ns;
	rn_put_format(&l->out, bracketed ? "(+%6llu" : "%6llu",
		(unsigned long long)(since / NS_PER_S));
	put_fraction(&l->out, since, l->style->relative_digits);
	rn_put_text(&l->out, bracketed ? ") " : " ");
}

static void put_comm(struct rn_listing *l, uint32_t utid, uint64_t ts_ns)
{
	struct rn_bytes comm = rn_model_title(l->model, utid, ts_ns);
	if ((l->style->decode.pids & RN_PIDS_COMM) && comm.len)
		rn_print_comm(&l->out, comm);
}

static void put_pid(struct rn_listing *l, uint32_t utid, uint64_t ts_ns)
{
	uint64_t tid = rn_model_tid(l->model, utid, ts_ns);
	if (l->style->pid_column) {
		size_t start = l->out.len;
		rn_put_padded(&l->out, tid, 1);
		put_comm(l, utid, ts_ns);
		while (l->out.len - start < 5)
			rn_put_u8(&l->out, ' ');
		rn_put_u8(&l->out, ' ');
		return;
	}
	rn_put_text(&l->out, "[pid ");
	for (uint64_t reach = 10000; reach > tid && reach > 1; reach /= 10)
		rn_put_u8(&l->out, ' ');
	rn_put_padded(&l->out, tid, 1);
	put_comm(l, utid, ts_ns);
	rn_put_text(&l->out, "] ");
}

void rn_line_lead(struct rn_line_clock *c, struct rn_listing *l, uint32_t utid, uint64_t ts_ns)
{
	if ((l->many || l->style->pid_column) && utid)
		put_pid(l, utid, ts_ns);
	if (l->style->clock)
		put_clock(c, l, ts_ns);
	if (l->style->relative)
		put_relative(c, l, ts_ns);
}

/* The program counter among the registers that are kept (docs/format.md). */
static bool find_pc(const struct rn_listing *l, const struct rn_call *c, uint64_t *pc)
{
	unsigned slot = l->header->machine == RN_MACHINE_AARCH64 ? 32 : 16;
	if (!c->regs || slot >= c->n_regs)
		return false;
	*pc = c->regs[slot];
	return true;
}

void rn_line_call(struct rn_listing *l, const struct rn_call *call)
{
	uint64_t pc;
	if (l->style->numbers)
		rn_put_format(&l->out, "[%4u] ", call->nr);
	if (!l->style->pcs)
		return;
	bool narrow = call->abi == RN_ABI_I386;
	if (find_pc(l, call, &pc))
		rn_put_format(&l->out, narrow ? "[%08llx] " : "[%016llx] ", (unsigned long long)pc);
	else
		rn_put_text(&l->out, narrow ? "[????????] " : "[????????????????] ");
}
