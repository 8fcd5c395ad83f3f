/* SPDX-License-Identifier: MIT */
/* The note NT_GNU_BUILD_ID in the PT_NOTE segments of an ELF file of either class. elf(5). */
#include "record/tracee/modules.h"

#include "shared/cursor.h"

#include <elf.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_SEGMENTS 128
#define MAX_NOTE_BYTES 65536u

struct image {
	struct rn_bytes bytes; /* in memory, or .. */
	int fd;                /* .. a file; -1 */
};

/* len bytes at offset into buf; false when they are not all there. */
static bool read_at(const struct image *im, uint64_t offset, void *buf, size_t len)
{
	if (im->fd >= 0)
		return pread(im->fd, buf, len, (off_t)offset) == (ssize_t)len;
	if (offset > im->bytes.len || len > im->bytes.len - offset)
		return false;
	memcpy(buf, im->bytes.p + offset, len);
	return true;
}

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static uint8_t find_in_notes(struct rn_bytes notes, uint8_t id[RN_BUILD_ID_MAX])
{
	struct rn_cursor c = rn_cursor_of(notes.p, notes.len);
	while (rn_cursor_left(&c) >= 12) {
		uint32_t name_len = rn_take_u32(&c), desc_len = rn_take_u32(&c), type = rn_take_u32(&c);
		struct rn_bytes name = rn_take_bytes(&c, align4(name_len));
		struct rn_bytes desc = rn_take_bytes(&c, align4(desc_len));
		if (c.bad)
			break;
		if (type != NT_GNU_BUILD_ID || name_len != 4 || memcmp(name.p, "GNU", 4) != 0)
			continue;
		if (desc_len == 0 || desc_len > RN_BUILD_ID_MAX)
			break;
		memcpy(id, desc.p, desc_len);
		return (uint8_t)desc_len;
	}
	return 0;
}

static uint8_t find_in_segment(const struct image *im, uint64_t offset, uint64_t size,
	uint8_t id[RN_BUILD_ID_MAX])
{
	uint8_t len = 0;
	uint8_t *notes = size && size <= MAX_NOTE_BYTES ? malloc(size) : NULL;
	if (notes && read_at(im, offset, notes, size))
		len = find_in_notes(rn_bytes_of(notes, size), id);
	free(notes);
	return len;
}

static uint8_t find_build_id(const struct image *im, uint8_t id[RN_BUILD_ID_MAX])
{
	union { Elf64_Ehdr e64; Elf32_Ehdr e32; unsigned char ident[EI_NIDENT]; } h = { 0 };
	if (!read_at(im, 0, &h, sizeof(h.e32)) || memcmp(h.ident, ELFMAG, SELFMAG) != 0)
		return 0;
	bool wide = h.ident[EI_CLASS] == ELFCLASS64;
	if (wide && !read_at(im, 0, &h.e64, sizeof(h.e64)))
		return 0;
	uint64_t at = wide ? h.e64.e_phoff : h.e32.e_phoff;
	unsigned n = wide ? h.e64.e_phnum : h.e32.e_phnum;
	uint8_t len = 0;
	for (unsigned i = 0; i < n && i < MAX_SEGMENTS && !len; i++) {
		union { Elf64_Phdr p64; Elf32_Phdr p32; } p;
		size_t size = wide ? sizeof(p.p64) : sizeof(p.p32);
		if (!read_at(im, at + i * size, &p, size))
			break;
		if ((wide ? p.p64.p_type : p.p32.p_type) != PT_NOTE)
			continue;
		len = wide ? find_in_segment(im, p.p64.p_offset, p.p64.p_filesz, id) :
			find_in_segment(im, p.p32.p_offset, p.p32.p_filesz, id);
	}
	return len;
}

uint8_t rn_build_id_of(struct rn_bytes elf, uint8_t id[RN_BUILD_ID_MAX])
{
	struct image im = { elf, -1 };
	return find_build_id(&im, id);
}

uint8_t rn_build_id_of_file(int fd, uint8_t id[RN_BUILD_ID_MAX])
{
	struct image im = { rn_bytes_of(NULL, 0), fd };
	return find_build_id(&im, id);
}
