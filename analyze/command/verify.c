/* SPDX-License-Identifier: MIT */
/*
 * The reader notes what is damaged while it is made to touch everything; here is counted what it could
 * read all the same, and looked for directories that do not tell the truth (filters would pass over
 * blocks that they should not).
 */
#include "analyze/command/verify.h"

#include "analyze/command/tables.h"
#include "analyze/damage_table.h"
#include "shared/buffer.h"

#include <stdlib.h>

/* Damage the reader does not know of. */
struct lie {
	uint64_t offset;
	char text[96];
};

struct check {
	struct rn_block *block;
	uint64_t blocks, calls, meta, with_stack, with_regs, spans, images, image_bytes;
	uint64_t missing_events; /* numbers of events that no block has */
	uint64_t next_seq;
	struct lie *lies;
	size_t n_lies, lies_cap;
};

static int add_lie(struct check *c, const struct rn_block_info *info, const char *what,
	uint64_t said, uint64_t found, struct rn_error *err)
{
	if (c->n_lies == c->lies_cap) {
		size_t cap = c->lies_cap ? c->lies_cap * 2 : 16;
		struct lie *lies = realloc(c->lies, cap * sizeof(*lies));
		if (!lies)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		c->lies = lies;
		c->lies_cap = cap;
	}
	struct lie *l = &c->lies[c->n_lies++];
	l->offset = info->offset;
	snprintf(l->text, sizeof(l->text), "block %llu: its directory says %s %llu, its calls %llu",
		(unsigned long long)info->number, what, (unsigned long long)said,
		(unsigned long long)found);
	return 0;
}

/* What the directory says of the calls, counted again. */
static int check_directory(struct check *c, const struct rn_core *core, struct rn_error *err)
{
	const struct rn_block_info *info = rn_block_info(c->block);
	uint64_t errors = 0, longest = 0, absent_nr = 0, absent_utid = 0;
	for (uint32_t i = 0; i < core->n; i++) {
		errors += (core->flags[i] & RN_CALL_ERROR) != 0;
		if (core->dur_ns[i] > longest)
			longest = core->dur_ns[i];
		absent_nr += !rn_block_info_has_nr(info, core->abi[i], core->nr[i]);
		absent_utid += !rn_block_info_has_utid(info, core->utid[i]);
	}
	int rc = 0;
	if (errors != info->n_errors)
		rc = add_lie(c, info, "errors:", info->n_errors, errors, err);
	if (!rc && longest > info->max_dur_ns)
		rc = add_lie(c, info, "longest call:", info->max_dur_ns, longest, err);
	if (!rc && absent_nr)
		rc = add_lie(c, info, "calls of unlisted numbers:", 0, absent_nr, err);
	if (!rc && absent_utid)
		rc = add_lie(c, info, "calls of unlisted threads:", 0, absent_utid, err);
	return rc;
}

/* Every event with all its parts. A part that cannot be had is noted by the reader. */
static int check_events(struct check *c, struct rn_error *err)
{
	struct rn_event ev;
	int rc = 0;
	for (uint32_t i = 0; !rc; i++) {
		rc = rn_block_event(c->block, i, RN_WANT_ALL, &ev, err);
		if (rc == RN_E_CORRUPT)
			rc = 0;
		if (rc)
			break;
		if (ev.kind != RN_EV_CALL)
			continue;
		c->with_stack += ev.call.stack_len != 0;
		c->with_regs += ev.call.regs != NULL;
		c->spans += ev.call.n_spans;
	}
	return rc == RN_END ? 0 : rc;
}

static int check_block(struct check *c, struct rn_error *err)
{
	const struct rn_block_info *info = rn_block_info(c->block);
	const struct rn_core *core;
	if (info->first_seq > c->next_seq)
		c->missing_events += info->first_seq - c->next_seq;
	c->next_seq = info->first_seq + info->n_calls + info->n_meta;
	c->blocks++;
	c->meta += info->n_meta;
	int rc = rn_block_core(c->block, &core, err);
	if (rc)
		return rc == RN_E_NOMEM ? rc : 0;
	c->calls += core->n;
	rc = check_directory(c, core, err);
	return rc ? rc : check_events(c, err);
}

static int check_images(struct check *c, struct rn_reader *r, struct rn_error *err)
{
	for (size_t i = 0; i < rn_reader_n_modules(r); i++) {
		struct rn_module_image image;
		int rc = rn_reader_module(r, i, &image, err);
		if (rc == RN_E_NOMEM)
			return rc;
		c->images += !rc;
		c->image_bytes += rc ? 0 : image.image.len;
	}
	return 0;
}

static int check_all(struct check *c, struct rn_reader *r, struct rn_error *err)
{
	int rc;
	c->block = rn_block_new();
	if (!c->block)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	while ((rc = rn_reader_next(r, c->block, err)) == 0)
		if ((rc = check_block(c, err)))
			return rc;
	return rc == RN_END ? check_images(c, r, err) : rc;
}

static const char *const verdicts[] = {
	[RN_VERDICT_WHOLE] = "whole",
	[RN_VERDICT_CUT] = "cut short",
	[RN_VERDICT_DAMAGED] = "damaged",
};

