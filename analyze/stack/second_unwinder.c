/* SPDX-License-Identifier: MIT */
/* libunwind's remote walk (libunwind-dynamic(3), _U_dyn and friends): it asks for memory, registers and
 * unwind tables, and is given those of the snapshot and of the trace's images. It finds tables by
 * .eh_frame_hdr, which static programs do not have. 64-bit x86 only. */
#include "analyze/stack/code.h"
#include "analyze/stack/unwinder.h"

#include <stdlib.h>

#ifndef __x86_64__
static void *open_none(struct rn_modules_table *modules)
{
	(void)modules;
	return NULL;
}

const struct rn_unwinder rn_unwinder_libunwind = { .name = "libunwind",
	.help = "libunwind, on x86-64 only", .open = open_none };
#else
#include <libunwind.h>

#define USER_CODE_32 0x23 /* the selector of 32-bit code */
/* A stack is rarely larger; what lies further away is not beyond the snapshot but elsewhere. */
#define STACK_REACH_BYTES ((uint64_t)8 << 20)

/* Of libunwind, for whoever has tables in another place; its headers do not declare it. */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di,
	unw_proc_info_t *pi, int need_unwind_info, void *arg);

struct walker {
	struct rn_modules_table *modules;
	unw_addr_space_t space;
	const struct rn_event *ev;
	struct rn_code code; /* of the module that was asked for last */
	uint32_t module;
	uint64_t bias;
	bool no_tables; /* for it: it goes on by guesses then */
	uint64_t missing; /* what it asked for beyond the snapshot */
};

/* The module that holds ip; its tables become readable. */
static bool enter(struct walker *o, uint64_t ip)
{
	struct rn_place p;
	struct rn_bytes image;
	uint64_t addr;
	if (!rn_modules_find(o->modules, o->ev->utid, o->ev->ts_ns, ip, &p))
		return false;
	if (p.module != o->module) {
		rn_code_close(&o->code);
		o->module = UINT32_MAX;
		if (rn_modules_image(o->modules, p.module, &image, NULL) ||
			!rn_code_open(&o->code, image))
			return false;
		o->module = p.module;
	}
	if (!rn_code_addr(&o->code, p.file_offset, &addr))
		return false;
	o->bias = ip - addr;
	return true;
}

static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *pi, int need, void *arg)
{
	struct walker *o = arg;
	if (!enter(o, ip) || o->code.eh_frame_hdr.bytes.len < 12) {
		o->no_tables = true;
		return -UNW_ENOINFO;
	}
	const struct rn_code_section *h = &o->code.eh_frame_hdr;
	uint32_t n;
	memcpy(&n, h->bytes.p + 8, sizeof(n));
	unw_dyn_info_t di = { .format = UNW_INFO_FORMAT_REMOTE_TABLE, .start_ip = 0,
		.end_ip = UINT64_MAX };
	di.u.rti.segbase = o->bias + h->addr;
	di.u.rti.table_data = di.u.rti.segbase + 12;
	di.u.rti.table_len = n * 8ul / sizeof(unw_word_t);
	int rc = _Ux86_64_dwarf_search_unwind_table(as, ip, &di, pi, need, arg);
	o->no_tables = o->no_tables || rc < 0;
	return rc;
}

static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *pi, void *arg)
{
	(void)as, (void)pi, (void)arg;
}

static int get_list(unw_addr_space_t as, unw_word_t *at, void *arg)
{
	(void)as, (void)at, (void)arg;
	return -UNW_ENOINFO;
}

static bool read_from(struct rn_bytes b, uint64_t begin, uint64_t addr, unw_word_t *word)
{
	uint64_t at = addr - begin;
	uint8_t bytes[sizeof(*word)] = { 0 };
	if (addr + sizeof(*word) <= begin || (at < b.len ? false : at < -(uint64_t)sizeof(*word)))
		return false;
	for (unsigned i = 0; i < sizeof(*word); i++)
		if (at + i < b.len)
			bytes[i] = b.p[at + i];
	memcpy(word, bytes, sizeof(*word));
	return true;
}

