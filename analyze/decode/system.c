/* SPDX-License-Identifier: MIT */
#include "analyze/decode/system.h"

#define ROW(name, form, off, size, off32, size32, aux) \
	{ name, RN_FORM_##form, false, off, size, off32, size32, aux }
#define DETAIL(name, form, off, size, off32, size32, aux) \
	{ name, RN_FORM_##form, true, off, size, off32, size32, aux }

static const struct rn_field sysinfo_rows[] = {
	ROW("uptime", UDEC, 0, 8, 0, 4, 0),
	ROW("loads", UDECS, 8, 24, 4, 12, 3),
	ROW("totalram", UDEC, 32, 8, 16, 4, 0),
	ROW("freeram", UDEC, 40, 8, 20, 4, 0),
	ROW("sharedram", UDEC, 48, 8, 24, 4, 0),
	ROW("bufferram", UDEC, 56, 8, 28, 4, 0),
	ROW("totalswap", UDEC, 64, 8, 32, 4, 0),
	ROW("freeswap", UDEC, 72, 8, 36, 4, 0),
	ROW("procs", UDEC, 80, 2, 40, 2, 0),
	ROW("totalhigh", UDEC, 88, 8, 44, 4, 0),
	ROW("freehigh", UDEC, 96, 8, 48, 4, 0),
	ROW("mem_unit", UDEC, 104, 4, 52, 4, 0),
};
const struct rn_fields rn_fields_sysinfo = RN_FIELDS_OF(sysinfo_rows);

static const struct rn_field utsname_rows[] = {
	ROW("sysname", NAME, 0, 65, 0, 65, 0),
	ROW("nodename", NAME, 65, 65, 65, 65, 0),
	DETAIL("release", NAME, 130, 65, 130, 65, 0),
	DETAIL("version", NAME, 195, 65, 195, 65, 0),
	DETAIL("machine", NAME, 260, 65, 260, 65, 0),
	DETAIL("domainname", NAME, 325, 65, 325, 65, 0),
};
const struct rn_fields rn_fields_utsname = RN_FIELDS_OF(utsname_rows);

static const struct rn_field oldolduname_rows[] = {
	ROW("sysname", NAME, 0, 0, 0, 9, 0),
	ROW("nodename", NAME, 0, 0, 9, 9, 0),
	DETAIL("release", NAME, 0, 0, 18, 9, 0),
	DETAIL("version", NAME, 0, 0, 27, 9, 0),
	DETAIL("machine", NAME, 0, 0, 36, 9, 0),
};
const struct rn_fields rn_fields_oldolduname = RN_FIELDS_OF(oldolduname_rows);
const struct rn_fields rn_fields_olduname = { utsname_rows, 5 };

static const struct rn_field rusage_rows[] = {
	ROW("ru_utime", RECORD, 0, 16, 0, 8, RN_REC_timeval),
	ROW("ru_stime", RECORD, 16, 16, 8, 8, RN_REC_timeval),
	DETAIL("ru_maxrss", UDEC, 32, 8, 16, 4, 0),
	DETAIL("ru_ixrss", UDEC, 40, 8, 20, 4, 0),
	DETAIL("ru_idrss", UDEC, 48, 8, 24, 4, 0),
	DETAIL("ru_isrss", UDEC, 56, 8, 28, 4, 0),
	DETAIL("ru_minflt", UDEC, 64, 8, 32, 4, 0),
	DETAIL("ru_majflt", UDEC, 72, 8, 36, 4, 0),
	DETAIL("ru_nswap", UDEC, 80, 8, 40, 4, 0),
	DETAIL("ru_inblock", UDEC, 88, 8, 44, 4, 0),
	DETAIL("ru_oublock", UDEC, 96, 8, 48, 4, 0),
	DETAIL("ru_msgsnd", UDEC, 104, 8, 52, 4, 0),
	DETAIL("ru_msgrcv", UDEC, 112, 8, 56, 4, 0),
	DETAIL("ru_nsignals", UDEC, 120, 8, 60, 4, 0),
	DETAIL("ru_nvcsw", UDEC, 128, 8, 64, 4, 0),
	DETAIL("ru_nivcsw", UDEC, 136, 8, 68, 4, 0),
};
const struct rn_fields rn_fields_rusage = RN_FIELDS_OF(rusage_rows);

static const struct rn_field tms_rows[] = {
	ROW("tms_utime", TICKS, 0, 8, 0, 4, 0),
	ROW("tms_stime", TICKS, 8, 8, 4, 4, 0),
	ROW("tms_cutime", TICKS, 16, 8, 8, 4, 0),
	ROW("tms_cstime", TICKS, 24, 8, 12, 4, 0),
};
const struct rn_fields rn_fields_tms = RN_FIELDS_OF(tms_rows);

/* timex64 is the 64-bit layout on every ABI. */
#define TIMEX(R) \
	R("modes", FLAGS, 0, 4, 0, 4, RN_NAMES_timex_modes) \
	R("offset", DEC, 8, 8, 4, 4, 0) \
	R("freq", DEC, 16, 8, 8, 4, 0) \
	R("maxerror", DEC, 24, 8, 12, 4, 0) \
	R("esterror", DEC, 32, 8, 16, 4, 0) \
	R("status", FLAGS, 40, 4, 20, 4, RN_NAMES_timex_status) \
	R("constant", DEC, 48, 8, 24, 4, 0) \
	R("precision", UDEC, 56, 8, 28, 4, 0) \
	R("tolerance", UDEC, 64, 8, 32, 4, 0) \
	R("time", RECORD, 72, 16, 36, 8, RN_REC_timeval) \
	R("tick", DEC, 88, 8, 44, 4, 0) \
	R("ppsfreq", DEC, 96, 8, 48, 4, 0) \
	R("jitter", DEC, 104, 8, 52, 4, 0) \
	R("shift", DEC, 112, 4, 56, 4, 0) \
	R("stabil", DEC, 120, 8, 60, 4, 0) \
	R("jitcnt", DEC, 128, 8, 64, 4, 0) \
	R("calcnt", DEC, 136, 8, 68, 4, 0) \
	R("errcnt", DEC, 144, 8, 72, 4, 0) \
	R("stbcnt", DEC, 152, 8, 76, 4, 0) \
	R("tai", DEC, 160, 4, 80, 4, 0)
#define BOTH(...) ROW(__VA_ARGS__),
#define WIDE(name, form, off, size, off32, size32, aux) ROW(name, form, off, size, off, size, aux),

static const struct rn_field timex_rows[] = { TIMEX(BOTH) };
static const struct rn_field timex64_rows[] = { TIMEX(WIDE) };
const struct rn_fields rn_fields_timex = RN_FIELDS_OF(timex_rows);
const struct rn_fields rn_fields_timex64 = RN_FIELDS_OF(timex64_rows);

static const struct rn_field sembuf_rows[] = {
	ROW("sem_num", UDEC, 0, 2, 0, 2, 0),
	ROW("sem_op", DEC, 2, 2, 2, 2, 0),
	ROW("sem_flg", FLAGS, 4, 2, 4, 2, RN_NAMES_sem_op),
};
const struct rn_fields rn_fields_sembuf = RN_FIELDS_OF(sembuf_rows);

static const struct rn_field mq_attr_rows[] = {
	ROW("mq_flags", FLAGS, 0, 8, 0, 4, RN_NAMES_mq_flags),
	ROW("mq_maxmsg", DEC, 8, 8, 4, 4, 0),
	ROW("mq_msgsize", DEC, 16, 8, 8, 4, 0),
	ROW("mq_curmsgs", DEC, 24, 8, 12, 4, 0),
};
const struct rn_fields rn_fields_mq_attr = RN_FIELDS_OF(mq_attr_rows);

static const struct rn_field io_event_rows[] = {
	ROW("data", HEX, 0, 8, 0, 8, 0),
	ROW("obj", HEX, 8, 8, 8, 8, 0),
	ROW("res", DEC, 16, 8, 16, 8, 0),
	ROW("res2", DEC, 24, 8, 24, 8, 0),
};
const struct rn_fields rn_fields_io_event = RN_FIELDS_OF(io_event_rows);

static const struct rn_field sysctl_args_rows[] = {
	ROW("name", PTR, 0, 8, 0, 4, 0),
	ROW("nlen", DEC, 8, 4, 4, 4, 0),
	ROW("oldval", PTR, 16, 8, 8, 4, 0),
	ROW("oldlenp", PTR, 24, 8, 12, 4, 0),
	ROW("newval", PTR, 32, 8, 16, 4, 0),
	ROW("newlen", UDEC, 40, 8, 20, 4, 0),
};
const struct rn_fields rn_fields_sysctl_args = RN_FIELDS_OF(sysctl_args_rows);

static const struct rn_field landlock_ruleset_rows[] = {
	ROW("handled_access_fs", FLAGS, 0, 8, 0, 8, RN_NAMES_landlock_access_fs),
	ROW("handled_access_net", FLAGS, 8, 8, 8, 8, RN_NAMES_landlock_access_net),
	ROW("scoped", FLAGS, 16, 8, 16, 8, RN_NAMES_landlock_scope),
};
const struct rn_fields rn_fields_landlock_ruleset = RN_FIELDS_OF(landlock_ruleset_rows);

static const struct rn_field landlock_path_rows[] = {
	ROW("allowed_access", FLAGS, 0, 8, 0, 8, RN_NAMES_landlock_access_fs),
	ROW("parent_fd", FD, 8, 4, 8, 4, 0),
};
const struct rn_fields rn_fields_landlock_path = RN_FIELDS_OF(landlock_path_rows);

/* sched_setattr(2): flags may say that the policy or its parameters stay as they are. */
enum { KEEPS_POLICY = 0x08, KEEPS_PARAMS = 0x10 };

static void put_policy_numbers(struct rn_print *p, struct rn_bytes b, uint64_t flags)
{
	static const struct {
		const char *label;
		uint8_t off, size;
		bool is_signed;
	} rows[] = {
		{ ", sched_nice=", 16, 4, true },
		{ ", sched_priority=", 20, 4, false },
		{ ", sched_runtime=", 24, 8, false },
		{ ", sched_deadline=", 32, 8, false },
		{ ", sched_period=", 40, 8, false },
		{ ", sched_util_min=", 48, 4, false },
		{ ", sched_util_max=", 52, 4, false },
	};
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((size_t)rows[i].off + rows[i].size > b.len)
			break;
		if (flags & KEEPS_PARAMS && rows[i].off < 48)
			continue;
		rn_put_text(p->out, rows[i].label);
		if (rows[i].is_signed)
			rn_put_dec(p->out, rn_field_i(b, rows[i].off, rows[i].size));
		else
			rn_put_udec(p->out, rn_field_u(b, rows[i].off, rows[i].size));
	}
}

/* It says its own size first; the last two members came later (56 bytes instead of 48). */
void rn_record_sched_attr(struct rn_print *p, struct rn_bytes b)
{
	uint64_t size = rn_field_u(b, 0, 4), flags = rn_field_u(b, 8, 8);
	bool told = p->phase == RN_PHASE_EXIT; /* by sched_getattr */
	RN_PUT(p, "{size=");
	rn_put_udec(p->out, size);
	if ((size && size < 48) || (!size && told)) {
		rn_put_u8(p->out, '}');
		return;
	}
	uint64_t have = size ? size : 48;
	if (have < b.len)
		b.len = (size_t)have;
	if (told || !(flags & KEEPS_POLICY) || rn_field_i(b, 4, 4) < 0) {
		RN_PUT(p, ", sched_policy=");
		rn_print_enum(p, RN_NAMES_sched_policy, rn_field_u(b, 4, 4));
	}
	RN_PUT(p, ", sched_flags=");
	rn_print_flags(p, RN_NAMES_sched_flags, flags);
	put_policy_numbers(p, b, told ? 0 : flags);
	if (have > b.len && !told)
		RN_PUT(p, ", ...");
	rn_put_u8(p->out, '}');
}

static void put_offsets(struct rn_print *p, struct rn_bytes b, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		rn_put_text(p->out, names[i]);
		rn_put_udec(p->out, rn_field_u(b, 4 * i, 4));
	}
	rn_put_u8(p->out, '}');
}

