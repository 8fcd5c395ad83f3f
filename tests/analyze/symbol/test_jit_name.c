/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/jit_name.h"

#include <criterion/criterion.h>

TestSuite(jit_name, .timeout = 60);

Test(jit_name, names_of_v8_and_python_hold_their_place_and_others_are_left_alone)
{
	static const struct {
		const char *name, *function, *file;
		uint32_t line, column;
	} cases[] = {
		{ "JS:*hot /home/u/a.js:3:13", "hot", "/home/u/a.js", 3, 13 },
		{ "JS:~ /home/u/a b.js:1:1", "(anonymous)", "/home/u/a b.js", 1, 1 },
		{ "LazyCompile:^writeSync node:fs:898:19", "writeSync", "node:fs", 898, 19 },
		{ "JS:f x.js:7", "f", "x.js", 7, 0 },
		{ "py::run:/home/u/a.py", "run", "/home/u/a.py", 0, 0 },
		{ "py::run", "run", "", 0, 0 },
		{ "Builtin:ArgumentsAdaptorTrampoline", "Builtin:ArgumentsAdaptorTrampoline", "", 0, 0 },
		{ "Ljava/lang/String;::hashCode", "Ljava/lang/String;::hashCode", "", 0, 0 },
		{ "f 3:4", "f 3:4", "", 0, 0 }, { "JS:", "JS:", "", 0, 0 }, { "", "", "", 0, 0 },
		{ "JS:*a:1:2", "JS:*a:1:2", "", 0, 0 }, { ":1", ":1", "", 0, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rn_jit_name n = rn_jit_name(rn_bytes_str(cases[i].name));
		cr_expect(rn_bytes_equal(n.function, rn_bytes_str(cases[i].function)), "%s: %.*s",
			cases[i].name, (int)n.function.len, (const char *)n.function.p);
		cr_expect(rn_bytes_equal(n.file, rn_bytes_str(cases[i].file)), "%s", cases[i].name);
		cr_expect_eq(n.line, cases[i].line);
		cr_expect_eq(n.column, cases[i].column);
	}
}
