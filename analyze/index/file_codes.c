/* SPDX-License-Identifier: MIT */
#include "analyze/index/file_codes.h"

#include "analyze/model/call_files.h"
#include "shared/cursor.h"
#include "shared/syscall.h"

#include <stdlib.h>

#define NR_LIMIT 1024 /* numbers beyond are looked up each time */
#define SLOTS 65536u   /* of descriptors: what shares one is expected wrongly, and takes a byte more */
#define APART 4093u    /* two processes' */

/* What a code of a path says; ranks follow. */
enum { NOTHING, NEW, FAR, FIRST };
/* What one of a descriptor says: another than is expected is nothing, new, or stands by itself. */
enum { AS_EXPECTED, FD_NOTHING, FD_NEW, FD_FAR };

/* What is expected: UNKNOWN, NONE, 1 + an own number, or what a text leads to: something new, as long as no call was
 * of a descriptor of it, where the block tells of descriptors at all. */
enum { UNKNOWN, NONE };
#define OF_TEXT 0x80000000u
#define IS_NEW_EXPECTED 8u /* in the head, beside the width */

/* A call's class, bits; above them which arguments are descriptors. */
enum { KNOWN = 1, OF_PATH = 2, OF_FD = 4, OPENS = 8, CLOSES = 16, ALONE = 32, MAY_OPEN = 64, FDS_SHIFT = 8 };

/* fcntl makes descriptors by these; of linux/fcntl.h, the same everywhere. */
#define F_DUPFD_NUMBER 0
#define F_DUPFD_CLOEXEC_NUMBER 1030

static uint16_t look_up(enum rn_abi abi, uint32_t nr)
{
	const struct rn_syscall *d = rn_syscall(abi, nr);
	unsigned uses = rn_file_uses(abi, nr), fds = 0, n = 0;
	char buf[24];
	const char *name = rn_syscall_name(abi, nr, buf);
	for (unsigned i = 0; d && i < 6; i++)
		if (d->arg[i].kind == RN_ARG_FD || d->arg[i].kind == RN_ARG_DIRFD) {
			fds |= 1u << i;
			n++;
		}
	return (uint16_t)(KNOWN | (uses & RN_USES_PATH ? OF_PATH : uses ? OF_FD : 0) |
		(uses & RN_MAKES_FD ? OPENS : 0) | (n == 1 ? ALONE : 0) |
		(strcmp(name, "close") == 0 ? CLOSES : 0) |
		(strcmp(name, "fcntl") == 0 || strcmp(name, "fcntl64") == 0 ? MAY_OPEN : 0) | fds << FDS_SHIFT);
}

static inline uint16_t class_of(struct rn_file_coder *c, unsigned abi, uint32_t nr)
{
	if (abi >= RN_ABI_COUNT || nr >= NR_LIMIT)
		return look_up((enum rn_abi)abi, nr);
	uint16_t *known = &c->class_of[abi * NR_LIMIT + nr];
	if (!*known)
		*known = look_up((enum rn_abi)abi, nr);
	return *known;
}

void rn_file_coder_fini(struct rn_file_coder *c)
{
	free(c->fd);
	free(c->any);
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
		c->class_of = calloc(RN_ABI_COUNT * NR_LIMIT, sizeof(*c->class_of));
	if (!c->texts)
		c->texts = rn_intern_new();
	if (!c->fd)
		c->fd = malloc(SLOTS * sizeof(*c->fd));
	if (!c->any)
		c->any = malloc(SLOTS * sizeof(*c->any));
	if (!c->class_of || !c->texts || !c->fd || !c->any)
		return false;
	memset(c->fd, 0, SLOTS * sizeof(*c->fd));
	memset(c->any, 0, SLOTS * sizeof(*c->any));
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
	memset(c->last, 0, sizeof(c->last));
	return true;
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
	c->n += *number == c->n;
	return !rn_idmap_put(&c->by_utid, utid, *number);
}

