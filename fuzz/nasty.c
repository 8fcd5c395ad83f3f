/* SPDX-License-Identifier: MIT */
#include "fuzz/nasty.h"

#include "format/frame.h"
#include "format/squeeze.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void nasty_header(struct rn_buffer *out)
{
	struct rn_header h = { .machine = RN_MACHINE_X86_64 };
	rn_header_encode(out, &h, NULL);
}

void nasty_put_block(struct rn_buffer *out, const struct nasty_block *b)
{
	const uint64_t numbers[] = { b->number, b->first_seq, b->n_calls, b->n_meta, b->first_ns,
		b->span_ns, b->max_dur_ns, b->n_errors };
	struct rn_buffer frames = RN_BUFFER_INIT;
	struct ZSTD_CCtx_s *z = rn_squeeze_new(1);
	size_t at = rn_frame_begin(out, RN_FRAME_BLOCK);
	unsigned n = 0;
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		rn_put_varint(out, numbers[i]);
	for (unsigned s = 0; s < RN_SECTIONS; s++)
		n += b->raw[s].len != 0;
	rn_put_varint(out, n);
	for (unsigned s = 0; s < RN_SECTIONS; s++) {
		size_t before = frames.len;
		if (!b->raw[s].len)
			continue;
		rn_squeeze(z, &frames, b->raw[s], NULL);
		rn_put_varint(out, s);
		rn_put_varint(out, b->claimed_raw ? b->claimed_raw : b->raw[s].len);
		rn_put_varint(out, frames.len - before);
	}
	rn_put_string(out, rn_bytes_of("\0", 1));
	rn_put_string(out, rn_bytes_of("\0", 1));
	rn_frame_end(out, at);
	rn_put_bytes(out, frames.p, frames.len);
	rn_buffer_fini(&frames);
	rn_squeeze_free(z);
}

/* Every byte handed out is looked at. */
static volatile uint64_t seen;

static uint64_t touch(const struct rn_event *ev)
{
	uint64_t sum = ev->ts_ns;
	if (ev->kind != RN_EV_CALL)
		return sum;
	for (uint32_t i = 0; i < ev->call.n_spans; i++)
		for (uint32_t k = 0; k < ev->call.spans[i].len; k++)
			sum += ev->call.spans[i].bytes[k];
	for (uint32_t i = 0; i < ev->call.stack_len; i++)
		sum += ev->call.stack[i];
	for (uint32_t i = 0; i < ev->call.n_regs; i++)
		sum += ev->call.regs[i];
	return sum;
}

static uint64_t read_block(struct rn_block *b)
{
	struct rn_event ev;
	const struct rn_thread_ref *threads;
	uint32_t i, n;
	uint64_t sum = 0;
	for (i = 0; rn_block_event(b, i, RN_WANT_ALL, &ev, NULL) == 0; i++)
		sum += touch(&ev);
	for (uint32_t k = rn_block_info(b)->n_calls; k-- > 0;)
		if (rn_block_call(b, k, RN_WANT(STACK), &ev, NULL) == 0)
			sum += touch(&ev);
	rn_block_threads(b, &threads, &n, NULL);
	rn_block_info_has_nr(rn_block_info(b), RN_ABI_X86_64, 1);
	rn_block_info_has_utid(rn_block_info(b), 1);
	seen += sum;
	return i;
}

static uint64_t read_all(struct rn_reader *r)
{
	struct rn_block *b = rn_block_new();
	struct rn_module_image m;
	uint64_t n = 0;
	while (b && rn_reader_next(r, b, NULL) == 0)
		n += read_block(b);
	for (size_t i = 0; b && i < rn_reader_n_blocks(r); i++)
		rn_reader_load(r, i, b, NULL);
	for (size_t i = 0; i < rn_reader_n_modules(r); i++)
		rn_reader_module(r, i, &m, NULL);
	rn_block_free(b);
	rn_reader_close(r);
	return n;
}

/* As a stream: bytes of a file whose offset is not 0 are read in order, as those of a pipe are. */
static void read_stream(struct rn_bytes trace)
{
	int fd = memfd_create("nasty", MFD_CLOEXEC);
	struct rn_reader *r;
	if (fd < 0)
		return;
	if (write(fd, "x", 1) == 1 && write(fd, trace.p, trace.len) == (ssize_t)trace.len &&
		lseek(fd, 1, SEEK_SET) == 1) {
		if (rn_reader_open_fd(&r, fd, "stream", NULL) == 0)
			read_all(r);
		return;
	}
	close(fd);
}

uint64_t nasty_read_file(struct rn_bytes trace)
{
	struct rn_reader *r;
	return rn_reader_open_bytes(&r, trace, NULL) == 0 ? read_all(r) : 0;
}

uint64_t nasty_read(struct rn_bytes trace)
{
	uint64_t n = nasty_read_file(trace);
	read_stream(trace);
	return n;
}
