/* SPDX-License-Identifier: MIT */
#include "analyze/stack/go_bases.h"

#include "shared/elf_layout.h"

#include <elf.h>
#include <stddef.h>

/* Since Go 1.17 functions in assembly have the name of their calling convention with them. */
static const struct {
	const char *name;
	bool switches;
} bases[RN_GO_BASES] = {
	{ "runtime.rt0_go.abi0", false }, { "runtime.rt0_go", false },
	{ "runtime.mcall", false }, { "runtime.mcall.abi0", false },
	{ "runtime.systemstack.abi0", true }, { "runtime.systemstack", true },
	{ "runtime.asmcgocall.abi0", true }, { "runtime.asmcgocall", true },
};

static void add(struct rn_go_bases *g, struct rn_bytes symbols, uint64_t at, struct rn_bytes strings)
{
	uint64_t name = rn_elf_number(symbols, at + offsetof(Elf64_Sym, st_name), 4);
	for (unsigned i = 0; i < RN_GO_BASES && g->n < RN_GO_BASES; i++) {
		if (!rn_elf_is_named(strings, name, bases[i].name))
			continue;
		g->base[g->n].begin = rn_elf_number(symbols, at + offsetof(Elf64_Sym, st_value), 8);
		g->base[g->n].len = rn_elf_number(symbols, at + offsetof(Elf64_Sym, st_size), 8);
		g->base[g->n++].switches = bases[i].switches;
	}
}

void rn_go_bases_find(struct rn_go_bases *g, struct rn_bytes symbols, struct rn_bytes strings)
{
	for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= symbols.len; at += sizeof(Elf64_Sym))
		add(g, symbols, at, strings);
}

enum rn_go_base rn_go_base_at(const struct rn_go_bases *g, uint64_t addr)
{
	for (unsigned i = 0; i < g->n; i++)
		if (addr - g->base[i].begin < g->base[i].len)
			return g->base[i].switches ? RN_GO_SWITCH : RN_GO_START;
	return RN_GO_NONE;
}
