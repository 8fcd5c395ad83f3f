/* SPDX-License-Identifier: MIT */
#include "record/capture/privacy.h"

#include "record/capture/privacy_stack.h"
#include "shared/filter.h"
#include "shared/regex.h"
#include "shared/syscall.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define ALL UINT32_MAX
#define PATHS (UINT32_MAX - 1)
#define ANY_FD (-1)

struct rule {
	struct rn_filter *calls; /* NULL: every call */
	int64_t fd;              /* of argument 0; ANY_FD */
	uint32_t limit;          /* bytes of a piece, PATHS or ALL */
};

struct rn_privacy {
	struct rule *rule;
	size_t n_rules;
	struct rn_regex **mask;
	size_t n_masks;
	uint64_t key[2];
	struct rn_scrub *scrub;  /* NULL: stacks stay */
};

/* Rules. */

static int take_limit(struct rn_bytes w, uint32_t *out)
{
	static const struct { const char *word; uint32_t limit; } words[] = {
		{ "all", ALL }, { "paths", PATHS }, { "none", 0 },
	};
	uint64_t n = 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (rn_bytes_equal(w, rn_bytes_str(words[i].word))) {
			*out = words[i].limit;
			return 0;
		}
	for (size_t i = 0; i < w.len; i++) {
		if (w.p[i] < '0' || w.p[i] > '9' || n > 1u << 20)
			return RN_E_USAGE;
		n = n * 10 + (w.p[i] - '0');
	}
	*out = (uint32_t)n;
	return w.len ? 0 : RN_E_USAGE;
}

static int take_set(struct rule *r, struct rn_bytes w, struct rn_error *err)
{
	char *end, words[256];
	if (w.len >= sizeof(words) - 8)
		return rn_fail(err, RN_E_USAGE, "'%.*s' is too long", RN_QUOTED(w));
	if (w.len > 3 && memcmp(w.p, "fd/", 3) == 0) {
		memcpy(words, w.p + 3, w.len - 3);
		words[w.len - 3] = 0;
		r->fd = strtol(words, &end, 10);
		return *end || r->fd < 0 ? rn_fail(err, RN_E_USAGE, "'%s' is no descriptor", words) : 0;
	}
	snprintf(words, sizeof(words), "trace=%.*s", (int)w.len, (const char *)w.p);
	r->calls = rn_filter_new();
	int rc = r->calls ? rn_filter_add(r->calls, words, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return rc ? rc : rn_filter_ready(r->calls, err);
}

static int take_rule(struct rn_privacy *p, struct rn_bytes w, struct rn_error *err)
{
	struct rule *more = realloc(p->rule, (p->n_rules + 1) * sizeof(*more));
	if (!more)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	p->rule = more;
	struct rule *r = &p->rule[p->n_rules++];
	*r = (struct rule){ .fd = ANY_FD };
	const uint8_t *equals = memrchr(w.p, '=', w.len);
	struct rn_bytes limit = w;
	if (equals) {
		int rc = take_set(r, rn_bytes_of(w.p, (size_t)(equals - w.p)), err);
		if (rc)
			return rc;
		limit = rn_bytes_of(equals + 1, w.len - (size_t)(equals + 1 - w.p));
	}
	return take_limit(limit, &r->limit) ? rn_fail(err, RN_E_USAGE, "'%.*s': give all, paths, none or "
		"a number of bytes, or SET= and one of these", RN_QUOTED(w)) : 0;
}

static int take_rules(struct rn_privacy *p, const char *words, struct rn_error *err)
{
	int rc = 0;
	for (const char *at = words; !rc; at++) {
		size_t n = strcspn(at, ",");
		rc = take_rule(p, rn_bytes_of(at, n), err);
		at += n;
		if (!*at)
			break;
	}
	if (rc)
		rn_error_prefix(err, "option --data '%s'", words);
	return rc;
}

static uint32_t limit_of(const struct rn_privacy *p, const struct rn_call *c)
{
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)c->abi, c->nr);
	bool has_fd = desc && desc->n_args && desc->arg[0].kind == RN_ARG_FD;
	for (size_t i = p->n_rules; i-- > 0;) {
		const struct rule *r = &p->rule[i];
		if (r->fd != ANY_FD && (!has_fd || (int32_t)c->args[0] != r->fd))
			continue;
		if (!r->calls || rn_filter_match(r->calls, (enum rn_abi)c->abi, c->nr))
			return r->limit;
	}
	return ALL;
}

