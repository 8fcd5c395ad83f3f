/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/lines.h"
#include "self.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(lines, .timeout = 60);

static uint64_t __attribute__((noinline)) here(void)
{
	return self_address(__builtin_return_address(0)) - 1;
}

static unsigned inner_line;
static inline uint64_t __attribute__((always_inline)) inlined_call(void)
{
	inner_line = __LINE__ + 1;
	return here();
}

static struct rn_lines *lines_of_self(struct rn_elf_view *e)
{
	struct rn_lines *l;
	cr_assert_eq(rn_elf_view_init(e, self_file(), NULL), 0);
	cr_assert_eq(rn_lines_new(&l, e, false, NULL), 0);
	cr_assert_not_null(l, "the test program has no debug information");
	return l;
}

static bool ends_with(struct rn_bytes s, const char *end)
{
	size_t n = strlen(end);
	return s.len >= n && memcmp(s.p + s.len - n, end, n) == 0;
}

Test(lines, an_address_in_an_inlined_function_has_its_line_and_that_of_the_call)
{
	struct rn_elf_view e;
	struct rn_line level[RN_LINES_LEVELS];
	struct rn_lines *l = lines_of_self(&e);
	uint64_t addr = inlined_call(); unsigned outer_line = __LINE__;
	unsigned n = rn_lines_of(l, addr, level);
	cr_assert_eq(n, 2, "%u levels", n);
	cr_expect_str_eq(level[0].function, "inlined_call");
	cr_expect(level[0].inlined && !level[1].inlined);
	cr_expect_eq(level[0].line, inner_line);
	cr_expect_eq(level[1].line, outer_line);
	cr_expect(ends_with(level[0].file, "test_lines.c"));
	cr_expect(ends_with(level[1].file, "test_lines.c"));
	cr_expect(level[1].entry <= level[0].entry && level[0].entry <= addr);
	cr_expect_eq(rn_lines_of(l, 0, level), 0);
	cr_expect_eq(rn_lines_of(l, UINT64_MAX, level), 0);
	rn_lines_free(l);
	rn_elf_view_fini(&e);
}

/* Changed bytes in the debug sections: any answer will do, but there is one, and soon. */
Test(lines, debug_information_full_of_lies_is_survived)
{
	struct rn_bytes file = self_file();
	uint8_t *copy = malloc(file.len);
	uint64_t state = 88172645463325252u;
	for (unsigned round = 0; round < 12; round++) {
		struct rn_elf_view e;
		struct rn_lines *l;
		struct rn_line level[RN_LINES_LEVELS];
		memcpy(copy, file.p, file.len);
		cr_assert_eq(rn_elf_view_init(&e, rn_bytes_of(copy, file.len), NULL), 0);
		for (unsigned i = 0; i < 400; i++) {
			static const char *const names[] = { ".debug_info", ".debug_abbrev",
				".debug_line", ".debug_rnglists", ".debug_str", ".debug_line_str" };
			const struct rn_elf_section *s = rn_elf_section(&e, names[i % 6]);
			state ^= state << 13, state ^= state >> 7, state ^= state << 17;
			if (s && s->data.len)
				((uint8_t *)s->data.p)[state % s->data.len] = (uint8_t)(state >> 40);
		}
		cr_assert_eq(rn_lines_new(&l, &e, false, NULL), 0);
		uint64_t at = self_address(here);
		for (unsigned i = 0; l && i < 200; i++)
			rn_lines_of(l, at - 4000 + i * 40, level);
		rn_lines_free(l);
		rn_elf_view_fini(&e);
	}
	free(copy);
}
