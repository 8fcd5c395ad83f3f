/* SPDX-License-Identifier: MIT */
#include "format/crc32c.h"

#include <pthread.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

static uint32_t table[256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void fill_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int k = 0; k < 8; k++)
			c = (c >> 1) ^ (0x82F63B78u & (0u - (c & 1)));
		table[i] = c;
	}
}

uint32_t rn_crc32c_portable(struct rn_bytes b)
{
	pthread_once(&table_once, fill_table);
	uint32_t c = 0xFFFFFFFFu;
	for (size_t i = 0; i < b.len; i++)
		c = (c >> 8) ^ table[(c ^ b.p[i]) & 0xff];
	return ~c;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_instruction(struct rn_bytes b)
{
	uint64_t c = 0xFFFFFFFFu;
	size_t i = 0;
	for (; i + 8 <= b.len; i += 8) {
		uint64_t v;
		memcpy(&v, b.p + i, 8);
		c = _mm_crc32_u64(c, v);
	}
	for (; i < b.len; i++)
		c = _mm_crc32_u8((uint32_t)c, b.p[i]);
	return ~(uint32_t)c;
}
#endif

uint32_t rn_crc32c(struct rn_bytes b)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		return by_instruction(b);
#endif
	return rn_crc32c_portable(b);
}
