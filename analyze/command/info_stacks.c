/* SPDX-License-Identifier: MIT */
#include "analyze/command/info_stacks.h"

#include "analyze/symbol/frames.h"

#define MAX_BLOCKS 64u

static int look_at_block(struct rn_frames *f, struct rn_block *b, struct rn_error *err)
{
	for (uint32_t k = 0; k < rn_block_info(b)->n_calls; k++) {
		struct rn_event ev;
		uint32_t stack;
		int rc = rn_block_call(b, k, RN_WANT(ARGS) | RN_WANT(REGS) | RN_WANT(STACK), &ev, err);
		if (rc == RN_E_CORRUPT || rc == RN_END)
			return 0;
		if (!rc && !(ev.call.flags & RN_CALL_PENDING))
			rc = rn_frames_of(f, &ev, &stack, NULL, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int look(struct rn_frames *f, struct rn_reader *r, struct rn_error *err)
{
	size_t n = rn_reader_n_blocks(r), looks = n < MAX_BLOCKS ? n : MAX_BLOCKS;
	struct rn_block *b = rn_block_new();
	int rc = b ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < looks && !rc; i++) {
		rc = rn_reader_load(r, i * n / looks, b, err);
		if (!rc)
			rc = look_at_block(f, b, err);
		else if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED)
			rc = 0;
	}
	rn_block_free(b);
	return rc;
}

#define COUNT .type = RN_T_U64, .unit = RN_U_COUNT
static const struct rn_column columns[] = {
	{ .name = "stacks", COUNT, .title = "stacks",
		.doc = "calls with registers that were looked at" },
	{ .name = "complete_share", .title = "complete", .type = RN_T_REAL, .unit = RN_U_PERCENT,
		.decimals = 2, .doc = "of the stacks: they reach the outermost function" },
	{ .name = "complete", COUNT, .title = "complete", .hide = RN_HIDE_TEXT },
	{ .name = "cut", COUNT, .title = "cut", .doc = "the snapshot was too short" },
	{ .name = "lost", COUNT, .title = "lost",
		.doc = "no tables to go on by, or nonsense in memory" },
	{ .name = "deep", COUNT, .title = "too deep", .hide = RN_HIDE_TEXT,
		.doc = "more than 4096 frames" },
	{ .name = "unmapped", COUNT, .title = "before any program",
		.doc = "calls of a process of which no code was known yet; not among the stacks" },
	{ .name = "sufficient_bytes", .title = "sufficient --stack", .type = RN_T_U64,
		.unit = RN_U_BYTES,
		.doc = "what would have been enough for those cut, as far as one can know" },
};

static int emit(const struct rn_stack_counts *c, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = {
		.name = "stacks", .flags = RN_TABLE_RECORD, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
	};
	uint64_t complete = c->ended[RN_STACK_COMPLETE];
	const struct rn_cell cells[] = {
		rn_cell_u64(c->with_snapshot),
		c->with_snapshot ? rn_cell_real(100.0 * (double)complete / (double)c->with_snapshot) :
			rn_cell_null(),
		rn_cell_u64(complete), rn_cell_u64(c->ended[RN_STACK_CUT]),
		rn_cell_u64(c->ended[RN_STACK_LOST]), rn_cell_u64(c->ended[RN_STACK_DEEP]),
		c->unmapped ? rn_cell_u64(c->unmapped) : rn_cell_null(),
		c->sufficient_bytes ? rn_cell_u64(c->sufficient_bytes) : rn_cell_null(),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_info_stacks_emit(struct rn_reader *r, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_frame_options options = { 0 };
	struct rn_frames *f = NULL;
	if (!rn_reader_seekable(r) || !rn_reader_header(r)->stack_bytes)
		return 0;
	int rc = rn_frames_new(&f, &options, r, err);
	if (!rc)
		rc = look(f, r, err);
	if (!rc)
		rc = emit(rn_stacks_counts(rn_frames_stacks(f)), sink, err);
	rn_frames_free(f);
	return rc;
}
