/* SPDX-License-Identifier: MIT */
/*
 * speedscope's own format (https://www.speedscope.app/file-format-schema.json), JSON:
 *
 *   a sampled profile of all threads: what was spent in each stack, by -w; the system call is the innermost frame
 *   an evented profile for each thread (with -w time): every call with its stack, opened when it began and
 *   closed when it ended, in nanoseconds of the trace
 *
 * Calls come mixed and are told thread by thread, so they are set aside meanwhile (spool.h). speedscope asks
 * that times never go back and all that is open is closed in order: overlapping calls, which only a damaged
 * trace has, are cut. It reads files above 128 MiB slowly, which is warned of.
 */
#include "analyze/circumstances.h"
#include "analyze/export/spool.h"
#include "analyze/export/stack_table.h"
#include "analyze/export/tally.h"
#include "analyze/export/threads.h"
#include "analyze/report/json_writer.h"
#include "analyze/words.h"
#include "shared/diag.h"

#include <stdlib.h>

#define LARGE_BYTES ((uint64_t)128 << 20)

/* A call as it is set aside. */
struct record {
	uint64_t begin_ns, end_ns;
	uint32_t entry, function;
};

struct speedscope {
	struct rn_json json;
	struct rn_stack_table stacks;
	struct rn_export_tally tally;
	struct rn_export_threads threads;
	struct rn_spool spool;
	struct rn_buffer title;
	uint32_t *path;          /* functions of a stack, outermost first */
	uint32_t cap_path;
	uint64_t written_bytes;
};

static bool is_timed(const struct rn_export_job *job)
{
	return job->look->weight == RN_WEIGHT_time;
}

static int begin(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct speedscope *s = st;
	rn_spool_init(&s->spool, sizeof(struct record));
	int rc = rn_stack_table_init(&s->stacks, job, err);
	return rc ? rc : rn_export_tally_init(&s->tally, err);
}

/* The frame of the system call; one that never returned is told apart. */
static uint32_t function_of(struct speedscope *s, struct rn_export_job *job, const struct rn_export_call *call)
{
	char buf[24];
	rn_buffer_clear(&job->scratch);
	rn_put_text(&job->scratch, rn_export_name(&call->ev->call, buf));
	if (call->unfinished)
		rn_put_text(&job->scratch, " (unfinished)");
	return rn_buffer_ok(&job->scratch) ? rn_stack_table_function(&s->stacks,
		rn_buffer_bytes(&job->scratch), rn_bytes_str("[kernel]")) : RN_INTERN_NONE;
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct speedscope *s = st;
	struct rn_tally_key key = { .name = function_of(s, job, call) };
	struct record r = { .begin_ns = call->ev->ts_ns, .end_ns = call->end_ns, .function = key.name };
	const struct rn_export_thread *t;
	bool is_new;
	int rc = key.name == RN_INTERN_NONE ? rn_fail(err, RN_E_NOMEM, "out of memory for an export") :
		rn_stack_table_add(&s->stacks, call->stack, &key.entry, err);
	r.entry = key.entry;
	if (!rc)
		rc = rn_export_tally_add(&s->tally, &key, call, err);
	if (rc || !is_timed(job))
		return rc;
	rc = rn_export_thread_of(&s->threads, job->model, call->ev->utid, &t, &is_new, err);
	return rc ? rc : rn_spool_add(&s->spool, (uint32_t)(t - s->threads.item), &r, err);
}

static int drain(struct speedscope *s, struct rn_export_job *job, struct rn_error *err)
{
	if (job->out.len < 65536 && rn_buffer_ok(&job->out))
		return 0;
	s->written_bytes += job->out.len;
	return rn_export_drain(job, err);
}

static void member_text(struct rn_json *j, const char *key, const char *text)
{
	rn_json_key(j, key);
	rn_json_text(j, text);
}

static void member_bytes(struct rn_json *j, const char *key, struct rn_bytes text)
{
	rn_json_key(j, key);
	rn_json_bytes(j, text);
}

static void member_u64(struct rn_json *j, const char *key, uint64_t v)
{
	rn_json_key(j, key);
	rn_json_u64(j, v);
}

static int put_frames(struct speedscope *s, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_json *j = &s->json;
	int rc = 0;
	rn_json_key(j, "shared");
	rn_json_object_begin(j);
	rn_json_key(j, "frames");
	rn_json_array_begin(j);
	for (uint32_t i = 0; i < s->stacks.n_functions && !rc; i++) {
		struct rn_bytes file = rn_intern_get(s->stacks.strings, s->stacks.function[i].file);
		rn_json_object_begin(j);
		member_bytes(j, "name", rn_intern_get(s->stacks.strings, s->stacks.function[i].name));
		if (file.len)
			member_bytes(j, "file", file);
		rn_json_object_end(j);
		rc = drain(s, job, err);
	}
	rn_json_array_end(j);
	rn_json_object_end(j);
	return rc;
}

