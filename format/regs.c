/* SPDX-License-Identifier: MIT */
/* A row is coded slot by slot: the program counter by a dictionary of the block, the stack pointer,
 * then the others by the cells of (thread, program counter), with the thread's last row as another
 * guess; last the slots whose value follows from the call ("derived"). */
#include "format/regs.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXTS 512
#define THREADS 256
#define MAX_DERIVED 10

/* Rows of n_regs cells, by context, and of the last values, by thread; each is zeroed when it is first asked for: a
 * block with few calls has few of them. */
struct rn_regs_history {
	uint32_t n_regs;
	uint64_t *last; /* behind the cells */
	uint64_t has_cells[CONTEXTS / 64], has_last[THREADS / 64];
	struct rn_cell cell[];
};

static size_t history_bytes(uint32_t n_regs)
{
	return sizeof(struct rn_regs_history) + n_regs * (CONTEXTS * sizeof(struct rn_cell) +
		THREADS * sizeof(uint64_t));
}

static void history_init(struct rn_regs_history *h, uint32_t n_regs)
{
	memset(h, 0, sizeof(*h));
	h->n_regs = n_regs;
	h->last = (uint64_t *)(h->cell + (size_t)CONTEXTS * n_regs);
}

/* Where the value of a derived slot comes from. */
enum { FROM_ARG = 0, FROM_NR = 6, FROM_PC = 7, FROM_FLAGS = 8 };
struct derived {
	uint8_t slot, from;
};

struct layout {
	uint32_t n_regs;
	uint8_t pc, sp, flags;
};
static const struct layout layouts[] = {
	{ RN_REGS_X86_64, RN_X86_RIP, RN_X86_RSP, RN_X86_EFLAGS },
	{ RN_REGS_AARCH64, 32, 31, 33 },
};

/* By the call's ABI, in rising order of slots: the kernel's calling conventions. */
static const struct rules {
	uint32_t n_regs;
	uint8_t abi, n;
	struct derived derived[MAX_DERIVED];
} rules[] = {
	{ RN_REGS_X86_64, RN_ABI_X86_64, 9,
		{ { RN_X86_R11, FROM_FLAGS }, { RN_X86_R10, FROM_ARG + 3 },
			{ RN_X86_R9, FROM_ARG + 5 }, { RN_X86_R8, FROM_ARG + 4 },
			{ RN_X86_RCX, FROM_PC }, { RN_X86_RDX, FROM_ARG + 2 },
			{ RN_X86_RSI, FROM_ARG + 1 }, { RN_X86_RDI, FROM_ARG + 0 },
			{ RN_X86_ORIG_RAX, FROM_NR } } },
	{ RN_REGS_X86_64, RN_ABI_I386, 7,
		{ { RN_X86_RBP, FROM_ARG + 5 }, { RN_X86_RBX, FROM_ARG + 0 },
			{ RN_X86_RCX, FROM_ARG + 1 }, { RN_X86_RDX, FROM_ARG + 2 },
			{ RN_X86_RSI, FROM_ARG + 3 }, { RN_X86_RDI, FROM_ARG + 4 },
			{ RN_X86_ORIG_RAX, FROM_NR } } },
	{ RN_REGS_AARCH64, RN_ABI_AARCH64, 7,
		{ { 0, FROM_ARG + 0 }, { 1, FROM_ARG + 1 }, { 2, FROM_ARG + 2 },
			{ 3, FROM_ARG + 3 }, { 4, FROM_ARG + 4 }, { 5, FROM_ARG + 5 },
			{ 8, FROM_NR } } },
};

static const struct layout *layout_of(uint32_t n_regs)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].n_regs == n_regs)
			return &layouts[i];
	return NULL;
}

static const struct rules *rules_of(uint32_t n_regs, uint8_t abi)
{
	static const struct rules none = { .n = 0 };
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].n_regs == n_regs && rules[i].abi == abi)
			return &rules[i];
	return &none;
}

int rn_regs_sp_slot(uint32_t n_regs)
{
	const struct layout *l = layout_of(n_regs);
	return l ? l->sp : -1;
}

static uint64_t derive(uint8_t from, const uint64_t *row, const struct layout *l,
	const uint64_t args[6], uint32_t nr)
{
	switch (from) {
	case FROM_NR:
		return nr;
	case FROM_PC:
		return row[l->pc];
	case FROM_FLAGS:
		return row[l->flags];
	default:
		return args[from];
	}
}

