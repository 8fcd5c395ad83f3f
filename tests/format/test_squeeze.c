/* SPDX-License-Identifier: MIT */
/* zstd frames: at once and piece by piece, what they promise, and what is refused. */
#include "format/squeeze.h"
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <zstd.h>

#define BYTES (3u << 20)

static uint8_t data[BYTES], back[BYTES];

/* Half of it does not compress, so that a frame is longer than the room for one step. */
static void make_data(void)
{
	struct prng r = { 5 };
	for (size_t i = 0; i < BYTES; i++)
		data[i] = i % 2048 < 1024 ? (uint8_t)prng_next(&r) : (uint8_t)(i / 2048 % 7);
}

static struct rn_buffer squeezed(int level, size_t len)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	struct ZSTD_CCtx_s *z = rn_squeeze_new(level);
	cr_assert(z && rn_squeeze(z, &b, rn_bytes_of(data, len), NULL) == 0);
	rn_squeeze_free(z);
	return b;
}

static int unsqueeze(struct rn_bytes frame, size_t raw_bytes)
{
	struct ZSTD_DCtx_s *z = rn_unsqueeze_new();
	int rc = rn_unsqueeze(z, back, raw_bytes, frame, NULL);
	rn_unsqueeze_free(z);
	return rc;
}

Test(squeeze, comes_back_whole_or_in_pieces, .init = make_data)
{
	struct ZSTD_CCtx_s *z = rn_squeeze_new(3);
	struct rn_buffer b = RN_BUFFER_INIT;
	for (unsigned round = 0; round < 2; round++) {
		size_t before = b.len;
		cr_assert_eq(rn_squeeze_begin(z, BYTES, NULL), 0);
		for (size_t at = 0, n; at < BYTES; at += n) {
			n = BYTES - at < 100000 ? BYTES - at : 100000;
			cr_assert_eq(rn_squeeze_more(z, &b, rn_bytes_of(data + at, n), at + n == BYTES, NULL), 0);
		}
		cr_assert_eq(unsqueeze(rn_bytes_of(b.p + before, b.len - before), BYTES), 0);
		cr_assert(memcmp(back, data, BYTES) == 0);
	}
	rn_squeeze_free(z);
	rn_buffer_fini(&b);
	b = squeezed(3, BYTES);
	cr_assert(unsqueeze(rn_buffer_bytes(&b), BYTES) == 0 && memcmp(back, data, BYTES) == 0);
	rn_buffer_fini(&b);
}

Test(squeeze, has_the_level_asked_for_and_a_checksum, .init = make_data)
{
	struct rn_buffer by_default = squeezed(0, BYTES), fast = squeezed(1, BYTES), better = squeezed(9, BYTES);
	cr_expect(rn_bytes_equal(rn_buffer_bytes(&by_default), rn_buffer_bytes(&fast)), "0 is level 1");
	cr_expect_neq(better.len, fast.len);
	fast.p[fast.len - 1] ^= 1; /* of the checksum */
	cr_expect_eq(unsqueeze(rn_buffer_bytes(&fast), BYTES), RN_E_CORRUPT);
	rn_buffer_fini(&by_default);
	rn_buffer_fini(&fast);
	rn_buffer_fini(&better);
}

Test(squeeze, refuses_what_is_not_one_frame_of_that_size, .init = make_data)
{
	struct rn_buffer b = squeezed(1, 5000);
	cr_expect_eq(unsqueeze(rn_buffer_bytes(&b), 5000), 0);
	cr_expect_eq(unsqueeze(rn_buffer_bytes(&b), 4999), RN_E_CORRUPT);
	cr_expect_eq(unsqueeze(rn_buffer_bytes(&b), 5001), RN_E_CORRUPT);
	cr_expect_eq(rn_unsqueeze_check(rn_buffer_bytes(&b), 5001, NULL), RN_E_CORRUPT);
	cr_expect_eq(unsqueeze(rn_bytes_of(b.p, b.len - 1), 5000), RN_E_CORRUPT);
	rn_put_u8(&b, 0);
	cr_expect_eq(unsqueeze(rn_buffer_bytes(&b), 5000), RN_E_CORRUPT, "something follows");
	rn_buffer_fini(&b);
}
