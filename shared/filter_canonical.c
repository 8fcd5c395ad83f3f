/* SPDX-License-Identifier: MIT */
/* What a filter says as a whole. */
#include "shared/filter.h"

#include "shared/filter_part.h"

bool rn_filter_is_all(const struct rn_filter *f)
{
	bool all = !f->parts->includes;
	for (size_t i = 0; i < f->parts->n; i++) {
		const struct rn_part *part = &f->parts->item[i];
		if (part->exclude && part->kind != RN_PART_NONE)
			return false;
		if (!part->exclude && part->kind == RN_PART_ALL)
			all = true;
	}
	return all;
}

/* The texts of the parts with or without `!`, sorted; NONE says nothing. Returns how many. */
static size_t sorted_texts(const struct rn_filter_parts *p, bool exclude, const char **text)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct rn_part *part = &p->item[i];
		if (part->exclude != exclude || part->kind == RN_PART_NONE)
			continue;
		size_t at = n++;
		for (; at > 0 && strcmp(text[at - 1], part->text) > 0; at--)
			text[at] = text[at - 1];
		text[at] = part->text;
	}
	return n;
}

static bool has_all(const struct rn_filter_parts *p, bool exclude)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->item[i].exclude == exclude && p->item[i].kind == RN_PART_ALL)
			return true;
	return false;
}

static void put_texts(struct rn_buffer *out, const char *const *text, size_t n, const char *mark,
	const char **separator)
{
	for (size_t i = 0; i < n; i++) {
		if (i && !strcmp(text[i], text[i - 1]))
			continue;
		rn_put_format(out, "%s%s%s", *separator, mark, text[i]);
		*separator = ",";
	}
}

void rn_filter_canonical(const struct rn_filter *f, struct rn_buffer *out)
{
	const struct rn_filter_parts *p = f->parts;
	const char *text[RN_FILTER_MAX_PARTS];
	const char *separator = "";
	bool all = !p->includes || has_all(p, false);
	rn_put_text(out, "trace=");
	size_t n = sorted_texts(p, false, text);
	if ((!all && !n) || has_all(p, true)) {
		rn_put_text(out, "none");
		return;
	}
	if (!all)
		put_texts(out, text, n, "", &separator);
	n = sorted_texts(p, true, text);
	put_texts(out, text, n, "!", &separator);
	if (all && !n)
		rn_put_text(out, "all");
}