/* What was asked; and, when the call succeeded, how the rings were made. */
void rn_record_io_uring_params(struct rn_print *p, struct rn_bytes b)
{
	static const char *const sq[] = { ", sq_off={head=", ", tail=", ", ring_mask=",
		", ring_entries=", ", flags=", ", dropped=", ", array=" };
	static const char *const cq[] = { ", cq_off={head=", ", tail=", ", ring_mask=",
		", ring_entries=", ", overflow=", ", cqes=", ", flags=" };
	const uint64_t attach_wq = 0x20;
	uint64_t flags = rn_field_u(b, 8, 4);
	RN_PUT(p, "{flags=");
	rn_print_flags(p, RN_NAMES_io_uring_setup, flags);
	RN_PUT(p, ", sq_thread_cpu=");
	rn_put_hex(p->out, rn_field_u(b, 12, 4));
	RN_PUT(p, ", sq_thread_idle=");
	rn_put_udec(p->out, rn_field_u(b, 16, 4));
	if (flags & attach_wq) {
		RN_PUT(p, ", wq_fd=");
		rn_print_fd(p, rn_field_i(b, 24, 4));
	}
	if (rn_field_u(b, 28, 8) || rn_field_u(b, 36, 4)) {
		RN_PUT(p, ", resv=");
		rn_print_form(p, RN_FORM_HEXES, 3, rn_bytes_part(b, 28, 12));
	}
	if (!p->no_exit) {
		RN_PUT(p, ", sq_entries=");
		rn_put_udec(p->out, rn_field_u(b, 0, 4));
		RN_PUT(p, ", cq_entries=");
		rn_put_udec(p->out, rn_field_u(b, 4, 4));
		RN_PUT(p, ", features=");
		rn_print_flags(p, RN_NAMES_io_uring_features, rn_field_u(b, 20, 4));
		put_offsets(p, rn_bytes_part(b, 40, 40), sq, 7);
		put_offsets(p, rn_bytes_part(b, 80, 40), cq, 7);
	}
	rn_put_u8(p->out, '}');
}

