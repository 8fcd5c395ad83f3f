/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "call_fixture.h"

#define X64 RN_ABI_X86_64
#define I386 RN_ABI_I386

static void path(unsigned arg, const char *s)
{
	call_string(arg, 0x1000 + 0x1000 * (uint64_t)arg, s);
}

Test(scalars, open_shows_its_mode_only_when_it_creates)
{
	call_begin(X64, "openat", (uint32_t)-100, 0x2000, 02000000, 0644, 0, 0);
	path(1, "/etc/ld.so.cache");
	call_returns(3);
	assert_call("openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3");
	call_begin(X64, "openat", 5, 0x2000, 0102 | 02000, 0644, 0, 0);
	path(1, "x");
	call_returns(3);
	assert_call("openat(5, \"x\", O_RDWR|O_CREAT|O_APPEND, 0644) = 3");
	call_begin(X64, "open", 0x1000, 020200000 | 2, 0600, 0, 0, 0);
	path(0, "/tmp");
	call_returns(3);
	assert_call("open(\"/tmp\", O_RDWR|O_TMPFILE, 0600) = 3");
}

Test(scalars, unknown_bits_are_kept_and_alone_carry_the_tables_mark)
{
	call_begin(X64, "openat", (uint32_t)-100, 0x2000, 0x40000000, 0, 0, 0);
	path(1, "/x");
	call_returns(-2);
	assert_call("openat(AT_FDCWD, \"/x\", O_RDONLY|0x40000000) = -1 ENOENT (No such file or directory)");
	call_begin(X64, "recvfrom", 3, 0, 0, 0x8000, 0, 0);
	call_returns(-9);
	cr_assert_str_eq(call_arg_text(3), "MSG_MORE");
	call_event()->call.args[3] = 0x800000;
	cr_assert_str_eq(call_arg_text(3), "0x800000 /* MSG_??? */");
	call_event()->call.args[3] = 0;
	cr_assert_str_eq(call_arg_text(3), "0");
}

Test(scalars, flags_differ_between_machines)
{
	call_begin(X64, "openat", 3, 0x2000, 0200000, 0, 0, 0);
	cr_assert_str_eq(call_arg_text(2), "O_RDONLY|O_DIRECTORY");
	call_begin(RN_ABI_AARCH64, "openat", 3, 0x2000, 040000, 0, 0, 0);
	cr_assert_str_eq(call_arg_text(2), "O_RDONLY|O_DIRECTORY");
}

Test(scalars, enums_by_name_or_number_with_mark)
{
	call_begin(X64, "lseek", 25, 0, 0, 0, 0, 0);
	assert_call("lseek(25, 0, SEEK_SET) = 0");
	call_begin(X64, "lseek", 17, 5, 99, 0, 0, 0);
	call_returns(-22);
	assert_call("lseek(17, 5, 0x63 /* SEEK_??? */) = -1 EINVAL (Invalid argument)");
}

Test(scalars, file_types_and_devices_of_mknod)
{
	call_begin(X64, "mknod", 0x1000, 020600, 0x103, 0, 0, 0);
	path(0, "chr");
	assert_call("mknod(\"chr\", S_IFCHR|0600, makedev(0x1, 0x3)) = 0");
	call_begin(X64, "mknod", 0x1000, 010600, 0, 0, 0, 0);
	path(0, "fifo");
	assert_call("mknod(\"fifo\", S_IFIFO|0600) = 0");
	call_begin(X64, "mknod", 0x1000, 0170000, 0, 0, 0, 0);
	path(0, "x");
	assert_call("mknod(\"x\", 0170000) = 0");
}

Test(scalars, ids_signals_modes_clocks)
{
	call_begin(X64, "setresuid", UINT64_MAX, 0, UINT32_MAX, 0, 0, 0);
	assert_call("setresuid(-1, 0, -1) = 0");
	call_begin(X64, "kill", (uint64_t)-5, 33, 0, 0, 0, 0);
	assert_call("kill(-5, SIGRT_1) = 0");
	call_begin(X64, "kill", 1, 65, 0, 0, 0, 0);
	assert_call("kill(1, 65) = 0");
	call_begin(X64, "fchmod", 3, 07, 0, 0, 0, 0);
	assert_call("fchmod(3, 007) = 0");
	call_begin(X64, "timer_create", 4, 0, 0, 0, 0, 0);
	cr_assert_str_eq(call_arg_text(0), "CLOCK_MONOTONIC_RAW");
}

