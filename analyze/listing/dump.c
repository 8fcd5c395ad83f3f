/* SPDX-License-Identifier: MIT */
#include "analyze/listing/dump.h"

#include "analyze/decode/memory.h"
#include "shared/syscall.h"

#define LINE_BYTES 16
#define DUMP_MAX_BYTES (1u << 20)

/* Calls whose second argument points to the data. */
static const struct {
	const char *name;
	bool reads;
} calls[] = {
	{ "read", true }, { "pread64", true }, { "recv", true }, { "recvfrom", true },
	{ "write", false }, { "pwrite64", false }, { "send", false }, { "sendto", false },
};

static void put_line(struct rn_buffer *out, uint64_t at, const uint8_t *p, uint64_t n)
{
	char text[LINE_BYTES];
	rn_put_format(out, " | %05llx  ", (unsigned long long)at);
	for (unsigned i = 0; i < LINE_BYTES; i++) {
		if (i < n)
			rn_put_format(out, "%02x ", p[i]);
		else
			rn_put_text(out, "   ");
		if (i % 8 == 7)
			rn_put_u8(out, ' ');
		text[i] = i >= n ? ' ' : p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.';
	}
	rn_put_bytes(out, text, sizeof(text));
	rn_put_text(out, " |\n");
}

static void put_data(struct rn_buffer *out, const struct rn_call *c, enum rn_span_phase phase,
	uint64_t addr, uint64_t len)
{
	uint8_t line[LINE_BYTES];
	len = rn_memory_extent(c, phase, addr, len < DUMP_MAX_BYTES ? len : DUMP_MAX_BYTES);
	for (uint64_t at = 0; at < len; at += LINE_BYTES) {
		uint64_t n = len - at < LINE_BYTES ? len - at : LINE_BYTES;
		if (!rn_memory_read(c, phase, addr + at, line, n))
			return;
		put_line(out, at, line, n);
	}
}

void rn_put_dump(struct rn_buffer *out, const struct rn_listing_style *style,
	const struct rn_call *c)
{
	const struct rn_fd_set none = { 0 };
	const struct rn_fd_set *sets[2] = { style->write ? style->write : &none,
		style->read ? style->read : &none };
	char buf[24];
	if (c->flags & (RN_CALL_ERROR | RN_CALL_UNFINISHED))
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		bool reads = calls[i].reads;
		if (!rn_fd_set_has(sets[reads], (int32_t)c->args[0]) ||
			strcmp(rn_syscall_name((enum rn_abi)c->abi, c->nr, buf), calls[i].name) != 0)
			continue;
		put_data(out, c, reads ? RN_PHASE_EXIT : RN_PHASE_ENTRY, c->args[1],
			reads ? (uint64_t)c->ret : c->args[2]);
		return;
	}
}
