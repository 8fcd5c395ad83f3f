/* SPDX-License-Identifier: MIT */
/* Calls whose arguments a command chooses and which are rare: keyctl, ptrace, quotactl. One row per
 * command says how each argument is shown; what has no row shows as numbers. */
#include "analyze/decode/fields.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"
#include "analyze/decode/sockets.h"

enum form {
	END, HEX, INT, UINT, WORD, ADDRESS, KEY_ID, OWNER, STRING, GIVEN, TAKEN, SIGNAL,
	WORD_TAKEN, WORD_ASKED, REGSET, NAME32, BITS, NUMBERED, PERMISSIONS, RECORD_GIVEN,
	RECORD_TAKEN, NAME_TAKEN, BITS_GIVEN, BY_LENGTH_1, BY_LENGTH_2
};

/* What a form needs besides: names, or fields and how many bytes they take. */
struct shown {
	uint8_t form;
	uint16_t names;
	uint16_t bytes, bytes32;
	const struct rn_fields *fields;
};

struct row {
	uint32_t command;
	struct shown arg[4];
};

#define ROW(name, form, off, size, aux) { name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off, size, aux }
#define WORD_ROW(name, form, k) { name, RN_FORM_##form, RN_FIELD_ALWAYS, 8 * (k), 8, 4 * (k), 4, 0 }
#define DETAIL(name, form, off, size, aux) { name, RN_FORM_##form, RN_FIELD_DETAIL, off, size, off, size, aux }
#define SPARE(name, off, n) { name, RN_FORM_HEXES, RN_FIELD_NONZERO, off, 4 * (n), off, 4 * (n), n }
#define RECORD(dir, fields, bytes) { RECORD_##dir, 0, bytes, bytes, &fields }
#define F(form) { form, 0, 0, 0, NULL }
#define N(form, names) { form, RN_NAMES_##names, 0, 0, NULL }

/* <linux/keyctl.h> */
static const struct rn_field dh_rows[] = {
	ROW("private", KEY, 0, 4, 0), ROW("prime", KEY, 4, 4, 0), ROW("base", KEY, 8, 4, 0),
};
static const struct rn_fields dh_params = RN_FIELDS_OF(dh_rows);
static const struct rn_field kdf_rows[] = {
	WORD_ROW("hashname", PTR, 0), WORD_ROW("otherinfo", PTR, 1),
	{ "otherinfolen", RN_FORM_UDEC, RN_FIELD_ALWAYS, 16, 4, 8, 4, 0 },
};
static const struct rn_fields kdf_params = RN_FIELDS_OF(kdf_rows);
static const struct rn_field pkey_rows[] = {
	ROW("key_id", KEY, 0, 4, 0), ROW("in_len", UDEC, 4, 4, 0), ROW("out_len", UDEC, 8, 4, 0),
	SPARE("__spare", 12, 7),
};
static const struct rn_fields pkey_params = RN_FIELDS_OF(pkey_rows);
static const struct rn_field verify_rows[] = {
	ROW("key_id", KEY, 0, 4, 0), ROW("in_len", UDEC, 4, 4, 0), ROW("in2_len", UDEC, 8, 4, 0),
	SPARE("__spare", 12, 7),
};
static const struct rn_fields verify_params = RN_FIELDS_OF(verify_rows);
static const struct rn_field query_rows[] = {
	ROW("supported_ops", FLAGS, 0, 4, RN_NAMES_key_supports), ROW("key_size", UDEC, 4, 4, 0),
	ROW("max_data_size", UDEC, 8, 2, 0), ROW("max_sig_size", UDEC, 10, 2, 0),
	ROW("max_enc_size", UDEC, 12, 2, 0), ROW("max_dec_size", UDEC, 14, 2, 0),
	SPARE("__spare", 16, 10),
};
static const struct rn_fields pkey_query = RN_FIELDS_OF(query_rows);

