/* SPDX-License-Identifier: MIT */
/* Tables: what an expression selects and leaves out, and which expressions are refused how. */
#include "filter_check.h"

#include <pthread.h>
#include <string.h>

struct decision {
	const char *expression;
	const char *wanted; /* names separated by blanks */
	const char *others;
};

static int refusal(const char *expression, struct rn_error *err);

static void check_names(const struct rn_filter *f, const char *names, bool expected,
	const char *expression)
{
	char text[512];
	snprintf(text, sizeof(text), "%s", names);
	for (char *name = strtok(text, " "); name; name = strtok(NULL, " "))
		cr_assert_eq(wants(f, name), expected, "%s: %s is %s", expression, name,
			expected ? "left out" : "selected");
}

static void check_decisions(const struct decision *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rn_filter *f = filter(d[i].expression);
		check_names(f, d[i].wanted, true, d[i].expression);
		check_names(f, d[i].others, false, d[i].expression);
		rn_filter_free(f);
	}
}

#define CHECK(table) check_decisions(table, sizeof(table) / sizeof(table[0]))

Test(filter, selects_by_name_and_by_class)
{
	static const struct decision cases[] = {
		{ "trace=write", "write", "brk writev read" },
		{ "trace=write,brk", "write brk", "read" },
		{ "trace=file", "openat read write close lseek fstat newfstatat unlink rename statx", "brk mmap socket getpid" },
		{ "trace=network", "socket connect accept4 sendmsg shutdown getsockopt", "write openat brk" },
		{ "trace=process", "fork clone clone3 execve exit_group wait4 kill", "write openat" },
		{ "trace=memory", "mmap munmap mprotect brk madvise", "write openat" },
		{ "trace=file,brk", "openat brk", "socket" },
		{ "trace=%file", "openat execve rename statx", "read write close fstat brk" },
		{ "trace=desc", "read write close fstat openat", "brk getpid" },
		{ "trace=%desc", "read close", "brk" },
		{ "trace=signal", "kill rt_sigaction tgkill", "read" },
		{ "trace=ipc", "shmget semop msgsnd", "read pipe2" },
		{ "trace=%creds", "getuid setresgid capset", "read getpid" },
		{ "trace=%clock", "clock_gettime gettimeofday adjtimex", "read nanosleep" },
		{ "trace=%net", "socket", "read" },
		{ "trace=stat", "stat", "lstat newfstatat fstat" },
		{ "trace=%stat", "stat", "lstat newfstatat read" },
		{ "trace=%fstat", "fstat newfstatat", "stat lstat" },
		{ "trace=%%stat", "stat lstat fstat newfstatat statx", "read statfs" },
		{ "trace=%pure", "getpid getuid", "read" },
		{ "trace=all", "read brk exit", "" },
		{ "trace=none", "", "read brk exit" },
		{ "trace=", "", "read brk exit" },
		{ "trace= ", "", "read" },
		{ "trace=none,write", "write", "read" },
		{ "t=write", "write", "read" },
		{ "trace= write , brk ", "write brk", "read" },
		{ "trace=\tread", "read", "write" },
	};
	CHECK(cases);
}

Test(filter, the_words_of_the_original_select_at_least_what_they_did)
{
	static const struct decision cases[] = {
		{ "trace=file", "open openat close read write lseek stat fstat newfstatat access mkdir "
		  "rmdir unlink", "" },
		{ "trace=network", "socket connect accept bind listen sendto recvfrom setsockopt "
		  "getsockopt", "" },
		{ "trace=process", "fork vfork clone execve exit exit_group wait4 waitid kill tkill "
		  "tgkill", "" },
		{ "trace=memory", "mmap munmap mprotect mremap brk", "" },
	};
	CHECK(cases);
}

