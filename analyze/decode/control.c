/* SPDX-License-Identifier: MIT */
/* Control messages: a length, level, type, and data padded to a word. Printed while whole headers
 * fit and lengths make sense; what is left over is said, never lost. */
#include "analyze/decode/fields.h"
#include "analyze/decode/sockets.h"
#include "analyze/decode/time.h"

#define CONTROL_MAX 4096

enum { SOL_IP_ = 0, SOL_SOCKET_ = 1 };
enum { SCM_RIGHTS_ = 1, SCM_CREDENTIALS_ = 2, SCM_SECURITY_ = 3, SCM_PIDFD_ = 4, SO_TIMESTAMP_ = 29, SO_TIMESTAMPNS_ = 35,
	SO_TIMESTAMPING_ = 37, SO_TIMESTAMP_NEW_ = 63, SO_TIMESTAMPNS_NEW_ = 64,
	SO_TIMESTAMPING_NEW_ = 65 };
enum { IP_TOS_ = 1, IP_TTL_ = 2, IP_RECVOPTS_ = 6, IP_RETOPTS_ = 7, IP_PKTINFO_ = 8, IP_RECVERR_ = 11,
	IP_ORIGDSTADDR_ = 20, IP_CHECKSUM_ = 23 };

static void put_fds(struct rn_print *p, struct rn_bytes b)
{
	rn_put_u8(p->out, '[');
	for (size_t i = 0; i + 4 <= b.len; i += 4) {
		if (i)
			RN_PUT(p, ", ");
		if (i / 4 >= rn_string_limit(p) && !p->style->verbose) {
			RN_PUT(p, "...");
			break;
		}
		rn_print_fd_at(p, rn_field_i(b, i, 4), p->phase);
	}
	rn_put_u8(p->out, ']');
}

static void put_credentials(struct rn_print *p, struct rn_bytes b)
{
	if (b.len < 12) {
		rn_print_quoted(p, b);
		return;
	}
	RN_PUT(p, "{pid=");
	rn_put_dec(p->out, rn_field_i(b, 0, 4));
	RN_PUT(p, ", uid=");
	rn_print_id(p, (uint32_t)rn_field_u(b, 4, 4));
	RN_PUT(p, ", gid=");
	rn_print_id(p, (uint32_t)rn_field_u(b, 8, 4));
	rn_put_u8(p->out, '}');
}

/* n times of two numbers of `word` bytes. */
static void put_time(struct rn_print *p, struct rn_bytes b, const char *fraction, unsigned n,
	unsigned word)
{
	unsigned each = 2 * word;
	if (b.len < (size_t)n * each) {
		RN_PUT(p, "???");
		return;
	}
	if (n > 1)
		rn_put_u8(p->out, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			RN_PUT(p, ", ");
		rn_print_two_times(p, rn_bytes_part(b, (size_t)i * each, each), fraction);
	}
	if (n > 1)
		rn_put_u8(p->out, ']');
}

static void put_hexes(struct rn_print *p, struct rn_bytes b)
{
	rn_put_u8(p->out, '[');
	for (size_t i = 0; i < b.len; i++) {
		if (i)
			RN_PUT(p, ", ");
		if (i >= rn_string_limit(p) && !p->style->verbose) {
			RN_PUT(p, "...");
			break;
		}
		rn_put_hex(p->out, b.p[i]);
	}
	rn_put_u8(p->out, ']');
}

/* struct sock_extended_err and the address of who caused it. */
static void put_extended_error(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_field rows[] = {
		{ "ee_errno", RN_FORM_UDEC, RN_FIELD_ALWAYS, 0, 4, 0, 4, 0 },
		{ "ee_origin", RN_FORM_UDEC, RN_FIELD_ALWAYS, 4, 1, 4, 1, 0 },
		{ "ee_type", RN_FORM_UDEC, RN_FIELD_ALWAYS, 5, 1, 5, 1, 0 },
		{ "ee_code", RN_FORM_UDEC, RN_FIELD_ALWAYS, 6, 1, 6, 1, 0 },
		{ "ee_info", RN_FORM_UDEC, RN_FIELD_ALWAYS, 8, 4, 8, 4, 0 },
		{ "ee_data", RN_FORM_UDEC, RN_FIELD_ALWAYS, 12, 4, 12, 4, 0 },
	};
	static const struct rn_fields fields = RN_FIELDS_OF(rows);
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &fields, 0, fields.n, b);
	RN_PUT(p, ", offender=");
	rn_print_sockaddr_bytes(p, rn_bytes_part(b, 16, 16));
	rn_put_u8(p->out, '}');
}

static void put_uints(struct rn_print *p, struct rn_bytes b)
{
	rn_put_u8(p->out, '[');
	for (size_t i = 0; i + 4 <= b.len; i += 4) {
		if (i)
			RN_PUT(p, ", ");
		rn_put_udec(p->out, rn_field_u(b, i, 4));
	}
	rn_put_u8(p->out, ']');
}

