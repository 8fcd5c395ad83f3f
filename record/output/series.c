/* SPDX-License-Identifier: MIT */
/*
 * The file under way is a writer of its own. When it is ended the writer stays open until the
 * embedder has done what it was given before ("closing"); images that arrive go to both files. Which
 * images a file has is noted at each shelved image: the number of the last file it went to.
 */
#include "record/output/series.h"

#include "format/squeeze.h"
#include "record/embed/wait.h"
#include "record/output/ledger.h"
#include "record/output/output.h"
#include "record/output/series_file.h"
#include "record/output/shelf.h"
#include "record/tracee/modules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define LOOK_AGAIN_NS 20000000u
/* Blocks are smaller than usual where a file has room for few of them. */
#define DEFAULT_BLOCK_BYTES ((uint64_t)1 << 20)
#define MIN_BLOCK_BYTES ((uint64_t)64 << 10)

struct rn_series {
	struct rn_series_options o;
	struct rn_recording *rec;
	struct rn_header header;
	struct rn_ledger *ledger;
	struct rn_shelf *shelf;
	struct rn_writer *file, *closing;
	uint64_t number;            /* of `file` */
	uint64_t n_files;           /* of this recording */
	uint64_t ends_ns;           /* of `file`; UINT64_MAX: no limit */
	uint64_t head_events, head_calls, head_bytes; /* what was told at its head, without images */
	uint64_t image_bytes;       /* of the images in it */
	uint64_t block_bytes;       /* of its largest block on disk so far */
	uint64_t seen_blocks, seen_bytes; /* when that was last looked at, without images */
	struct rn_embed_wait embeds; /* before `closing` is closed */
	uint64_t look_ns;           /* when to look after them again */
	struct rn_writer_totals done; /* of the files that are closed */
	struct rn_writer_totals all;
	struct ZSTD_CCtx_s *z;
	struct rn_buffer image;
};

/* Modules. */

static int write_image(struct rn_series *s, struct rn_writer *w, struct rn_shelved *m,
	struct rn_error *err)
{
	rn_buffer_clear(&s->image);
	int rc = rn_shelf_read(s->shelf, m, &s->image);
	if (rc)
		return rc == RN_E_NOMEM ? rn_fail(err, rc, "out of memory") : 0; /* without it, then */
	struct rn_module_image what = m->what;
	s->image_bytes += w == s->file ? s->image.len : 0;
	return rn_writer_packed_module(w, &what, m->raw_bytes, rn_buffer_bytes(&s->image), err);
}

/* What a mapping needs and the file does not have yet. */
static int write_images_of(struct rn_series *s, const struct rn_ev_MAP *map, struct rn_error *err)
{
	int rc = 0;
	for (uint32_t i = 0; i < rn_shelf_n(s->shelf) && !rc; i++) {
		struct rn_shelved *m = rn_shelf_at(s->shelf, i);
		if (m->mark == s->number || !rn_shelf_is_of(&m->what, map->build_id, map->path))
			continue;
		m->mark = s->number;
		rc = write_image(s, s->file, m, err);
	}
	return rc;
}

/* Files. */

static void add_totals(struct rn_writer_totals *to, const struct rn_writer_totals *t)
{
	to->events += t->events;
	to->calls += t->calls;
	to->blocks += t->blocks;
	to->raw_bytes += t->raw_bytes;
	to->file_bytes += t->file_bytes;
}

static int close_file(struct rn_series *s, struct rn_writer *w, struct rn_error *err)
{
	struct rn_writer_totals t = { 0 };
	int rc = rn_writer_close(w, &t, err);
	add_totals(&s->done, &t);
	return rc;
}

static int close_closing(struct rn_series *s, struct rn_error *err)
{
	struct rn_writer *w = s->closing;
	s->closing = NULL;
	return w ? close_file(s, w, err) : 0;
}

