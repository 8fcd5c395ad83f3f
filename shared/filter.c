/* SPDX-License-Identifier: MIT */
/* _add keeps the parts; _ready asks every part about every known call, once, and leaves a bit each.
 * Whatever _match cannot answer by a bit is asked again by name. */
#include "shared/filter.h"

#include "shared/filter_part.h"

#include <stdio.h>
#include <stdlib.h>

struct rn_filter *rn_filter_new(void)
{
	struct rn_filter *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->parts = calloc(1, sizeof(*f->parts));
	if (!f->parts) {
		free(f);
		return NULL;
	}
	pthread_mutex_init(&f->parts->lock, NULL);
	return f;
}

void rn_filter_free(struct rn_filter *f)
{
	if (!f)
		return;
	struct rn_filter_parts *p = f->parts;
	for (size_t i = 0; i < p->n; i++)
		rn_regex_free(p->item[i].regex);
	for (int abi = 0; abi < RN_ABI_COUNT; abi++)
		free(f->known[abi].bits);
	pthread_mutex_destroy(&p->lock);
	rn_arena_fini(&p->arena);
	free(p->item);
	free(p->warning);
	free(p);
	free(f);
}

static int grow_parts(struct rn_filter_parts *p)
{
	size_t cap = p->cap ? p->cap * 2 : 16;
	struct rn_part *item = realloc(p->item, cap * sizeof(*item));
	if (!item)
		return RN_E_NOMEM;
	p->item = item;
	p->cap = cap;
	return 0;
}

