/* SPDX-License-Identifier: MIT */
#include "record/embed/embed.h"

#include "shared/elf_layout.h"
#include "tests/record/recorded.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A file of which every byte may be changed. */
static int copy_of_self(struct rn_buffer *bytes)
{
	struct stat s;
	int self = open("/proc/self/exe", O_RDONLY);
	cr_assert_eq(fstat(self, &s), 0);
	uint8_t *to = rn_buffer_reserve(bytes, (size_t)s.st_size);
	cr_assert_eq(read(self, to, (size_t)s.st_size), s.st_size);
	bytes->len = (size_t)s.st_size;
	close(self);
	int fd = memfd_create("program", MFD_CLOEXEC);
	cr_assert_eq(write(fd, bytes->p, bytes->len), (ssize_t)bytes->len);
	return fd;
}

static Elf64_Shdr section(struct rn_bytes elf, const char *name)
{
	Elf64_Ehdr e;
	Elf64_Shdr s, names;
	memcpy(&e, elf.p, sizeof(e));
	cr_assert(e.e_shoff + e.e_shnum * sizeof(s) <= elf.len);
	memcpy(&names, elf.p + e.e_shoff + e.e_shstrndx * sizeof(s), sizeof(s));
	for (unsigned i = 0; i < e.e_shnum; i++) {
		memcpy(&s, elf.p + e.e_shoff + i * sizeof(s), sizeof(s));
		if (rn_elf_is_named(rn_bytes_of(elf.p + names.sh_offset, names.sh_size), s.sh_name,
			    name))
			return s;
	}
	return (Elf64_Shdr){ .sh_type = SHT_NULL };
}

static struct rn_bytes image_of(struct recorded *r, int fd, enum rn_embed how)
{
	recorded_begin(r);
	struct rn_embedder *e = rn_embed_start(r->rec.pipeline, how, 1, UINT64_MAX);
	cr_assert_not_null(e);
	rn_embed_elf(e, fd, rn_bytes_str("id"), rn_bytes_str("/a/program"));
	rn_embed_finish(e, false);
	recorded_end(r);
	cr_assert_eq(rn_reader_n_modules(r->reader), 1);
	struct rn_module_image m;
	cr_assert_eq(rn_reader_module(r->reader, 0, &m, NULL), 0);
	cr_expect(rn_bytes_equal(m.name, rn_bytes_str("/a/program")));
	cr_expect(rn_bytes_equal(m.build_id, rn_bytes_str("id")));
	return m.image;
}

Test(embed, an_image_has_the_tables_of_its_file_under_the_same_numbers)
{
	static const char *const kept[] = { ".eh_frame", ".eh_frame_hdr", ".dynsym", ".dynstr",
		".symtab", ".strtab", ".note.gnu.build-id" };
	struct recorded r;
	struct rn_buffer file = RN_BUFFER_INIT;
	struct rn_bytes image = image_of(&r, copy_of_self(&file), RN_EMBED_SYMBOLS);
	struct rn_bytes whole = rn_buffer_bytes(&file);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		Elf64_Shdr was = section(whole, kept[i]), is = section(image, kept[i]);
		cr_assert_eq(is.sh_type, was.sh_type, "%s", kept[i]);
		cr_assert_eq(is.sh_size, was.sh_size);
		cr_assert_eq(is.sh_addr, was.sh_addr);
		cr_assert_arr_eq(image.p + is.sh_offset, whole.p + was.sh_offset, was.sh_size);
	}
	cr_expect_eq(section(image, ".text").sh_type, SHT_NOBITS);
	cr_expect_eq(section(image, ".text").sh_addr, section(whole, ".text").sh_addr);
	cr_expect_eq(section(image, ".debug_info").sh_type, SHT_NOBITS);
	cr_expect_lt(image.len, whole.len);
	recorded_fini(&r);
	rn_buffer_fini(&file);
}

Test(embed, debug_information_comes_along_when_asked_for)
{
	struct recorded r;
	struct rn_buffer file = RN_BUFFER_INIT;
	struct rn_bytes image = image_of(&r, copy_of_self(&file), RN_EMBED_DEBUG);
	Elf64_Shdr was = section(rn_buffer_bytes(&file), ".debug_info");
	Elf64_Shdr is = section(image, ".debug_info");
	if (was.sh_type == SHT_NULL)
		cr_skip_test("this build has no debug information");
	cr_assert_eq(is.sh_type, SHT_PROGBITS);
	cr_expect_arr_eq(image.p + is.sh_offset, file.p + was.sh_offset, was.sh_size);
	recorded_fini(&r);
	rn_buffer_fini(&file);
}

Test(embed, mapped_segments_speak_of_the_file_and_notes_of_the_image)
{
	struct recorded r;
	struct rn_buffer file = RN_BUFFER_INIT;
	struct rn_bytes image = image_of(&r, copy_of_self(&file), RN_EMBED_SYMBOLS);
	Elf64_Ehdr was, is;
	memcpy(&was, file.p, sizeof(was));
	memcpy(&is, image.p, sizeof(is));
	cr_assert_eq(is.e_phnum, was.e_phnum);
	for (unsigned i = 0; i < is.e_phnum; i++) {
		Elf64_Phdr a, b;
		memcpy(&a, file.p + was.e_phoff + i * sizeof(a), sizeof(a));
		memcpy(&b, image.p + is.e_phoff + i * sizeof(b), sizeof(b));
		if (a.p_type == PT_LOAD)
			cr_expect_arr_eq(&a, &b, sizeof(a));
		else if (a.p_type == PT_NOTE)
			cr_expect_arr_eq(file.p + a.p_offset, image.p + b.p_offset, a.p_filesz);
	}
	recorded_fini(&r);
	rn_buffer_fini(&file);
}

