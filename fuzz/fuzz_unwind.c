/* SPDX-License-Identifier: MIT */
/* A hostile image and a hostile snapshot. Input: 4 bytes of length, the image, 27 registers of 8
 * bytes, the stack. The image is mapped at 0x10000000, the stack lies where rsp points. Besides the walk,
 * rules are made for addresses all over the image. */
#include "analyze/stack/cfi.h"
#include "analyze/stack/modules.h"
#include "analyze/stack/stacks.h"
#include "shared/cursor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE ((uint64_t)0x10000000)
#define SPAN ((uint64_t)1 << 20)

static int give_image(void *arg, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err)
{
	(void)module, (void)err;
	*elf = *(struct rn_bytes *)arg;
	return 0;
}

static void make_rows(struct rn_bytes image)
{
	struct rn_code code;
	uint64_t addr;
	if (!rn_code_open(&code, image))
		return;
	struct rn_cfi *cfi = rn_cfi_new(&code);
	struct rn_cfi_row row;
	for (uint64_t at = 0; cfi && at < image.len && at < 65536; at += 7)
		if (rn_code_addr(&code, at, &addr))
			rn_cfi_row(cfi, addr, &row);
	rn_cfi_free(cfi);
	rn_code_close(&code);
}

static void walk(struct rn_bytes image, const uint64_t *regs, struct rn_bytes stack)
{
	struct rn_modules_table *m = rn_modules_new();
	struct rn_stacks *s = m ? rn_stacks_new(m) : NULL;
	struct rn_image_finder finder = { give_image, &image };
	struct rn_event ev = { .kind = RN_EV_MAP, .utid = 1 };
	uint32_t first, again;
	enum rn_stack_end end, end_again;
	if (!s)
		abort();
	rn_modules_set_finder(m, &finder);
	ev.MAP = (struct rn_ev_MAP){ .addr = BASE, .len = SPAN, .path = rn_bytes_str("/image") };
	rn_modules_event(m, &ev, NULL);
	ev = (struct rn_event){ .kind = RN_EV_CALL, .utid = 1, .ts_ns = 5 };
	ev.call.regs = regs;
	ev.call.n_regs = RN_REGS_X86_64;
	ev.call.stack_addr = regs[RN_X86_RSP] & ~(uint64_t)7;
	ev.call.stack = stack.p;
	ev.call.stack_len = (uint32_t)stack.len;
	/* The second time it is remembered, which must not make a difference. */
	if (rn_stacks_of(s, &ev, &first, &end, NULL) || rn_stacks_of(s, &ev, &again, &end_again, NULL) ||
		first != again || end != end_again)
		abort();
	for (uint32_t id = first; id; id = rn_stacks_node(s, id)->parent)
		if (rn_stacks_node(s, id)->parent >= id ||
			rn_stacks_node(s, id)->frame >= rn_stacks_n_frames(s))
			abort();
	rn_stacks_free(s);
	rn_modules_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_cursor c = rn_cursor_of(data, size);
	uint64_t regs[RN_REGS_X86_64];
	uint64_t len = rn_take_u32(&c);
	struct rn_bytes image = rn_take_bytes(&c, len < rn_cursor_left(&c) ? len : rn_cursor_left(&c));
	uint8_t *own = malloc(image.len + 1); /* so that a sanitizer sees a step beyond its end */
	if (!own)
		return 0;
	if (image.len)
		memcpy(own, image.p, image.len);
	for (unsigned i = 0; i < RN_REGS_X86_64; i++)
		regs[i] = rn_take_u64(&c);
	size_t left = rn_cursor_left(&c) < 65536 ? rn_cursor_left(&c) : 65536;
	struct rn_bytes stack = rn_take_bytes(&c, left);
	make_rows(rn_bytes_of(own, image.len));
	walk(rn_bytes_of(own, image.len), regs, stack);
	free(own);
	return 0;
}
