/* SPDX-License-Identifier: MIT */
/*
 * dump_stacks TRACE [--files] [--quiet] [--oracle]: every call of a trace with its stack, for comparison with other
 * unwinders. One line a call, "THREAD NAME END", then a line a frame, " MODULE 0xPC [FLAGS]", the
 * module's own address; last the counts. --files: images the trace lacks are read from their paths.
 * --oracle: libunwind walks the same snapshots; lines with "! " where it sees other frames, and status 1.
 */
#include "analyze/stack/modules.h"
#include "analyze/stack/stacks.h"
#include "analyze/stack/unwinder.h"
#include "shared/syscall.h"

#include <stdio.h>
#include <stdlib.h>

static int read_file(void *arg, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err)
{
	(void)arg, (void)err;
	char path[4096];
	snprintf(path, sizeof(path), "%.*s", (int)module->path.len, (const char *)module->path.p);
	FILE *f = fopen(path, "rb");
	if (!f)
		return 0;
	fseek(f, 0, SEEK_END);
	long len = ftell(f);
	rewind(f);
	uint8_t *bytes = malloc((size_t)len + 1);
	if (bytes && fread(bytes, 1, (size_t)len, f) == (size_t)len)
		*elf = rn_bytes_of(bytes, (size_t)len);
	fclose(f);
	return 0;
}

static const char *const ends[] = { "complete", "cut", "lost", "deep" };

static void print_stack(const struct rn_modules_table *m, const struct rn_stacks *s, uint32_t id)
{
	for (; id; id = rn_stacks_node(s, id)->parent) {
		const struct rn_frame *f = rn_stacks_frame(s, rn_stacks_node(s, id)->frame);
		const struct rn_module *module =
			f->module == RN_NO_MODULE ? NULL : rn_modules_at(m, f->module);
		printf(" %.*s %#llx%s%s\n", module ? (int)module->path.len : 1,
			module ? (const char *)module->path.p : "-",
			(unsigned long long)f->pc_addr,
			f->flags & RN_FRAME_SIGNAL ? " signal" : "",
			f->flags & RN_FRAME_GUESSED ? " guessed" : "");
	}
}

static uint64_t n_compared, n_whole, n_different;

/* Frames that both know must be the same. libunwind gives up sooner, and takes the first frame of a
 * return from a signal's handler for the function behind it. */
static void compare(void *o, const struct rn_event *ev, struct rn_modules_table *m,
	const struct rn_stacks *s, uint32_t id)
{
	static struct rn_walked walked[RN_STACK_MAX_FRAMES];
	uint64_t missing;
	unsigned i = 0;
	unsigned n = rn_unwinder_libunwind.walk(o, ev, walked, RN_STACK_MAX_FRAMES, &missing);
	n_compared++;
	for (uint32_t at = id; at && i < n; at = rn_stacks_node(s, at)->parent, i++) {
		const struct rn_frame *f = rn_stacks_frame(s, rn_stacks_node(s, at)->frame);
		struct rn_place p = { .module = RN_NO_MODULE };
		if (f->flags & RN_FRAME_GUESSED)
			return;
		rn_modules_find(m, ev->utid, ev->ts_ns, walked[i].pc - (f->pc_addr - f->addr), &p);
		/* The same place: that module, and the same distance within its pages. */
		if (p.module == f->module && !((walked[i].pc ^ f->pc_addr) & 4095))
			continue;
		printf("! frame %u of %u: %#llx here, %#llx for libunwind, which has %u\n", i,
			rn_stacks_node(s, id)->depth, (unsigned long long)f->pc_addr,
			(unsigned long long)walked[i].pc, n);
		n_different++;
		return;
	}
	n_whole += i == rn_stacks_node(s, id)->depth;
}

static int print_block(struct rn_block *b, struct rn_modules_table *m, struct rn_stacks *s,
	bool quiet, void *oracle, struct rn_error *err)
{
	for (uint32_t k = 0; k < rn_block_info(b)->n_calls; k++) {
		struct rn_event ev;
		uint32_t id;
		enum rn_stack_end end;
		int rc = rn_block_call(b, k, RN_WANT(ARGS) | RN_WANT(REGS) | RN_WANT(STACK), &ev, err);
		if (rc)
			return rc == RN_E_CORRUPT || rc == RN_END ? 0 : rc;
		if (ev.call.flags & RN_CALL_PENDING)
			continue;
		rc = rn_stacks_of(s, &ev, &id, &end, err);
		if (rc)
			return rc;
		char buf[24];
		const char *name = rn_syscall_name((enum rn_abi)ev.call.abi, ev.call.nr, buf);
		if (oracle && id && strcmp(name, "rt_sigreturn") != 0)
			compare(oracle, &ev, m, s, id);
		if (quiet)
			continue;
		printf("%u %s %s\n", ev.utid, name, ends[end]);
		print_stack(m, s, id);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct rn_error err;
	struct rn_reader *r = NULL;
	if (argc < 2)
		return 2;
	bool quiet = false;
	void *oracle = NULL;
	struct rn_modules_table *m = rn_modules_new();
	struct rn_stacks *s = rn_stacks_new(m);
	struct rn_block *b = rn_block_new();
	for (int i = 2; i < argc; i++) {
		if (argv[i][2] == 'f')
			rn_modules_set_finder(m, &(struct rn_image_finder){ read_file, NULL });
		else if (argv[i][2] == 'o')
			oracle = rn_unwinder_libunwind.open(m);
		else
			quiet = true;
	}
	int rc = rn_reader_open(&r, argv[1], &err);
	if (!rc)
		rc = rn_reader_index(r, &err);
	if (!rc)
		rc = rn_modules_scan(m, r, &err);
	for (size_t i = 0; !rc && i < rn_reader_n_blocks(r); i++) {
		rc = rn_reader_load(r, i, b, &err);
		if (!rc)
			rc = print_block(b, m, s, quiet, oracle, &err);
	}
	const struct rn_stack_counts *c = rn_stacks_counts(s);
	for (unsigned i = 0; i < RN_STACK_ENDS; i++)
		printf("%s: %llu\n", ends[i], (unsigned long long)c->ended[i]);
	printf("walked: %llu of %llu\nsufficient: %llu\nnodes: %u\n",
		(unsigned long long)c->snapshots_unwound, (unsigned long long)c->with_snapshot,
		(unsigned long long)c->sufficient_bytes, rn_stacks_n_nodes(s));
	if (oracle)
		printf("compared: %llu\nwhole: %llu\ndifferent: %llu\n",
			(unsigned long long)n_compared, (unsigned long long)n_whole,
			(unsigned long long)n_different);
	if (rc)
		fprintf(stderr, "%s\n", err.message);
	if (oracle)
		rn_unwinder_libunwind.close(oracle);
	rn_stacks_free(s);
	rn_modules_free(m);
	rn_block_free(b);
	rn_reader_close(r);
	return rc || n_different;
}