static uint64_t derived_slots(const struct rules *r)
{
	uint64_t slots = 0;
	for (unsigned i = 0; i < r->n; i++)
		slots |= (uint64_t)1 << r->derived[i].slot;
	return slots;
}

static bool is_new(uint64_t *map, uint32_t i)
{
	bool had = map[i / 64] >> i % 64 & 1;
	map[i / 64] |= (uint64_t)1 << i % 64;
	return !had;
}

static struct rn_cell *context(struct rn_regs_history *h, uint32_t thread, uint32_t pc)
{
	uint32_t i = (thread * 61 + pc) % CONTEXTS;
	struct rn_cell *row = h->cell + (size_t)i * h->n_regs;
	if (is_new(h->has_cells, i))
		memset(row, 0, h->n_regs * sizeof(*row));
	return row;
}

static uint64_t *last_row(struct rn_regs_history *h, uint32_t thread)
{
	uint64_t *row = h->last + (size_t)(thread % THREADS) * h->n_regs;
	if (is_new(h->has_last, thread % THREADS))
		memset(row, 0, h->n_regs * sizeof(*row));
	return row;
}

int rn_regs_encoder_init(struct rn_regs_encoder *e)
{
	*e = (struct rn_regs_encoder){ .n_regs = 0 };
	return 0; /* a trace without registers needs no history */
}

void rn_regs_encoder_fini(struct rn_regs_encoder *e)
{
	rn_planes_fini(&e->has);
	rn_planes_fini(&e->pc);
	rn_dict_fini(&e->pcs);
	for (unsigned i = 0; i < RN_REGS_CAP; i++)
		rn_buffer_fini(&e->code[i]);
	rn_words_encoder_fini(&e->words);
	free(e->history);
	*e = (struct rn_regs_encoder){ .n_regs = 0 };
}

void rn_regs_encoder_clear(struct rn_regs_encoder *e)
{
	rn_planes_clear(&e->has);
	rn_planes_clear(&e->pc);
	rn_dict_clear(&e->pcs);
	for (unsigned i = 0; i < RN_REGS_CAP; i++)
		rn_buffer_clear(&e->code[i]);
	rn_words_encoder_clear(&e->words);
	if (e->history && e->n_rows)
		history_init(e->history, e->n_regs);
	e->needed = 0;
	e->n_rows = 0;
}

static void put_code(struct rn_regs_encoder *e, unsigned slot, uint8_t code)
{
	rn_put_u8(&e->code[slot], code);
	e->needed |= (uint64_t)(code != 0) << slot;
}

static void put_slot(struct rn_regs_encoder *e, unsigned slot, uint64_t w, uint64_t ref,
	struct rn_cell *cell, uint64_t *last)
{
	uint8_t code = w == cell->latest ? RN_WORD_LATEST :
		w == cell->second ? RN_WORD_SECOND :
		w == cell->third ? RN_WORD_THIRD :
		w == *last ? RN_WORD_OTHER :
		rn_words_put(&e->words, w, ref, cell->latest);
	put_code(e, slot, code);
	rn_cell_learn(cell, w);
	*last = w;
}

static void put_row(struct rn_regs_encoder *e, const struct rn_call *c, uint32_t thread)
{
	const uint64_t *row = c->regs;
	const struct layout *l = layout_of(e->n_regs);
	const struct rules *r = rules_of(e->n_regs, c->abi);
	uint32_t pc = l ? rn_dict_index(&e->pcs, row[l->pc]) : 0;
	if (l)
		rn_planes_put(&e->pc, pc);
	struct rn_cell *cell = context(e->history, thread, pc);
	uint64_t *last = last_row(e->history, thread);
	uint64_t done = derived_slots(r), sp = 0;
	if (l) {
		done |= (uint64_t)1 << l->pc | (uint64_t)1 << l->sp;
		sp = row[l->sp];
		put_slot(e, l->sp, sp, last[l->sp], &cell[l->sp], &last[l->sp]);
	}
	for (unsigned s = 0; s < e->n_regs; s++)
		if (!(done >> s & 1))
			put_slot(e, s, row[s], sp, &cell[s], &last[s]);
	for (unsigned i = 0; i < r->n; i++) {
		unsigned s = r->derived[i].slot;
		uint64_t guess = derive(r->derived[i].from, row, l, c->args, c->nr);
		put_code(e, s, row[s] == guess ? RN_WORD_LATEST :
			rn_words_put(&e->words, row[s], sp, guess));
	}
	e->n_rows++;
}