void rn_record_mempolicy(struct rn_print *p, struct rn_bytes b)
{
	rn_put_u8(p->out, '[');
	rn_print_enum(p, RN_NAMES_mempolicy_mode, rn_field_u(b, 0, 4));
	rn_put_u8(p->out, ']');
}

/* An entry of the descriptor table: <asm/ldt.h> of x86; the flags are bits of one word. */
void rn_record_user_desc(struct rn_print *p, struct rn_bytes b)
{
	static const struct {
		const char *label;
		uint8_t bit, bits;
	} flags[] = {
		{ ", seg_32bit=", 0, 1 }, { ", contents=", 1, 2 }, { ", read_exec_only=", 3, 1 },
		{ ", limit_in_pages=", 4, 1 }, { ", seg_not_present=", 5, 1 },
		{ ", useable=", 6, 1 }, { ", lm=", 7, 1 },
	};
	uint64_t bits = rn_field_u(b, 12, 4);
	bool asks = p->desc && p->desc->ret == RN_RET_INT && p->desc->n_args == 1; /* get_thread_area */
	RN_PUT(p, "{entry_number=");
	if (rn_field_u(b, 0, 4) == UINT32_MAX)
		RN_PUT(p, "-1"); /* the kernel is to choose */
	else
		rn_put_udec(p->out, rn_field_u(b, 0, 4));
	if (asks && p->phase == RN_PHASE_ENTRY) {
		RN_PUT(p, ", ...}");
		return;
	}
	RN_PUT(p, ", base_addr=");
	rn_put_hex_padded(p->out, rn_field_u(b, 4, 4), 8);
	RN_PUT(p, ", limit=");
	rn_put_hex_padded(p->out, rn_field_u(b, 8, 4), 8);
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]) - (p->word == 4); i++) {
		rn_put_text(p->out, flags[i].label);
		rn_put_udec(p->out, bits >> flags[i].bit & ((1u << flags[i].bits) - 1));
	}
	rn_put_u8(p->out, '}');
}
