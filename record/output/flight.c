/* SPDX-License-Identifier: MIT */
/*
 * The open block is packed as a writer does it; when it is closed it is copied to memory of its size and
 * the oldest blocks are given up until all fit. A snapshot that is wanted waits until the embedder has
 * done what it was given before: a program that crashes right away shall have its stacks, too.
 */
#include "record/output/flight.h"

#include "format/packer.h"
#include "format/squeeze.h"
#include "format/unpacker.h"
#include "record/capture/privacy.h"
#include "record/embed/wait.h"
#include "record/output/flight_save.h"
#include "record/output/ledger.h"
#include "record/output/series_file.h"
#include "record/output/shelf.h"
#include "record/tracee/modules.h"
#include "record/tracee/procfs.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>

#define LOOK_AGAIN_NS 20000000u
#define DEFAULT_BLOCK_BYTES ((uint64_t)1 << 20)
#define MIN_BLOCK_BYTES ((uint64_t)64 << 10)
#define ON_REQUEST (RN_SNAP_SIGNAL | RN_SNAP_CONTROL | RN_SNAP_END)

struct rn_flight {
	struct rn_flight_options o;
	struct rn_recording *rec;
	struct rn_header header;
	struct rn_packer packer, head_packer;
	struct rn_buffer out;
	struct rn_kept_block *oldest, *newest;
	_Atomic uint64_t kept_bytes;
	size_t n_kept;
	struct rn_ledger *ledger;     /* as of before the oldest block */
	struct rn_unpacker *unpacker;
	struct rn_shelf *shelf;
	struct rn_saver *saver;
	struct ZSTD_CCtx_s *z;
	uint64_t n_blocks;            /* so far; images are marked with the last block that needs them */
	uint64_t number, n_snapshots;
	uint32_t command;             /* utid; 0: none */
	bool wanted;                  /* a snapshot, as soon as the images are there */
	uint32_t causes;
	const char *rule;             /* what a call met */
	struct rn_embed_wait embeds;
	uint64_t look_ns, not_before_ns;
	struct rn_writer_totals totals;
};

/* Keeping. */

