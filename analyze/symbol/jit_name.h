/* SPDX-License-Identifier: MIT */
/**
 * jit_name - the parts of a name that a run-time system gave code it made itself (perf maps).
 *
 *   V8      "JS:*hot /home/u/a.js:3:13": kind and tier, function, file, line, column
 *   Python  "py::hot:/home/u/a.py": function, file
 * Other names are a function and nothing more.
 */
#ifndef RN_ANALYZE_SYMBOL_JIT_NAME_H
#define RN_ANALYZE_SYMBOL_JIT_NAME_H

#include "shared/bytes.h"

/* Parts of the name; file empty and line 0: not in it. */
struct rn_jit_name {
	struct rn_bytes function, file;
	uint32_t line, column;
};

struct rn_jit_name rn_jit_name(struct rn_bytes name);

#endif
