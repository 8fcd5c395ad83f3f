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

struct bit_word {
	const char *word;
	unsigned bits;
};

static uint64_t bits_of(const struct bit_word *words, struct rn_bytes word)
{
	for (; words->word; words++)
		if (rn_bytes_equal(word, rn_bytes_str(words->word)))
			return words->bits;
	return 0;
}

static uint64_t status_bits(struct rn_bytes word)
{
	static const struct bit_word words[] = {
		{ "successful", RN_STATUS_SUCCESSFUL }, { "failed", RN_STATUS_FAILED },
		{ "unfinished", RN_STATUS_UNFINISHED }, { "unavailable", RN_STATUS_UNAVAILABLE },
		{ "detached", RN_STATUS_DETACHED }, { NULL, 0 },
	};
	return bits_of(words, word);
}

static uint64_t fd_detail_bits(struct rn_bytes word)
{
	static const struct bit_word words[] = {
		{ "path", RN_FDS_PATH }, { "socket", RN_FDS_SOCKET }, { "dev", RN_FDS_DEV },
		{ "pidfd", RN_FDS_PIDFD }, { NULL, 0 },
	};
	return bits_of(words, word);
}

static uint64_t pid_detail_bits(struct rn_bytes word)
{
	static const struct bit_word words[] = {
		{ "comm", RN_PIDS_COMM }, { "pidns", RN_PIDS_NS }, { NULL, 0 },
	};
	return bits_of(words, word);
}

static uint64_t quiet_bits(struct rn_bytes word)
{
	static const struct bit_word words[] = {
		{ "attach", RN_QUIET_ATTACH }, { "exit", RN_QUIET_EXIT },
		{ "exits", RN_QUIET_EXIT }, { "path-resolution", RN_QUIET_PATHS },
		{ "path-resolve", RN_QUIET_PATHS }, { "personality", RN_QUIET_PERSONALITY },
		{ "thread-execve", RN_QUIET_SUPERSEDED }, { "superseded", RN_QUIET_SUPERSEDED },
		{ NULL, 0 },
	};
	return bits_of(words, word);
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

static int set_unsigned(unsigned *field, const char *set, bits_fn *of, unsigned all, const char *what,
	struct rn_error *err)
{
	uint64_t bits;
	int rc = set_bits(&bits, set, of, all, what, err);
	if (!rc)
		*field = (unsigned)bits;
	return rc;
}

int rn_views_set_status(struct rn_views *v, const char *set, struct rn_error *err)
{
	return set_unsigned(&v->statuses, set, status_bits, RN_STATUS_ALL, "status", err);
}

int rn_views_set_fd_details(struct rn_views *v, const char *set, struct rn_error *err)
{
	return set_unsigned(&v->fds, set, fd_detail_bits, RN_FDS_ALL, "decode-fds", err);
}

int rn_views_set_pid_details(struct rn_views *v, const char *set, struct rn_error *err)
{
	return set_unsigned(&v->pids, set, pid_detail_bits, RN_PIDS_COMM | RN_PIDS_NS,
		"decode-pids", err);
}

int rn_views_set_quiet(struct rn_views *v, const char *set, struct rn_error *err)
{
	return set_unsigned(&v->quiet, set, quiet_bits, RN_QUIET_ALL, "quiet", err);
}

int rn_views_set_signals(struct rn_views *v, const char *set, struct rn_error *err)
{
	return set_bits(&v->signals, set, signal_bits, UINT64_MAX, "signal", err);
}

int rn_views_set_fds(struct rn_fd_set *fds, const char *set, struct rn_error *err)
{
	const char *at = set + strspn(set, "!"); /* each says the opposite of what follows */
	bool negated = (at - set) % 2;
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

static const char *value_of(const char *expression, const char *name)
{
	size_t len = strlen(name);
	return strncmp(expression, name, len) == 0 && expression[len] == '=' ? expression + len + 1
									     : NULL;
}

static int add_set(struct rn_views *v, const char *expression, bool *taken, struct rn_error *err)
{
	static const struct {
		const char *name;
		int (*set)(struct rn_views *v, const char *set, struct rn_error *err);
	} sets[] = {
		{ "status", rn_views_set_status }, { "signal", rn_views_set_signals },
		{ "decode-fds", rn_views_set_fd_details }, { "quiet", rn_views_set_quiet },
		{ "decode-pids", rn_views_set_pid_details },
	};
	const char *value;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if ((value = value_of(expression, sets[i].name))) {
			*taken = true;
			return sets[i].set(v, value, err);
		}
	return 0;
}

static bool add_calls(struct rn_views *v, const char *expression)
{
	const struct {
		const char *name, **field;
	} sets[] = { { "abbrev", &v->abbrev }, { "verbose", &v->verbose }, { "raw", &v->raw } };
	const char *value;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if ((value = value_of(expression, sets[i].name))) {
			*sets[i].field = value;
			return true;
		}
	return false;
}

int rn_views_add(struct rn_views *v, const char *expression, bool *taken, struct rn_error *err)
{
	const char *value;
	*taken = true;
	if ((value = value_of(expression, "read")))
		return rn_views_set_fds(&v->read, value, err);
	if ((value = value_of(expression, "write")))
		return rn_views_set_fds(&v->write, value, err);
	*taken = add_calls(v, expression);
	return *taken ? 0 : add_set(v, expression, taken, err);
}
