/* SPDX-License-Identifier: MIT */
#include "analyze/compare/run.h"

#include <stdlib.h>

int rn_subjects_init(struct rn_subjects *s, const struct rn_strings *rewrites, bool off, struct rn_error *err)
{
	bool ok = true;
	*s = (struct rn_subjects){ .paths = rn_intern_new(), .steps = rn_intern_new(), .kinds = rn_intern_new() };
	for (unsigned i = 0; i < RN_ASPECTS; i++)
		ok &= (s->of[i] = rn_intern_new()) != NULL;
	if (!ok || !s->paths || !s->steps || !s->kinds)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return rn_normal_new(&s->normal, rewrites, off, err);
}

void rn_subjects_fini(struct rn_subjects *s)
{
	for (unsigned i = 0; i < RN_ASPECTS; i++)
		rn_intern_free(s->of[i]);
	rn_intern_free(s->paths);
	rn_intern_free(s->steps);
	rn_intern_free(s->kinds);
	rn_normal_free(s->normal);
	free(s->class_of);
	free(s->traits);
}

static void numbers(const struct rn_intern *t, uint32_t i, uint32_t out[3])
{
	struct rn_bytes key = rn_intern_get(t, i);
	memcpy(out, key.p, 3 * sizeof(*out));
}

struct rn_behaviour rn_behaviour_of(const struct rn_subjects *s, uint32_t behaviour)
{
	uint32_t n[3];
	numbers(s->of[RN_ASPECT_BEHAVIOUR], behaviour, n);
	return (struct rn_behaviour){ n[0], n[1], n[2] };
}

static void put(struct rn_buffer *out, const struct rn_intern *t, uint32_t i, const char *before)
{
	if (i == RN_INTERN_NONE)
		return;
	struct rn_bytes text = rn_intern_get(t, i);
	rn_put_text(out, before);
	rn_put_bytes(out, text.p, text.len);
}

void rn_put_behaviour(struct rn_buffer *out, const struct rn_subjects *s, uint32_t behaviour)
{
	struct rn_behaviour b = rn_behaviour_of(s, behaviour);
	put(out, s->of[RN_ASPECT_CALL], b.call, "");
	put(out, s->paths, b.path, " ");
	put(out, s->of[RN_ASPECT_FUNCTION], b.function, " in ");
}

/* An error's text begins with its call's. */
void rn_put_step(struct rn_buffer *out, const struct rn_subjects *s, uint32_t step)
{
	uint32_t n[3];
	numbers(s->steps, step, n);
	put(out, s->of[RN_ASPECT_CALL], n[0], "");
	put(out, s->paths, n[1], " ");
	if (n[2] == RN_INTERN_NONE)
		return;
	struct rn_bytes call = rn_intern_get(s->of[RN_ASPECT_CALL], n[0]), text = rn_intern_get(s->of[RN_ASPECT_ERROR], n[2]);
	rn_put_text(out, " =");
	rn_put_bytes(out, text.p + call.len, text.len - call.len);
}
