/* SPDX-License-Identifier: MIT */
/* Walks over the seeds of fuzz/unwind, whose frames are known: what each holds is told there. */
#include "analyze/stack/modules.h"
#include "analyze/stack/stacks.h"
#include "shared/cursor.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define BASE ((uint64_t)0x10000000)

struct subject {
	uint8_t *file;
	struct rn_bytes image;
	uint64_t regs[RN_REGS_X86_64];
	struct rn_modules_table *modules;
	struct rn_stacks *stacks;
	struct rn_event ev;
};

static int give_image(void *arg, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err)
{
	(void)module, (void)err;
	*elf = ((struct subject *)arg)->image;
	return 0;
}

static void begin(struct subject *t, const char *seed)
{
	char path[128];
	snprintf(path, sizeof(path), "fuzz/corpus/unwind/%s", seed);
	FILE *f = fopen(path, "rb");
	cr_assert_not_null(f, "%s", path);
	t->file = malloc(65536);
	size_t len = fread(t->file, 1, 65536, f);
	fclose(f);
	struct rn_cursor c = rn_cursor_of(t->file, len);
	t->image = rn_take_bytes(&c, rn_take_u32(&c));
	for (unsigned i = 0; i < RN_REGS_X86_64; i++)
		t->regs[i] = rn_take_u64(&c);
	t->modules = rn_modules_new();
	t->stacks = rn_stacks_new(t->modules);
	rn_modules_set_finder(t->modules, &(struct rn_image_finder){ give_image, t });
	struct rn_event map = { .kind = RN_EV_MAP, .utid = 1 };
	map.MAP = (struct rn_ev_MAP){ .addr = BASE, .len = 1 << 20, .path = rn_bytes_str("/image") };
	cr_assert_eq(rn_modules_event(t->modules, &map, NULL), 0);
	t->ev = (struct rn_event){ .kind = RN_EV_CALL, .utid = 1, .ts_ns = 5 };
	t->ev.call.regs = t->regs;
	t->ev.call.n_regs = RN_REGS_X86_64;
	t->ev.call.stack_addr = t->regs[RN_X86_RSP];
	t->ev.call.stack_len = (uint32_t)rn_cursor_left(&c);
	t->ev.call.stack = c.p;
}

static void finish(struct subject *t)
{
	rn_stacks_free(t->stacks);
	rn_modules_free(t->modules);
	free(t->file);
}

/* Offsets in the image of the frames' program counters, and the flags of each. */
struct expected {
	uint64_t pc;
	unsigned flags;
};

static uint32_t expect(struct subject *t, enum rn_stack_end how, const struct expected *frames, size_t n)
{
	uint32_t id, at;
	enum rn_stack_end end;
	cr_assert_eq(rn_stacks_of(t->stacks, &t->ev, &id, &end, NULL), 0);
	cr_expect_eq(end, how);
	at = id;
	for (size_t i = 0; i < n; i++, at = rn_stacks_node(t->stacks, at)->parent) {
		cr_assert_neq(at, 0, "%zu frames instead of %zu", i, n);
		const struct rn_frame *f =
			rn_stacks_frame(t->stacks, rn_stacks_node(t->stacks, at)->frame);
		cr_expect_eq(f->pc_addr & 0xfffff, frames[i].pc, "frame %zu: %llx", i,
			(unsigned long long)f->pc_addr);
		cr_expect_eq(f->flags, frames[i].flags);
		cr_expect_eq(f->addr, f->pc_addr - !(f->flags & RN_FRAME_SIGNAL));
	}
	cr_expect_eq(at, 0);
	return id;
}
#define EXPECT(t, how, ...) expect(t, how, (const struct expected[]){ __VA_ARGS__ }, \
	sizeof((const struct expected[]){ __VA_ARGS__ }) / sizeof(struct expected))

Test(stacks, a_signal_in_a_plt_stub_called_from_a_frame_of_its_own)
{
	struct subject t;
	begin(&t, "signal_and_plt");
	EXPECT(&t, RN_STACK_COMPLETE, { 0xaf, 0 }, { 0xa8, 0 }, { 0x8d, RN_FRAME_SIGNAL }, { 0xa0, 0 },
		{ 0x88, 0 }, { 0x7d, 0 });
	finish(&t);
}

