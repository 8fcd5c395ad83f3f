/* SPDX-License-Identifier: MIT */
/* clone and clone3. clone's arguments are shown by name and only where the flags use them; the
 * lowest byte of its flags is the signal sent at the end. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/processes.h"

#define CSIGNAL 0xff
#define CLONE_PIDFD 0x1000
#define CLONE_SETTLS 0x80000
#define CLONE_PARENT_SETTID 0x100000
#define CLONE_CHILD_CLEARTID 0x200000
#define CLONE_CHILD_SETTID 0x1000000
#define CLONE_VM 0x100
#define CLONE_INTO_CGROUP UINT64_C(0x200000000)

static const char *const labels[] = {
	[RN_CLONE_flags] = "flags=",
	[RN_CLONE_stack] = "child_stack=",
	[RN_CLONE_parent_tid] = "parent_tid=",
	[RN_CLONE_child_tid] = "child_tidptr=",
	[RN_CLONE_tls] = "tls=",
};

static uint64_t value_of(const struct rn_print *p, unsigned role)
{
	for (unsigned i = 0; i < p->desc->n_args; i++)
		if (p->desc->arg[i].kind == RN_ARG_CLONE_ARG && p->desc->arg[i].aux == role)
			return p->args[i];
	return 0;
}

static bool is_used(unsigned role, uint64_t flags)
{
	switch (role) {
	case RN_CLONE_parent_tid:
		return flags & (CLONE_PARENT_SETTID | CLONE_PIDFD);
	case RN_CLONE_child_tid:
		return flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID);
	case RN_CLONE_tls:
		return flags & CLONE_SETTLS;
	default:
		return true;
	}
}

static void put_flags(struct rn_print *p, uint64_t v)
{
	bool first = true;
	uint64_t rest = v & ~(uint64_t)CSIGNAL;
	if (rest && rn_print_numbers(p)) {
		rn_print_flags(p, RN_NAMES_clone, rest);
		first = false;
		rest = 0;
	}
	if (rest)
		rest = rn_print_known_flags(p, RN_NAMES_clone, rest, &first);
	if (rest) {
		if (!first)
			rn_put_u8(p->out, '|');
		rn_put_hex(p->out, rest);
		if (first)
			RN_PUT(p, " /* CLONE_??? */");
		first = false;
	}
	if (v & CSIGNAL) {
		if (!first)
			rn_put_u8(p->out, '|');
		rn_print_signo(p, v & CSIGNAL);
	} else if (first) {
		rn_put_u8(p->out, '0');
	}
}

static void put_pointed_id(struct rn_print *p, uint64_t addr)
{
	uint64_t id;
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit || !addr || !rn_print_read_uint(p, addr, 4, &id)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_put_dec(p->out, (int32_t)id);
	rn_put_u8(p->out, ']');
}

static void put_argument(struct rn_print *p, unsigned role)
{
	uint64_t v = value_of(p, role);
	rn_put_text(p->out, labels[role]);
	if (role == RN_CLONE_flags)
		put_flags(p, v);
	else if (role == RN_CLONE_parent_tid)
		put_pointed_id(p, v);
	else
		rn_print_addr(p, v);
}

/* The order of the line differs from that of the registers: the first argument writes them all. */
bool rn_kind_clone_arg(struct rn_print *p, unsigned i)
{
	static const uint8_t order[] = { RN_CLONE_stack, RN_CLONE_flags, RN_CLONE_parent_tid,
		RN_CLONE_tls, RN_CLONE_child_tid };
	uint64_t flags = value_of(p, RN_CLONE_flags);
	unsigned own = p->desc->arg[i].aux;
	if (p->alone) {
		if (own < sizeof(labels) / sizeof(labels[0]) && is_used(own, flags))
			put_argument(p, own);
		else
			return false;
		return true;
	}
	if (i > 0)
		return false;
	for (unsigned k = 0; k < sizeof(order); k++) {
		if (!is_used(order[k], flags))
			continue;
		if (k)
			RN_PUT(p, ", ");
		put_argument(p, order[k]);
	}
	return true;
}

