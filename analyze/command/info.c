/* SPDX-License-Identifier: MIT */
/*
 * info - what is in a trace. One walk gathers (analyze/contents.h), tables tell: the trace and its
 * recording as one record, then events by kind, sections, modules, losses and damage.
 */
#include "analyze/command/info.h"

#include "analyze/command/info_modules.h"
#include "analyze/command/info_stacks.h"
#include "analyze/command/tables.h"
#include "analyze/contents.h"
#include "analyze/damage_table.h"
#include "analyze/decode/decode.h"
#include "analyze/recorder_cost.h"
#include "analyze/sampling.h"
#include "analyze/words.h"
#include "shared/arena.h"
#include "shared/syscall.h"

/* What the facts are taken from. */
struct facts {
	struct rn_reader *reader;
	const char *path;
	const struct rn_header *header;
	const struct rn_contents *contents;
	struct rn_model_end end;
	const struct rn_sampling *sampling;
	struct rn_recorder_cost cost;
	uint64_t n_threads, n_processes, lost_events;
	struct rn_arena text; /* cells' words, until they are written */
};

typedef void put_words(struct rn_buffer *out, const struct facts *f);

static void put_command(struct rn_buffer *out, const struct facts *f)
{
	rn_put_argv(out, f->header->command_argv);
}

static void put_recorder_command(struct rn_buffer *out, const struct facts *f)
{
	rn_put_argv(out, f->header->recorder_argv);
}

static void put_start(struct rn_buffer *out, const struct facts *f)
{
	rn_put_utc(out, f->header->start_realtime_ns);
}

static void put_kernel(struct rn_buffer *out, const struct facts *f)
{
	const struct rn_bytes part[] = { f->header->sysname, f->header->release,
		f->header->version };
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		if (part[i].len && out->len)
			rn_put_u8(out, ' ');
		rn_put_bytes(out, part[i].p, part[i].len);
	}
}

static void put_machine(struct rn_buffer *out, const struct facts *f)
{
	const struct rn_machine_desc *d = rn_machine_desc(f->header->machine);
	if (d)
		rn_put_text(out, d->name);
	else
		rn_put_format(out, "machine %u", f->header->machine);
}

static void put_uuid(struct rn_buffer *out, const struct facts *f)
{
	rn_put_uuid(out, f->header->uuid);
}

static void put_version(struct rn_buffer *out, const struct facts *f)
{
	rn_put_format(out, "%u.%u", f->header->version_major, f->header->version_minor);
}

/* "file 3 of 4f1c..: rotation, from 12.3 s on" */
static void put_series(struct rn_buffer *out, const struct facts *f)
{
	const struct rn_header *h = f->header;
	if (!h->series_number)
		return;
	rn_put_format(out, "file %llu of ", (unsigned long long)h->series_number);
	rn_put_uuid(out, h->series);
	rn_put_format(out, ", from %.6f s on", (double)h->begins_ns / 1e9);
	if (h->series_cause.len)
		rn_put_format(out, " (%.*s)", RN_QUOTED(h->series_cause));
}

static void put_ended(struct rn_buffer *out, const struct facts *f)
{
	static const char *const reasons[] = {
		[RN_END_EXITED] = "the traced processes ended",
		[RN_END_DETACHED] = "recording was stopped, the traced processes ran on",
		[RN_END_OUTPUT] = "the trace could not be written further",
		[RN_END_ERROR] = "the recorder failed",
		[RN_END_ROTATED] = "the next file of the series goes on",
		[RN_END_SNAPSHOT] = "a snapshot of what the recorder had kept in memory; it went on",
	};
	uint64_t reason = f->end.event.reason;
	if (!f->end.known)
		rn_put_text(out, "unknown: the trace does not tell");
	else if (reason < sizeof(reasons) / sizeof(reasons[0]) && reasons[reason])
		rn_put_text(out, reasons[reason]);
	else
		rn_put_format(out, "reason %llu", (unsigned long long)reason);
}

