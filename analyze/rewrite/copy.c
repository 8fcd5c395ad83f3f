/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/copy.h"

#include "analyze/new_file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct copying {
	const struct rn_copy_hooks *hooks;
	struct rn_writer *w;
	uint64_t last_ns;
};

/* FNV-1a, twice with different beginnings: no secret is in it, only difference. */
static uint64_t hash(uint64_t h, const void *p, size_t n)
{
	const uint8_t *byte = p;
	for (size_t i = 0; i < n; i++)
		h = (h ^ byte[i]) * 0x100000001b3u;
	return h;
}

/* A UUID of version 8 (RFC 9562): made by a rule of our own. */
static void new_uuid(uint8_t uuid[16], const char *what)
{
	uint64_t half[2] = { hash(0xcbf29ce484222325u, uuid, 16), hash(0x84222325cbf29ce4u, uuid, 16) };
	for (int i = 0; i < 2; i++)
		half[i] = hash(half[i], what, strlen(what));
	memcpy(uuid, half, 16);
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x80);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

static int append(struct copying *c, const struct rn_event *ev, struct rn_error *err)
{
	if (ev->ts_ns > c->last_ns)
		c->last_ns = ev->ts_ns;
	return rn_writer_append(c->w, ev, err);
}

/* Said before the end of the recording is: that is the last event of a whole trace. */
static int note(struct copying *c, const char *what, struct rn_error *err)
{
	struct rn_event ev = { .ts_ns = c->last_ns, .kind = RN_EV_NOTE };
	ev.NOTE.text = rn_bytes_str(what);
	return append(c, &ev, err);
}

static int copy_meta(struct copying *c, struct rn_event *ev, const char *what, struct rn_error *err)
{
	bool keep = true;
	int rc = c->hooks->meta ? c->hooks->meta(c->hooks->arg, ev, &keep, err) : 0;
	if (rc || !keep)
		return rc;
	if (ev->kind == RN_EV_END) {
		rc = note(c, what, err);
		ev->END.calls = rn_writer_totals(c->w)->calls;
		ev->END.events = rn_writer_totals(c->w)->events;
	}
	return rc ? rc : append(c, ev, err);
}

static int copy_call(struct copying *c, struct rn_block *b, uint32_t k, struct rn_error *err)
{
	struct rn_event ev;
	int rc = rn_block_call(b, k, RN_WANT_ALL, &ev, err);
	if (!rc && c->hooks->call)
		rc = c->hooks->call(c->hooks->arg, &ev, err);
	return rc ? rc : append(c, &ev, err);
}

static int copy_block(struct copying *c, const struct rn_batch *batch, const char *what,
	struct rn_error *err)
{
	struct rn_event ev;
	uint32_t before, done = 0, j = 0;
	int rc = 0;
	while (!rc) {
		int meta = rn_block_meta(batch->block, j++, &ev, &before, err);
		if (meta == RN_E_CORRUPT)
			continue; /* what is whole is copied */
		if (meta < 0)
			return meta;
		while (!rc && done < batch->n_selected && (meta || batch->selected[done] < before))
			rc = copy_call(c, batch->block, batch->selected[done++], err);
		if (meta || rc)
			break;
		rc = copy_meta(c, &ev, what, err);
	}
	return rc;
}

static int copy_events(struct copying *c, struct rn_source *calls, const char *what, struct rn_error *err)
{
	struct rn_batch batch;
	int rc;
	rn_batch_init(&batch);
	while (!(rc = rn_source_next(calls, &batch, err)))
		if (batch.block && (rc = copy_block(c, &batch, what, err)) < 0)
			break;
	rn_batch_fini(&batch);
	return rc == RN_END ? 0 : rc;
}

static int copy_modules(struct copying *c, struct rn_reader *r, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < rn_reader_n_modules(r) && !rc; i++) {
		struct rn_module_image m;
		struct rn_error damaged;
		bool keep = true;
		if (rn_reader_module(r, i, &m, &damaged))
			continue;
		if (c->hooks->module)
			rc = c->hooks->module(c->hooks->arg, &m, &keep, err);
		if (!rc && keep)
			rc = rn_writer_module(c->w, &m, err);
	}
	return rc;
}

static bool is_the_trace(const char *trace, const char *path)
{
	struct stat a, b;
	return stat(trace, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
		a.st_ino == b.st_ino;
}

static int write_all(struct copying *c, struct rn_source *calls, int fd, const char *what,
	struct rn_writer_totals *totals, struct rn_error *err)
{
	static const struct rn_writer_options options = { .block_age_ns = UINT64_MAX };
	struct rn_reader *r = calls->reader;
	struct rn_header header = *rn_reader_header(r);
	new_uuid(header.uuid, what);
	int rc = c->hooks->header ? c->hooks->header(c->hooks->arg, &header, err) : 0;
	if (rc) {
		close(fd);
		return rc;
	}
	rc = rn_writer_open(&c->w, fd, &header, &options, err);
	if (rc)
		return rc;
	rc = copy_events(c, calls, what, err);
	if (!rc)
		rc = copy_modules(c, r, err);
	if (!rc)
		return rn_writer_close(c->w, totals, err);
	rn_writer_abandon(c->w);
	return rc;
}

int rn_copy(struct rn_source *calls, const char *trace, const char *path, const char *what,
	const struct rn_copy_hooks *hooks, struct rn_writer_totals *totals, struct rn_error *err)
{
	struct copying c = { .hooks = hooks };
	struct rn_new_file file;
	if (is_the_trace(trace, path))
		return rn_fail(err, RN_E_USAGE, "'%s' is the trace that is read", path);
	int fd = rn_new_file_begin(&file, path, err);
	int rc = fd < 0 ? fd : write_all(&c, calls, fd, what, totals, err);
	return rn_new_file_end(&file, rc, err);
}
