/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/user_code.h"

#include <criterion/criterion.h>

TestSuite(user_code, .timeout = 60);

static bool is_user(const struct rn_user_code *u, const char *module, const char *file,
	const char *function, bool has_lines)
{
	const struct rn_module m = { .path = rn_bytes_str(module) };
	const struct rn_symbol s = { .file = rn_bytes_str(file), .function = rn_bytes_str(function) };
	return rn_user_code_is(u, &m, &s, has_lines);
}

Test(user_code, without_words_it_is_what_no_system_brings_along)
{
	static const struct {
		const char *module, *file, *function;
		bool has_lines, user;
	} cases[] = {
		{ "/home/u/prog", "prog.c", "work", true, true },
		{ "/home/u/prog", "", "work", false, true },
		{ "/home/u/prog", "", "", false, true },
		{ "/home/u/prog", "", "fflush", true, false }, /* a static libc without lines */
		{ "/home/u/prog", "", "write", false, false },
		{ "/home/u/prog", "", "__libc_write", false, false },
		{ "/home/u/prog", "", "_start", false, false },
		{ "/usr/lib/x86_64-linux-gnu/libc.so.6", "", "printf", false, false },
		{ "/usr/lib/x86_64-linux-gnu/libc.so.6", "./io/write.c", "printf", true, false },
		{ "[vdso]", "", "__vdso_gettimeofday", false, false },
		{ "/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "", "toplev::main", false, true },
		{ "/opt/app/libapp.so.1", "", "run", false, true },
		{ "/home/u/prog", "/rustc/abc/library/std/src/io/mod.rs", "x::y", true, false },
		{ "/home/u/prog", "/home/u/.cargo/registry/src/x/lib.rs", "x::y", true, false },
		{ "/home/u/prog", "src/main.rs", "prog::work", true, true },
		{ "/home/u/prog", "", "std::io::stdio::_print", false, false },
		{ "/home/u/prog", "", "<std::io::Stdout as std::io::Write>::write", false, false },
		{ "/home/u/prog", "", "<&std::fs::File as std::io::Read>::read", false, false },
		{ "/home/u/prog", "", "<prog::T as core::fmt::Display>::fmt", false, true },
		{ "/home/u/prog", "", "<T as core::convert::Into<U>>::into", false, false },
		{ "/p", "", "<u64 as core::fmt::Display>::fmt", false, false },
		{ "/p", "", "<u64 as prog::Shape>::area", false, true },
		{ "/p", "", "<[prog::T]>::sort_by_key::<u64>", false, false },
		{ "/p", "", "<&mut dyn for<'a> core::ops::function::FnMut<()>>::call_mut", false, false },
		{ "/p", "", "<&mut <std::a::B>::new::{closure#0} as core::ops::FnOnce<()>>::f", false, false },
		{ "/p", "", "<gimli::read::abbrev::Abbreviations>::parse", false, false },
		{ "/p", "", "<prog::T>::new", false, true },
		{ "/p", "", "standard", false, true },
	};
	const struct rn_strings none = { NULL, 0 };
	struct rn_user_code *u;
	cr_assert_eq(rn_user_code_new(&u, &none, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		cr_expect_eq(is_user(u, cases[i].module, cases[i].file, cases[i].function,
			cases[i].has_lines), cases[i].user, "%s %s %s", cases[i].module, cases[i].file,
			cases[i].function);
	rn_user_code_free(u);
}

Test(user_code, with_words_it_is_what_they_say)
{
	const char *item[] = { "/usr/lib/x86_64-linux-gnu/libc", "src/", "/^app_.*/" };
	const struct rn_strings words = { item, 3 };
	struct rn_user_code *u;
	cr_assert_eq(rn_user_code_new(&u, &words, NULL), 0);
	cr_expect(is_user(u, "/usr/lib/x86_64-linux-gnu/libc.so.6", "", "printf", false));
	cr_expect(is_user(u, "/home/u/prog", "src/main.rs", "f", true));
	cr_expect(is_user(u, "/home/u/prog", "x.c", "app_main", true));
	cr_expect_not(is_user(u, "/home/u/prog", "x.c", "main", true));
	rn_user_code_free(u);
	item[0] = "/a(/";
	struct rn_error err = { 0 };
	cr_expect_eq(rn_user_code_new(&u, &words, &err), RN_E_USAGE);
	cr_expect(strstr(err.message, "--user-code"));
}
