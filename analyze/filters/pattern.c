/* SPDX-License-Identifier: MIT */
#include "analyze/filters/pattern.h"

#include "shared/intern.h"
#include "shared/regex.h"
#include "shared/suggest.h"

#include <stdlib.h>

/* Distinct texts that are remembered at most; then it begins anew. */
#define MEMORY_TEXTS ((uint32_t)1 << 20)

struct word {
	struct rn_bytes text;
	struct rn_regex *regex; /* NULL: a glob */
	bool plain;             /* a glob that fits one text */
	bool has_slash;
	bool used;
};

struct rn_patterns {
	struct word *word;
	size_t n;
	bool by_base;
	struct rn_intern *seen;
	uint8_t *fits;          /* by the ids of seen */
	uint32_t cap;
};

static int word_init(struct word *w, const char *text, struct rn_error *err)
{
	w->text = rn_bytes_str(text);
	w->plain = !strpbrk(text, "*?[\\");
	w->has_slash = strchr(text, '/') != NULL;
	if (w->text.len < 2 || text[0] != '/' || text[w->text.len - 1] != '/')
		return 0;
	return rn_regex_new(&w->regex, rn_bytes_of(text + 1, w->text.len - 2), err);
}

int rn_patterns_new(struct rn_patterns **out, const struct rn_strings *words, struct rn_error *err)
{
	struct rn_patterns *p = calloc(1, sizeof(*p));
	int rc = 0;
	*out = p;
	if (p) {
		p->seen = rn_intern_new();
		p->word = calloc(words->n ? words->n : 1, sizeof(*p->word));
	}
	if (!p || !p->seen || !p->word)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < words->n && !rc; i++) {
		rc = word_init(&p->word[i], words->item[i], err);
		p->n = i + 1;
	}
	if (rc) {
		rn_patterns_free(p);
		*out = NULL;
	}
	return rc;
}

void rn_patterns_free(struct rn_patterns *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		rn_regex_free(p->word[i].regex);
	rn_intern_free(p->seen);
	free(p->word);
	free(p->fits);
	free(p);
}

void rn_patterns_by_base(struct rn_patterns *p)
{
	p->by_base = true;
}

size_t rn_patterns_n(const struct rn_patterns *p)
{
	return p->n;
}

static struct rn_bytes base_of(struct rn_bytes path)
{
	const uint8_t *slash = path.len ? memrchr(path.p, '/', path.len) : NULL;
	size_t skip = slash ? (size_t)(slash - path.p) + 1 : 0;
	return rn_bytes_of(path.p + skip, path.len - skip);
}

static int word_match(const struct rn_patterns *p, const struct word *w, struct rn_bytes text,
	struct rn_error *err)
{
	if (w->regex)
		return rn_regex_search(w->regex, text, err);
	return rn_glob_match(w->text, p->by_base && !w->has_slash ? base_of(text) : text);
}

/* All words are asked, so that one that never fits anything can be told. */
static int look_at(struct rn_patterns *p, struct rn_bytes text, struct rn_error *err)
{
	int fits = 0;
	for (size_t i = 0; i < p->n; i++) {
		int rc = word_match(p, &p->word[i], text, err);
		if (rc < 0)
			return rc;
		p->word[i].used |= rc != 0;
		fits |= rc;
	}
	return fits;
}

static int make_room(struct rn_patterns *p, uint32_t id)
{
	if (id < p->cap)
		return 0;
	uint32_t cap = p->cap ? p->cap * 2 : 256;
	uint8_t *fits = realloc(p->fits, cap);
	if (!fits)
		return RN_E_NOMEM;
	p->fits = fits;
	p->cap = cap;
	return 0;
}

int rn_patterns_match(struct rn_patterns *p, struct rn_bytes text, struct rn_error *err)
{
	bool is_new;
	if (rn_intern_count(p->seen) >= MEMORY_TEXTS)
		rn_intern_clear(p->seen);
	uint32_t id = rn_intern(p->seen, text, &is_new);
	if (id == RN_INTERN_NONE || make_room(p, id))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (is_new) {
		int rc = look_at(p, text, err);
		if (rc < 0)
			return rc;
		p->fits[id] = (uint8_t)rc;
	}
	return p->fits[id];
}

static int by_text(const void *a, const void *b, void *arg)
{
	const struct rn_patterns *p = arg;
	struct rn_bytes x = rn_intern_get(p->seen, *(const uint32_t *)a), y = rn_intern_get(p->seen, *(const uint32_t *)b);
	int c = memcmp(x.p, y.p, x.len < y.len ? x.len : y.len);
	return c ? c : (x.len > y.len) - (x.len < y.len);
}

/* Texts in an order that does not depend on who asked for which first; NULL: no memory, or there are none. */
static uint32_t *sorted_texts(const struct rn_patterns *p, uint32_t n)
{
	uint32_t *ids = n ? malloc(n * sizeof(*ids)) : NULL;
	for (uint32_t id = 0; ids && id < n; id++)
		ids[id] = id;
	if (ids)
		qsort_r(ids, n, sizeof(*ids), by_text, (void *)(uintptr_t)p);
	return ids;
}

const char *rn_patterns_unused(const struct rn_patterns *p, size_t i, const char **nearest)
{
	*nearest = NULL;
	if (i >= p->n || p->word[i].used)
		return NULL;
	const struct word *w = &p->word[i];
	struct rn_suggest near = rn_suggest_for(w->text);
	uint32_t n = w->plain ? rn_intern_count(p->seen) : 0, *ids = sorted_texts(p, n);
	for (uint32_t i_text = 0; ids && i_text < n; i_text++) {
		struct rn_bytes text = rn_intern_get(p->seen, ids[i_text]);
		if (p->by_base && !w->has_slash)
			text = base_of(text);
		rn_suggest_try(&near, (const char *)text.p);
	}
	free(ids);
	*nearest = near.best;
	return (const char *)w->text.p;
}
