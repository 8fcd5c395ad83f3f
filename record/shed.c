/* SPDX-License-Identifier: MIT */
#include "record/shed.h"

#include "format/header.h"
#include "shared/filter.h"
#include "shared/syscall.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NUMBERS 512u /* calls of greater numbers are always kept */
#define WINDOW_NS 100000000u
#define TELL_EVERY_NS 1000000000u

struct rule {
	struct rn_filter *calls; /* NULL: all */
	uint32_t one_of;         /* 0: a rate */
	uint32_t a_window;
};

/* Of one call number. */
struct number {
	uint32_t one_of, a_window;     /* 0: not sampled; 0: no rate */
	bool may_go, was_shed;
	uint32_t in_window;
	uint64_t window_ns;            /* when it began */
	uint64_t n_shed, n_kept, from_ns; /* not told yet */
};

struct rn_shed {
	uint64_t lot;
	uint64_t told_ns;
	uint32_t look_at;              /* where telling goes on */
	bool any;
	uint32_t thin;                 /* 0: no more than the rules say */
	bool counts;                   /* those kept, for it may become thin */
	uint64_t left_out;
	struct number of[RN_ABI_COUNT][NUMBERS];
};

static bool may_go(enum rn_abi abi, uint32_t nr)
{
	const struct rn_syscall *desc = rn_syscall(abi, nr);
	return desc && !desc->effects && !(desc->classes & RN_CLASS(PROCESS));
}

static int take_number(struct rn_bytes w, const char *before, const char *after, uint32_t *out)
{
	size_t n = strlen(before), m = strlen(after);
	uint64_t v = 0;
	if (w.len <= n + m || memcmp(w.p, before, n) || memcmp(w.p + w.len - m, after, m))
		return RN_E_USAGE;
	for (size_t i = n; i < w.len - m; i++) {
		if (w.p[i] < '0' || w.p[i] > '9' || v > 100000000)
			return RN_E_USAGE;
		v = v * 10 + (w.p[i] - '0');
	}
	*out = (uint32_t)v;
	return v ? 0 : RN_E_USAGE;
}

static void apply(struct rn_shed *s, const struct rn_filter *calls, uint32_t one_of, uint32_t a_window)
{
	for (unsigned abi = 1; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < NUMBERS; nr++) {
			if (!may_go((enum rn_abi)abi, nr) ||
				(calls && !rn_filter_match(calls, (enum rn_abi)abi, nr)))
				continue;
			struct number *n = &s->of[abi][nr];
			n->one_of = one_of ? one_of : n->one_of;
			n->a_window = a_window ? a_window : n->a_window;
			s->any = true;
		}
}

/* "SET=1/N", "[SET=]N/s" */
static int take_rule(struct rn_shed *s, const char *words, bool rate, struct rn_error *err)
{
	const char *equals = strrchr(words, '=');
	struct rn_bytes value = rn_bytes_str(equals ? equals + 1 : words);
	struct rn_filter *calls = NULL;
	char set[512];
	uint32_t n = 0;
	if (take_number(value, rate ? "" : "1/", rate ? "/s" : "", &n) || (!rate && !equals))
		return rn_fail(err, RN_E_USAGE, "option %s '%s': give %s", rate ? "--rate-limit" : "--sample",
			words, rate ? "N/s or SET=N/s" : "SET=1/N");
	if (equals) {
		snprintf(set, sizeof(set), "trace=%.*s", (int)(equals - words), words);
		calls = rn_filter_new();
		int rc = calls ? rn_filter_add(calls, set, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
		if (!rc)
			rc = rn_filter_ready(calls, err);
		if (rc) {
			rn_filter_free(calls);
			return rc;
		}
	}
	s->any = false;
	apply(s, calls, rate ? 0 : n, rate ? (n + 9) / 10 : 0);
	rn_filter_free(calls);
	return s->any ? 0 : rn_fail(err, RN_E_USAGE, "'%s': these calls are always kept: they change "
		"descriptors, mappings, names or processes", words);
}

int rn_shed_parse(struct rn_shed **out, const struct rn_record_options *o, struct rn_buffer *rules,
	struct rn_error *err)
{
	*out = NULL;
	bool ruled = o->sample.n || o->rate_limit.n, counts = o->cpu_share > 0 || o->memory_bytes;
	if (!ruled && !counts)
		return 0;
	struct rn_shed *s = calloc(1, sizeof(*s));
	int rc = s ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; !rc && i < o->sample.n; i++)
		rc = take_rule(s, o->sample.item[i], false, err),
		rn_put_format(rules, "%ssample %s", rules->len ? ", " : "", o->sample.item[i]);
	for (size_t i = 0; !rc && i < o->rate_limit.n; i++)
		rc = take_rule(s, o->rate_limit.item[i], true, err),
		rn_put_format(rules, "%srate-limit %s", rules->len ? ", " : "", o->rate_limit.item[i]);
	if (rc) {
		rn_shed_free(s);
		return rc;
	}
	if (!ruled)
		rn_put_text(rules, RN_SAMPLING_AS_NEEDED);
	s->counts = counts;
	for (unsigned abi = 1; abi < RN_ABI_COUNT && counts; abi++)
		for (uint32_t nr = 0; nr < NUMBERS; nr++)
			s->of[abi][nr].may_go = may_go((enum rn_abi)abi, nr);
	if (getrandom(&s->lot, sizeof(s->lot), GRND_NONBLOCK) != sizeof(s->lot) || !s->lot)
		s->lot = 88172645463325252u;
	*out = s;
	return 0;
}

