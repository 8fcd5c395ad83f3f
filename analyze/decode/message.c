/* SPDX-License-Identifier: MIT */
/* struct msghdr: name, namelen, iov, iovlen, control, controllen, flags, each in a word of the ABI
 * (the 32-bit ones padded to it). */
#include "analyze/decode/kinds.h"
#include "analyze/decode/sockets.h"

struct header {
	uint64_t name, name_len, iov, iov_len, control, control_len, flags;
};

static bool read_header(struct rn_print *p, uint64_t addr, enum rn_span_phase phase,
	struct header *h)
{
	uint8_t bytes[56];
	unsigned w = p->word;
	if (!addr || !rn_memory_read(p->call, phase, addr, bytes, 7 * w))
		return false;
	struct rn_bytes b = rn_bytes_of(bytes, 7 * w);
	*h = (struct header){
		.name = rn_field_u(b, 0, w),
		.name_len = rn_field_u(b, w, 4),
		.iov = rn_field_u(b, 2 * w, w),
		.iov_len = rn_field_u(b, 3 * w, w),
		.control = rn_field_u(b, 4 * w, w),
		.control_len = rn_field_u(b, 5 * w, w),
		.flags = rn_field_u(b, 6 * w, 4),
	};
	return true;
}

/* received: bytes that came in, UINT64_MAX for what is sent. before: the name's length at entry. */
static void put_header(struct rn_print *p, const struct header *h, uint64_t received,
	const struct header *before)
{
	uint64_t name_len = h->name_len;
	if (before && before->name_len < name_len)
		name_len = before->name_len;
	RN_PUT(p, "{msg_name=");
	rn_print_sockaddr(p, h->name, name_len);
	RN_PUT(p, ", msg_namelen=");
	if (before && before->name_len != h->name_len) {
		rn_put_dec(p->out, (int32_t)before->name_len);
		RN_PUT(p, " => ");
	}
	rn_put_dec(p->out, (int32_t)h->name_len);
	RN_PUT(p, ", msg_iov=");
	rn_print_iovec(p, h->iov, h->iov_len, received, true);
	RN_PUT(p, ", msg_iovlen=");
	rn_put_udec(p->out, h->iov_len);
	if (h->control_len) {
		RN_PUT(p, ", msg_control=");
		rn_print_control(p, h->control, h->control_len);
	}
	RN_PUT(p, ", msg_controllen=");
	rn_put_udec(p->out, h->control_len);
	RN_PUT(p, ", msg_flags=");
	rn_print_flags(p, RN_NAMES_msg, h->flags);
	rn_put_u8(p->out, '}');
}

bool rn_kind_msg(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t addr = p->args[i];
	struct header now, before;
	bool out = a->dir & RN_OUT;
	bool known_before = out && read_header(p, addr, RN_PHASE_ENTRY, &before);
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if (out && p->no_exit && known_before) {
		RN_PUT(p, "{msg_namelen=");
		rn_put_dec(p->out, (int32_t)before.name_len);
		rn_put_u8(p->out, '}');
	} else if ((out && p->no_exit) || !read_header(p, addr, p->phase, &now)) {
		rn_print_addr(p, addr);
	} else {
		uint64_t received = p->call->ret > 0 ? (uint64_t)p->call->ret : 0;
		put_header(p, &now, out ? received : UINT64_MAX, known_before ? &before : NULL);
	}
	return true;
}

static uint64_t member_bytes(const struct rn_print *p)
{
	return 8 * (uint64_t)p->word; /* the header, then a length padded to a word */
}

/* A message received is looked up as it is at exit; one sent as it was at entry, the length the
 * kernel then wrote behind it as it is at exit. */
static bool put_member(struct rn_print *p, uint64_t addr, bool received)
{
	struct header h, before;
	uint64_t len;
	if (!read_header(p, addr, p->phase, &h)) {
		RN_PUT(p, "... /* ");
		rn_print_addr(p, addr);
		RN_PUT(p, " */");
		return false;
	}
	bool counted = !p->no_exit &&
		rn_memory_uint(p->call, RN_PHASE_EXIT, addr + 7 * p->word, 4, &len);
	bool known = received && read_header(p, addr, RN_PHASE_ENTRY, &before);
	RN_PUT(p, "{msg_hdr=");
	put_header(p, &h, !received ? UINT64_MAX : counted ? len : 0, known ? &before : NULL);
	if (counted) {
		RN_PUT(p, ", msg_len=");
		rn_put_udec(p->out, len);
	}
	rn_put_u8(p->out, '}');
	return true;
}

/* Of the messages given, those that were sent or received; after an error, those to be sent. */
bool rn_kind_mmsg(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t addr = p->args[i], n = (uint32_t)rn_arg_length(p, a);
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	bool sends = a->aux == RN_MMSG_SENT;
	if (!addr || (!sends && p->no_exit)) {
		rn_print_addr(p, addr);
		return true;
	}
	p->phase = sends ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	if (!p->no_exit && (uint64_t)p->call->ret < n)
		n = (uint64_t)p->call->ret;
	struct header first;
	if (n && !read_header(p, addr, p->phase, &first)) {
		rn_print_addr(p, addr);
		return true;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t k = 0; k < n; k++) {
		if (k)
			RN_PUT(p, ", ");
		if (k >= limit) {
			RN_PUT(p, "...");
			break;
		}
		if (!put_member(p, addr + k * member_bytes(p), !sends))
			break;
	}
	rn_put_u8(p->out, ']');
	return true;
}