/* <linux/quota.h> and <linux/dqblk_xfs.h> */
static const struct rn_field quota_rows[] = {
	ROW("dqb_bhardlimit", UDEC, 0, 8, 0), ROW("dqb_bsoftlimit", UDEC, 8, 8, 0),
	ROW("dqb_curspace", UDEC, 16, 8, 0), ROW("dqb_ihardlimit", UDEC, 24, 8, 0),
	ROW("dqb_isoftlimit", UDEC, 32, 8, 0), ROW("dqb_curinodes", UDEC, 40, 8, 0),
	DETAIL("dqb_btime", UDEC, 48, 8, 0), DETAIL("dqb_itime", UDEC, 56, 8, 0),
	DETAIL("dqb_valid", FLAGS, 64, 4, RN_NAMES_quota_valid),
};
static const struct rn_fields quota = RN_FIELDS_OF(quota_rows);
static const struct rn_field next_quota_rows[] = {
	ROW("dqb_bhardlimit", UDEC, 0, 8, 0), ROW("dqb_bsoftlimit", UDEC, 8, 8, 0),
	ROW("dqb_curspace", UDEC, 16, 8, 0), ROW("dqb_ihardlimit", UDEC, 24, 8, 0),
	ROW("dqb_isoftlimit", UDEC, 32, 8, 0), ROW("dqb_curinodes", UDEC, 40, 8, 0),
	DETAIL("dqb_btime", UDEC, 48, 8, 0), DETAIL("dqb_itime", UDEC, 56, 8, 0),
	DETAIL("dqb_valid", FLAGS, 64, 4, RN_NAMES_quota_valid), ROW("dqb_id", UDEC, 68, 4, 0),
};
static const struct rn_fields next_quota = RN_FIELDS_OF(next_quota_rows);
static const struct rn_field quota_info_rows[] = {
	ROW("dqi_bgrace", UDEC, 0, 8, 0), ROW("dqi_igrace", UDEC, 8, 8, 0),
	ROW("dqi_flags", FLAGS, 16, 4, RN_NAMES_quota_info),
	ROW("dqi_valid", FLAGS, 20, 4, RN_NAMES_quota_info_valid),
};
static const struct rn_fields quota_info = RN_FIELDS_OF(quota_info_rows);
static const struct rn_field disk_quota_rows[] = {
	ROW("d_version", DEC, 0, 1, 0), ROW("d_flags", FLAGS, 1, 1, RN_NAMES_quota_flags),
	ROW("d_fieldmask", HEX, 2, 2, 0), ROW("d_id", UDEC, 4, 4, 0),
	ROW("d_blk_hardlimit", UDEC, 8, 8, 0), ROW("d_blk_softlimit", UDEC, 16, 8, 0),
	ROW("d_ino_hardlimit", UDEC, 24, 8, 0), ROW("d_ino_softlimit", UDEC, 32, 8, 0),
	ROW("d_bcount", UDEC, 40, 8, 0), ROW("d_icount", UDEC, 48, 8, 0),
	DETAIL("d_itimer", DEC, 56, 4, 0), DETAIL("d_btimer", DEC, 60, 4, 0),
	DETAIL("d_iwarns", UDEC, 64, 2, 0), DETAIL("d_bwarns", UDEC, 66, 2, 0),
	DETAIL("d_rtb_hardlimit", UDEC, 72, 8, 0), DETAIL("d_rtb_softlimit", UDEC, 80, 8, 0),
	DETAIL("d_rtbcount", UDEC, 88, 8, 0), DETAIL("d_rtbtimer", DEC, 96, 4, 0),
	DETAIL("d_rtbwarns", UDEC, 100, 2, 0),
};
static const struct rn_fields disk_quota = RN_FIELDS_OF(disk_quota_rows);

