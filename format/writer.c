/* SPDX-License-Identifier: MIT */
/* Gathers a block, closes it at a size, a count or an age, and writes it with one write(2). */
#include "format/writer.h"

#include "format/crc32c.h"
#include "format/frame.h"
#include "format/index.h"
#include "format/limits.h"
#include "format/module.h"
#include "format/output.h"
#include "format/packer.h"
#include "format/squeeze.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct rn_writer {
	struct rn_packer packer;
	struct rn_output output;
	struct rn_index_writer index;
	struct rn_buffer header;     /* its frame, for the copy in the index */
	struct rn_buffer out;        /* what the next write takes */
	struct rn_writer_totals totals;
	/* As they were behind the last frame and before the last block that is whole in the file. */
	struct mark {
		struct rn_index_writer index;
		struct rn_writer_totals totals;
		uint64_t n_calls;    /* without previews */
	} good, before;
	uint64_t n_calls, open_ns, last_block_ns; /* when the open block began, and the last one */
	uint64_t unwritten_to_ns;    /* what a full disk kept out goes so far */
	void (*cost)(void *arg, struct rn_ev_END *end);
	void *cost_arg;
	int error;                   /* final */
};

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
	rn_buffer_clear(&w->out);
	if (rc) {
		rn_index_rewind(&w->index, &w->good.index);
		return fail(w, rc);
	}
	w->totals.file_bytes = w->good.totals.file_bytes = w->output.whole_bytes;
	w->good.index = w->index;
	return 0;
}

static void release(struct rn_writer *w)
{
	rn_packer_fini(&w->packer);
	rn_index_writer_fini(&w->index);
	rn_buffer_fini(&w->header);
	rn_buffer_fini(&w->out);
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
	w->output.fd = fd;
	w->output.min_free_bytes = opts ? opts->min_free_bytes : 0;
	w->cost = opts ? opts->cost : NULL;
	w->cost_arg = opts ? opts->cost_arg : NULL;
	if (rn_packer_init(&w->packer, opts))
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
static int flush_index(struct rn_writer *w, struct rn_error *err)
{
	rn_index_flush(&w->index, &w->out, w->output.whole_bytes, false);
	if (!w->out.len)
		return 0;
	rn_index_frame(&w->index, w->out.len, 0);
	return write_out(w, err);
}

/* Of the block in `out`. */
static void note_block(struct rn_writer *w, const struct rn_section_size *section, unsigned n)
{
	uint64_t sections_bytes = 0;
	for (unsigned i = 0; i < n; i++)
		sections_bytes += section[i].disk_bytes;
	size_t directory_bytes = w->out.len - sections_bytes;
	rn_index_block(&w->index, w->output.whole_bytes,
		rn_bytes_of(w->out.p, directory_bytes), sections_bytes);
	rn_index_frame(&w->index, directory_bytes, 0);
	for (unsigned i = 0; i < n; i++) {
		rn_index_frame(&w->index, section[i].disk_bytes, section[i].raw_bytes);
		w->totals.raw_bytes += section[i].raw_bytes;
	}
}

int rn_writer_flush(struct rn_writer *w, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc || !rn_packer_pending(&w->packer))
		return rc;
	struct rn_directory d = {
		.number = w->totals.blocks,
		.first_seq = w->totals.events - rn_packer_pending(&w->packer),
	};
	rc = rn_packer_finish(&w->packer, &w->out, &d, err);
	if (rc)
		return fail(w, rc);
	const struct mark before = w->good;
	if (rn_buffer_ok(&w->out))
		note_block(w, d.section, d.n_sections);
	rc = write_out(w, err);
	if (rc)
		return rc;
	w->totals.blocks++;
	w->before = before;
	w->good.totals = w->totals;
	w->good.n_calls = w->n_calls;
	w->last_block_ns = w->open_ns;
	w->open_ns = 0;
	rn_packer_clear(&w->packer);
	return flush_index(w, err);
}

static uint64_t end_of(const struct rn_event *ev)
{
	return ev->ts_ns + (ev->kind == RN_EV_CALL ? ev->call.dur_ns : 0);
}

static void count(struct rn_writer *w, const struct rn_event *ev)
{
	w->n_calls += ev->kind == RN_EV_CALL && !(ev->call.flags & RN_CALL_PENDING);
	if (!w->open_ns)
		w->open_ns = end_of(ev);
	if (w->error && end_of(ev) > w->unwritten_to_ns)
		w->unwritten_to_ns = end_of(ev);
}

int rn_writer_put(struct rn_writer *w, const struct rn_event *ev, struct rn_error *err)
{
	int rc = check_alive(w, err);
	if (rc) {
		if (rc == RN_E_NO_SPACE)
			count(w, ev);
		return rc;
	}
	rc = rn_packer_put(&w->packer, ev, err);
	if (rc)
		return rc == RN_E_ARG ? rc : fail(w, rc);
	w->totals.events++;
	w->totals.calls += ev->kind == RN_EV_CALL;
	count(w, ev);
	return rn_packer_is_full(&w->packer) ? rn_writer_flush(w, err) : 0;
}

