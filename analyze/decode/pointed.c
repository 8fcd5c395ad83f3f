/* SPDX-License-Identifier: MIT */
/* Arguments that point to a string, a buffer, a record or an array of records. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/netlink.h"
#include "analyze/decode/records.h"

bool rn_kind_path(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	if (!rn_arg_phase(p, a))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_path(p, p->args[i]);
	return true;
}

/* fsconfig(2): commands beyond FSCONFIG_SET_FD have no key. */
static bool is_keyless(const struct rn_print *p, unsigned i)
{
	const uint32_t set_fd = 5;
	return i == 2 && p->desc->arg[3].kind == RN_ARG_FSCONFIG_VAL && (uint32_t)p->args[1] > set_fd;
}

bool rn_kind_str(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t limit = rn_string_limit(p);
	if (a->n && a->n < limit && !(a->flags & RN_ARG_IF))
		limit = a->n;
	if (!rn_arg_phase(p, a) || is_keyless(p, i))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_string(p, p->args[i], limit);
	return true;
}

#define XATTR_MOST 65536

/* Longer than the kernel takes: it refuses to look. */
static bool is_refused(const struct rn_print *p, const struct rn_arg *a)
{
	uint64_t len = rn_arg_length(p, a);
	if (a->flags & RN_ARG_OMIT_NUL)
		return len > XATTR_MOST;
	return a->n && a->n != RN_WHOLE && len > a->n;
}

static bool is_nul(const struct rn_print *p, uint64_t addr)
{
	uint64_t v;
	return rn_memory_uint(p->call, p->phase, addr, 1, &v) && !v;
}

/* Of an attribute a NUL at the end is left out: at the end of what is shown of it, as strace does. */
static uint64_t shown_length(const struct rn_print *p, unsigned i, const struct rn_arg *a)
{
	uint64_t len = rn_arg_length(p, a), room = rn_arg_room(p->desc, i, p->args);
	uint64_t limit = rn_string_limit(p);
	if (a->len == RN_LEN_RET && room < len) /* MSG_TRUNC: the result says what there was */
		len = room;
	bool omit = a->flags & RN_ARG_OMIT_NUL && len;
	if (omit && len > limit && limit)
		len = is_nul(p, p->args[i] + limit - 1) ? limit : len;
	if (omit && is_nul(p, p->args[i] + len - 1))
		return len - 1;
	return len;
}

bool rn_kind_buf(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	bool no_room = a->flags & RN_ARG_ROOM && i + 1 < 6 && !p->args[i + 1];
	if (!rn_arg_phase(p, a) || is_refused(p, a) || no_room)
		rn_print_addr(p, p->args[i]);
	else if (a->flags & RN_ARG_SHOW_HEX)
		rn_print_hex_buffer(p, p->args[i], rn_arg_length(p, a));
	else
		rn_print_socket_buffer(p, p->args[i], shown_length(p, i, a));
	return true;
}

/* Of what says its own size: the first version has 64 bytes, and 0 means that. 0: too small. */
static uint32_t perf_bytes(struct rn_print *p, uint64_t addr)
{
	const uint32_t first = 64, known = 128;
	uint64_t said;
	if (!rn_print_read_uint(p, addr + 4, 4, &said) || (said && said < first))
		return 0;
	return !said ? first : said < known ? (uint32_t)said : known;
}

void rn_print_record_at(struct rn_print *p, enum rn_record_id id, uint64_t addr)
{
	uint8_t bytes[RN_RECORD_MAX];
	uint32_t size = id == RN_REC_perf_event_attr ? perf_bytes(p, addr) : rn_record_bytes(id, p->abi);
	if (!rn_record_known(id) || !size || size > sizeof(bytes) ||
	    !rn_print_read(p, addr, bytes, size))
		rn_print_addr(p, addr);
	else
		rn_print_record(p, id, rn_bytes_of(bytes, size));
}

