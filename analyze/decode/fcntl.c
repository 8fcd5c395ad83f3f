/* SPDX-License-Identifier: MIT */
/* fcntl's third argument and result, by a row per command. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/results.h"

enum form {
	NOTHING, DESCRIPTOR, NUMBER, SIGNAL, FLAGS, ENUM, LOCK, LOCK_ASKED, LOCK64, LOCK64_ASKED,
	OWNER, OWNER_ASKED, HINT, HINT_ASKED, PROCESS
};

enum result { PLAIN, NEW_FD, NAMED_FLAGS, NAMED_SEALS, NAMED_SIGNAL, NAMED_LEASE };

static const struct command {
	uint16_t number;
	uint8_t form, result;
	uint16_t names;
} commands[] = {
	{ 0, DESCRIPTOR, NEW_FD, 0 },                       /* F_DUPFD */
	{ 1, NOTHING, NAMED_FLAGS, RN_NAMES_fd_flags },     /* F_GETFD */
	{ 2, FLAGS, PLAIN, RN_NAMES_fd_flags },             /* F_SETFD */
	{ 3, NOTHING, NAMED_FLAGS, RN_NAMES_open },         /* F_GETFL */
	{ 4, FLAGS, PLAIN, RN_NAMES_open },                 /* F_SETFL */
	{ 5, LOCK_ASKED, PLAIN, 0 },                        /* F_GETLK */
	{ 6, LOCK, PLAIN, 0 },                              /* F_SETLK */
	{ 7, LOCK, PLAIN, 0 },                              /* F_SETLKW */
	{ 8, PROCESS, PLAIN, 0 },                           /* F_SETOWN */
	{ 9, NOTHING, PLAIN, 0 },                           /* F_GETOWN */
	{ 10, SIGNAL, PLAIN, 0 },                           /* F_SETSIG */
	{ 11, NOTHING, NAMED_SIGNAL, 0 },                   /* F_GETSIG */
	{ 12, LOCK64_ASKED, PLAIN, 0 },                     /* F_GETLK64 */
	{ 13, LOCK64, PLAIN, 0 },                           /* F_SETLK64 */
	{ 14, LOCK64, PLAIN, 0 },                           /* F_SETLKW64 */
	{ 15, OWNER, PLAIN, 0 },                            /* F_SETOWN_EX */
	{ 16, OWNER_ASKED, PLAIN, 0 },                      /* F_GETOWN_EX */
	{ 36, LOCK64_ASKED, PLAIN, 0 },                     /* F_OFD_GETLK */
	{ 37, LOCK64, PLAIN, 0 },                           /* F_OFD_SETLK */
	{ 38, LOCK64, PLAIN, 0 },                           /* F_OFD_SETLKW */
	{ 1024, ENUM, PLAIN, RN_NAMES_lock_type },          /* F_SETLEASE */
	{ 1025, NOTHING, NAMED_LEASE, RN_NAMES_lock_type }, /* F_GETLEASE */
	{ 1026, FLAGS, PLAIN, RN_NAMES_notify },            /* F_NOTIFY */
	{ 1030, DESCRIPTOR, NEW_FD, 0 },                    /* F_DUPFD_CLOEXEC */
	{ 1031, NUMBER, PLAIN, 0 },                         /* F_SETPIPE_SZ */
	{ 1032, NOTHING, PLAIN, 0 },                        /* F_GETPIPE_SZ */
	{ 1033, FLAGS, PLAIN, RN_NAMES_seals },             /* F_ADD_SEALS */
	{ 1034, NOTHING, NAMED_SEALS, RN_NAMES_seals },     /* F_GET_SEALS */
	{ 1035, HINT_ASKED, PLAIN, RN_NAMES_rw_hint },      /* F_GET_RW_HINT */
	{ 1036, HINT, PLAIN, RN_NAMES_rw_hint },            /* F_SET_RW_HINT */
	{ 1037, HINT_ASKED, PLAIN, RN_NAMES_rw_hint },      /* F_GET_FILE_RW_HINT */
	{ 1038, HINT, PLAIN, RN_NAMES_rw_hint },            /* F_SET_FILE_RW_HINT */
};

static const struct command *find(uint64_t number)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].number == number)
			return &commands[i];
	return NULL;
}

/* Reads what the kernel wrote (asked) or was given. */
static bool read_as(struct rn_print *p, uint64_t addr, void *to, size_t len, bool asked)
{
	p->phase = asked ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	return !(asked && p->no_exit) && rn_print_read(p, addr, to, len);
}

/* struct flock: two shorts, then start and length: 64-bit on LP64, at 8; 32-bit of i386, at 4;
 * flock64 of i386: 64-bit at 4. */
