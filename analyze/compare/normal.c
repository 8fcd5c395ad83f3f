/* SPDX-License-Identifier: MIT */
#include "analyze/compare/normal.h"

#include "shared/intern.h"
#include "shared/regex.h"

#include <ctype.h>
#include <stdlib.h>

#define NUMBER_LEAST 5
#define HASH_LEAST 8
#define HASH_SURE 16 /* digits of which none need be a letter, or a digit */
#define CHANCE_LEAST 6
#define CLASS_DEPTH 3

struct rewrite {
	struct rn_regex *regex;
	struct rn_bytes text;
};

struct rn_normal {
	struct rewrite *rewrite;
	size_t n_rewrites;
	bool off;
	struct rn_intern *raw, *normal;
	uint32_t *of; /* number in `normal` of each of `raw` */
	uint32_t cap;
	struct rn_buffer a, b;
};

/* The next delimiter that no backslash stands in front of; NULL: there is none. */
static const char *delimiter(const char *s, char c)
{
	for (; *s && *s != c; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s : NULL;
}

/* s/REGEX/TEXT/: the last delimiter may be missing. */
static int read_rewrite(struct rewrite *r, const char *word, struct rn_error *err)
{
	const char *regex = word + 2, *middle = word[0] == 's' && word[1] && !isalnum((unsigned char)word[1]) ?
		delimiter(regex, word[1]) : NULL;
	if (!middle || middle == regex)
		return rn_fail(err, RN_E_USAGE, "--normalize: '%s' is not like s/REGEX/TEXT/", word);
	const char *end = strchr(middle + 1, word[1]);
	if (end && end[1])
		return rn_fail(err, RN_E_USAGE, "--normalize: '%s' has something behind its end", word);
	r->text = end ? rn_bytes_of(middle + 1, (size_t)(end - middle - 1)) : rn_bytes_str(middle + 1);
	int rc = rn_regex_new(&r->regex, rn_bytes_of(regex, (size_t)(middle - regex)), err);
	if (rc == RN_E_USAGE)
		rn_error_prefix(err, "--normalize");
	return rc;
}

int rn_normal_new(struct rn_normal **out, const struct rn_strings *rewrites, bool off, struct rn_error *err)
{
	struct rn_normal *n = calloc(1, sizeof(*n));
	*out = n;
	if (!n)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	n->off = off;
	n->raw = rn_intern_new();
	n->normal = rn_intern_new();
	n->rewrite = calloc(rewrites->n + 1, sizeof(*n->rewrite));
	int rc = n->raw && n->normal && n->rewrite ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < rewrites->n && !rc; i++)
		rc = read_rewrite(&n->rewrite[n->n_rewrites++], rewrites->item[i], err);
	if (rc) {
		rn_normal_free(n);
		*out = NULL;
	}
	return rc;
}

void rn_normal_free(struct rn_normal *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->n_rewrites; i++)
		rn_regex_free(n->rewrite[i].regex);
	free(n->rewrite);
	rn_intern_free(n->raw);
	rn_intern_free(n->normal);
	free(n->of);
	rn_buffer_fini(&n->a);
	rn_buffer_fini(&n->b);
	free(n);
}

/* What a word is made of. */
struct look {
	size_t digits, hex, lower, upper;
};

static struct look look_at(struct rn_bytes w)
{
	struct look l = { 0 };
	for (size_t i = 0; i < w.len; i++) {
		uint8_t c = w.p[i];
		l.digits += c >= '0' && c <= '9';
		l.hex += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		l.lower += c >= 'a' && c <= 'z';
		l.upper += c >= 'A' && c <= 'Z';
	}
	return l;
}

static bool is_hash(struct rn_bytes w)
{
	struct look l = look_at(w);
	return l.hex == w.len && w.len >= HASH_LEAST && !(l.lower && l.upper) &&
		(w.len >= HASH_SURE || (l.digits && l.digits < w.len));
}

static bool begins(struct rn_bytes w, const char *with)
{
	size_t n = strlen(with);
	return w.len >= n && memcmp(w.p, with, n) == 0;
}

/* Drawn by chance: letters and digits or both cases mixed; or what programs put in front says so. */
static bool is_chance(struct rn_bytes w)
{
	struct look l = look_at(w);
	if ((begins(w, "tmp") && w.len == 11) || (begins(w, "cc") && w.len == 8))
		return true;
	return w.len >= CHANCE_LEAST && (l.digits > 0) + (l.lower > 0) + (l.upper > 0) > 1 &&
		!(l.upper == 1 && !l.digits && w.p[0] >= 'A' && w.p[0] <= 'Z');
}

static bool is_uuid(struct rn_bytes s)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (i >= s.len || (dash ? s.p[i] != '-' : !isxdigit(s.p[i])))
			return false;
	}
	return s.len == 36 || !isalnum(s.p[36]);
}

static void put_word(struct rn_buffer *out, struct rn_bytes w, bool any_number, bool in_tmp)
{
	struct look l = look_at(w);
	if (l.digits == w.len && (any_number || w.len >= NUMBER_LEAST))
		rn_put_u8(out, 'N');
	else if (w.len > 2 && w.p[0] == '0' && w.p[1] == 'x' && l.hex == w.len - 1)
		rn_put_text(out, "0xN");
	else if (is_hash(w))
		rn_put_u8(out, 'H');
	else if (in_tmp && is_chance(w))
		rn_put_u8(out, 'X');
	else
		rn_put_bytes(out, w.p, w.len);
}