static int keep_image(struct rn_series *s, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_bytes frame, struct rn_error *err)
{
	int i = rn_shelf_put(s->shelf, what, raw_bytes, frame);
	if (i == RN_E_NOMEM)
		return rn_fail(err, i, "out of memory");
	if (i >= 0)
		rn_shelf_at(s->shelf, (uint32_t)i)->mark = s->number;
	s->image_bytes += frame.len;
	int rc = rn_writer_packed_module(s->file, what, raw_bytes, frame, err);
	if (!rc && s->closing && rn_writer_packed_module(s->closing, what, raw_bytes, frame, NULL))
		close_closing(s, NULL); /* with its last words */
	return rc;
}

static int module(void *k, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_bytes frame, struct rn_error *err)
{
	struct rn_series *s = k;
	struct rn_buffer packed = RN_BUFFER_INIT;
	int rc = 0;
	if (!frame.len && what->image.len) {
		rc = rn_squeeze(s->z, &packed, what->image, err);
		frame = rn_buffer_bytes(&packed);
	}
	if (!rc)
		rc = keep_image(s, what, raw_bytes, frame, err);
	rn_buffer_fini(&packed);
	return rc;
}

static int tell(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_series *s = arg;
	int rc = rn_writer_put(s->file, ev, err);
	return rc || ev->kind != RN_EV_MAP ? rc : write_images_of(s, &ev->MAP, err);
}

/* What it had cost before, so that what it costs from here on can be told. */
static int tell_cost(struct rn_series *s, struct rn_error *err)
{
	struct rn_event ev;
	rn_cost_event(s->rec, &s->done, &ev);
	return rn_writer_put(s->file, &ev, err);
}

/* The next file with its header; nothing of the series has changed yet. name: RN_SERIES_NAME bytes. */
static int open_file(struct rn_series *s, uint64_t now_ns, struct rn_writer **w, char *name, struct rn_error *err)
{
	struct rn_header h = s->header;
	h.series_number = s->n_files + 1;
	h.begins_ns = s->n_files ? now_ns : 0;
	if (s->n_files && getrandom(h.uuid, sizeof(h.uuid), GRND_NONBLOCK) != sizeof(h.uuid))
		h.uuid[0] ^= (uint8_t)h.series_number; /* the first bytes of a random one: still unlike */
	rn_series_name(name, RN_SERIES_NAME, s->o.path, s->number + 1); /* fits: series_open */
	int fd = rn_output_create(name, err);
	if (fd < 0)
		return fd;
	int rc = rn_writer_open(w, fd, &h, &s->o.writer, err);
	if (rc) {
		unlink(name); /* there is not even a header in it */
		rn_error_prefix(err, "%s", name);
	}
	return rc;
}

/* Becomes the file, which begins with what a reader must know. */
static int begin_file(struct rn_series *s, uint64_t now_ns, struct rn_writer *w, const char *name,
	struct rn_error *err)
{
	rn_progress_file(&s->rec->progress, name);
	s->file = w;
	s->number++;
	s->n_files++;
	s->block_bytes = s->seen_blocks = 0;
	s->ends_ns = s->o.max_ns ? now_ns + s->o.max_ns : UINT64_MAX;
	s->image_bytes = 0;
	int rc = rn_ledger_tell(s->ledger, tell, s, err);
	if (!rc && s->n_files > 1)
		rc = tell_cost(s, err);
	if (!rc)
		rc = rn_writer_flush(s->file, err); /* of their own block: they are older than what comes */
	s->head_events = rn_writer_totals(s->file)->events;
	s->head_calls = rn_writer_totals(s->file)->calls;
	s->seen_bytes = s->head_bytes = rn_writer_totals(s->file)->file_bytes - s->image_bytes;
	if (s->o.max_files)
		rn_series_prune(s->o.path, s->o.max_files);
	return rc;
}

static int end_file(struct rn_series *s, uint64_t now_ns, struct rn_error *err)
{
	const struct rn_writer_totals *t = rn_writer_totals(s->file);
	struct rn_event ev = { .ts_ns = now_ns, .kind = RN_EV_END };
	ev.END = (struct rn_ev_END){
		.reason = RN_END_ROTATED, .calls = t->calls, .events = t->events - s->head_events,
		.wall_ns = now_ns,
	};
	rn_cost_end(s->rec, &ev.END);
	return rn_writer_append(s->file, &ev, err);
}