static void put_pktinfo(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{ipi_ifindex=");
	rn_print_ifindex(p, (uint32_t)rn_field_u(b, 0, 4));
	RN_PUT(p, ", ipi_spec_dst=");
	rn_print_inet_addr(p, rn_bytes_part(b, 4, 4));
	RN_PUT(p, ", ipi_addr=");
	rn_print_inet_addr(p, rn_bytes_part(b, 8, 4));
	rn_put_u8(p->out, '}');
}

static void put_socket_data(struct rn_print *p, uint64_t type, struct rn_bytes b)
{
	switch (type) {
	case SCM_RIGHTS_:
		put_fds(p, b);
		break;
	case SCM_CREDENTIALS_:
		put_credentials(p, b);
		break;
	case SO_TIMESTAMP_:
		put_time(p, b, ", tv_usec=", 1, p->word);
		break;
	case SO_TIMESTAMP_NEW_:
		put_time(p, b, ", tv_usec=", 1, 8);
		break;
	case SO_TIMESTAMPNS_:
		put_time(p, b, ", tv_nsec=", 1, p->word);
		break;
	case SO_TIMESTAMPNS_NEW_:
		put_time(p, b, ", tv_nsec=", 1, 8);
		break;
	case SO_TIMESTAMPING_:
		put_time(p, b, ", tv_nsec=", 3, p->word);
		break;
	case SO_TIMESTAMPING_NEW_:
		put_time(p, b, ", tv_nsec=", 3, 8);
		break;
	default:
		rn_print_quoted(p, b);
	}
}

static void put_ip_data(struct rn_print *p, uint64_t type, struct rn_bytes b)
{
	switch (type) {
	case IP_PKTINFO_:
		put_pktinfo(p, b);
		break;
	case IP_TTL_:
	case IP_CHECKSUM_:
		put_uints(p, b);
		break;
	case IP_TOS_:
	case IP_RECVOPTS_:
	case IP_RETOPTS_:
		put_hexes(p, b);
		break;
	case IP_RECVERR_:
		put_extended_error(p, b);
		break;
	case IP_ORIGDSTADDR_:
		if (b.len >= 2) {
			rn_print_sockaddr_bytes(p, b);
			break;
		}
		/* fall through */
	default:
		rn_print_quoted(p, b);
	}
}

static void put_type(struct rn_print *p, uint64_t level, uint64_t type)
{
	if (level == SOL_SOCKET_)
		rn_print_enum(p, RN_NAMES_scm, type);
	else if (level == SOL_IP_)
		rn_print_enum(p, RN_NAMES_ip_message, type);
	else
		rn_put_hex(p->out, type);
}

/* Bytes that data of this type have at least; fewer are not shown. 0: what the data mean is unknown. */
static size_t least_data(uint64_t level, uint64_t type)
{
	static const struct {
		uint8_t level, type, least;
	} known[] = {
		{ SOL_SOCKET_, SCM_RIGHTS_, 4 }, { SOL_SOCKET_, SCM_CREDENTIALS_, 12 },
		{ SOL_SOCKET_, SCM_SECURITY_, 1 }, { SOL_SOCKET_, SCM_PIDFD_, 4 },
		{ SOL_SOCKET_, SO_TIMESTAMP_, 1 }, { SOL_SOCKET_, SO_TIMESTAMPNS_, 1 },
		{ SOL_SOCKET_, SO_TIMESTAMPING_, 1 }, { SOL_SOCKET_, SO_TIMESTAMP_NEW_, 1 },
		{ SOL_SOCKET_, SO_TIMESTAMPNS_NEW_, 1 }, { SOL_SOCKET_, SO_TIMESTAMPING_NEW_, 1 },
		{ SOL_IP_, IP_PKTINFO_, 12 }, { SOL_IP_, IP_TTL_, 4 }, { SOL_IP_, IP_CHECKSUM_, 4 },
		{ SOL_IP_, IP_TOS_, 1 }, { SOL_IP_, IP_RECVOPTS_, 1 }, { SOL_IP_, IP_RETOPTS_, 1 },
		{ SOL_IP_, IP_RECVERR_, 32 }, { SOL_IP_, IP_ORIGDSTADDR_, 16 }, { SOL_IP_, SCM_SECURITY_, 1 },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].level == level && known[i].type == type)
			return known[i].least;
	return 0;
}

static void put_message(struct rn_print *p, uint64_t len, uint64_t level, uint64_t type,
	struct rn_bytes data)
{
	RN_PUT(p, "{cmsg_len=");
	rn_put_udec(p->out, len);
	RN_PUT(p, ", cmsg_level=");
	rn_print_enum(p, RN_NAMES_sockopt_level, level);
	RN_PUT(p, ", cmsg_type=");
	put_type(p, level, type);
	size_t least = least_data(level, type);
	if (!least || data.len < least)
		data.len = 0;
	if (data.len && level == SOL_SOCKET_) {
		RN_PUT(p, ", cmsg_data=");
		put_socket_data(p, type, data);
	} else if (data.len && level == SOL_IP_) {
		RN_PUT(p, ", cmsg_data=");
		put_ip_data(p, type, data);
	}
	rn_put_u8(p->out, '}');
}

/* All of it must be there; the recorder takes no more than so much. */
void rn_print_control(struct rn_print *p, uint64_t addr, uint64_t len)
{
	struct rn_bytes b = rn_memory_run(p->call, p->phase, addr, len, NULL);
	unsigned w = p->word, head = w + 8;
	uint64_t left = b.len, at = 0;
	if (len < head || (b.len < len && b.len < CONTROL_MAX)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	while (left >= head) {
		uint64_t cmsg = rn_field_u(b, at, w), shown = cmsg > left ? left : cmsg;
		if (at)
			RN_PUT(p, ", ");
		put_message(p, cmsg, rn_field_u(b, at + w, 4), rn_field_u(b, at + w + 4, 4),
			rn_bytes_part(b, at + head, shown > head ? (size_t)(shown - head) : 0));
		if (cmsg < head || cmsg > left) {
			at += cmsg < head ? head : left;
			left -= cmsg < head ? head : left;
			break;
		}
		cmsg = (cmsg + w - 1) / w * w;
		cmsg = cmsg < left ? cmsg : left;
		at += cmsg;
		left -= cmsg;
	}
	if (left) {
		RN_PUT(p, ", ... /* ");
		rn_print_addr(p, addr + at);
		RN_PUT(p, " */");
	} else if (b.len < len) {
		RN_PUT(p, ", ...");
	}
	rn_put_u8(p->out, ']');
}
