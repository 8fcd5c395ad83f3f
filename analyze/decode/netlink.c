/* SPDX-License-Identifier: MIT */
#include "analyze/decode/netlink.h"

#include "analyze/decode/kinds.h"
#include "format/socket_ends.h"

#define HEADER_BYTES 16u
#define MIN_TYPE 16 /* smaller ones are the same in each family */
#define NLM_F_REQUEST 1u

enum { NLMSG_ERROR = 2, NLMSG_DONE = 3 };

bool rn_netlink_family(const struct rn_print *p, int64_t fd, int *family)
{
	struct rn_fd_facts facts;
	struct rn_socket_ends ends;
	if (!p->env->fd || !p->env->fd(p->env->arg, p->ev, fd, RN_PHASE_ENTRY, &facts) ||
	    !rn_bytes_equal(facts.proto, rn_bytes_str("NETLINK")))
		return false;
	*family = rn_socket_ends_take(&ends, facts.detail) ? ends.protocol : RN_NETLINK_UNKNOWN;
	return true;
}

struct header {
	uint32_t len, seq;
	int32_t pid;
	uint16_t type, flags;
};

static struct header header_of(struct rn_bytes b)
{
	return (struct header){
		.len = (uint32_t)rn_field_u(b, 0, 4),
		.type = (uint16_t)rn_field_u(b, 4, 2),
		.flags = (uint16_t)rn_field_u(b, 6, 2),
		.seq = (uint32_t)rn_field_u(b, 8, 4),
		.pid = (int32_t)rn_field_i(b, 12, 4),
	};
}

static void put_type(struct rn_print *p, const struct header *h, int family)
{
	if (h->type < MIN_TYPE)
		rn_print_enum(p, RN_NAMES_nl_generic_type, h->type);
	else if (family == RN_NETLINK_ROUTE)
		rn_print_enum(p, RN_NAMES_nl_route_type, h->type);
	else if (family == RN_NETLINK_SOCK_DIAG)
		rn_print_enum(p, RN_NAMES_nl_diag_type, h->type);
	else if (family == RN_NETLINK_GENERIC && h->type == MIN_TYPE)
		RN_PUT(p, "nlctrl"); /* the others are numbered as they come */
	else
		rn_put_hex(p->out, h->type);
}

/* The upper flags depend on what the message asks; route's types come in fours: new, del, get, set. */
static enum rn_names_id flags_of(const struct header *h, int family)
{
	static const enum rn_names_id by_verb[] = { RN_NAMES_nl_flags_new, RN_NAMES_nl_flags_delete,
		RN_NAMES_nl_flags_get, RN_NAMES_nl_flags };
	if (h->type == NLMSG_ERROR)
		return RN_NAMES_nl_flags_ack;
	if (h->type < MIN_TYPE)
		return RN_NAMES_nl_flags;
	if (family == RN_NETLINK_ROUTE)
		return by_verb[h->type & 3];
	if (family == RN_NETLINK_SOCK_DIAG)
		return RN_NAMES_nl_flags_get;
	return RN_NAMES_nl_flags;
}

static void put_header(struct rn_print *p, const struct header *h, int family)
{
	RN_PUT(p, "{nlmsg_len=");
	rn_put_udec(p->out, h->len);
	RN_PUT(p, ", nlmsg_type=");
	put_type(p, h, family);
	RN_PUT(p, ", nlmsg_flags=");
	rn_print_flags(p, flags_of(h, family), h->flags);
	RN_PUT(p, ", nlmsg_seq=");
	rn_put_udec(p->out, h->seq);
	RN_PUT(p, ", nlmsg_pid=");
	rn_put_dec(p->out, h->pid);
	rn_put_u8(p->out, '}');
}

static void put_hex_string(struct rn_print *p, struct rn_bytes b)
{
	size_t limit = (size_t)rn_string_limit(p);
	rn_print_quoted_hex(p, rn_bytes_part(b, 0, limit));
	if (b.len > limit)
		RN_PUT(p, "...");
}

static void put_message(struct rn_print *p, struct rn_bytes b, int family, unsigned depth);

static void put_error_number(struct rn_print *p, int64_t v)
{
	const char *name = v < 0 && v > -4096 ? rn_errno_name((int)-v) : NULL;
	if (name) {
		rn_put_u8(p->out, '-');
		rn_put_text(p->out, name);
	} else {
		rn_put_dec(p->out, v);
	}
}

