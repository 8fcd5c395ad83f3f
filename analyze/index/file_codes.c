/* SPDX-License-Identifier: MIT */
#include "analyze/index/file_codes.h"

#include "analyze/call_files.h"
#include "shared/cursor.h"
#include "shared/syscall.h"

#include <stdlib.h>

#define NR_LIMIT 1024 /* numbers beyond are looked up each time */
#define RANKS 252     /* a process' recent ones: their codes are bytes, and looking for one is short */

/* What a code says; ranks and numbers follow. */
enum { NOTHING, NEW, FAR, FIRST };

/* A call's class, bits. */
enum { KNOWN = 1, OF_PATH = 2, OF_FD = 4, OPENS = 8, CLOSES = 16 };

static uint8_t look_up(enum rn_abi abi, uint32_t nr)
{
	unsigned uses = rn_file_uses(abi, nr);
	char buf[24];
	return (uint8_t)(KNOWN | (uses & RN_USES_PATH ? OF_PATH : uses ? OF_FD : 0) |
		(uses & RN_MAKES_FD ? OPENS : 0) |
		(strcmp(rn_syscall_name(abi, nr, buf), "close") == 0 ? CLOSES : 0));
}

static inline uint8_t class_of(struct rn_file_coder *c, unsigned abi, uint32_t nr)
{
	if (abi >= RN_ABI_COUNT || nr >= NR_LIMIT)
		return look_up((enum rn_abi)abi, nr);
	uint8_t *known = &c->class_of[abi * NR_LIMIT + nr];
	if (!*known)
		*known = look_up((enum rn_abi)abi, nr);
	return *known;
}

void rn_file_coder_fini(struct rn_file_coder *c)
{
	for (uint32_t i = 0; i < c->cap; i++)
		free(c->recent[i].item);
	free(c->recent);
	rn_idmap_fini(&c->by_utid);
	rn_idmap_fini(&c->by_process);
	rn_intern_free(c->texts);
	free(c->partner);
	free(c->opens);
	free(c->rank);
	free(c->of_path);
	free(c->class_of);
	free(c->code);
	free(c->local);
	*c = (struct rn_file_coder){ 0 };
}

static bool reserve(uint32_t **items, uint32_t *cap, uint32_t n)
{
	if (n <= *cap)
		return true;
	uint32_t *more = realloc(*items, n * sizeof(*more));
	*items = more ? more : *items;
	*cap = more ? n : *cap;
	return more != NULL;
}

static bool begin(struct rn_file_coder *c, uint32_t n_calls)
{
	uint32_t **all[] = { &c->code, &c->local, &c->opens, &c->rank, &c->of_path };
	if (!c->class_of)
		c->class_of = calloc(RN_ABI_COUNT, NR_LIMIT);
	if (!c->texts)
		c->texts = rn_intern_new();
	if (!c->class_of || !c->texts)
		return false;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		uint32_t cap = c->cap_calls;
		if (!reserve(all[i], &cap, n_calls))
			return false;
	}
	c->cap_calls = n_calls > c->cap_calls ? n_calls : c->cap_calls;
	rn_intern_clear(c->texts);
	rn_idmap_fini(&c->by_utid);
	rn_idmap_fini(&c->by_process);
	c->n = c->n_of_path = 0;
	c->last = NULL;
	return true;
}

/* Recent ones of a thread's process. */

static struct rn_recent *add_process(struct rn_file_coder *c)
{
	if (c->n == c->cap) {
		uint32_t cap = c->cap ? c->cap * 2 : 16;
		struct rn_recent *more = realloc(c->recent, cap * sizeof(*more));
		if (!more)
			return NULL;
		memset(more + c->cap, 0, (cap - c->cap) * sizeof(*more));
		c->recent = more;
		c->cap = cap;
	}
	c->recent[c->n].n = c->recent[c->n].open = 0;
	return &c->recent[c->n++];
}

/* Which of the block's processes a thread is of, put down when it is met (m) or taken from there. */
static bool introduce(struct rn_file_coder *c, uint32_t utid, const struct rn_model *m, struct rn_buffer *out,
	struct rn_cursor *in, uint32_t *number)
{
	if (m) {
		uint32_t process = rn_model_process(m, utid);
		*number = rn_idmap_find(&c->by_process, process);
		if (*number == RN_IDMAP_NONE) {
			*number = c->n;
			if (rn_idmap_put(&c->by_process, process, c->n))
				return false;
		}
		rn_put_varint(out, *number);
	} else {
		uint64_t taken = rn_take_varint(in);
		if (!rn_cursor_ok(in) || taken > c->n)
			return false;
		*number = (uint32_t)taken;
	}
	return (*number < c->n || add_process(c)) && !rn_idmap_put(&c->by_utid, utid, *number);
}

