/* SPDX-License-Identifier: MIT */
#include "tests/analyze/stack/oracle.h"

#include "analyze/stack/code.h"

#include <stdlib.h>

#ifndef __x86_64__
struct oracle *oracle_new(struct rn_modules_table *modules)
{
	(void)modules;
	return NULL;
}
void oracle_free(struct oracle *o)
{
	(void)o;
}
unsigned oracle_walk(struct oracle *o, const struct rn_event *ev, uint64_t *pc, unsigned max)
{
	(void)o, (void)ev, (void)pc, (void)max;
	return 0;
}
#else
#include <libunwind.h>

/* Of libunwind, for whoever has tables in another place; its headers do not declare it. */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di,
	unw_proc_info_t *pi, int need_unwind_info, void *arg);

struct oracle {
	struct rn_modules_table *modules;
	unw_addr_space_t space;
	const struct rn_event *ev;
	struct rn_code code; /* of the module that was asked for last */
	uint32_t module;
	uint64_t bias;
	bool no_tables; /* for it: it goes on by guesses then */
};

/* The module that holds ip; its tables become readable. */
static bool enter(struct oracle *o, uint64_t ip)
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
	struct oracle *o = arg;
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
	struct oracle *o = arg;
	const struct rn_call *c = &o->ev->call;
	struct rn_bytes stack = rn_bytes_of(c->stack, c->stack_len);
	if (write)
		return -UNW_EINVAL;
	if (addr - c->stack_addr < stack.len)
		return read_from(stack, c->stack_addr, addr, word) ? 0 : -UNW_EINVAL;
	const struct rn_code_section *s[] = { &o->code.eh_frame, &o->code.eh_frame_hdr };
	for (unsigned i = 0; i < 2; i++)
		if (s[i]->bytes.len && read_from(s[i]->bytes, o->bias + s[i]->addr, addr, word))
			return 0;
	/* It looks at code for signal trampolines, and at data where a personality routine's address
	 * is kept, neither of which matters. */
	*word = 0;
	return addr - c->stack_addr < (8u << 20) ? -UNW_EINVAL : 0;
}

static int access_reg(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *value, int write, void *arg)
{
	/* libunwind's numbers are DWARF's. */
	static const int8_t slot[] = { RN_X86_RAX, RN_X86_RDX, RN_X86_RCX, RN_X86_RBX, RN_X86_RSI,
		RN_X86_RDI, RN_X86_RBP, RN_X86_RSP, RN_X86_R8, RN_X86_R9, RN_X86_R10, RN_X86_R11,
		RN_X86_R12, RN_X86_R13, RN_X86_R14, RN_X86_R15, RN_X86_RIP };
	struct oracle *o = arg;
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

struct oracle *oracle_new(struct rn_modules_table *modules)
{
	static unw_accessors_t accessors = { .find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info, .get_dyn_info_list_addr = get_list,
		.access_mem = access_mem, .access_reg = access_reg, .access_fpreg = access_fpreg,
		.resume = resume, .get_proc_name = get_proc_name };
	struct oracle *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->modules = modules;
	o->module = UINT32_MAX;
	o->space = unw_create_addr_space(&accessors, 0);
	unw_set_caching_policy(o->space, UNW_CACHE_NONE);
	return o;
}

void oracle_free(struct oracle *o)
{
	if (!o)
		return;
	rn_code_close(&o->code);
	unw_destroy_addr_space(o->space);
	free(o);
}

unsigned oracle_walk(struct oracle *o, const struct rn_event *ev, uint64_t *pc, unsigned max)
{
	unw_cursor_t c;
	unsigned n = 0;
	o->ev = ev;
	o->no_tables = false;
	unw_flush_cache(o->space, 0, 0);
	bool narrow = ev->call.regs && ev->call.regs[RN_X86_CS] == 0x23; /* 32-bit code */
	if (!ev->call.regs || narrow || ev->call.n_regs != RN_REGS_X86_64 || unw_init_remote(&c, o->space, o))
		return 0;
	do {
		unw_word_t ip;
		if (unw_get_reg(&c, UNW_REG_IP, &ip) || !ip)
			break;
		pc[n++] = ip;
	} while (n < max && unw_step(&c) > 0 && !o->no_tables);
	return n;
}
#endif
