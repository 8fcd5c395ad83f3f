/* SPDX-License-Identifier: MIT */
/* What the recorder reads of the traced program's files: an ELF file becomes an image, and the image another one that
 * is the same; its build-id lies within what there is room for; lines of /proc/PID/maps are refused or have an end. */
#include "record/tracee/modules.h"
#include "record/tracee/procfs.h"
#include "shared/elf_image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)
#define IMAGE_MOST ((uint64_t)64 << 20)

static int file_of(struct rn_bytes b)
{
	int fd = memfd_create("file", MFD_CLOEXEC);
	check(fd >= 0 && write(fd, b.p, b.len) == (ssize_t)b.len);
	return fd;
}

static void check_plan(int fd, enum rn_embed how, size_t size)
{
	struct rn_image_plan p;
	uint64_t at = 0;
	bool is = rn_image_plan_init(&p, fd, how);
	for (uint32_t i = 0; is && i < p.n_pieces; i++) {
		check(p.piece[i].from <= size && p.piece[i].len <= size - p.piece[i].from);
		check(p.piece[i].to >= at && p.piece[i].to + p.piece[i].len <= p.bytes);
		at = p.piece[i].to + p.piece[i].len;
	}
	check(!is || (p.bytes <= IMAGE_MOST + RN_IMAGE_MAX_BYTES && p.tail_at + p.tail.len <= p.bytes));
	rn_image_plan_fini(&p);
}

static void check_image(int fd, enum rn_embed how)
{
	struct rn_buffer once = RN_BUFFER_INIT, again = RN_BUFFER_INIT;
	uint8_t id[RN_BUILD_ID_MAX], id_of_file[RN_BUILD_ID_MAX];
	if (rn_image_make(&once, fd, how)) {
		int image = file_of(rn_buffer_bytes(&once));
		uint8_t n = rn_build_id_of(rn_buffer_bytes(&once), id);
		check(n <= RN_BUILD_ID_MAX && n == rn_build_id_of_file(image, id_of_file) && memcmp(id, id_of_file, n) == 0);
		if (rn_image_make(&again, image, how))
			check(again.len <= once.len + 4096);
		close(image);
	}
	rn_buffer_fini(&once);
	rn_buffer_fini(&again);
}

static void check_maps(struct rn_bytes text)
{
	struct rn_proc_map m;
	for (const uint8_t *p = text.p, *end = text.p + text.len, *nl; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl ? nl : end;
		if (rn_proc_map_parse(&m, rn_bytes_of(p, (size_t)(nl - p))))
			check(m.low <= m.high && m.prot <= 7 && m.path.p >= p && m.path.p + m.path.len <= nl);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t id[RN_BUILD_ID_MAX];
	struct rn_bytes file = rn_bytes_of(data, size);
	int fd = file_of(file);
	check(rn_build_id_of(file, id) <= RN_BUILD_ID_MAX && rn_build_id_of_file(fd, id) <= RN_BUILD_ID_MAX);
	for (int how = RN_EMBED_SYMBOLS; how <= RN_EMBED_DEBUG; how++) {
		check_plan(fd, (enum rn_embed)how, size);
		check_image(fd, (enum rn_embed)how);
	}
	if (size)
		check_maps(file);
	close(fd);
	return 0;
}