static void put_exit(struct rn_buffer *out, const struct facts *f)
{
	if (f->end.has_status)
		rn_decode_exit(out, f->end.status);
}

static struct rn_cell words(struct facts *f, put_words *put)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	put(&b, f);
	char *kept = b.len ? rn_arena_dup(&f->text, rn_buffer_bytes(&b)) : NULL;
	struct rn_cell cell = kept ? rn_cell_bytes(rn_bytes_of(kept, b.len)) : rn_cell_null();
	rn_buffer_fini(&b);
	return cell;
}

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

/* 0 means that nobody knows. */
static struct rn_cell nonzero(uint64_t v)
{
	return v ? rn_cell_u64(v) : rn_cell_null();
}

static struct rn_cell ratio(uint64_t a, uint64_t b)
{
	return b ? rn_cell_real((double)a / (double)b) : rn_cell_null();
}

#define TEXT RN_T_TEXT, RN_U_NONE, 0, 0
#define COUNT RN_T_U64, RN_U_COUNT, 0, 0
#define BYTES RN_T_U64, RN_U_BYTES, 0, 0
#define SECONDS RN_T_U64, RN_U_NS, 9, 6
#define MILLISECONDS RN_T_U64, RN_U_NS, 6, 3
#define PER_CALL_NS RN_T_REAL, RN_U_NS, 0, 0
#define PER_CALL_BYTES RN_T_REAL, RN_U_BYTES, 0, 2

#define H f->header
#define C f->contents
#define END f->end.event

