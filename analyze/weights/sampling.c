/* SPDX-License-Identifier: MIT */
#include "analyze/weights/sampling.h"

#include "format/header.h"

#include <stdlib.h>
#include <string.h>

bool rn_sampling_is_felt(struct rn_bytes words, const struct rn_sampling *s)
{
	return words.len && (s->n || !rn_bytes_equal(words, rn_bytes_str(RN_SAMPLING_AS_NEEDED)));
}

void rn_sampling_fini(struct rn_sampling *s)
{
	free(s->item);
	*s = (struct rn_sampling){ NULL, 0, 0 };
}

/* The first that is not before (abi, nr). */
static size_t place(const struct rn_sampling *s, uint64_t abi, uint64_t nr)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct rn_sampled *m = &s->item[mid];
		if (m->abi < abi || (m->abi == abi && m->nr < nr))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct rn_sampling *s, size_t at, uint64_t abi, uint64_t nr)
{
	return at < s->n && s->item[at].abi == abi && s->item[at].nr == nr;
}

static int make_room(struct rn_sampling *s, size_t at)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct rn_sampled *more = realloc(s->item, cap * sizeof(*more));
		if (!more)
			return RN_E_NOMEM;
		s->item = more;
		s->cap = cap;
	}
	memmove(&s->item[at + 1], &s->item[at], (s->n++ - at) * sizeof(*s->item));
	return 0;
}

static void add(uint64_t *to, uint64_t n)
{
	*to = *to > UINT64_MAX - n ? UINT64_MAX : *to + n;
}

int rn_sampling_add(struct rn_sampling *s, const struct rn_ev_SAMPLED *e)
{
	size_t at = place(s, e->abi, e->nr);
	if (!is_at(s, at, e->abi, e->nr)) {
		if (make_room(s, at))
			return RN_E_NOMEM;
		s->item[at] = (struct rn_sampled){ e->abi, e->nr, 0, 0 };
	}
	add(&s->item[at].kept, e->kept);
	add(&s->item[at].left_out, e->count);
	return 0;
}

const struct rn_sampled *rn_sampling_find(const struct rn_sampling *s, uint64_t abi, uint64_t nr)
{
	size_t at = place(s, abi, nr);
	return is_at(s, at, abi, nr) ? &s->item[at] : NULL;
}

bool rn_sampled_weighs(const struct rn_sampled *s)
{
	return s && s->kept && s->left_out;
}

double rn_sampled_weight(const struct rn_sampled *s)
{
	return 1 + (double)s->left_out / (double)s->kept;
}

/* By quotient and remainder: sum * left_out may be more than 128 bits. */
rn_sampled_sum rn_sampled_scale(const struct rn_sampled *s, rn_sampled_sum sum)
{
	rn_sampled_sum more, all;
	if (__builtin_mul_overflow(sum / s->kept, (rn_sampled_sum)s->left_out, &more) ||
		__builtin_add_overflow(more, sum % s->kept * s->left_out / s->kept, &more) ||
		__builtin_add_overflow(sum, more, &all))
		return ~(rn_sampled_sum)0;
	return all;
}
