/* SPDX-License-Identifier: MIT */
/* The algebra of filters on random lists of parts. */
#include "filter_check.h"

#include <string.h>

#define MAX_PARTS 8

static const char *const pool[] = { "read", "write", "openat", "close", "brk", "file", "%file",
	"network", "%desc", "%memory", "process", "stat", "%%stat", "/^open/", "/e/", "/a.{1,3}e/",
	"all", "none", "?nonexistent", "syscall_9999", "read@32", "%signal@64" };
enum { POOL = sizeof(pool) / sizeof(pool[0]) };

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A list of parts as indices into the pool. */
struct list {
	int n;
	struct { int word; bool exclude; } part[MAX_PARTS];
};

static struct list random_list(uint64_t *state)
{
	struct list l = { .n = 1 + (int)(next_random(state) % MAX_PARTS) };
	for (int i = 0; i < l.n; i++) {
		l.part[i].word = (int)(next_random(state) % POOL);
		l.part[i].exclude = next_random(state) % 3 == 0;
	}
	return l;
}

static struct rn_filter *filter_of_list(const struct list *l)
{
	char text[512] = "trace=";
	for (int i = 0; i < l->n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s", i ? "," : "",
			l->part[i].exclude ? "!" : "", pool[l->part[i].word]);
	return filter(text);
}

static void canonical(const struct rn_filter *f, char text[512])
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_filter_canonical(f, &b);
	snprintf(text, 512, "%s", rn_buffer_cstr(&b));
	rn_buffer_fini(&b);
}

static const uint64_t seeds[] = { 1, 2, 3, 0x9e3779b97f4a7c15u };

#define FOR_RANDOM_LISTS(rounds, state, l) \
	for (size_t s_ = 0; s_ < sizeof(seeds) / sizeof(seeds[0]); s_++) \
		for (uint64_t state = seeds[s_], i_ = 0; i_ < (rounds); i_++) \
			for (struct list l = random_list(&state), *once_ = &l; once_; once_ = NULL)

Test(filter_property, order_is_irrelevant)
{
	FOR_RANDOM_LISTS(25, state, l) {
		struct rn_filter *a = filter_of_list(&l);
		for (int i = l.n - 1; i > 0; i--) {
			int k = (int)(next_random(&state) % (uint64_t)(i + 1));
			struct list swap = l;
			l.part[i] = swap.part[k];
			l.part[k] = swap.part[i];
		}
		struct rn_filter *b = filter_of_list(&l);
		char ta[512], tb[512];
		canonical(a, ta);
		canonical(b, tb);
		cr_assert_str_eq(ta, tb);
		cr_assert(decide_alike(a, b), "%s", ta);
		rn_filter_free(a);
		rn_filter_free(b);
	}
}

Test(filter_property, the_canonical_form_decides_alike_and_is_its_own)
{
	FOR_RANDOM_LISTS(25, state, l) {
		struct rn_filter *a = filter_of_list(&l);
		char ta[512], tb[512];
		canonical(a, ta);
		struct rn_filter *b = filter(ta);
		canonical(b, tb);
		cr_assert_str_eq(ta, tb);
		cr_assert(decide_alike(a, b), "%s", ta);
		rn_filter_free(a);
		rn_filter_free(b);
	}
}

/* Every call, and numbers beyond, on every ABI. */
#define FOR_CALLS(abi, nr) \
	for (enum rn_abi abi = RN_ABI_X86_64; abi < RN_ABI_COUNT; abi = (enum rn_abi)(abi + 1)) \
		for (uint32_t nr = 0; nr < rn_syscall_limit(abi) + 4; nr++)

Test(filter_property, a_part_and_its_negation_are_complements)
{
	for (int w = 0; w < POOL; w++) {
		struct list l = { .n = 1, .part = { { w, false } } };
		struct rn_filter *with = filter_of_list(&l);
		l.part[0].exclude = true;
		struct rn_filter *without = filter_of_list(&l);
		FOR_CALLS(abi, nr)
			cr_assert_neq(rn_filter_match(with, abi, nr),
				rn_filter_match(without, abi, nr), "%s %u", pool[w], nr);
		rn_filter_free(with);
		rn_filter_free(without);
	}
}

Test(filter_property, a_list_is_the_union_of_its_parts_less_what_is_negated)
{
	struct rn_filter *single[POOL];
	for (int w = 0; w < POOL; w++) {
		struct list l = { .n = 1, .part = { { w, false } } };
		single[w] = filter_of_list(&l);
	}
	FOR_RANDOM_LISTS(25, state, l) {
		struct rn_filter *f = filter_of_list(&l);
		FOR_CALLS(abi, nr) {
			bool positive = false, included = false, excluded = false;
			for (int i = 0; i < l.n; i++) {
				bool m = rn_filter_match(single[l.part[i].word], abi, nr);
				if (l.part[i].exclude) {
					excluded |= m;
				} else {
					included |= m;
					positive = true;
				}
			}
			cr_assert_eq(rn_filter_match(f, abi, nr),
				(included || !positive) && !excluded);
		}
		rn_filter_free(f);
	}
	for (int w = 0; w < POOL; w++)
		rn_filter_free(single[w]);
}

Test(filter_property, several_expressions_are_one_list)
{
	FOR_RANDOM_LISTS(25, state, l) {
		char text[MAX_PARTS][64];
		const char *expressions[MAX_PARTS];
		for (int i = 0; i < l.n; i++) {
			snprintf(text[i], sizeof(text[i]), "trace=%s%s",
				l.part[i].exclude ? "!" : "", pool[l.part[i].word]);
			expressions[i] = text[i];
		}
		struct rn_filter *one = filter_of_list(&l);
		struct rn_filter *several = filter_of(expressions, (size_t)l.n);
		cr_assert(decide_alike(one, several));
		rn_filter_free(one);
		rn_filter_free(several);
	}
}

Test(filter_property, bits_agree_with_the_decision_by_name_where_only_names_are_used)
{
	struct rn_filter *f = filter("trace=/^syscall_/,!/7$/");
	FOR_CALLS(abi, nr) {
		char buf[24];
		const char *name = rn_syscall_name(abi, nr, buf);
		bool expected = !strncmp(name, "syscall_", 8) && name[strlen(name) - 1] != '7';
		cr_assert_eq(rn_filter_match(f, abi, nr), expected, "%s", name);
	}
	rn_filter_free(f);
}

/* Bytes that mean something to the parser, and some that do not. */
Test(filter_property, arbitrary_text_is_accepted_or_refused_with_a_message)
{
	static const char *const tokens[] = { "trace", "=", ",", "!", "?", "/", "\\", "%", "@32", " ",
		"read", "file", "(", ")", "[", "]", "{1,2}", "*", "(?i)", "\n", "\xff", "syscall_1" };
	for (size_t s = 0; s < sizeof(seeds) / sizeof(seeds[0]); s++) {
		uint64_t state = seeds[s];
		for (int round = 0; round < 200; round++) {
			char text[256] = "";
			if (next_random(&state) % 4)
				strcpy(text, "trace=");
			for (uint64_t n = next_random(&state) % 12; n; n--)
				strcat(text, tokens[next_random(&state) %
					(sizeof(tokens) / sizeof(tokens[0]))]);
			const char *expression = text;
			struct rn_strings one = { &expression, 1 };
			struct rn_error err = { 0 };
			struct rn_filter *f;
			int rc = rn_filter_of(&f, &one, &err);
			cr_assert_eq(rc == 0, f != NULL);
			cr_assert(rc <= 0 && (!rc || err.message[0]), "%s", text);
			rn_filter_free(f);
		}
	}
}
