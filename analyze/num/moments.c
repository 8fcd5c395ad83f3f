/* SPDX-License-Identifier: MIT */
#include "analyze/num/moments.h"

#include <math.h>

/* 256 bits, the least significant limb first. */
struct number {
	uint64_t limb[4];
};

static struct number from_square_sum(const struct rn_moments *m)
{
	return (struct number){ { (uint64_t)m->square_low, (uint64_t)(m->square_low >> 64),
		m->square_high, 0 } };
}

static struct number times(struct number a, uint64_t b)
{
	rn_wide carry = 0;
	for (unsigned i = 0; i < 4; i++) {
		carry += (rn_wide)a.limb[i] * b;
		a.limb[i] = (uint64_t)carry;
		carry >>= 64;
	}
	return a;
}

static struct number plus(struct number a, const struct number *b)
{
	rn_wide carry = 0;
	for (unsigned i = 0; i < 4; i++) {
		carry += (rn_wide)a.limb[i] + b->limb[i];
		a.limb[i] = (uint64_t)carry;
		carry >>= 64;
	}
	return a;
}

static struct number minus(struct number a, const struct number *b)
{
	uint64_t borrow = 0;
	for (unsigned i = 0; i < 4; i++) {
		rn_wide d = (rn_wide)a.limb[i] - b->limb[i] - borrow;
		a.limb[i] = (uint64_t)d;
		borrow = (uint64_t)(d >> 64) & 1;
	}
	return a;
}

static struct number squared(rn_wide v)
{
	struct number wide = { { (uint64_t)v, (uint64_t)(v >> 64), 0, 0 } };
	struct number low = times(wide, (uint64_t)v), high = times(wide, (uint64_t)(v >> 64));
	struct number shifted = { { 0, high.limb[0], high.limb[1], high.limb[2] } };
	return plus(low, &shifted);
}

/* The top 64 bits, the lowest of them set when anything below is: more than a double rounds by. */
static double nearest(const struct number *a)
{
	int top = 3;
	while (top > 0 && !a->limb[top])
		top--;
	uint64_t bits = a->limb[top];
	if (!top)
		return (double)bits;
	int shift = bits ? __builtin_clzll(bits) : 0;
	uint64_t below = a->limb[top - 1];
	if (shift) {
		bits = bits << shift | below >> (64 - shift);
		below <<= shift;
	}
	for (int i = top - 2; i >= 0; i--)
		below |= a->limb[i];
	return ldexp((double)(bits | (below != 0)), 64 * top - shift);
}

double rn_wide_double(rn_wide v)
{
	struct number a = { { (uint64_t)v, (uint64_t)(v >> 64), 0, 0 } };
	return nearest(&a);
}

void rn_moments_merge(struct rn_moments *into, const struct rn_moments *from)
{
	into->n += from->n;
	into->sum += from->sum;
	into->square_low += from->square_low;
	into->square_high += from->square_high + (into->square_low < from->square_low);
	into->min = from->min < into->min ? from->min : into->min;
	into->max = from->max > into->max ? from->max : into->max;
}

void rn_moments_repeat(struct rn_moments *m, uint64_t k)
{
	struct number square = times(from_square_sum(m), k);
	m->n *= k;
	m->sum *= k;
	m->square_low = (rn_wide)square.limb[1] << 64 | square.limb[0];
	m->square_high = square.limb[2];
}

double rn_moments_mean(const struct rn_moments *m)
{
	return m->n ? rn_wide_double(m->sum) / (double)m->n : NAN;
}

double rn_moments_variance(const struct rn_moments *m)
{
	if (m->n < 2)
		return NAN;
	struct number square = squared(m->sum);
	struct number top = minus(times(from_square_sum(m), m->n), &square);
	return nearest(&top) / ((double)m->n * (double)(m->n - 1));
}

double rn_moments_sd(const struct rn_moments *m)
{
	return sqrt(rn_moments_variance(m));
}
