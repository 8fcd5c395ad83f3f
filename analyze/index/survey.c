/* SPDX-License-Identifier: MIT */
/* Packed facts: for path, fd_path, target a length of 4 bytes (all ones: there is none) and the text; then
 * the other places in the same way. A target is often the path, the descriptor's, or the one below the
 * other: that is a length below all ones, without text. */
#include "analyze/index/survey.h"

#include "analyze/call_files.h"
#include "analyze/decode/memory.h"
#include "shared/cursor.h"

#include <stdlib.h>

#define NONE UINT32_MAX
#define SAME_AS_PATH (NONE - 1)
#define SAME_AS_FD_PATH (NONE - 2)
#define PATH_BELOW_FD (NONE - 3)

int rn_survey_init(struct rn_survey *s, struct rn_error *err)
{
	memset(s, 0, sizeof(*s));
	s->keys = rn_intern_new();
	s->block = rn_block_new();
	if (!s->keys || !s->block)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return rn_groups_init(&s->tallies, sizeof(struct rn_tally), err);
}

void rn_survey_fini(struct rn_survey *s)
{
	rn_intern_free(s->keys);
	rn_groups_fini(&s->tallies);
	rn_buffer_fini(&s->key);
	rn_buffer_fini(&s->scratch);
	rn_block_free(s->block);
	free(s->files);
	free(s->order);
}

static void put_text(struct rn_buffer *b, bool has, struct rn_bytes s)
{
	rn_put_u32(b, has ? (uint32_t)s.len : NONE);
	if (has)
		rn_put_bytes(b, s.p, s.len);
}

static bool take_text(struct rn_bytes *from, bool *has, struct rn_bytes *out)
{
	if (from->len < 4)
		return false;
	uint32_t len = (uint32_t)from->p[0] | (uint32_t)from->p[1] << 8 | (uint32_t)from->p[2] << 16 |
		(uint32_t)from->p[3] << 24;
	*has = len != NONE;
	len = *has ? len : 0;
	if (len > from->len - 4)
		return false;
	*out = rn_bytes_of(from->p + 4, len);
	*from = rn_bytes_of(from->p + 4 + len, from->len - 4 - len);
	return true;
}

static bool is_below(struct rn_bytes whole, struct rn_bytes folder, struct rn_bytes name)
{
	return whole.len == folder.len + 1 + name.len && folder.len && name.len &&
		memcmp(whole.p, folder.p, folder.len) == 0 && whole.p[folder.len] == '/' &&
		memcmp(whole.p + folder.len + 1, name.p, name.len) == 0;
}

void rn_file_facts_pack(struct rn_buffer *out, const struct rn_file_facts *f)
{
	put_text(out, f->has_path, f->path);
	put_text(out, f->has_fd_path, f->fd_path);
	if (f->has_target && f->has_path && rn_bytes_equal(f->target, f->path))
		rn_put_u32(out, SAME_AS_PATH);
	else if (f->has_target && f->has_fd_path && rn_bytes_equal(f->target, f->fd_path))
		rn_put_u32(out, SAME_AS_FD_PATH);
	else if (f->has_target && f->has_path && f->has_fd_path && is_below(f->target, f->fd_path, f->path))
		rn_put_u32(out, PATH_BELOW_FD);
	else
		put_text(out, f->has_target, f->target);
}

static bool join(struct rn_file_facts *f, struct rn_arena *arena)
{
	size_t len = f->fd_path.len + 1 + f->path.len;
	uint8_t *whole = rn_arena_alloc(arena, len, 1);
	if (!whole || !f->fd_path.len || !f->path.len)
		return false;
	memcpy(whole, f->fd_path.p, f->fd_path.len);
	whole[f->fd_path.len] = '/';
	memcpy(whole + f->fd_path.len + 1, f->path.p, f->path.len);
	f->target = rn_bytes_of(whole, len);
	return true;
}

static bool take_target(struct rn_file_facts *f, struct rn_bytes *from, struct rn_arena *arena)
{
	uint32_t len = (uint32_t)rn_field_u(*from, 0, 4);
	if (from->len < 4 || len < PATH_BELOW_FD || len == NONE)
		return take_text(from, &f->has_target, &f->target);
	*from = rn_bytes_of(from->p + 4, from->len - 4);
	f->has_target = true;
	f->target = len == SAME_AS_PATH ? f->path : f->fd_path;
	return len != PATH_BELOW_FD || join(f, arena);
}

bool rn_file_facts_unpack(struct rn_file_facts *f, struct rn_bytes key, struct rn_arena *arena)
{
	bool ok = take_text(&key, &f->has_path, &f->path) &&
		take_text(&key, &f->has_fd_path, &f->fd_path) && take_target(f, &key, arena);
	f->more = key;
	return ok;
}

bool rn_file_facts_next(struct rn_bytes *more, struct rn_bytes *text)
{
	bool has;
	return take_text(more, &has, text) && has;
}

/* The three facts, and the key so far. */
struct known {
	struct rn_buffer *key;
	struct rn_bytes text[3];
	bool has[3];
};

static int add_place(void *arg, struct rn_bytes place)
{
	const struct known *k = arg;
	for (unsigned i = 0; i < 3; i++)
		if (k->has[i] && rn_bytes_equal(k->text[i], place))
			return 0;
	put_text(k->key, true, place);
	return 0;
}