/* A number before and after: lengths as [128 => 16], positions as [0] => [4096]. */
static void print_number_change(struct rn_print *p, enum rn_record_id id, uint64_t addr)
{
	uint8_t before[8], after[8];
	uint32_t size = rn_record_bytes(id, p->abi);
	bool apart = id == RN_REC_loff || id == RN_REC_offset || id == RN_REC_u64;
	p->phase = RN_PHASE_ENTRY;
	if (!size || size > sizeof(before) || !rn_print_read(p, addr, before, size)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_print_element(p, id, rn_bytes_of(before, size));
	p->phase = RN_PHASE_EXIT;
	if (rn_print_read(p, addr, after, size) && memcmp(before, after, size) != 0) {
		rn_put_text(p->out, apart ? "] => [" : " => ");
		rn_print_element(p, id, rn_bytes_of(after, size));
	}
	rn_put_u8(p->out, ']');
}

/* epoll_ctl(2): EPOLL_CTL_DEL looks at no event; a rule of landlock has a record by its type;
 * modify_ldt(2) wants the size of its record to be right. */
static bool is_ignored(const struct rn_print *p, enum rn_record_id id)
{
	const uint32_t del = 2, path_beneath = 1;
	switch (id) {
	case RN_REC_epoll_event:
		return (uint32_t)p->args[1] == del;
	case RN_REC_landlock_path_attr:
		return (uint32_t)p->args[1] != path_beneath;
	case RN_REC_statfs64:
		return p->args[1] != rn_record_bytes(id, p->abi);
	case RN_REC_user_desc:
		return p->desc->n_args == 3 && p->args[2] != rn_record_bytes(id, p->abi);
	default:
		return false;
	}
}

/* More groups than a process can have: the kernel refuses to look. */
static bool is_too_many(const struct rn_arg *a, uint64_t n)
{
	const uint64_t ngroups_max = 65536;
	return (a->aux == RN_REC_uid || a->aux == RN_REC_uid16) && a->dir == RN_IN && n > ngroups_max;
}

bool rn_kind_rec(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	enum rn_record_id id = (enum rn_record_id)a->aux;
	bool both = a->dir & RN_IN && a->dir & (RN_OUT | RN_OUT_ALWAYS);
	bool late = a->flags & RN_ARG_LATE && p->call->flags & RN_CALL_ERROR;
	bool known = rn_arg_phase(p, a) && !late && !is_ignored(p, id);
	bool unasked = id == RN_REC_socklen && a->dir & RN_IN && !(a->dir & RN_OUT_ALWAYS) && i > 0 &&
		p->desc->arg[i - 1].kind == RN_ARG_ADDR && !p->args[i - 1];
	if (!known || unasked || (a->flags & RN_ARG_FOUND && p->call->ret <= 0)) {
		rn_print_addr(p, p->args[i]);
	} else if (both && rn_record_is_number(id) && p->phase == RN_PHASE_EXIT) {
		print_number_change(p, id, p->args[i]);
	} else {
		if (both && (p->no_exit || !rn_record_is_filled(id)))
			p->phase = RN_PHASE_ENTRY;
		rn_print_record_at(p, id, p->args[i]);
	}
	return true;
}

/* What is left of a sleep that a signal cut short. */
bool rn_kind_rem(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	p->phase = RN_PHASE_EXIT;
	if (p->call->flags & RN_CALL_ERROR)
		rn_print_record_at(p, (enum rn_record_id)a->aux, p->args[i]);
	else
		rn_print_addr(p, p->args[i]);
	return true;
}

bool rn_array_wraps(uint64_t addr, uint64_t n, uint32_t size)
{
	return n > UINT64_MAX / size || addr > UINT64_MAX - n * size;
}

#define FUTEX_WAITV_MAX 128u /* the kernel takes no more */

void rn_print_record_array(struct rn_print *p, enum rn_record_id id, uint64_t addr, uint64_t n)
{
	uint8_t bytes[RN_RECORD_MAX];
	uint32_t size = rn_record_bytes(id, p->abi);
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	if (id == RN_REC_futex_waitv && limit > FUTEX_WAITV_MAX)
		limit = FUTEX_WAITV_MAX;
	if (!addr || !size || size > sizeof(bytes) || !rn_record_known(id) ||
	    rn_array_wraps(addr, n, size)) {
		rn_print_addr(p, addr);
		return;
	}
	if (n && !rn_print_read(p, addr, bytes, size)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t k = 0; k < n; k++) {
		if (k)
			RN_PUT(p, ", ");
		if (!rn_print_read(p, addr + k * size, bytes, size)) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, addr + k * size);
			RN_PUT(p, " */");
			break;
		}
		if (k >= limit) {
			RN_PUT(p, "...");
			break;
		}
		rn_print_element(p, id, rn_bytes_of(bytes, size));
	}
	rn_put_u8(p->out, ']');
}

