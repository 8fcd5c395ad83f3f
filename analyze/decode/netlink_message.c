/* SPDX-License-Identifier: MIT */
/* The structure in front of the attributes; messages of netfilter, SELinux and udev. */
#include "analyze/decode/netlink_rows.h"

static void put_family(struct rn_print *p, const char *name, struct rn_piece w)
{
	rn_put_u8(p->out, '{');
	rn_put_text(p->out, name);
	rn_put_u8(p->out, '=');
	rn_print_enum(p, RN_NAMES_socket_domain, rn_field_u(w.b, 0, 1));
}

void rn_print_nlfamily(struct rn_print *p, struct rn_piece w)
{
	if (!rn_piece_whole(p, w, 1))
		return;
	put_family(p, "family", w);
	if (w.len > 1) {
		RN_PUT(p, ", data=");
		rn_piece_hex(p, rn_piece_part(w, 1, w.len));
	}
	rn_put_u8(p->out, '}');
}

/* The rows behind the family; false when there are none to show. */
static bool put_rows(struct rn_print *p, const struct rn_nlmessage *m, struct rn_piece w)
{
	if (m->bytes == 1)
		return true;
	if (w.len < m->bytes) {
		RN_PUT(p, ", ...");
		return false;
	}
	if (w.b.len < m->bytes) {
		RN_PUT(p, ", ");
		rn_print_addr(p, w.addr + 1);
		return false;
	}
	struct rn_bytes b = rn_bytes_part(w.b, 0, m->bytes);
	if (m->put)
		m->put(p, b);
	else
		rn_print_field_rows(p, &m->fields, 1, m->fields.n, b);
	return true;
}

void rn_print_nlmessage(struct rn_print *p, const struct rn_nlmessage *m, struct rn_piece w)
{
	if (!rn_piece_whole(p, w, 1))
		return;
	put_family(p, m->fields.row[0].name, w);
	bool whole = put_rows(p, m, w);
	rn_put_u8(p->out, '}');
	uint64_t used = (m->bytes + 3u) & ~3u;
	if (whole && w.len > used && m->attributes) {
		RN_PUT(p, ", ");
		rn_print_nlattrs(p, m->attributes, rn_piece_part(w, used, w.len),
			(unsigned)rn_field_u(w.b, 0, 1));
	}
}

/* Netfilter: the subsystem in the upper byte of the type, what it is asked in the lower one. */
const char *rn_print_netfilter_type(struct rn_print *p, unsigned type)
{
	static const uint16_t subsystems[] = { [1] = RN_NAMES_nfnl_ct, [2] = RN_NAMES_nfnl_exp,
		[3] = RN_NAMES_nfnl_queue, [4] = RN_NAMES_nfnl_ulog, [5] = RN_NAMES_nfnl_osf,
		[6] = RN_NAMES_nfnl_ipset, [7] = RN_NAMES_nfnl_acct, [8] = RN_NAMES_nfnl_timeout,
		[9] = RN_NAMES_nfnl_cthelper, [10] = RN_NAMES_nfnl_nft, [11] = RN_NAMES_nfnl_compat,
		[12] = RN_NAMES_nfnl_hook };
	unsigned subsystem = type >> 8, what = type & 0xff;
	rn_print_enum(p, RN_NAMES_nfnl_subsys, subsystem);
	RN_PUT(p, "<<8|");
	if (subsystem >= RN_COUNT(subsystems)) {
		rn_put_hex(p->out, what);
		return NULL;
	}
	enum rn_names_id id = (enum rn_names_id)subsystems[subsystem];
	rn_print_enum(p, id, what);
	return rn_name_of(id, p->abi, what);
}

/* nf_tables has had its resource in either order of bytes. */
static void put_resource(struct rn_print *p, struct rn_bytes b, unsigned subsystem)
{
	const unsigned tables = 10;
	uint64_t host = rn_field_u(b, 2, 2), network = rn_field_be(b, 2, 2);
	if (subsystem == tables && network == tables) {
		RN_PUT(p, "htons(NFNL_SUBSYS_NFTABLES)");
	} else if (subsystem == tables && host == tables) {
		RN_PUT(p, "NFNL_SUBSYS_NFTABLES");
	} else {
		RN_PUT(p, "htons(");
		rn_put_udec(p->out, network);
		rn_put_u8(p->out, ')');
	}
}

bool rn_netlink_netfilter(struct rn_print *p, unsigned type, struct rn_piece w, bool request)
{
	static const struct rn_nlattrs attributes = { RN_NAMES_none, NULL, 0, false };
	const unsigned batch_begin = 16, batch_end = 17;
	(void)request;
	if (w.len < 4)
		return false;
	if (!rn_piece_whole(p, w, 4))
		return true;
	put_family(p, "nfgen_family", w);
	RN_PUT(p, ", version=");
	rn_print_enum(p, RN_NAMES_nfnetlink_version, rn_field_u(w.b, 1, 1));
	RN_PUT(p, ", res_id=");
	put_resource(p, w.b, type >> 8);
	rn_put_u8(p->out, '}');
	if (w.len <= 4)
		return true;
	RN_PUT(p, ", ");
	if (type == batch_begin || type == batch_end)
		rn_piece_hex(p, rn_piece_part(w, 4, w.len));
	else
		rn_print_nlattrs(p, &attributes, rn_piece_part(w, 4, w.len), 0);
	return true;
}

bool rn_netlink_selinux(struct rn_print *p, unsigned type, struct rn_piece w, bool request)
{
	static const struct rn_field enforce[] = { F("val", DEC, 0, 4, 0) };
	static const struct rn_field policy[] = { F("seqno", UDEC, 0, 4, 0) };
	static const struct rn_fields by_type[] = { RN_FIELDS_OF(enforce), RN_FIELDS_OF(policy) };
	const unsigned first = 16;
	(void)request;
	if (type < first || type >= first + RN_COUNT(by_type) || w.len < 4)
		return false;
	if (rn_piece_whole(p, w, 4))
		rn_print_fields(p, &by_type[type - first], rn_bytes_part(w.b, 0, 4));
	return true;
}

void rn_print_uevent(struct rn_print *p, uint64_t addr, uint64_t len)
{
	static const struct rn_field rows[] = {
		F("prefix", NAME, 0, 8, 0), F("magic", HTONL_HEX, 8, 4, 0), F("header_size", UDEC, 12, 4, 0),
		F("properties_off", UDEC, 16, 4, 0), F("properties_len", UDEC, 20, 4, 0),
		F("filter_subsystem_hash", HTONL_HEX, 24, 4, 0),
		F("filter_devtype_hash", HTONL_HEX, 28, 4, 0),
		F("filter_tag_bloom_hi", HTONL_HEX, 32, 4, 0),
		F("filter_tag_bloom_lo", HTONL_HEX, 36, 4, 0),
	};
	static const struct rn_fields header = RN_FIELDS_OF(rows);
	uint8_t bytes[40];
	if (len < sizeof(bytes) || !rn_memory_read(p->call, p->phase, addr, bytes, sizeof(bytes)) ||
	    memcmp(bytes, "libudev", 8) != 0) {
		rn_print_buffer(p, addr, len);
		return;
	}
	if (len > sizeof(bytes))
		rn_put_u8(p->out, '[');
	rn_print_fields(p, &header, rn_bytes_of(bytes, sizeof(bytes)));
	if (len > sizeof(bytes)) {
		RN_PUT(p, ", ");
		rn_print_buffer(p, addr + sizeof(bytes), len - sizeof(bytes));
		rn_put_u8(p->out, ']');
	}
}