/* NULL: no memory, or nonsense. */
static struct rn_recent *recent_of(struct rn_file_coder *c, uint32_t utid, const struct rn_model *m,
	struct rn_buffer *out, struct rn_cursor *in)
{
	if (c->last && c->last_utid == utid)
		return c->last;
	uint32_t i = rn_idmap_find(&c->by_utid, utid);
	if (i == RN_IDMAP_NONE && !introduce(c, utid, m, out, in, &i))
		return NULL;
	c->last = &c->recent[i];
	c->last_utid = utid;
	return c->last;
}

static inline uint32_t rank_of(const struct rn_recent *r, uint32_t own)
{
	uint32_t rank = 0;
	while (rank < r->n && r->item[rank] != own)
		rank++;
	return rank;
}

/* To the front, from its rank. */
static inline void promote(struct rn_recent *r, uint32_t rank)
{
	uint32_t own = r->item[rank];
	r->open += rank >= r->open;
	for (; rank; rank--)
		r->item[rank] = r->item[rank - 1];
	r->item[0] = own;
}

/* From the front behind all that is open: it may be open still, by another number. */
static void demote(struct rn_recent *r)
{
	uint32_t own = r->item[0];
	memmove(r->item, r->item + 1, (r->open - 1) * sizeof(*r->item));
	r->item[--r->open] = own;
}

/* In front of all others; the last one of too many goes. */
static bool add_recent(struct rn_recent *r, uint32_t own)
{
	if (r->n == r->cap && r->n < RANKS && !reserve(&r->item, &r->cap, r->cap * 2 + 8))
		return false;
	if (r->n < RANKS)
		r->n++;
	else if (r->open == r->n)
		r->open--;
	r->item[r->n - 1] = own;
	promote(r, r->n - 1);
	return true;
}

/* What calls open and what descriptors lead to are the same texts. */

static bool meet(struct rn_file_coder *c, uint32_t own, const struct rn_file_facts *f)
{
	bool is_fd = f->has_fd_path && !f->has_path, is_new;
	struct rn_bytes text = is_fd ? f->fd_path : f->target;
	c->opens[own - 1] = c->rank[own - 1] = 0;
	if (!is_fd && !f->has_target)
		return true;
	uint32_t id = rn_intern(c->texts, text, &is_new);
	if (id == RN_INTERN_NONE || !reserve(&c->partner, &c->cap_partners,
			id >= c->cap_partners ? id * 2 + 64 : c->cap_partners))
		return false;
	if (is_new)
		c->partner[id] = 0;
	if (is_fd)
		c->partner[id] = own;
	else
		c->opens[own - 1] = id + 1;
	return true;
}

/* A call that opened something, whose descriptor will be used. */
static bool opened(struct rn_file_coder *c, struct rn_recent *r, uint32_t own)
{
	uint32_t text = c->opens[own - 1], other = text ? c->partner[text - 1] : 0;
	if (!other)
		return true;
	uint32_t rank = rank_of(r, other);
	if (rank == r->n)
		return add_recent(r, other);
	promote(r, rank);
	return true;
}

static inline bool succeeded(const struct rn_core *core, uint32_t k)
{
	return core->ret[k] >= 0 && !(core->flags[k] & (RN_CALL_ERROR | RN_CALL_UNFINISHED));
}

/* What both sides do behind the code of a call; r: NULL, it is of no use. */
static inline bool follow(struct rn_file_coder *c, const struct rn_core *core, uint32_t k, uint8_t class,
	struct rn_recent *r, uint32_t own)
{
	if (!(class & (OPENS | CLOSES)) || !r || !own || !succeeded(core, k))
		return true;
	if (class & OPENS)
		return opened(c, r, own);
	if (class & CLOSES && r->n && r->item[0] == own)
		demote(r);
	return true;
}

static int encode_fd(struct rn_recent *r, uint32_t own, bool is_new, uint32_t *code, struct rn_buffer *far)
{
	uint32_t rank = is_new || !own ? r->n : rank_of(r, own);
	*code = !own ? NOTHING : is_new ? NEW : rank < r->n ? FIRST + rank : FAR;
	if (*code == FAR)
		rn_put_varint(far, own);
	if (rank < r->n)
		promote(r, rank);
	return !own || rank < r->n || add_recent(r, own) ? 0 : RN_E_NOMEM;
}

