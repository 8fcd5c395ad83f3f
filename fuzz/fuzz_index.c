/* SPDX-License-Identifier: MIT */
/* An index of a small trace, changed: five bytes of input are one change (where, and the new byte). It is
 * refused, or what it tells stays within bounds and can be read to its end. */
#include "analyze/index/index.h"
#include "format/writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

static char folder[] = "/tmp/renacer-fuzz-XXXXXX", trace[64], index_path[64];
static uint8_t *whole;
static size_t whole_bytes;

static void remove_all(void)
{
	unlink(trace);
	unlink(index_path);
	rmdir(folder);
	free(whole);
}

static void write_trace(void)
{
	const struct rn_header h = { .uuid = "fuzzed", .machine = RN_MACHINE_X86_64 };
	struct rn_writer *w;
	check(rn_writer_open(&w, open(trace, O_WRONLY | O_CREAT, 0600), &h, NULL, NULL) == 0);
	for (unsigned i = 0; i < 300; i++) {
		char name[16];
		snprintf(name, sizeof(name), "/x/%u", i % 7);
		struct rn_span span = { .addr = 4096, .string = 1, .len = (uint32_t)strlen(name) + 1,
			.wanted = 4096, .bytes = (const uint8_t *)name };
		struct rn_event ev = { .ts_ns = i, .utid = 1 + i % 2, .kind = RN_EV_CALL };
		ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = i % 3 ? 21 : 39, .dur_ns = i,
			.n_spans = 1, .spans = &span, .args = { 4096 } };
		check(rn_writer_append(w, &ev, NULL) == 0);
		check(i % 100 != 99 || rn_writer_flush(w, NULL) == 0);
	}
	check(rn_writer_close(w, NULL, NULL) == 0);
}

static struct rn_index *open_index(struct rn_reader **r, enum rn_index_way way)
{
	struct rn_index *x;
	check(rn_reader_open(r, trace, NULL) == 0);
	check(rn_index_open(&x, trace, *r, NULL, way, NULL, NULL) == 0);
	return x;
}

static void prepare(void)
{
	struct rn_reader *r;
	check(mkdtemp(folder) != NULL);
	snprintf(trace, sizeof(trace), "%s/t.rnt", folder);
	snprintf(index_path, sizeof(index_path), "%s/t.rnx", folder);
	setenv("XDG_CACHE_HOME", folder, 1);
	write_trace();
	rn_index_close(open_index(&r, RN_INDEX_MAKE));
	rn_reader_close(r);
	int fd = open(index_path, O_RDONLY);
	check(fd >= 0);
	whole_bytes = (size_t)lseek(fd, 0, SEEK_END);
	whole = malloc(whole_bytes);
	check(whole && pread(fd, whole, whole_bytes, 0) == (ssize_t)whole_bytes);
	close(fd);
	atexit(remove_all);
}

static void read_all(struct rn_index *x, const struct rn_reader *r)
{
	struct rn_block *b = rn_block_new();
	struct rn_tally_set *set = rn_tally_set_new();
	check(b && set && rn_index_tally(x, NULL, set, NULL) >= 0);
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		const struct rn_core *core;
		check(rn_reader_load(r, i, b, NULL) == 0 && rn_block_core(b, &core, NULL) == 0);
		const uint32_t *files = rn_index_files(x, b, core);
		for (uint32_t k = 0; files && k < core->n; k++) {
			check(files[k] <= rn_index_n_facts(x));
			if (!files[k])
				continue;
			struct rn_bytes text, more = rn_index_facts(x, files[k])->more;
			while (rn_file_facts_next(&more, &text))
				check(text.len <= whole_bytes);
		}
	}
	rn_tally_set_free(set);
	rn_block_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_reader *r;
	if (!whole)
		prepare();
	int fd = open(index_path, O_WRONLY);
	check(fd >= 0 && pwrite(fd, whole, whole_bytes, 0) == (ssize_t)whole_bytes);
	for (; size >= 5; data += 5, size -= 5) {
		size_t at = (size_t)data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16 | (size_t)data[3] << 24;
		check(pwrite(fd, data + 4, 1, (off_t)(at % whole_bytes)) == 1);
	}
	close(fd);
	struct rn_index *x = open_index(&r, RN_INDEX_USE);
	if (x)
		read_all(x, r);
	rn_index_close(x);
	rn_reader_close(r);
	return 0;
}