Test(embed, a_file_without_section_headers_keeps_its_unwind_table)
{
	struct recorded r;
	struct rn_buffer file = RN_BUFFER_INIT;
	int fd = copy_of_self(&file);
	Elf64_Shdr was = section(rn_buffer_bytes(&file), ".eh_frame");
	static const uint8_t none[8];
	cr_assert_eq(pwrite(fd, none, 8, offsetof(Elf64_Ehdr, e_shoff)), 8);
	cr_assert_eq(pwrite(fd, none, 2, offsetof(Elf64_Ehdr, e_shnum)), 2);
	struct rn_bytes image = image_of(&r, fd, RN_EMBED_SYMBOLS);
	Elf64_Shdr is = section(image, ".eh_frame");
	cr_assert_eq(is.sh_addr, was.sh_addr);
	cr_assert_geq(is.sh_size, was.sh_size);
	cr_expect_arr_eq(image.p + is.sh_offset, file.p + was.sh_offset, was.sh_size);
	recorded_fini(&r);
	rn_buffer_fini(&file);
}

Test(embed, what_is_no_program_is_left_out)
{
	struct recorded r;
	recorded_begin(&r);
	struct rn_embedder *e = rn_embed_start(r.rec.pipeline, RN_EMBED_SYMBOLS, 1, UINT64_MAX);
	rn_embed_elf(e, open("/dev/null", O_RDONLY), rn_bytes_str(""), rn_bytes_str("/dev/null"));
	int fd = memfd_create("text", MFD_CLOEXEC);
	cr_assert_eq(write(fd, "MZ is no ELF file, and short", 28), 28);
	rn_embed_elf(e, fd, rn_bytes_str(""), rn_bytes_str("/a/text"));
	rn_embed_finish(e, false);
	recorded_end(&r);
	cr_expect_eq(rn_reader_n_modules(r.reader), 0);
	recorded_fini(&r);
}

Test(embed, more_files_than_descriptors_that_may_wait)
{
	struct recorded r;
	recorded_begin(&r);
	struct rn_embedder *e = rn_embed_start(r.rec.pipeline, RN_EMBED_SYMBOLS, 1, UINT64_MAX);
	for (unsigned i = 0; i < 300; i++)
		rn_embed_elf(e, open("/proc/self/exe", O_RDONLY), rn_bytes_str(""),
			rn_bytes_str("/proc/self/exe"));
	rn_embed_finish(e, false);
	recorded_end(&r);
	cr_expect_eq(rn_reader_n_modules(r.reader), 300);
	recorded_fini(&r);
}

/* Any bytes of the headers changed: a plan never reaches beyond the file. */
Test(embed, headers_that_lie_stay_in_bounds)
{
	struct rn_buffer file = RN_BUFFER_INIT;
	int fd = copy_of_self(&file);
	Elf64_Ehdr e;
	memcpy(&e, file.p, sizeof(e));
	uint64_t seed = 88172645463325252u;
	for (unsigned round = 0; round < 3000; round++) {
		uint64_t at[3];
		for (unsigned k = 0; k < 3; k++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			uint64_t where = seed % 3;
			uint64_t len = where == 0 ? sizeof(e) : where == 1 ?
				e.e_phnum * sizeof(Elf64_Phdr) : e.e_shnum * sizeof(Elf64_Shdr);
			at[k] = (where == 0 ? 0 : where == 1 ? e.e_phoff : e.e_shoff) +
				(seed >> 20) % len;
			uint8_t v = (uint8_t)(seed >> 50);
			cr_assert_eq(pwrite(fd, &v, 1, (off_t)at[k]), 1);
		}
		struct rn_image_plan p;
		if (rn_image_plan_init(&p, fd, RN_EMBED_DEBUG)) {
			uint64_t end = p.head.len;
			for (uint32_t i = 0; i < p.n_pieces; i++) {
				cr_assert_leq(p.piece[i].from, file.len);
				cr_assert_leq(p.piece[i].len, file.len - p.piece[i].from);
				cr_assert_geq(p.piece[i].to, end);
				cr_assert_leq(p.piece[i].to - end, 64);
				end = p.piece[i].to + p.piece[i].len;
			}
			cr_assert_geq(p.tail_at, end);
			cr_assert_eq(p.bytes, p.tail_at + p.tail.len);
			rn_image_plan_fini(&p);
		}
		for (unsigned k = 0; k < 3; k++)
			cr_assert_eq(pwrite(fd, file.p + at[k], 1, (off_t)at[k]), 1);
	}
	close(fd);
	rn_buffer_fini(&file);
}

Test(embed, an_image_that_takes_more_than_it_may_is_left_out)
{
	struct recorded r;
	struct rn_buffer file = RN_BUFFER_INIT;
	recorded_begin(&r);
	struct rn_embedder *e = rn_embed_start(r.rec.pipeline, RN_EMBED_SYMBOLS, 1, 1000);
	rn_embed_elf(e, copy_of_self(&file), rn_bytes_str("id"), rn_bytes_str("/a/program"));
	rn_embed_finish(e, false);
	recorded_end(&r);
	cr_expect_eq(rn_reader_n_modules(r.reader), 0);
	recorded_fini(&r);
	rn_buffer_fini(&file);
}
