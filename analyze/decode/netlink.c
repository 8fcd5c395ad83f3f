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

/* Types from MIN_TYPE on are the family's. */
static const struct family {
	int16_t number;
	uint16_t types; /* enum rn_names_id */
	rn_netlink_payload *payload; /* NULL: nobody knows it */
} families[] = {
	{ RN_NETLINK_ROUTE, RN_NAMES_nl_route_type, rn_netlink_route },
	{ RN_NETLINK_SOCK_DIAG, RN_NAMES_nl_diag_type, rn_netlink_diag },
	{ RN_NETLINK_XFRM, RN_NAMES_nl_xfrm_type, NULL },
	{ RN_NETLINK_SELINUX, RN_NAMES_nl_selinux_type, rn_netlink_selinux },
	{ RN_NETLINK_AUDIT, RN_NAMES_nl_audit_type, NULL },
	{ RN_NETLINK_NETFILTER, RN_NAMES_nl_netfilter_type, rn_netlink_netfilter },
	{ RN_NETLINK_GENERIC, RN_NAMES_nl_family_id, NULL }, /* all but one are numbered as they come */
	{ RN_NETLINK_CRYPTO, RN_NAMES_nl_crypto_type, NULL },
};

static const struct family *family_of(int number)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].number == number)
			return &families[i];
	return NULL;
}

/* The name of the type, as far as it says what is asked for; NULL: it does not. */
static const char *put_type(struct rn_print *p, const struct header *h, const struct family *f)
{
	enum rn_names_id id = h->type >= MIN_TYPE && f ? (enum rn_names_id)f->types :
		RN_NAMES_nl_generic_type;
	const char *name = rn_name_of(id, p->abi, h->type);
	if (id == RN_NAMES_nl_netfilter_type && !name)
		return rn_print_netfilter_type(p, h->type);
	rn_print_enum(p, id, h->type);
	return name;
}

/* Whether a word of the name begins so: RTM_NEWLINK, IPCTNL_MSG_CT_GET_DYING. */
static bool asks(const char *name, const char *verb)
{
	for (; name; name = strchr(name, '_')) {
		name += *name == '_';
		if (!strncmp(name, verb, strlen(verb)))
			return true;
	}
	return false;
}

/* What the upper flags mean depends on what the message asks for; route's types come in fours. */
static enum rn_names_id flags_of(const struct header *h, int family, const char *name)
{
	static const enum rn_names_id by_verb[] = { RN_NAMES_nl_flags_new, RN_NAMES_nl_flags_delete,
		RN_NAMES_nl_flags_get, RN_NAMES_nl_flags };
	const uint16_t delete_action = 0x31; /* takes the flags of a request for many */
	if (h->type == NLMSG_ERROR)
		return RN_NAMES_nl_flags_ack;
	if (h->type < MIN_TYPE)
		return RN_NAMES_nl_flags;
	if (family == RN_NETLINK_ROUTE)
		return by_verb[h->type == delete_action ? 2 : h->type & 3];
	if (family == RN_NETLINK_SOCK_DIAG)
		return RN_NAMES_nl_flags_get;
	if (family == RN_NETLINK_AUDIT || family == RN_NETLINK_GENERIC)
		return RN_NAMES_nl_flags;
	return asks(name, "NEW") ? RN_NAMES_nl_flags_new : asks(name, "GET") ? RN_NAMES_nl_flags_get :
		asks(name, "DEL") ? RN_NAMES_nl_flags_delete : RN_NAMES_nl_flags;
}

static void put_header(struct rn_print *p, const struct header *h, int family)
{
	RN_PUT(p, "{nlmsg_len=");
	rn_put_udec(p->out, h->len);
	RN_PUT(p, ", nlmsg_type=");
	const char *name = put_type(p, h, family_of(family));
	RN_PUT(p, ", nlmsg_flags=");
	rn_print_flags(p, flags_of(h, family, name), h->flags);
	RN_PUT(p, ", nlmsg_seq=");
	rn_put_udec(p->out, h->seq);
	RN_PUT(p, ", nlmsg_pid=");
	rn_print_pid(p, h->pid);
	rn_put_u8(p->out, '}');
}