/* What a block that is given up told is known from here on. */
static int learn(struct rn_flight *f, const struct rn_kept_block *kept, struct rn_error *err)
{
	struct rn_block *b;
	struct rn_event ev;
	const struct rn_core *core;
	uint32_t k = 0, before = 0;
	int rc = rn_unpacker_load(f->unpacker, rn_bytes_of(kept->p, kept->bytes), &b, err);
	if (rc || (rc = rn_block_core(b, &core, err)))
		return rc;
	const uint32_t n_meta = rn_block_info(b)->n_meta;
	for (uint32_t j = 0; j <= n_meta && !rc; j++) {
		rc = j < n_meta ? rn_block_meta(b, j, &ev, &before, err) : 0;
		for (; !rc && k < (j < n_meta ? before : core->n); k++) {
			struct rn_event call = { .utid = core->utid[k], .kind = RN_EV_CALL };
			call.call.flags = core->flags[k];
			if (core->flags[k] & RN_CALL_PENDING)
				rc = rn_block_call(b, k, RN_WANT_ALL, &call, err);
			if (!rc && rn_ledger_note(f->ledger, &call))
				rc = rn_fail(err, RN_E_NOMEM, "out of memory");
		}
		if (!rc && j < n_meta && rn_ledger_note(f->ledger, &ev))
			rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	return rc;
}

static int give_up_oldest(struct rn_flight *f, struct rn_error *err)
{
	struct rn_kept_block *b = f->oldest;
	int rc = learn(f, b, err);
	f->oldest = b->next;
	if (!f->oldest)
		f->newest = NULL;
	f->n_kept--;
	rn_kept_block_drop(b);
	return rc;
}

/* Blocks that a snapshot still holds cannot be given up: then the new one is the next to go. */
static int make_room(struct rn_flight *f, struct rn_error *err)
{
	int rc = 0;
	while (!rc && f->oldest && f->kept_bytes > f->o.ring_bytes)
		rc = give_up_oldest(f, err);
	return rc;
}

static int close_block(struct rn_flight *f, struct rn_error *err)
{
	struct rn_directory d = { .number = f->n_blocks };
	if (!rn_packer_pending(&f->packer))
		return 0;
	rn_buffer_clear(&f->out);
	int rc = rn_packer_finish(&f->packer, &f->out, &d, err);
	rn_packer_clear(&f->packer);
	struct rn_kept_block *b = rc ? NULL : malloc(sizeof(*b) + f->out.len);
	if (!b)
		return rc ? rc : rn_fail(err, RN_E_NOMEM, "out of memory");
	*b = (struct rn_kept_block){ .n_users = 1, .total = &f->kept_bytes, .bytes = f->out.len,
		.first_ns = d.first_ns, .number = f->n_blocks++, .n_calls = d.n_calls,
		.n_events = d.n_calls + d.n_meta };
	memcpy(b->p, f->out.p, f->out.len);
	f->kept_bytes += b->bytes;
	f->totals.blocks++;
	if (f->newest)
		f->newest->next = b;
	else
		f->oldest = b;
	f->newest = b;
	f->n_kept++;
	rc = make_room(f, err);
	f->rec->progress.kept_bytes = f->kept_bytes;
	return rc;
}

static void mark_images(struct rn_flight *f, const struct rn_ev_MAP *map)
{
	for (uint32_t i = 0; i < rn_shelf_n(f->shelf); i++) {
		struct rn_shelved *m = rn_shelf_at(f->shelf, i);
		if (rn_shelf_is_of(&m->what, map->build_id, map->path))
			m->mark = f->n_blocks;
	}
}

/* Wanting. */

static bool dumps_core(uint64_t status)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP,
		SIGQUIT, SIGXCPU, SIGXFSZ };
	int s = (int)status;
	for (size_t i = 0; WIFSIGNALED(s) && i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (WTERMSIG(s) == fatal[i])
			return true;
	return false;
}

static void look_at(struct rn_flight *f, const struct rn_event *ev)
{
	uint32_t cause = 0;
	if (ev->kind == RN_EV_CALL && f->o.on) {
		const char *rule = rn_snapshot_on_match(f->o.on, &ev->call);
		f->rule = rule && !f->rule ? rule : f->rule;
		cause = rule ? RN_SNAP_CALL : 0;
	} else if (ev->kind == RN_EV_TASK && ev->TASK.how == RN_TASK_COMMAND) {
		f->command = ev->utid;
	} else if (ev->kind == RN_EV_EXIT && !ev->EXIT.superseded) {
		if (dumps_core(ev->EXIT.status))
			cause = RN_SNAP_CRASH;
		else if (ev->utid == f->command && ev->EXIT.status)
			cause = RN_SNAP_STATUS;
	}
	if (cause)
		f->rec->demand.snapshot |= cause;
}

static void put_cause(const struct rn_flight *f, uint32_t causes, char *to, size_t cap)
{
	static const struct { uint32_t bit; const char *words; } names[] = {
		{ RN_SNAP_SIGNAL, "SIGUSR2" }, { RN_SNAP_CONTROL, "ctl" },
		{ RN_SNAP_CRASH, "a process crashed" }, { RN_SNAP_STATUS, "the command failed" },
		{ RN_SNAP_END, "the recording ended" }, { RN_SNAP_CALL, "call" },
	};
	size_t n = (size_t)snprintf(to, cap, "snapshot:");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && n < cap; i++)
		if (causes & names[i].bit)
			n += (size_t)snprintf(to + n, cap - n, " %s", names[i].words);
	if (!(causes & RN_SNAP_CALL) || !f->rule || n + 1 >= cap)
		return;
	snprintf(to + n, cap - n, " %s", f->rule);
	rn_privacy_mask(f->o.privacy, rn_bytes_str(to + n + 1));
}

