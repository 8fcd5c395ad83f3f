/* SPDX-License-Identifier: MIT */
/*
 * A profile of pprof (profile.proto of github.com/google/pprof), compressed by gzip: `go tool pprof`, speedscope
 * and most profilers' servers read it.
 *
 * A sample is what calls with the same stack, name, thread and errno sum up to: calls, errors, bytes, time;
 * which of them is looked at first says default_sample_type. Its innermost location is the system call itself,
 * in the mapping "[kernel]"; then the stack. Labels: syscall, errno, thread, tid, pid, unfinished. Each
 * inlined call is a location of its own, because some readers show but one line of a location. Addresses are
 * those in the module, whose mapping begins at 0.
 */
#include "analyze/export/gzip.h"
#include "analyze/export/proto.h"
#include "analyze/export/stack_table.h"
#include "analyze/export/tally.h"
#include "analyze/export/threads.h"
#include "analyze/report/utf8.h"
#include "analyze/words.h"
#include "shared/names.h"

#include <stdlib.h>

enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE, PROFILE_MAPPING, PROFILE_LOCATION, PROFILE_FUNCTION,
	PROFILE_STRING, PROFILE_TIME_NS = 9, PROFILE_DURATION_NS, PROFILE_COMMENT = 13,
	PROFILE_DEFAULT_TYPE };
enum { TYPE_TYPE = 1, TYPE_UNIT };
enum { SAMPLE_LOCATIONS = 1, SAMPLE_VALUES, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT, LABEL_NUMBER };
enum { MAPPING_ID = 1, MAPPING_START, MAPPING_LIMIT, MAPPING_FILE = 5, MAPPING_BUILD_ID,
	MAPPING_HAS_FUNCTIONS, MAPPING_HAS_FILES, MAPPING_HAS_LINES, MAPPING_HAS_INLINE };
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION = 1, LINE_LINE };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_LINKAGE, FUNCTION_FILE };

/* In the order of samples' values: a count first, time last, which readers take unless told. */
static const struct {
	enum rn_weight weight;
	const char *name, *unit;
} types[] = { { RN_WEIGHT_calls, "calls", "count" }, { RN_WEIGHT_errors, "errors", "count" },
	{ RN_WEIGHT_bytes, "bytes", "bytes" }, { RN_WEIGHT_time, "time", "nanoseconds" } };
#define N_TYPES (sizeof(types) / sizeof(types[0]))

struct pprof {
	struct rn_gzip *gzip;
	struct rn_intern *strings;   /* of string_table */
	struct rn_stack_table stacks;
	struct rn_export_tally tally;
	struct rn_export_threads threads;
	uint32_t *mapping;           /* by module: its number in the profile; 0: none */
	uint64_t *limit;             /* by module: behind its greatest address */
	uint32_t n_modules, n_mappings;
	struct rn_intern *calls;     /* names of system calls */
	bool failed;                 /* no memory for a string */
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for a profile");
}

static uint32_t string_of(struct pprof *p, struct rn_bytes s)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	rn_put_utf8(&text, s);
	uint32_t number = rn_buffer_ok(&text) ? rn_intern(p->strings, rn_buffer_bytes(&text), NULL) :
		RN_INTERN_NONE;
	rn_buffer_fini(&text);
	p->failed |= number == RN_INTERN_NONE;
	return number;
}

static uint32_t word(struct pprof *p, const char *s)
{
	return string_of(p, rn_bytes_str(s));
}

static int begin(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct pprof *p = st;
	p->strings = rn_intern_new();
	p->calls = rn_intern_new();
	if (!p->strings || !p->calls || rn_intern(p->strings, rn_bytes_of(NULL, 0), NULL) != 0)
		return no_memory(err);
	int rc = rn_stack_table_init(&p->stacks, job, err);
	if (!rc)
		rc = rn_export_tally_init(&p->tally, err);
	return rc ? rc : rn_gzip_open(&p->gzip, job->stream, err);
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct pprof *p = st;
	const struct rn_call *c = &call->ev->call;
	const struct rn_export_thread *t;
	char buf[24];
	bool is_new;
	struct rn_tally_key key = { .utid = call->ev->utid, .unfinished = call->unfinished,
		.error = c->flags & RN_CALL_ERROR ? (uint32_t)(0 - (uint64_t)c->ret) : 0,
		.name = rn_intern(p->calls, rn_bytes_str(rn_export_name(c, buf)), NULL) };
	int rc = key.name == RN_INTERN_NONE ? no_memory(err) :
		rn_stack_table_add(&p->stacks, call->stack, &key.entry, err);
	if (!rc)
		rc = rn_export_thread_of(&p->threads, job->model, key.utid, &t, &is_new, err);
	return rc ? rc : rn_export_tally_add(&p->tally, &key, call, err);
}