static int take_part(void *arg, const struct rn_part *part, struct rn_error *err)
{
	struct rn_filter_parts *p = arg;
	if (p->n == RN_FILTER_MAX_PARTS) {
		rn_regex_free(part->regex);
		return rn_fail(err, RN_E_LIMIT, "more than %d parts", RN_FILTER_MAX_PARTS);
	}
	if (p->n == p->cap && grow_parts(p)) {
		rn_regex_free(part->regex);
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	p->item[p->n++] = *part;
	if (!part->exclude)
		p->includes = true;
	return 0;
}

static int take_warning(void *arg, const char *text, struct rn_error *err)
{
	struct rn_filter_parts *p = arg;
	const char **warning = realloc(p->warning, (p->n_warnings + 1) * sizeof(*warning));
	char *copy = rn_arena_dup(&p->arena, rn_bytes_str(text));
	if (warning)
		p->warning = warning;
	if (!warning || !copy)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	warning[p->n_warnings++] = copy;
	return 0;
}

int rn_filter_add(struct rn_filter *f, const char *expression, struct rn_error *err)
{
	struct rn_part_sink sink = { &f->parts->arena, take_part, take_warning, f->parts };
	return rn_parts_parse(&sink, expression, err);
}

/* What one part did in _ready, for the warnings. */
struct effect {
	bool selected; /* any call */
	bool mattered; /* excluded a call that is included */
};

static bool bit(const uint64_t *bits, uint32_t nr)
{
	return bits[nr / 64] >> (nr % 64) & 1;
}

/* Sets (include) or clears the bits of an ABI's calls that part selects. */
static int apply_part(const struct rn_part *part, enum rn_abi abi, uint32_t n, uint64_t *wanted,
	const uint64_t *included, struct effect *e, struct rn_error *err)
{
	for (uint32_t nr = 0; nr < n; nr++) {
		char buf[24];
		int rc = rn_part_selects(part, abi, rn_syscall_name(abi, nr, buf),
			rn_syscall(abi, nr), err);
		if (rc < 0)
			return rc;
		if (!rc)
			continue;
		e->selected = true;
		if (!part->exclude) {
			wanted[nr / 64] |= (uint64_t)1 << (nr % 64);
			continue;
		}
		if (bit(included, nr))
			e->mattered = true;
		wanted[nr / 64] &= ~((uint64_t)1 << (nr % 64));
	}
	return 0;
}

static int apply_parts(struct rn_filter *f, enum rn_abi abi, bool exclude, const uint64_t *included,
	struct effect *effects, struct rn_error *err)
{
	const struct rn_filter_parts *p = f->parts;
	for (size_t i = 0; i < p->n; i++) {
		if (p->item[i].exclude != exclude)
			continue;
		int rc = apply_part(&p->item[i], abi, f->known[abi].n, f->known[abi].bits, included,
			&effects[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The bits of one ABI: everything or what is included, less what is excluded. */
static int settle_abi(struct rn_filter *f, enum rn_abi abi, struct effect *effects,
	struct rn_error *err)
{
	uint32_t n = rn_syscall_limit(abi);
	size_t bytes = ((size_t)n + 63) / 64 * sizeof(uint64_t);
	uint64_t *bits = calloc(1, bytes ? bytes : 1);
	uint64_t *included = malloc(bytes ? bytes : 1);
	int rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!bits || !included) {
		free(bits);
		goto out;
	}
	f->known[abi].bits = bits;
	f->known[abi].n = n;
	if (!f->parts->includes)
		memset(bits, 0xff, bytes);
	rc = apply_parts(f, abi, false, NULL, effects, err);
	if (rc < 0)
		goto out;
	memcpy(included, bits, bytes);
	rc = apply_parts(f, abi, true, included, effects, err);
out:
	free(included);
	return rc;
}

static int warn_of_part(struct rn_filter_parts *p, const struct rn_part *part, struct effect e,
	struct rn_error *err)
{
	char text[256];
	if (part->tolerant)
		return 0;
	if (part->kind == RN_PART_REGEX && !e.selected)
		snprintf(text, sizeof(text), "regex \"%.100s\" matches no system call", part->text);
	else if (part->exclude && e.selected && !e.mattered)
		snprintf(text, sizeof(text), "\"!%.100s\" leaves out nothing that other parts select",
			part->text);
	else
		return 0;
	return take_warning(p, text, err);
}

int rn_filter_ready(struct rn_filter *f, struct rn_error *err)
{
	struct rn_filter_parts *p = f->parts;
	struct effect *effects = calloc(p->n + 1, sizeof(*effects));
	if (!effects)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int rc = 0;
	for (int abi = 0; abi < RN_ABI_COUNT && !rc; abi++)
		rc = settle_abi(f, (enum rn_abi)abi, effects, err);
	for (size_t i = 0; i < p->n && !rc; i++)
		rc = warn_of_part(p, &p->item[i], effects[i], err);
	free(effects);
	return rc;
}

int rn_filter_of(struct rn_filter **f, const struct rn_strings *expressions, struct rn_error *err)
{
	*f = rn_filter_new();
	if (!*f)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int rc = 0;
	for (size_t i = 0; i < expressions->n && !rc; i++)
		rc = rn_filter_add(*f, expressions->item[i], err);
	if (!rc)
		rc = rn_filter_ready(*f, err);
	if (rc) {
		rn_filter_free(*f);
		*f = NULL;
	}
	return rc;
}

/* A regex that gives up on an unknown call selects it when it includes, not when it excludes: a
 * call too many loses nothing. _ready has seen it work on all names there are. */
static bool selects_unknown(const struct rn_part *part, enum rn_abi abi, const char *name)
{
	int rc = rn_part_selects(part, abi, name, NULL, NULL);
	return rc < 0 ? !part->exclude : rc;
}

bool rn_filter_match_unknown(const struct rn_filter *f, enum rn_abi abi, uint32_t nr)
{
	struct rn_filter_parts *p = f->parts;
	bool included = !p->includes, excluded = false;
	char name[24];
	snprintf(name, sizeof(name), "syscall_%u", nr);
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n && !excluded; i++) {
		const struct rn_part *part = &p->item[i];
		if ((part->exclude || !included) && selects_unknown(part, abi, name))
			*(part->exclude ? &excluded : &included) = true;
	}
	pthread_mutex_unlock(&p->lock);
	return included && !excluded;
}

size_t rn_filter_warnings(const struct rn_filter *f)
{
	return f->parts->n_warnings;
}

const char *rn_filter_warning(const struct rn_filter *f, size_t i)
{
	return f->parts->warning[i];
}
