/* SPDX-License-Identifier: MIT */
/* prctl and arch_prctl: which arguments an option has and how they are shown, one row each; an
 * option without a row shows all of them. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"
#include "analyze/decode/results.h"

enum form {
	END, HEX, NUMBER, ADDRESS, SIGNAL, STRING, LONG_STRING, NAME_OUT, INT_OUT, WORD_OUT,
	ENUM, FLAGS, FILTER, PTRACER
};

struct shown {
	uint8_t form;
	uint16_t names;
};

static const struct option {
	uint32_t number;
	struct shown arg[4];
} options[] = {
	{ 1, { { SIGNAL, 0 } } },                               /* PR_SET_PDEATHSIG */
	{ 2, { { INT_OUT, 0 } } },                              /* PR_GET_PDEATHSIG */
	{ 3, { { END, 0 } } },                                  /* PR_GET_DUMPABLE */
	{ 4, { { ENUM, RN_NAMES_prctl_dumpable } } },           /* PR_SET_DUMPABLE */
	{ 7, { { END, 0 } } },                                  /* PR_GET_KEEPCAPS */
	{ 8, { { NUMBER, 0 } } },                               /* PR_SET_KEEPCAPS */
	{ 13, { { END, 0 } } },                                 /* PR_GET_TIMING */
	{ 14, { { NUMBER, 0 } } },                              /* PR_SET_TIMING */
	{ 15, { { STRING, 0 } } },                              /* PR_SET_NAME */
	{ 16, { { NAME_OUT, 0 } } },                            /* PR_GET_NAME */
	{ 21, { { END, 0 } } },                                 /* PR_GET_SECCOMP */
	{ 22, { { ENUM, RN_NAMES_seccomp_mode }, { FILTER, 0 } } }, /* PR_SET_SECCOMP */
	{ 23, { { ENUM, RN_NAMES_capability } } },              /* PR_CAPBSET_READ */
	{ 24, { { ENUM, RN_NAMES_capability } } },              /* PR_CAPBSET_DROP */
	{ 25, { { INT_OUT, RN_NAMES_prctl_tsc } } },            /* PR_GET_TSC */
	{ 26, { { ENUM, RN_NAMES_prctl_tsc } } },               /* PR_SET_TSC */
	{ 27, { { END, 0 } } },                                 /* PR_GET_SECUREBITS */
	{ 28, { { FLAGS, RN_NAMES_securebits } } },             /* PR_SET_SECUREBITS */
	{ 29, { { NUMBER, 0 } } },                              /* PR_SET_TIMERSLACK */
	{ 30, { { END, 0 } } },                                 /* PR_GET_TIMERSLACK */
	{ 31, { { END, 0 } } },                                 /* PR_TASK_PERF_EVENTS_DISABLE */
	{ 32, { { END, 0 } } },                                 /* PR_TASK_PERF_EVENTS_ENABLE */
	{ 33, { { ENUM, RN_NAMES_prctl_mce_kill }, { ENUM, RN_NAMES_prctl_mce_policy },
		{ HEX, 0 }, { HEX, 0 } } },                     /* PR_MCE_KILL */
	{ 35, { { ENUM, RN_NAMES_prctl_mm }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_MM */
	{ 36, { { NUMBER, 0 } } },                              /* PR_SET_CHILD_SUBREAPER */
	{ 37, { { INT_OUT, 0 } } },                             /* PR_GET_CHILD_SUBREAPER */
	{ 38, { { NUMBER, 0 }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_NO_NEW_PRIVS */
	{ 40, { { WORD_OUT, 0 } } },                            /* PR_GET_TID_ADDRESS */
	{ 41, { { NUMBER, 0 }, { HEX, 0 }, { HEX, 0 }, { HEX, 0 } } }, /* PR_SET_THP_DISABLE */
	{ 43, { { END, 0 } } },                                 /* PR_MPX_ENABLE_MANAGEMENT */
	{ 44, { { END, 0 } } },                                 /* PR_MPX_DISABLE_MANAGEMENT */
	{ 47, { { ENUM, RN_NAMES_prctl_ambient }, { ENUM, RN_NAMES_capability }, { HEX, 0 },
		{ HEX, 0 } } },                                 /* PR_CAP_AMBIENT */
	{ 52, { { ENUM, RN_NAMES_prctl_spec } } },              /* PR_GET_SPECULATION_CTRL */
	{ 53, { { ENUM, RN_NAMES_prctl_spec }, { FLAGS, RN_NAMES_prctl_spec_state },
		{ HEX, 0 }, { HEX, 0 } } },                     /* PR_SET_SPECULATION_CTRL */
	{ 0x53564d41, { { ENUM, RN_NAMES_prctl_vma }, { ADDRESS, 0 }, { NUMBER, 0 },
		{ LONG_STRING, 0 } } },                         /* PR_SET_VMA */
	{ 0x59616d61, { { PTRACER, 0 } } },                     /* PR_SET_PTRACER */
};

static const struct option *find(uint64_t number)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].number == number)
			return &options[i];
	return NULL;
}