static int drain(struct pprof *p, struct rn_export_job *job, struct rn_error *err)
{
	if (!rn_buffer_ok(&job->out) || p->failed)
		return no_memory(err);
	int rc = rn_gzip_write(p->gzip, rn_buffer_bytes(&job->out), err);
	rn_buffer_clear(&job->out);
	return rc;
}

static void put_types(struct pprof *p, struct rn_export_job *job)
{
	struct rn_buffer *out = &job->out;
	for (size_t i = 0; i < N_TYPES; i++) {
		size_t mark = rn_proto_begin(out, PROFILE_SAMPLE_TYPE);
		rn_proto_u64(out, TYPE_TYPE, word(p, types[i].name));
		rn_proto_u64(out, TYPE_UNIT, word(p, types[i].unit));
		rn_proto_end(out, mark);
		if (types[i].weight == job->look->weight)
			rn_proto_u64(out, PROFILE_DEFAULT_TYPE, word(p, types[i].name));
	}
	rn_proto_u64(out, PROFILE_TIME_NS, job->header->start_realtime_ns);
	rn_proto_u64(out, PROFILE_DURATION_NS, job->end_ns);
}

static void put_label(struct pprof *p, struct rn_buffer *out, const char *key, uint32_t text, uint64_t number)
{
	size_t mark = rn_proto_begin(out, SAMPLE_LABEL);
	rn_proto_u64(out, LABEL_KEY, word(p, key));
	if (text)
		rn_proto_u64(out, LABEL_TEXT, text);
	else
		rn_proto_u64(out, LABEL_NUMBER, number);
	rn_proto_end(out, mark);
}

static void put_labels(struct pprof *p, struct rn_export_job *job, const struct rn_tally_key *key)
{
	struct rn_buffer *out = &job->out, *s = &job->scratch;
	const struct rn_export_thread *t = &p->threads.item[rn_idmap_find(&p->threads.by_utid, key->utid)];
	put_label(p, out, "syscall", string_of(p, rn_intern_get(p->calls, key->name)), 0);
	if (key->error) {
		const char *name = rn_errno_name((int)key->error);
		rn_buffer_clear(s);
		if (name)
			rn_put_text(s, name);
		else
			rn_put_format(s, "%u", key->error);
		put_label(p, out, "errno", string_of(p, rn_buffer_bytes(s)), 0);
	}
	if (key->unfinished)
		put_label(p, out, "unfinished", word(p, "yes"), 0);
	rn_buffer_clear(s);
	rn_put_thread_name(s, job->model, t);
	put_label(p, out, "thread", string_of(p, rn_buffer_bytes(s)), 0);
	put_label(p, out, "tid", 0, t->tid);
	put_label(p, out, "pid", 0, t->pid);
}

/* Locations of code are numbered as their frames, from 1; then come those of the system calls. */
static uint64_t location_of_call(const struct pprof *p, uint32_t name)
{
	return (uint64_t)p->stacks.n_frames + 1 + name;
}

static int put_samples(struct pprof *p, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_buffer *out = &job->out;
	int rc = 0;
	for (uint32_t g = 0; g < p->tally.n && !rc; g++) {
		struct rn_tally_key key = rn_export_tally_key(&p->tally, g);
		size_t sample = rn_proto_begin(out, PROFILE_SAMPLE);
		size_t list = rn_proto_begin(out, SAMPLE_LOCATIONS);
		rn_put_varint(out, location_of_call(p, key.name));
		for (uint32_t e = key.entry; e; e = rn_stack_table_at(&p->stacks, e)->parent)
			rn_put_varint(out, (uint64_t)rn_stack_table_at(&p->stacks, e)->frame + 1);
		rn_proto_end(out, list);
		list = rn_proto_begin(out, SAMPLE_VALUES);
		for (size_t i = 0; i < N_TYPES; i++)
			rn_put_varint(out, p->tally.sums[g].weight[types[i].weight]);
		rn_proto_end(out, list);
		put_labels(p, job, &key);
		rn_proto_end(out, sample);
		rc = drain(p, job, err);
	}
	return rc;
}

