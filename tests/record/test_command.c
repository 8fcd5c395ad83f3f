/* SPDX-License-Identifier: MIT */
#include "record/launch/command.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/rn_command_XXXXXX";
static struct rn_buffer path;
static struct rn_error err;

static void make(const char *name, mode_t mode)
{
	char full[128];
	snprintf(full, sizeof(full), "%s/%s", dir, name);
	FILE *f = fopen(full, "w");
	cr_assert_not_null(f);
	fclose(f);
	chmod(full, mode);
}

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(dir));
	make("tool", 0755);
	make("plain", 0644);
}

static void tear_down(void)
{
	char command[64];
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
	rn_buffer_fini(&path);
}

TestSuite(command, .init = set_up, .fini = tear_down);

Test(command, found_along_the_search_path)
{
	char search[128];
	snprintf(search, sizeof(search), "/nowhere:%s:/usr/bin", dir);
	cr_assert_eq(rn_command_find(&path, "tool", search, &err), 0);
	cr_assert_eq(strncmp((char *)path.p, dir, strlen(dir)), 0);
	cr_assert_eq(rn_command_find(&path, "no-such-tool", search, &err), RN_E_NOT_FOUND);
	cr_assert_eq(rn_command_find(&path, "", search, &err), RN_E_NOT_FOUND);
	cr_assert_eq(rn_command_find(&path, "plain", search, &err), RN_E_PERM);
}

Test(command, what_is_in_a_folder_that_may_not_be_searched_is_not_found)
{
	char closed[128];
	snprintf(closed, sizeof(closed), "%s/closed", dir);
	cr_assert_eq(mkdir(closed, 0755), 0);
	make("closed/tool", 0755);
	cr_assert_eq(chmod(closed, 0600), 0);
	uid_t before = geteuid();
	if (before == 0)
		cr_assert_eq(seteuid(65534), 0); /* root may search everything */
	cr_assert_eq(rn_command_find(&path, "tool", closed, &err), RN_E_NOT_FOUND);
	cr_assert_eq(seteuid(before), 0);
	cr_assert_eq(chmod(closed, 0700), 0);
}

Test(command, a_name_with_a_slash_is_the_file)
{
	char name[128];
	snprintf(name, sizeof(name), "%s/plain", dir);
	cr_assert_eq(rn_command_find(&path, name, "/usr/bin", &err), RN_E_PERM);
	cr_assert_eq(rn_command_find(&path, dir, "/usr/bin", &err), RN_E_PERM);
	cr_assert_eq(rn_command_find(&path, "/no/such/file", "/usr/bin", &err), RN_E_NOT_FOUND);
	name[strlen(dir)] = '\0';
	strcat(name, "/tool");
	cr_assert_eq(rn_command_find(&path, name, "/usr/bin", &err), 0);
	cr_assert_str_eq((char *)path.p, name);
}

Test(command, settings_replace_add_and_remove_variables)
{
	char *environment[] = { "A=1", "B=2", "AB=3", NULL };
	const char *items[] = { "A=9", "B", "C=4", "C=5", "NEW" };
	const struct rn_strings settings = { items, 5 };
	char **e = rn_command_environment(environment, &settings);
	cr_assert_str_eq(e[0], "AB=3");
	cr_assert_str_eq(e[1], "A=9");
	cr_assert_str_eq(e[2], "C=5");
	cr_assert_null(e[3]);
	free(e);
}