Test(scalars, addresses_and_sizes)
{
	call_begin(X64, "mmap", 0, 8192, 3, 0x22, UINT32_MAX, 0);
	call_returns(0x7fb9476f3000);
	assert_call("mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = "
		"0x7fb9476f3000");
	call_begin(X64, "mmap", 0x7f0000000000, 69632, 5, 0x812, 3, 0xf000);
	call_returns(-12);
	assert_call("mmap(0x7f0000000000, 69632, PROT_READ|PROT_EXEC, "
		"MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0xf000) = -1 ENOMEM (Cannot allocate memory)");
}

Test(scalars, mremap_shows_an_address_only_where_it_is_used)
{
	call_begin(X64, "mremap", 0x1000, 8192, 16384, 1, 0x77, 0);
	call_returns(0x2000);
	assert_call("mremap(0x1000, 8192, 16384, MREMAP_MAYMOVE) = 0x2000");
	call_begin(X64, "mremap", 0x1000, 8192, 4096, 3, 0x10000000, 0);
	call_returns(-14);
	assert_call("mremap(0x1000, 8192, 4096, MREMAP_MAYMOVE|MREMAP_FIXED, 0x10000000) = "
		"-1 EFAULT (Bad address)");
}

Test(scalars, thirty_two_bit_calls_see_halves_of_registers)
{
	call_begin(I386, "pread64", 3, 0, 5, 1, 1, 0xdeadbeef);
	call_returns(0);
	assert_call("pread64(3, NULL, 5, 4294967297) = 0");
	call_begin(I386, "mmap2", 0, 4096, 1, 2, 3, 1);
	call_returns((int32_t)0xf7d00000);
	call_event()->call.flags = 0;
	assert_call("mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x1000) = 0xf7d00000");
	call_begin(I386, "close", 0xffffffff00000003, 0, 0, 0, 0, 0);
	assert_call("close(3) = 0");
	call_begin(I386, "_llseek", 3, 1, 2, 0x9000, 0, 0);
	uint8_t where[8] = { 2, 0, 0, 0, 1 };
	call_memory(3, RN_PHASE_EXIT, 0x9000, where, 8);
	assert_call("_llseek(3, 4294967298, [4294967298], SEEK_SET) = 0");
}

static bool target(void *arg, const struct rn_event *ev, int64_t fd, enum rn_span_phase phase,
	struct rn_fd_facts *out)
{
	(void)arg, (void)ev;
	*out = (struct rn_fd_facts){ .kind = RN_FDK_FILE,
		.target = rn_bytes_str(phase == RN_PHASE_EXIT ? "/new" : "/old") };
	return fd == 3;
}

static bool cwd(void *arg, const struct rn_event *ev, struct rn_bytes *out)
{
	(void)arg, (void)ev;
	*out = rn_bytes_str("/here");
	return true;
}

Test(scalars, descriptors_with_their_targets)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	call_begin(X64, "openat", (uint32_t)-100, 0x2000, 0, 0, 0, 0);
	path(1, "a");
	call_returns(3);
	call_style.fds = RN_FDS_PATH;
	const struct rn_decode_env env = { .style = &call_style, .fd = target, .cwd = cwd };
	rn_decode_args(&out, call_event(), &env);
	rn_put_text(&out, " = ");
	rn_decode_result(&out, call_event(), &env);
	cr_assert_str_eq(rn_buffer_cstr(&out), "AT_FDCWD</here>, \"a\", O_RDONLY = 3</new>");
	rn_buffer_clear(&out);
	call_begin(X64, "dup2", 3, 4, 0, 0, 0, 0);
	call_style.fds = RN_FDS_PATH;
	rn_decode_args(&out, call_event(), &env);
	cr_assert_str_eq(rn_buffer_cstr(&out), "3</old>, 4");
	rn_buffer_fini(&out);
}
