/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/stack_tally.h"

#include "analyze/analysis/asked.h"
#include "analyze/weights/weights.h"
#include "shared/syscall.h"

#include <stdlib.h>

void rn_stack_tally_init(struct rn_stack_tally *t, struct rn_frames *frames, uint64_t slow_io_ns)
{
	const uint64_t half = RN_WEIGHED_CARRY;
	*t = (struct rn_stack_tally){ .frames = frames, .slow_io_ns = slow_io_ns,
		.carry = { half, half, half, half, half, half, half } };
}

void rn_stack_tally_fini(struct rn_stack_tally *t)
{
	free(t->sums);
}

enum { FILE_IO = 1, MOVES_BYTES = 2 };

/* What calls do, sorted by name. */
static const struct effect {
	const char *name;
	unsigned does;
} effects[] = {
	{ "close", FILE_IO },
	{ "copy_file_range", FILE_IO | MOVES_BYTES },
	{ "creat", FILE_IO },
	{ "fdatasync", FILE_IO },
	{ "fsync", FILE_IO },
	{ "msync", FILE_IO },
	{ "open", FILE_IO },
	{ "openat", FILE_IO },
	{ "openat2", FILE_IO },
	{ "pread64", FILE_IO | MOVES_BYTES },
	{ "preadv", FILE_IO | MOVES_BYTES },
	{ "preadv2", FILE_IO | MOVES_BYTES },
	{ "pwrite64", FILE_IO | MOVES_BYTES },
	{ "pwritev", FILE_IO | MOVES_BYTES },
	{ "pwritev2", FILE_IO | MOVES_BYTES },
	{ "read", FILE_IO | MOVES_BYTES },
	{ "readv", FILE_IO | MOVES_BYTES },
	{ "recv", MOVES_BYTES },
	{ "recvfrom", MOVES_BYTES },
	{ "recvmsg", MOVES_BYTES },
	{ "send", MOVES_BYTES },
	{ "sendfile", FILE_IO | MOVES_BYTES },
	{ "sendfile64", FILE_IO | MOVES_BYTES },
	{ "sendmsg", MOVES_BYTES },
	{ "sendto", MOVES_BYTES },
	{ "splice", FILE_IO | MOVES_BYTES },
	{ "sync", FILE_IO },
	{ "sync_file_range", FILE_IO },
	{ "syncfs", FILE_IO },
	{ "tee", FILE_IO | MOVES_BYTES },
	{ "vmsplice", FILE_IO | MOVES_BYTES },
	{ "write", FILE_IO | MOVES_BYTES },
	{ "writev", FILE_IO | MOVES_BYTES },
};

static int compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct effect *)row)->name);
}

static unsigned effects_of(const struct rn_call *c)
{
	char buf[24];
	const char *name = rn_syscall_name((enum rn_abi)c->abi, c->nr, buf);
	const struct effect *row = bsearch(name, effects, sizeof(effects) / sizeof(*effects),
		sizeof(*effects), compare_name);
	return row ? row->does : 0;
}

static struct rn_stack_sums *sums_of(struct rn_stack_tally *t, uint32_t stack)
{
	if (stack >= t->n) {
		uint32_t n = stack + stack / 2 + 256;
		struct rn_stack_sums *grown = realloc(t->sums, n * sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + t->n, 0, (n - t->n) * sizeof(*grown));
		t->sums = grown;
		t->n = n;
	}
	return &t->sums[stack];
}

static void weigh(struct rn_stack_sums *one, struct rn_stack_sums *carry, uint64_t weight)
{
	one->calls = rn_weighed_spread(&carry->calls, one->calls, weight);
	one->errors = rn_weighed_spread(&carry->errors, one->errors, weight);
	one->time_ns = rn_weighed_spread(&carry->time_ns, one->time_ns, weight);
	one->bytes = rn_weighed_spread(&carry->bytes, one->bytes, weight);
	one->io_calls = rn_weighed_spread(&carry->io_calls, one->io_calls, weight);
	one->slow_io = rn_weighed_spread(&carry->slow_io, one->slow_io, weight);
	one->cut = rn_weighed_spread(&carry->cut, one->cut, weight);
}

static int add_call(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_stack_tally *t = arg;
	const struct rn_call *c = &ev->call;
	enum rn_stack_end end;
	uint32_t stack;
	int rc = rn_frames_of(t->frames, ev, &stack, &end, err);
	struct rn_stack_sums *s = rc ? NULL : sums_of(t, stack);
	if (!s)
		return rc ? rc : rn_fail(err, RN_E_NOMEM, "out of memory for a profile");
	unsigned does = effects_of(c);
	struct rn_stack_sums one = { .calls = 1, .cut = stack && end != RN_STACK_COMPLETE,
		.errors = (c->flags & RN_CALL_ERROR) != 0, .io_calls = (does & FILE_IO) != 0 };
	if (!(c->flags & RN_CALL_UNFINISHED)) {
		one.time_ns = c->dur_ns;
		one.slow_io = (does & FILE_IO) && c->dur_ns > t->slow_io_ns;
		one.bytes = does & MOVES_BYTES && c->ret > 0 ? (uint64_t)c->ret : 0;
	}
	if (t->weights)
		weigh(&one, &t->carry, rn_weight_of(t->weights, c->abi, c->nr, c->flags));
	rn_stack_sums_add(s, &one);
	return 0;
}

int rn_stack_tally_batch(struct rn_stack_tally *t, const struct rn_batch *b, struct rn_error *err)
{
	t->weights = b->weights;
	return rn_batch_each(b, rn_frames_want(t->frames), add_call, t, err);
}

void rn_stack_sums_add(struct rn_stack_sums *to, const struct rn_stack_sums *from)
{
	to->calls += from->calls;
	to->errors += from->errors;
	to->time_ns += from->time_ns;
	to->bytes += from->bytes;
	to->io_calls += from->io_calls;
	to->slow_io += from->slow_io;
	to->cut += from->cut;
}

struct rn_stack_sums rn_stack_tally_total(const struct rn_stack_tally *t)
{
	struct rn_stack_sums total = { 0 };
	for (uint32_t i = 0; i < t->n; i++)
		rn_stack_sums_add(&total, &t->sums[i]);
	return total;
}