static int access_mem(unw_addr_space_t as, unw_word_t addr, unw_word_t *word, int write, void *arg)
{
	(void)as;
	struct walker *o = arg;
	const struct rn_call *c = &o->ev->call;
	struct rn_bytes stack = rn_bytes_of(c->stack, c->stack_len);
	if (write)
		return -UNW_EINVAL;
	for (uint32_t i = 0; c->flags & RN_CALL_TWO_STACKS && i < c->n_spans; i++)
		if (c->spans[i].arg == RN_SPAN_STACK && addr - c->spans[i].addr < c->spans[i].len)
			return read_from(rn_bytes_of(c->spans[i].bytes, c->spans[i].len),
				c->spans[i].addr, addr, word) ? 0 : -UNW_EINVAL;
	if (addr - c->stack_addr < stack.len)
		return read_from(stack, c->stack_addr, addr, word) ? 0 : -UNW_EINVAL;
	const struct rn_code_section *s[] = { &o->code.eh_frame, &o->code.eh_frame_hdr };
	for (unsigned i = 0; i < 2; i++)
		if (s[i]->bytes.len && read_from(s[i]->bytes, o->bias + s[i]->addr, addr, word))
			return 0;
	/* It looks at code for signal trampolines, and at data where a personality routine's address
	 * is kept, neither of which matters. */
	*word = 0;
	if (addr - c->stack_addr >= STACK_REACH_BYTES)
		return 0;
	o->missing = addr;
	return -UNW_EINVAL;
}

static int access_reg(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *value, int write, void *arg)
{
	/* libunwind's numbers are DWARF's. */
	static const int8_t slot[] = { RN_X86_RAX, RN_X86_RDX, RN_X86_RCX, RN_X86_RBX, RN_X86_RSI,
		RN_X86_RDI, RN_X86_RBP, RN_X86_RSP, RN_X86_R8, RN_X86_R9, RN_X86_R10, RN_X86_R11,
		RN_X86_R12, RN_X86_R13, RN_X86_R14, RN_X86_R15, RN_X86_RIP };
	struct walker *o = arg;
	(void)as;
	if (write || reg < 0 || (size_t)reg >= sizeof(slot))
		return -UNW_EBADREG;
	*value = o->ev->call.regs[slot[reg]];
	return 0;
}

static int access_fpreg(unw_addr_space_t as, unw_regnum_t reg, unw_fpreg_t *v, int write, void *arg)
{
	(void)as, (void)reg, (void)v, (void)write, (void)arg;
	return -UNW_EBADREG;
}

static int resume(unw_addr_space_t as, unw_cursor_t *c, void *arg)
{
	(void)as, (void)c, (void)arg;
	return -UNW_EINVAL;
}

static int get_proc_name(unw_addr_space_t as, unw_word_t addr, char *buf, size_t len, unw_word_t *off,
	void *arg)
{
	(void)as, (void)addr, (void)buf, (void)len, (void)off, (void)arg;
	return -UNW_ENOINFO;
}

static void *open_walker(struct rn_modules_table *modules)
{
	static unw_accessors_t accessors = { .find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info, .get_dyn_info_list_addr = get_list,
		.access_mem = access_mem, .access_reg = access_reg, .access_fpreg = access_fpreg,
		.resume = resume, .get_proc_name = get_proc_name };
	struct walker *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->modules = modules;
	o->module = UINT32_MAX;
	o->space = unw_create_addr_space(&accessors, 0);
	unw_set_caching_policy(o->space, UNW_CACHE_NONE);
	return o;
}

static void close_walker(void *state)
{
	struct walker *o = state;
	if (!o)
		return;
	rn_code_close(&o->code);
	unw_destroy_addr_space(o->space);
	free(o);
}

static unsigned walk(void *state, const struct rn_event *ev, struct rn_walked *frames, unsigned max,
	uint64_t *missing)
{
	struct walker *o = state;
	const struct rn_call *c = &ev->call;
	unw_cursor_t cursor;
	unsigned n = 0;
	o->ev = ev;
	o->no_tables = false;
	o->missing = *missing = 0;
	unw_flush_cache(o->space, 0, 0);
	if (!c->regs || c->n_regs != RN_REGS_X86_64 || c->regs[RN_X86_CS] == USER_CODE_32 ||
		unw_init_remote(&cursor, o->space, o))
		return 0;
	bool interrupted = false;
	do {
		unw_word_t ip;
		if (unw_get_reg(&cursor, UNW_REG_IP, &ip) || !ip)
			break;
		frames[n++] = (struct rn_walked){ ip, interrupted };
		interrupted = unw_is_signal_frame(&cursor) > 0;
	} while (n < max && unw_step(&cursor) > 0 && !o->no_tables);
	*missing = o->missing;
	return n;
}

const struct rn_unwinder rn_unwinder_libunwind = {
	.name = "libunwind",
	.help = "libunwind, by .eh_frame_hdr; slow, for comparison",
	.open = open_walker,
	.walk = walk,
	.close = close_walker,
};
#endif