Test(filter, an_exclamation_mark_leaves_out)
{
	static const struct decision cases[] = {
		{ "trace=!close", "write openat", "close" },
		{ "trace=! close", "write openat", "close" },
		{ "trace=!open,!close", "write openat", "open close" },
		{ "trace=!file", "brk mmap getpid", "openat read write close" },
		{ "trace=!%file", "read brk", "openat" },
		{ "trace=file,!close", "openat read", "close brk" },
		{ "trace=!close,file", "openat read", "close brk" },
		{ "trace=close,!close", "", "close read" },
		{ "trace=all,!close", "read", "close" },
		{ "trace=!all", "", "read close" },
		{ "trace=!none", "read close", "" },
		{ "trace=!nonexistent", "read write close openat", "" },
		{ "trace=!nonexistent,write", "write", "read" },
		{ "trace=!?nonexistent,!close", "write", "close" },
		{ "trace=!syscall_9999", "write", "" },
	};
	CHECK(cases);
}

Test(filter, a_regex_is_searched_for_anywhere_in_the_name)
{
	static const struct decision cases[] = {
		{ "trace=/^open.*/", "open openat openat2", "close write" },
		{ "trace=/.*at$/", "openat unlinkat", "close write" },
		{ "trace=/read|write/", "read write pread64 readlink writev", "openat" },
		{ "trace=/^open.*/,close", "openat close", "read" },
		{ "trace=/^open.*/,!/openat/", "open", "openat openat2 read" },
		{ "trace=/(?i)OPEN.*/", "openat", "close" },
		{ "trace=/()/", "read brk", "" },
		{ "trace=//", "read brk", "" },
		{ "trace=/op.{1,4}/", "open openat", "close" },
		{ "trace=/^op.{1,2}$/,close", "open close", "openat" },
		{ "trace=!/^open/", "close read", "open openat" },
		{ "trace= ! /^open/ , !read", "close", "open read" },
		{ "trace=/^(?=o)..en$/", "open", "openat read" },
		{ "trace=/^(.)\\1/", "", "read" },
		{ "trace=/[a-z]\\/,?|^brk$/", "brk", "read" },
		{ "trace=?/no such call/", "", "read" },
	};
	CHECK(cases);
}

Test(filter, parts_of_several_expressions_are_one_list)
{
	static const char *const both[] = { "trace=read", "trace=write" };
	static const char *const mixed[] = { "trace=file", "trace=!close", "trace=brk" };
	static const char *const nothing_and_read[] = { "trace=", "trace=read" };
	struct rn_filter *f = filter_of(both, 2);
	cr_assert(wants(f, "read") && wants(f, "write") && !wants(f, "brk"));
	rn_filter_free(f);
	f = filter_of(mixed, 3);
	cr_assert(wants(f, "openat") && wants(f, "brk") && !wants(f, "close"));
	rn_filter_free(f);
	f = filter_of(nothing_and_read, 2);
	cr_assert(wants(f, "read") && !wants(f, "write"));
	rn_filter_free(f);
	f = filter_of(NULL, 0);
	cr_assert(wants(f, "read") && rn_filter_is_all(f));
	rn_filter_free(f);
}

static bool wants_on(const struct rn_filter *f, enum rn_abi abi, const char *name)
{
	int32_t nr = rn_syscall_number(abi, rn_bytes_str(name));
	cr_assert_geq(nr, 0, "%s", name);
	return rn_filter_match(f, abi, (uint32_t)nr);
}

Test(filter, a_name_is_the_call_of_every_abi_unless_a_suffix_says_which)
{
	struct rn_filter *f = filter("trace=openat");
	cr_assert(wants_on(f, RN_ABI_X86_64, "openat") && wants_on(f, RN_ABI_I386, "openat") &&
		wants_on(f, RN_ABI_AARCH64, "openat"));
	cr_assert(!wants_on(f, RN_ABI_I386, "read"));
	rn_filter_free(f);
	f = filter("trace=openat@32,%network@64");
	cr_assert(!wants_on(f, RN_ABI_X86_64, "openat") && wants_on(f, RN_ABI_I386, "openat"));
	cr_assert(wants_on(f, RN_ABI_X86_64, "socket") && wants_on(f, RN_ABI_AARCH64, "socket"));
	cr_assert(!wants_on(f, RN_ABI_I386, "socket"));
	rn_filter_free(f);
	f = filter("trace=_llseek");
	cr_assert(wants_on(f, RN_ABI_I386, "_llseek"), "names that only i386 has are names");
	rn_filter_free(f);
}

