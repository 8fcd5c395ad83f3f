/* SPDX-License-Identifier: MIT */
#include "analyze/decode/processes.h"

#include "analyze/decode/kinds.h"

/* A signal by name even with -X. */
static void put_signal(struct rn_print *p, unsigned signo)
{
	const struct rn_decode_style *style = rn_print_names_only(p);
	rn_print_signo(p, signo);
	p->style = style;
}

/* wait(2): low byte 0x7f stopped, 0xffff continued, else exit code or signal. */
static void put_status(struct rn_print *p, uint32_t status)
{
	unsigned low = status & 0x7f, high = status >> 8 & 0xff;
	if (status == 0xffff) {
		RN_PUT(p, "WIFCONTINUED(s)");
		return;
	}
	if ((status & 0xff) == 0x7f) {
		RN_PUT(p, "WIFSTOPPED(s) && WSTOPSIG(s) == ");
		put_signal(p, high & 0x7f);
		if (high & 0x80)
			RN_PUT(p, " | 0x80");
	} else if (low) {
		RN_PUT(p, "WIFSIGNALED(s) && WTERMSIG(s) == ");
		put_signal(p, low);
		if (status & 0x80)
			RN_PUT(p, " && WCOREDUMP(s)");
	} else {
		RN_PUT(p, "WIFEXITED(s) && WEXITSTATUS(s) == ");
		rn_put_udec(p->out, high);
	}
	if (status >> 16) {
		RN_PUT(p, " | ");
		rn_print_enum(p, RN_NAMES_ptrace_event, status >> 16);
		RN_PUT(p, " << 16");
	}
}

/* wait4 that found nobody leaves the status alone. */
void rn_record_wait_status(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "[{");
	put_status(p, (uint32_t)rn_field_u(b, 0, 4));
	RN_PUT(p, "}]");
}

static void put_limit(struct rn_print *p, uint64_t v, unsigned size)
{
	bool plain = v <= 1024 || (v % 1024 && v != (size == 8 ? UINT64_MAX : UINT32_MAX));
	if (plain || rn_print_numbers(p))
		rn_put_udec(p->out, v);
	if (plain || !rn_print_named(p))
		return;
	if (size == 8 && v == UINT64_MAX)
		RN_PUT(p, "RLIM64_INFINITY");
	else if (size == 4 && v == UINT32_MAX)
		RN_PUT(p, "RLIM_INFINITY");
	else
		rn_put_udec(p->out, v / 1024), RN_PUT(p, "*1024");
	rn_print_named_end(p);
}

void rn_record_rlimit(struct rn_print *p, struct rn_bytes b)
{
	unsigned size = b.len >= 16 ? 8 : 4;
	RN_PUT(p, "{rlim_cur=");
	put_limit(p, rn_field_u(b, 0, size), size);
	RN_PUT(p, ", rlim_max=");
	put_limit(p, rn_field_u(b, size, size), size);
	rn_put_u8(p->out, '}');
}

void rn_record_cap_header(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{version=");
	rn_print_enum(p, RN_NAMES_capability_version, rn_field_u(b, 0, 4));
	RN_PUT(p, ", pid=");
	rn_put_dec(p->out, rn_field_i(b, 4, 4));
	rn_put_u8(p->out, '}');
}

static void put_capabilities(struct rn_print *p, uint64_t v)
{
	if (!v)
		rn_put_u8(p->out, '0');
	uint64_t unknown = 0;
	bool first = true;
	for (uint64_t rest = v; rest; rest &= rest - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(rest);
		const char *name = rn_name_of(RN_NAMES_capability, p->abi, bit);
		if (!name) {
			unknown |= (uint64_t)1 << bit;
			continue;
		}
		if (!first)
			rn_put_u8(p->out, '|');
		first = false;
		RN_PUT(p, "1<<");
		rn_put_text(p->out, name);
	}
	if (unknown) {
		if (!first)
			rn_put_u8(p->out, '|');
		rn_put_hex(p->out, unknown);
		if (first)
			RN_PUT(p, " /* CAP_??? */");
	}
}

/* Two structures of three words each: the low and the high halves of the sets. */
static void put_capability_sets(struct rn_print *p, struct rn_bytes b)
{
	static const char *const set[] = { "{effective=", ", permitted=", ", inheritable=" };
	for (unsigned i = 0; i < 3; i++) {
		rn_put_text(p->out, set[i]);
		put_capabilities(p, rn_field_u(b, 4 * i, 4) | rn_field_u(b, 12 + 4 * i, 4) << 32);
	}
	rn_put_u8(p->out, '}');
}

/* Version 1 has 32 capabilities, one structure, and so has what the kernel does not know; versions 2
 * and 3 have two. */
bool rn_kind_caps(struct rn_print *p, unsigned i)
{
	uint8_t bytes[24] = { 0 };
	uint64_t version = 0, addr = p->args[i];
	const uint64_t version_2 = 0x20071026, version_3 = 0x20080522;
	p->phase = RN_PHASE_ENTRY;
	bool asked = i > 0 && rn_memory_uint(p->call, p->phase, p->args[i - 1], 4, &version);
	size_t len = version == version_2 || version == version_3 ? 24 : 12;
	if (!rn_arg_phase(p, &p->desc->arg[i]) || !asked ||
	    !rn_print_read(p, addr, bytes, len))
		rn_print_addr(p, addr);
	else
		put_capability_sets(p, rn_bytes_of(bytes, sizeof(bytes)));
	return true;
}

/* Bits of len bytes: [0 1 3]. */
bool rn_kind_cpuset(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint8_t bytes[128]; /* the C library's cpu_set_t */
	if (!rn_arg_phase(p, a)) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	uint64_t len = rn_arg_length(p, a);
	bool more = len > sizeof(bytes);
	len = more ? sizeof(bytes) : a->dir & RN_IN ? len : (len + p->word - 1) / p->word * p->word;
	if (!p->args[i] || (len && !rn_print_read(p, p->args[i], bytes, (size_t)len))) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	char separator = '[';
	for (unsigned cpu = 0; cpu < len * 8; cpu++) {
		if (!(bytes[cpu / 8] >> (cpu % 8) & 1))
			continue;
		rn_put_u8(p->out, (uint8_t)separator);
		rn_put_udec(p->out, cpu);
		separator = ' ';
	}
	if (separator == '[' || more)
		rn_put_u8(p->out, (uint8_t)separator);
	rn_put_text(p->out, more ? "...]" : "]");
	return true;
}