/* Writing. */

struct head {
	struct rn_flight *f;
	struct rn_snapshot *snap;
};

static int close_head_block(struct head *h, struct rn_error *err)
{
	struct rn_snapshot *s = h->snap;
	struct rn_directory d = { 0 };
	if (!rn_packer_pending(&h->f->head_packer))
		return 0;
	if (s->n_head_blocks == sizeof(s->head_block) / sizeof(s->head_block[0]))
		return rn_fail(err, RN_E_LIMIT, "too many processes for a snapshot");
	int rc = rn_packer_finish(&h->f->head_packer, &s->head, &d, err);
	rn_packer_clear(&h->f->head_packer);
	s->head_block[s->n_head_blocks++] = s->head.len;
	return rc;
}

/* Also finds the images that the state needs, by marking them as the oldest block would. */
static int tell(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct head *h = arg;
	int rc = rn_packer_put(&h->f->head_packer, ev, err);
	if (rc == RN_E_ARG)
		return 0;
	if (!rc && ev->kind == RN_EV_MAP)
		mark_images(h->f, &ev->MAP);
	return rc || !rn_packer_is_full(&h->f->head_packer) ? rc : close_head_block(h, err);
}

static int take_images(struct rn_flight *f, struct rn_snapshot *snap)
{
	uint64_t first = f->oldest ? f->oldest->number : f->n_blocks;
	uint32_t n = rn_shelf_n(f->shelf);
	snap->image = calloc(n + 1, sizeof(*snap->image));
	if (!snap->image)
		return RN_E_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (rn_shelf_at(f->shelf, i)->mark >= first)
			snap->image[snap->n_images++] = *rn_shelf_at(f->shelf, i);
	return 0;
}

static int take_blocks(struct rn_flight *f, struct rn_snapshot *snap)
{
	snap->block = calloc(f->n_kept + 1, sizeof(struct rn_kept_block *));
	if (!snap->block)
		return RN_E_NOMEM;
	for (struct rn_kept_block *b = f->oldest; b; b = b->next) {
		b->n_users++;
		snap->end.calls += b->n_calls;
		snap->end.events += b->n_events;
		snap->block[snap->n_blocks++] = b;
	}
	return 0;
}

static void fill_header(struct rn_flight *f, struct rn_snapshot *snap, uint64_t now_ns)
{
	snap->header = f->header;
	if (getrandom(snap->header.uuid, 16, GRND_NONBLOCK) != 16)
		snap->header.uuid[0] ^= (uint8_t)(f->n_snapshots + 1);
	snap->header.series_number = ++f->n_snapshots;
	snap->header.begins_ns = f->oldest ? f->oldest->first_ns : now_ns;
	put_cause(f, f->causes, snap->cause, sizeof(snap->cause));
	snap->header.series_cause = rn_bytes_str(snap->cause);
	snap->end = (struct rn_ev_END){ .reason = RN_END_SNAPSHOT, .wall_ns = now_ns,
		.lost = __atomic_load_n(&f->rec->n_lost, __ATOMIC_RELAXED) };
	rn_cost_end(f->rec, &snap->end);
	snap->max_files = f->o.max_files;
	snap->series_path = f->o.path;
	rn_series_name(snap->path, sizeof(snap->path), f->o.path, ++f->number);
}

/* Everything until now; what comes during the writing is of the next one. */
static int take_snapshot(struct rn_flight *f, uint64_t now_ns, struct rn_error *err)
{
	struct rn_snapshot *snap = calloc(1, sizeof(*snap));
	struct head head = { f, snap };
	if (!snap)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int rc = close_block(f, err);
	fill_header(f, snap, now_ns);
	f->wanted = false;
	f->causes = 0;
	f->rule = NULL;
	f->not_before_ns = now_ns + f->o.pause_ns;
	if (!rc)
		rc = rn_ledger_tell(f->ledger, tell, &head, err);
	if (!rc)
		rc = close_head_block(&head, err);
	if (!rc && (take_images(f, snap) || take_blocks(f, snap) || !rn_buffer_ok(&snap->head)))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rc)
		rn_snapshot_free(snap);
	else
		rn_saver_put(f->saver, snap);
	return rc;
}