static uint32_t encode_path(struct rn_file_coder *c, uint32_t own, bool is_new, struct rn_buffer *far)
{
	if (!own)
		return NOTHING;
	uint32_t rank = c->rank[own - 1];
	if (rank)
		return FIRST + rank - 1;
	c->rank[own - 1] = ++c->n_of_path;
	if (is_new)
		return NEW;
	rn_put_varint(far, own);
	return FAR;
}

static void put_planes(struct rn_buffer *low, struct rn_buffer *high, const uint32_t *code, uint32_t n,
	unsigned width)
{
	for (unsigned plane = 0; plane < width; plane++) {
		uint8_t *to = rn_buffer_reserve(plane ? high : low, n);
		for (uint32_t i = 0; to && i < n; i++)
			to[i] = (uint8_t)(code[i] >> 8 * plane);
		(plane ? high : low)->len += to ? n : 0;
	}
}

static unsigned width_of(const uint32_t *code, uint32_t n)
{
	uint32_t all = 0;
	for (uint32_t i = 0; i < n; i++)
		all |= code[i];
	return all >> 24 ? 4 : all >> 16 ? 3 : all >> 8 ? 2 : 1;
}

void rn_files_put_head(struct rn_buffer *out, const uint32_t *number, uint32_t n, unsigned widths)
{
	uint32_t last = 0;
	rn_buffer_clear(out);
	rn_put_varint(out, n);
	rn_put_u8(out, (uint8_t)widths);
	for (uint32_t i = 0; i < n; i++) {
		rn_put_svarint(out, (int64_t)number[i] - last - 1);
		last = number[i];
	}
}

int rn_files_encode(struct rn_file_coder *c, const struct rn_core *core, const uint32_t *own,
	const struct rn_file_facts *facts, const struct rn_model *m, struct rn_buffer piece[RN_FILE_PIECES],
	unsigned *widths)
{
	uint32_t n_paths = 0, n_fds = 0, met = 0;
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		rn_buffer_clear(&piece[i]);
	if (!begin(c, core->n))
		return RN_E_NOMEM;
	int rc = 0;
	for (uint32_t k = 0; k < core->n && !rc; k++) {
		uint8_t class = class_of(c, core->abi[k], core->nr[k]);
		if (!(class & (OF_PATH | OF_FD)))
			continue;
		bool is_new = own[k] > met;
		met += is_new;
		if (is_new && !meet(c, own[k], &facts[own[k] - 1]))
			return RN_E_NOMEM;
		struct rn_recent *r = class & (OF_FD | OPENS) ?
			recent_of(c, core->utid[k], m, &piece[RN_FILES_PROCESSES], NULL) : NULL;
		if (class & (OF_FD | OPENS) && !r)
			return RN_E_NOMEM;
		if (class & OF_PATH)
			c->code[n_paths++] = encode_path(c, own[k], is_new, &piece[RN_FILES_FAR]);
		else
			rc = encode_fd(r, own[k], is_new, &c->local[n_fds++], &piece[RN_FILES_FAR]);
		rc = rc || follow(c, core, k, class, r, own[k]) ? rc : RN_E_NOMEM;
	}
	unsigned paths = width_of(c->code, n_paths), fds = width_of(c->local, n_fds);
	put_planes(&piece[RN_FILES_PATHS], &piece[RN_FILES_PATHS_HIGH], c->code, n_paths, paths);
	put_planes(&piece[RN_FILES_FDS], &piece[RN_FILES_FDS_HIGH], c->local, n_fds, fds);
	*widths = paths << 4 | fds;
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		rc = rn_buffer_ok(&piece[i]) ? rc : RN_E_NOMEM;
	return rc;
}

/* Codes as they were put: n of them in planes. */
struct codes {
	const uint8_t *low, *high;
	size_t n, at;
	unsigned width;
};

static bool codes_init(struct codes *c, struct rn_bytes low, struct rn_bytes high, unsigned width)
{
	*c = (struct codes){ low.p, high.p, low.len, 0, width };
	return width >= 1 && width <= 4 && high.len == low.len * (width - 1);
}

static inline bool take_code(struct codes *c, uint32_t *code)
{
	if (c->at >= c->n)
		return false;
	*code = c->low[c->at];
	for (unsigned plane = 1; plane < c->width; plane++)
		*code |= (uint32_t)c->high[(plane - 1) * c->n + c->at] << 8 * plane;
	c->at++;
	return true;
}

