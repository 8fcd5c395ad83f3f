/* SPDX-License-Identifier: MIT */
#include "analyze/stack/cfi.h"

#include "analyze/stack/cfi_entry.h"

#include <stdlib.h>

/* Bytes of programs run for one image. Real ones need a few hundred for each address asked for; a
 * hostile one could have a program of megabytes. */
#define WORK_BYTES ((uint64_t)1 << 30)

struct entry {
	uint64_t begin;
	uint32_t len;
	uint32_t at; /* of the FDE in its section */
};

struct table {
	struct rn_cfi_section section;
	struct entry *entry; /* by begin */
	size_t n, cap;
};

struct rn_cfi {
	struct table table[2]; /* .eh_frame, .debug_frame */
	uint64_t work_left;
};

static int by_begin(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool add(struct table *t, const struct rn_fde *f, uint64_t at)
{
	if (f->len > UINT32_MAX || at > UINT32_MAX)
		return true;
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		struct entry *more = realloc(t->entry, cap * sizeof(*more));
		if (!more)
			return false;
		t->entry = more;
		t->cap = cap;
	}
	t->entry[t->n++] = (struct entry){ f->begin, (uint32_t)f->len, (uint32_t)at };
	return true;
}

static bool list_entries(struct table *t)
{
	uint64_t at = 0, cie_at = 0, known_cie = UINT64_MAX;
	struct rn_bytes body;
	struct rn_fde f = { 0 };
	bool good = false, sorted = true;
	for (;;) {
		uint64_t here = at;
		enum rn_cfi_kind kind = rn_cfi_next(&t->section, &at, &cie_at, &body);
		if (kind == RN_CFI_END)
			break;
		if (kind != RN_CFI_FDE)
			continue;
		if (cie_at != known_cie) {
			good = rn_cfi_cie(&t->section, cie_at, &f.cie);
			known_cie = cie_at;
		}
		if (!good || !rn_cfi_fde(&t->section, body, &f))
			continue;
		if (!add(t, &f, here))
			return false;
		sorted = sorted && (t->n < 2 || t->entry[t->n - 2].begin <= f.begin);
	}
	if (!sorted)
		qsort(t->entry, t->n, sizeof(*t->entry), by_begin);
	return true;
}

struct rn_cfi *rn_cfi_new(const struct rn_code *code)
{
	struct rn_cfi *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->work_left = WORK_BYTES;
	c->table[0].section = (struct rn_cfi_section){ code->eh_frame, true, code->word_bytes,
		code->eh_frame_hdr.addr };
	c->table[1].section = (struct rn_cfi_section){ code->debug_frame, false, code->word_bytes, 0 };
	if (list_entries(&c->table[0]) && list_entries(&c->table[1]))
		return c;
	rn_cfi_free(c);
	return NULL;
}

void rn_cfi_free(struct rn_cfi *c)
{
	if (!c)
		return;
	free(c->table[0].entry);
	free(c->table[1].entry);
	free(c);
}

size_t rn_cfi_n_entries(const struct rn_cfi *c)
{
	return c->table[0].n + c->table[1].n;
}

/* A function that makes a thread ends its entry where the system call instruction begins, because from
 * there on it would be wrong in the child (glibc's clone, clone3); in the parent it still holds. */
#define SYSCALL_BYTES 2

/* The last entry that begins at or before addr, if it ends at most `slack` bytes before addr. */
static const struct entry *find(const struct table *t, uint64_t addr, uint32_t slack)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (t->entry[mid].begin <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || addr - t->entry[low - 1].begin >= (uint64_t)t->entry[low - 1].len + slack)
		return NULL;
	return &t->entry[low - 1];
}

static bool row_of(struct rn_cfi *c, const struct table *t, uint64_t addr, uint32_t slack,
	struct rn_cfi_row *row)
{
	const struct entry *e = find(t, addr, slack);
	uint64_t at = e ? e->at : 0, cie_at;
	struct rn_bytes body;
	struct rn_fde f;
	if (!e || rn_cfi_next(&t->section, &at, &cie_at, &body) != RN_CFI_FDE ||
		!rn_cfi_cie(&t->section, cie_at, &f.cie) || !rn_cfi_fde(&t->section, body, &f))
		return false;
	uint64_t work = f.cie.program.len + f.program.len;
	if (work > c->work_left)
		return false;
	c->work_left -= work;
	return rn_cfi_run(&t->section, &f, addr, row);
}

bool rn_cfi_row(struct rn_cfi *c, uint64_t addr, struct rn_cfi_row *row)
{
	for (uint32_t slack = 0; slack <= SYSCALL_BYTES; slack += SYSCALL_BYTES)
		for (unsigned i = 0; i < 2; i++)
			if (row_of(c, &c->table[i], addr, slack, row))
				return true;
	return false;
}