static void keep_perf_maps(void *arg, struct rn_recording *rec)
{
	struct rn_flight *f = arg;
	const struct rn_thread_table *t = &f->packer.threads;
	for (uint32_t i = 0; i < t->n_slots; i++) {
		const struct rn_thread_ref *r = &t->slots[i];
		struct rn_proc_status s;
		if (r->utid && r->utid == r->leader && rn_proc_status(&s, (pid_t)r->pid) == 0)
			rn_modules_perf_map(rec, (pid_t)r->pid, s.ns_tgid != s.tgid ? s.ns_tgid : 0);
	}
}

static bool is_due(const struct rn_flight *f, uint64_t now_ns)
{
	uint32_t causes = f->rec->demand.snapshot;
	return causes && (causes & ON_REQUEST || now_ns >= f->not_before_ns);
}

static int see_to_snapshots(struct rn_flight *f, uint64_t now_ns, struct rn_error *err)
{
	if (!f->wanted && is_due(f, now_ns)) {
		f->wanted = true;
		rn_embed_wait_begin(&f->embeds, f->rec, keep_perf_maps, f);
	}
	f->look_ns = now_ns + LOOK_AGAIN_NS;
	if (!f->wanted || !rn_embed_wait_over(&f->embeds, f->rec))
		return 0;
	f->causes |= atomic_exchange(&f->rec->demand.snapshot, 0);
	return take_snapshot(f, now_ns, err);
}

/* As a keeper. */

static int append(void *k, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_flight *f = k;
	int rc = rn_packer_put(&f->packer, ev, err);
	if (rc)
		return rc;
	f->totals.events++;
	f->totals.calls += ev->kind == RN_EV_CALL;
	if (ev->kind == RN_EV_MAP)
		mark_images(f, &ev->MAP);
	look_at(f, ev);
	uint64_t now = ev->ts_ns + (ev->kind == RN_EV_CALL ? ev->call.dur_ns : 0);
	return rn_packer_is_full(&f->packer) || rn_packer_is_old(&f->packer, now) ?
		close_block(f, err) : 0;
}

static int module(void *k, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_bytes frame, struct rn_error *err)
{
	struct rn_flight *f = k;
	struct rn_buffer packed = RN_BUFFER_INIT;
	if (!frame.len && what->image.len) {
		int rc = rn_squeeze(f->z, &packed, what->image, err);
		if (rc)
			return rc;
		frame = rn_buffer_bytes(&packed);
	}
	int i = rn_shelf_put(f->shelf, what, raw_bytes, frame);
	if (i >= 0)
		rn_shelf_at(f->shelf, (uint32_t)i)->mark = f->n_blocks;
	rn_buffer_fini(&packed);
	return i == RN_E_NOMEM ? rn_fail(err, i, "out of memory") : 0; /* else without it */
}

static int tick(void *k, uint64_t now_ns, struct rn_error *err)
{
	struct rn_flight *f = k;
	int rc = rn_packer_is_old(&f->packer, now_ns) ? close_block(f, err) : 0;
	return rc ? rc : see_to_snapshots(f, now_ns, err);
}

static int flush(void *k, struct rn_error *err)
{
	return close_block(k, err);
}

static uint64_t deadline_ns(const void *k)
{
	const struct rn_flight *f = k;
	return rn_packer_deadline_ns(&f->packer);
}

static uint64_t alarm_ns(const void *k)
{
	const struct rn_flight *f = k;
	if (f->wanted)
		return f->look_ns;
	return f->rec->demand.snapshot ? f->not_before_ns : UINT64_MAX;
}