static bool is_path(const struct rn_call *c, const struct rn_span *s)
{
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)c->abi, c->nr);
	unsigned kind = desc && s->arg < 6 ? desc->arg[s->arg].kind : RN_ARG_NONE;
	return kind == RN_ARG_PATH || kind == RN_ARG_ADDR;
}

/* Pieces that may not stay go; the others move up. */
static void limit_memory(const struct rn_privacy *p, struct rn_call *c)
{
	uint32_t limit = limit_of(p, c), n = 0;
	struct rn_span *s = (struct rn_span *)c->spans;
	if (limit == ALL)
		return;
	for (uint32_t i = 0; i < c->n_spans; i++) {
		if (limit == PATHS ? !is_path(c, &s[i]) : limit == 0)
			continue;
		s[n] = s[i];
		if (limit != PATHS && s[n].len > limit) {
			s[n].len = limit;
			s[n].fault = 0;
		}
		n++;
	}
	c->n_spans = n;
}

/* Masks. */

static uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);
	v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);
}

/* SipHash-2-4: Aumasson and Bernstein, 2012. */
static uint64_t hash(const struct rn_privacy *p, struct rn_bytes b)
{
	uint64_t v[4] = { p->key[0] ^ 0x736f6d6570736575u, p->key[1] ^ 0x646f72616e646f6du,
		p->key[0] ^ 0x6c7967656e657261u, p->key[1] ^ 0x7465646279746573u };
	for (size_t i = 0; i <= b.len; i += 8) {
		uint64_t m = 0;
		size_t n = b.len - i < 8 ? b.len - i : 8;
		memcpy(&m, b.p + i, n);
		if (n < 8)
			m |= (uint64_t)b.len << 56;
		v[3] ^= m;
		sip_round(v), sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void mask(const struct rn_privacy *p, uint8_t *at, size_t len)
{
	char digits[20];
	int n = snprintf(digits, sizeof(digits), "*%016llx",
		(unsigned long long)hash(p, rn_bytes_of(at, len)));
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)digits[i % (size_t)n];
}

/* What of a text a mask finds. NULs of a list of strings stay what they are: nothing found holds one
 * unless the expression says so. */
static void mask_text(const struct rn_privacy *p, struct rn_bytes text)
{
	uint8_t *bytes = (uint8_t *)text.p;
	for (size_t i = 0; i < p->n_masks && text.len; i++) {
		size_t begin, end, at = 0;
		int found;
		while ((found = rn_regex_find(p->mask[i], text, at, &begin, &end, NULL)) > 0) {
			if (end > begin)
				mask(p, bytes + begin, end - begin);
			at = end > at ? end : at + 1;
			if (at >= text.len)
				break;
		}
		if (found < 0)
			mask(p, bytes, text.len);
	}
}

static void mask_spans(const struct rn_privacy *p, const struct rn_call *c)
{
	for (uint32_t i = 0; i < c->n_spans; i++) {
		const struct rn_span *s = &c->spans[i];
		size_t len = s->len;
		if (s->string && len && !s->bytes[len - 1])
			len--;
		mask_text(p, rn_bytes_of(s->bytes, len));
	}
}

static void mask_meta(const struct rn_privacy *p, const struct rn_event *ev)
{
	switch (ev->kind) {
	case RN_EV_TASK:
		mask_text(p, ev->TASK.comm);
		mask_text(p, ev->TASK.exe);
		break;
	case RN_EV_EXEC:
		mask_text(p, ev->EXEC.comm);
		mask_text(p, ev->EXEC.exe);
		break;
	case RN_EV_COMM:
		mask_text(p, ev->COMM.name);
		break;
	case RN_EV_FD:
		mask_text(p, ev->FD.target);
		break;
	case RN_EV_CWD:
		mask_text(p, ev->CWD.path);
		break;
	default: /* paths of modules are how symbols are found */
		break;
	}
}

static int take_mask(struct rn_privacy *p, const char *pattern, struct rn_error *err)
{
	struct rn_regex **more = realloc(p->mask, (p->n_masks + 1) * sizeof(struct rn_regex *));
	if (!more)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	p->mask = more;
	int rc = rn_regex_new(&p->mask[p->n_masks], rn_bytes_str(pattern), err);
	p->n_masks += !rc;
	if (rc)
		rn_error_prefix(err, "option --mask");
	return rc;
}

/* All of it. */

/* Registers that are no argument of the call hold whatever the program had in them. */
static void drop_strays(struct rn_call *c)
{
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)c->abi, c->nr);
	for (unsigned i = desc ? desc->n_args : 6; i < 6; i++)
		c->args[i] = 0;
}

