/* SPDX-License-Identifier: MIT */
#include "analyze/index/index.h"
#include "analyze/model/call_files.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], trace[96], index_path[96];

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void path_call(struct fixture *f, uint64_t ts_ns, unsigned i)
{
	char name[32];
	snprintf(name, sizeof(name), "%sfile%u", i % 3 ? "/tmp/" : "", i % 20);
	struct rn_span span = { .addr = 4096, .string = 1, .len = (uint32_t)strlen(name) + 1, .wanted = 4096,
		.bytes = (const uint8_t *)name };
	struct rn_event ev = { .ts_ns = ts_ns, .utid = 1, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = i % 5 ? 21 : 87, .ret = i % 4 ? 0 : -2,
		.flags = i % 4 ? 0 : RN_CALL_ERROR, .dur_ns = i, .n_spans = 1, .spans = &span, .args = { 4096 } };
	fixture_event(f, &ev);
}

/* Some hundred calls in four blocks, some about files. */
static void begin(void)
{
	struct fixture f;
	char buf[200000];
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (unsigned i = 0; i < 400; i++) {
		if (i % 2)
			path_call(&f, 10 + i, i);
		else
			fixture_call(&f, 1, 10 + i, i, i % 3 ? 39 : 5000, 0, 0);
		if (i % 100 == 99)
			fixture_block(&f);
	}
	cr_assert_eq(rn_writer_close(f.writer, NULL, NULL), 0);
	snprintf(folder, sizeof(folder), "/tmp/renacer-index-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(trace, sizeof(trace), "%s/t.rnt", folder);
	snprintf(index_path, sizeof(index_path), "%s/t.rnx", folder);
	setenv("XDG_CACHE_HOME", folder, 1);
	ssize_t n = pread(f.fd, buf, sizeof(buf), 0);
	int fd = open(trace, O_WRONLY | O_CREAT, 0600);
	cr_assert(n > 0 && write(fd, buf, (size_t)n) == n);
	close(fd);
	close(f.fd);
}

static void end(void)
{
	unlink(index_path);
	unlink(trace);
	cr_expect_eq(rmdir(folder), 0, "something is left in %s", folder);
}

static struct rn_index *open_index(struct rn_reader **r, enum rn_index_way way)
{
	struct rn_error err = { 0 };
	struct rn_index *x;
	cr_assert_eq(rn_reader_open(r, trace, &err), 0, "%s", err.message);
	cr_assert_eq(rn_index_open(&x, trace, *r, NULL, way, NULL, &err), 0, "%s", err.message);
	return x;
}

static void expect_facts(const struct rn_file_facts *f, const struct rn_event *ev, const struct rn_model *m)
{
	struct rn_buffer scratch = RN_BUFFER_INIT;
	struct rn_bytes s;
	cr_expect_eq(f->has_path, rn_call_path(ev, &s));
	cr_expect(!f->has_path || rn_bytes_equal(f->path, s));
	cr_expect_eq(f->has_target, rn_call_target(m, ev, &scratch, &s));
	cr_expect(!f->has_target || rn_bytes_equal(f->target, s));
	rn_buffer_fini(&scratch);
}

/* What the index says of files, of all calls; how many had any. */
static unsigned check_files(struct rn_index *x, struct rn_reader *r)
{
	static const struct rn_file_facts nothing;
	struct rn_model *m = rn_model_new(RN_MODEL_FDS | RN_MODEL_CWD);
	struct rn_block *b = rn_block_new();
	unsigned n = 0;
	cr_assert_eq(rn_model_scan(m, r, NULL), 0);
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		const struct rn_core *core;
		cr_assert_eq(rn_reader_load(r, i, b, NULL), 0);
		cr_assert_eq(rn_block_core(b, &core, NULL), 0);
		const uint32_t *files = rn_index_files(x, b, core);
		for (uint32_t k = 0; files && k < core->n; k++) {
			struct rn_event ev;
			cr_assert_eq(rn_block_call(b, k, RN_CALL_FILES_WANT, &ev, NULL), 0);
			expect_facts(files[k] ? rn_index_facts(x, files[k]) : &nothing, &ev, m);
			n += files[k] != 0;
		}
	}
	rn_block_free(b);
	rn_model_free(m);
	return n;
}

/* The tally of getpid, UINT64_MAX when the index does not tell. */
static uint64_t getpids(struct rn_index *x)
{
	struct rn_tally_set *set = rn_tally_set_new();
	struct rn_tally_entry *entries;
	size_t n;
	uint64_t calls = 0;
	int rc = rn_index_tally(x, NULL, set, NULL);
	cr_assert_eq(rn_tally_set_take(set, &entries, &n, NULL), 0);
	for (size_t i = 0; i < n; i++)
		calls += entries[i].nr == 39 ? entries[i].tally.calls : 0;
	free(entries);
	rn_tally_set_free(set);
	return rc ? UINT64_MAX : calls;
}

TestSuite(index, .init = begin, .fini = end);

Test(index, none_is_made_when_what_is_there_is_asked_for)
{
	struct rn_reader *r;
	cr_expect_null(open_index(&r, RN_INDEX_USE));
	rn_reader_close(r);
	cr_expect_neq(access(index_path, F_OK), 0);
}

Test(index, tells_what_the_calls_themselves_tell)
{
	struct rn_reader *r;
	for (int turn = 0; turn < 2; turn++) {
		struct rn_index *x = open_index(&r, RN_INDEX_MAKE);
		cr_assert_not_null(x);
		cr_expect_eq(rn_index_surveyed(x), turn ? 0 : 4);
		cr_expect_eq(check_files(x, r), 200);
		cr_expect_eq(getpids(x), 133);
		rn_index_close(x);
		rn_reader_close(r);
	}
}

/* Where it tells at all, it tells the truth. */
Test(index, flipped_bits_are_found_out)
{
	struct rn_reader *r;
	struct stat st;
	uint64_t state = 11;
	rn_index_close(open_index(&r, RN_INDEX_MAKE));
	rn_reader_close(r);
	int fd = open(index_path, O_RDWR);
	cr_assert_eq(fstat(fd, &st), 0);
	for (unsigned turn = 0; turn < 150; turn++) {
		uint8_t byte, bit = (uint8_t)(1u << next_random(&state) % 8);
		off_t at = (off_t)(next_random(&state) % (uint64_t)(turn % 2 ? st.st_size : 4096));
		cr_assert_eq(pread(fd, &byte, 1, at), 1);
		byte ^= bit;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
		struct rn_index *x = open_index(&r, RN_INDEX_USE);
		if (x) {
			unsigned n = check_files(x, r);
			cr_expect(n <= 200);
			uint64_t calls = getpids(x);
			cr_expect(calls == 133 || calls == UINT64_MAX, "byte %lld", (long long)at);
		}
		rn_index_close(x);
		rn_reader_close(r);
		byte ^= bit;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
	}
	close(fd);
}

Test(index, a_file_that_is_none_is_replaced)
{
	struct rn_reader *r;
	int fd = open(index_path, O_WRONLY | O_CREAT, 0600);
	cr_assert_eq(write(fd, "SQLite format 3\0nonsense", 24), 24);
	close(fd);
	cr_expect_null(open_index(&r, RN_INDEX_USE));
	rn_reader_close(r);
	struct rn_index *x = open_index(&r, RN_INDEX_MAKE);
	cr_assert_not_null(x);
	cr_expect_str_eq(rn_index_path(x), index_path);
	cr_expect_eq(getpids(x), 133);
	rn_index_close(x);
	rn_reader_close(r);
}
