/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/elf_view.h"
#include "self.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(elf_view, .timeout = 60);

Test(elf_view, sections_and_build_id_of_a_real_program)
{
	struct rn_elf_view e;
	cr_assert_eq(rn_elf_view_init(&e, self_file(), NULL), 0);
	cr_expect(e.is64);
	cr_expect(e.n_sections > 10);
	const struct rn_elf_section *s = rn_elf_section(&e, ".symtab");
	cr_assert(s && s->data.len == s->size && s->size % 24 == 0);
	cr_expect_null(rn_elf_section(&e, ".nosuch"));
	s = rn_elf_section(&e, ".bss");
	cr_expect(s && s->data.len == 0);
	rn_elf_view_fini(&e);
}

Test(elf_view, other_files_are_refused)
{
	struct rn_elf_view e;
	cr_expect_eq(rn_elf_view_init(&e, rn_bytes_str(""), NULL), RN_E_CORRUPT);
	cr_expect_eq(rn_elf_view_init(&e, rn_bytes_str("\177ELF"), NULL), RN_E_CORRUPT);
	cr_expect_eq(rn_elf_view_init(&e, rn_bytes_str("#!/bin/sh\nexit 0\n"), NULL), RN_E_CORRUPT);
	rn_elf_view_fini(&e);
}

Test(elf_view, a_file_cut_anywhere_has_fewer_sections_and_no_more)
{
	struct rn_bytes file = self_file();
	for (size_t len = 0; len < file.len; len += 1 + file.len / 97) {
		struct rn_elf_view e;
		uint8_t *cut = malloc(len + 1);
		memcpy(cut, file.p, len);
		if (rn_elf_view_init(&e, rn_bytes_of(cut, len), NULL) == 0)
			for (uint32_t i = 0; i < e.n_sections; i++)
				cr_expect(!e.section[i].data.len || e.section[i].data.p +
					e.section[i].data.len <= cut + len);
		rn_elf_view_fini(&e);
		free(cut);
	}
}

Test(elf_view, a_section_that_claims_to_unpack_to_more_than_it_can_spoils_the_debug_information)
{
	struct rn_bytes file = self_file();
	struct rn_elf_view e;
	uint8_t *copy = malloc(file.len);
	memcpy(copy, file.p, file.len);
	cr_assert_eq(rn_elf_view_init(&e, rn_bytes_of(copy, file.len), NULL), 0);
	cr_expect(rn_elf_has_debug(&e, "debug_info"));
	struct rn_elf_section *s = (struct rn_elf_section *)rn_elf_section(&e, ".debug_info");
	cr_assert_not_null(s);
	s->flags |= 1 << 11; /* SHF_COMPRESSED */
	memset((uint8_t *)s->data.p, 0xff, 24);
	cr_expect_not(rn_elf_has_debug(&e, "debug_info"));
	rn_elf_view_fini(&e);
	free(copy);
}