static bool wants_modules(const void *k)
{
	(void)k;
	return true;
}

static const struct rn_writer_totals *totals(const void *k)
{
	const struct rn_flight *f = k;
	return &f->totals;
}

static int release(struct rn_flight *f, struct rn_error *err)
{
	int rc = rn_saver_finish(f->saver, &f->totals.file_bytes, err);
	while (f->oldest) {
		struct rn_kept_block *b = f->oldest;
		f->oldest = b->next;
		rn_kept_block_drop(b);
	}
	rn_packer_fini(&f->packer);
	rn_packer_fini(&f->head_packer);
	rn_buffer_fini(&f->out);
	rn_ledger_free(f->ledger);
	rn_unpacker_free(f->unpacker);
	rn_shelf_free(f->shelf);
	rn_squeeze_free(f->z);
	return rc;
}

/* All images have been handed over by now. */
static int close_flight(void *k, struct rn_writer_totals *t, struct rn_error *err)
{
	struct rn_flight *f = k;
	int rc = 0;
	if (f->o.at_end)
		f->rec->demand.snapshot |= RN_SNAP_END;
	f->causes |= atomic_exchange(&f->rec->demand.snapshot, 0);
	if (f->causes || f->wanted)
		rc = take_snapshot(f, rn_recording_now(f->rec), err);
	int saved = release(f, rc ? NULL : err);
	if (t)
		*t = f->totals;
	free(f);
	return rc ? rc : saved;
}

static void abandon(void *k)
{
	struct rn_flight *f = k;
	release(f, NULL);
	free(f);
}

static const struct rn_keeper_ops ops = {
	.append = append, .module = module, .tick = tick, .flush = flush,
	.deadline_ns = deadline_ns, .alarm_ns = alarm_ns, .wants_modules = wants_modules,
	.totals = totals, .close = close_flight, .abandon = abandon,
};

struct rn_keeper rn_flight_keeper(struct rn_flight *f)
{
	return (struct rn_keeper){ &ops, f };
}

static uint32_t block_bytes(const struct rn_flight_options *o)
{
	uint64_t bytes = o->ring_bytes / 8;
	return (uint32_t)(bytes > DEFAULT_BLOCK_BYTES ? DEFAULT_BLOCK_BYTES :
		bytes < MIN_BLOCK_BYTES ? MIN_BLOCK_BYTES : bytes);
}

int rn_flight_open(struct rn_flight **out, const struct rn_flight_options *o,
	struct rn_recording *rec, const struct rn_header *header, struct rn_error *err)
{
	char name[RN_SERIES_NAME], folder[RN_SERIES_NAME];
	if (!rn_series_name(name, sizeof(name), o->path, UINT64_MAX) ||
		!rn_series_folder(folder, sizeof(folder), o->path))
		return rn_fail(err, RN_E_USAGE, "the name '%s' is too long", o->path);
	struct rn_flight *f = calloc(1, sizeof(*f));
	if (!f)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	f->o = *o;
	f->o.writer.block_bytes = block_bytes(o);
	f->rec = rec;
	f->header = *header;
	memcpy(f->header.series, header->uuid, sizeof(header->uuid));
	f->number = rn_series_last_number(o->path);
	f->ledger = rn_ledger_new();
	f->unpacker = rn_unpacker_new();
	f->z = rn_squeeze_new(o->writer.level);
	f->shelf = rn_shelf_new(folder);
	f->saver = f->shelf ? rn_saver_start(f->shelf, &f->o.writer, &rec->progress) : NULL;
	bool good = rn_packer_init(&f->packer, &f->o.writer) == 0;
	good &= rn_packer_init(&f->head_packer, &f->o.writer) == 0;
	if (good && f->ledger && f->unpacker && f->z && f->saver) {
		*out = f;
		return 0;
	}
	abandon(f);
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}