/* The traced program's own module first, if it is among them: readers show mapping 0 as "the" binary. */
static int number_modules(struct pprof *p, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_modules_table *modules = job->frames ? rn_frames_modules(job->frames) : NULL;
	const struct rn_task *first = rn_model_task_at(job->model, 0);
	p->n_modules = modules ? rn_modules_n(modules) : 0;
	p->mapping = calloc(p->n_modules + 1, sizeof(*p->mapping));
	p->limit = calloc(p->n_modules + 1, sizeof(*p->limit));
	if (!p->mapping || !p->limit)
		return no_memory(err);
	for (uint32_t i = 0; i < p->stacks.n_frames; i++) {
		const struct rn_stack_frame *f = &p->stacks.frame[i];
		if (f->module < p->n_modules && f->addr >= p->limit[f->module])
			p->limit[f->module] = f->addr + (f->addr != UINT64_MAX);
	}
	for (int own = 1; own >= 0; own--)
		for (uint32_t i = 0; i < p->n_modules; i++) {
			bool is_own = first && rn_bytes_equal(rn_modules_at(modules, i)->path, first->exe);
			if (p->limit[i] && is_own == own)
				p->mapping[i] = ++p->n_mappings;
		}
	return 0;
}

static void put_mapping(struct pprof *p, struct rn_export_job *job, uint32_t id, struct rn_bytes path,
	struct rn_bytes build_id, uint64_t limit)
{
	struct rn_buffer *out = &job->out, *hex = &job->scratch;
	bool lines = job->frames && rn_frames_options(job->frames)->source;
	rn_buffer_clear(hex);
	rn_put_hex_bytes(hex, build_id);
	size_t mark = rn_proto_begin(out, PROFILE_MAPPING);
	rn_proto_u64(out, MAPPING_ID, id);
	rn_proto_u64(out, MAPPING_LIMIT, limit);
	rn_proto_u64(out, MAPPING_FILE, string_of(p, path));
	rn_proto_u64(out, MAPPING_BUILD_ID, string_of(p, rn_buffer_bytes(hex)));
	rn_proto_u64(out, MAPPING_HAS_FUNCTIONS, 1);
	rn_proto_u64(out, MAPPING_HAS_FILES, lines);
	rn_proto_u64(out, MAPPING_HAS_LINES, lines);
	rn_proto_u64(out, MAPPING_HAS_INLINE, lines);
	rn_proto_end(out, mark);
}

/* In the order of their numbers; the kernel's is the last. */
static void put_mappings(struct pprof *p, struct rn_export_job *job)
{
	for (uint32_t number = 1; number <= p->n_mappings; number++)
		for (uint32_t i = 0; i < p->n_modules; i++) {
			const struct rn_module *m = rn_modules_at(rn_frames_modules(job->frames), i);
			if (p->mapping[i] == number)
				put_mapping(p, job, number, m->path, m->build_id, p->limit[i]);
		}
	put_mapping(p, job, p->n_mappings + 1, rn_bytes_str("[kernel]"), rn_bytes_of(NULL, 0), 0);
}

static void put_location(struct rn_buffer *out, uint64_t id, uint32_t mapping, uint64_t addr,
	uint64_t function, uint32_t line)
{
	size_t mark = rn_proto_begin(out, PROFILE_LOCATION);
	rn_proto_u64(out, LOCATION_ID, id);
	if (mapping)
		rn_proto_u64(out, LOCATION_MAPPING, mapping);
	if (addr)
		rn_proto_u64(out, LOCATION_ADDRESS, addr);
	size_t inner = rn_proto_begin(out, LOCATION_LINE);
	rn_proto_u64(out, LINE_FUNCTION, function);
	if (line)
		rn_proto_u64(out, LINE_LINE, line);
	rn_proto_end(out, inner);
	rn_proto_end(out, mark);
}

