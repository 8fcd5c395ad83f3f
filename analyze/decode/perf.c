/* SPDX-License-Identifier: MIT */
/* perf_event_open(2): struct perf_event_attr of <linux/perf_event.h>. It says its own size, and has
 * grown from 64 bytes to what is known here; a size of 0 means the first. One layout on all ABIs. */
#include "analyze/decode/fields.h"
#include "analyze/decode/system.h"

enum { HARDWARE, SOFTWARE, TRACEPOINT, HW_CACHE, RAW, BREAKPOINT };
enum { FREQ = 10, WATERMARK = 14, PRECISE = 15, USE_CLOCKID = 25, FIRST_UNKNOWN_BIT = 38 };
#define KNOWN_BYTES 128

static const char *const bit_names[FIRST_UNKNOWN_BIT] = {
	"disabled", "inherit", "pinned", "exclusive", "exclude_user", "exclude_kernel",
	"exclude_hv", "exclude_idle", "mmap", "comm", "freq", "inherit_stat",
	"enable_on_exec", "task", "watermark", NULL, NULL, "mmap_data",
	"sample_id_all", "exclude_host", "exclude_guest", "exclude_callchain_kernel", "exclude_callchain_user", "mmap2",
	"comm_exec", "use_clockid", "context_switch", "write_backward", "namespaces", "ksymbol",
	"bpf_event", "aux_output", "cgroup", "text_poke", "build_id", "inherit_thread",
	"remove_on_exec", "sigtrap",
};

static void put_cache(struct rn_print *p, uint64_t config)
{
	rn_print_enum(p, RN_NAMES_perf_cache_result, config >> 16 & 0xffff);
	RN_PUT(p, "<<16|");
	rn_print_enum(p, RN_NAMES_perf_cache_op, config >> 8 & 0xff);
	RN_PUT(p, "<<8|");
	rn_print_enum(p, RN_NAMES_perf_cache, config & 0xff);
}

/* What is counted; the upper half of a hardware event says of which processor. */
static void put_config(struct rn_print *p, uint64_t type, uint64_t config)
{
	if ((type == HARDWARE || type == HW_CACHE) && config >> 32) {
		rn_put_hex(p->out, config >> 32);
		RN_PUT(p, "<<32|");
		config &= UINT32_MAX;
	}
	if (type == HARDWARE)
		rn_print_enum(p, RN_NAMES_perf_hardware, config);
	else if (type == SOFTWARE)
		rn_print_enum(p, RN_NAMES_perf_software, config);
	else if (type == TRACEPOINT)
		rn_put_udec(p->out, config);
	else if (type == HW_CACHE)
		put_cache(p, config);
	else
		rn_put_hex(p->out, config);
}

static void put_precise(struct rn_print *p, uint64_t bits)
{
	static const char *const skid[] = { "arbitrary skid", "constant skid",
		"requested to have 0 skid", "must have 0 skid" };
	unsigned precise = bits >> PRECISE & 3;
	rn_put_format(p->out, ", precise_ip=%u /* %s */", precise, skid[precise]);
}

/* Abbreviated, those that are set. */
static void put_bits(struct rn_print *p, uint64_t bits)
{
	for (unsigned i = 0; i < FIRST_UNKNOWN_BIT; i++) {
		if (bit_names[i] && (p->style->verbose || bits >> i & 1))
			rn_put_format(p->out, ", %s=%u", bit_names[i], (unsigned)(bits >> i & 1));
		else if (i == PRECISE)
			put_precise(p, bits);
	}
	if (bits >> FIRST_UNKNOWN_BIT) {
		RN_PUT(p, ", __reserved_1=");
		rn_put_hex(p->out, bits >> FIRST_UNKNOWN_BIT);
		rn_put_format(p->out, " /* Bits 63..%u */", FIRST_UNKNOWN_BIT);
	}
}