/* FACT(name, title, type and form, hide, value) */
#define FACTS(FACT) \
	FACT(file, "trace", TEXT, 0, rn_cell_text(f->path)) \
	FACT(command, "command", TEXT, 0, words(f, put_command)) \
	FACT(exe, "executable", TEXT, 0, known(H->exe)) \
	FACT(cwd, "directory", TEXT, 0, known(H->cwd)) \
	FACT(root_pid, "process", COUNT, 0, nonzero(H->root_pid)) \
	FACT(exit, "result", TEXT, 0, words(f, put_exit)) \
	FACT(exit_code, "exit code", COUNT, RN_HIDE_TEXT, f->end.has_status ? \
		rn_cell_u64((uint64_t)rn_exit_code_of(f->end.status)) : rn_cell_null()) \
	FACT(hostname, "host", TEXT, 0, known(H->hostname)) \
	FACT(kernel, "kernel", TEXT, 0, words(f, put_kernel)) \
	FACT(machine, "machine", TEXT, 0, words(f, put_machine)) \
	FACT(n_cpus, "cpus", COUNT, 0, nonzero(H->n_cpus)) \
	FACT(page_bytes, "page size", BYTES, 0, nonzero(H->page_bytes)) \
	FACT(clock_ticks, "clock ticks", COUNT, RN_HIDE_TEXT, nonzero(H->clock_ticks)) \
	FACT(boot_id, "boot", TEXT, RN_HIDE_TEXT, known(H->boot_id)) \
	FACT(traceparent, "traceparent", TEXT, 0, known(H->traceparent)) \
	FACT(start, "started", TEXT, 0, words(f, put_start)) \
	FACT(start_realtime_ns, "start", SECONDS, RN_HIDE_TEXT, \
		rn_cell_u64(H->start_realtime_ns)) \
	FACT(start_monotonic_ns, "start", SECONDS, RN_HIDE_TEXT, \
		rn_cell_u64(H->start_monotonic_ns)) \
	FACT(start_boottime_ns, "start", SECONDS, RN_HIDE_TEXT, \
		rn_cell_u64(H->start_boottime_ns)) \
	FACT(duration_ns, "duration", SECONDS, 0, rn_cell_u64(C->last_ns)) \
	FACT(recorder, "recorder", TEXT, 0, known(H->recorder_version)) \
	FACT(backend, "backend", TEXT, 0, known(H->backend)) \
	FACT(recorder_command, "recorded with", TEXT, 0, words(f, put_recorder_command)) \
	FACT(recorder_pid, "recorder pid", COUNT, RN_HIDE_TEXT, nonzero(H->recorder_pid)) \
	FACT(filter, "filter", TEXT, 0, known(H->filter)) \
	FACT(chaos, "chaos", TEXT, 0, known(H->chaos)) \
	FACT(sampling, "left out", TEXT, 0, known(H->sampling)) \
	FACT(privacy, "privacy", TEXT, 0, known(H->privacy)) \
	FACT(string_bytes, "string limit", BYTES, 0, rn_cell_u64(H->string_bytes)) \
	FACT(stack_bytes, "stack limit", BYTES, 0, rn_cell_u64(H->stack_bytes)) \
	FACT(format_version, "format version", TEXT, 0, words(f, put_version)) \
	FACT(uuid, "uuid", TEXT, 0, words(f, put_uuid)) \
	FACT(series, "series", TEXT, 0, words(f, put_series)) \
	FACT(series_number, "number in series", COUNT, RN_HIDE_TEXT, nonzero(H->series_number)) \
	FACT(begins_ns, "begins", SECONDS, RN_HIDE_TEXT, rn_cell_u64(H->begins_ns)) \
	FACT(complete, "complete", RN_T_BOOL, RN_U_NONE, 0, 0, 0, \
		rn_cell_bool(rn_reader_complete(f->reader))) \
	FACT(ended, "ended because", TEXT, 0, words(f, put_ended)) \
	FACT(calls, "calls", COUNT, 0, rn_cell_u64(C->calls)) \
	FACT(errors, "errors", COUNT, 0, rn_cell_u64(C->errors)) \
	FACT(unfinished, "unfinished", COUNT, 0, rn_cell_u64(C->unfinished)) \
	FACT(events, "other events", COUNT, 0, rn_cell_u64(C->n_meta)) \
	FACT(lost_events, "lost events", COUNT, 0, rn_cell_u64(f->lost_events)) \
	FACT(damages, "damage", COUNT, 0, rn_cell_u64(rn_reader_n_damage(f->reader))) \
	FACT(processes, "processes", COUNT, 0, rn_cell_u64(f->n_processes)) \
	FACT(threads, "threads", COUNT, 0, rn_cell_u64(f->n_threads)) \
	FACT(blocks, "blocks", COUNT, 0, rn_cell_u64(C->blocks)) \
	FACT(file_bytes, "size", BYTES, 0, rn_cell_u64(rn_reader_bytes(f->reader))) \
	FACT(bytes_per_call, "size per call", PER_CALL_BYTES, 0, \
		ratio(rn_reader_bytes(f->reader), C->calls)) \
	FACT(recorder_cpu_ns, "recorder's cpu time", MILLISECONDS, 0, cost(f, END.cpu_ns)) \
	FACT(recorder_cpu_ns_per_call, "cpu time per call", PER_CALL_NS, 0, \
		f->end.known ? ratio(END.cpu_ns, C->calls) : rn_cell_null()) \
	FACT(added_ns, "added time", SECONDS, 0, rn_recorder_cost_added(&f->cost)) \
	FACT(added_is, "added time is", TEXT, 0, rn_recorder_cost_how(&f->cost)) \
	FACT(recorder_wall_ns, "recorder's wall time", SECONDS, 0, cost(f, END.wall_ns)) \
	FACT(recorder_max_rss_bytes, "recorder's memory", BYTES, 0, cost(f, END.max_rss_bytes))

static struct rn_cell cost(const struct facts *f, uint64_t v)
{
	return f->end.known ? rn_cell_u64(v) : rn_cell_null();
}

