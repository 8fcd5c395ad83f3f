/* SPDX-License-Identifier: MIT */
#include "analyze/listing/dump.h"

#include "analyze/decode/memory.h"
#include "shared/syscall.h"

#define LINE_BYTES 16
#define DUMP_MAX_BYTES (1u << 20)
#define IOV_MAX_ENTRIES 1024u /* UIO_MAXIOV */

/* What the second argument is. */
enum shape { BYTES, VECTOR, MESSAGE, MESSAGES };

static const struct dumped {
	const char *name;
	bool reads;
	enum shape shape;
} calls[] = {
	{ "read", true, BYTES }, { "pread64", true, BYTES }, { "recv", true, BYTES },
	{ "recvfrom", true, BYTES }, { "write", false, BYTES }, { "pwrite64", false, BYTES },
	{ "send", false, BYTES }, { "sendto", false, BYTES }, { "readv", true, VECTOR },
	{ "preadv", true, VECTOR }, { "preadv2", true, VECTOR }, { "writev", false, VECTOR },
	{ "pwritev", false, VECTOR }, { "pwritev2", false, VECTOR },
	{ "vmsplice", false, VECTOR }, { "recvmsg", true, MESSAGE },
	{ "sendmsg", false, MESSAGE }, { "recvmmsg", true, MESSAGES },
	{ "recvmmsg_time64", true, MESSAGES }, { "sendmmsg", false, MESSAGES },
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

/* One call's data, piece by piece. */
struct dump {
	struct rn_buffer *out;
	const struct rn_call *c;
	enum rn_span_phase phase;
	unsigned word;           /* bytes of a pointer of the call's ABI */
};

/* Headers are as they were given, or as the call left them. */
static bool word_at(const struct dump *d, uint64_t addr, uint64_t *v)
{
	return rn_memory_uint(d->c, d->phase, addr, d->word, v) ||
		rn_memory_uint(d->c, RN_PHASE_ENTRY, addr, d->word, v);
}

/* n iovecs at addr, `most` bytes of them altogether. */
static void put_vector(const struct dump *d, uint64_t addr, uint64_t n, uint64_t most)
{
	uint64_t base, len;
	for (uint64_t i = 0; i < n && i < IOV_MAX_ENTRIES; i++) {
		uint64_t at = addr + i * 2 * d->word;
		if (!word_at(d, at, &base) || !word_at(d, at + d->word, &len))
			return;
		len = len < most ? len : most;
		if (!len)
			return;
		most -= len;
		rn_put_format(d->out, " * %llu bytes in buffer %llu\n", (unsigned long long)len,
			(unsigned long long)i);
		put_data(d->out, d->c, d->phase, base, len);
	}
}

/* struct msghdr: the vector is its third word, how long it is its fourth. */
static bool vector_of(const struct dump *d, uint64_t addr, uint64_t *vector, uint64_t *n)
{
	return word_at(d, addr + 2 * d->word, vector) && word_at(d, addr + 3 * d->word, n);
}

static void put_message(const struct dump *d, uint64_t addr, uint64_t most)
{
	uint64_t vector, n;
	if (vector_of(d, addr, &vector, &n))
		put_vector(d, vector, n, most);
}

/* struct mmsghdr: a msghdr of seven words, and how many bytes passed. */
static void put_messages(const struct dump *d, uint64_t addr, uint64_t n)
{
	uint64_t vector, n_vector, len;
	for (uint64_t i = 0; i < n && i < IOV_MAX_ENTRIES; i++, addr += 8 * d->word) {
		if (!vector_of(d, addr, &vector, &n_vector) ||
			!rn_memory_uint(d->c, RN_PHASE_EXIT, addr + 7 * d->word, 4, &len))
			return;
		rn_put_format(d->out, " = %llu buffers in vector %llu\n",
			(unsigned long long)n_vector, (unsigned long long)i);
		put_vector(d, vector, n_vector, len);
	}
}

static void put_call(const struct dump *d, const struct dumped *what)
{
	uint64_t mask = d->word == 4 ? UINT32_MAX : UINT64_MAX;
	uint64_t addr = d->c->args[1] & mask, n = d->c->args[2] & mask, ret = (uint64_t)d->c->ret;
	switch (what->shape) {
	case BYTES:
		put_data(d->out, d->c, d->phase, addr, what->reads ? ret : n);
		break;
	case VECTOR:
		put_vector(d, addr, n, what->reads ? ret : UINT64_MAX);
		break;
	case MESSAGE:
		put_message(d, addr, what->reads ? ret : UINT64_MAX);
		break;
	case MESSAGES:
		put_messages(d, addr, ret);
		break;
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
		const struct dump d = { out, c, reads ? RN_PHASE_EXIT : RN_PHASE_ENTRY,
			c->abi == RN_ABI_I386 ? 4 : 8 };
		if (!rn_fd_set_has(sets[reads], (int32_t)c->args[0]) ||
			strcmp(rn_syscall_name((enum rn_abi)c->abi, c->nr, buf), calls[i].name) != 0)
			continue;
		put_call(&d, &calls[i]);
		return;
	}
}
