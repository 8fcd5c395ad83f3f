/* SPDX-License-Identifier: MIT */
/* siginfo_t: three integers, then a union that signal and code choose from. It begins at a multiple
 * of the word: at 16 in the 64-bit layout, at 12 in the 32-bit one (<asm-generic/siginfo.h>). */
#include "analyze/decode/signals.h"
#include "analyze/decode/time.h"

enum {
	SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGCHLD = 17, SIGIO = 29,
	SIGSYS = 31
};
enum { SI_USER = 0, SI_TIMER = -2, SI_TKILL = -6 };
enum { BUS_MCEERR_AR = 4, BUS_MCEERR_AO = 5, SEGV_BNDERR = 3, SEGV_PKUERR = 4 };
enum { CLD_EXITED = 1 };

struct info {
	struct rn_bytes b;
	unsigned word, at; /* bytes of a word; where the union begins */
	int32_t signo, code;
};

static void put_code(struct rn_print *p, const struct info *in)
{
	const char *name = rn_name_of(RN_NAMES_si_code, p->abi, (uint32_t)in->code);
	enum rn_names_id own = rn_names_of_si_code(in->signo);
	if (name)
		rn_print_enum(p, RN_NAMES_si_code, (uint32_t)in->code);
	else if (own != RN_NAMES_none)
		rn_print_enum(p, own, (uint32_t)in->code);
	else
		rn_print_enum(p, RN_NAMES_si_code, (uint32_t)in->code);
}

static void put_pid_uid(struct rn_print *p, const struct info *in)
{
	RN_PUT(p, ", si_pid=");
	if (p->phase == RN_PHASE_EXIT) /* waited for, it is no more */
		rn_put_dec(p->out, rn_field_i(in->b, in->at, 4));
	else
		rn_print_pid(p, rn_field_i(in->b, in->at, 4));
	RN_PUT(p, ", si_uid=");
	rn_print_id(p, (uint32_t)rn_field_u(in->b, in->at + 4, 4));
}

static void put_value(struct rn_print *p, const struct info *in, unsigned off)
{
	RN_PUT(p, ", si_int=");
	rn_put_dec(p->out, rn_field_i(in->b, off, 4));
	RN_PUT(p, ", si_ptr=");
	rn_print_addr(p, rn_field_u(in->b, off, in->word));
}

static void put_timer(struct rn_print *p, const struct info *in)
{
	RN_PUT(p, ", si_timerid=");
	rn_put_hex(p->out, rn_field_u(in->b, in->at, 4));
	RN_PUT(p, ", si_overrun=");
	rn_put_dec(p->out, rn_field_i(in->b, in->at + 4, 4));
	put_value(p, in, in->at + 8);
}

static void put_child(struct rn_print *p, const struct info *in)
{
	unsigned times = in->word == 8 ? in->at + 16 : in->at + 12;
	put_pid_uid(p, in);
	RN_PUT(p, ", si_status=");
	if (in->code == CLD_EXITED)
		rn_put_dec(p->out, rn_field_i(in->b, in->at + 8, 4));
	else
		rn_print_signo(p, rn_field_i(in->b, in->at + 8, 4));
	RN_PUT(p, ", si_utime=");
	rn_put_udec(p->out, rn_field_u(in->b, times, in->word));
	rn_print_ticks_comment(p, rn_field_u(in->b, times, in->word));
	RN_PUT(p, ", si_stime=");
	rn_put_udec(p->out, rn_field_u(in->b, times + in->word, in->word));
	rn_print_ticks_comment(p, rn_field_u(in->b, times + in->word, in->word));
}

static void put_fault(struct rn_print *p, const struct info *in)
{
	unsigned after = in->at + in->word; /* si_addr_lsb, or aligned to a word: bounds, key */
	RN_PUT(p, ", si_addr=");
	rn_print_addr(p, rn_field_u(in->b, in->at, in->word));
	if (in->signo == SIGBUS && (in->code == BUS_MCEERR_AR || in->code == BUS_MCEERR_AO)) {
		RN_PUT(p, ", si_addr_lsb=");
		rn_put_dec(p->out, rn_field_i(in->b, after, 2));
	} else if (in->signo == SIGSEGV && in->code == SEGV_BNDERR) {
		RN_PUT(p, ", si_lower=");
		rn_print_addr(p, rn_field_u(in->b, after + in->word, in->word));
		RN_PUT(p, ", si_upper=");
		rn_print_addr(p, rn_field_u(in->b, after + 2 * in->word, in->word));
	} else if (in->signo == SIGSEGV && in->code == SEGV_PKUERR) {
		RN_PUT(p, ", si_pkey=");
		rn_put_udec(p->out, rn_field_u(in->b, after + in->word, 4));
	}
}

