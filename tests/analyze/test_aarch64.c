/* SPDX-License-Identifier: MIT */
/* A trace as an aarch64 machine writes it, made by hand, listed on any other. Numbers, layouts and
 * flags are those of that architecture: O_DIRECTORY, O_DIRECT and O_LARGEFILE have other bits, struct
 * stat another order, struct epoll_event padding, clone another order of arguments. */
#include "analyze/listing/listing.h"

#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct fixture f;
static uint64_t now_ns;

struct memory {
	unsigned arg, phase;
	uint64_t addr;
	const void *bytes;
	uint32_t len;
};

static void call(uint32_t nr, const uint64_t args[6], int64_t ret, const struct memory *m, unsigned n)
{
	struct rn_span spans[4];
	struct rn_event ev = { .ts_ns = now_ns += 1000, .utid = 1, .kind = RN_EV_CALL };
	for (unsigned i = 0; i < n; i++)
		spans[i] = (struct rn_span){ .addr = m[i].addr, .len = m[i].len, .wanted = m[i].len,
			.arg = (uint8_t)m[i].arg, .phase = (uint8_t)m[i].phase, .bytes = m[i].bytes };
	ev.call.abi = RN_ABI_AARCH64;
	ev.call.nr = nr;
	memcpy(ev.call.args, args, sizeof(ev.call.args));
	ev.call.ret = ret;
	ev.call.dur_ns = 100;
	ev.call.flags = RN_CALL_NO_REGS | (ret < 0 ? RN_CALL_ERROR : 0);
	ev.call.spans = spans;
	ev.call.n_spans = n;
	fixture_event(&f, &ev);
}
#define CALL(nr, ret, m, n, ...) call(nr, (const uint64_t[6]){ __VA_ARGS__ }, ret, m, n)

static void put(uint8_t *to, uint64_t v, unsigned n)
{
	memcpy(to, &v, n);
}

static void files(void)
{
	uint8_t st[128] = { 0 }, lock[32] = { 0 };
	const struct memory path = { 1, RN_PHASE_ENTRY, 0x2000, "/etc", 5 };
	put(st + 16, 0100644, 4);
	put(st + 20, 1, 4);
	put(st + 48, 4711, 8);
	const struct memory out = { 1, RN_PHASE_EXIT, 0x3000, st, 128 };
	const struct memory flock = { 2, RN_PHASE_ENTRY, 0x3000, lock, 32 };
	/* openat: O_DIRECTORY is 040000, O_DIRECT 0200000, O_LARGEFILE 0400000, O_NOFOLLOW 0100000 */
	CALL(56, 3, &path, 1, (uint64_t)-100, 0x2000, 02040000, 0);
	CALL(56, 4, &path, 1, (uint64_t)-100, 0x2000, 0600000, 0);
	CALL(56, 5, &path, 1, (uint64_t)-100, 0x2000, 020040002, 0600);
	CALL(59, 0, NULL, 0, 0, 0200000); /* pipe2 */
	CALL(80, 0, &out, 1, 3, 0x3000);  /* fstat */
	CALL(25, 0, &flock, 1, 3, 6, 0x3000); /* fcntl, F_SETLK */
	CALL(25, 0240000, NULL, 0, 3, 3, 0); /* fcntl, F_GETFL */
}

static void memory_and_processes(void)
{
	uint8_t event[16] = { 0 };
	put(event, 1, 4);
	put(event + 8, 7, 8);
	const struct memory ready = { 1, RN_PHASE_EXIT, 0x3000, event, 16 };
	CALL(222, 0x7f0000, NULL, 0, 0, 4096, 0x23, 0x22, (uint64_t)-1, 0); /* mmap, PROT_MTE */
	CALL(22, 1, &ready, 1, 3, 0x3000, 8, (uint64_t)-1, 0, 8); /* epoll_pwait */
	/* clone: tls before child_tid */
	CALL(220, 42, NULL, 0, 0x1280000 | 17, 0, 0, 0x7000, 0x8000);
	CALL(167, 0, NULL, 0, 50, 7, 0, 0, 0); /* prctl(PR_SVE_SET_VL, ..) */
	CALL(57, -9, NULL, 0, 77); /* close */
	CALL(1000, -38, NULL, 0, 1); /* nobody's */
}

static const char expected[] =
	"openat(AT_FDCWD, \"/etc\", O_RDONLY|O_CLOEXEC|O_DIRECTORY) = 3\n"
	"openat(AT_FDCWD, \"/etc\", O_RDONLY|O_DIRECT|O_LARGEFILE) = 4\n"
	"openat(AT_FDCWD, \"/etc\", O_RDWR|O_TMPFILE, 0600) = 5\n"
	"pipe2(NULL, O_DIRECT) = 0\n"
	"fstat(3, {st_mode=S_IFREG|0644, st_size=4711, ...}) = 0\n"
	"fcntl(3, F_SETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0\n"
	"fcntl(3, F_GETFL) = 0x14000 (flags O_RDONLY|O_DIRECT|O_DIRECTORY)\n"
	"mmap(NULL, 4096, PROT_READ|PROT_WRITE|PROT_MTE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000\n"
	"epoll_pwait(3, [{events=EPOLLIN, data={u32=7, u64=7}}], 8, -1, NULL, 8) = 1\n"
	"clone(child_stack=NULL, flags=CLONE_SETTLS|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
	"tls=0x7000, child_tidptr=0x8000) = 42\n"
	"prctl(PR_SVE_SET_VL, 0x7) = 0\n"
	"close(77) = -1 EBADF (Bad file descriptor)\n"
	"syscall_1000(0x1, 0, 0, 0, 0, 0) = -1 ENOSYS (Function not implemented)\n";

Test(aarch64, a_trace_of_that_machine_lists_here)
{
	struct rn_listing_style style = { .decode = { .string_limit = 32 }, .has_column = true };
	struct rn_model *m = rn_model_new(0);
	struct rn_error err = { 0 };
	char *text = NULL;
	size_t len;
	setenv("TZ", "UTC", 1);
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	files();
	memory_and_processes();
	struct rn_reader *r = fixture_open(&f);
	cr_assert_eq(rn_model_scan(m, r, NULL), 0);
	FILE *stream = open_memstream(&text, &len);
	struct rn_listing_job job = { .writer = &rn_listing_text, .style = &style,
		.source = rn_source_trace(r, NULL), .model = m, .stream = stream };
	cr_assert_eq(rn_listing_run(&job, NULL, &err), 0, "%s", err.message);
	fclose(stream);
	cr_assert_str_eq(text, expected, "%s", text);
	rn_source_free(job.source);
	rn_model_free(m);
	rn_reader_close(r);
	free(text);
}