/* Numbers of the index, by those of the block less one, into c->local. */
static bool take_head(struct rn_file_coder *c, struct rn_bytes head, uint32_t most, uint32_t n_calls,
	uint32_t *n, unsigned *widths)
{
	struct rn_cursor cur = rn_cursor_of(head.p, head.len);
	uint64_t count = rn_take_varint(&cur);
	int64_t last = 0;
	*widths = rn_take_u8(&cur);
	if (!rn_cursor_ok(&cur) || count > n_calls)
		return false;
	*n = (uint32_t)count;
	for (uint32_t i = 0; i < *n; i++) {
		/* A hostile difference wraps, and is found out by the bounds. */
		last = (int64_t)((uint64_t)last + (uint64_t)rn_take_svarint(&cur) + 1);
		if (last < 1 || last > most)
			return false;
		c->local[i] = (uint32_t)last;
	}
	return rn_cursor_ok(&cur) && !rn_cursor_left(&cur);
}

/* A block under way. */
struct decoding {
	struct rn_file_coder *c;
	const struct rn_core *core;
	const struct rn_file_facts *facts;
	struct codes paths, fds;
	struct rn_cursor far, processes;
	uint32_t n, met; /* numbers of the block; of them met */
};

/* What is new, or far: the number stands by itself. */
static bool decode_number(struct decoding *d, uint32_t code, uint32_t *own)
{
	uint64_t number = code == NEW ? d->met + 1 : rn_take_varint(&d->far);
	if (!rn_cursor_ok(&d->far) || !number || number > d->n || number > d->met + (code == NEW))
		return false;
	*own = (uint32_t)number;
	if (code != NEW)
		return true;
	d->met++;
	return meet(d->c, *own, &d->facts[d->c->local[*own - 1] - 1]);
}

static bool decode_fd(struct decoding *d, struct rn_recent *r, uint32_t code, uint32_t *own)
{
	if (code < FIRST)
		return decode_number(d, code, own) && add_recent(r, *own);
	if (code - FIRST >= r->n)
		return false;
	promote(r, code - FIRST);
	*own = r->item[0];
	return true;
}

static bool decode_path(struct decoding *d, uint32_t code, uint32_t *own)
{
	if (code < FIRST) {
		/* Each has one rank: nobody who is honest gives it two. */
		if (d->c->n_of_path == d->core->n || !decode_number(d, code, own))
			return false;
		d->c->of_path[d->c->n_of_path++] = *own;
		return true;
	}
	if (code - FIRST >= d->c->n_of_path)
		return false;
	*own = d->c->of_path[code - FIRST];
	return true;
}

static bool decode_one(struct decoding *d, uint32_t k, uint8_t class, uint32_t *own)
{
	uint32_t code;
	struct rn_recent *r = class & (OF_FD | OPENS) ?
		recent_of(d->c, d->core->utid[k], NULL, NULL, &d->processes) : NULL;
	if ((class & (OF_FD | OPENS) && !r) || !take_code(class & OF_PATH ? &d->paths : &d->fds, &code))
		return false;
	if (code != NOTHING && !(class & OF_PATH ? decode_path(d, code, own) : decode_fd(d, r, code, own)))
		return false;
	return follow(d->c, d->core, k, class, r, *own);
}

bool rn_files_decode(struct rn_file_coder *c, const struct rn_core *core,
	const struct rn_bytes piece[RN_FILE_PIECES], const struct rn_file_facts *facts, uint32_t most,
	uint32_t *files)
{
	struct decoding d = { .c = c, .core = core, .facts = facts,
		.far = rn_cursor_of(piece[RN_FILES_FAR].p, piece[RN_FILES_FAR].len),
		.processes = rn_cursor_of(piece[RN_FILES_PROCESSES].p, piece[RN_FILES_PROCESSES].len) };
	unsigned widths;
	if (!begin(c, core->n) || !take_head(c, piece[RN_FILES_HEAD], most, core->n, &d.n, &widths) ||
		!codes_init(&d.paths, piece[RN_FILES_PATHS], piece[RN_FILES_PATHS_HIGH], widths >> 4) ||
		!codes_init(&d.fds, piece[RN_FILES_FDS], piece[RN_FILES_FDS_HIGH], widths & 15))
		return false;
	for (uint32_t k = 0; k < core->n; k++) {
		uint8_t class = class_of(c, core->abi[k], core->nr[k]);
		uint32_t own = 0;
		if (class & (OF_PATH | OF_FD) && !decode_one(&d, k, class, &own))
			return false;
		files[k] = own ? c->local[own - 1] : 0;
	}
	return d.paths.at == d.paths.n && d.fds.at == d.fds.n && !rn_cursor_left(&d.far) &&
		!rn_cursor_left(&d.processes);
}
