/* SPDX-License-Identifier: MIT */
#include "self.h"

#include "analyze/symbol/mapped_file.h"

#include <criterion/criterion.h>
#include <link.h>

struct rn_bytes self_file(void)
{
	static struct rn_mapped_file file;
	struct rn_error err = { 0 };
	if (!file.bytes.len)
		cr_assert_eq(rn_mapped_file_open(&file, "/proc/self/exe", &err), 0, "%s", err.message);
	return file.bytes;
}

/* The program itself comes first. */
static int first(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(uint64_t *)base = info->dlpi_addr;
	return 1;
}

uint64_t self_address(const void *p)
{
	uint64_t base = 0;
	dl_iterate_phdr(first, &base);
	return (uint64_t)(uintptr_t)p - base;
}