#define FACT(fact, head, ...) FACT_COLUMN(fact, head, __VA_ARGS__)
#define FACT_COLUMN(fact, head, t, u, s, d, h, ...) \
	{ .name = #fact, .title = head, .type = t, .unit = u, .shift = s, .decimals = d, .hide = h },
static const struct rn_column fact_columns[] = { FACTS(FACT) };
#undef FACT
#define N_FACTS (sizeof(fact_columns) / sizeof(fact_columns[0]))

static int emit_facts(struct facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = {
		.name = "trace", .flags = RN_TABLE_RECORD, .columns = fact_columns,
		.n_columns = N_FACTS,
	};
#define FACT(fact, head, ...) FACT_CELL(__VA_ARGS__)
#define FACT_CELL(t, u, s, d, h, ...) __VA_ARGS__,
	const struct rn_cell cells[N_FACTS] = { FACTS(FACT) };
#undef FACT
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_kinds(const struct facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "kind", .title = "event", .type = RN_T_TEXT, .left = true, .min_width = 10 },
		{ .name = "events", .title = "number", .type = RN_T_U64, .unit = RN_U_COUNT,
			.min_width = 10 },
	};
	static const struct rn_table table = {
		.name = "events", .flags = RN_TABLE_RULED, .columns = columns, .n_columns = 2,
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned kind = 0; kind < RN_CONTENTS_KINDS && !rc; kind++) {
		uint64_t n = kind == RN_EV_CALL ? C->calls : C->kinds[kind];
		const char *name = rn_event_kind_name(kind);
		char number[32];
		if (!n && kind != RN_EV_CALL)
			continue;
		snprintf(number, sizeof(number), "kind %u%s", kind,
			kind == RN_CONTENTS_KINDS - 1 ? " or more" : "");
		struct rn_cell cells[] = { rn_cell_text(name ? name : number), rn_cell_u64(n) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static const struct rn_column size_columns[] = {
	{ .name = "section", .type = RN_T_TEXT, .left = true, .min_width = 10 },
	{ .name = "raw_bytes", .title = "raw", .type = RN_T_U64, .unit = RN_U_BYTES,
		.min_width = 12, .doc = "bytes before compression; null where nothing is compressed" },
	{ .name = "disk_bytes", .title = "in the file", .type = RN_T_U64, .unit = RN_U_BYTES,
		.min_width = 12 },
	{ .name = "compression", .title = "ratio", .type = RN_T_REAL, .unit = RN_U_RATIO,
		.decimals = 2, .min_width = 7, .doc = "raw bytes by bytes in the file" },
	{ .name = "bytes_per_call", .title = "bytes/call", .type = RN_T_REAL, .unit = RN_U_BYTES,
		.decimals = 2, .doc = "bytes in the file by calls" },
};

static int emit_size(const struct facts *f, const char *name, struct rn_cell raw, uint64_t disk,
	bool is_total, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_cell cells[] = { rn_cell_text(name), raw, rn_cell_u64(disk),
		raw.type == RN_T_U64 ? ratio(raw.u64, disk) : rn_cell_null(),
		ratio(disk, C->calls) };
	return is_total ? rn_sink_total(sink, cells, err) : rn_sink_row(sink, cells, err);
}

static int emit_sizes(const struct facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const char *const names[RN_SECTIONS] = {
		[RN_SECTION_CORE] = "core", [RN_SECTION_ARGS] = "args", [RN_SECTION_REGS] = "regs",
		[RN_SECTION_STACK] = "stack", [RN_SECTION_DATA] = "data", [RN_SECTION_META] = "meta",
	};
	static const struct rn_table table = {
		.name = "sections", .flags = RN_TABLE_RULED, .columns = size_columns, .n_columns = 5,
	};
	uint64_t sections = 0, total = rn_reader_bytes(f->reader);
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned s = 0; s < RN_SECTIONS && !rc; s++) {
		sections += C->disk_bytes[s];
		rc = emit_size(f, names[s], rn_cell_u64(C->raw_bytes[s]), C->disk_bytes[s], false,
			sink, err);
	}
	if (!rc)
		rc = emit_size(f, "directories", rn_cell_null(), C->block_bytes - sections, false,
			sink, err);
	if (!rc)
		rc = emit_size(f, "rest", rn_cell_null(),
			total > C->block_bytes ? total - C->block_bytes : 0, false, sink, err);
	if (!rc)
		rc = emit_size(f, "total", rn_cell_null(), total, true, sink, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_modules(struct facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "build_id", .title = "build-id", .type = RN_T_TEXT, .left = true,
			.min_width = 40 },
		{ .name = "mappings", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "image_bytes", .title = "image", .type = RN_T_U64, .unit = RN_U_BYTES,
			.min_width = 8, .doc = "size of the image in the trace; null: none" },
		{ .name = "path", .title = "module", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = {
		.name = "modules", .flags = RN_TABLE_RULED, .empty = "No modules.",
		.columns = columns, .n_columns = 4,
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < C->n_modules && !rc; i++) {
		const struct rn_contents_module *m = &C->modules[i];
		struct rn_buffer id = RN_BUFFER_INIT;
		rn_put_hex_bytes(&id, m->build_id);
		struct rn_cell cells[] = { known(rn_buffer_bytes(&id)), rn_cell_u64(m->mappings),
			nonzero(m->image_bytes), rn_cell_bytes(m->path) };
		rc = rn_sink_row(sink, cells, err);
		rn_buffer_fini(&id);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_lost(const struct facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const char *const causes[] = {
		[RN_LOST_RING] = "the ring was full", [RN_LOST_TOO_BIG] = "an event was too large",
		[RN_LOST_RATE] = "events came too fast", [RN_LOST_DAMAGE] = "damage",
		[RN_LOST_RECORDER] = "the recorder could not keep them",
	};
	static const struct rn_column columns[] = {
		{ .name = "cause", .type = RN_T_TEXT, .left = true, .min_width = 24 },
		{ .name = "times", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 8 },
		{ .name = "events", .title = "events lost", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "bytes", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 8 },
	};
	static const struct rn_table table = {
		.name = "lost", .flags = RN_TABLE_RULED, .empty = "No events were lost.",
		.columns = columns, .n_columns = 4,
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned i = 0; i < RN_CONTENTS_CAUSES && !rc; i++) {
		const struct rn_contents_lost *l = &C->lost[i];
		char number[32];
		if (!l->records)
			continue;
		bool is_known = i < sizeof(causes) / sizeof(causes[0]) && causes[i];
		snprintf(number, sizeof(number), "cause %u", i);
		struct rn_cell cells[] = { rn_cell_text(is_known ? causes[i] : number),
			rn_cell_u64(l->records), rn_cell_u64(l->events), rn_cell_u64(l->bytes) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

/* Weights: what a call that was kept stands for. */
static int emit_sampled(const struct facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "call", .type = RN_T_TEXT, .left = true, .min_width = 16 },
		{ .name = "abi", .type = RN_T_TEXT, .left = true, .hide = RN_HIDE_TEXT },
		{ .name = "kept", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 10 },
		{ .name = "left_out", .title = "left out", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 10 },
		{ .name = "weight", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 9,
			.doc = "kept and left out by kept: what one that was kept stands for" },
	};
	static const struct rn_table table = {
		.name = "sampled", .flags = RN_TABLE_RULED, .columns = columns, .n_columns = 5,
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < f->sampling->n && !rc; i++) {
		const struct rn_sampled *s = &f->sampling->item[i];
		const struct rn_abi_desc *abi = rn_abi_desc((enum rn_abi)s->abi);
		char buf[24];
		struct rn_cell cells[] = { rn_cell_text(rn_syscall_name((enum rn_abi)s->abi, (uint32_t)s->nr, buf)),
			abi ? rn_cell_text(abi->name) : rn_cell_null(), rn_cell_u64(s->kept),
			rn_cell_u64(s->left_out), s->kept ? rn_cell_real(rn_sampled_weight(s)) : rn_cell_null() };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static void count_tasks(struct facts *f, const struct rn_model *m)
{
	f->n_threads = rn_model_n_tasks(m);
	for (uint32_t i = 0; i < f->n_threads; i++) {
		const struct rn_task *t = rn_model_task_at(m, i);
		f->n_processes += t->leader == t->utid;
	}
}

int rn_info_emit(struct rn_reader *r, const char *path, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_contents contents;
	rn_contents_init(&contents);
	struct rn_model *model = rn_model_new(0);
	struct rn_source *source = model ? rn_source_trace(r, model) : NULL;
	source = source ? rn_source_settled(source) : NULL;
	struct facts f = { .reader = r, .path = path, .header = rn_reader_header(r),
		.contents = &contents, .text = RN_ARENA_INIT };
	int rc = source ? rn_contents_gather(&contents, source, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc) {
		rn_model_end(model, &f.end);
		f.sampling = rn_model_sampling(model);
		f.cost = rn_recorder_cost_of(f.header, &f.end);
		count_tasks(&f, model);
		for (unsigned i = 0; i < RN_CONTENTS_CAUSES; i++)
			f.lost_events += contents.lost[i].events;
		rc = emit_facts(&f, sink, err);
	}
	if (!rc)
		rc = emit_kinds(&f, sink, err);
	if (!rc)
		rc = emit_sizes(&f, sink, err);
	if (!rc)
		rc = rn_info_stacks_emit(r, sink, err);
	if (!rc)
		rc = emit_modules(&f, sink, err);
	if (!rc)
		rc = emit_lost(&f, sink, err);
	if (!rc && f.sampling->n)
		rc = emit_sampled(&f, sink, err);
	if (!rc)
		rc = rn_damage_table_emit(r, sink, err);
	rn_arena_fini(&f.text);
	rn_source_free(source);
	rn_model_free(model);
	rn_contents_fini(&contents);
	return rc;
}

struct info_options {
	struct rn_tables_options tables; /* first: its rows fill it */
	bool modules, debuginfod;
	struct rn_strings debug_dirs;
	const char *sysroot;
};

#define O struct info_options
static const struct rn_option rows[] = {
	{ RN_HEADING("Modules") },
	{ 0, "modules", RN_FLAG(O, modules),
		.help = "tell instead of each module: its build-id, where names and lines were found, "
			"what would help" },
	{ 0, "debug-dir", RN_STRINGS(O, debug_dirs), .argument = "DIR",
		.help = "look for symbols and lines below DIR, too; may be repeated" },
	{ 0, "sysroot", RN_STRING(O, sysroot), .argument = "DIR",
		.help = "the traced programs and libraries, and their debug files, lie below DIR" },
	{ 0, "debuginfod", RN_FLAG(O, debuginfod), .grants = RN_OPTION_NETWORK,
		.help = "ask the servers of DEBUGINFOD_URLS for symbols and lines" },
	{ RN_OPTIONS_END },
};
#undef O

static int emit_info(const struct rn_tables_options *tables, struct rn_reader *r, const char *path,
	struct rn_sink *sink, int *exit_code, struct rn_error *err)
{
	const struct info_options *o = (const struct info_options *)tables;
	const struct rn_symbol_options symbols = { .debug_dirs = o->debug_dirs.item,
		.n_debug_dirs = o->debug_dirs.n, .sysroot = o->sysroot, .debuginfod = o->debuginfod };
	(void)exit_code;
	return o->modules ? rn_info_modules_emit(r, &symbols, sink, err) :
		rn_info_emit(r, path, sink, err);
}

static void fini(void *options)
{
	rn_strings_fini(&((struct info_options *)options)->debug_dirs);
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	return rn_tables_run(options, in, emit_info, err);
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_info = {
	.name = "info",
	.summary = "tell what is in a trace",
	.synopsis = synopsis,
	.options = { rn_tables_options, rows },
	.options_size = sizeof(struct info_options),
	.run = run,
	.fini = fini,
};