static const struct member {
	const char *name;
	uint8_t form, off, size;
	uint16_t aux;
	uint8_t of; /* enum of_events */
} members[] = {
	{ "wakeup_events", RN_FORM_UDEC, 48, 4, 0, 1 },
	{ "wakeup_watermark", RN_FORM_UDEC, 48, 4, 0, 2 },
	{ "bp_type", RN_FORM_ENUM, 52, 4, RN_NAMES_perf_breakpoint, 3 },
	{ "bp_addr", RN_FORM_HEX, 56, 8, 0, 3 },
	{ "config1", RN_FORM_HEX, 56, 8, 0, 4 },
	{ "bp_len", RN_FORM_UDEC, 64, 8, 0, 3 },
	{ "config2", RN_FORM_HEX, 64, 8, 0, 4 },
	{ "branch_sample_type", RN_FORM_FLAGS, 72, 8, RN_NAMES_perf_branch, 7 },
	{ "sample_regs_user", RN_FORM_HEX, 80, 8, 0, 0 },
	{ "sample_stack_user", RN_FORM_HEX, 88, 4, 0, 8 },
	{ "clockid", RN_FORM_ENUM, 92, 4, RN_NAMES_clock, 5 },
	{ "sample_regs_intr", RN_FORM_HEX, 96, 8, 0, 0 },
	{ "aux_watermark", RN_FORM_UDEC, 104, 4, 0, 0 },
	{ "sample_max_stack", RN_FORM_UDEC, 108, 2, 0, 0 },
	{ "__reserved_2", RN_FORM_HEX, 110, 2, 0, 6 },
	{ "aux_sample_size", RN_FORM_UDEC, 112, 4, 0, 0 },
	{ "__reserved_3", RN_FORM_HEX, 116, 4, 0, 6 },
	{ "sig_data", RN_FORM_HEX, 120, 8, 0, 0 },
};

/* Which events have a member: see `of`. */
enum of_events { ALL, BY_EVENTS, BY_BYTES, OF_BREAKPOINTS, OF_OTHERS, WITH_CLOCK, WHEN_SET,
	WITH_BRANCHES, WITH_STACK };

static bool has_member(const struct member *m, struct rn_bytes b)
{
	uint64_t bits = rn_field_u(b, 40, 8);
	uint64_t sampled = rn_field_u(b, 24, 8);
	bool breakpoint = rn_field_u(b, 0, 4) == BREAKPOINT;
	switch ((enum of_events)m->of) {
	case ALL:
		return true;
	case BY_EVENTS:
		return !(bits >> WATERMARK & 1);
	case BY_BYTES:
		return bits >> WATERMARK & 1;
	case OF_BREAKPOINTS:
		return breakpoint;
	case OF_OTHERS:
		return !breakpoint;
	case WITH_CLOCK:
		return bits >> USE_CLOCKID & 1;
	case WITH_BRANCHES:
		return sampled >> 11 & 1; /* PERF_SAMPLE_BRANCH_STACK */
	case WITH_STACK:
		return sampled >> 13 & 1; /* PERF_SAMPLE_STACK_USER */
	case WHEN_SET:
		return rn_field_u(b, m->off, m->size) != 0;
	}
	return false;
}

static void put_details(struct rn_print *p, struct rn_bytes b)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member *m = &members[i];
		if ((size_t)m->off + m->size > b.len || !has_member(m, b))
			continue;
		RN_PUT(p, ", ");
		rn_put_text(p->out, m->name);
		rn_put_u8(p->out, '=');
		rn_print_form(p, (enum rn_field_form)m->form, m->aux, rn_bytes_part(b, m->off, m->size));
	}
}

void rn_record_perf_event_attr(struct rn_print *p, struct rn_bytes b)
{
	uint64_t type = rn_field_u(b, 0, 4), said = rn_field_u(b, 4, 4), bits = rn_field_u(b, 40, 8);
	b = rn_bytes_part(b, 0, KNOWN_BYTES);
	RN_PUT(p, "{type=");
	rn_print_enum(p, RN_NAMES_perf_type, type);
	RN_PUT(p, ", size=");
	rn_print_enum(p, RN_NAMES_perf_size, said);
	RN_PUT(p, ", config=");
	put_config(p, type, rn_field_u(b, 8, 8));
	rn_put_text(p->out, bits >> FREQ & 1 ? ", sample_freq=" : ", sample_period=");
	rn_put_udec(p->out, rn_field_u(b, 16, 8));
	RN_PUT(p, ", sample_type=");
	rn_print_flags(p, RN_NAMES_perf_sample, rn_field_u(b, 24, 8));
	RN_PUT(p, ", read_format=");
	rn_print_flags(p, RN_NAMES_perf_format, rn_field_u(b, 32, 8));
	put_bits(p, bits);
	if (p->style->verbose)
		put_details(p, b);
	if (!p->style->verbose || said > KNOWN_BYTES)
		RN_PUT(p, ", ...");
	rn_put_u8(p->out, '}');
}
