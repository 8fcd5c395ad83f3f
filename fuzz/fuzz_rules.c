/* SPDX-License-Identifier: MIT */
/* Files of rules for `check` (as TOML alone: fuzz_toml.c): refused with a message, or fit to be judged. */
#include "analyze/check/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

static void load(const uint8_t *data, size_t size)
{
	struct rn_error err = { 0 };
	struct rn_check c;
	char path[32];
	int fd = memfd_create("rules", 0);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int rc = rn_check_load(&c, path, &err);
	check(rc == 0 || err.message[0]);
	for (size_t i = 0; !rc && i < c.n_rules; i++)
		check(c.rule[i].name && c.rule[i].n_limits > 0);
	rn_check_fini(&c);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	load(data, size);
	return 0;
}
