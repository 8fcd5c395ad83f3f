/* SPDX-License-Identifier: MIT */
/* Gathers a block, closes it at a size, a count or an age, and writes it with one write(2). */
#include "format/writer.h"

#include "format/block_encoder.h"
#include "format/crc32c.h"
#include "format/frame.h"
#include "format/index.h"
#include "format/limits.h"
#include "format/module.h"
#include "format/output.h"
#include "format/squeeze.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_BLOCK_BYTES ((uint32_t)1 << 20)
#define DEFAULT_BLOCK_EVENTS ((uint32_t)65536)
#define DEFAULT_BLOCK_AGE_NS ((uint64_t)150 * 1000 * 1000)

struct rn_writer {
	struct rn_writer_options opts;
	struct rn_output output;
	struct rn_block_encoder block;
	struct rn_thread_table threads;
	struct rn_index_writer index;
	struct rn_buffer header;     /* its frame, for the copy in the index */
	struct rn_buffer out;        /* what the next write takes */
	struct ZSTD_CCtx_s *z;
	struct rn_writer_totals totals;
	int error;                   /* final */
};

static struct rn_writer_options with_defaults(const struct rn_writer_options *opts)
{
	struct rn_writer_options o = opts ? *opts : (struct rn_writer_options){ 0 };
	if (!o.block_bytes)
		o.block_bytes = DEFAULT_BLOCK_BYTES;
	if (!o.block_events)
		o.block_events = DEFAULT_BLOCK_EVENTS;
	if (o.block_events > RN_MAX_BLOCK_EVENTS)
		o.block_events = RN_MAX_BLOCK_EVENTS;
	if (o.block_bytes > RN_MAX_SECTION_BYTES / 2)
		o.block_bytes = RN_MAX_SECTION_BYTES / 2;
	if (!o.block_age_ns)
		o.block_age_ns = DEFAULT_BLOCK_AGE_NS;
	return o;
}

static int fail(struct rn_writer *w, int code)
{
	if (!w->error)
		w->error = code;
	return code;
}

static int check_alive(const struct rn_writer *w, struct rn_error *err)
{
	if (w->error)
		return rn_fail(err, w->error, "the trace was given up before: %s",
			rn_error_text(w->error));
	return 0;
}

static int write_out(struct rn_writer *w, struct rn_error *err)
{
	if (!rn_buffer_ok(&w->out))
		return fail(w, rn_fail(err, RN_E_NOMEM, "out of memory"));
	int rc = rn_output_write(&w->output, rn_buffer_bytes(&w->out), err);
	if (rc)
		return fail(w, rc);
	rn_buffer_clear(&w->out);
	w->totals.file_bytes = w->output.whole_bytes;
	return 0;
}

static void release(struct rn_writer *w)
{
	rn_block_encoder_fini(&w->block);
	rn_thread_table_fini(&w->threads);
	rn_index_writer_fini(&w->index);
	rn_buffer_fini(&w->header);
	rn_buffer_fini(&w->out);
	rn_squeeze_free(w->z);
	free(w);
}

int rn_writer_open(struct rn_writer **out, int fd, const struct rn_header *h,
	const struct rn_writer_options *opts, struct rn_error *err)
{
	*out = NULL;
	int rc = RN_E_NOMEM;
	struct rn_writer *w = calloc(1, sizeof(*w));
	if (!w)
		goto out;
	w->opts = with_defaults(opts);
	w->output.fd = fd;
	w->z = rn_squeeze_new(w->opts.level);
	if (!w->z || rn_block_encoder_init(&w->block))
		goto out;
	rc = rn_header_encode(&w->header, h, err);
	if (rc)
		goto out;
	rn_put_bytes(&w->out, w->header.p, w->header.len);
	w->index.header = rn_buffer_bytes(&w->header);
	rn_index_frame(&w->index, w->out.len, 0);
	rc = write_out(w, err);
	if (rc)
		goto out;
	*out = w;
	return 0;
out:
	if (rc == RN_E_NOMEM)
		rn_fail(err, rc, "out of memory");
	if (w)
		release(w);
	close(fd);
	return rc;
}

/* The list is cut when it grows long; its own frame is no entry of it. */
static int flush_index(struct rn_writer *w, bool last, struct rn_error *err)
{
	rn_index_flush(&w->index, &w->out, w->output.whole_bytes, last);
	if (!w->out.len)
		return 0;
	rn_index_frame(&w->index, w->out.len, 0);
	return write_out(w, err);
}

static void note_block(struct rn_writer *w, const struct rn_directory *d)
{
	uint64_t sections_bytes = 0;
	for (unsigned i = 0; i < d->n_sections; i++)
		sections_bytes += d->section[i].disk_bytes;
	size_t directory_bytes = w->out.len - sections_bytes;
	rn_index_block(&w->index, w->output.whole_bytes,
		rn_bytes_of(w->out.p, directory_bytes), sections_bytes);
	rn_index_frame(&w->index, directory_bytes, 0);
	for (unsigned i = 0; i < d->n_sections; i++) {
		rn_index_frame(&w->index, d->section[i].disk_bytes, d->section[i].raw_bytes);
		w->totals.raw_bytes += d->section[i].raw_bytes;
	}
}

