/* SPDX-License-Identifier: MIT */
/* Calls whose arguments a command chooses and which are rare: keyctl, ptrace, quotactl, bpf. One
 * row per command says how each argument is shown; what has no row shows as numbers. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"

enum form {
	END, HEX, INT, UINT, WORD, ADDRESS, KEY_ID, OWNER, STRING, GIVEN, TAKEN, SIGNAL, OPTIONS,
	WORD_TAKEN, REGSET
};

struct row {
	uint32_t command;
	uint8_t form[4];
};

/* keyctl(2) */
static const struct row keyctls[] = {
	{ 0, { KEY_ID, INT } },                   /* GET_KEYRING_ID */
	{ 1, { STRING } },                        /* JOIN_SESSION_KEYRING */
	{ 2, { KEY_ID, GIVEN, WORD } },           /* UPDATE */
	{ 3, { KEY_ID } },                        /* REVOKE */
	{ 4, { KEY_ID, OWNER, OWNER } },          /* CHOWN */
	{ 5, { KEY_ID, HEX } },                   /* SETPERM */
	{ 6, { KEY_ID, TAKEN, WORD } },           /* DESCRIBE */
	{ 7, { KEY_ID } },                        /* CLEAR */
	{ 8, { KEY_ID, KEY_ID } },                /* LINK */
	{ 9, { KEY_ID, KEY_ID } },                /* UNLINK */
	{ 10, { KEY_ID, STRING, STRING, KEY_ID } }, /* SEARCH */
	{ 11, { KEY_ID, TAKEN, WORD } },          /* READ */
	{ 12, { KEY_ID, GIVEN, WORD, KEY_ID } },  /* INSTANTIATE */
	{ 13, { KEY_ID, UINT, KEY_ID } },         /* NEGATE */
	{ 14, { INT } },                          /* SET_REQKEY_KEYRING */
	{ 15, { KEY_ID, UINT } },                 /* SET_TIMEOUT */
	{ 16, { KEY_ID } },                       /* ASSUME_AUTHORITY */
	{ 17, { KEY_ID, TAKEN, WORD } },          /* GET_SECURITY */
	{ 18, { END } },                          /* SESSION_TO_PARENT */
	{ 19, { KEY_ID, UINT, UINT, KEY_ID } },   /* REJECT */
	{ 21, { KEY_ID } },                       /* INVALIDATE */
	{ 22, { OWNER, KEY_ID } },                /* GET_PERSISTENT */
};

/* ptrace(2): address and data */
static const struct row ptraces[] = {
	{ 0, { END } },                           /* TRACEME */
	{ 1, { ADDRESS, WORD_TAKEN } },           /* PEEKTEXT */
	{ 2, { ADDRESS, WORD_TAKEN } },           /* PEEKDATA */
	{ 4, { ADDRESS, HEX } },                  /* POKETEXT */
	{ 5, { ADDRESS, HEX } },                  /* POKEDATA */
	{ 7, { ADDRESS, SIGNAL } },               /* CONT */
	{ 8, { END } },                           /* KILL */
	{ 9, { ADDRESS, SIGNAL } },               /* SINGLESTEP */
	{ 16, { END } },                          /* ATTACH */
	{ 17, { ADDRESS, SIGNAL } },              /* DETACH */
	{ 24, { ADDRESS, SIGNAL } },              /* SYSCALL */
	{ 31, { ADDRESS, SIGNAL } },              /* SYSEMU */
	{ 0x4200, { ADDRESS, OPTIONS } },         /* SETOPTIONS */
	{ 0x4201, { ADDRESS, WORD_TAKEN } },      /* GETEVENTMSG */
	{ 0x4204, { REGSET, ADDRESS } },          /* GETREGSET */
	{ 0x4205, { REGSET, ADDRESS } },          /* SETREGSET */
	{ 0x4206, { ADDRESS, OPTIONS } },         /* SEIZE */
	{ 0x4207, { END } },                      /* INTERRUPT */
	{ 0x4208, { END } },                      /* LISTEN */
};