Test(filter, what_one_abi_alone_has_is_suggested_and_known_there)
{
	struct rn_error err = { 0 };
	struct rn_filter *f = filter("trace=epoll_ctl_old");
	cr_expect(wants(f, "epoll_ctl_old") && !wants(f, "epoll_ctl"));
	rn_filter_free(f);
	cr_expect_eq(refusal("trace=waitpdi@64", &err), RN_E_USAGE);
	cr_expect_null(strstr(err.message, "waitpid"), "%s", err.message);
	cr_expect_eq(refusal("trace=syscall_0", &err), 0, "%s", err.message);
}

Test(filter, calls_without_a_name_are_selected_by_number)
{
	struct rn_filter *f = filter("trace=syscall_9999,/^syscall_88..$/");
	cr_assert(rn_filter_match(f, RN_ABI_X86_64, 9999) && rn_filter_match(f, RN_ABI_AARCH64, 9999));
	cr_assert(!rn_filter_match(f, RN_ABI_X86_64, 9998));
	cr_assert(rn_filter_match(f, RN_ABI_X86_64, 8800) && !rn_filter_match(f, RN_ABI_X86_64, 880));
	cr_assert(!rn_filter_match(f, RN_ABI_X86_64, 0x40000000 + 9999), "x32 is another number");
	rn_filter_free(f);
	f = filter("trace=!syscall_4294967295");
	cr_assert(!rn_filter_match(f, RN_ABI_X86_64, UINT32_MAX));
	cr_assert(rn_filter_match(f, RN_ABI_X86_64, UINT32_MAX - 1));
	cr_assert(!rn_filter_match(f, (enum rn_abi)77, UINT32_MAX), "an unknown ABI is decided by name");
	rn_filter_free(f);
	f = filter("trace=file");
	cr_assert(!rn_filter_match(f, RN_ABI_X86_64, 9999));
	rn_filter_free(f);
	f = filter("trace=!file");
	cr_assert(rn_filter_match(f, RN_ABI_X86_64, 9999));
	rn_filter_free(f);
}

static void *match_many(void *arg)
{
	const struct rn_filter *f = arg;
	uintptr_t wrong = 0;
	for (uint32_t nr = 100000; nr < 102000; nr++)
		wrong += rn_filter_match(f, RN_ABI_X86_64, nr) != (nr % 10 == 7);
	return (void *)wrong;
}

Test(filter, threads_may_share_a_filter)
{
	struct rn_filter *f = filter("trace=/^syscall_\\d*7$/");
	pthread_t thread[4];
	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&thread[i], NULL, match_many, f), 0);
	for (int i = 0; i < 4; i++) {
		void *wrong;
		pthread_join(thread[i], &wrong);
		cr_assert_null(wrong);
	}
	rn_filter_free(f);
}

/* What a filter of this expression says is wrong with it. */
static int refusal(const char *expression, struct rn_error *err)
{
	struct rn_filter *f;
	struct rn_strings s = { &expression, 1 };
	int rc = rn_filter_of(&f, &s, err);
	rn_filter_free(f);
	return rc;
}

