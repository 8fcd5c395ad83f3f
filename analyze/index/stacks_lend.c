/* SPDX-License-Identifier: MIT */
#include "analyze/index/stacks_private.h"

#include "analyze/symbol/frames.h"

#include <stdlib.h>

struct rn_index_loan {
	struct rn_kept_stacks *stacks;
	struct rn_kept_symbols *symbols;
};

int rn_index_lend(struct rn_index_loan **out, struct rn_index *x, const struct rn_stack_parts *parts,
	struct rn_error *err)
{
	struct rn_index_loan *l = x ? calloc(1, sizeof(*l)) : NULL;
	*out = l;
	if (!l)
		return x ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
	l->stacks = rn_kept_stacks_new(x, parts);
	l->symbols = rn_kept_symbols_new(x, parts);
	if (l->symbols)
		rn_symbols_know(parts->symbols, rn_kept_symbols_known(l->symbols));
	if (l->stacks && rn_stacks_know(parts->stacks, rn_kept_stacks_known(l->stacks)))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return 0;
}

void rn_index_loan_free(struct rn_index_loan *l)
{
	if (!l)
		return;
	rn_kept_stacks_free(l->stacks);
	rn_kept_symbols_free(l->symbols);
	free(l);
}

const struct rn_known_stacks *rn_index_loan_stacks(const struct rn_index_loan *l)
{
	return l && l->stacks ? rn_kept_stacks_known(l->stacks) : NULL;
}

void rn_index_loan_end_stacks(struct rn_index_loan *l)
{
	if (!l)
		return;
	rn_kept_stacks_free(l->stacks);
	l->stacks = NULL;
}

bool rn_index_has_stacks(struct rn_index *x, const struct rn_stack_parts *parts)
{
	struct rn_kept_stacks *k = rn_kept_stacks_new(x, parts);
	rn_kept_stacks_free(k);
	return k != NULL;
}

bool rn_trace_has_stacks(const struct rn_reader *r)
{
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++)
		if (rn_reader_block_info(r, i)->section[RN_SECTION_REGS].raw_bytes)
			return true;
	return false;
}

int rn_index_make_stacks(struct rn_index **x, struct rn_reader *r, const char *path, struct rn_diag *diag,
	struct rn_error *err)
{
	static const struct rn_frame_options usual = { .source = false };
	struct rn_frames *f = NULL;
	if (!*x || !rn_trace_has_stacks(r))
		return 0;
	int rc = rn_frames_new_indexed(&f, &usual, r, x, path, true, diag, err);
	if (!rc)
		rc = rn_frames_name_all(f, err);
	rn_frames_free(f);
	return rc;
}
