/* SPDX-License-Identifier: MIT */
#include "analyze/views.h"

#include "shared/names.h"

#include <string.h>

void rn_views_init(struct rn_views *v)
{
	*v = (struct rn_views){ .statuses = RN_STATUS_ALL, .signals = UINT64_MAX };
}

bool rn_fd_set_has(const struct rn_fd_set *s, int64_t fd)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->fd[i] == fd)
			return !s->negated;
	return s->negated && fd >= 0;
}

enum rn_status rn_status_of(unsigned flags)
{
	if (flags & RN_CALL_UNFINISHED)
		return RN_STATUS_UNFINISHED;
	return flags & RN_CALL_ERROR ? RN_STATUS_FAILED : RN_STATUS_SUCCESSFUL;
}

/* The bits of one word; 0: there is no such word. */
typedef uint64_t bits_fn(struct rn_bytes word);

static uint64_t status_bits(struct rn_bytes word)
{
	static const struct {
		const char *word;
		unsigned bits;
	} statuses[] = {
		{ "successful", RN_STATUS_SUCCESSFUL }, { "failed", RN_STATUS_FAILED },
		{ "unfinished", RN_STATUS_UNFINISHED }, { "unavailable", RN_STATUS_UNAVAILABLE },
	};
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (rn_bytes_equal(word, rn_bytes_str(statuses[i].word)))
			return statuses[i].bits;
	return 0;
}

static bool number_of(struct rn_bytes word, uint32_t *v)
{
	*v = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '9' || *v > INT32_MAX / 10 - 1)
			return false;
		*v = *v * 10 + (word.p[i] - '0');
	}
	return word.len > 0;
}

static uint64_t signal_bits(struct rn_bytes word)
{
	uint32_t number;
	uint8_t upper[16];
	size_t len = word.len < sizeof(upper) ? word.len : 0;
	for (size_t i = 0; i < len; i++)
		upper[i] = word.p[i] >= 'a' && word.p[i] <= 'z' ? word.p[i] - 32 : word.p[i];
	int signo = number_of(word, &number) ? (int)number :
		rn_signal_number(rn_bytes_of(upper, len));
	return signo >= 1 && signo <= 64 ? (uint64_t)1 << (signo - 1) : 0;
}

/* The next word of a list; *at moves behind its comma, to NULL at the end. */
static struct rn_bytes next_word(const char **at)
{
	size_t len = strcspn(*at, ",");
	struct rn_bytes word = { (const uint8_t *)*at, len };
	*at = (*at)[len] ? *at + len + 1 : NULL;
	return word;
}

static bool is_word(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static int set_bits(uint64_t *bits, const char *set, bits_fn *of, uint64_t all,
	const char *what, struct rn_error *err)
{
	bool negated = *set == '!';
	const char *at = set + negated;
	uint64_t sum = is_word(at, "all") ? all : 0;
	if (is_word(at, "all") || is_word(at, "none"))
		at = NULL;
	while (at) {
		struct rn_bytes word = next_word(&at);
		uint64_t more = of(word);
		if (!more)
			return rn_fail(err, RN_E_USAGE, "-e %s=%s: there is no %s '%.*s'", what, set,
				what, (int)word.len, (const char *)word.p);
		sum |= more;
	}
	*bits = negated ? all & ~sum : sum;
	return 0;
}

int rn_views_set_status(struct rn_views *v, const char *set, struct rn_error *err)
{
	uint64_t bits;
	int rc = set_bits(&bits, set, status_bits, RN_STATUS_ALL, "status", err);
	if (!rc)
		v->statuses = (unsigned)bits;
	return rc;
}

int rn_views_set_signals(struct rn_views *v, const char *set, struct rn_error *err)
{
	return set_bits(&v->signals, set, signal_bits, UINT64_MAX, "signal", err);
}

int rn_views_set_fds(struct rn_fd_set *fds, const char *set, struct rn_error *err)
{
	bool negated = *set == '!';
	const char *at = set + negated;
	*fds = (struct rn_fd_set){ .negated = negated != is_word(at, "all") };
	if (is_word(at, "all") || is_word(at, "none"))
		return 0;
	while (at) {
		struct rn_bytes word = next_word(&at);
		if (fds->n == RN_FD_SET_MAX)
			return rn_fail(err, RN_E_USAGE, "more than %d descriptors in '%s'",
				RN_FD_SET_MAX, set);
		if (!number_of(word, &fds->fd[fds->n++]))
			return rn_fail(err, RN_E_USAGE, "'%.*s' in '%s' is no descriptor",
				(int)word.len, (const char *)word.p, set);
	}
	return 0;
}

int rn_views_add(struct rn_views *v, const char *expression, bool *taken, struct rn_error *err)
{
	*taken = true;
	if (strncmp(expression, "status=", 7) == 0)
		return rn_views_set_status(v, expression + 7, err);
	if (strncmp(expression, "signal=", 7) == 0)
		return rn_views_set_signals(v, expression + 7, err);
	if (strncmp(expression, "read=", 5) == 0)
		return rn_views_set_fds(&v->read, expression + 5, err);
	if (strncmp(expression, "write=", 6) == 0)
		return rn_views_set_fds(&v->write, expression + 6, err);
	*taken = false;
	return 0;
}