static void put_lock(struct rn_print *p, uint64_t addr, bool asked, bool wide)
{
	uint8_t bytes[32];
	unsigned each = wide || p->word == 8 ? 8 : 4, at = p->word == 8 ? 8 : 4;
	unsigned whole = p->word == 8 ? 32 : at + 2 * each + 4;
	if (!read_as(p, addr, bytes, whole, asked)) {
		rn_print_addr(p, addr);
		return;
	}
	struct rn_bytes b = rn_bytes_of(bytes, whole);
	RN_PUT(p, "{l_type=");
	rn_print_enum(p, RN_NAMES_lock_type, rn_field_u(b, 0, 2));
	RN_PUT(p, ", l_whence=");
	rn_print_enum(p, RN_NAMES_whence, rn_field_u(b, 2, 2));
	RN_PUT(p, ", l_start=");
	rn_put_dec(p->out, rn_field_i(b, at, each));
	RN_PUT(p, ", l_len=");
	rn_put_dec(p->out, rn_field_i(b, at + each, each));
	if (asked) {
		RN_PUT(p, ", l_pid=");
		rn_put_dec(p->out, rn_field_i(b, at + 2 * each, 4));
	}
	rn_put_u8(p->out, '}');
}

enum { F_OWNER_PGRP = 2 };

static void put_owner(struct rn_print *p, uint64_t addr, bool asked)
{
	uint8_t bytes[8];
	if (!read_as(p, addr, bytes, sizeof(bytes), asked)) {
		rn_print_addr(p, addr);
		return;
	}
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	RN_PUT(p, "{type=");
	rn_print_enum(p, RN_NAMES_f_owner, rn_field_u(b, 0, 4));
	RN_PUT(p, ", pid=");
	if (rn_field_u(b, 0, 4) == F_OWNER_PGRP)
		rn_print_pgid_at(p, rn_field_i(b, 4, 4), p->phase);
	else
		rn_print_pid_at(p, rn_field_i(b, 4, 4), p->phase);
	rn_put_u8(p->out, '}');
}

static void put_hint(struct rn_print *p, uint64_t addr, bool asked)
{
	uint8_t bytes[8];
	if (!read_as(p, addr, bytes, sizeof(bytes), asked)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_print_enum(p, RN_NAMES_rw_hint, rn_field_u(rn_bytes_of(bytes, 8), 0, 8));
	rn_put_u8(p->out, ']');
}

bool rn_kind_fcntl_arg(struct rn_print *p, unsigned i)
{
	uint64_t v = p->args[i];
	const struct command *c = find((uint32_t)p->args[1]);
	switch (c ? (enum form)c->form : NUMBER) {
	case NOTHING:
		return false;
	case DESCRIPTOR:
	case PROCESS:
	case NUMBER:
		if (c)
			rn_put_dec(p->out, (int32_t)v);
		else
			rn_put_hex(p->out, v);
		break;
	case SIGNAL:
		rn_print_signo(p, (int32_t)v);
		break;
	case FLAGS:
		rn_print_flags(p, (enum rn_names_id)c->names, (uint32_t)v);
		break;
	case ENUM:
		rn_print_enum(p, (enum rn_names_id)c->names, (uint32_t)v);
		break;
	case LOCK:
	case LOCK_ASKED:
		put_lock(p, v, c->form == LOCK_ASKED, false);
		break;
	case LOCK64:
	case LOCK64_ASKED:
		put_lock(p, v, c->form == LOCK64_ASKED, true);
		break;
	case OWNER:
	case OWNER_ASKED:
		put_owner(p, v, c->form == OWNER_ASKED);
		break;
	case HINT:
	case HINT_ASKED:
		put_hint(p, v, c->form == HINT_ASKED);
		break;
	}
	return true;
}

static void put_named(struct rn_print *p, int64_t ret, const char *label, enum rn_names_id names)
{
	const struct rn_decode_style *style = p->style;
	if (names == RN_NAMES_open)
		rn_print_names_only(p);
	rn_put_hex(p->out, (uint64_t)ret);
	rn_put_text(p->out, label);
	rn_print_flags(p, names, (uint64_t)ret);
	rn_put_u8(p->out, ')');
	p->style = style;
}

void rn_result_fcntl(struct rn_print *p, int64_t ret)
{
	const struct command *c = find((uint32_t)p->args[1]);
	enum rn_names_id names = c ? (enum rn_names_id)c->names : RN_NAMES_none;
	enum result result = c ? (enum result)c->result : PLAIN;
	if (result == NEW_FD) {
		rn_print_fd_at(p, ret, RN_PHASE_EXIT);
	} else if (result == NAMED_FLAGS && (ret || names == RN_NAMES_open)) {
		put_named(p, ret, " (flags ", names);
	} else if (result == NAMED_SEALS && ret) {
		put_named(p, ret, " (seals ", names);
	} else if (result == NAMED_LEASE) {
		rn_put_hex(p->out, (uint64_t)ret);
		RN_PUT(p, " (");
		rn_print_enum(p, names, (uint64_t)ret);
		rn_put_u8(p->out, ')');
	} else if (result == NAMED_SIGNAL && ret) {
		rn_put_dec(p->out, ret);
		RN_PUT(p, " (");
		rn_print_signo(p, ret);
		rn_put_u8(p->out, ')');
	} else {
		rn_put_dec(p->out, ret);
	}
}