static void put_message(struct rn_print *p, struct rn_piece w, int family);

/* An error, 0 for an acknowledgement, and the message it is about: with NLM_F_CAPPED its header. */
static void put_error(struct rn_print *p, const struct header *h, struct rn_piece w, int family)
{
	static const struct rn_nlattr rows[] = {
		{ 1, RN_NLA_STRING, 0, NULL, 0 }, { 2, RN_NLA_U32, 0, NULL, 0 },
		{ 3, RN_NLA_U8S, 0, NULL, 0 },
	};
	static const struct rn_nlattrs attributes = { RN_NAMES_nlmsgerr_attr, rows, 3, false };
	const uint16_t capped = 0x100;
	if (w.len < 4 + HEADER_BYTES) {
		rn_piece_hex(p, w);
		return;
	}
	if (!rn_piece_whole(p, w, 4 + HEADER_BYTES))
		return;
	struct rn_piece about = rn_piece_part(w, 4, w.len);
	uint64_t used = h->flags & capped ? 0 : header_of(about.b).len;
	if (used < HEADER_BYTES)
		used = HEADER_BYTES;
	used = used < about.len ? used : about.len;
	if (used < about.len)
		rn_put_u8(p->out, '[');
	RN_PUT(p, "{error=");
	rn_print_form(p, RN_FORM_ERRNO, 0, rn_bytes_part(w.b, 0, 4));
	RN_PUT(p, ", msg=");
	put_message(p, rn_piece_part(about, 0, used), family);
	rn_put_u8(p->out, '}');
	if (used < about.len) {
		RN_PUT(p, ", ");
		rn_print_nlattrs(p, &attributes, rn_piece_part(about, (used + 3) & ~(uint64_t)3, about.len), 0);
		rn_put_u8(p->out, ']');
	}
}

static void put_payload(struct rn_print *p, const struct header *h, struct rn_piece w, int family)
{
	const struct family *f = family_of(family);
	if (h->type == NLMSG_ERROR) {
		put_error(p, h, w, family);
	} else if (h->type == NLMSG_DONE && w.len == 4) {
		if (rn_piece_whole(p, w, 4))
			rn_put_dec(p->out, rn_field_i(w.b, 0, 4));
	} else if (h->type < MIN_TYPE || !f || !f->payload ||
		!f->payload(p, h->type, w, h->flags & NLM_F_REQUEST)) {
		rn_piece_hex(p, w);
	}
}

/* One message of at least a header's bytes. Errors may hold errors; each is shorter by a header. */
static void put_message(struct rn_print *p, struct rn_piece w, int family)
{
	struct header h = header_of(w.b);
	uint64_t len = h.len < w.len ? h.len : w.len;
	bool payload = len > HEADER_BYTES;
	if (payload)
		rn_put_u8(p->out, '[');
	put_header(p, &h, family);
	if (payload) {
		RN_PUT(p, ", ");
		put_payload(p, &h, rn_piece_part(w, HEADER_BYTES, len - HEADER_BYTES), family);
		rn_put_u8(p->out, ']');
	}
}

static void put_next(struct rn_print *p, struct rn_piece w, void *arg)
{
	put_message(p, w, *(const int *)arg);
}

static void put_messages(struct rn_print *p, struct rn_piece w, int family)
{
	rn_pieces_print(p, w, HEADER_BYTES, 4, put_next, &family);
}

void rn_print_netlink(struct rn_print *p, uint64_t addr, uint64_t len, int family)
{
	struct rn_piece w = { addr, len, rn_memory_run(p->call, p->phase, addr, len, NULL) };
	if (family == RN_NETLINK_KOBJECT_UEVENT)
		rn_print_uevent(p, addr, len);
	else if (!w.b.len)
		rn_print_buffer(p, addr, len);
	else
		put_messages(p, w, family);
}

void rn_print_socket_buffer(struct rn_print *p, uint64_t addr, uint64_t len)
{
	int family;
	if (p->desc->classes & RN_CLASS(NETWORK) && rn_netlink_family(p, (int32_t)p->args[0], &family))
		rn_print_netlink(p, addr, len, family);
	else
		rn_print_buffer(p, addr, len);
}