Test(filter, wrong_expressions_are_refused_with_a_line_that_quotes_them)
{
	static const struct { const char *expression, *message; } cases[] = {
		{ "", "the qualifier is missing" },
		{ "open", "filter \"open\": the qualifier is missing, say \"trace=open\"" },
		{ "!close", "say \"trace=!close\"" },
		{ "/a=b/", "say \"trace=/a=b/\"" },
		{ "=open", "say \"trace=" },
		{ "tarce=open", "unknown qualifier \"tarce=\"; did you mean \"trace=\"?" },
		{ "read=3", "unknown qualifier \"read=\"; known is \"trace=\"" },
		{ "trace=!", "nothing stands behind \"!\"" },
		{ "trace=! ", "nothing stands behind \"!\"" },
		{ "trace=!,close", "nothing stands behind \"!\"" },
		{ "trace=file,!", "nothing stands behind \"!\"" },
		{ "trace=,", "a part is empty" },
		{ "trace=read,", "a part is empty" },
		{ "trace=read,,write", "a part is empty" },
		{ "trace=?", "a part is empty" },
		{ "trace=/[invalid/", "invalid regex \"[invalid\": missing terminating ] for character class at offset 8" },
		{ "trace=/(/", "invalid regex \"(\": missing closing parenthesis" },
		{ "trace=/", "invalid regex \"/\": no / ends it" },
		{ "trace=/open", "invalid regex \"/open\": no / ends it" },
		{ "trace=/open/x,read", "no / ends it" },
		{ "trace=/a\\/", "no / ends it" },
		{ "trace=/\\C/", "invalid regex" },
		{ "trace=/(*UTF)a/", "invalid regex" },
		{ "trace=/a/,/[b/", "invalid regex \"[b\"" },
		{ "trace=opne", "unknown system call or class \"opne\"; did you mean \"open\"?" },
		{ "trace=read,opeant,write", "\"opeant\"; did you mean \"openat\"?" },
		{ "trace=newtork", "did you mean \"network\"?" },
		{ "trace=%flie", "unknown class \"%flie\"; did you mean \"%file\"?" },
		{ "trace=%", "unknown class \"%\"" },
		{ "trace=%open", "unknown class \"%open\"" },
		{ "trace=xyzzyplugh", "unknown system call or class \"xyzzyplugh\"" },
		{ "trace=nonexistent", "unknown system call or class \"nonexistent\"" },
		{ "trace=READ", "did you mean \"read\"?" },
		{ "trace=read write", "unknown system call or class \"read write\"" },
		{ "trace=!!close", "stand once" },
		{ "trace=?!close", "stand once" },
		{ "trace=??close", "stand once" },
		{ "AZaz-_=open", "unknown qualifier \"AZaz-_=\"" },
		{ "trace=waitpdi@32", "did you mean \"waitpid\"?" },
		{ "trace=syscall_00", "unknown" },
		{ "trace=send", "did you mean \"sendto\"?" },
		{ "trace=read@16", "what stands behind @ must be 64 or 32" },
		{ "trace=all@64", "unknown system call or class \"all\"" },
		{ "trace=syscall_", "unknown" },
		{ "trace=syscall_007", "unknown" },
		{ "trace=syscall_4294967296", "unknown" },
		{ "trace=syscall_1x", "unknown" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_error err = { 0 };
		cr_assert_eq(refusal(cases[i].expression, &err), RN_E_USAGE, "%s was accepted",
			cases[i].expression);
		cr_assert(strstr(err.message, cases[i].message), "%s: %s", cases[i].expression,
			err.message);
		cr_assert(!strncmp(err.message, "filter \"", 8), "%s", err.message);
		cr_assert_eq(err.code, RN_E_USAGE);
	}
}

Test(filter, what_a_question_mark_stands_before_need_not_exist)
{
	struct rn_filter *f = filter("trace=?nonexistent,read,?%nonsense,!?another");
	cr_assert(wants(f, "read") && !wants(f, "write"));
	cr_assert_eq(rn_filter_warnings(f), 0);
	rn_filter_free(f);
	f = filter("trace=?nonexistent");
	cr_assert(!wants(f, "read"), "a part that selects nothing is still a part");
	rn_filter_free(f);
}

Test(filter, a_regex_that_takes_too_long_is_an_error_and_never_no_match)
{
	struct rn_error err = { 0 };
	cr_assert_eq(refusal("trace=/^(([a-z_]+)+)+$(?<=0)/", &err), RN_E_LIMIT, "%s", err.message);
	cr_assert(strstr(err.message, "regex \"^(([a-z_]+)+)+$"), "%s", err.message);
	cr_assert(strstr(err.message, "takes too long"), "%s", err.message);
}

Test(filter, length_and_number_of_parts_are_capped)
{
	static char text[RN_FILTER_MAX_BYTES + 32];
	struct rn_error err = { 0 };
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "trace=", 6);
	cr_assert_eq(refusal(text, &err), RN_E_LIMIT);
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "trace=read", 10);
	text[RN_FILTER_MAX_BYTES] = 0;
	cr_assert_eq(refusal(text, &err), 0, "%s", err.message);
	text[RN_FILTER_MAX_BYTES] = ' ';
	text[RN_FILTER_MAX_BYTES + 1] = 0;
	cr_assert_eq(refusal(text, &err), RN_E_LIMIT);
	memcpy(text, "trace=", 6);
	size_t n = 6;
	for (int i = 0; i < RN_FILTER_MAX_PARTS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%sbrk", i ? "," : "");
	cr_assert_eq(refusal(text, &err), 0, "%s", err.message);
	snprintf(text + n, sizeof(text) - n, ",brk");
	cr_assert_eq(refusal(text, &err), RN_E_LIMIT);
}