static void put_sentence(struct rn_buffer *out, const struct check *c, enum rn_verdict v,
	uint64_t n_damage)
{
	static const char *const words[] = {
		[RN_VERDICT_WHOLE] = "whole: ",
		[RN_VERDICT_CUT] = "cut short, the recording was not closed; saved: ",
		[RN_VERDICT_DAMAGED] = "damaged",
	};
	rn_put_text(out, words[v]);
	if (v == RN_VERDICT_DAMAGED)
		rn_put_format(out, " in %llu place%s; saved: ", (unsigned long long)n_damage,
			n_damage == 1 ? "" : "s");
	rn_put_format(out, "%llu block%s, %llu call%s, %llu other event%s",
		(unsigned long long)c->blocks, c->blocks == 1 ? "" : "s",
		(unsigned long long)c->calls, c->calls == 1 ? "" : "s",
		(unsigned long long)c->meta, c->meta == 1 ? "" : "s");
}

static const struct rn_column columns[] = {
	{ .name = "file", .title = "trace", .type = RN_T_TEXT },
	{ .name = "verdict", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT,
		.doc = "whole, cut short, or damaged" },
	{ .name = "summary", .title = "verdict", .type = RN_T_TEXT },
	{ .name = "complete", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT,
		.doc = "the recording was closed properly" },
	{ .name = "damages", .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
	{ .name = "missing_events", .title = "missing events", .type = RN_T_U64,
		.unit = RN_U_COUNT, .blank_zero = true,
		.doc = "events between the blocks that are there" },
	{ .name = "blocks", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT,
		.doc = "records of calls, previews of unfinished ones among them" },
	{ .name = "events", .title = "other events", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "registers", .title = "with registers", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "stacks", .title = "with stack", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "spans", .title = "pieces of memory", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "images", .title = "module images", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "image_bytes", .title = "size of images", .type = RN_T_U64, .unit = RN_U_BYTES },
	{ .name = "file_bytes", .title = "size", .type = RN_T_U64, .unit = RN_U_BYTES },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static int emit_record(const struct check *c, struct rn_reader *r, const char *path,
	enum rn_verdict v, uint64_t n_damage, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = {
		.name = "verify", .flags = RN_TABLE_RECORD, .columns = columns,
		.n_columns = N_COLUMNS,
	};
	struct rn_buffer sentence = RN_BUFFER_INIT;
	put_sentence(&sentence, c, v, n_damage);
	const struct rn_cell cells[N_COLUMNS] = {
		rn_cell_text(path), rn_cell_text(verdicts[v]),
		rn_cell_bytes(rn_buffer_bytes(&sentence)), rn_cell_bool(rn_reader_complete(r)),
		rn_cell_u64(n_damage), rn_cell_u64(c->missing_events), rn_cell_u64(c->blocks),
		rn_cell_u64(c->calls), rn_cell_u64(c->meta), rn_cell_u64(c->with_regs),
		rn_cell_u64(c->with_stack), rn_cell_u64(c->spans), rn_cell_u64(c->images),
		rn_cell_u64(c->image_bytes), rn_cell_u64(rn_reader_bytes(r)),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	rn_buffer_fini(&sentence);
	return rc;
}

static int emit_lies(const struct check *c, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column lie_columns[] = {
		{ .name = "offset", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 10 },
		{ .name = "problem", .title = "what is wrong", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = {
		.name = "directories", .flags = RN_TABLE_RULED, .columns = lie_columns,
		.n_columns = 2,
	};
	if (!c->n_lies)
		return 0;
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < c->n_lies && !rc; i++) {
		struct rn_cell cells[] = { rn_cell_u64(c->lies[i].offset),
			rn_cell_text(c->lies[i].text) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_verify_emit(struct rn_reader *r, const char *path, struct rn_sink *sink,
	enum rn_verdict *verdict, struct rn_error *err)
{
	struct check c = { .block = NULL };
	int rc = check_all(&c, r, err);
	if (!rc) {
		uint64_t n_damage = rn_reader_n_damage(r) + c.n_lies;
		*verdict = n_damage ? RN_VERDICT_DAMAGED :
			rn_reader_complete(r) ? RN_VERDICT_WHOLE : RN_VERDICT_CUT;
		rc = emit_record(&c, r, path, *verdict, n_damage, sink, err);
	}
	if (!rc)
		rc = rn_damage_table_emit(r, sink, err);
	if (!rc)
		rc = emit_lies(&c, sink, err);
	rn_block_free(c.block);
	free(c.lies);
	return rc;
}

static int emit_verify(const struct rn_tables_options *o, struct rn_reader *r, const char *path,
	struct rn_sink *sink, int *exit_code, struct rn_error *err)
{
	(void)o;
	enum rn_verdict verdict;
	int rc = rn_verify_emit(r, path, sink, &verdict, err);
	if (!rc)
		*exit_code = verdict == RN_VERDICT_WHOLE ? RN_EXIT_FINE : RN_EXIT_UNREADABLE;
	return rc;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	return rn_tables_run(options, in, emit_verify, err);
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_verify = {
	.name = "verify",
	.summary = "check every checksum and every record of a trace",
	.synopsis = synopsis,
	.options = { rn_tables_options },
	.options_size = sizeof(struct rn_tables_options),
	.run = run,
};