int rn_writer_flush(struct rn_writer *w, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc || !rn_block_encoder_events(&w->block))
		return rc;
	struct rn_directory d = {
		.number = w->totals.blocks,
		.first_seq = w->totals.events - rn_block_encoder_events(&w->block),
	};
	rc = rn_block_encoder_finish(&w->block, &w->out, &d, w->z, &w->threads, err);
	if (rc)
		return fail(w, rc);
	if (rn_buffer_ok(&w->out))
		note_block(w, &d);
	rc = write_out(w, err);
	if (rc)
		return rc;
	w->totals.blocks++;
	rn_block_encoder_clear(&w->block);
	rn_thread_table_sweep(&w->threads);
	return flush_index(w, false, err);
}

static bool is_full(const struct rn_writer *w)
{
	return rn_block_encoder_events(&w->block) >= w->opts.block_events ||
		rn_block_encoder_bytes(&w->block) >= w->opts.block_bytes ||
		rn_block_encoder_is_full(&w->block);
}

int rn_writer_append(struct rn_writer *w, const struct rn_event *ev, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc)
		return rc;
	rc = rn_block_encoder_put(&w->block, ev, err);
	if (rc)
		return rc == RN_E_ARG ? rc : fail(w, rc);
	if (!rn_thread_table_note(&w->threads, ev))
		return fail(w, rn_fail(err, RN_E_NOMEM, "out of memory"));
	w->totals.events++;
	w->totals.calls += ev->kind == RN_EV_CALL;
	if (is_full(w))
		return rn_writer_flush(w, err);
	uint64_t now = ev->ts_ns + (ev->kind == RN_EV_CALL ? ev->call.dur_ns : 0);
	return rn_writer_tick(w, now, err);
}

int rn_writer_tick(struct rn_writer *w, uint64_t now_ns, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc || !rn_block_encoder_events(&w->block))
		return rc;
	if (now_ns < w->block.opened_ns || now_ns - w->block.opened_ns < w->opts.block_age_ns)
		return 0;
	return rn_writer_flush(w, err);
}

uint64_t rn_writer_deadline_ns(const struct rn_writer *w)
{
	uint64_t age = w->opts.block_age_ns;
	if (!rn_block_encoder_events(&w->block) || w->block.opened_ns > UINT64_MAX - age)
		return UINT64_MAX;
	return w->block.opened_ns + age;
}

int rn_writer_packed_module(struct rn_writer *w, const struct rn_module_image *what,
	uint64_t raw_bytes, struct rn_bytes frame, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc)
		return rc;
	if (raw_bytes > RN_MAX_MODULE_BYTES || frame.len > RN_MAX_MODULE_BYTES)
		return rn_fail(err, RN_E_ARG, "a module image of %llu bytes",
			(unsigned long long)raw_bytes);
	struct rn_module_desc d = { .what = *what, .raw_bytes = raw_bytes,
		.disk_bytes = frame.len, .disk_crc = rn_crc32c(frame) };
	rn_module_encode(&w->out, &d);
	size_t desc_bytes = w->out.len;
	rn_put_bytes(&w->out, frame.p, frame.len);
	if (rn_buffer_ok(&w->out)) {
		rn_index_module(&w->index, w->output.whole_bytes,
			rn_bytes_of(w->out.p, desc_bytes), d.disk_bytes);
		rn_index_frame(&w->index, desc_bytes, 0);
		if (d.disk_bytes)
			rn_index_frame(&w->index, d.disk_bytes, d.raw_bytes);
	}
	return write_out(w, err);
}

int rn_writer_module(struct rn_writer *w, const struct rn_module_image *m, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc)
		return rc;
	if (m->image.len > RN_MAX_MODULE_BYTES)
		return rn_fail(err, RN_E_ARG, "a module image of %zu bytes", m->image.len);
	struct rn_buffer frame = RN_BUFFER_INIT;
	if (m->image.len)
		rc = rn_squeeze(w->z, &frame, m->image, err);
	if (rc)
		fail(w, rc);
	else
		rc = rn_writer_packed_module(w, m, m->image.len, rn_buffer_bytes(&frame), err);
	rn_buffer_fini(&frame);
	return rc;
}

const struct rn_writer_totals *rn_writer_totals(const struct rn_writer *w)
{
	return &w->totals;
}

static int write_tail(struct rn_writer *w, struct rn_error *err)
{
	int rc = flush_index(w, true, err);
	if (rc)
		return rc;
	rn_index_seek_table(&w->index, &w->out);
	return write_out(w, err);
}

int rn_writer_close(struct rn_writer *w, struct rn_writer_totals *totals, struct rn_error *err)
{
	if (!w)
		return 0;
	int rc = rn_writer_flush(w, err);
	if (!rc)
		rc = write_tail(w, err);
	if (totals)
		*totals = w->totals;
	int fd = w->output.fd;
	release(w);
	if (close(fd) && !rc && errno != EINTR)
		rc = rn_fail_errno(err, rn_error_of_errno(errno), errno, "closing the trace");
	return rc;
}

void rn_writer_abandon(struct rn_writer *w)
{
	if (!w)
		return;
	close(w->output.fd);
	release(w);
}
