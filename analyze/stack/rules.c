/* SPDX-License-Identifier: MIT */
#include "analyze/stack/rules.h"

#include "analyze/stack/stacks.h"

#include <stdlib.h>

#define MAX_ROWS ((uint32_t)1 << 20)
/* Of a _start without tables: it sets up the arguments of one call. */
#define START_BYTES 64

struct rn_rules_image {
	bool looked;          /* and there was one */
	struct rn_code code;
	struct rn_cfi *cfi;
	struct rn_idmap rows; /* by address: index into row, or 0 for an address without */
	const struct rn_small_row **row;
	uint32_t n_rows, cap_rows;
};

void rn_rules_init(struct rn_rules *r, struct rn_modules_table *modules)
{
	*r = (struct rn_rules){ .modules = modules, .rows = RN_ARENA_INIT };
}

static void forget_rows(struct rn_rules *r)
{
	for (uint32_t i = 0; i < r->n_images; i++) {
		rn_idmap_fini(&r->image[i].rows);
		r->image[i].n_rows = 0;
	}
	rn_arena_clear(&r->rows);
	r->n_rows = 0;
	r->revision++;
}

void rn_rules_fini(struct rn_rules *r)
{
	for (uint32_t i = 0; i < r->n_images; i++) {
		rn_idmap_fini(&r->image[i].rows);
		free(r->image[i].row);
		rn_cfi_free(r->image[i].cfi);
		rn_code_close(&r->image[i].code);
	}
	free(r->image);
	rn_arena_fini(&r->rows);
	*r = (struct rn_rules){ 0 };
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for unwinding");
}

static int image_of(struct rn_rules *r, uint32_t module, struct rn_rules_image **out,
	struct rn_error *err)
{
	if (module >= r->n_images) {
		uint32_t n = rn_modules_n(r->modules);
		struct rn_rules_image *more = realloc(r->image, n * sizeof(*more));
		if (!more)
			return no_memory(err);
		memset(more + r->n_images, 0, (n - r->n_images) * sizeof(*more));
		r->image = more;
		r->n_images = n;
	}
	struct rn_rules_image *im = &r->image[module];
	struct rn_bytes elf;
	*out = im;
	if (im->looked)
		return 0;
	int rc = rn_modules_image(r->modules, module, &elf, err);
	if (rc || !elf.len)
		return rc; /* on a pipe it may still come */
	im->looked = true;
	if (rn_code_open(&im->code, elf)) {
		im->cfi = rn_cfi_new(&im->code);
		if (!im->cfi)
			return no_memory(err);
	}
	return 0;
}

static const struct rn_small_row *make_small(struct rn_rules *r, const struct rn_cfi_row *row)
{
	struct rn_small_row *small = rn_arena_alloc(&r->rows, 1, sizeof(*small));
	unsigned n = 0;
	for (unsigned i = 0; i < RN_CFI_COLUMNS; i++)
		n += row->rule[i].kind != RN_RULE_SAME;
	struct rn_column_rule *rule = rn_arena_alloc(&r->rows, n, sizeof(*rule));
	if (!small || !rule)
		return NULL;
	*small = (struct rn_small_row){
		.begin = row->begin,
		.cfa_is_expr = row->cfa_is_expr, .signal_frame = row->signal_frame,
		.cfa_column = row->cfa_column, .ra_column = row->ra_column,
		.n_rules = (uint8_t)n, .cfa_offset = row->cfa_offset, .cfa_expr = row->cfa_expr,
		.rule = rule,
	};
	for (unsigned i = 0; i < RN_CFI_COLUMNS; i++) {
		if (row->rule[i].kind == RN_RULE_SAME)
			continue;
		*rule++ = (struct rn_column_rule){ (uint8_t)i, row->rule[i] };
		small->copies |= row->rule[i].kind >= RN_RULE_REGISTER;
	}
	return small;
}

static int keep_row(struct rn_rules *r, struct rn_rules_image *im, uint64_t addr,
	const struct rn_small_row *row)
{
	if (im->n_rows + 1 >= im->cap_rows) {
		uint32_t cap = im->cap_rows ? im->cap_rows * 2 : 64;
		const struct rn_small_row **more = realloc(im->row, cap * sizeof(*more));
		if (!more)
			return RN_E_NOMEM;
		im->row = more;
		im->cap_rows = cap;
	}
	im->row[0] = NULL;
	if (row)
		im->row[++im->n_rows] = row;
	r->n_rows++;
	return rn_idmap_put(&im->rows, addr, row ? im->n_rows : 0);
}

static int row_at(struct rn_rules *r, struct rn_rules_image *im, uint64_t addr,
	const struct rn_small_row **out)
{
	uint32_t known = rn_idmap_find(&im->rows, addr);
	*out = NULL;
	if (known != RN_IDMAP_NONE) {
		*out = im->row[known];
		return 0;
	}
	if (r->n_rows >= MAX_ROWS)
		forget_rows(r);
	struct rn_cfi_row row;
	if (im->cfi && rn_cfi_row(im->cfi, addr, &row)) {
		*out = make_small(r, &row);
		if (!*out)
			return RN_E_NOMEM;
	}
	return keep_row(r, im, addr, *out);
}

int rn_rules_spot(struct rn_rules *r, uint32_t utid, uint64_t at_ns, uint64_t addr,
	struct rn_spot *out, struct rn_error *err)
{
	struct rn_place place;
	*out = (struct rn_spot){ .module = RN_NO_MODULE, .addr = addr };
	if (!rn_modules_find(r->modules, utid, at_ns, addr, &place))
		return 0;
	out->module = place.module;
	if (rn_modules_at(r->modules, place.module)->is_jit)
		return 0;
	struct rn_rules_image *im = NULL;
	int rc = image_of(r, place.module, &im, err);
	if (rc)
		return rc;
	out->addr = place.file_offset;
	if (!rn_code_addr(&im->code, place.file_offset, &out->addr))
		return 0;
	if (row_at(r, im, out->addr, &out->row))
		return no_memory(err);
	uint64_t entry = im->code.entry;
	out->is_start = entry && (out->row ? out->row->begin == entry :
		out->addr >= entry && out->addr - entry < START_BYTES);
	out->go_base = rn_go_base_at(&im->code.go, out->addr);
	return 0;
}