void rn_privacy_edit(void *privacy, struct rn_event *ev)
{
	struct rn_privacy *p = privacy;
	if (ev->kind == RN_EV_CALL)
		drop_strays(&ev->call);
	if (p->scrub)
		rn_scrub(p->scrub, ev);
	if (ev->kind == RN_EV_CALL) {
		if (p->n_rules)
			limit_memory(p, &ev->call);
		if (p->n_masks)
			mask_spans(p, &ev->call);
	} else if (p->n_masks) {
		mask_meta(p, ev);
	}
}

static void describe(const struct rn_privacy *p, const struct rn_record_options *o,
	struct rn_buffer *out)
{
	for (size_t i = 0; i < o->data.n; i++)
		rn_put_format(out, "%sdata=%s", out->len ? " " : "", o->data.item[i]);
	if (o->no_data)
		rn_put_format(out, "%sdata=none", out->len ? " " : "");
	if (o->mask.n) /* not what: who looks for a secret may have written it down */
		rn_put_format(out, "%smask=%zu expression%s", out->len ? " " : "", o->mask.n,
			o->mask.n == 1 ? "" : "s");
	if (p->scrub)
		rn_put_format(out, "%sscrub-stack", out->len ? " " : "");
}

int rn_privacy_parse(struct rn_privacy **out, const struct rn_record_options *o,
	struct rn_buffer *policy, struct rn_error *err)
{
	*out = NULL;
	if (!o->data.n && !o->mask.n && !o->no_data && !o->scrub_stack)
		return 0;
	struct rn_privacy *p = calloc(1, sizeof(*p));
	int rc = p ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; !rc && i < o->data.n; i++)
		rc = take_rules(p, o->data.item[i], err);
	if (!rc && o->no_data)
		rc = take_rules(p, "none", err);
	for (size_t i = 0; !rc && i < o->mask.n; i++)
		rc = take_mask(p, o->mask.item[i], err);
	if (!rc && getrandom(p->key, sizeof(p->key), 0) != sizeof(p->key))
		rc = rn_fail(err, RN_E_IO, "no random numbers for --mask");
	/* What is not to be told elsewhere must not stand on the stack. */
	if (!rc && o->stack_bytes && !(p->scrub = rn_scrub_new()))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rc) {
		rn_privacy_free(p);
		return rc;
	}
	describe(p, o, policy);
	*out = p;
	return 0;
}

void rn_privacy_mask(const struct rn_privacy *p, struct rn_bytes text)
{
	if (p && text.len)
		mask_text(p, text);
}

void rn_privacy_free(struct rn_privacy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		rn_filter_free(p->rule[i].calls);
	for (size_t i = 0; i < p->n_masks; i++)
		rn_regex_free(p->mask[i]);
	free(p->rule);
	free(p->mask);
	rn_scrub_free(p->scrub);
	free(p);
}