void rn_regs_put(struct rn_regs_encoder *e, const struct rn_call *c, uint32_t thread)
{
	rn_planes_put(&e->has, c->regs != NULL);
	if (!c->regs)
		return;
	if (!e->history) {
		e->history = malloc(history_bytes(e->n_regs));
		if (!e->history) {
			e->has.failed = true;
			return;
		}
		history_init(e->history, e->n_regs);
	}
	put_row(e, c, thread);
}

size_t rn_regs_bytes(const struct rn_regs_encoder *e)
{
	if (!e->n_rows)
		return 0;
	return 16 + rn_planes_bytes(&e->has) + rn_planes_bytes(&e->pc) + 6 * (size_t)e->pcs.n +
		(size_t)__builtin_popcountll(e->needed) * e->n_rows + rn_words_bytes(&e->words);
}

void rn_regs_encode(struct rn_buffer *out, const struct rn_regs_encoder *e)
{
	if (e->has.failed)
		out->failed = true;
	if (!e->n_rows)
		return;
	rn_put_varint(out, e->n_regs);
	rn_planes_encode(out, &e->has);
	if (layout_of(e->n_regs)) {
		rn_put_varint(out, e->pcs.n);
		for (uint32_t i = 0; i < e->pcs.n; i++)
			rn_put_svarint(out,
				(int64_t)(e->pcs.keys[i] - (i ? e->pcs.keys[i - 1] : 0)));
		rn_planes_encode(out, &e->pc);
	}
	rn_put_varint(out, e->needed);
	for (unsigned s = 0; s < e->n_regs; s++) {
		if (e->needed >> s & 1)
			rn_put_bytes(out, e->code[s].p, e->code[s].len);
		if (!rn_buffer_ok(&e->code[s]))
			out->failed = true;
	}
	rn_words_encode(out, &e->words);
}

/* Decoding. */

struct rows {
	uint32_t n_regs, n_rows, n_pcs;
	uint64_t *has, *pc_index, *pcs;
	const uint8_t *code[RN_REGS_CAP]; /* NULL: all zero */
	struct rn_words_decoder words;
	struct rn_regs_history *history;
};

static int take_pcs(struct rows *r, struct rn_cursor *c, struct rn_arena *arena)
{
	uint64_t n = rn_take_varint(c);
	if (n > r->n_rows || n > rn_cursor_left(c)) {
		c->bad = true;
		return 0;
	}
	r->n_pcs = (uint32_t)n;
	r->pcs = rn_arena_alloc(arena, n + 1, sizeof(*r->pcs));
	r->pc_index = rn_arena_alloc(arena, r->n_rows + 1, sizeof(*r->pc_index));
	if (!r->pcs || !r->pc_index)
		return RN_E_NOMEM;
	for (uint64_t i = 0; i < n; i++)
		r->pcs[i] = (i ? r->pcs[i - 1] : 0) + (uint64_t)rn_take_svarint(c);
	rn_planes_decode(c, r->pc_index, r->n_rows);
	for (uint32_t i = 0; i < r->n_rows; i++)
		if (r->pc_index[i] >= n)
			c->bad = true;
	return 0;
}

static void take_codes(struct rows *r, struct rn_cursor *c)
{
	uint64_t counts[RN_WORD_CODES] = { 0 };
	uint64_t needed = rn_take_varint(c);
	bool bad = r->n_regs < 64 && needed >> r->n_regs;
	for (unsigned s = 0; s < r->n_regs; s++) {
		if (!(needed >> s & 1))
			continue;
		struct rn_bytes b = rn_take_bytes(c, r->n_rows);
		r->code[s] = b.p;
		rn_words_count(counts, b.p, b.len, &bad);
	}
	rn_words_open(&r->words, c, counts);
	if (bad)
		c->bad = true;
}