int rn_writer_append(struct rn_writer *w, const struct rn_event *ev, struct rn_error *err)
{
	int rc = rn_writer_put(w, ev, err);
	if (rc)
		return rc;
	return rn_writer_tick(w, end_of(ev), err);
}

int rn_writer_block(struct rn_writer *w, struct rn_bytes block, struct rn_error *err)
{
	struct rn_section_size section[RN_MAX_BLOCK_SECTIONS];
	struct rn_block_info info = { 0 };
	struct rn_bytes body;
	uint64_t frame_bytes;
	int rc = rn_writer_flush(w, err);
	if (rc)
		return rc;
	if (rn_frame_sniff(block, &frame_bytes) != RN_FRAME_BLOCK || frame_bytes > block.len ||
		rn_frame_body(rn_bytes_of(block.p, frame_bytes), &body, err) ||
		rn_directory_decode(&info, body, err) || info.disk_bytes != block.len - frame_bytes)
		return rn_fail(err, RN_E_CORRUPT, "a packed block makes no sense");
	rn_directory_renumber(&w->out, body, w->totals.blocks, w->totals.events);
	rn_put_bytes(&w->out, block.p + frame_bytes, block.len - frame_bytes);
	if (rn_buffer_ok(&w->out))
		note_block(w, section, rn_directory_sizes(body, section));
	rc = write_out(w, err);
	if (rc)
		return rc;
	w->totals.blocks++;
	w->totals.events += info.n_calls + info.n_meta;
	w->totals.calls += info.n_calls;
	return flush_index(w, err);
}

int rn_writer_tick(struct rn_writer *w, uint64_t now_ns, struct rn_error *err)
{
	int rc = check_alive(w, err);
	return rc || !rn_packer_is_old(&w->packer, now_ns) ? rc : rn_writer_flush(w, err);
}

uint64_t rn_writer_deadline_ns(const struct rn_writer *w)
{
	return rn_packer_deadline_ns(&w->packer);
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
		rc = rn_squeeze(w->packer.z, &frame, m->image, err);
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

/* In one write: an index that no seek table follows would look damaged. */
static void put_tail(struct rn_writer *w)
{
	size_t at = w->out.len;
	rn_index_flush(&w->index, &w->out, w->output.whole_bytes + at, true);
	rn_index_frame(&w->index, w->out.len - at, 0);
	rn_index_seek_table(&w->index, &w->out);
}

static int write_tail(struct rn_writer *w, struct rn_error *err)
{
	put_tail(w);
	return write_out(w, err);
}

/* A block with what was lost and why the file ends, in the place of what had no room, and the index. */
static int write_last_words(struct rn_writer *w, bool with_tail)
{
	uint64_t until_ns = w->unwritten_to_ns > w->open_ns ? w->unwritten_to_ns : w->open_ns;
	struct rn_event lost = { .ts_ns = until_ns, .kind = RN_EV_LOST };
	struct rn_event end = { .ts_ns = until_ns, .kind = RN_EV_END };
	uint64_t calls = w->n_calls - w->good.n_calls;
	w->error = 0;
	rn_packer_clear(&w->packer);
	lost.LOST = (struct rn_ev_LOST){ .count = calls, .from_ns = w->open_ns,
		.cause = RN_LOST_DISK };
	end.END = (struct rn_ev_END){ .reason = RN_END_OUTPUT, .calls = w->good.n_calls,
		.events = w->good.totals.events, .lost = calls, .wall_ns = until_ns };
	if (w->cost)
		w->cost(w->cost_arg, &end.END);
	int rc = rn_packer_put(&w->packer, &lost, NULL);
	if (!rc)
		rc = rn_packer_put(&w->packer, &end, NULL);
	struct rn_directory d = { .number = w->good.totals.blocks, .first_seq = w->good.totals.events };
	if (!rc)
		rc = rn_packer_finish(&w->packer, &w->out, &d, NULL);
	if (!rc && rn_buffer_ok(&w->out))
		note_block(w, d.section, d.n_sections);
	if (!rc && with_tail)
		put_tail(w);
	return rc ? rc : write_out(w, NULL);
}

/* The last block makes room where what was cut back does not; never the only one: words about nothing. */
static bool give_up_last_block(struct rn_writer *w)
{
	uint64_t whole = w->before.totals.file_bytes;
	if (!w->before.totals.blocks || !whole ||
		!rn_output_take_back(&w->output, w->output.whole_bytes - whole))
		return false;
	rn_index_rewind(&w->index, &w->before.index);
	w->good = w->before;
	w->good.index = w->index;
	w->open_ns = w->last_block_ns;
	return true;
}

static void end_on_full_disk(struct rn_writer *w)
{
	w->output.min_free_bytes = 0;
	/* A reader can do without the index, rather than without the calls of a block. */
	if (write_last_words(w, true) && write_last_words(w, false) && give_up_last_block(w) &&
		write_last_words(w, true))
		write_last_words(w, false);
}

int rn_writer_close(struct rn_writer *w, struct rn_writer_totals *totals, struct rn_error *err)
{
	if (!w)
		return 0;
	int rc = rn_writer_flush(w, err);
	if (rc == RN_E_NO_SPACE)
		end_on_full_disk(w);
	else if (!rc)
		rc = write_tail(w, err); /* without it all is there, and found by a scan */
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