/* The functions of a stack into s->path; how many, or an error. */
static int walk_path(struct speedscope *s, uint32_t entry, uint32_t *n, struct rn_error *err)
{
	const struct rn_stack_table *t = &s->stacks;
	*n = entry ? rn_stack_table_at(t, entry)->depth : 0;
	if (*n > s->cap_path) {
		uint32_t *grown = realloc(s->path, *n * 2 * sizeof(*grown));
		if (!grown)
			return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
		s->path = grown;
		s->cap_path = *n * 2;
	}
	for (uint32_t e = entry, i = *n; e; e = rn_stack_table_at(t, e)->parent)
		s->path[--i] = t->frame[rn_stack_table_at(t, e)->frame].function;
	return 0;
}

static int put_sample(struct speedscope *s, uint32_t group, struct rn_error *err)
{
	struct rn_tally_key key = rn_export_tally_key(&s->tally, group);
	uint32_t n;
	int rc = walk_path(s, key.entry, &n, err);
	if (rc)
		return rc;
	rn_json_array_begin(&s->json);
	for (uint32_t i = 0; i < n; i++)
		rn_json_u64(&s->json, s->path[i]);
	rn_json_u64(&s->json, key.name);
	rn_json_array_end(&s->json);
	return 0;
}

static int put_samples(struct speedscope *s, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_json *j = &s->json;
	int rc = 0;
	rn_json_key(j, "samples");
	rn_json_array_begin(j);
	for (uint32_t g = 0; g < s->tally.n && !rc; g++) {
		if (s->tally.sums[g].weight[job->look->weight])
			rc = put_sample(s, g, err);
		if (!rc)
			rc = drain(s, job, err);
	}
	rn_json_array_end(j);
	rn_json_key(j, "weights");
	rn_json_array_begin(j);
	for (uint32_t g = 0; g < s->tally.n && !rc; g++) {
		uint64_t weight = s->tally.sums[g].weight[job->look->weight];
		if (weight)
			rn_json_u64(j, weight);
		rc = drain(s, job, err);
	}
	rn_json_array_end(j);
	return rc;
}

static void begin_profile(struct rn_json *j, const char *type, struct rn_bytes name, const char *unit,
	uint64_t start, uint64_t end)
{
	rn_json_object_begin(j);
	member_text(j, "type", type);
	member_bytes(j, "name", name);
	member_text(j, "unit", unit);
	member_u64(j, "startValue", start);
	member_u64(j, "endValue", end);
}

static int put_sum(struct speedscope *s, struct rn_export_job *job, struct rn_error *err)
{
	static const char *const units[] = {
#define X(name, unit, word) [RN_WEIGHT_##name] = unit,
		RN_WEIGHTS(X)
#undef X
	};
	static const char *const words[] = { [RN_WEIGHT_bytes] = "bytes", [RN_WEIGHT_calls] = "system calls",
		[RN_WEIGHT_errors] = "errors", [RN_WEIGHT_time] = "time in system calls" };
	uint64_t total = 0;
	for (uint32_t g = 0; g < s->tally.n; g++)
		total += s->tally.sums[g].weight[job->look->weight];
	rn_buffer_clear(&job->scratch);
	rn_put_format(&job->scratch, "all threads: %s", words[job->look->weight]);
	begin_profile(&s->json, "sampled", rn_buffer_bytes(&job->scratch), units[job->look->weight], 0, total);
	int rc = put_samples(s, job, err);
	rn_json_object_end(&s->json);
	return rc;
}

static void put_event(struct rn_json *j, const char *type, uint32_t frame, uint64_t at)
{
	rn_json_object_begin(j);
	member_text(j, "type", type);
	member_u64(j, "frame", frame);
	member_u64(j, "at", at);
	rn_json_object_end(j);
}

static int put_span(struct speedscope *s, const struct record *r, uint64_t begin_ns, uint64_t end_ns,
	struct rn_error *err)
{
	uint32_t n;
	int rc = walk_path(s, r->entry, &n, err);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < n; i++)
		put_event(&s->json, "O", s->path[i], begin_ns);
	put_event(&s->json, "O", r->function, begin_ns);
	put_event(&s->json, "C", r->function, end_ns);
	for (uint32_t i = n; i-- > 0;)
		put_event(&s->json, "C", s->path[i], end_ns);
	return 0;
}

/* What is written of a record: not before the one before it ended. */
static void place(const struct record *r, uint64_t *at_ns, uint64_t *begin_ns, uint64_t *end_ns)
{
	*begin_ns = r->begin_ns > *at_ns ? r->begin_ns : *at_ns;
	*end_ns = r->end_ns > *begin_ns ? r->end_ns : *begin_ns;
	*at_ns = *end_ns;
}

