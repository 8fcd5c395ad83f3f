/* SPDX-License-Identifier: MIT */
/**
 * self - the test program's own ELF file, whose functions and lines are known.
 */
#ifndef RN_TESTS_ANALYZE_SYMBOL_SELF_H
#define RN_TESTS_ANALYZE_SYMBOL_SELF_H

#include "analyze/symbol/elf_view.h"

/** The file, mapped; aborts the test when it cannot be had. */
struct rn_bytes self_file(void);
/** The file's own address of something in memory. */
uint64_t self_address(const void *p);

#endif
