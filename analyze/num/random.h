/* SPDX-License-Identifier: MIT */
/**
 * random - reproducible random numbers: the same seed, the same numbers, on every machine.
 *
 * Source: Vigna, splitmix64 (public domain). Not for secrets.
 */
#ifndef RN_ANALYZE_NUM_RANDOM_H
#define RN_ANALYZE_NUM_RANDOM_H

#include <stdint.h>

struct rn_random {
	uint64_t state;
};

static inline uint64_t rn_random_u64(struct rn_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/** From 0 up to and without 1. */
static inline double rn_random_real(struct rn_random *r)
{
	return (double)(rn_random_u64(r) >> 11) * 0x1p-53;
}

/** Below n, which is not 0. */
static inline uint64_t rn_random_below(struct rn_random *r, uint64_t n)
{
	__extension__ typedef unsigned __int128 wide;
	return (uint64_t)((wide)rn_random_u64(r) * n >> 64);
}

#endif