Test(stacks, a_short_snapshot_tells_how_long_it_should_have_been)
{
	struct subject t;
	begin(&t, "cut");
	EXPECT(&t, RN_STACK_CUT, { 0xaf, 0 }, { 0xa8, 0 }, { 0x8d, RN_FRAME_SIGNAL }, { 0xa0, 0 },
		{ 0x88, 0 });
	cr_expect_eq(rn_stacks_counts(t.stacks)->sufficient_bytes, 0x150);
	finish(&t);
}

Test(stacks, a_longer_snapshot_is_not_taken_for_the_cut_one_it_begins_like)
{
	struct subject t, whole;
	begin(&t, "cut");
	begin(&whole, "signal_and_plt");
	uint32_t cut, complete;
	enum rn_stack_end end;
	rn_stacks_of(t.stacks, &t.ev, &cut, &end, NULL);
	rn_stacks_of(t.stacks, &whole.ev, &complete, &end, NULL);
	cr_expect_eq(end, RN_STACK_COMPLETE);
	cr_expect_neq(cut, complete);
	finish(&t);
	finish(&whole);
}

Test(stacks, what_did_not_matter_may_differ_and_what_did_may_not)
{
	struct subject t;
	begin(&t, "signal_and_plt");
	uint32_t id, again;
	enum rn_stack_end end;
	rn_stacks_of(t.stacks, &t.ev, &id, &end, NULL);
	uint8_t *stack = malloc(t.ev.call.stack_len);
	memcpy(stack, t.ev.call.stack, t.ev.call.stack_len);
	stack[8] ^= 0xff; /* between the frames */
	t.ev.call.stack = stack;
	t.regs[RN_X86_RBX] = 99;
	rn_stacks_of(t.stacks, &t.ev, &again, &end, NULL);
	cr_expect_eq(again, id);
	cr_expect_eq(rn_stacks_counts(t.stacks)->snapshots_unwound, 1);
	t.regs[RN_X86_RBP] += 8; /* the frame of `outer` lies by it */
	rn_stacks_of(t.stacks, &t.ev, &again, &end, NULL);
	cr_expect_neq(again, id);
	t.regs[RN_X86_RBP] -= 8;
	stack[0] ^= 1; /* a return address */
	rn_stacks_of(t.stacks, &t.ev, &again, &end, NULL);
	cr_expect_neq(again, id);
	cr_expect_eq(rn_stacks_counts(t.stacks)->snapshots_unwound, 3);
	free(stack);
	finish(&t);
}

Test(stacks, tables_in_debug_frame_alone_and_a_start_that_they_do_not_mark)
{
	struct subject t;
	begin(&t, "debug_frame");
	EXPECT(&t, RN_STACK_COMPLETE, { 0x101, 0 }, { 0x115, 0 }, { 0x135, 0 });
	finish(&t);
}

Test(stacks, without_tables_frame_pointers_are_followed_and_marked)
{
	struct subject t;
	begin(&t, "frame_pointers");
	EXPECT(&t, RN_STACK_COMPLETE, { 5, 0 }, { 0x500, RN_FRAME_GUESSED },
		{ 0x600, RN_FRAME_GUESSED });
	finish(&t);
}

Test(stacks, without_registers_or_code_there_is_no_stack)
{
	struct subject t;
	begin(&t, "signal_and_plt");
	uint32_t id;
	t.ev.call.regs = NULL;
	cr_assert_eq(rn_stacks_of(t.stacks, &t.ev, &id, NULL, NULL), 0);
	cr_expect_eq(id, 0);
	t.ev.call.regs = t.regs;
	t.ev.utid = 2; /* of which nothing is known */
	cr_assert_eq(rn_stacks_of(t.stacks, &t.ev, &id, NULL, NULL), 0);
	cr_expect_eq(id, 0);
	cr_expect_eq(rn_stacks_counts(t.stacks)->unmapped, 1);
	cr_expect_eq(rn_stacks_counts(t.stacks)->with_snapshot, 0);
	finish(&t);
}
