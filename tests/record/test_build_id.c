/* SPDX-License-Identifier: MIT */
#include "record/tracee/modules.h"
#include "shared/buffer.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

/* A header, one PT_NOTE segment, two notes of which the second is a build-id. */
static struct rn_buffer image_with_note(uint32_t desc_len)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	Elf64_Ehdr h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_phoff = sizeof(h), .e_phnum = 1, .e_phentsize = sizeof(Elf64_Phdr) };
	Elf64_Phdr p = { .p_type = PT_NOTE, .p_offset = sizeof(h) + sizeof(p),
		.p_filesz = 16 + 4 + 16 + ((desc_len + 3) & ~3u) };
	rn_put_bytes(&b, &h, sizeof(h));
	rn_put_bytes(&b, &p, sizeof(p));
	rn_put_u32(&b, 4), rn_put_u32(&b, 4), rn_put_u32(&b, NT_GNU_ABI_TAG);
	rn_put_bytes(&b, "GNU", 4);
	rn_put_u32(&b, 0);
	rn_put_u32(&b, 4), rn_put_u32(&b, desc_len), rn_put_u32(&b, NT_GNU_BUILD_ID);
	rn_put_bytes(&b, "GNU", 4);
	for (uint32_t i = 0; i < ((desc_len + 3) & ~3u); i++)
		rn_put_u8(&b, (uint8_t)(i + 1));
	return b;
}

Test(build_id, found_behind_other_notes)
{
	uint8_t id[RN_BUILD_ID_MAX];
	struct rn_buffer b = image_with_note(20);
	cr_assert_eq(rn_build_id_of(rn_buffer_bytes(&b), id), 20);
	cr_assert_eq(id[19], 20);
	rn_buffer_fini(&b);
}

Test(build_id, one_that_is_too_long_is_none)
{
	uint8_t id[RN_BUILD_ID_MAX];
	struct rn_buffer b = image_with_note(RN_BUILD_ID_MAX + 1);
	cr_assert_eq(rn_build_id_of(rn_buffer_bytes(&b), id), 0);
	rn_buffer_fini(&b);
}

Test(build_id, cut_anywhere_or_with_any_byte_changed_it_stays_in_bounds)
{
	uint8_t id[RN_BUILD_ID_MAX];
	struct rn_buffer b = image_with_note(20);
	for (size_t n = 0; n < b.len; n++) {
		uint8_t *copy = malloc(n + 1);
		memcpy(copy, b.p, n);
		cr_assert_eq(rn_build_id_of(rn_bytes_of(copy, n), id), 0, "cut at %zu", n);
		free(copy);
	}
	for (size_t i = 0; i < b.len; i++) {
		for (unsigned v = 1; v < 256; v += 51) {
			b.p[i] ^= (uint8_t)v;
			cr_assert_leq(rn_build_id_of(rn_buffer_bytes(&b), id), RN_BUILD_ID_MAX);
			b.p[i] ^= (uint8_t)v;
		}
	}
	rn_buffer_fini(&b);
}

Test(build_id, what_is_no_elf_file_has_none)
{
	uint8_t id[RN_BUILD_ID_MAX];
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(rn_build_id_of_file(fd, id), 0);
	close(fd);
}
