/* SPDX-License-Identifier: MIT */
/* poll, select and epoll: what was asked, and behind the result what became ready. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/poll.h"
#include "analyze/decode/results.h"

void rn_record_pollfd(struct rn_print *p, struct rn_bytes b)
{
	int64_t fd = rn_field_i(b, 0, 4);
	RN_PUT(p, "{fd=");
	rn_print_fd(p, fd);
	if (fd >= 0) {
		RN_PUT(p, ", events=");
		rn_print_flags(p, RN_NAMES_poll_events, rn_field_u(b, 4, 2));
	}
	rn_put_u8(p->out, '}');
}

void rn_record_epoll_event(struct rn_print *p, struct rn_bytes b)
{
	unsigned data = b.len >= 16 ? 8 : 4; /* packed on x86 */
	RN_PUT(p, "{events=");
	rn_print_flags(p, RN_NAMES_epoll_events, rn_field_u(b, 0, 4));
	RN_PUT(p, ", data={u32=");
	rn_put_udec(p->out, rn_field_u(b, data, 4));
	RN_PUT(p, ", u64=");
	rn_put_udec(p->out, rn_field_u(b, data, 8));
	RN_PUT(p, "}}");
}

/* The kernel reads whole words. */
static bool has_fdset(struct rn_print *p, uint64_t addr, int32_t n_fds)
{
	uint64_t bits = p->word * 8;
	uint64_t len = n_fds > 0 ? ((uint64_t)n_fds + bits - 1) / bits * p->word : 0;
	return len && addr && rn_memory_extent(p->call, p->phase, addr, len) == len;
}

/* The next descriptor of the set from fd on, n_fds when there is none. */
static int32_t next_fd(struct rn_print *p, uint64_t addr, int32_t fd, int32_t n_fds)
{
	uint64_t byte;
	while (fd < n_fds) {
		if (!rn_memory_uint(p->call, p->phase, addr + (uint64_t)fd / 8, 1, &byte))
			return n_fds;
		byte >>= fd % 8;
		if (byte & 1)
			return fd;
		fd += byte ? 1 : 8 - fd % 8;
	}
	return n_fds;
}

static void put_fds(struct rn_print *p, uint64_t addr, int32_t n_fds)
{
	bool first = true;
	rn_put_u8(p->out, '[');
	for (int32_t fd = next_fd(p, addr, 0, n_fds); fd < n_fds;
	     fd = next_fd(p, addr, fd + 1, n_fds)) {
		if (!first)
			rn_put_u8(p->out, ' ');
		first = false;
		if (p->phase == RN_PHASE_EXIT) /* what a result lists has numbers alone */
			rn_put_dec(p->out, fd);
		else
			rn_print_fd(p, fd);
	}
	rn_put_u8(p->out, ']');
}

bool rn_kind_fdset(struct rn_print *p, unsigned i)
{
	int32_t n_fds = (int32_t)rn_arg_length(p, &p->desc->arg[i]);
	if (!p->unfollowed && has_fdset(p, p->args[i], n_fds))
		put_fds(p, p->args[i], n_fds);
	else
		rn_print_addr(p, p->args[i]);
	return true;
}

/* One result's remark: "(", what follows, ")". */
struct remark {
	struct rn_print *p;
	bool open;
};

static void next(struct remark *r)
{
	rn_put_text(r->p->out, r->open ? ", " : " (");
	r->open = true;
}

static void put_left(struct remark *r, enum rn_record_id id, uint64_t addr)
{
	uint8_t bytes[16];
	uint32_t size = rn_record_bytes(id, r->p->abi);
	if (r->p->unfollowed && addr) {
		next(r);
		RN_PUT(r->p, "left ");
		rn_print_addr(r->p, addr);
		return;
	}
	if (!size || size > sizeof(bytes) || !rn_print_read(r->p, addr, bytes, size))
		return;
	next(r);
	RN_PUT(r->p, "left ");
	rn_print_record(r->p, id, rn_bytes_of(bytes, size));
}

/* The one argument of a time that the kernel counts down. */
static void put_time_left(struct remark *r)
{
	for (unsigned i = 0; i < r->p->desc->n_args; i++) {
		const struct rn_arg *a = &r->p->desc->arg[i];
		if (a->kind == RN_ARG_REC && a->dir & RN_OUT)
			put_left(r, (enum rn_record_id)a->aux, r->p->args[i]);
	}
}

static void put_ready_sets(struct remark *r)
{
	static const char *const names[] = { "in ", "out ", "except " };
	struct rn_print *p = r->p;
	unsigned set = 0;
	for (unsigned i = 0; i < p->desc->n_args && set < 3; i++) {
		if (p->desc->arg[i].kind != RN_ARG_FDSET)
			continue;
		const char *name = names[set++];
		int32_t n_fds = (int32_t)rn_arg_length(p, &p->desc->arg[i]);
		if (!has_fdset(p, p->args[i], n_fds) ||
		    next_fd(p, p->args[i], 0, n_fds) == n_fds)
			continue;
		next(r);
		rn_put_text(p->out, name);
		put_fds(p, p->args[i], n_fds);
	}
}

static void put_ready_polls(struct remark *r, uint64_t addr, uint64_t n)
{
	struct rn_print *p = r->p;
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	uint8_t bytes[8];
	uint64_t shown = 0;
	next(r);
	rn_put_u8(p->out, '[');
	for (uint64_t i = 0; i < n && rn_print_read(p, addr + 8 * i, bytes, sizeof(bytes)); i++) {
		struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
		if (!rn_field_u(b, 6, 2))
			continue;
		if (shown)
			RN_PUT(p, ", ");
		if (shown++ >= limit) {
			RN_PUT(p, "...");
			break;
		}
		RN_PUT(p, "{fd=");
		rn_put_dec(p->out, rn_field_i(b, 0, 4));
		RN_PUT(p, ", revents=");
		rn_print_flags(p, RN_NAMES_poll_events, rn_field_u(b, 6, 2));
		rn_put_u8(p->out, '}');
	}
	rn_put_u8(p->out, ']');
}

void rn_result_poll(struct rn_print *p, int64_t ret)
{
	struct remark r = { p, false };
	rn_put_dec(p->out, ret);
	if (!p->desc || ret < 0)
		return;
	if (p->unfollowed && p->desc->arg[0].kind == RN_ARG_ARR)
		return;
	if (ret == 0) {
		RN_PUT(p, " (Timeout)");
		return;
	}
	p->phase = RN_PHASE_EXIT;
	if (p->desc->arg[0].kind == RN_ARG_ARR)
		put_ready_polls(&r, p->args[0], rn_arg_length(p, &p->desc->arg[0]));
	else
		put_ready_sets(&r);
	put_time_left(&r);
	rn_put_text(p->out, r.open ? ")" : p->desc->arg[1].kind == RN_ARG_FDSET ? " ()" : "");
}
