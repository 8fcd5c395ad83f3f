/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static void stat_of(enum rn_abi abi, const char *name, const uint8_t *st, size_t len)
{
	call_begin(abi, name, 1, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, st, len);
}

Test(files, a_regular_file_shows_its_size_and_a_device_its_number)
{
	uint8_t st[144] = { 0 };
	put_le(st, 24, 4, 0100644);
	put_le(st, 48, 8, 45799);
	stat_of(X64, "fstat", st, sizeof(st));
	assert_call("fstat(1, {st_mode=S_IFREG|0644, st_size=45799, ...}) = 0");
	put_le(st, 24, 4, 020666);
	put_le(st, 40, 8, 0x103);
	stat_of(X64, "fstat", st, sizeof(st));
	assert_call("fstat(1, {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0");
	put_le(st, 24, 4, 041777);
	stat_of(X64, "fstat", st, sizeof(st));
	assert_call("fstat(1, {st_mode=S_IFDIR|S_ISVTX|0777, st_size=45799, ...}) = 0");
}

Test(files, each_abi_has_its_own_layout)
{
	uint8_t st[144] = { 0 };
	put_le(st, 16, 4, 0100600);
	put_le(st, 48, 8, 7);
	stat_of(RN_ABI_AARCH64, "fstat", st, 128);
	assert_call("fstat(1, {st_mode=S_IFREG|0600, st_size=7, ...}) = 0");
	memset(st, 0, sizeof(st));
	put_le(st, 16, 4, 0100640);
	put_le(st, 44, 8, UINT64_C(5) << 32);
	stat_of(RN_ABI_I386, "fstat64", st, 96);
	assert_call("fstat64(1, {st_mode=S_IFREG|0640, st_size=21474836480, ...}) = 0");
	memset(st, 0, sizeof(st));
	put_le(st, 8, 2, 0100640);
	put_le(st, 20, 4, 9);
	stat_of(RN_ABI_I386, "fstat", st, 64);
	assert_call("fstat(1, {st_mode=S_IFREG|0640, st_size=9, ...}) = 0");
}

Test(files, verbose_shows_every_member_and_the_date)
{
	uint8_t st[144] = { 0 };
	put_le(st, 0, 8, 0x1b);
	put_le(st, 8, 8, 1);
	put_le(st, 16, 8, 2);
	put_le(st, 24, 4, 041777);
	put_le(st, 48, 8, 60);
	put_le(st, 56, 8, 4096);
	put_le(st, 72, 8, 1795378402);
	put_le(st, 80, 8, 167841375);
	put_le(st, 88, 8, (uint64_t)-1);
	stat_of(X64, "fstat", st, sizeof(st));
	call_style.verbose = true;
	assert_call("fstat(1, {st_dev=makedev(0, 0x1b), st_ino=1, st_mode=S_IFDIR|S_ISVTX|0777, "
		"st_nlink=2, st_uid=0, st_gid=0, st_blksize=4096, st_blocks=0, st_size=60, "
		"st_atime=1795378402 /* 2026-11-22T20:13:22.167841375+0000 */, "
		"st_atime_nsec=167841375, st_mtime=-1 /* 1969-12-31T23:59:59+0000 */, st_mtime_nsec=0, "
		"st_ctime=0, st_ctime_nsec=0}) = 0");
}

Test(files, what_failed_or_was_not_captured_is_an_address)
{
	uint8_t st[144] = { 0 };
	stat_of(X64, "fstat", st, sizeof(st));
	call_returns(-9);
	assert_call("fstat(1, 0x1000) = -1 EBADF (Bad file descriptor)");
	stat_of(X64, "fstat", st, 143);
	assert_call("fstat(1, 0x1000) = 0");
	call_begin(X64, "fstat", 1, 0, 0, 0, 0, 0);
	assert_call("fstat(1, NULL) = 0");
}

Test(files, statx_in_short)
{
	uint8_t sx[256] = { 0 };
	put_le(sx, 0, 4, 0x17ff);
	put_le(sx, 28, 2, 0100644);
	put_le(sx, 40, 8, 1221);
	call_begin(X64, "statx", (uint32_t)-100, 0x2000, 0x2000, 0x7ff, 0x1000, 0);
	call_string(1, 0x2000, "/etc/passwd");
	call_memory(4, RN_PHASE_EXIT, 0x1000, sx, sizeof(sx));
	assert_call("statx(AT_FDCWD, \"/etc/passwd\", AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, "
		"{stx_mask=STATX_BASIC_STATS|STATX_MNT_ID, stx_attributes=0, "
		"stx_mode=S_IFREG|0644, stx_size=1221, ...}) = 0");
}