/* An error, 0 for an acknowledgement, and the message it is about: with NLM_F_CAPPED its header. */
static void put_error(struct rn_print *p, const struct header *h, struct rn_bytes b, int family,
	unsigned depth)
{
	static const struct rn_nlattr rows[] = {
		{ 1, RN_NLA_STRING, 0, NULL }, { 2, RN_NLA_U32, 0, NULL },
	};
	static const struct rn_nlattrs attributes = { RN_NAMES_nlmsgerr_attr, rows, 2 };
	const uint16_t capped = 0x100, with_attributes = 0x200;
	RN_PUT(p, "{error=");
	put_error_number(p, rn_field_i(b, 0, 4));
	struct rn_bytes about = rn_bytes_part(b, 4, b.len);
	size_t used = 0;
	if (about.len >= HEADER_BYTES) {
		struct header inner = header_of(about);
		used = h->flags & capped ? HEADER_BYTES : inner.len < about.len ? inner.len : about.len;
		RN_PUT(p, ", msg=");
		put_message(p, rn_bytes_part(about, 0, used), family, depth + 1);
	} else if (about.len) {
		RN_PUT(p, ", msg=");
		put_hex_string(p, about);
	}
	rn_put_u8(p->out, '}');
	used = (used + 3) & ~(size_t)3;
	if (h->flags & with_attributes && used && used < about.len) {
		RN_PUT(p, ", ");
		rn_print_nlattrs(p, &attributes, rn_bytes_part(about, used, about.len), 0);
	}
}

static void put_payload(struct rn_print *p, const struct header *h, struct rn_bytes b, int family,
	unsigned depth)
{
	bool request = h->flags & NLM_F_REQUEST, known = false;
	if (h->type == NLMSG_ERROR && b.len >= 4 && depth == 0) {
		put_error(p, h, b, family, depth);
		return;
	}
	if (h->type == NLMSG_DONE && b.len >= 4) {
		put_error_number(p, rn_field_i(b, 0, 4));
		return;
	}
	if (h->type >= MIN_TYPE && family == RN_NETLINK_ROUTE)
		known = rn_netlink_route(p, h->type, b, request);
	else if (h->type >= MIN_TYPE && family == RN_NETLINK_SOCK_DIAG)
		known = rn_netlink_diag(p, h->type, b, request);
	if (!known)
		put_hex_string(p, b);
}

/* One message of at least a header's bytes. */
static void put_message(struct rn_print *p, struct rn_bytes b, int family, unsigned depth)
{
	struct header h = header_of(b);
	size_t len = h.len < b.len ? h.len : b.len;
	bool payload = len > HEADER_BYTES;
	if (payload)
		rn_put_u8(p->out, '[');
	put_header(p, &h, family);
	if (payload) {
		RN_PUT(p, ", ");
		put_payload(p, &h, rn_bytes_part(b, HEADER_BYTES, len - HEADER_BYTES), family, depth);
		rn_put_u8(p->out, ']');
	}
}

/* Where the message behind this one begins; 0: there is none. */
static size_t next_message(struct rn_bytes b)
{
	size_t len = (size_t)rn_field_u(b, 0, 4);
	if (len < HEADER_BYTES || len > b.len)
		return 0;
	len = (len + 3) & ~(size_t)3;
	return len + HEADER_BYTES <= b.len ? len : 0;
}

void rn_print_netlink(struct rn_print *p, uint64_t addr, uint64_t len, int family)
{
	struct rn_bytes b = rn_memory_run(p->call, p->phase, addr, len, NULL);
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p), n = 0;
	size_t next;
	if (len < HEADER_BYTES || b.len < len) {
		rn_print_buffer(p, addr, len);
		return;
	}
	bool several = next_message(b) != 0;
	if (several)
		rn_put_u8(p->out, '[');
	do {
		if (n)
			RN_PUT(p, ", ");
		if (n++ == limit) {
			RN_PUT(p, "...");
			break;
		}
		put_message(p, b, family, 0);
		next = next_message(b);
		b = rn_bytes_part(b, next, b.len);
	} while (next);
	if (several)
		rn_put_u8(p->out, ']');
}

void rn_print_socket_buffer(struct rn_print *p, uint64_t addr, uint64_t len)
{
	int family;
	if (p->desc->classes & RN_CLASS(NETWORK) && rn_netlink_family(p, (int32_t)p->args[0], &family))
		rn_print_netlink(p, addr, len, family);
	else
		rn_print_buffer(p, addr, len);
}