static const struct row keyctls[] = {
	{ 0, { F(KEY_ID), F(INT) } },                 /* GET_KEYRING_ID */
	{ 1, { F(STRING) } },                         /* JOIN_SESSION_KEYRING */
	{ 2, { F(KEY_ID), F(GIVEN), F(WORD) } },      /* UPDATE */
	{ 3, { F(KEY_ID) } },                         /* REVOKE */
	{ 4, { F(KEY_ID), F(OWNER), F(OWNER) } },     /* CHOWN */
	{ 5, { F(KEY_ID), N(PERMISSIONS, key_perms) } }, /* SETPERM */
	{ 6, { F(KEY_ID), F(TAKEN), F(WORD) } },      /* DESCRIBE */
	{ 7, { F(KEY_ID) } },                         /* CLEAR */
	{ 8, { F(KEY_ID), F(KEY_ID) } },              /* LINK */
	{ 9, { F(KEY_ID), F(KEY_ID) } },              /* UNLINK */
	{ 10, { F(KEY_ID), F(STRING), F(STRING), F(KEY_ID) } }, /* SEARCH */
	{ 11, { F(KEY_ID), F(TAKEN), F(WORD) } },     /* READ */
	{ 12, { F(KEY_ID), F(GIVEN), F(WORD), F(KEY_ID) } }, /* INSTANTIATE */
	{ 13, { F(KEY_ID), F(UINT), F(KEY_ID) } },    /* NEGATE */
	{ 14, { N(NUMBERED, key_reqkey) } },          /* SET_REQKEY_KEYRING */
	{ 15, { F(KEY_ID), F(UINT) } },               /* SET_TIMEOUT */
	{ 16, { F(KEY_ID) } },                        /* ASSUME_AUTHORITY */
	{ 17, { F(KEY_ID), F(TAKEN), F(WORD) } },     /* GET_SECURITY */
	{ 18, { F(END) } },                           /* SESSION_TO_PARENT */
	{ 19, { F(KEY_ID), F(UINT), F(UINT), F(KEY_ID) } }, /* REJECT */
	{ 20, { F(KEY_ID), F(ADDRESS), F(WORD), F(KEY_ID) } }, /* INSTANTIATE_IOV */
	{ 21, { F(KEY_ID) } },                        /* INVALIDATE */
	{ 22, { F(OWNER), F(KEY_ID) } },              /* GET_PERSISTENT */
	{ 23, { RECORD(GIVEN, dh_params, 12), F(TAKEN), F(WORD),
		{ RECORD_GIVEN, 0, 24, 12, &kdf_params } } }, /* DH_COMPUTE */
	{ 24, { F(KEY_ID), F(HEX), F(STRING), RECORD(TAKEN, pkey_query, 56) } }, /* PKEY_QUERY */
	{ 25, { RECORD(GIVEN, pkey_params, 40), F(STRING), F(BY_LENGTH_1), F(BY_LENGTH_2) } }, /* PKEY_ENCRYPT */
	{ 26, { RECORD(GIVEN, pkey_params, 40), F(STRING), F(BY_LENGTH_1), F(BY_LENGTH_2) } }, /* PKEY_DECRYPT */
	{ 27, { RECORD(GIVEN, pkey_params, 40), F(STRING), F(BY_LENGTH_1), F(BY_LENGTH_2) } }, /* PKEY_SIGN */
	{ 28, { RECORD(GIVEN, verify_params, 40), F(STRING), F(BY_LENGTH_1), F(BY_LENGTH_2) } }, /* PKEY_VERIFY */
	{ 29, { F(KEY_ID), F(STRING), F(STRING) } },  /* RESTRICT_KEYRING */
	{ 30, { F(KEY_ID), F(KEY_ID), F(KEY_ID), N(PERMISSIONS, key_move) } }, /* MOVE */
	{ 31, { F(ADDRESS), F(WORD) } },              /* CAPABILITIES */
};

/* ptrace(2): address and data */
static const struct row ptraces[] = {
	{ 0, { F(END) } },                            /* TRACEME */
	{ 1, { F(ADDRESS), F(WORD_TAKEN) } },         /* PEEKTEXT */
	{ 2, { F(ADDRESS), F(WORD_TAKEN) } },         /* PEEKDATA */
	{ 3, { F(ADDRESS), F(WORD_ASKED) } },         /* PEEKUSER */
	{ 4, { F(ADDRESS), F(HEX) } },                /* POKETEXT */
	{ 5, { F(ADDRESS), F(HEX) } },                /* POKEDATA */
	{ 7, { F(ADDRESS), F(SIGNAL) } },             /* CONT */
	{ 8, { F(END) } },                            /* KILL */
	{ 9, { F(ADDRESS), F(SIGNAL) } },             /* SINGLESTEP */
	{ 16, { F(END) } },                           /* ATTACH */
	{ 17, { F(ADDRESS), F(SIGNAL) } },            /* DETACH */
	{ 21, { F(ADDRESS), N(BITS, ptrace_options) } }, /* OLDSETOPTIONS */
	{ 24, { F(ADDRESS), F(SIGNAL) } },            /* SYSCALL */
	{ 31, { F(ADDRESS), F(SIGNAL) } },            /* SYSEMU */
	{ 32, { F(ADDRESS), F(SIGNAL) } },            /* SYSEMU_SINGLESTEP */
	{ 33, { F(ADDRESS), F(SIGNAL) } },            /* SINGLEBLOCK */
	{ 0x4200, { F(ADDRESS), N(BITS, ptrace_options) } }, /* SETOPTIONS */
	{ 0x4201, { F(ADDRESS), F(WORD_TAKEN) } },    /* GETEVENTMSG */
	{ 0x4203, { F(ADDRESS), { RECORD_GIVEN, RN_REC_siginfo, 128, 128, NULL } } }, /* SETSIGINFO */
	{ 0x4204, { F(REGSET), F(ADDRESS) } },        /* GETREGSET */
	{ 0x4205, { F(REGSET), F(ADDRESS) } },        /* SETREGSET */
	{ 0x4206, { F(ADDRESS), N(BITS, ptrace_options) } }, /* SEIZE */
	{ 0x4207, { F(END) } },                       /* INTERRUPT */
	{ 0x4208, { F(END) } },                       /* LISTEN */
	{ 0x420a, { F(WORD), F(ADDRESS) } },          /* GETSIGMASK */
	{ 0x420b, { F(WORD), F(ADDRESS) } },          /* SETSIGMASK */
	{ 0x420d, { F(WORD), F(ADDRESS) } },          /* SECCOMP_GET_METADATA */
	{ 0x420e, { F(WORD), F(ADDRESS) } },          /* GET_SYSCALL_INFO */
};

