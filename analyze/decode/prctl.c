/* SPDX-License-Identifier: MIT */
/* prctl and arch_prctl: which arguments an option has and how they are shown, one row each; an
 * option without a row shows all of them. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"
#include "analyze/decode/results.h"

enum form {
	END, HEX, NUMBER, ADDRESS, SIGNAL, SIGNAL_OUT, NAME, LONG_STRING, NAME_OUT, INT_OUT, FLAGS_OUT,
	WORD_OUT, U64_OUT, ENUM, ENUM32, COMMENT32, PID, FLAGS, SPEC, FILTER, PTRACER, VECTOR_LENGTH, TAGGED
};

struct shown {
	uint8_t form;
	uint16_t names;
};

/* `first`: what argument 1 must be for the row to count; a row of ANY comes behind those. */
#define ANY INT16_MIN

static const struct option {
	uint32_t number;
	int16_t first;
	struct shown arg[4];
} options[] = {
	{ 1, ANY, { { SIGNAL, 0 } } },                          /* PR_SET_PDEATHSIG */
	{ 2, ANY, { { SIGNAL_OUT, 0 } } },                      /* PR_GET_PDEATHSIG */
	{ 3, ANY, { { END, 0 } } },                             /* PR_GET_DUMPABLE */
	{ 4, ANY, { { ENUM, RN_NAMES_prctl_dumpable } } },      /* PR_SET_DUMPABLE */
	{ 5, ANY, { { FLAGS_OUT, RN_NAMES_prctl_unalign } } },  /* PR_GET_UNALIGN */
	{ 6, ANY, { { FLAGS, RN_NAMES_prctl_unalign } } },      /* PR_SET_UNALIGN */
	{ 7, ANY, { { END, 0 } } },                             /* PR_GET_KEEPCAPS */
	{ 8, ANY, { { NUMBER, 0 } } },                          /* PR_SET_KEEPCAPS */
	{ 9, ANY, { { FLAGS_OUT, RN_NAMES_prctl_fpemu } } },    /* PR_GET_FPEMU */
	{ 10, ANY, { { FLAGS, RN_NAMES_prctl_fpemu } } },       /* PR_SET_FPEMU */
	{ 11, ANY, { { INT_OUT, 0 } } },                        /* PR_GET_FPEXC */
	{ 12, ANY, { { NUMBER, 0 } } },                         /* PR_SET_FPEXC */
	{ 13, ANY, { { END, 0 } } },                            /* PR_GET_TIMING */
	{ 14, ANY, { { NUMBER, 0 } } },                         /* PR_SET_TIMING */
	{ 15, ANY, { { NAME, 0 } } },                           /* PR_SET_NAME */
	{ 16, ANY, { { NAME_OUT, 0 } } },                       /* PR_GET_NAME */
	{ 19, ANY, { { INT_OUT, RN_NAMES_prctl_endian } } },    /* PR_GET_ENDIAN */
	{ 20, ANY, { { ENUM, RN_NAMES_prctl_endian } } },       /* PR_SET_ENDIAN */
	{ 21, ANY, { { END, 0 } } },                            /* PR_GET_SECCOMP */
	{ 22, 1, { { ENUM, RN_NAMES_seccomp_mode } } },         /* PR_SET_SECCOMP */
	{ 22, 2, { { ENUM, RN_NAMES_seccomp_mode }, { FILTER, 0 } } },
	{ 22, ANY, { { ENUM, RN_NAMES_seccomp_mode }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } },
	{ 23, ANY, { { ENUM, RN_NAMES_capability } } },         /* PR_CAPBSET_READ */
	{ 24, ANY, { { ENUM, RN_NAMES_capability } } },         /* PR_CAPBSET_DROP */
	{ 25, ANY, { { INT_OUT, RN_NAMES_prctl_tsc } } },       /* PR_GET_TSC */
	{ 26, ANY, { { ENUM32, RN_NAMES_prctl_tsc } } },        /* PR_SET_TSC */
	{ 27, ANY, { { END, 0 } } },                            /* PR_GET_SECUREBITS */
	{ 28, ANY, { { FLAGS, RN_NAMES_securebits } } },        /* PR_SET_SECUREBITS */
	{ 29, ANY, { { NUMBER, 0 } } },                         /* PR_SET_TIMERSLACK */
	{ 30, ANY, { { END, 0 } } },                            /* PR_GET_TIMERSLACK */
	{ 31, ANY, { { END, 0 } } },                            /* PR_TASK_PERF_EVENTS_DISABLE */
	{ 32, ANY, { { END, 0 } } },                            /* PR_TASK_PERF_EVENTS_ENABLE */
	{ 33, 1, { { ENUM, RN_NAMES_prctl_mce_kill }, { ENUM, RN_NAMES_prctl_mce_policy },
		{ HEX, 0 }, { HEX, 0 } } },                     /* PR_MCE_KILL */
	{ 33, ANY, { { ENUM, RN_NAMES_prctl_mce_kill }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } },
	{ 35, ANY, { { ENUM, RN_NAMES_prctl_mm }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_MM */
	{ 36, ANY, { { NUMBER, 0 } } },                         /* PR_SET_CHILD_SUBREAPER */
	{ 37, ANY, { { INT_OUT, 0 } } },                        /* PR_GET_CHILD_SUBREAPER */
	{ 38, ANY, { { NUMBER, 0 }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_NO_NEW_PRIVS */
	{ 40, ANY, { { WORD_OUT, 0 } } },                       /* PR_GET_TID_ADDRESS */
	{ 41, ANY, { { NUMBER, 0 }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_THP_DISABLE */
	{ 45, ANY, { { FLAGS, RN_NAMES_prctl_fp_mode } } },     /* PR_SET_FP_MODE */
	{ 46, ANY, { { END, 0 } } },                            /* PR_GET_FP_MODE */
	{ 47, 1, { { ENUM, RN_NAMES_prctl_ambient }, { ENUM, RN_NAMES_capability }, { HEX, 0 },
		{ HEX, 0 } } },                                 /* PR_CAP_AMBIENT: asked, raised, lowered */
	{ 47, 2, { { ENUM, RN_NAMES_prctl_ambient }, { ENUM, RN_NAMES_capability }, { HEX, 0 },
		{ HEX, 0 } } },
	{ 47, 3, { { ENUM, RN_NAMES_prctl_ambient }, { ENUM, RN_NAMES_capability }, { HEX, 0 },
		{ HEX, 0 } } },
	{ 47, ANY, { { ENUM, RN_NAMES_prctl_ambient }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } },
	{ 50, ANY, { { VECTOR_LENGTH, RN_NAMES_prctl_sve } } }, /* PR_SVE_SET_VL */
	{ 51, ANY, { { END, 0 } } },                            /* PR_SVE_GET_VL */
	{ 52, ANY, { { ENUM, RN_NAMES_prctl_spec } } },         /* PR_GET_SPECULATION_CTRL */
	{ 53, 0, { { ENUM, RN_NAMES_prctl_spec }, { SPEC, 0 } } }, /* PR_SET_SPECULATION_CTRL */
	{ 53, 1, { { ENUM, RN_NAMES_prctl_spec }, { SPEC, 0 } } },
	{ 53, 2, { { ENUM, RN_NAMES_prctl_spec }, { SPEC, 0 } } },
	{ 53, ANY, { { ENUM, RN_NAMES_prctl_spec }, { HEX, 0 } } },
	{ 54, ANY, { { FLAGS, RN_NAMES_prctl_pac }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_PAC_RESET_KEYS */
	{ 55, ANY, { { TAGGED, 0 }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_TAGGED_ADDR_CTRL */
	{ 59, 1, { { ENUM, RN_NAMES_prctl_dispatch }, { HEX, 0 }, { HEX, 0 }, { ADDRESS, 0 } } },
	{ 59, ANY, { { ENUM, RN_NAMES_prctl_dispatch }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } },
	{ 60, ANY, { { FLAGS, RN_NAMES_prctl_pac_enabled }, { FLAGS, RN_NAMES_prctl_pac_enabled },
		{ HEX, 0 }, { HEX, 0 } } },                     /* PR_PAC_SET_ENABLED_KEYS */
	{ 62, 0, { { ENUM32, RN_NAMES_prctl_sched_core }, { PID, 0 },
		{ COMMENT32, RN_NAMES_pid_type }, { U64_OUT, 0 } } }, /* PR_SCHED_CORE */
	{ 62, ANY, { { ENUM32, RN_NAMES_prctl_sched_core }, { PID, 0 },
		{ COMMENT32, RN_NAMES_pid_type }, { ADDRESS, 0 } } },
	{ 63, ANY, { { VECTOR_LENGTH, RN_NAMES_prctl_sme } } }, /* PR_SME_SET_VL */
	{ 64, ANY, { { END, 0 } } },                            /* PR_SME_GET_VL */
	{ 0x53564d41, 0, { { ENUM, RN_NAMES_prctl_vma }, { ADDRESS, 0 }, { NUMBER, 0 },
		{ LONG_STRING, 0 } } },                         /* PR_SET_VMA */
	{ 0x53564d41, ANY, { { ENUM, RN_NAMES_prctl_vma }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } },
	{ 0x59616d61, ANY, { { PTRACER, 0 } } },                /* PR_SET_PTRACER */
};

static const struct option *find(uint32_t number, uint64_t first)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct option *o = &options[i];
		bool narrow = o->arg[0].form == ENUM32;
		if (o->number == number && (o->first == ANY ||
		    (uint64_t)o->first == (narrow ? (uint32_t)first : first)))
			return o;
	}
	return NULL;
}

static void put_out(struct rn_print *p, uint64_t addr, enum form form, enum rn_names_id names)
{
	uint64_t v;
	unsigned size = form == WORD_OUT ? p->word : form == U64_OUT ? 8 : 4;
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit || !addr || !rn_print_read_uint(p, addr, size, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	if (form == FLAGS_OUT)
		rn_print_flags(p, names, v);
	else if (names)
		rn_print_enum(p, names, v);
	else if (form == SIGNAL_OUT)
		rn_print_signo(p, (int32_t)v);
	else if (form == WORD_OUT)
		rn_print_addr(p, v);
	else if (form == U64_OUT)
		rn_put_hex(p->out, v);
	else
		rn_put_udec(p->out, v);
	rn_put_u8(p->out, ']');
}

/* Of the name only the bytes that the kernel keeps are looked at. */
static void put_name(struct rn_print *p, uint64_t addr)
{
	const uint64_t kept = 15;
	if (rn_string_limit(p) < kept) {
		rn_print_string(p, addr, rn_string_limit(p));
		return;
	}
	struct rn_bytes run = rn_memory_run(p->call, p->phase, addr, kept, NULL);
	const uint8_t *nul = run.len ? memchr(run.p, 0, run.len) : NULL;
	if (nul) {
		rn_print_quoted(p, rn_bytes_of(run.p, (size_t)(nul - run.p)));
	} else if (run.len == kept) {
		rn_print_quoted(p, run);
		RN_PUT(p, "...");
	} else {
		rn_print_addr(p, addr);
	}
}

/* <asm/prctl.h> of arm64: flags above, the length of a vector in the low 16 bits. */
static void put_vector_names(struct rn_print *p, uint64_t v, enum rn_names_id names)
{
	uint64_t flags = v & ~(uint64_t)0xffff;
	if (flags) {
		bool first = true;
		uint64_t rest = rn_print_known_flags(p, names, flags, &first);
		if (rest) {
			if (!first)
				rn_put_u8(p->out, '|');
			rn_put_hex(p->out, rest);
		}
		rn_put_u8(p->out, '|');
	}
	rn_put_hex(p->out, v & 0xffff);
}

static void put_vector_length(struct rn_print *p, uint64_t v, enum rn_names_id names)
{
	bool number = rn_print_numbers(p) || v < 0x10000;
	if (number)
		rn_put_hex(p->out, v);
	if (v < 0x10000 || !rn_print_named(p))
		return;
	put_vector_names(p, v, names);
	rn_print_named_end(p);
}

/* <linux/prctl.h>: one bit, the way of tag checks in bits 1 and 2, a mask of tags in 3 to 18. */
static void put_tagged_names(struct rn_print *p, uint64_t v)
{
	uint64_t tags = v >> 3 & 0xffff, rest = v & ~(uint64_t)0x7ffff;
	if (!(v & 1))
		rn_put_u8(p->out, '!');
	RN_PUT(p, "PR_TAGGED_ADDR_ENABLE|");
	rn_put_text(p->out, rn_name_of(RN_NAMES_prctl_tcf, p->abi, v & 6));
	if (tags) {
		rn_put_u8(p->out, '|');
		rn_put_hex(p->out, tags);
		RN_PUT(p, "<<PR_MTE_TAG_SHIFT");
	}
	if (rest) {
		rn_put_u8(p->out, '|');
		rn_put_hex(p->out, rest);
	}
}

static void put_tagged(struct rn_print *p, uint64_t v)
{
	if (rn_print_numbers(p))
		rn_put_hex(p->out, v);
	if (!rn_print_named(p))
		return;
	put_tagged_names(p, v);
	rn_print_named_end(p);
}

static void put_ptracer(struct rn_print *p, int32_t pid)
{
	const int32_t any = -1;
	if (pid != any) {
		rn_print_pid(p, pid);
		return;
	}
	if (rn_print_numbers(p))
		RN_PUT(p, "-1");
	if (!rn_print_named(p))
		return;
	RN_PUT(p, "PR_SET_PTRACER_ANY");
	rn_print_named_end(p);
}

/* What may be asked for is one bit, and fewer of them than are told of. */
static void put_speculation(struct rn_print *p, uint64_t v)
{
	const uint64_t askable = 0x1e; /* PR_SPEC_ENABLE to PR_SPEC_DISABLE_NOEXEC */
	bool known = v & askable && !(v & ~askable) && !(v & (v - 1));
	const char *name = known ? rn_name_of(RN_NAMES_prctl_spec_state, p->abi, v) : NULL;
	if (!name || rn_print_numbers(p))
		rn_put_hex(p->out, v);
	if (p->style->constants == RN_CONSTANTS_RAW)
		return;
	bool comment = !name || rn_print_numbers(p);
	if (comment)
		RN_PUT(p, " /* ");
	rn_put_text(p->out, name ? name : rn_names(RN_NAMES_prctl_spec_state, p->abi)->unknown);
	if (comment)
		RN_PUT(p, " */");
}

/* PR_SCHED_CORE: a thread, a process or a group, by the argument behind. */
static void put_sched_id(struct rn_print *p, int32_t id)
{
	const uint32_t group = 2; /* PIDTYPE_PGID */
	if ((uint32_t)p->args[3] == group)
		rn_print_pgid_at(p, id, RN_PHASE_ENTRY);
	else
		rn_print_pid(p, id);
}

static void put_name_out(struct rn_print *p, uint64_t addr)
{
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit)
		rn_print_addr(p, addr);
	else
		rn_print_string(p, addr, 15);
}

static void put_comment(struct rn_print *p, enum rn_names_id names, uint64_t v)
{
	if (p->style->constants == RN_CONSTANTS_RAW)
		return;
	const char *name = rn_name_of(names, p->abi, v);
	RN_PUT(p, " /* ");
	rn_put_text(p->out, name ? name : rn_names(names, p->abi)->unknown);
	RN_PUT(p, " */");
}

static bool put_shown(struct rn_print *p, const struct shown *s, uint64_t v)
{
	enum rn_names_id names = (enum rn_names_id)s->names;
	p->phase = RN_PHASE_ENTRY;
	switch ((enum form)s->form) {
	case END:
		return false;
	case HEX:
		rn_put_hex(p->out, v);
		break;
	case NUMBER:
		rn_put_udec(p->out, v);
		break;
	case ADDRESS:
		rn_print_addr(p, v);
		break;
	case SIGNAL:
		if (v > 128)
			rn_put_udec(p->out, v);
		else
			rn_print_signo(p, (int64_t)v);
		break;
	case NAME:
		put_name(p, v);
		break;
	case LONG_STRING:
		rn_print_string(p, v, rn_string_limit(p));
		break;
	case NAME_OUT:
		put_name_out(p, v);
		break;
	case SIGNAL_OUT:
	case INT_OUT:
	case FLAGS_OUT:
	case WORD_OUT:
	case U64_OUT:
		put_out(p, v, (enum form)s->form, names);
		break;
	case ENUM:
		rn_print_enum(p, names, v);
		break;
	case ENUM32:
		rn_print_enum(p, names, (uint32_t)v);
		break;
	case COMMENT32:
		rn_put_hex(p->out, (uint32_t)v);
		put_comment(p, names, (uint32_t)v);
		break;
	case PID:
		put_sched_id(p, (int32_t)v);
		break;
	case VECTOR_LENGTH:
		put_vector_length(p, v, names);
		break;
	case TAGGED:
		put_tagged(p, v);
		break;
	case FLAGS:
		rn_print_flags(p, names, v);
		break;
	case SPEC:
		put_speculation(p, v);
		break;
	case FILTER:
		rn_print_seccomp_fprog(p, v);
		break;
	case PTRACER:
		put_ptracer(p, (int32_t)v);
		break;
	}
	return true;
}

bool rn_kind_prctl_arg(struct rn_print *p, unsigned i)
{
	static const struct shown hex = { HEX, 0 };
	const struct option *o = find((uint32_t)p->args[0], p->args[1]);
	if (i < 1 || i > 4)
		return false;
	return put_shown(p, o ? &o->arg[i - 1] : &hex, p->args[i]);
}

/* In parentheses, what the number means: names alone, whatever -X says. */
static void put_remark(struct rn_print *p, uint64_t v, enum rn_names_id names)
{
	const struct rn_decode_style *style = rn_print_names_only(p);
	RN_PUT(p, " (");
	rn_print_enum(p, names, v);
	rn_put_u8(p->out, ')');
	p->style = style;
}

/* The same of bits; there is nothing to tell when none of them has a name. */
static void put_flags_remark(struct rn_print *p, uint64_t v, enum rn_names_id names)
{
	if (p->style->constants == RN_CONSTANTS_RAW)
		return;
	size_t mark = p->out->len;
	bool first = true;
	RN_PUT(p, " (");
	uint64_t rest = rn_print_known_flags(p, names, v, &first);
	if (first) {
		p->out->len = mark;
		return;
	}
	if (rest)
		rn_put_format(p->out, "|%#llx", (unsigned long long)rest);
	rn_put_u8(p->out, ')');
}

static void result_tagged(struct rn_print *p, uint64_t v)
{
	rn_put_hex(p->out, v);
	if (p->style->constants == RN_CONSTANTS_RAW)
		return;
	RN_PUT(p, " (");
	put_tagged_names(p, v);
	rn_put_u8(p->out, ')');
}

static void result_vector_length(struct rn_print *p, uint64_t v, enum rn_names_id names)
{
	rn_put_hex(p->out, v);
	if (v < 0x10000 || p->style->constants == RN_CONSTANTS_RAW)
		return;
	RN_PUT(p, " (");
	put_vector_names(p, v, names);
	rn_put_u8(p->out, ')');
}

static void result_flags(struct rn_print *p, uint64_t v, enum rn_names_id names)
{
	rn_put_hex(p->out, v);
	put_flags_remark(p, v, names);
}

void rn_result_prctl(struct rn_print *p, int64_t ret)
{
	uint64_t v = (uint64_t)ret;
	switch ((uint32_t)p->args[0]) {
	case 3: /* PR_GET_DUMPABLE */
		rn_put_dec(p->out, ret);
		put_remark(p, v, RN_NAMES_prctl_dumpable);
		break;
	case 27: /* PR_GET_SECUREBITS */
		result_flags(p, v, RN_NAMES_securebits);
		break;
	case 34: /* PR_MCE_KILL_GET */
		rn_put_dec(p->out, ret);
		put_remark(p, v, RN_NAMES_prctl_mce_policy);
		break;
	case 46: /* PR_GET_FP_MODE */
		result_flags(p, v, RN_NAMES_prctl_fp_mode);
		break;
	case 50: /* PR_SVE_SET_VL */
	case 51: /* PR_SVE_GET_VL */
		result_vector_length(p, v, RN_NAMES_prctl_sve);
		break;
	case 52: /* PR_GET_SPECULATION_CTRL */
		result_flags(p, v, RN_NAMES_prctl_spec_state);
		break;
	case 56: /* PR_GET_TAGGED_ADDR_CTRL */
		result_tagged(p, v);
		break;
	case 61: /* PR_PAC_GET_ENABLED_KEYS */
		result_flags(p, v, RN_NAMES_prctl_pac_enabled);
		break;
	case 63: /* PR_SME_SET_VL */
	case 64: /* PR_SME_GET_VL */
		result_vector_length(p, v, RN_NAMES_prctl_sme);
		break;
	default:
		rn_put_dec(p->out, ret);
	}
}

/* ARCH_REQ_XCOMP_PERM and its like may return a set of features. */
void rn_result_arch_prctl(struct rn_print *p, int64_t ret)
{
	uint32_t code = (uint32_t)p->args[0];
	if (code == 0x1023 || code == 0x1025)
		result_flags(p, (uint64_t)ret, RN_NAMES_xfeature_mask);
	else
		rn_put_dec(p->out, ret);
}

/* ARCH_REQ_XCOMP_PERM: the number of a processor feature. */
static void put_feature(struct rn_print *p, uint64_t v)
{
	rn_put_hex(p->out, v);
	put_comment(p, RN_NAMES_xfeature, v);
}

/* ARCH_GET_XCOMP_SUPP: a set of them. */
static void put_features(struct rn_print *p, uint64_t addr)
{
	uint64_t v;
	bool first = true;
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit || !rn_print_read_uint(p, addr, 8, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_put_hex(p->out, v);
	if (v && p->style->constants != RN_CONSTANTS_RAW) {
		RN_PUT(p, " /* ");
		uint64_t rest = rn_print_known_flags(p, RN_NAMES_xfeature_mask, v, &first);
		if (first)
			rn_put_text(p->out, rn_names(RN_NAMES_xfeature_mask, p->abi)->unknown);
		else if (rest)
			rn_put_format(p->out, "|%#llx", (unsigned long long)rest);
		RN_PUT(p, " */");
	}
	rn_put_u8(p->out, ']');
}

bool rn_kind_arch_prctl_arg(struct rn_print *p, unsigned i)
{
	const uint32_t get_fs = 0x1003, get_gs = 0x1004, get_cpuid = 0x1011;
	uint32_t code = (uint32_t)p->args[0];
	if (code == get_cpuid)
		return false;
	if (code == get_fs || code == get_gs)
		put_out(p, p->args[i], WORD_OUT, RN_NAMES_none);
	else if (code == 0x1021 || code == 0x1022 || code == 0x1024)
		put_features(p, p->args[i]);
	else if (code == 0x1023 || code == 0x1025)
		put_feature(p, p->args[i]);
	else
		rn_put_hex(p->out, p->args[i]);
	return true;
}