static size_t word_at(struct rn_bytes s, size_t i, bool in_tmp)
{
	size_t end = i;
	while (end < s.len && (isalnum(s.p[end]) || (in_tmp && s.p[end] == '_')))
		end++;
	return end - i;
}

/* One part between slashes. */
static void put_part(struct rn_buffer *out, struct rn_bytes part, bool any_number, bool in_tmp)
{
	for (size_t i = 0; i < part.len;) {
		size_t n = word_at(part, i, in_tmp);
		bool bracketed = i && part.p[i - 1] == '[' && i + n < part.len && part.p[i + n] == ']';
		if (is_uuid(rn_bytes_of(part.p + i, part.len - i))) {
			rn_put_text(out, "UUID");
			i += 36;
		} else if (n) {
			put_word(out, rn_bytes_of(part.p + i, n), any_number || bracketed, in_tmp);
			i += n;
		} else {
			rn_put_u8(out, part.p[i++]);
		}
	}
}

static struct rn_bytes part_at(struct rn_bytes path, size_t i)
{
	const uint8_t *slash = i < path.len ? memchr(path.p + i, '/', path.len - i) : NULL;
	return rn_bytes_of(path.p + i, (slash ? (size_t)(slash - path.p) : path.len) - i);
}

static bool is(struct rn_bytes s, const char *word)
{
	return rn_bytes_equal(s, rn_bytes_str(word));
}

static void put_path(struct rn_buffer *out, struct rn_bytes path)
{
	bool in_tmp = begins(path, "/tmp/") || begins(path, "/var/tmp/") || begins(path, "/dev/shm/");
	struct rn_bytes before = { NULL, 0 };
	for (size_t i = 0; i <= path.len;) {
		struct rn_bytes part = part_at(path, i);
		struct rn_bytes next = part_at(path, i + part.len + 1 < path.len ? i + part.len + 1 : path.len);
		bool numbered = is(before, "proc") || is(before, "task") || is(before, "pts");
		struct rn_bytes word = rn_bytes_of(next.p, word_at(next, 0, false));
		if (part.len == 2 && look_at(part).hex == 2 && word.len >= HASH_SURE && is_hash(word))
			rn_put_u8(out, 'H');
		else
			put_part(out, part, numbered, in_tmp);
		i += part.len + 1;
		if (i <= path.len)
			rn_put_u8(out, '/');
		before = part;
	}
}

static int rewrite(struct rn_normal *n, struct rn_bytes *text, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < n->n_rewrites && !rc; i++) {
		struct rn_buffer swap = n->a;
		n->a = n->b; /* the one that text does not stand in */
		n->b = swap;
		rn_buffer_clear(&n->b);
		rc = rn_regex_replace(n->rewrite[i].regex, *text, n->rewrite[i].text, &n->b, err);
		*text = rn_buffer_bytes(&n->b);
	}
	return rc;
}

static int reserve(struct rn_normal *n, uint32_t id, struct rn_error *err)
{
	if (id < n->cap)
		return 0;
	uint32_t cap = id + id / 2 + 64;
	uint32_t *grown = realloc(n->of, cap * sizeof(*grown));
	if (!grown)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	n->of = grown;
	n->cap = cap;
	return 0;
}

int rn_normal_path(struct rn_normal *n, struct rn_bytes path, struct rn_bytes *out, struct rn_error *err)
{
	bool is_new;
	uint32_t id = rn_intern(n->raw, path, &is_new);
	int rc = id == RN_INTERN_NONE ? rn_fail(err, RN_E_NOMEM, "out of memory") : reserve(n, id, err);
	if (!rc && is_new) {
		struct rn_bytes text = path;
		rc = rewrite(n, &text, err);
		if (!rc && !n->off) {
			rn_buffer_clear(&n->a);
			put_path(&n->a, text);
			text = rn_buffer_bytes(&n->a);
		}
		n->of[id] = rc ? RN_INTERN_NONE : rn_intern(n->normal, text, NULL);
	}
	if (!rc && (n->of[id] == RN_INTERN_NONE || n->a.failed || n->b.failed))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		*out = rn_intern_get(n->normal, n->of[id]);
	return rc;
}

struct rn_bytes rn_normal_function(struct rn_bytes name)
{
	static const char *const marks[] = { ".constprop.", ".isra.", ".part.", ".cold", ".llvm.", "@plt", "@@",
		"@GLIBC", ".lto_priv." };
	for (size_t i = 1; i < name.len; i++)
		for (size_t k = 0; k < sizeof(marks) / sizeof(*marks); k++)
			if (begins(rn_bytes_of(name.p + i, name.len - i), marks[k]))
				return rn_bytes_of(name.p, i);
	return name;
}

void rn_put_path_class(struct rn_buffer *out, struct rn_bytes path)
{
	if (!path.len || path.p[0] != '/') {
		bool anonymous = begins(path, "anon_inode:");
		const uint8_t *end = anonymous || !path.len ? NULL : memchr(path.p, ':', path.len);
		rn_put_bytes(out, path.p, end ? (size_t)(end - path.p) : path.len);
		return;
	}
	size_t end = 0, depth = 0;
	for (size_t i = 1; i < path.len && depth < CLASS_DEPTH; i++)
		if (path.p[i] == '/') {
			end = i;
			depth++;
		}
	rn_put_bytes(out, path.p, end);
	rn_put_text(out, "/*");
}
