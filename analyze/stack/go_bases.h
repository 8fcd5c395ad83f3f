/* SPDX-License-Identifier: MIT */
/**
 * go_bases - functions of Go's run-time system below which a stack does not go on, whatever its
 * unwind tables say.
 *
 * rt0_go aligns its stack pointer to what it cannot know beforehand; mcall leaves a goroutine for
 * the thread's own stack, never to come back; systemstack and asmcgocall do the same and come back:
 * who called them is on the goroutine's stack, of which there is no snapshot. What their tables name
 * as the caller is some word of the stack. Source: src/runtime/asm_amd64.s of Go.
 */
#ifndef RN_ANALYZE_STACK_GO_BASES_H
#define RN_ANALYZE_STACK_GO_BASES_H

#include "shared/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#define RN_GO_BASES 8

struct rn_go_bases {
	struct {
		uint64_t begin, len; /* ELF vaddr */
		bool switches;       /* there is a caller, on another stack */
	} base[RN_GO_BASES];
	unsigned n;
};

enum rn_go_base { RN_GO_NONE, RN_GO_START, RN_GO_SWITCH };

/** Looks for them in a symbol table (ELF, 64 bits) and its strings. */
void rn_go_bases_find(struct rn_go_bases *g, struct rn_bytes symbols, struct rn_bytes strings);
/** What lies at an address. */
enum rn_go_base rn_go_base_at(const struct rn_go_bases *g, uint64_t addr);

#endif