/* A profile has its own beginning and end in front of its events. */
static int find_bounds(const struct speedscope *s, uint32_t lane, uint64_t *first_ns, uint64_t *last_ns,
	struct rn_error *err)
{
	struct rn_spool_walk walk;
	struct record r;
	uint64_t at_ns = 0, begin_ns, end_ns;
	bool any = false;
	int rc;
	rn_spool_walk_init(&walk, &s->spool, lane);
	*first_ns = *last_ns = 0;
	while ((rc = rn_spool_next(&walk, &r, err)) == 0) {
		place(&r, &at_ns, &begin_ns, &end_ns);
		if (!any)
			*first_ns = begin_ns;
		any = true;
		*last_ns = end_ns;
	}
	return rc == RN_END ? 0 : rc;
}

static int put_events(struct speedscope *s, struct rn_export_job *job, uint32_t lane, struct rn_error *err)
{
	struct rn_spool_walk walk;
	struct record r;
	uint64_t at_ns = 0, begin_ns, end_ns;
	int rc;
	rn_spool_walk_init(&walk, &s->spool, lane);
	while ((rc = rn_spool_next(&walk, &r, err)) == 0) {
		place(&r, &at_ns, &begin_ns, &end_ns);
		rc = put_span(s, &r, begin_ns, end_ns, err);
		if (!rc)
			rc = drain(s, job, err);
		if (rc)
			break;
	}
	return rc == RN_END ? 0 : rc;
}

static int put_thread(struct speedscope *s, struct rn_export_job *job, uint32_t lane, struct rn_error *err)
{
	const struct rn_export_thread *t = &s->threads.item[lane];
	struct rn_buffer *name = &job->scratch;
	uint64_t first_ns, last_ns;
	int rc = find_bounds(s, lane, &first_ns, &last_ns, err);
	if (rc)
		return rc;
	rn_buffer_clear(name);
	rn_put_thread_name(name, job->model, t);
	rn_put_format(name, " (pid %llu, tid %llu)", (unsigned long long)t->pid, (unsigned long long)t->tid);
	begin_profile(&s->json, "evented", rn_buffer_bytes(name), "nanoseconds", first_ns, last_ns);
	rn_json_key(&s->json, "events");
	rn_json_array_begin(&s->json);
	rc = put_events(s, job, lane, err);
	rn_json_array_end(&s->json);
	rn_json_object_end(&s->json);
	return rc;
}

static int put_fact(void *arg, const char *name, struct rn_bytes value)
{
	member_bytes(arg, name, value);
	return 0;
}

static int put_profiles(struct speedscope *s, struct rn_export_job *job, struct rn_error *err)
{
	rn_json_key(&s->json, "profiles");
	rn_json_array_begin(&s->json);
	int rc = put_sum(s, job, err);
	for (uint32_t lane = 0; lane < s->threads.n && !rc; lane++)
		rc = put_thread(s, job, lane, err);
	rn_json_array_end(&s->json);
	return rc;
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct speedscope *s = st;
	struct rn_json *j = &s->json;
	rn_put_argv(&s->title, job->header->command_argv);
	rn_put_circumstances(&s->title, job->header);
	rn_json_init(j, &job->out, 2);
	rn_json_object_begin(j);
	member_text(j, "$schema", "https://www.speedscope.app/file-format-schema.json");
	member_text(j, "exporter", "renacer " RN_VERSION);
	member_bytes(j, "name", rn_buffer_bytes(&s->title));
	member_u64(j, "activeProfileIndex", 0);
	int rc = put_frames(s, job, err);
	if (!rc)
		rc = put_profiles(s, job, err);
	rn_json_key(j, "renacer");
	rn_json_object_begin(j);
	if (!rc)
		rc = rn_export_about(job, put_fact, j, err);
	rn_json_object_end(j);
	rn_json_object_end(j);
	rn_put_u8(&job->out, '\n');
	if (!rc && s->written_bytes > LARGE_BYTES)
		rn_diag_warn(job->diag, "the file is larger than 128 MiB, which speedscope reads slowly: "
			"--no-stacks, -w calls or filters make it smaller");
	return rc;
}

static void fini(void *st)
{
	struct speedscope *s = st;
	rn_stack_table_fini(&s->stacks);
	rn_export_tally_fini(&s->tally);
	rn_export_threads_fini(&s->threads);
	rn_spool_fini(&s->spool);
	rn_buffer_fini(&s->title);
	free(s->path);
}

const struct rn_export rn_export_speedscope = {
	.name = "speedscope",
	.help = "all stacks summed up, and each thread's calls in time: speedscope.app",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_WEIGHTS,
	.state_size = sizeof(struct speedscope),
	.begin = begin,
	.call = put_call,
	.end = end,
	.fini = fini,
};
