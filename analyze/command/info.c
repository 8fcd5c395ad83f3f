/* SPDX-License-Identifier: MIT */
/*
 * info - what is in a trace. One walk gathers (analyze/source/contents.h), tables tell: the trace and its
 * recording as one record, then events by kind, sections, modules, losses and damage.
 */
#include "analyze/command/info.h"

#include "analyze/command/info_cost.h"
#include "analyze/command/info_facts.h"
#include "analyze/command/info_modules.h"
#include "analyze/command/info_stacks.h"
#include "analyze/command/tables.h"
#include "analyze/damage_table.h"
#include "analyze/decode/decode.h"
#include "analyze/recorder_cost.h"
#include "analyze/source/contents.h"
#include "analyze/weights/sampling.h"
#include "analyze/words.h"
#include "shared/arena.h"
#include "shared/syscall.h"

static int emit_kinds(const struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err)
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
		uint64_t n = kind == RN_EV_CALL ? f->contents->calls : f->contents->kinds[kind];
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

static int emit_size(const struct rn_info_facts *f, const char *name, struct rn_cell raw, uint64_t disk,
	bool is_total, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_cell cells[] = { rn_cell_text(name), raw, rn_cell_u64(disk),
		raw.type == RN_T_U64 ? rn_info_ratio(raw.u64, disk) : rn_cell_null(),
		rn_info_ratio(disk, f->contents->calls) };
	return is_total ? rn_sink_total(sink, cells, err) : rn_sink_row(sink, cells, err);
}

static int emit_sizes(const struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err)
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
		sections += f->contents->disk_bytes[s];
		rc = emit_size(f, names[s], rn_cell_u64(f->contents->raw_bytes[s]), f->contents->disk_bytes[s], false,
			sink, err);
	}
	if (!rc)
		rc = emit_size(f, "directories", rn_cell_null(), f->contents->block_bytes - sections, false,
			sink, err);
	if (!rc)
		rc = emit_size(f, "rest", rn_cell_null(),
			total > f->contents->block_bytes ? total - f->contents->block_bytes : 0, false, sink, err);
	if (!rc)
		rc = emit_size(f, "total", rn_cell_null(), total, true, sink, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_modules(struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err)
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
	for (size_t i = 0; i < f->contents->n_modules && !rc; i++) {
		const struct rn_contents_module *m = &f->contents->modules[i];
		struct rn_buffer id = RN_BUFFER_INIT;
		rn_put_hex_bytes(&id, m->build_id);
		struct rn_cell cells[] = { rn_info_known(rn_buffer_bytes(&id)), rn_cell_u64(m->mappings),
			rn_info_nonzero(m->image_bytes), rn_cell_bytes(m->path) };
		rc = rn_sink_row(sink, cells, err);
		rn_buffer_fini(&id);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_lost(const struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const char *const causes[] = {
		[RN_LOST_RING] = "the ring was full",
		[RN_LOST_TOO_BIG] = "an event was too large",
		[RN_LOST_RATE] = "events came too fast",
		[RN_LOST_DAMAGE] = "damage",
		[RN_LOST_RECORDER] = "the recorder could not keep them",
		[RN_LOST_OUTPUT] = "the output was too slow",
		[RN_LOST_MEMORY] = "the memory limit",
		[RN_LOST_DISK] = "the disk was full",
		[RN_LOST_CPU] = "the CPU limit",
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
		const struct rn_contents_lost *l = &f->contents->lost[i];
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
static int emit_sampled(const struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err)
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

static void count_tasks(struct rn_info_facts *f, const struct rn_model *m)
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
	struct rn_info_facts f = { .reader = r, .path = path, .header = rn_reader_header(r),
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
		rc = rn_info_facts_emit(&f, sink, err);
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
	if (!rc)
		rc = rn_info_cost_emit(&contents, sink, err);
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
