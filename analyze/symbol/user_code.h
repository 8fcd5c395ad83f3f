/* SPDX-License-Identifier: MIT */
/**
 * user_code - which frames are the user's own code, and not the library's that brought it to the kernel.
 *
 * Unless words say otherwise, a level of a frame is not the user's own when
 *   its module is the vdso or a shared library in one of the system's folders of libraries,
 *   its source file lies in a system's or package manager's folder of sources,
 *   its module has line numbers, they were asked for, and this function has none (a static libc), or
 *   its name is one of a language's run-time system ("std::..", "__libc_start_main", a system call's).
 * With words exactly that is the user's own whose module's path or source file begins with one, or
 * where a /regex/ is found in module, file or function.
 */
#ifndef RN_ANALYZE_SYMBOL_USER_CODE_H
#define RN_ANALYZE_SYMBOL_USER_CODE_H

#include "analyze/symbol/symbols.h"
#include "shared/option.h"

struct rn_user_code;

/** Borrows the words. RN_E_USAGE for a wrong regex, RN_E_NOMEM. */
int rn_user_code_new(struct rn_user_code **out, const struct rn_strings *words, struct rn_error *err);
void rn_user_code_free(struct rn_user_code *u);
/** module NULL: of no module. has_lines: the module has line numbers, and they were asked for. */
bool rn_user_code_is(const struct rn_user_code *u, const struct rn_module *module,
	const struct rn_symbol *symbol, bool has_lines);

#endif