/* The target may lie in scratch, so it is in the key before the places are visited. */
static int pack(struct rn_survey *s, const struct rn_model *m, const struct rn_event *ev)
{
	struct known k = { .key = &s->key };
	rn_buffer_clear(&s->key);
	rn_buffer_clear(&s->scratch);
	k.has[0] = rn_call_path(ev, &k.text[0]);
	k.has[1] = rn_call_fd_path(m, ev, &k.text[1]);
	k.has[2] = rn_call_target(m, ev, &s->scratch, &k.text[2]);
	if (!k.has[0] && !k.has[1] && !k.has[2])
		return 0;
	const struct rn_file_facts facts = { k.has[0], k.has[1], k.has[2], k.text[0], k.text[1], k.text[2],
		{ 0 } };
	rn_file_facts_pack(&s->key, &facts);
	struct rn_bytes target = k.text[2];
	char copy[4096];
	if (k.has[2] && target.len <= sizeof(copy)) {
		memcpy(copy, target.p, target.len);
		k.text[2] = rn_bytes_of(copy, target.len);
	} else {
		k.has[2] = false;
	}
	rn_call_places(m, ev, &s->scratch, add_place, &k);
	return rn_buffer_ok(&s->key) ? 1 : RN_E_NOMEM;
}

static int survey_files(struct rn_survey *s, const struct rn_core *core, uint32_t k,
	const struct rn_model *m)
{
	struct rn_event ev;
	s->files[k] = 0;
	if (!rn_file_uses((enum rn_abi)core->abi[k], core->nr[k]))
		return 0;
	int rc = rn_block_call(s->block, k, RN_CALL_FILES_WANT, &ev, NULL);
	if (rc == RN_E_NOMEM)
		return rc;
	if (rc) {
		s->damaged = true;
		return 0;
	}
	rc = pack(s, m, &ev);
	if (rc <= 0)
		return rc;
	uint32_t id = rn_intern(s->keys, rn_buffer_bytes(&s->key), NULL);
	s->files[k] = id + 1;
	return id == RN_INTERN_NONE ? RN_E_NOMEM : 0;
}

static int survey_tally(struct rn_survey *s, const struct rn_core *core, uint32_t k, struct rn_error *err)
{
	const struct rn_survey_key key = { core->utid[k], core->abi[k], core->nr[k] };
	const struct rn_tally nothing = RN_TALLY_INIT;
	struct rn_tally *t = rn_groups_row(&s->tallies, rn_bytes_of(&key, sizeof(key)), err);
	if (!t)
		return RN_E_NOMEM;
	if (!t->calls)
		*t = nothing;
	struct rn_tally one = nothing;
	one.calls = 1;
	one.errors = (core->flags[k] & RN_CALL_ERROR) != 0;
	one.unfinished = core->flags[k] & RN_CALL_UNFINISHED;
	if (!one.unfinished) {
		one.min_ns = one.max_ns = core->dur_ns[k];
		one.total_ns = core->dur_ns[k];
	}
	rn_tally_merge(t, &one);
	return 0;
}

#define GROUP_BITS 10 /* numbers beyond are one group */
#define GROUPS ((RN_ABI_COUNT << GROUP_BITS) + 1)

static uint32_t group_of(unsigned abi, uint32_t nr)
{
	return abi < RN_ABI_COUNT && !(nr >> GROUP_BITS) ? abi << GROUP_BITS | nr : GROUPS - 1;
}

uint32_t rn_survey_order(const struct rn_core *core, uint32_t *order)
{
	uint32_t at[GROUPS + 1] = { 0 };
	uint8_t uses[GROUPS] = { 0 };
	for (uint32_t k = 0; k < core->n; k++)
		at[group_of(core->abi[k], core->nr[k]) + 1]++;
	for (uint32_t g = 0, n = 0; g < GROUPS; g++) {
		uint32_t here = at[g + 1];
		uses[g] = here && (g == GROUPS - 1 ||
			rn_file_uses((enum rn_abi)(g >> GROUP_BITS), g & ((1u << GROUP_BITS) - 1)));
		at[g] = n;
		n += uses[g] ? here : 0;
		if (g == GROUPS - 1)
			at[GROUPS] = n;
	}
	uint32_t total = at[GROUPS];
	for (uint32_t k = 0; k < core->n; k++) {
		uint32_t g = group_of(core->abi[k], core->nr[k]);
		if (uses[g])
			order[at[g]++] = k;
	}
	return total;
}

static int make_room(struct rn_survey *s, uint32_t n)
{
	if (n <= s->cap)
		return 0;
	uint32_t *files = realloc(s->files, n * sizeof(*files));
	if (files)
		s->files = files;
	uint32_t *order = realloc(s->order, n * sizeof(*order));
	if (order)
		s->order = order;
	if (!files || !order)
		return RN_E_NOMEM;
	s->cap = n;
	return 0;
}

int rn_survey_block(struct rn_survey *s, const struct rn_reader *r, size_t i, const struct rn_model *m,
	struct rn_orphans *orphans, struct rn_error *err)
{
	const struct rn_core *core;
	s->n_calls = s->n_order = 0;
	s->damaged = false;
	rn_intern_clear(s->keys);
	rn_intern_clear(s->tallies.keys);
	int rc = rn_reader_load(r, i, s->block, err);
	if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED) {
		s->damaged = true;
		return 0;
	}
	if (!rc)
		rc = rn_block_core(s->block, &core, err);
	if (!rc && make_room(s, core->n))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t k = 0; !rc && k < core->n; k++) {
		bool counts = !(core->flags[k] & RN_CALL_PENDING) ||
			rn_orphans_has(orphans, core->utid[k], core->ts_ns[k]);
		rc = survey_files(s, core, k, m);
		if (!rc && counts)
			rc = survey_tally(s, core, k, err);
		if (rc == RN_E_NOMEM)
			rn_fail(err, rc, "out of memory");
	}
	s->n_calls = rc ? 0 : core->n;
	s->n_order = rc ? 0 : rn_survey_order(core, s->order);
	return rc;
}
