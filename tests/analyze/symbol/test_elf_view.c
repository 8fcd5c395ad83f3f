/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/elf_view.h"
#include "self.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* An ELF file of n section headers, each of them notes that are the whole file. */
static uint8_t *make_notes(size_t bytes, uint64_t n, uint16_t section_bytes)
{
	uint8_t *file = calloc(1, bytes);
	cr_assert_not_null(file);
	Elf64_Ehdr head = { .e_type = ET_DYN, .e_machine = EM_X86_64, .e_shoff = sizeof(head),
		.e_shentsize = section_bytes };
	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(file, &head, sizeof(head));
	for (uint64_t i = 0; i < n && sizeof(head) + (i + 1) * sizeof(Elf64_Shdr) <= bytes; i++) {
		/* The number of sections stands in the first one. */
		const Elf64_Shdr section = { .sh_type = i ? SHT_NOTE : SHT_NULL, .sh_size = i ? bytes : n };
		memcpy(file + sizeof(head) + i * sizeof(section), &section, sizeof(section));
	}
	return file;
}

Test(elf_view, sections_that_are_all_the_whole_file_do_not_multiply_the_work)
{
	const size_t bytes = 8 << 20;
	uint8_t *file = make_notes(bytes, 100000, sizeof(Elf64_Shdr));
	struct rn_elf_view e;
	cr_assert_eq(rn_elf_view_init(&e, rn_bytes_of(file, bytes), NULL), 0);
	cr_expect_eq(e.n_sections, 100000);
	cr_expect_eq(e.build_id.len, 0);
	cr_expect_lt(clock() / CLOCKS_PER_SEC, 5); /* of this test's own process; it took a minute */
	rn_elf_view_fini(&e);
	free(file);
}

Test(elf_view, headers_that_lie_on_each_other_are_none)
{
	uint8_t *file = make_notes(4096, 60000, 0);
	struct rn_elf_view e;
	cr_assert_eq(rn_elf_view_init(&e, rn_bytes_of(file, 4096), NULL), 0);
	cr_expect_eq(e.n_sections, 0);
	rn_elf_view_fini(&e);
	free(file);
}