static void put_function(struct pprof *p, struct rn_buffer *out, uint64_t id, struct rn_bytes name,
	struct rn_bytes file)
{
	size_t mark = rn_proto_begin(out, PROFILE_FUNCTION);
	uint32_t string = string_of(p, name);
	rn_proto_u64(out, FUNCTION_ID, id);
	rn_proto_u64(out, FUNCTION_NAME, string);
	rn_proto_u64(out, FUNCTION_LINKAGE, string);
	rn_proto_u64(out, FUNCTION_FILE, string_of(p, file));
	rn_proto_end(out, mark);
}

static int put_code(struct pprof *p, struct rn_export_job *job, struct rn_error *err)
{
	const struct rn_stack_table *s = &p->stacks;
	struct rn_buffer *out = &job->out;
	int rc = 0;
	for (uint32_t i = 0; i < s->n_frames && !rc; i++) {
		const struct rn_stack_frame *f = &s->frame[i];
		put_location(out, (uint64_t)i + 1, f->module < p->n_modules ? p->mapping[f->module] : 0, f->addr,
			(uint64_t)f->function + 1, f->line);
		rc = drain(p, job, err);
	}
	for (uint32_t i = 0; i < s->n_functions && !rc; i++) {
		put_function(p, out, (uint64_t)i + 1, rn_intern_get(s->strings, s->function[i].name),
			rn_intern_get(s->strings, s->function[i].file));
		rc = drain(p, job, err);
	}
	for (uint32_t i = 0; i < rn_intern_count(p->calls) && !rc; i++) {
		uint64_t function = (uint64_t)s->n_functions + 1 + i;
		put_location(out, location_of_call(p, i), p->n_mappings + 1, 0, function, 0);
		put_function(p, out, function, rn_intern_get(p->calls, i), rn_bytes_str("[kernel]"));
	}
	return rc;
}

struct commenter {
	struct pprof *pprof;
	struct rn_export_job *job;
};

static int put_comment(void *arg, const char *name, struct rn_bytes value)
{
	struct commenter *c = arg;
	struct rn_buffer *s = &c->job->scratch;
	rn_buffer_clear(s);
	rn_put_format(s, "%s: ", name);
	rn_put_bytes(s, value.p, value.len);
	rn_proto_u64(&c->job->out, PROFILE_COMMENT, string_of(c->pprof, rn_buffer_bytes(s)));
	return 0;
}

static int put_strings(struct pprof *p, struct rn_export_job *job, struct rn_error *err)
{
	int rc = 0;
	for (uint32_t i = 0; i < rn_intern_count(p->strings) && !rc; i++) {
		rn_proto_bytes(&job->out, PROFILE_STRING, rn_intern_get(p->strings, i));
		rc = drain(p, job, err);
	}
	return rc;
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct pprof *p = st;
	struct commenter commenter = { p, job };
	put_types(p, job);
	int rc = number_modules(p, job, err);
	if (!rc)
		rc = put_samples(p, job, err);
	if (!rc) {
		put_mappings(p, job);
		rc = put_code(p, job, err);
	}
	if (!rc)
		rc = rn_export_about(job, put_comment, &commenter, err);
	if (!rc)
		rc = put_strings(p, job, err);
	return rc ? rc : rn_gzip_finish(p->gzip, err);
}

static void fini(void *st)
{
	struct pprof *p = st;
	rn_gzip_free(p->gzip);
	rn_stack_table_fini(&p->stacks);
	rn_export_tally_fini(&p->tally);
	rn_export_threads_fini(&p->threads);
	rn_intern_free(p->strings);
	rn_intern_free(p->calls);
	free(p->mapping);
	free(p->limit);
}

const struct rn_export rn_export_pprof = {
	.name = "pprof",
	.help = "a profile of calls, errors, bytes and time: go tool pprof, speedscope.app",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_WEIGHTS | RN_EXPORT_BINARY,
	.state_size = sizeof(struct pprof),
	.begin = begin,
	.call = put_call,
	.end = end,
	.fini = fini,
};
