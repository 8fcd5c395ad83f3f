/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/symtab.h"
#include "self.h"

#include <criterion/criterion.h>

TestSuite(symtab, .timeout = 60);

static int __attribute__((noinline)) named_function(int n)
{
	return n * 7 + 1;
}

static void expect_name(const struct rn_symtab *t, uint64_t addr, const char *name)
{
	const struct rn_symtab_entry *s = rn_symtab_find(t, addr);
	struct rn_bytes found = s ? s->name : rn_bytes_of(NULL, 0);
	cr_expect(rn_bytes_equal(found, rn_bytes_str(name)), "%llx is %.*s, not %s",
		(unsigned long long)addr, (int)found.len, (const char *)found.p, name);
}

Test(symtab, a_function_goes_by_its_name_from_its_first_to_its_last_byte)
{
	struct rn_elf_view e;
	struct rn_symtab t;
	uint64_t at = self_address(named_function);
	cr_assert_eq(named_function(1), 8);
	cr_assert_eq(rn_elf_view_init(&e, self_file(), NULL), 0);
	cr_assert_eq(rn_symtab_init(&t, &e, NULL, NULL), 0);
	expect_name(&t, at, "named_function");
	expect_name(&t, at + 1, "named_function");
	const struct rn_symtab_entry *s = rn_symtab_find(&t, at);
	cr_assert_not_null(s);
	expect_name(&t, at + s->size - 1, "named_function");
	cr_expect_neq(rn_symtab_find(&t, at + s->size), s);
	cr_expect_null(rn_symtab_find(&t, 0));
	cr_expect_null(rn_symtab_find(&t, UINT64_MAX));
	cr_expect_not(t.is_dynamic);
	rn_symtab_fini(&t);
	rn_elf_view_fini(&e);
}

Test(symtab, lines_of_a_perf_map_name_code_and_other_lines_are_passed_over)
{
	struct rn_symtab t;
	struct rn_bytes map = rn_bytes_str("1000 20 first thing\nnonsense\n 5 5 x\n0x2000 0x10 second\n"
		"3000 zz bad\n1000 30 replaced\n4000 0 empty\nfffffffffffffffff 1 too long\n5000 8 last");
	cr_assert_eq(rn_symtab_init_jit(&t, map, NULL), 0);
	cr_expect_eq(t.n, 3);
	expect_name(&t, 0x1000, "replaced");
	expect_name(&t, 0x102f, "replaced");
	expect_name(&t, 0x200f, "second");
	expect_name(&t, 0x5007, "last");
	cr_expect_null(rn_symtab_find(&t, 0x2010));
	cr_expect_null(rn_symtab_find(&t, 0x4000));
	rn_symtab_fini(&t);
}