static const char *const arch_names[RN_ABI_COUNT] = {
	[RN_ABI_X86_64] = "AUDIT_ARCH_X86_64",
	[RN_ABI_I386] = "AUDIT_ARCH_I386",
	[RN_ABI_AARCH64] = "AUDIT_ARCH_AARCH64",
};

static void put_blocked_call(struct rn_print *p, const struct info *in)
{
	uint32_t nr = (uint32_t)rn_field_u(in->b, in->at + in->word, 4);
	uint32_t arch = (uint32_t)rn_field_u(in->b, in->at + in->word + 4, 4);
	enum rn_abi abi = rn_abi_of_audit_arch(arch);
	const struct rn_syscall *call = rn_syscall(abi, nr);
	RN_PUT(p, ", si_call_addr=");
	rn_print_addr(p, rn_field_u(in->b, in->at, in->word));
	RN_PUT(p, ", si_syscall=");
	if (call) {
		RN_PUT(p, "__NR_");
		rn_put_text(p->out, call->name);
	} else {
		rn_put_dec(p->out, (int32_t)nr);
	}
	RN_PUT(p, ", si_arch=");
	if (abi)
		rn_put_text(p->out, arch_names[abi]);
	else
		rn_put_hex(p->out, arch), RN_PUT(p, " /* AUDIT_ARCH_??? */");
}

static void put_band(struct rn_print *p, const struct info *in)
{
	RN_PUT(p, ", si_band=");
	rn_print_flags(p, RN_NAMES_poll_events, rn_field_u(in->b, in->at, in->word));
	RN_PUT(p, ", si_fd=");
	rn_print_fd(p, rn_field_i(in->b, in->at + in->word, 4));
}

static void put_sent(struct rn_print *p, const struct info *in)
{
	if (in->code == SI_TIMER) {
		put_timer(p, in);
		return;
	}
	put_pid_uid(p, in);
	if (in->code != SI_USER && in->code != SI_TKILL && rn_field_u(in->b, in->at + 8, in->word))
		put_value(p, in, in->at + 8);
}

static void put_raised(struct rn_print *p, const struct info *in)
{
	switch (in->signo) {
	case SIGCHLD:
		put_child(p, in);
		break;
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		put_fault(p, in);
		break;
	case SIGIO:
		put_band(p, in);
		break;
	case SIGSYS:
		put_blocked_call(p, in);
		break;
	default:
		if (rn_field_u(in->b, in->at, 8))
			put_pid_uid(p, in);
		if (rn_field_u(in->b, in->at + 8, in->word))
			put_value(p, in, in->at + 8);
	}
}

void rn_print_siginfo(struct rn_print *p, struct rn_bytes b)
{
	struct info in = {
		.b = b,
		.word = p->word,
		.at = p->word == 8 ? 16 : 12,
		.signo = (int32_t)rn_field_i(b, 0, 4),
		.code = (int32_t)rn_field_i(b, 8, 4),
	};
	uint32_t errnum = (uint32_t)rn_field_u(b, 4, 4);
	if (!in.signo) {
		RN_PUT(p, "{}");
		return;
	}
	RN_PUT(p, "{si_signo=");
	rn_print_signo(p, in.signo);
	RN_PUT(p, ", si_code=");
	put_code(p, &in);
	if (errnum) {
		const char *name = errnum < 4096 ? rn_errno_name((int)errnum) : NULL;
		RN_PUT(p, ", si_errno=");
		if (name)
			rn_put_text(p->out, name);
		else
			rn_put_udec(p->out, errnum);
	}
	if (in.code <= 0)
		put_sent(p, &in);
	else
		put_raised(p, &in);
	rn_put_u8(p->out, '}');
}

void rn_record_siginfo(struct rn_print *p, struct rn_bytes b)
{
	rn_print_siginfo(p, b);
}