static void keep_perf_map(void *arg, uint64_t pid, uint64_t ns_pid)
{
	rn_modules_perf_map(arg, (pid_t)pid, (pid_t)ns_pid);
}

static void keep_perf_maps(void *arg, struct rn_recording *rec)
{
	struct rn_series *s = arg;
	rn_ledger_processes(s->ledger, keep_perf_map, rec);
}

/* The disk has no room for another file: this one goes on until it has none for it either, and says so. */
static void stay(struct rn_series *s)
{
	s->o.max_bytes = 0;
	s->o.max_ns = 0;
	s->ends_ns = UINT64_MAX;
}

static int rotate(struct rn_series *s, uint64_t now_ns, struct rn_error *err)
{
	char name[RN_SERIES_NAME];
	struct rn_writer *next;
	s->rec->demand.rotate = 0;
	int rc = close_closing(s, err);
	if (!rc)
		rc = open_file(s, now_ns, &next, name, err);
	if (rc == RN_E_NO_SPACE)
		stay(s);
	if (rc)
		return rc == RN_E_NO_SPACE ? 0 : rc;
	rc = end_file(s, now_ns, err);
	if (rc) {
		rn_writer_abandon(next);
		unlink(name);
		return rc;
	}
	rn_embed_wait_begin(&s->embeds, s->rec, keep_perf_maps, s);
	s->closing = s->file;
	return begin_file(s, now_ns, next, name, err);
}

/* What every file must begin with, and the images, may be more than was thought of: at least half of
 * the size is for events. */
static uint64_t limit_of(const struct rn_series *s)
{
	uint64_t least = s->head_bytes + s->image_bytes + s->o.max_bytes / 2;
	return s->o.max_bytes > least ? s->o.max_bytes : least;
}

/* By what the last blocks took, the next one would not fit. */
static bool is_large(struct rn_series *s)
{
	const struct rn_writer_totals *t = rn_writer_totals(s->file);
	if (t->blocks != s->seen_blocks) {
		uint64_t bytes = t->file_bytes - s->image_bytes;
		if (bytes - s->seen_bytes > s->block_bytes)
			s->block_bytes = bytes - s->seen_bytes;
		s->seen_blocks = t->blocks;
		s->seen_bytes = bytes;
	}
	return s->o.max_bytes && t->calls > s->head_calls &&
		t->file_bytes + s->block_bytes + rn_series_tail_bytes(t->blocks) > limit_of(s);
}

static bool is_due(struct rn_series *s, uint64_t now_ns)
{
	const struct rn_writer_totals *t = rn_writer_totals(s->file);
	if (s->rec->demand.rotate)
		return true;
	return t->events > s->head_events && (now_ns >= s->ends_ns || is_large(s));
}

/* As a keeper. */

static int append(void *k, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_series *s = k;
	uint64_t blocks = rn_writer_totals(s->file)->blocks;
	int rc = rn_writer_append(s->file, ev, err);
	if (rc)
		return rc;
	if (rn_ledger_note(s->ledger, ev))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (ev->kind == RN_EV_MAP)
		rc = write_images_of(s, &ev->MAP, err);
	/* Between blocks, so that none is closed before its time. */
	if (!rc && rn_writer_totals(s->file)->blocks != blocks) {
		uint64_t now_ns = rn_recording_now(s->rec);
		if (ev->kind != RN_EV_END && is_due(s, now_ns))
			rc = rotate(s, now_ns, err);
	}
	return rc;
}

static int tick(void *k, uint64_t now_ns, struct rn_error *err)
{
	struct rn_series *s = k;
	int rc = rn_writer_tick(s->file, now_ns, err);
	s->rec->progress.file_bytes = s->done.file_bytes + rn_writer_totals(s->file)->file_bytes;
	if (!rc && s->closing) {
		s->look_ns = now_ns + LOOK_AGAIN_NS;
		if (rn_embed_wait_over(&s->embeds, s->rec))
			rc = close_closing(s, err);
	}
	return rc || !is_due(s, now_ns) ? rc : rotate(s, now_ns, err);
}