/* quotactl(2): the id, or what stands in its place, and what is moved. */
static const struct row quotas[] = {
	{ 0x5801, { F(END), N(BITS_GIVEN, quota_accounting) } },        /* Q_XQUOTAON */
	{ 0x5802, { F(END), N(BITS_GIVEN, quota_accounting) } },        /* Q_XQUOTAOFF */
	{ 0x5803, { F(OWNER), RECORD(TAKEN, disk_quota, 112) } },       /* Q_XGETQUOTA */
	{ 0x5804, { F(OWNER), RECORD(GIVEN, disk_quota, 112) } },       /* Q_XSETQLIM */
	{ 0x5805, { F(END), F(ADDRESS) } },                             /* Q_XGETQSTAT */
	{ 0x5806, { F(END), N(BITS_GIVEN, quota_flags) } },             /* Q_XQUOTARM */
	{ 0x5807, { F(END), F(END) } },                                 /* Q_XQUOTASYNC */
	{ 0x5808, { F(END), F(ADDRESS) } },                             /* Q_XGETQSTATV */
	{ 0x5809, { F(OWNER), RECORD(TAKEN, disk_quota, 112) } },       /* Q_XGETNEXTQUOTA */
	{ 0x800001, { F(END), F(END) } },                               /* Q_SYNC */
	{ 0x800002, { N(NAME32, quota_format), F(STRING) } },           /* Q_QUOTAON */
	{ 0x800003, { F(END), F(END) } },                               /* Q_QUOTAOFF */
	{ 0x800004, { F(END), N(NAME_TAKEN, quota_format) } },          /* Q_GETFMT */
	{ 0x800005, { F(END), RECORD(TAKEN, quota_info, 24) } },        /* Q_GETINFO */
	{ 0x800006, { F(END), RECORD(GIVEN, quota_info, 24) } },        /* Q_SETINFO */
	{ 0x800007, { F(OWNER), { RECORD_TAKEN, 0, 72, 68, &quota } } }, /* Q_GETQUOTA */
	{ 0x800008, { F(OWNER), { RECORD_GIVEN, 0, 72, 68, &quota } } }, /* Q_SETQUOTA */
	{ 0x800009, { F(OWNER), RECORD(TAKEN, next_quota, 72) } },      /* Q_GETNEXTQUOTA */
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

static void put_record_of(struct rn_print *p, const struct shown *s, uint64_t addr, bool taken)
{
	uint8_t bytes[128];
	size_t len = p->word == 4 ? s->bytes32 : s->bytes;
	p->phase = taken ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if ((taken && p->no_exit) || len > sizeof(bytes) || !rn_print_read(p, addr, bytes, len))
		rn_print_addr(p, addr);
	else if (s->fields)
		rn_print_fields(p, s->fields, rn_bytes_of(bytes, len));
	else
		rn_print_record(p, (enum rn_record_id)s->names, rn_bytes_of(bytes, len));
}

/* A number of 32 bits behind an address. */
static void put_pointed(struct rn_print *p, uint64_t addr, enum rn_names_id names, bool taken)
{
	uint64_t v;
	p->phase = taken ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if ((taken && p->no_exit) || !rn_print_read_uint(p, addr, 4, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	if (taken)
		rn_print_enum(p, names, v);
	else
		rn_print_flags(p, names, v);
	rn_put_u8(p->out, ']');
}

/* The buffers of a public key operation: how long they are stands in the record of argument 1. What
 * the call gives back is as long as its result says. */
static void put_pkey_buffer(struct rn_print *p, uint64_t addr, unsigned which)
{
	const uint32_t verify = 28;
	uint64_t len;
	bool known = rn_print_read_uint(p, p->args[1] + 4 * which, 4, &len);
	if (which == 2 && (uint32_t)p->args[0] != verify)
		put_taken(p, addr, known ? len : 0);
	else if (known)
		rn_print_buffer(p, addr, len);
	else
		rn_print_addr(p, addr);
}

/* Some numbers are decimal where they have no name. */
static void put_numbered(struct rn_print *p, enum rn_names_id names, uint64_t v)
{
	if (rn_name_of(names, p->abi, v)) {
		rn_print_enum(p, names, v);
		return;
	}
	rn_put_dec(p->out, (int32_t)v);
	RN_PUT(p, " /* ");
	rn_put_text(p->out, rn_names(names, p->abi)->unknown);
	RN_PUT(p, " */");
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

static bool put(struct rn_print *p, const struct shown *s, unsigned i)
{
	enum rn_names_id names = (enum rn_names_id)s->names;
	uint64_t v = p->args[i], next = i + 1 < 6 ? p->args[i + 1] : 0;
	p->phase = RN_PHASE_ENTRY;
	switch ((enum form)s->form) {
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
		rn_print_signo(p, p->word == 4 ? (int32_t)v : (int64_t)v);
		break;
	case BITS:
		rn_print_flags(p, names, v);
		break;
	case PERMISSIONS:
		rn_print_flags(p, names, (uint32_t)v);
		break;
	case NAME32:
		rn_print_enum(p, names, (uint32_t)v);
		break;
	case NUMBERED:
		put_numbered(p, names, (uint32_t)v);
		break;
	case RECORD_GIVEN:
	case RECORD_TAKEN:
		put_record_of(p, s, v, s->form == RECORD_TAKEN);
		break;
	case NAME_TAKEN:
	case BITS_GIVEN:
		put_pointed(p, v, names, s->form == NAME_TAKEN);
		break;
	case BY_LENGTH_1:
	case BY_LENGTH_2:
		put_pkey_buffer(p, v, s->form == BY_LENGTH_1 ? 1 : 2);
		break;
	case WORD_ASKED:
	case WORD_TAKEN:
		put_word_taken(p, v);
		break;
	case REGSET:
		rn_print_enum(p, RN_NAMES_ptrace_regset, v);
		break;
	}
	return true;
}

static const struct shown hex = F(HEX), address = F(ADDRESS);

bool rn_kind_keyctl_arg(struct rn_print *p, unsigned i)
{
	const struct row *r = FIND(keyctls, (uint32_t)p->args[0]);
	return i >= 1 && i <= 4 && put(p, r ? &r->arg[i - 1] : &hex, i);
}

bool rn_kind_ptrace_arg(struct rn_print *p, unsigned i)
{
	const struct row *r = FIND(ptraces, p->args[0]);
	return i >= 2 && i <= 3 && put(p, r ? &r->arg[i - 2] : &address, i);
}

static void put_quota_command(struct rn_print *p, uint64_t v)
{
	RN_PUT(p, "QCMD(");
	rn_print_enum(p, RN_NAMES_quota_cmd, (uint32_t)v >> 8);
	RN_PUT(p, ", ");
	rn_print_enum(p, RN_NAMES_quota_type, v & 0xff);
	rn_put_u8(p->out, ')');
}

/* quotactl: a command over the kind of quota, an id, and what the command moves. */
bool rn_kind_quotactl_arg(struct rn_print *p, unsigned i)
{
	static const struct shown owner = F(OWNER);
	unsigned command = p->desc->arg[0].kind == RN_ARG_FD ? 1 : 0;
	if (i == command) {
		put_quota_command(p, p->args[i]);
		return true;
	}
	const struct row *r = FIND(quotas, (uint32_t)p->args[command] >> 8);
	if (i < 2 || i > 3)
		return false;
	return put(p, r ? &r->arg[i - 2] : i == 2 ? &owner : &address, i);
}