void rn_shed_free(struct rn_shed *s)
{
	free(s);
}

/* xorshift64: Marsaglia 2003. */
static bool draw(struct rn_shed *s, uint32_t one_of)
{
	s->lot ^= s->lot << 13, s->lot ^= s->lot >> 7, s->lot ^= s->lot << 17;
	return (uint32_t)(s->lot >> 32) < UINT32_MAX / one_of;
}

void rn_shed_thin(struct rn_shed *s, uint32_t one_of)
{
	s->thin = s->counts && one_of > 1 ? one_of : 0;
}

uint64_t rn_shed_left_out(const struct rn_shed *s)
{
	return __atomic_load_n(&s->left_out, __ATOMIC_RELAXED);
}

bool rn_shed_keeps(struct rn_shed *s, const struct rn_event *ev)
{
	const struct rn_call *c = &ev->call;
	struct number *n = c->abi < RN_ABI_COUNT && c->nr < NUMBERS ? &s->of[c->abi][c->nr] : NULL;
	if (!n || !(n->one_of | n->a_window | n->may_go))
		return true;
	if (c->flags & RN_CALL_UNFINISHED)
		return !(c->flags & RN_CALL_PENDING);
	uint32_t one_of = n->one_of ? n->one_of : 1;
	if (s->thin && n->may_go)
		one_of *= s->thin;
	bool keep = one_of <= 1 || draw(s, one_of);
	uint64_t end_ns = ev->ts_ns + c->dur_ns;
	if (keep && n->a_window) {
		if (end_ns - n->window_ns >= WINDOW_NS) {
			n->window_ns = end_ns;
			n->in_window = 0;
		}
		keep = n->in_window++ < n->a_window;
	}
	if (!keep && !n->n_shed++)
		n->from_ns = ev->ts_ns;
	n->was_shed |= !keep;
	n->n_kept += keep;
	__atomic_store_n(&s->left_out, s->left_out + !keep, __ATOMIC_RELAXED); /* others may look */
	return keep;
}

void rn_shed_lost(struct rn_shed *s, const struct rn_event *ev)
{
	const struct rn_call *c = &ev->call;
	if (c->abi < RN_ABI_COUNT && c->nr < NUMBERS && s->of[c->abi][c->nr].n_kept)
		s->of[c->abi][c->nr].n_kept--;
}

bool rn_shed_tell(struct rn_shed *s, uint64_t now_ns, bool all, struct rn_event *ev)
{
	if (!s->look_at && !all && now_ns - s->told_ns < TELL_EVERY_NS)
		return false;
	for (; s->look_at < RN_ABI_COUNT * NUMBERS; s->look_at++) {
		struct number *n = &s->of[s->look_at / NUMBERS][s->look_at % NUMBERS];
		if (!n->n_shed && !(all && n->n_kept && (n->one_of | n->a_window | n->was_shed)))
			continue;
		*ev = (struct rn_event){ .ts_ns = now_ns, .kind = RN_EV_SAMPLED };
		ev->SAMPLED = (struct rn_ev_SAMPLED){ .count = n->n_shed,
			.from_ns = n->n_shed ? n->from_ns : now_ns, .kept = n->n_kept,
			.abi = s->look_at / NUMBERS, .nr = s->look_at % NUMBERS };
		n->n_shed = n->n_kept = 0;
		return true;
	}
	s->look_at = 0;
	s->told_ns = now_ns;
	return false;
}
