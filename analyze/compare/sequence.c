/* SPDX-License-Identifier: MIT */
#include "analyze/compare/sequence.h"

#include <stdlib.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for sequences");
}

/* Steps sorted by thread, keeping their order; begin[t] .. begin[t + 1) are those of thread t. */
static int sort_steps(const struct rn_run *r, uint32_t **order, size_t **begin)
{
	uint32_t n_tasks = r->tree.n;
	*order = malloc((r->n_steps + 1) * sizeof(**order));
	*begin = calloc((size_t)n_tasks + 2, sizeof(**begin));
	if (!*order || !*begin)
		return RN_E_NOMEM;
	for (size_t i = 0; i < r->n_steps; i++)
		(*begin)[r->step[i].task + 2]++;
	for (uint32_t t = 0; t < n_tasks; t++)
		(*begin)[t + 2] += (*begin)[t + 1];
	for (size_t i = 0; i < r->n_steps; i++)
		(*order)[(*begin)[r->step[i].task + 1]++] = (uint32_t)i;
	return 0;
}

static void add(struct rn_sequence *s, size_t *const begin[2], uint32_t a, uint32_t b)
{
	struct rn_thread_pair *p = &s->pair[s->n++];
	const uint32_t task[2] = { a, b };
	for (unsigned side = 0; side < 2; side++) {
		p->task[side] = task[side];
		if (!task[side])
			continue;
		p->from[side] = begin[side][task[side]];
		p->n[side] = begin[side][task[side] + 1] - p->from[side];
	}
}

/* Threads of a with who corresponds, in the order of a; then those of b that nobody does. */
static int pair_up(struct rn_sequence *s, size_t *const begin[2], struct rn_error *err)
{
	const struct rn_descent *a = &s->run[0]->tree, *b = &s->run[1]->tree;
	uint32_t *other = NULL;
	bool *taken = calloc((size_t)b->n + 1, sizeof(*taken));
	int rc = taken ? rn_descent_match(a, b, &other, err) : no_memory(err);
	s->pair = calloc((size_t)a->n + b->n + 1, sizeof(*s->pair));
	if (!rc && !s->pair)
		rc = no_memory(err);
	for (uint32_t i = 1; i < a->n && !rc; i++) {
		add(s, begin, i, other[i]);
		taken[other[i]] = true;
	}
	for (uint32_t i = 1; i < b->n && !rc; i++)
		if (!taken[i])
			add(s, begin, 0, i);
	free(other);
	free(taken);
	return rc;
}

static uint32_t *what_of(const struct rn_sequence *s, const struct rn_thread_pair *p, unsigned side)
{
	uint32_t *what = malloc((p->n[side] + 1) * sizeof(*what));
	for (size_t i = 0; i < p->n[side] && what; i++)
		what[i] = s->run[side]->step[s->order[side][p->from[side] + i]].what;
	return what;
}

static void find_parting(struct rn_thread_pair *p)
{
	const struct rn_alignment *l = &p->alignment;
	size_t together = l->n_runs && !l->run[0].at_a && !l->run[0].at_b ? l->run[0].n : 0;
	p->at[0] = p->at[1] = together;
	p->parts = together < p->n[0] || together < p->n[1];
}

static int align_pair(struct rn_sequence *s, struct rn_thread_pair *p, struct rn_error *err)
{
	if (!p->task[0] || !p->task[1])
		return 0;
	uint32_t *a = what_of(s, p, 0), *b = what_of(s, p, 1);
	int rc = a && b ? rn_align(&p->alignment, a, p->n[0], b, p->n[1], 0, err) : no_memory(err);
	free(a);
	free(b);
	find_parting(p);
	return rc;
}

const struct rn_step *rn_sequence_step(const struct rn_sequence *s, const struct rn_thread_pair *p, unsigned side,
	size_t at)
{
	return at < p->n[side] ? &s->run[side]->step[s->order[side][p->from[side] + at]] : NULL;
}

/* The sum over both sides, each since its first call, so that exchanging them changes nothing. */
static double parting_ns(const struct rn_sequence *s, const struct rn_thread_pair *p)
{
	double sum = 0;
	for (unsigned side = 0; side < 2; side++) {
		size_t at = p->at[side] < p->n[side] ? p->at[side] : p->n[side] - 1;
		const struct rn_step *step = p->n[side] ? rn_sequence_step(s, p, side, at) : NULL;
		sum += step ? (double)(step->ts_ns - s->run[side]->first_ns) : 0;
	}
	return sum;
}