bool rn_kind_arr(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	if (!rn_arg_phase(p, a)) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	uint64_t n = rn_arg_length(p, a);
	if (a->dir & RN_IN)
		p->phase = RN_PHASE_ENTRY;
	if (is_too_many(a, n))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_record_array(p, (enum rn_record_id)a->aux, p->args[i], n);
	return true;
}

#define MOST_SAID 4096u /* the kernel takes no larger ones */

/* Bytes behind what we know of a structure; nothing when they are zero, as the kernel has it. */
static void print_beyond(struct rn_print *p, uint64_t addr, uint64_t known, uint64_t said)
{
	uint8_t bytes[RN_RECORD_MAX];
	uint64_t limit = p->style->verbose ? sizeof(bytes) : rn_string_limit(p);
	said = said < MOST_SAID ? said : MOST_SAID;
	uint64_t n = said - known < sizeof(bytes) ? said - known : sizeof(bytes);
	bool zero = true, cut = said - known > limit;
	bool whole = rn_memory_extent(p->call, p->phase, addr + known, said - known) == said - known;
	if (!whole || !rn_print_read(p, addr + known, bytes, (size_t)n)) {
		RN_PUT(p, ", ???");
		return;
	}
	for (uint64_t i = 0; i < n; i++)
		zero = zero && !bytes[i];
	if (zero)
		return;
	RN_PUT(p, ", /* bytes ");
	rn_put_udec(p->out, known);
	RN_PUT(p, "..");
	rn_put_udec(p->out, said - 1);
	RN_PUT(p, " */ ");
	rn_print_quoted_hex(p, rn_bytes_of(bytes, (size_t)(n < limit ? n : limit)));
	if (cut)
		RN_PUT(p, "...");
}

/* A structure that says its own size: as much of it as we know, and what is behind that. */
bool rn_kind_vrec(struct rn_print *p, unsigned i)
{
	uint8_t bytes[RN_RECORD_MAX];
	const struct rn_arg *a = &p->desc->arg[i];
	enum rn_record_id id = (enum rn_record_id)a->aux;
	uint64_t addr = p->args[i];
	if (!rn_arg_phase(p, a)) {
		rn_print_addr(p, addr);
		return true;
	}
	uint64_t said = rn_arg_length(p, a), known = rn_record_bytes(id, p->abi);
	uint64_t size = said < known ? said : known;
	if (a->dir & RN_IN)
		p->phase = RN_PHASE_ENTRY;
	if (!rn_record_known(id) || !size || size < rn_record_least_bytes(id) ||
	    size > sizeof(bytes) || !rn_print_read(p, addr, bytes, (size_t)size)) {
		rn_print_addr(p, addr);
		return true;
	}
	rn_print_record(p, id, rn_bytes_of(bytes, (size_t)size));
	if (said > known && a->kind != RN_ARG_REC && a->dir & RN_IN && p->out->len) {
		p->out->len--; /* the brace */
		print_beyond(p, addr, known, said);
		rn_put_u8(p->out, '}');
	}
	return true;
}

bool rn_kind_fdpair(struct rn_print *p, unsigned i)
{
	uint8_t pair[8];
	if (!rn_arg_phase(p, &p->desc->arg[i]) ||
	    !rn_print_read(p, p->args[i], pair, sizeof(pair))) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	rn_put_u8(p->out, '[');
	rn_print_fd_at(p, rn_field_i(rn_bytes_of(pair, 8), 0, 4), RN_PHASE_EXIT);
	RN_PUT(p, ", ");
	rn_print_fd_at(p, rn_field_i(rn_bytes_of(pair, 8), 4, 4), RN_PHASE_EXIT);
	rn_put_u8(p->out, ']');
	return true;
}