static int open_rows(struct rows *r, struct rn_cursor *c, uint32_t n, struct rn_arena *arena)
{
	uint64_t n_regs = rn_take_varint(c);
	if (n_regs == 0 || n_regs > RN_REGS_CAP) {
		c->bad = true;
		return 0;
	}
	r->n_regs = (uint32_t)n_regs;
	r->has = rn_arena_alloc(arena, n, sizeof(*r->has));
	r->history = rn_arena_alloc(arena, 1, history_bytes(r->n_regs));
	if (!r->has || !r->history)
		return RN_E_NOMEM;
	history_init(r->history, r->n_regs);
	rn_planes_decode(c, r->has, n);
	for (uint32_t i = 0; i < n; i++)
		r->n_rows += r->has[i] != 0;
	if (rn_cursor_ok(c) && layout_of(r->n_regs) && take_pcs(r, c, arena))
		return RN_E_NOMEM;
	if (rn_cursor_ok(c))
		take_codes(r, c);
	return 0;
}

static uint8_t code_of(const struct rows *r, unsigned slot, uint32_t i)
{
	return r->code[slot] ? r->code[slot][i] : 0;
}

static uint64_t take_slot(struct rows *r, unsigned slot, uint32_t i, uint64_t ref,
	struct rn_cell *cell, uint64_t *last)
{
	uint8_t code = code_of(r, slot, i);
	uint64_t w = code == RN_WORD_LATEST ? cell->latest :
		code == RN_WORD_SECOND ? cell->second :
		code == RN_WORD_THIRD ? cell->third :
		code == RN_WORD_OTHER ? *last :
		rn_words_take(&r->words, code, ref, cell->latest);
	rn_cell_learn(cell, w);
	*last = w;
	return w;
}

/* Row i of the section; false when a derived slot has a code that only cells have. */
static bool take_row(struct rows *r, uint32_t i, uint64_t *row, uint32_t thread, uint8_t abi,
	uint32_t nr, const uint64_t args[6])
{
	const struct layout *l = layout_of(r->n_regs);
	const struct rules *rule = rules_of(r->n_regs, abi);
	uint32_t pc = l ? (uint32_t)r->pc_index[i] : 0;
	struct rn_cell *cell = context(r->history, thread, pc);
	uint64_t *last = last_row(r->history, thread);
	uint64_t done = derived_slots(rule), sp = 0;
	if (l) {
		done |= (uint64_t)1 << l->pc | (uint64_t)1 << l->sp;
		row[l->pc] = r->pcs[pc];
		sp = take_slot(r, l->sp, i, last[l->sp], &cell[l->sp], &last[l->sp]);
		row[l->sp] = sp;
	}
	for (unsigned s = 0; s < r->n_regs; s++)
		if (!(done >> s & 1))
			row[s] = take_slot(r, s, i, sp, &cell[s], &last[s]);
	for (unsigned k = 0; k < rule->n; k++) {
		unsigned s = rule->derived[k].slot;
		uint64_t guess = derive(rule->derived[k].from, row, l, args, nr);
		uint8_t code = code_of(r, s, i);
		if (code > 0 && code < RN_WORD_SMALL)
			return false;
		row[s] = code ? rn_words_take(&r->words, code, sp, guess) : guess;
	}
	return true;
}

int rn_regs_decode(struct rn_regs_decoded *out, struct rn_bytes raw,
	const struct rn_core_decoded *core, const uint64_t (*args)[6], struct rn_arena *arena,
	struct rn_error *err)
{
	uint32_t n = core->core.n;
	struct rows r = { .n_regs = 0 };
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	if (open_rows(&r, &c, n, arena))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rn_cursor_ok(&c))
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	const uint64_t **rows = rn_arena_zalloc(arena, n, sizeof(*rows));
	uint64_t *row = rn_arena_alloc(arena, (size_t)r.n_rows * r.n_regs, sizeof(*row));
	if (!rows || !row)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0, taken = 0; i < n; i++) {
		if (!r.has[i])
			continue;
		if (!take_row(&r, taken++, row, core->thread[i], core->core.abi[i],
			    core->core.nr[i], args[i]))
			return rn_fail(err, RN_E_CORRUPT, "row %u makes no sense", i);
		rows[i] = row;
		row += r.n_regs;
	}
	*out = (struct rn_regs_decoded){ r.n_regs, rows };
	return 0;
}
