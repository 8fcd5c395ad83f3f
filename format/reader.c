/* SPDX-License-Identifier: MIT */
/* A seekable input is listed when it is opened: by the index at its end when that proves right,
 * else by walking over all frames (format/walk.h). Blocks are then loaded by the list. A pipe is
 * walked as it comes. */
#include "format/reader.h"

#include "format/block.h"
#include "format/catalog.h"
#include "format/input.h"
#include "format/limits.h"
#include "format/squeeze.h"
#include "format/walk.h"

#include <stdlib.h>

struct rn_reader {
	struct rn_input in;
	struct rn_header header;
	struct rn_buffer header_frame; /* header borrows it */
	struct rn_damage_log log;
	struct rn_walk walk;
	struct rn_catalog catalog;
	bool complete;
	bool told_end;                 /* of a pipe: the last block so far ends with the recording's end */
	size_t next;                   /* block of the catalog */
	bool ended;                    /* a pipe has */
	uint64_t passed_ns;            /* of a pipe: when the last block that was read ended */
};

/* The bytes the header is in, or what there is of them. */
static int read_header_frame(struct rn_reader *r, struct rn_error *err)
{
	struct rn_bytes view;
	uint64_t bytes;
	int rc = rn_input_peek(&r->in, RN_FRAME_HEAD, &view, err);
	if (rc)
		return rc;
	if (!view.len)
		return rn_fail(err, RN_E_NOT_TRACE, "is empty");
	if (rn_frame_sniff(view, &bytes) == RN_FRAME_HEADER && bytes <= RN_HEADER_MAX_BYTES)
		rc = rn_input_peek(&r->in, bytes, &view, err);
	if (rc)
		return rc;
	rn_put_bytes(&r->header_frame, view.p, view.len);
	return rn_buffer_ok(&r->header_frame) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

/* The index at the end lists the blocks and has a copy of the header, so that a header it agrees
 * with needs no look and a damaged one is replaced. */
static int open_by_index(struct rn_reader *r, struct rn_error *err)
{
	struct rn_bytes copy;
	size_t used;
	int rc = rn_catalog_from_index(&r->catalog, &r->in, &copy, &r->log, &r->complete, err);
	if (rc)
		return rc;
	rc = rn_header_decode(&r->header, copy, &used, err);
	if (!rc && !rn_bytes_equal(copy, rn_buffer_bytes(&r->header_frame)))
		rn_damage_add(&r->log, 0, copy.len, RN_E_CORRUPT,
			"the header is damaged, the index has a copy");
	return rc;
}

/* The header from the front; what can be had of a damaged one is taken, and the damage noted. */
static int open_by_header(struct rn_reader *r, struct rn_error *err)
{
	struct rn_bytes frame = rn_buffer_bytes(&r->header_frame);
	size_t used;
	int rc = rn_header_decode(&r->header, frame, &used, err);
	bool damaged = rc == RN_E_CORRUPT && rn_header_salvage(&r->header, frame) == 0;
	if (rc && !damaged)
		return rc;
	if (damaged)
		used = RN_FRAME_HEAD;
	rn_walk_init(&r->walk, &r->in, &r->log, used);
	if (r->in.seekable)
		rn_input_seek(&r->in, 0);
	rn_input_skip(&r->in, used);
	return damaged ? rn_walk_resume(&r->walk, "the header is damaged", err) : 0;
}

/* Its last words are the recorder's. */
static bool ends_with_end(struct rn_block *b)
{
	const struct rn_block_info *info = rn_block_info(b);
	struct rn_event ev;
	return info->n_meta && rn_block_event(b, info->n_calls + info->n_meta - 1, 0, &ev, NULL) == 0 &&
		ev.kind == RN_EV_END;
}

/* On a full disk there may have been room for the end of the recording, but none for the index of the blocks. */
static int look_for_end(struct rn_reader *r, struct rn_error *err)
{
	size_t n = r->catalog.n_blocks;
	r->complete = r->walk.complete;
	if (r->complete || r->log.n || !n)
		return 0;
	struct rn_block *b = rn_block_new();
	if (!b)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	r->complete = rn_reader_load_whole(r, n - 1, 0, b) && ends_with_end(b);
	rn_block_free(b);
	return 0;
}

static int open_trace(struct rn_reader *r, struct rn_error *err)
{
	int rc = read_header_frame(r, err);
	if (rc)
		return rc;
	if (r->in.seekable) {
		rc = open_by_index(r, err);
		if (rc != RN_E_CORRUPT)
			return rc;
	}
	rc = open_by_header(r, err);
	if (!rc && r->in.seekable) {
		rc = rn_catalog_from_walk(&r->catalog, &r->walk, err);
		if (!rc)
			rc = look_for_end(r, err);
	}
	return rc;
}

/* in was opened, or rc says why not. */
static int open_on(struct rn_reader **out, struct rn_reader *r, int rc, struct rn_error *err)
{
	*out = NULL;
	if (rc) {
		r->in.fd = -1;
		rn_reader_close(r);
		return rc;
	}
	rc = open_trace(r, err);
	if (rc) {
		rn_error_prefix(err, "%s", r->in.name);
		rn_reader_close(r);
		return rc;
	}
	*out = r;
	return 0;
}

static struct rn_reader *allocate(struct rn_error *err)
{
	struct rn_reader *r = calloc(1, sizeof(*r));
	if (r)
		rn_damage_log_init(&r->log);
	else
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return r;
}

int rn_reader_open(struct rn_reader **out, const char *path, struct rn_error *err)
{
	*out = NULL;
	struct rn_reader *r = allocate(err);
	return r ? open_on(out, r, rn_input_open(&r->in, path, err), err) : RN_E_NOMEM;
}

int rn_reader_open_fd(struct rn_reader **out, int fd, const char *name, struct rn_error *err)
{
	*out = NULL;
	struct rn_reader *r = allocate(err);
	return r ? open_on(out, r, rn_input_open_fd(&r->in, fd, name, err), err) : RN_E_NOMEM;
}

int rn_reader_open_bytes(struct rn_reader **out, struct rn_bytes bytes, struct rn_error *err)
{
	*out = NULL;
	struct rn_reader *r = allocate(err);
	return r ? open_on(out, r, rn_input_open_bytes(&r->in, bytes, err), err) : RN_E_NOMEM;
}

void rn_reader_close(struct rn_reader *r)
{
	if (!r)
		return;
	rn_walk_fini(&r->walk);
	rn_catalog_fini(&r->catalog);
	rn_damage_log_fini(&r->log);
	rn_buffer_fini(&r->header_frame);
	rn_input_close(&r->in);
	free(r);
}

const struct rn_header *rn_reader_header(const struct rn_reader *r)
{
	return &r->header;
}

bool rn_reader_seekable(const struct rn_reader *r)
{
	return r->in.seekable;
}

int rn_reader_load(const struct rn_reader *r, size_t i, struct rn_block *b, struct rn_error *err)
{
	if (i >= r->catalog.n_blocks)
		return rn_fail(err, RN_E_ARG, "there is no block %zu", i);
	return rn_catalog_load(&r->catalog, i, &r->in, RN_WANT(META), (struct rn_damage_log *)&r->log, b, err);
}

bool rn_reader_load_whole(const struct rn_reader *r, size_t i, unsigned want, struct rn_block *b)
{
	const uint64_t (*args)[6];
	struct rn_damage_log log;
	rn_damage_log_init(&log);
	bool whole = i < r->catalog.n_blocks && rn_catalog_load(&r->catalog, i, &r->in, want, &log, b, NULL) == 0;
	whole = whole && (!(want & RN_WANT(ARGS)) || rn_block_args(b, &args, NULL) != RN_E_NOMEM) && !log.n;
	b->log = (struct rn_damage_log *)&r->log; /* of what is unpacked from here on */
	rn_damage_log_fini(&log);
	return whole;
}

/* A block of a pipe: its bytes are in view, the last of them perhaps missing. */
static int take_block(struct rn_reader *r, const struct rn_walk_item *item, struct rn_block *b,
	struct rn_error *err)
{
	struct rn_bytes view;
	size_t head = item->frame.len;
	int rc = rn_input_peek(&r->in, head + item->behind_bytes, &view, err);
	if (rc)
		return rc;
	rn_buffer_clear(&b->frame);
	rn_buffer_clear(&b->disk);
	rn_put_bytes(&b->frame, view.p, head);
	rn_put_bytes(&b->disk, view.p + head, view.len - head);
	b->in = NULL;
	b->held_bytes = view.len - head;
	if (!rn_buffer_ok(&b->frame) || !rn_buffer_ok(&b->disk))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (view.len - head < item->behind_bytes)
		rn_damage_add(&r->log, item->offset, view.len, RN_E_TRUNCATED,
			"block %llu is cut off", (unsigned long long)item->number);
	return rn_block_begin(b, item->offset, RN_WANT(META), &r->log, err);
}

static int next_of_pipe(struct rn_reader *r, struct rn_block *b, struct rn_error *err)
{
	while (!r->ended) {
		struct rn_walk_item item;
		int rc = rn_walk_next(&r->walk, &item, err);
		if (rc == RN_END)
			break;
		if (!rc && item.kind == RN_FRAME_MODULE)
			rc = rn_catalog_add_module(&r->catalog, &item, &r->in, &r->log, err);
		else if (!rc)
			rc = take_block(r, &item, b, err);
		if (rc && rc != RN_E_CORRUPT)
			return rc;
		if (!rc && item.kind == RN_FRAME_BLOCK) {
			if (rn_block_info(b)->last_ns > r->passed_ns)
				r->passed_ns = rn_block_info(b)->last_ns;
			r->told_end = ends_with_end(b);
			return 0;
		}
	}
	r->ended = true;
	r->complete = r->walk.complete || (r->told_end && !r->log.n);
	return RN_END;
}

int rn_reader_next(struct rn_reader *r, struct rn_block *b, struct rn_error *err)
{
	if (!r->in.seekable)
		return next_of_pipe(r, b, err);
	while (r->next < r->catalog.n_blocks) {
		int rc = rn_reader_load(r, r->next++, b, err);
		if (rc != RN_E_CORRUPT)
			return rc;
	}
	return RN_END;
}

int rn_reader_rewind(struct rn_reader *r, struct rn_error *err)
{
	if (!r->in.seekable)
		return rn_fail(err, RN_E_UNSUPPORTED, "%s: a pipe cannot be read twice",
			r->in.name);
	r->next = 0;
	return 0;
}

int rn_reader_index(struct rn_reader *r, struct rn_error *err)
{
	if (!r->in.seekable)
		return rn_fail(err, RN_E_UNSUPPORTED, "%s: a pipe has no index", r->in.name);
	return 0; /* it was listed when it was opened */
}

size_t rn_reader_n_blocks(const struct rn_reader *r)
{
	return r->catalog.n_blocks;
}

const struct rn_block_info *rn_reader_block_info(const struct rn_reader *r, size_t i)
{
	return &r->catalog.block[i].info;
}

uint64_t rn_reader_end_ns(const struct rn_reader *r)
{
	uint64_t end_ns = r->passed_ns;
	for (size_t i = 0; i < r->catalog.n_blocks; i++)
		if (r->catalog.block[i].info.last_ns > end_ns)
			end_ns = r->catalog.block[i].info.last_ns;
	return end_ns;
}

size_t rn_reader_n_modules(const struct rn_reader *r)
{
	return r->catalog.n_modules;
}

int rn_reader_module(struct rn_reader *r, size_t i, struct rn_module_image *m, struct rn_error *err)
{
	if (i >= r->catalog.n_modules)
		return rn_fail(err, RN_E_ARG, "there is no module %zu", i);
	return rn_catalog_module(&r->catalog, i, &r->in, &r->log, m, err);
}

void rn_reader_module_what(const struct rn_reader *r, size_t i, struct rn_module_image *m)
{
	*m = r->catalog.module[i].desc.what;
	m->image = rn_bytes_of(NULL, 0);
}

uint64_t rn_reader_n_damage(const struct rn_reader *r)
{
	return r->log.n;
}

const struct rn_damage *rn_reader_damage(const struct rn_reader *r, size_t i)
{
	return i < r->log.n_kept ? &r->log.kept[i] : NULL;
}

bool rn_reader_complete(const struct rn_reader *r)
{
	return r->complete;
}

uint64_t rn_reader_bytes(const struct rn_reader *r)
{
	return r->in.size;
}