Test(files, statfs_with_type_and_flags_by_name)
{
	uint8_t f[120] = { 0 };
	put_le(f, 0, 8, 0x9fa0);
	put_le(f, 8, 8, 4096);
	put_le(f, 56, 4, 0x15);
	put_le(f, 64, 8, 255);
	put_le(f, 72, 8, 4096);
	put_le(f, 80, 8, 0x1020);
	call_begin(X64, "statfs", 0x2000, 0x1000, 0, 0, 0, 0);
	call_string(0, 0x2000, "/proc");
	call_memory(1, RN_PHASE_EXIT, 0x1000, f, sizeof(f));
	assert_call("statfs(\"/proc\", {f_type=PROC_SUPER_MAGIC, f_bsize=4096, f_blocks=0, f_bfree=0, "
		"f_bavail=0, f_files=0, f_ffree=0, f_fsid={val=[0x15, 0]}, f_namelen=255, "
		"f_frsize=4096, f_flags=ST_VALID|ST_RELATIME}) = 0");
}

static size_t entry(uint8_t *b, size_t at, uint64_t ino, unsigned reclen, const char *name)
{
	put_le(b, at, 8, ino);
	put_le(b, at + 8, 8, at + reclen);
	put_le(b, at + 16, 2, reclen);
	b[at + 18] = 4;
	strcpy((char *)b + at + 19, name);
	return at + reclen;
}

Test(files, directory_entries_are_counted_or_listed)
{
	uint8_t d[64] = { 0 };
	size_t n = entry(d, 0, 5, 24, ".");
	n = entry(d, n, 6, 24, "..");
	call_begin(X64, "getdents64", 3, 0x1000, 32768, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, d, n);
	call_returns(48);
	assert_call("getdents64(3, 0x1000 /* 2 entries */, 32768) = 48");
	call_style.verbose = true;
	assert_call("getdents64(3, [{d_ino=5, d_off=24, d_reclen=24, d_type=DT_DIR, d_name=\".\"}, "
		"{d_ino=6, d_off=48, d_reclen=24, d_type=DT_DIR, d_name=\"..\"}], 32768) = 48");
	put_le(d, 16, 2, 0); /* a record of no length ends the list */
	call_begin(X64, "getdents64", 3, 0x1000, 32768, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, d, n);
	call_returns(48);
	assert_call("getdents64(3, 0x1000 /* 0 entries */, 32768) = 48");
	call_returns(0);
	assert_call("getdents64(3, 0x1000 /* 0 entries */, 32768) = 0");
}

Test(files, times_of_files_know_now_and_omit)
{
	uint8_t t[32] = { 0 };
	put_le(t, 8, 8, 0x3fffffff);
	put_le(t, 16, 8, 5);
	put_le(t, 24, 8, 6);
	call_begin(X64, "utimensat", (uint32_t)-100, 0x2000, 0x1000, 0, 0, 0);
	call_string(1, 0x2000, "f");
	call_memory(2, RN_PHASE_ENTRY, 0x1000, t, sizeof(t));
	assert_call("utimensat(AT_FDCWD, \"f\", [UTIME_NOW, {tv_sec=5, tv_nsec=6} "
		"/* 1970-01-01T00:00:05.000000006+0000 */], 0) = 0");
	put_le(t, 8, 8, 2);
	call_begin(X64, "utimes", 0x2000, 0x1000, 0, 0, 0, 0);
	call_string(0, 0x2000, "f");
	call_memory(1, RN_PHASE_ENTRY, 0x1000, t, sizeof(t));
	assert_call("utimes(\"f\", [{tv_sec=0, tv_usec=2} /* 1970-01-01T00:00:00.000002+0000 */, "
		"{tv_sec=5, tv_usec=6} /* 1970-01-01T00:00:05.000006+0000 */]) = 0");
}

