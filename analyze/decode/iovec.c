/* SPDX-License-Identifier: MIT */
#include "analyze/decode/kinds.h"
#include "analyze/decode/netlink.h"
#include "analyze/decode/records.h"
#include "analyze/decode/sockets.h"

/* One member; `most` bytes of payload are left for it and those after it, UINT64_MAX: no limit. */
static void put_one(struct rn_print *p, uint64_t base, uint64_t len, uint64_t *most, bool follow)
{
	uint64_t shown = len < *most ? len : *most;
	if (*most != UINT64_MAX)
		*most -= shown;
	RN_PUT(p, "{iov_base=");
	if (follow)
		rn_print_socket_buffer(p, base, shown);
	else
		rn_print_addr(p, base);
	RN_PUT(p, ", iov_len=");
	rn_put_udec(p->out, len);
	rn_put_u8(p->out, '}');
}

void rn_print_iovec(struct rn_print *p, uint64_t addr, uint64_t n, uint64_t most, bool follow)
{
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	unsigned w = p->word;
	uint8_t pair[16];
	if (!addr || rn_array_wraps(addr, n, 2 * w) ||
	    (n && !rn_print_read(p, addr, pair, 2 * w))) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t i = 0; i < n; i++) {
		if (i)
			RN_PUT(p, ", ");
		if (!rn_print_read(p, addr + i * 2 * w, pair, 2 * w)) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, addr + i * 2 * w);
			RN_PUT(p, " */");
			break;
		}
		if (i >= limit) {
			RN_PUT(p, "...");
			break;
		}
		struct rn_bytes b = rn_bytes_of(pair, sizeof(pair));
		put_one(p, rn_field_u(b, 0, w), rn_field_u(b, w, w), &most, follow);
	}
	rn_put_u8(p->out, ']');
}

bool rn_kind_iov(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	bool out = a->dir & RN_OUT;
	bool known = rn_arg_phase(p, a);
	uint64_t moved = p->no_exit || p->call->ret < 0 ? 0 : (uint64_t)p->call->ret;
	if (!known)
		rn_print_addr(p, p->args[i]);
	else
		rn_print_iovec(p, p->args[i], rn_arg_length(p, a), out ? moved : UINT64_MAX,
			!out || !p->no_exit);
	return true;
}

/* The buffers lie in another process. */
bool rn_kind_riov(struct rn_print *p, unsigned i)
{
	rn_print_iovec(p, p->args[i], rn_arg_length(p, &p->desc->arg[i]), 0, false);
	return true;
}