/* False: no memory, or nonsense. */
static inline bool process_of(struct rn_file_coder *c, uint32_t utid, const struct rn_model *m, struct rn_buffer *out,
	struct rn_cursor *in, uint32_t *process)
{
	uint32_t at = utid % RN_FILE_THREADS, i;
	if (c->last[at].process && c->last[at].utid == utid) {
		*process = c->last[at].process - 1;
		return true;
	}
	i = rn_idmap_find(&c->by_utid, utid);
	if (i == RN_IDMAP_NONE && !introduce(c, utid, m, out, in, &i))
		return false;
	c->last[at].utid = utid;
	c->last[at].process = i + 1;
	*process = i;
	return true;
}

static inline struct rn_expected *slot_of(struct rn_file_coder *c, uint32_t process, int64_t fd)
{
	return &c->fd[((uint32_t)fd + process * APART) % SLOTS];
}

/* What calls open and what descriptors lead to are the same texts. */

/* Calls of a descriptor of the text alone. */
static bool is_plain(const struct rn_file_facts *f)
{
	return f->has_fd_path && !f->has_path && f->has_target && !f->more.len && rn_bytes_equal(f->fd_path, f->target);
}

static bool meet(struct rn_file_coder *c, uint32_t own, const struct rn_file_facts *f)
{
	bool is_new;
	c->opens[own - 1] = c->rank[own - 1] = 0;
	if (!f->has_target)
		return true;
	uint32_t id = rn_intern(c->texts, f->target, &is_new);
	if (id >= OF_TEXT || !reserve(&c->partner, &c->cap_partners, id >= c->cap_partners ? id * 2 + 64 :
			c->cap_partners))
		return false;
	if (is_new)
		c->partner[id] = 0;
	if (is_plain(f))
		c->partner[id] = own;
	c->opens[own - 1] = id + 1;
	return true;
}

static inline bool succeeded(const struct rn_core *core, uint32_t k)
{
	return core->ret[k] >= 0 && !(core->flags[k] & (RN_CALL_ERROR | RN_CALL_UNFINISHED));
}

/* A call of a descriptor: where it is kept what is expected. */
struct place {
	struct rn_expected *own, *any; /* NULL: it has no descriptor */
	bool alone;
	bool opens;                    /* it makes a descriptor, unless it fails */
};

static inline void find_place(struct rn_file_coder *c, uint32_t process, uint16_t class, const uint64_t args[6],
	struct place *out)
{
	*out = (struct place){ NULL, NULL, class & ALONE, class & OPENS };
	if (class & MAY_OPEN && args)
		out->opens = args[1] == F_DUPFD_NUMBER || args[1] == F_DUPFD_CLOEXEC_NUMBER;
	for (unsigned fds = class >> FDS_SHIFT; fds && args; fds &= fds - 1) {
		int32_t fd = (int32_t)args[__builtin_ctz(fds)];
		if (fd < 0)
			continue;
		out->own = slot_of(c, process, fd);
		out->any = &c->any[(uint32_t)fd % SLOTS];
		return;
	}
}

static inline uint32_t expected_at(const struct rn_file_coder *c, const struct place *p)
{
	if (!p->own)
		return NONE;
	uint32_t x = p->alone ? p->own->alone : p->own->among;
	if (x == UNKNOWN)
		x = p->alone ? p->any->alone : p->any->among;
	if (x & OF_TEXT && (c->partner[x & ~OF_TEXT] || !c->new_expected))
		x = c->partner[x & ~OF_TEXT] + 1;
	return x == UNKNOWN ? NONE : x;
}

static inline void expect(const struct place *p, uint32_t own)
{
	if (!p->own)
		return;
	*(p->alone ? &p->own->alone : &p->own->among) = own + 1;
	*(p->alone ? &p->any->alone : &p->any->among) = own + 1;
}