Test(filter, parts_that_do_nothing_are_warned_of)
{
	static const struct { const char *expression, *warning; } cases[] = {
		{ "trace=!nonexistent", "\"!nonexistent\" leaves out nothing: unknown system call" },
		{ "trace=!clsoe", "did you mean \"close\"?" },
		{ "trace=!close,read", "\"!close\" leaves out nothing that other parts select" },
		{ "trace=/^xyzzy/", "regex \"/^xyzzy/\" matches no system call" },
		{ "trace=!/^xyzzy/", "regex \"/^xyzzy/\" matches no system call" },
		{ "trace=!%network,%memory", "\"!%network\" leaves out nothing" },
		{ "trace=!close", NULL }, { "trace=file,!close", NULL }, { "trace=read", NULL },
		{ "trace=/^open/,!/openat/", NULL }, { "trace=!close,!/clo.e$/", NULL },
		{ "trace=!syscall_9999", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_filter *f = filter(cases[i].expression);
		cr_assert_eq(rn_filter_warnings(f), cases[i].warning ? 1 : 0, "%s",
			cases[i].expression);
		if (cases[i].warning)
			cr_assert(strstr(rn_filter_warning(f, 0), cases[i].warning), "%s",
				rn_filter_warning(f, 0));
		rn_filter_free(f);
	}
}

Test(filter, all_is_claimed_only_where_nothing_is_refused)
{
	static const char *const all[] = { "trace=all", "trace=!none", "trace=read,all",
		"trace=!nonexistent" };
	static const char *const not_all[] = { "trace=!close", "trace=read", "trace=none",
		"trace=all,!syscall_9999", "trace=all,!all" };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct rn_filter *f = filter(all[i]);
		cr_assert(rn_filter_is_all(f), "%s", all[i]);
		rn_filter_free(f);
	}
	for (size_t i = 0; i < sizeof(not_all) / sizeof(not_all[0]); i++) {
		struct rn_filter *f = filter(not_all[i]);
		cr_assert(!rn_filter_is_all(f), "%s", not_all[i]);
		rn_filter_free(f);
	}
}

Test(filter, the_canonical_form_of_equal_filters_is_equal)
{
	static const char *const cases[][2] = {
		{ "trace=write,read", "trace=read,write" },
		{ "trace= read ,write,read", "trace=read,write" },
		{ "trace=network", "trace=%network" },
		{ "trace=%net", "trace=%network" },
		{ "trace=file", "trace=file" },
		{ "trace=%file", "trace=%file" },
		{ "trace=%%stat", "trace=%%stat" },
		{ "trace=stat", "trace=stat" },
		{ "trace=!close,%file,!brk", "trace=%file,!brk,!close" },
		{ "trace=", "trace=none" },
		{ "trace=?nonexistent", "trace=none" },
		{ "trace=none,read", "trace=read" },
		{ "trace=all,!close", "trace=!close" },
		{ "trace=read,all", "trace=all" },
		{ "trace=read,!all", "trace=none" },
		{ "trace=!none", "trace=all" },
		{ "trace=/a,b/ , !/c/", "trace=/a,b/,!/c/" },
		{ "trace=read@32", "trace=read@32" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_buffer out = RN_BUFFER_INIT;
		struct rn_filter *f = filter(cases[i][0]);
		rn_filter_canonical(f, &out);
		cr_assert_str_eq(rn_buffer_cstr(&out), cases[i][1]);
		rn_buffer_fini(&out);
		rn_filter_free(f);
	}
}