static const struct row *find(const struct row *rows, size_t n, uint64_t command)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].command == command)
			return &rows[i];
	return NULL;
}
#define FIND(rows, command) find(rows, sizeof(rows) / sizeof((rows)[0]), command)

static void put_key_id(struct rn_print *p, uint64_t v)
{
	const char *name = rn_name_of(RN_NAMES_keyring, p->abi, (uint32_t)v);
	if (name)
		rn_put_text(p->out, name);
	else
		rn_put_dec(p->out, (int32_t)v);
}

static void put_taken(struct rn_print *p, uint64_t addr, uint64_t room)
{
	uint64_t taken = (uint64_t)p->call->ret;
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit || p->call->ret < 0)
		rn_print_addr(p, addr);
	else
		rn_print_buffer(p, addr, taken < room ? taken : room);
}

static void put_word_taken(struct rn_print *p, uint64_t addr)
{
	uint64_t v;
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit || !rn_print_read_word(p, addr, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_put_hex(p->out, v);
	rn_put_u8(p->out, ']');
}

static bool put(struct rn_print *p, enum form form, unsigned i)
{
	uint64_t v = p->args[i], next = i + 1 < 6 ? p->args[i + 1] : 0;
	p->phase = RN_PHASE_ENTRY;
	switch (form) {
	case END:
		return false;
	case HEX:
		rn_put_hex(p->out, v);
		break;
	case INT:
		rn_put_dec(p->out, (int32_t)v);
		break;
	case UINT:
		rn_put_udec(p->out, (uint32_t)v);
		break;
	case WORD:
		rn_put_udec(p->out, v);
		break;
	case ADDRESS:
		rn_print_addr(p, v);
		break;
	case KEY_ID:
		put_key_id(p, v);
		break;
	case OWNER:
		rn_print_id(p, (uint32_t)v);
		break;
	case STRING:
		rn_print_string(p, v, rn_string_limit(p));
		break;
	case GIVEN:
		rn_print_buffer(p, v, next);
		break;
	case TAKEN:
		put_taken(p, v, next);
		break;
	case SIGNAL:
		rn_print_signo(p, (int64_t)v);
		break;
	case OPTIONS:
		rn_print_flags(p, RN_NAMES_ptrace_options, v);
		break;
	case WORD_TAKEN:
		put_word_taken(p, v);
		break;
	case REGSET:
		rn_print_enum(p, RN_NAMES_ptrace_regset, v);
		break;
	}
	return true;
}

bool rn_kind_keyctl_arg(struct rn_print *p, unsigned i)
{
	const struct row *r = FIND(keyctls, (uint32_t)p->args[0]);
	return i >= 1 && i <= 4 && put(p, r ? (enum form)r->form[i - 1] : HEX, i);
}

bool rn_kind_ptrace_arg(struct rn_print *p, unsigned i)
{
	const struct row *r = FIND(ptraces, p->args[0]);
	return i >= 2 && i <= 3 && put(p, r ? (enum form)r->form[i - 2] : ADDRESS, i);
}

/* quotactl: a command over the kind of quota, an id, and what the command moves. */
bool rn_kind_quotactl_arg(struct rn_print *p, unsigned i)
{
	uint64_t v = p->args[i];
	bool command = i == 0 || (i == 1 && p->desc->arg[0].kind == RN_ARG_FD);
	if (command) {
		RN_PUT(p, "QCMD(");
		rn_print_enum(p, RN_NAMES_quota_cmd, (uint32_t)v >> 8);
		RN_PUT(p, ", ");
		rn_print_enum(p, RN_NAMES_quota_type, v & 0xff);
		rn_put_u8(p->out, ')');
	} else if (i == 2) {
		rn_print_id(p, (uint32_t)v);
	} else {
		rn_print_addr(p, v);
	}
	return true;
}
