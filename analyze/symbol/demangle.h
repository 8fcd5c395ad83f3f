/* SPDX-License-Identifier: MIT */
/**
 * demangle - names of C++ and Rust (both manglings) as their sources have them.
 */
#ifndef RN_ANALYZE_SYMBOL_DEMANGLE_H
#define RN_ANALYZE_SYMBOL_DEMANGLE_H

#include "shared/arena.h"

#include <stdbool.h>

/** "ns::f" of "_ZN2ns1fEi", with the parameters "ns::f(int)"; Rust's hashes are left out. The name itself
 *  when it is not mangled. Lives in the arena or is the name. p NULL: no memory. */
struct rn_bytes rn_demangle(struct rn_arena *a, struct rn_bytes name, bool parameters);

#endif