struct clone3 {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
		set_tid_size, cgroup;
};

/* What the kernel gave back: {parent_tid=[13], pidfd=[3]}. */
static void put_given(struct rn_print *p, const struct clone3 *c)
{
	const char *separator = " => {";
	if (p->no_exit)
		return;
	if (c->flags & CLONE_PIDFD) {
		rn_put_text(p->out, separator);
		RN_PUT(p, "pidfd=");
		put_pointed_id(p, c->pidfd);
		separator = ", ";
	}
	if (c->flags & CLONE_PARENT_SETTID) {
		rn_put_text(p->out, separator);
		RN_PUT(p, "parent_tid=");
		put_pointed_id(p, c->parent_tid);
		separator = ", ";
	}
	if (separator[0] == ',')
		rn_put_u8(p->out, '}');
}

static void put_set_tid(struct rn_print *p, const struct clone3 *c)
{
	RN_PUT(p, ", set_tid=");
	p->phase = RN_PHASE_ENTRY;
	if (c->set_tid && c->set_tid_size && c->set_tid_size <= 32)
		rn_print_record_array(p, RN_REC_int, c->set_tid, c->set_tid_size);
	else
		rn_print_addr(p, c->set_tid);
	RN_PUT(p, ", set_tid_size=");
	rn_put_udec(p->out, c->set_tid_size);
}

void rn_record_clone_args(struct rn_print *p, struct rn_bytes b)
{
	struct clone3 c = {
		.flags = rn_field_u(b, 0, 8),
		.pidfd = rn_field_u(b, 8, 8),
		.child_tid = rn_field_u(b, 16, 8),
		.parent_tid = rn_field_u(b, 24, 8),
		.exit_signal = rn_field_u(b, 32, 8),
		.stack = rn_field_u(b, 40, 8),
		.stack_size = rn_field_u(b, 48, 8),
		.tls = rn_field_u(b, 56, 8),
		.set_tid = rn_field_u(b, 64, 8),
		.set_tid_size = rn_field_u(b, 72, 8),
		.cgroup = rn_field_u(b, 80, 8),
	};
	RN_PUT(p, "{flags=");
	rn_print_flags(p, RN_NAMES_clone, c.flags);
	if (c.flags & CLONE_PIDFD) {
		RN_PUT(p, ", pidfd=");
		rn_print_addr(p, c.pidfd);
	}
	if (c.flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) {
		RN_PUT(p, ", child_tid=");
		rn_print_addr(p, c.child_tid);
	}
	if (c.flags & CLONE_PARENT_SETTID) {
		RN_PUT(p, ", parent_tid=");
		rn_print_addr(p, c.parent_tid);
	}
	RN_PUT(p, ", exit_signal=");
	if (c.exit_signal > 64)
		rn_put_udec(p->out, c.exit_signal);
	else
		rn_print_signo(p, (int64_t)c.exit_signal);
	RN_PUT(p, ", stack=");
	rn_print_addr(p, c.stack);
	RN_PUT(p, ", stack_size=");
	rn_put_hex(p->out, c.stack_size);
	if (c.flags & CLONE_SETTLS) {
		RN_PUT(p, ", tls=");
		rn_print_addr(p, c.tls);
	}
	if (c.set_tid || c.set_tid_size)
		put_set_tid(p, &c);
	if (c.flags & CLONE_INTO_CGROUP || c.cgroup) {
		RN_PUT(p, ", cgroup=");
		if (c.cgroup > INT32_MAX)
			rn_put_udec(p->out, c.cgroup);
		else
			rn_print_fd(p, (int64_t)c.cgroup);
	}
	rn_put_u8(p->out, '}');
	put_given(p, &c);
}