static int flush(void *k, struct rn_error *err)
{
	struct rn_series *s = k;
	return rn_writer_flush(s->file, err);
}

static uint64_t deadline_ns(const void *k)
{
	const struct rn_series *s = k;
	return rn_writer_deadline_ns(s->file);
}

static uint64_t alarm_ns(const void *k)
{
	const struct rn_series *s = k;
	if (s->closing)
		return s->look_ns;
	return rn_writer_totals(s->file)->events > s->head_events ? s->ends_ns : UINT64_MAX;
}

static bool wants_modules(const void *k)
{
	const struct rn_series *s = k;
	return s->closing != NULL;
}

static const struct rn_writer_totals *totals(const void *k)
{
	struct rn_series *s = (struct rn_series *)k;
	s->all = s->done;
	if (s->file)
		add_totals(&s->all, rn_writer_totals(s->file));
	return &s->all;
}

static void release(struct rn_series *s)
{
	rn_ledger_free(s->ledger);
	rn_shelf_free(s->shelf);
	rn_squeeze_free(s->z);
	rn_buffer_fini(&s->image);
	free(s);
}

static int close_series(void *k, struct rn_writer_totals *t, struct rn_error *err)
{
	struct rn_series *s = k;
	int rc = close_closing(s, err);
	int last = close_file(s, s->file, rc ? NULL : err);
	if (t)
		*t = s->done;
	release(s);
	return rc ? rc : last;
}

static void abandon(void *k)
{
	struct rn_series *s = k;
	if (s->closing)
		rn_writer_abandon(s->closing);
	if (s->file)
		rn_writer_abandon(s->file);
	release(s);
}

static const struct rn_keeper_ops ops = {
	.append = append, .module = module, .tick = tick, .flush = flush,
	.deadline_ns = deadline_ns, .alarm_ns = alarm_ns, .wants_modules = wants_modules,
	.totals = totals, .close = close_series, .abandon = abandon,
};

struct rn_keeper rn_series_keeper(struct rn_series *s)
{
	return (struct rn_keeper){ &ops, s };
}

void rn_series_abandon(struct rn_series *s)
{
	abandon(s);
}

int rn_series_open(struct rn_series **out, const struct rn_series_options *o,
	struct rn_recording *rec, const struct rn_header *header, struct rn_error *err)
{
	char name[RN_SERIES_NAME], folder[RN_SERIES_NAME];
	if (!rn_series_name(name, sizeof(name), o->path, UINT64_MAX) ||
		!rn_series_folder(folder, sizeof(folder), o->path))
		return rn_fail(err, RN_E_USAGE, "the name '%s' is too long", o->path);
	struct rn_series *s = calloc(1, sizeof(*s));
	if (!s)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	s->o = *o;
	if (o->max_bytes && o->max_bytes / 4 < DEFAULT_BLOCK_BYTES) /* raw: it never takes more */
		s->o.writer.block_bytes = (uint32_t)(o->max_bytes / 4 < MIN_BLOCK_BYTES ?
			MIN_BLOCK_BYTES : o->max_bytes / 4);
	s->rec = rec;
	s->header = *header;
	memcpy(s->header.series, header->uuid, sizeof(header->uuid));
	s->header.series_cause = rn_bytes_str("rotation");
	s->number = rn_series_last_number(o->path);
	s->ledger = rn_ledger_new();
	s->shelf = rn_shelf_new(folder);
	s->z = rn_squeeze_new(o->writer.level);
	struct rn_writer *first;
	int rc = s->ledger && s->shelf && s->z ? open_file(s, 0, &first, name, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rc == 0)
		rc = begin_file(s, 0, first, name, err);
	if (rc == 0)
		*out = s;
	else
		abandon(s);
	return rc;
}