/* What both sides do behind the code of a call. place: of its descriptor. */
static inline void follow(struct rn_file_coder *c, const struct rn_core *core, uint32_t k, uint16_t class,
	uint32_t process, const struct place *place, uint32_t own)
{
	if (!(place->opens || class & CLOSES) || !succeeded(core, k))
		return;
	if (class & CLOSES && place->own)
		*place->own = (struct rn_expected){ NONE, NONE };
	if (!place->opens)
		return;
	uint32_t text = own ? c->opens[own - 1] : 0;
	const struct rn_expected made = { text ? OF_TEXT | (text - 1) : NONE, UNKNOWN };
	*slot_of(c, process, core->ret[k]) = c->any[(uint32_t)core->ret[k] % SLOTS] = made;
}

static uint32_t encode_fd(const struct rn_file_coder *c, uint32_t expected, uint32_t own, bool is_new,
	struct rn_buffer *far)
{
	if (expected & OF_TEXT ? is_new && c->partner[expected & ~OF_TEXT] == own : expected == own + 1)
		return AS_EXPECTED;
	if (!own)
		return FD_NOTHING;
	if (!is_new)
		rn_put_varint(far, own);
	return is_new ? FD_NEW : FD_FAR;
}

static bool has_plain(const uint32_t *own, uint32_t n, const struct rn_file_facts *facts)
{
	uint32_t met = 0;
	for (uint32_t k = 0; k < n; k++) {
		if (own[k] > met && is_plain(&facts[own[k] - 1]))
			return true;
		met = own[k] > met ? own[k] : met;
	}
	return false;
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

int rn_files_encode(struct rn_file_coder *c, const struct rn_core *core, const uint64_t (*args)[6],
	const uint32_t *own, const struct rn_file_facts *facts, const struct rn_model *m,
	struct rn_buffer piece[RN_FILE_PIECES], unsigned *widths)
{
	uint32_t n_paths = 0, met = 0;
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		rn_buffer_clear(&piece[i]);
	uint8_t *fds = begin(c, core->n) ? rn_buffer_reserve(&piece[RN_FILES_FDS], core->n) : NULL;
	if (!fds)
		return RN_E_NOMEM;
	c->new_expected = has_plain(own, core->n, facts);
	for (uint32_t k = 0; k < core->n; k++) {
		uint16_t class = class_of(c, core->abi[k], core->nr[k]);
		uint32_t process = 0;
		struct place place = { NULL, NULL, false, class & OPENS };
		if (!(class & (OF_PATH | OF_FD)))
			continue;
		if (class & (OF_FD | OPENS) &&
			!process_of(c, core->utid[k], m, &piece[RN_FILES_PROCESSES], NULL, &process))
			return RN_E_NOMEM;
		if (class & OF_FD)
			find_place(c, process, class, args ? args[k] : NULL, &place);
		uint32_t expected = expected_at(c, &place);
		bool is_new = own[k] > met;
		met += is_new;
		if (is_new && !meet(c, own[k], &facts[own[k] - 1]))
			return RN_E_NOMEM;
		if (class & OF_PATH)
			c->code[n_paths++] = encode_path(c, own[k], is_new, &piece[RN_FILES_FAR]);
		else
			fds[piece[RN_FILES_FDS].len++] =
				(uint8_t)encode_fd(c, expected, own[k], is_new, &piece[RN_FILES_FAR]);
		expect(&place, own[k]);
		follow(c, core, k, class, process, &place, own[k]);
	}
	unsigned width = width_of(c->code, n_paths);
	put_planes(&piece[RN_FILES_PATHS], &piece[RN_FILES_PATHS_HIGH], c->code, n_paths, width);
	*widths = width | (c->new_expected ? IS_NEW_EXPECTED : 0);
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		if (!rn_buffer_ok(&piece[i]))
			return RN_E_NOMEM;
	return 0;
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
	const uint64_t (*args)[6];
	struct codes paths;
	struct rn_cursor fds, far, processes;
	uint32_t n, met; /* numbers of the block; of them met */
};

/* What is new, or far: the number stands by itself. */
static bool decode_number(struct decoding *d, bool is_new, uint32_t *own)
{
	uint64_t number = is_new ? d->met + 1 : rn_take_varint(&d->far);
	if (!rn_cursor_ok(&d->far) || !number || number > d->n || number > d->met + is_new)
		return false;
	*own = (uint32_t)number;
	if (!is_new)
		return true;
	d->met++;
	return meet(d->c, *own, &d->facts[d->c->local[*own - 1] - 1]);
}

static inline bool decode_fd(struct decoding *d, uint32_t expected, uint32_t *own)
{
	uint8_t code = rn_take_u8(&d->fds);
	bool is_new = code == FD_NEW || (code == AS_EXPECTED && expected & OF_TEXT);
	*own = code == AS_EXPECTED && !is_new ? expected - 1 : 0;
	return rn_cursor_ok(&d->fds) && code <= FD_FAR &&
		(!(is_new || code == FD_FAR) || decode_number(d, is_new, own));
}

static bool decode_path(struct decoding *d, uint32_t code, uint32_t *own)
{
	if (code < FIRST) {
		/* Each has one rank: nobody who is honest gives it two. */
		if (d->c->n_of_path == d->core->n || !decode_number(d, code == NEW, own))
			return false;
		d->c->of_path[d->c->n_of_path++] = *own;
		return true;
	}
	if (code - FIRST >= d->c->n_of_path)
		return false;
	*own = d->c->of_path[code - FIRST];
	return true;
}

static inline bool decode_one(struct decoding *d, uint32_t k, uint16_t class, uint32_t *own)
{
	uint32_t code;
	uint32_t process = 0;
	struct place place = { NULL, NULL, false, class & OPENS };
	if (class & (OF_FD | OPENS) && !process_of(d->c, d->core->utid[k], NULL, NULL, &d->processes, &process))
		return false;
	if (class & OF_FD) {
		find_place(d->c, process, class, d->args ? d->args[k] : NULL, &place);
		if (!decode_fd(d, expected_at(d->c, &place), own))
			return false;
		expect(&place, *own);
	} else if (!take_code(&d->paths, &code) || (code != NOTHING && !decode_path(d, code, own))) {
		return false;
	}
	follow(d->c, d->core, k, class, process, &place, *own);
	return true;
}

bool rn_files_decode(struct rn_file_coder *c, const struct rn_core *core, const uint64_t (*args)[6],
	const struct rn_bytes piece[RN_FILE_PIECES], const struct rn_file_facts *facts, uint32_t most,
	uint32_t *files)
{
	struct decoding d = { .c = c, .core = core, .facts = facts, .args = args,
		.fds = rn_cursor_of(piece[RN_FILES_FDS].p, piece[RN_FILES_FDS].len),
		.far = rn_cursor_of(piece[RN_FILES_FAR].p, piece[RN_FILES_FAR].len),
		.processes = rn_cursor_of(piece[RN_FILES_PROCESSES].p, piece[RN_FILES_PROCESSES].len) };
	unsigned widths;
	if (!begin(c, core->n) || !take_head(c, piece[RN_FILES_HEAD], most, core->n, &d.n, &widths) ||
		!codes_init(&d.paths, piece[RN_FILES_PATHS], piece[RN_FILES_PATHS_HIGH], widths & ~IS_NEW_EXPECTED))
		return false;
	c->new_expected = widths & IS_NEW_EXPECTED;
	for (uint32_t k = 0; k < core->n; k++) {
		uint16_t class = class_of(c, core->abi[k], core->nr[k]);
		uint32_t own = 0;
		if (class & (OF_PATH | OF_FD) && !decode_one(&d, k, class, &own))
			return false;
		files[k] = own ? c->local[own - 1] : 0;
	}
	return d.paths.at == d.paths.n && !rn_cursor_left(&d.fds) && !rn_cursor_left(&d.far) &&
		!rn_cursor_left(&d.processes);
}
