/* SPDX-License-Identifier: MIT */
/* Expressions of --where, one a line: refused with a message, or each selects calls of a small trace that are
 * among those the others leave. */
#include "analyze/filters/where.h"
#include "format/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

enum { MAX_LINES = 4, MAX_BYTES = 400, CALLS = 40 };

static struct rn_reader *open_trace(void)
{
	static int fd = -1;
	const struct rn_header h = { .uuid = "fuzzed", .machine = RN_MACHINE_X86_64 };
	struct rn_writer *w;
	struct rn_reader *r;
	if (fd < 0) {
		fd = memfd_create("trace", 0);
		check(rn_writer_open(&w, dup(fd), &h, NULL, NULL) == 0);
		for (unsigned i = 0; i < CALLS; i++) {
			struct rn_event ev = { .ts_ns = i, .utid = 1 + i % 2, .kind = RN_EV_CALL };
			ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = i, .dur_ns = i,
				.ret = i % 3 ? 0 : -2, .flags = i % 3 ? 0 : RN_CALL_ERROR };
			check(rn_writer_append(w, &ev, NULL) == 0);
		}
		check(rn_writer_close(w, NULL, NULL) == 0);
	}
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	check(rn_reader_open(&r, path, NULL) == 0);
	return r;
}

static void select_calls(struct rn_where *w)
{
	struct rn_error err = { 0 };
	struct rn_reader *r = open_trace();
	struct rn_model *m = rn_model_new(rn_where_wants(w, false));
	struct rn_batch b;
	uint32_t n = 0;
	check(m && rn_model_scan(m, r, NULL) == 0 && rn_where_begin(w, r, m, NULL) == 0);
	struct rn_source *s = rn_source_where(rn_source_trace(r, NULL), w);
	rn_batch_init(&b);
	int rc;
	while ((rc = rn_source_next(s, &b, &err)) == 0)
		for (uint32_t i = 0; i < b.n_selected; i++, n++)
			check(b.selected[i] < b.core->n && (!i || b.selected[i] > b.selected[i - 1]));
	check(n <= CALLS && (rc == RN_END || err.message[0]));
	rn_batch_fini(&b);
	rn_source_free(s);
	rn_where_free(w);
	rn_model_free(m);
	rn_reader_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *item[MAX_LINES];
	struct rn_strings lines = { item, 0 };
	struct rn_error err = { 0 };
	struct rn_where *w;
	char text[MAX_BYTES + 1] = "", *rest = text;
	memcpy(text, data, size < MAX_BYTES ? size : MAX_BYTES);
	while (rest && lines.n < MAX_LINES)
		item[lines.n++] = strsep(&rest, "\n");
	/* Whoever asks for endless work gets it; that is no fault to find here. */
	if (strcasestr(text, "recursive") || strcasestr(text, "randomblob") || strcasestr(text, "zeroblob"))
		return 0;
	int rc = rn_where_new(&w, &lines, &err);
	check((rc == 0) == (w != NULL) && (rc == 0 || err.message[0]));
	if (w)
		select_calls(w);
	return 0;
}
