/* SPDX-License-Identifier: MIT */
#include "analyze/index/survey.h"

#include "analyze/decode/memory.h"
#include "analyze/index/pages.h"
#include "analyze/model/call_files.h"
#include "format/squeeze.h"
#include "shared/syscall.h"

#include <stdlib.h>

int rn_survey_init(struct rn_survey *s, struct rn_error *err)
{
	memset(s, 0, sizeof(*s));
	s->keys = rn_intern_new();
	s->block = rn_block_new();
	s->z = rn_squeeze_new(1);
	if (!s->keys || !s->block || !s->z)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int rc = rn_groups_init(&s->tallies, sizeof(struct rn_tally), err);
	if (!rc)
		rc = rn_block_uses_init(&s->uses, err);
	return rc ? rc : rn_groups_init(&s->histograms, sizeof(struct rn_histogram), err);
}

void rn_survey_fini(struct rn_survey *s)
{
	rn_intern_free(s->keys);
	rn_groups_fini(&s->tallies);
	rn_groups_fini(&s->histograms);
	rn_block_uses_fini(&s->uses);
	rn_meta_encoder_fini(&s->events);
	rn_idmap_fini(&s->others);
	rn_file_coder_fini(&s->coder);
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		rn_buffer_fini(&s->piece[i]);
	rn_buffer_fini(&s->packed);
	rn_buffer_fini(&s->key);
	rn_buffer_fini(&s->scratch);
	rn_block_free(s->block);
	rn_squeeze_free(s->z);
	free(s->other);
	rn_arena_fini(&s->text);
	free(s->facts);
	free(s->files);
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
	rn_file_facts_add(k->key, place);
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

/* Whether a call of this number is about what its one descriptor leads to, or about no file. */
static bool is_of_one(struct rn_survey *s, enum rn_abi abi, uint32_t nr)
{
	unsigned at = (nr + 31 * abi) % RN_SURVEY_SLOTS, n = 0;
	if (s->kind[at].known && s->kind[at].nr == nr && s->kind[at].abi == abi)
		return s->kind[at].alone;
	const struct rn_syscall *d = rn_syscall(abi, nr);
	for (unsigned i = 0; d && i < 6; i++)
		n += d->arg[i].kind == RN_ARG_FD || d->arg[i].kind == RN_ARG_DIRFD;
	s->kind[at].nr = nr;
	s->kind[at].abi = (uint8_t)abi;
	s->kind[at].alone = n == 1 && !(rn_file_uses(abi, nr) & (RN_USES_PATH | RN_MAKES_FD));
	s->kind[at].known = 1;
	return s->kind[at].alone;
}

/* What pack says of such a call, with one question to the model; equal texts lie at one place there. */
static int survey_plain(struct rn_survey *s, uint32_t k, const struct rn_model *m, const struct rn_event *ev)
{
	struct rn_bytes text;
	if (!rn_call_fd_path(m, ev, &text))
		return 0;
	unsigned at = (unsigned)((uintptr_t)text.p >> 3) % RN_SURVEY_SLOTS;
	if (s->plain[at].text != text.p) {
		const struct rn_file_facts facts = { false, true, true, { 0 }, text, text, { 0 } };
		rn_buffer_clear(&s->key);
		rn_file_facts_pack(&s->key, &facts);
		uint32_t id = rn_buffer_ok(&s->key) ? rn_intern(s->keys, rn_buffer_bytes(&s->key), NULL) :
			RN_INTERN_NONE;
		if (id == RN_INTERN_NONE)
			return RN_E_NOMEM;
		s->plain[at].text = text.p;
		s->plain[at].file = id + 1;
	}
	s->files[k] = s->plain[at].file;
	return 0;
}

static int survey_files(struct rn_survey *s, const struct rn_core *core, uint32_t k,
	const struct rn_model *m)
{
	struct rn_event ev;
	bool one = is_of_one(s, (enum rn_abi)core->abi[k], core->nr[k]);
	s->files[k] = 0;
	if (!one && !rn_file_uses((enum rn_abi)core->abi[k], core->nr[k]))
		return 0;
	int rc = rn_block_call(s->block, k, one ? RN_WANT(ARGS) : RN_CALL_FILES_WANT, &ev, NULL);
	if (rc == RN_E_NOMEM)
		return rc;
	if (rc) {
		s->damaged = true;
		return 0;
	}
	if (one)
		return survey_plain(s, k, m, &ev);
	rc = pack(s, m, &ev);
	if (rc <= 0)
		return rc;
	uint32_t id = rn_intern(s->keys, rn_buffer_bytes(&s->key), NULL);
	s->files[k] = id + 1;
	return id == RN_INTERN_NONE ? RN_E_NOMEM : 0;
}

/* The row's number, through a small cache. */
static struct rn_tally *tally_of(struct rn_survey *s, const struct rn_survey_key *key, struct rn_error *err)
{
	unsigned h = (key->nr * 31 + key->utid * 7 + key->abi) % RN_SURVEY_SLOTS;
	const struct rn_survey_key *has = &s->slot[h].key;
	if (s->slot[h].row && has->utid == key->utid && has->nr == key->nr && has->abi == key->abi)
		return rn_groups_at(&s->tallies, s->slot[h].row - 1);
	struct rn_tally *t = rn_groups_row(&s->tallies, rn_bytes_of(key, sizeof(*key)), err);
	if (!t)
		return NULL;
	if (!t->calls)
		*t = (struct rn_tally)RN_TALLY_INIT;
	s->slot[h].key = *key;
	s->slot[h].row = 1 + (uint32_t)(t - (struct rn_tally *)rn_groups_at(&s->tallies, 0));
	return t;
}

static int survey_tally(struct rn_survey *s, const struct rn_core *core, uint32_t k, struct rn_error *err)
{
	const struct rn_survey_key key = { core->utid[k], core->abi[k], core->nr[k] };
	struct rn_tally *t = tally_of(s, &key, err);
	if (!t)
		return RN_E_NOMEM;
	struct rn_tally one = RN_TALLY_INIT;
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

/* Call after call is often of the same number. */
static int survey_latencies(struct rn_survey *s, const struct rn_core *core, struct rn_error *err)
{
	struct rn_histogram *h = NULL;
	uint32_t key[2] = { UINT32_MAX, UINT32_MAX };
	rn_intern_clear(s->histograms.keys);
	for (uint32_t k = 0; k < core->n; k++) {
		if (core->flags[k] & RN_CALL_UNFINISHED)
			continue;
		if (!h || key[0] != core->abi[k] || key[1] != core->nr[k]) {
			key[0] = core->abi[k];
			key[1] = core->nr[k];
			h = rn_groups_row(&s->histograms, rn_bytes_of(key, sizeof(key)), err);
		}
		if (!h)
			return RN_E_NOMEM;
		h->calls[core->dur_ns[k] ? 64 - __builtin_clzll(core->dur_ns[k]) : 0]++;
	}
	return 0;
}

bool rn_survey_keeps(enum rn_event_kind kind, bool stacks)
{
	switch (kind) {
	case RN_EV_TASK: case RN_EV_EXEC: case RN_EV_EXIT: case RN_EV_COMM: case RN_EV_CWD: case RN_EV_LOST:
	case RN_EV_END: case RN_EV_COST: case RN_EV_DETAIL: case RN_EV_APART:
		return true;
	case RN_EV_MAP: case RN_EV_UNMAP:
		return stacks;
	default:
		return false;
	}
}

static int add_other(struct rn_survey *s, uint32_t utid)
{
	if (!utid || rn_idmap_find(&s->others, utid) != RN_IDMAP_NONE)
		return 0;
	if (s->n_others == s->cap_others) {
		uint32_t cap = s->cap_others ? s->cap_others * 2 : 64;
		uint32_t *more = realloc(s->other, cap * sizeof(*more));
		if (!more)
			return RN_E_NOMEM;
		s->other = more;
		s->cap_others = cap;
	}
	s->other[s->n_others++] = utid;
	return rn_idmap_put(&s->others, utid, 0);
}

static int survey_events(struct rn_survey *s)
{
	const struct rn_thread_ref *ref;
	uint32_t n = 0, before, last = 0;
	int rc = 0;
	for (uint32_t j = 0; j < rn_block_info(s->block)->n_meta && !rc; j++) {
		struct rn_event ev;
		rc = rn_block_meta(s->block, j, &ev, &before, NULL);
		if (rc == RN_E_CORRUPT || rc == RN_END) {
			s->damaged = true;
			return 0;
		}
		if (!rc && rn_survey_keeps(ev.kind, s->stacks)) {
			rn_meta_put(&s->events, &ev, 0);
		} else if (!rc && ev.utid != last) {
			last = ev.utid;
			rc = add_other(s, ev.utid);
		}
	}
	if (!rc && rn_block_threads(s->block, &ref, &n, NULL))
		n = 0;
	for (uint32_t i = 0; i < n && !rc; i++)
		rc = add_other(s, ref[i].utid);
	return rc || rn_buffer_ok(&s->events.events) ? rc : RN_E_NOMEM;
}

static int unpack_facts(struct rn_survey *s)
{
	uint32_t n = rn_intern_count(s->keys);
	if (n > s->cap_facts) {
		struct rn_file_facts *facts = realloc(s->facts, n * sizeof(*facts));
		if (!facts)
			return RN_E_NOMEM;
		s->facts = facts;
		s->cap_facts = n;
	}
	rn_arena_clear(&s->text);
	for (uint32_t i = 0; i < n; i++)
		if (!rn_file_facts_unpack(&s->facts[i], rn_intern_get(s->keys, i), &s->text))
			return RN_E_NOMEM;
	return 0;
}

static int encode_files(struct rn_survey *s, const struct rn_core *core, const struct rn_model *m,
	struct rn_error *err)
{
	const uint64_t (*args)[6] = NULL;
	int rc = unpack_facts(s);
	if (!rc && core->n && rn_block_args(s->block, &args, NULL) == RN_E_NOMEM)
		rc = RN_E_NOMEM;
	if (!rc)
		rc = rn_files_encode(&s->coder, core, args, s->files, s->facts, m, s->piece, &s->widths);
	rn_buffer_clear(&s->packed);
	s->files_raw_bytes = (int64_t)rn_page_raw_bytes(&s->piece[1], RN_FILE_PIECES - 1);
	return rc ? rc : rn_page_pack(s->z, &s->packed, &s->piece[1], RN_FILE_PIECES - 1, err);
}

static int make_room(struct rn_survey *s, uint32_t n)
{
	if (n <= s->cap)
		return 0;
	uint32_t *files = realloc(s->files, n * sizeof(*files));
	if (!files)
		return RN_E_NOMEM;
	s->files = files;
	s->cap = n;
	return 0;
}

static int survey_all(struct rn_survey *s, const struct rn_core *core, const struct rn_model *m,
	struct rn_orphans *orphans, struct rn_error *err)
{
	int rc = make_room(s, core->n);
	for (uint32_t k = 0; !rc && k < core->n; k++) {
		bool counts = !(core->flags[k] & RN_CALL_PENDING) ||
			rn_orphans_has(orphans, core->utid[k], core->ts_ns[k]);
		rc = survey_files(s, core, k, m);
		if (!rc && counts)
			rc = survey_tally(s, core, k, err);
		if (!rc && counts)
			rc = rn_block_uses_add(&s->uses, core, k, s->files[k], err);
	}
	if (!rc)
		rc = survey_latencies(s, core, err);
	if (!rc && !s->damaged)
		rc = survey_events(s);
	if (!rc)
		rc = encode_files(s, core, m, err);
	return rc == RN_E_NOMEM ? rn_fail(err, rc, "out of memory") : rc;
}

int rn_survey_block_events(struct rn_survey *s, const struct rn_reader *r, size_t i, struct rn_error *err)
{
	rn_meta_encoder_clear(&s->events);
	rn_idmap_fini(&s->others);
	s->n_others = 0;
	s->damaged = false;
	int rc = rn_reader_load(r, i, s->block, err);
	return rc ? rc : survey_events(s) ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
}

static const struct rn_core nothing;

int rn_survey_block(struct rn_survey *s, const struct rn_reader *r, size_t i, const struct rn_model *m,
	struct rn_orphans *orphans, struct rn_error *err)
{
	const struct rn_core *core = &nothing;
	s->n_calls = 0;
	s->damaged = false;
	rn_intern_clear(s->keys);
	rn_intern_clear(s->tallies.keys);
	rn_block_uses_clear(&s->uses);
	rn_meta_encoder_clear(&s->events);
	rn_idmap_fini(&s->others);
	s->n_others = 0;
	memset(s->slot, 0, sizeof(s->slot));
	memset(s->plain, 0, sizeof(s->plain));
	int rc = rn_reader_load(r, i, s->block, err);
	if (!rc)
		rc = rn_block_core(s->block, &core, err);
	if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED) {
		s->damaged = true;
		core = &nothing;
		rc = 0;
	}
	if (!rc)
		rc = survey_all(s, core, m, orphans, err);
	s->core = core;
	s->n_calls = rc ? 0 : core->n;
	return rc;
}