static void put_out(struct rn_print *p, uint64_t addr, enum form form, enum rn_names_id names)
{
	uint64_t v;
	unsigned size = form == WORD_OUT ? p->word : 4;
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit || !addr || !rn_memory_uint(p->call, p->phase, addr, size, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	if (names)
		rn_print_enum(p, names, v);
	else if (form == WORD_OUT)
		rn_print_addr(p, v);
	else
		rn_put_udec(p->out, v);
	rn_put_u8(p->out, ']');
}

static void put_name_out(struct rn_print *p, uint64_t addr)
{
	p->phase = RN_PHASE_EXIT;
	if (p->no_exit)
		rn_print_addr(p, addr);
	else
		rn_print_string(p, addr, 15);
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
		rn_print_signo(p, (int64_t)v);
		break;
	case STRING:
		rn_print_string(p, v, rn_string_limit(p) < 15 ? rn_string_limit(p) : 15);
		break;
	case LONG_STRING:
		rn_print_string(p, v, rn_string_limit(p));
		break;
	case NAME_OUT:
		put_name_out(p, v);
		break;
	case INT_OUT:
	case WORD_OUT:
		put_out(p, v, (enum form)s->form, names);
		break;
	case ENUM:
		rn_print_enum(p, names, v);
		break;
	case FLAGS:
		rn_print_flags(p, names, v);
		break;
	case FILTER:
		rn_print_record_at(p, RN_REC_sock_fprog, v);
		break;
	case PTRACER:
		if ((int32_t)v == -1)
			RN_PUT(p, "PR_SET_PTRACER_ANY");
		else
			rn_put_dec(p->out, (int32_t)v);
		break;
	}
	return true;
}

bool rn_kind_prctl_arg(struct rn_print *p, unsigned i)
{
	static const struct shown hex = { HEX, 0 };
	const struct option *o = find((uint32_t)p->args[0]);
	const uint32_t set_seccomp = 22, mode_filter = 2;
	if (i < 1 || i > 4)
		return false;
	if (o && o->number == set_seccomp && i == 2 && p->args[1] != mode_filter)
		return false;
	return put_shown(p, o ? &o->arg[i - 1] : &hex, p->args[i]);
}

static void put_remark(struct rn_print *p, uint64_t v, enum rn_names_id names, bool flags)
{
	RN_PUT(p, " (");
	if (flags)
		rn_print_flags(p, names, v);
	else
		rn_print_enum(p, names, v);
	rn_put_u8(p->out, ')');
}

void rn_result_prctl(struct rn_print *p, int64_t ret)
{
	const uint32_t get_dumpable = 3, get_securebits = 27, get_speculation = 52;
	uint32_t option = (uint32_t)p->args[0];
	uint64_t v = (uint64_t)ret;
	if (option == get_dumpable) {
		rn_put_dec(p->out, ret);
		put_remark(p, v, RN_NAMES_prctl_dumpable, false);
	} else if (option == get_securebits && ret) {
		rn_put_hex(p->out, v);
		put_remark(p, v, RN_NAMES_securebits, true);
	} else if (option == get_speculation) {
		rn_put_hex(p->out, v);
		put_remark(p, v, RN_NAMES_prctl_spec_state, true);
	} else {
		rn_put_dec(p->out, ret);
	}
}

bool rn_kind_arch_prctl_arg(struct rn_print *p, unsigned i)
{
	const uint32_t get_fs = 0x1003, get_gs = 0x1004, get_cpuid = 0x1011, set_cpuid = 0x1012;
	uint32_t code = (uint32_t)p->args[0];
	if (code == get_cpuid)
		return false;
	if (code == get_fs || code == get_gs)
		put_out(p, p->args[i], WORD_OUT, RN_NAMES_none);
	else if (code == set_cpuid)
		rn_put_hex(p->out, p->args[i]);
	else
		rn_print_addr(p, p->args[i]);
	return true;
}
