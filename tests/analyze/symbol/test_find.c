/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/find.h"
#include "self.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void begin(void)
{
	strcpy(folder, "/tmp/rn-find-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

static void end(void)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(find, .init = begin, .fini = end, .timeout = 60);

/* A copy of this program below the folder. */
static void put_file(const char *path, bool other_build_id)
{
	char full[256], command[600];
	struct rn_bytes self = self_file();
	struct rn_elf_view e;
	cr_assert_eq(rn_elf_view_init(&e, self, NULL), 0);
	size_t id_at = (size_t)(e.build_id.p - self.p);
	snprintf(full, sizeof(full), "%s/%s", folder, path);
	snprintf(command, sizeof(command), "mkdir -p $(dirname %s)", full);
	cr_assert_eq(system(command), 0);
	FILE *f = fopen(full, "w");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(self.p, 1, self.len, f), self.len);
	if (other_build_id) {
		cr_assert_eq(fseek(f, (long)id_at, SEEK_SET), 0);
		cr_assert_eq(fwrite("other", 1, 5, f), 5);
	}
	cr_assert_eq(fclose(f), 0);
	rn_elf_view_fini(&e);
}

struct seen {
	char found[256], refused[256];
	unsigned n_found, n_refused;
	bool take;
};

static enum rn_find_answer found(void *arg, struct rn_found *f)
{
	struct seen *s = arg;
	snprintf(s->found, sizeof(s->found), "%s", f->path + strlen(folder));
	s->n_found++;
	if (s->take)
		rn_found_close(f);
	return s->take ? RN_FIND_TAKEN : RN_FIND_GO_ON;
}

static void refused(void *arg, const char *path, struct rn_bytes build_id)
{
	struct seen *s = arg;
	cr_expect(build_id.len == 20 && memcmp(build_id.p, "other", 5) == 0);
	snprintf(s->refused, sizeof(s->refused), "%s", path + strlen(folder));
	s->n_refused++;
}

static struct seen look(const char *debug_dir, bool sysroot, bool take)
{
	char dir[256];
	const char *const dirs[] = { dir };
	struct seen s = { .take = take };
	struct rn_elf_view e;
	snprintf(dir, sizeof(dir), "%s/%s", folder, debug_dir ? debug_dir : "");
	cr_assert_eq(rn_elf_view_init(&e, self_file(), NULL), 0);
	const struct rn_symbol_options o = { .debug_dirs = dirs, .n_debug_dirs = debug_dir ? 1 : 0,
		.sysroot = sysroot ? folder : "/nowhere" };
	const struct rn_find_wanted w = { rn_bytes_str("/opt/prog"), e.build_id,
		rn_bytes_str("prog.debug") };
	const struct rn_find_receiver to = { &s, found, refused };
	struct rn_error err = { 0 };
	cr_assert_eq(rn_find(&o, &w, &to, &err), 0, "%s", err.message);
	rn_elf_view_fini(&e);
	return s;
}

Test(find, by_build_id_below_a_debug_dir)
{
	char path[128] = "d/.build-id/";
	struct rn_elf_view e;
	cr_assert_eq(rn_elf_view_init(&e, self_file(), NULL), 0);
	cr_assert_eq(e.build_id.len, 20);
	for (size_t i = 0, at = strlen(path); i < 20; i++)
		at += (size_t)sprintf(path + at, "%02x%s", e.build_id.p[i], i ? "" : "/");
	strcat(path, ".debug");
	rn_elf_view_fini(&e);
	put_file(path, false);
	struct seen s = look("d", false, true);
	cr_expect_eq(s.n_found, 1);
	cr_expect_str_eq(s.found + 1, path);
}

Test(find, the_own_file_below_the_sysroot_comes_after_debug_files)
{
	put_file("opt/prog", false);
	struct seen s = look(NULL, true, true);
	cr_expect_str_eq(s.found, "/opt/prog");
	put_file("opt/.debug/prog.debug", false);
	s = look(NULL, true, true);
	cr_expect_str_eq(s.found, "/opt/.debug/prog.debug");
	put_file("usr/lib/debug/opt/prog.debug", false);
	s = look(NULL, true, true);
	cr_expect_str_eq(s.found, "/usr/lib/debug/opt/prog.debug");
	s = look(NULL, true, false);
	cr_expect(s.n_found >= 3);
}

Test(find, another_build_id_is_refused_and_named)
{
	put_file("opt/prog", true);
	struct seen s = look(NULL, true, true);
	cr_expect_eq(s.n_found, 0);
	cr_expect_eq(s.n_refused, 1);
	cr_expect_str_eq(s.refused, "/opt/prog");
}

Test(find, what_is_no_elf_file_is_neither_found_nor_refused)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/opt", folder);
	cr_assert_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/opt/prog", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	struct seen s = look(NULL, true, true);
	cr_expect_eq(s.n_found + s.n_refused, 0);
	cr_assert_eq(unlink(path), 0);
	FILE *f = fopen(path, "w");
	fputs("#!/bin/sh\n", f);
	fclose(f);
	s = look(NULL, true, true);
	cr_expect_eq(s.n_found + s.n_refused, 0);
}
