/* SPDX-License-Identifier: MIT */
#include "record/output/snapshot_on.h"

#include "shared/duration.h"
#include "shared/filter.h"
#include "shared/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANY_ERRNO (-1)

struct rule {
	const char *words;
	struct rn_filter *calls;
	int errnum;          /* 0: whatever; ANY_ERRNO */
	uint64_t latency_ns; /* more than this; UINT64_MAX: whatever */
};

struct rn_snapshot_on {
	size_t n;
	struct rule rule[];
};

static int take_condition(struct rule *r, struct rn_bytes w, struct rn_error *err)
{
	static const char errnum[] = "errno=", latency[] = "latency>";
	size_t n = sizeof(errnum) - 1, m = sizeof(latency) - 1;
	if (w.len > m && memcmp(w.p, latency, m) == 0)
		return rn_duration_parse(rn_bytes_of(w.p + m, w.len - m), &r->latency_ns, err);
	if (w.len <= n || memcmp(w.p, errnum, n) != 0)
		return rn_fail(err, RN_E_USAGE, "'%.*s' is no condition: errno=NAME, errno=any or "
			"latency>TIME", RN_QUOTED(w));
	struct rn_bytes name = rn_bytes_of(w.p + n, w.len - n);
	bool any = rn_bytes_equal(name, rn_bytes_str("any"));
	r->errnum = any ? ANY_ERRNO : rn_errno_number(name);
	if (any || r->errnum > 0)
		return 0;
	return rn_fail(err, RN_E_USAGE, "'%.*s' is the name of no error", RN_QUOTED(name));
}

static int take_set(struct rule *r, struct rn_bytes set, struct rn_error *err)
{
	char *words = NULL;
	if (asprintf(&words, "trace=%.*s", (int)set.len, (const char *)set.p) < 0)
		words = NULL;
	r->calls = rn_filter_new();
	int rc = words && r->calls ? rn_filter_add(r->calls, words, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		rc = rn_filter_ready(r->calls, err);
	free(words);
	return rc;
}

/* A set may hold a regular expression with colons of its own: conditions are taken from behind. */
static int parse_rule(struct rule *r, const char *words, struct rn_error *err)
{
	struct rn_bytes set = rn_bytes_str(words);
	*r = (struct rule){ .words = words, .latency_ns = UINT64_MAX };
	for (;;) {
		const char *colon = memrchr(set.p, ':', set.len);
		size_t at = colon ? (size_t)(colon - (const char *)set.p) : 0;
		struct rn_bytes last = rn_bytes_of(set.p + at + 1, set.len - at - 1);
		if (!colon || memchr(last.p, '/', last.len))
			return take_set(r, set, err);
		int rc = take_condition(r, last, err);
		if (rc)
			return rc;
		set.len = at;
	}
}

int rn_snapshot_on_parse(struct rn_snapshot_on **out, const struct rn_strings *rules,
	struct rn_error *err)
{
	struct rn_snapshot_on *s = NULL;
	int rc = 0;
	*out = NULL;
	if (!rules->n)
		return 0;
	s = calloc(1, sizeof(*s) + rules->n * sizeof(struct rule));
	if (!s)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; !rc && i < rules->n; i++) {
		s->n++;
		rc = parse_rule(&s->rule[i], rules->item[i], err);
		if (rc)
			rn_error_prefix(err, "option --snapshot-on '%s'", rules->item[i]);
	}
	if (rc)
		rn_snapshot_on_free(s);
	else
		*out = s;
	return rc;
}

void rn_snapshot_on_free(struct rn_snapshot_on *s)
{
	for (size_t i = 0; s && i < s->n; i++)
		rn_filter_free(s->rule[i].calls);
	free(s);
}

static bool meets(const struct rule *r, const struct rn_call *c)
{
	bool error = c->flags & RN_CALL_ERROR;
	if (r->latency_ns != UINT64_MAX && c->dur_ns <= r->latency_ns)
		return false;
	if (r->errnum && (!error || (r->errnum != ANY_ERRNO && c->ret != -r->errnum)))
		return false;
	return rn_filter_match(r->calls, (enum rn_abi)c->abi, c->nr);
}

const char *rn_snapshot_on_match(const struct rn_snapshot_on *s, const struct rn_call *call)
{
	if (call->flags & RN_CALL_UNFINISHED)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		if (meets(&s->rule[i], call))
			return s->rule[i].words;
	return NULL;
}
