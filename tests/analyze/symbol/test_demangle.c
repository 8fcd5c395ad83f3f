/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/demangle.h"

#include <criterion/criterion.h>

TestSuite(demangle, .timeout = 60);

static void expect(const char *mangled, const char *plain, const char *with_parameters)
{
	struct rn_arena a = RN_ARENA_INIT;
	struct rn_bytes name = rn_demangle(&a, rn_bytes_str(mangled), false);
	cr_expect(rn_bytes_equal(name, rn_bytes_str(plain)), "%s gives %.*s", mangled, (int)name.len,
		(const char *)name.p);
	name = rn_demangle(&a, rn_bytes_str(mangled), true);
	cr_expect(rn_bytes_equal(name, rn_bytes_str(with_parameters)), "%s gives %.*s", mangled,
		(int)name.len, (const char *)name.p);
	rn_arena_fini(&a);
}

Test(demangle, names_of_cplusplus_and_of_both_manglings_of_rust)
{
	expect("_ZN2ns1A2goEi", "ns::A::go", "ns::A::go(int)");
	expect("_ZN3std2io5stdio6_print17h0123456789abcdefE", "std::io::stdio::_print",
		"std::io::stdio::_print");
	expect("_RNvCs1234_7mycrate3foo", "mycrate::foo", "mycrate::foo");
}

Test(demangle, what_is_not_mangled_stays)
{
	expect("main", "main", "main");
	expect("", "", "");
	expect("_start", "_start", "_start");
	expect("_Z", "_Z", "_Z");
	expect("_ZN9999999999999999999999", "_ZN9999999999999999999999", "_ZN9999999999999999999999");
}