static void openat2(const uint8_t *how, size_t len)
{
	call_begin(X64, "openat2", (uint32_t)-100, 0x2000, 0x1000, len, 0, 0);
	call_string(1, 0x2000, "x");
	call_memory(2, RN_PHASE_ENTRY, 0x1000, how, len);
	call_returns(-7);
}

Test(files, structures_that_say_their_size)
{
	uint8_t how[26] = { 0 };
	put_le(how, 0, 8, 0100);
	put_le(how, 8, 8, 0644);
	put_le(how, 16, 8, 0x10);
	openat2(how, 24);
	assert_call("openat2(AT_FDCWD, \"x\", {flags=O_RDONLY|O_CREAT, mode=0644, "
		"resolve=RESOLVE_IN_ROOT}, 24) = -1 E2BIG (Argument list too long)");
	openat2(how, 26);
	assert_call("openat2(AT_FDCWD, \"x\", {flags=O_RDONLY|O_CREAT, mode=0644, "
		"resolve=RESOLVE_IN_ROOT}, 26) = -1 E2BIG (Argument list too long)");
	how[25] = 0xee;
	openat2(how, 26);
	assert_call("openat2(AT_FDCWD, \"x\", {flags=O_RDONLY|O_CREAT, mode=0644, "
		"resolve=RESOLVE_IN_ROOT, /* bytes 24..25 */ \"\\x00\\xee\"}, 26) = "
		"-1 E2BIG (Argument list too long)");
	openat2(how, 5);
	assert_call("openat2(AT_FDCWD, \"x\", 0x1000, 5) = -1 E2BIG (Argument list too long)");
}

Test(files, positions_before_and_after)
{
	uint8_t before[8] = { 0 }, after[8] = { 3 };
	call_begin(X64, "sendfile", 1, 17, 0x1000, 3, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, before, 8);
	call_memory(2, RN_PHASE_EXIT, 0x1000, after, 8);
	call_returns(3);
	assert_call("sendfile(1, 17, [0] => [3], 3) = 3");
	call_begin(X64, "sendfile", 1, 17, 0x1000, 3, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, after, 8);
	call_returns(-9);
	assert_call("sendfile(1, 17, [3], 3) = -1 EBADF (Bad file descriptor)");
}

Test(files, types_and_options_of_mount_mean_nothing_to_a_bind)
{
	call_begin(X64, "mount", 0x1000, 0x2000, 0x3000, 3, 0x4000, 0);
	call_string(0, 0x1000, "src");
	call_string(1, 0x2000, "/mnt");
	call_string(2, 0x3000, "ext4");
	call_string(4, 0x4000, "opt=1");
	assert_call("mount(\"src\", \"/mnt\", \"ext4\", MS_RDONLY|MS_NOSUID, \"opt=1\") = 0");
	call_event()->call.args[3] = 0x1000;
	assert_call("mount(\"src\", \"/mnt\", 0x3000, MS_BIND, 0x4000) = 0");
}

Test(files, random_bytes_are_hexadecimal)
{
	call_begin(X64, "getrandom", 0x1000, 4, 1, 0, 0, 0);
	call_memory(0, RN_PHASE_EXIT, 0x1000, "ab\0\xff", 4);
	call_returns(4);
	assert_call("getrandom(\"\\x61\\x62\\x00\\xff\", 4, GRND_NONBLOCK) = 4");
}

Test(files, nothing_is_written_into_no_room)
{
	call_begin(X64, "flistxattr", 3, 0x1000, 0, 0, 0, 0);
	assert_call("flistxattr(3, 0x1000, 0) = 0");
	call_begin(X64, "flistxattr", 3, 0x1000, 8, 0, 0, 0);
	assert_call("flistxattr(3, \"\", 8) = 0");
}

Test(files, statx_shows_the_times_that_its_mask_has)
{
	uint8_t stx[256] = { 0x40 };
	put_le(stx, 112, 8, 1);
	call_begin(X64, "statx", -100, 0, 0, 0, 0x2000, 0);
	call_memory(4, RN_PHASE_EXIT, 0x2000, stx, 256);
	call_style.verbose = true;
	cr_assert(strstr(call_text(), ", stx_mtime={tv_sec=1, "), "%s", call_text());
	cr_assert(!strstr(call_text(), "stx_atime") && !strstr(call_text(), "stx_ctime"), "%s", call_text());
}