static void sum_up(struct rn_sequence *s)
{
	s->first = s->n;
	for (uint32_t i = 0; i < s->n; i++) {
		const struct rn_thread_pair *p = &s->pair[i];
		s->common += p->alignment.common;
		s->steps[0] += p->n[0];
		s->steps[1] += p->n[1];
		bool alone = !p->task[0] || !p->task[1];
		s->different |= p->parts || (alone && p->n[0] + p->n[1]);
		if (p->parts && (s->first == s->n || parting_ns(s, p) < parting_ns(s, &s->pair[s->first])))
			s->first = i;
	}
}

int rn_sequence_init(struct rn_sequence *s, const struct rn_run *a, const struct rn_run *b, struct rn_error *err)
{
	size_t *begin[2] = { NULL, NULL };
	*s = (struct rn_sequence){ .run = { a, b } };
	int rc = sort_steps(a, &s->order[0], &begin[0]);
	if (!rc)
		rc = sort_steps(b, &s->order[1], &begin[1]);
	rc = rc ? no_memory(err) : pair_up(s, begin, err);
	for (uint32_t i = 0; i < s->n && !rc; i++)
		rc = align_pair(s, &s->pair[i], err);
	free(begin[0]);
	free(begin[1]);
	if (!rc)
		sum_up(s);
	return rc;
}

void rn_sequence_fini(struct rn_sequence *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		rn_alignment_fini(&s->pair[i].alignment);
	free(s->pair);
	free(s->order[0]);
	free(s->order[1]);
}

/* Where common runs end and begin: gap i lies in front of run i, the last one behind all. */
struct gap {
	size_t from[2], to[2];
	size_t before, behind; /* common steps on either side */
};

static struct gap gap_of(const struct rn_thread_pair *p, size_t i)
{
	const struct rn_alignment *l = &p->alignment;
	struct gap g = { .to = { p->n[0], p->n[1] } };
	if (i) {
		g.from[0] = l->run[i - 1].at_a + l->run[i - 1].n;
		g.from[1] = l->run[i - 1].at_b + l->run[i - 1].n;
		g.before = l->run[i - 1].n;
	}
	if (i < l->n_runs) {
		g.to[0] = l->run[i].at_a;
		g.to[1] = l->run[i].at_b;
		g.behind = l->run[i].n;
	}
	return g;
}

static void put_lines(struct rn_sequence_line *out, size_t *n, int kind, size_t a, size_t b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[(*n)++] = (struct rn_sequence_line){ kind,
			{ a + (kind != RN_LINE_B ? i : 0), b + (kind != RN_LINE_A ? i : 0) } };
}

int rn_sequence_lines(const struct rn_thread_pair *p, size_t which, size_t context, size_t most,
	struct rn_sequence_line **out, size_t *n, struct rn_error *err)
{
	struct gap g = { .before = 0 };
	size_t found = 0, i = 0;
	*n = 0;
	*out = NULL;
	for (; i <= p->alignment.n_runs; i++) {
		g = gap_of(p, i);
		if ((g.from[0] < g.to[0] || g.from[1] < g.to[1]) && found++ == which)
			break;
	}
	if (i > p->alignment.n_runs)
		return 0;
	size_t before = g.before < context ? g.before : context, behind = g.behind < context ? g.behind : context;
	size_t a = g.to[0] - g.from[0] < most ? g.to[0] - g.from[0] : most;
	size_t b = g.to[1] - g.from[1] < most ? g.to[1] - g.from[1] : most;
	*out = malloc((before + a + b + behind) * sizeof(**out));
	if (!*out)
		return no_memory(err);
	put_lines(*out, n, RN_LINE_BOTH, g.from[0] - before, g.from[1] - before, before);
	put_lines(*out, n, RN_LINE_A, g.from[0], g.from[1], a);
	put_lines(*out, n, RN_LINE_B, g.to[0], g.from[1], b);
	if (a == g.to[0] - g.from[0] && b == g.to[1] - g.from[1])
		put_lines(*out, n, RN_LINE_BOTH, g.to[0], g.to[1], behind);
	return 0;
}
