/* SPDX-License-Identifier: MIT */
#include "format/extend.h"

#include "format/crc32c.h"
#include "format/directory.h"
#include "format/limits.h"
#include "format/module.h"
#include "format/output.h"
#include "format/squeeze.h"
#include "format/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE_BYTES ((uint64_t)1 << 20)

struct rn_extension {
	struct rn_input in;
	struct rn_damage_log log;
	struct rn_output output;
	struct rn_index_writer index;
	struct rn_buffer header, out, piece;
	struct ZSTD_CCtx_s *z;
	uint64_t copied; /* of the input, index and seek table left out */
	bool complete;
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int flush(struct rn_extension *x, struct rn_error *err)
{
	if (!rn_buffer_ok(&x->out))
		return no_memory(err);
	int rc = rn_output_write(&x->output, rn_buffer_bytes(&x->out), err);
	rn_buffer_clear(&x->out);
	return rc;
}

static int copy(struct rn_extension *x, uint64_t from, uint64_t len, struct rn_error *err)
{
	int rc = 0;
	while (len && !rc) {
		size_t n = len < PIECE_BYTES ? (size_t)len : (size_t)PIECE_BYTES;
		rn_buffer_clear(&x->piece);
		uint8_t *to = rn_buffer_reserve(&x->piece, n);
		rc = to ? rn_input_read_at(&x->in, from, to, n, err) : no_memory(err);
		if (!rc)
			rc = rn_output_write(&x->output, rn_bytes_of(to, n), err);
		from += n;
		len -= n;
	}
	return rc;
}

/* Between what the walk hands out: index chunks, which are made anew, and what only others know. */
static int copy_gap(struct rn_extension *x, uint64_t to, struct rn_error *err)
{
	while (x->copied < to) {
		uint8_t head[RN_FRAME_HEAD];
		uint64_t bytes = 0, left = to - x->copied;
		int rc = left < sizeof(head) ? RN_E_TRUNCATED :
			rn_input_read_at(&x->in, x->copied, head, sizeof(head), err);
		if (rc && rc != RN_E_TRUNCATED)
			return rc;
		enum rn_frame_kind kind = rc ? RN_FRAME_NONE :
			rn_frame_sniff(rn_bytes_of(head, sizeof(head)), &bytes);
		if (kind == RN_FRAME_NONE || kind == RN_FRAME_ZSTD || !bytes || bytes > left) {
			x->copied = to; /* the torn end of a recording that was cut short */
			return 0;
		}
		if (kind == RN_FRAME_UNKNOWN || kind == RN_FRAME_FOREIGN) {
			rc = copy(x, x->copied, bytes, err);
			if (rc)
				return rc;
			rn_index_frame(&x->index, bytes, 0);
		}
		x->copied += bytes;
	}
	return 0;
}

static int index_block(struct rn_extension *x, const struct rn_walk_item *item, struct rn_error *err)
{
	struct rn_section_size sizes[RN_MAX_BLOCK_SECTIONS];
	struct rn_bytes body;
	int rc = rn_frame_body(item->frame, &body, err);
	if (rc)
		return rc;
	rn_index_block(&x->index, x->output.whole_bytes, item->frame, item->behind_bytes);
	rn_index_frame(&x->index, item->frame.len, 0);
	unsigned n = rn_directory_sizes(body, sizes);
	for (unsigned i = 0; i < n; i++)
		rn_index_frame(&x->index, sizes[i].disk_bytes, sizes[i].raw_bytes);
	return 0;
}

static int index_module(struct rn_extension *x, const struct rn_walk_item *item, struct rn_error *err)
{
	struct rn_module_desc d;
	struct rn_bytes body;
	int rc = rn_frame_body(item->frame, &body, err);
	if (!rc)
		rc = rn_module_decode(&d, body, err);
	if (rc)
		return rc;
	rn_index_module(&x->index, x->output.whole_bytes, item->frame, d.disk_bytes);
	rn_index_frame(&x->index, item->frame.len, 0);
	if (d.disk_bytes)
		rn_index_frame(&x->index, d.disk_bytes, d.raw_bytes);
	return 0;
}

static int flush_index(struct rn_extension *x, bool last, struct rn_error *err)
{
	rn_index_flush(&x->index, &x->out, x->output.whole_bytes, last);
	if (!x->out.len)
		return 0;
	rn_index_frame(&x->index, x->out.len, 0);
	return flush(x, err);
}

static int copy_item(struct rn_extension *x, const struct rn_walk_item *item, struct rn_error *err)
{
	uint64_t bytes = item->frame.len + item->behind_bytes;
	if (item->offset + bytes > x->in.size) {
		x->copied = x->in.size;
		return 0; /* the torn end */
	}
	int rc = item->kind == RN_FRAME_BLOCK ? index_block(x, item, err) : index_module(x, item, err);
	if (!rc)
		rc = copy(x, item->offset, bytes, err);
	x->copied = item->offset + bytes;
	return rc ? rc : flush_index(x, false, err);
}

static int refuse_damage(const struct rn_extension *x, struct rn_error *err)
{
	for (uint32_t i = 0; i < x->log.n_kept; i++) {
		const struct rn_damage *d = &x->log.kept[i];
		if (d->code != RN_E_TRUNCATED)
			return rn_fail(err, RN_E_CORRUPT, "'%s' is damaged (%s): a copy would hide it",
				x->in.name, d->text);
	}
	return 0;
}

static int copy_items(struct rn_extension *x, struct rn_error *err)
{
	struct rn_walk walk;
	struct rn_walk_item item;
	int rc;
	rn_walk_init(&walk, &x->in, &x->log, x->header.len);
	rn_input_seek(&x->in, x->header.len);
	x->copied = x->header.len;
	while ((rc = rn_walk_next(&walk, &item, err)) == 0) {
		rc = copy_gap(x, item.offset, err);
		if (!rc)
			rc = copy_item(x, &item, err);
		if (rc)
			break;
	}
	if (rc == RN_END)
		rc = copy_gap(x, x->in.size, err);
	x->complete = walk.complete;
	rn_walk_fini(&walk);
	return rc ? rc : refuse_damage(x, err);
}

static int copy_header(struct rn_extension *x, struct rn_error *err)
{
	struct rn_bytes view;
	uint64_t bytes;
	int rc = rn_input_peek(&x->in, RN_FRAME_HEAD, &view, err);
	if (rc)
		return rc;
	if (rn_frame_sniff(view, &bytes) != RN_FRAME_HEADER)
		return rn_fail(err, RN_E_NOT_TRACE, "'%s' is not a Renacer trace", x->in.name);
	rc = rn_input_peek(&x->in, bytes, &view, err);
	if (rc)
		return rc;
	if (view.len < bytes)
		return rn_fail(err, RN_E_TRUNCATED, "'%s' ends within its header", x->in.name);
	rn_put_bytes(&x->header, view.p, (size_t)bytes);
	rn_put_bytes(&x->out, view.p, (size_t)bytes);
	x->index.header = rn_buffer_bytes(&x->header);
	rn_index_frame(&x->index, bytes, 0);
	return flush(x, err);
}

static void release(struct rn_extension *x)
{
	rn_input_close(&x->in);
	rn_damage_log_fini(&x->log);
	rn_index_writer_fini(&x->index);
	rn_buffer_fini(&x->header);
	rn_buffer_fini(&x->out);
	rn_buffer_fini(&x->piece);
	rn_squeeze_free(x->z);
	free(x);
}

int rn_extension_begin(struct rn_extension **out, const char *path, int fd, struct rn_error *err)
{
	struct rn_extension *x = calloc(1, sizeof(*x));
	*out = NULL;
	int rc = x ? rn_input_open(&x->in, path, err) : no_memory(err);
	if (rc) {
		free(x);
		close(fd);
		return rc;
	}
	x->output.fd = fd;
	x->z = rn_squeeze_new(0);
	rn_damage_log_init(&x->log);
	if (!x->z)
		rc = no_memory(err);
	else if (!x->in.seekable)
		rc = rn_fail(err, RN_E_UNSUPPORTED, "'%s' is no file", path);
	if (!rc)
		rc = copy_header(x, err);
	if (!rc)
		rc = copy_items(x, err);
	if (rc) {
		close(fd);
		release(x);
		return rc;
	}
	*out = x;
	return 0;
}

int rn_extension_module(struct rn_extension *x, const struct rn_module_image *m, struct rn_error *err)
{
	struct rn_buffer frame = RN_BUFFER_INIT;
	int rc = m->image.len > RN_MAX_MODULE_BYTES ? rn_fail(err, RN_E_LIMIT,
		"an image of %zu bytes", m->image.len) : rn_squeeze(x->z, &frame, m->image, err);
	if (!rc) {
		struct rn_module_desc d = { .what = *m, .raw_bytes = m->image.len,
			.disk_bytes = frame.len, .disk_crc = rn_crc32c(rn_buffer_bytes(&frame)) };
		rn_module_encode(&x->out, &d);
		size_t head = x->out.len;
		rn_index_module(&x->index, x->output.whole_bytes, rn_bytes_of(x->out.p, head),
			frame.len);
		rn_index_frame(&x->index, head, 0);
		rn_index_frame(&x->index, frame.len, m->image.len);
		rn_put_bytes(&x->out, frame.p, frame.len);
		rc = flush(x, err);
	}
	rn_buffer_fini(&frame);
	return rc ? rc : flush_index(x, false, err);
}

int rn_extension_end(struct rn_extension *x, bool drop, struct rn_error *err)
{
	int rc = 0;
	if (!x)
		return 0;
	if (!drop && x->complete) {
		rc = flush_index(x, true, err);
		if (!rc)
			rn_index_seek_table(&x->index, &x->out);
		if (!rc)
			rc = flush(x, err);
	}
	if (close(x->output.fd) && !rc && errno != EINTR)
		rc = rn_fail_errno(err, rn_error_of_errno(errno), errno, "closing the trace");
	release(x);
	return rc;
}
