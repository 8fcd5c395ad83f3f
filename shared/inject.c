/* SPDX-License-Identifier: MIT */
#include "shared/inject.h"

#include "shared/names.h"
#include "shared/syscall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WHEN_LAST 65535
#define ERRNO_LAST 4095

void rn_inject_init(struct rn_inject *rule)
{
	*rule = (struct rn_inject){ .first = 1, .last = UINT32_MAX, .step = 1, .probability = 1 };
}

void rn_inject_fini(struct rn_inject *rule)
{
	rn_filter_free(rule->calls);
	free(rule->poke);
	rule->calls = NULL;
	rule->poke = NULL;
}

bool rn_inject_is_due(const struct rn_inject *rule, uint32_t count)
{
	if (count < rule->first || count > rule->last)
		return false;
	return rule->step ? (count - rule->first) % rule->step == 0 : count == rule->first;
}

static bool take_number(const char **at, uint64_t most, uint64_t *out)
{
	char *end;
	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*out = strtoull(*at, &end, 0);
	*at = end;
	return !errno && *out <= most;
}

bool rn_inject_time(const char *text, uint64_t *ns)
{
	static const struct { const char *unit; uint64_t ns; } units[] = {
		{ "", 1000 }, { "us", 1000 }, { "ms", 1000000 }, { "ns", 1 }, { "s", 1000000000 },
	};
	char *end;
	text += *text == '+';
	if (*text != '.' && (*text < '0' || *text > '9'))
		return false;
	double n = strtod(text, &end); /* 8e5, 1.6s */
	if (end == text || !(n >= 0 && n <= 1e9))
		return false;
	text = end;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(text, units[i].unit) == 0) {
			*ns = (uint64_t)(n * (double)units[i].ns);
			return true;
		}
	return false;
}

/* Decimal, for when=. */
static bool take_count(const char **at, uint64_t most, uint64_t *out)
{
	char *end;
	*at += **at == '+';
	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*out = strtoull(*at, &end, 10);
	*at = end;
	return !errno && *out <= most;
}

/* Names of errors and signals are taken in any case, as strace does. */
static void put_upper(char *to, size_t size, const char *text)
{
	size_t i = 0;
	for (; text[i] && i + 1 < size; i++)
		to[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] & ~0x20) : text[i];
	to[i] = 0;
}

/* FIRST[..LAST][+[STEP]] */
static bool parse_when(struct rn_inject *rule, const char *text)
{
	uint64_t first, last = 0, step = 0;
	bool range = false;
	if (!take_count(&text, WHEN_LAST, &first) || !first)
		return false;
	if (strncmp(text, "..", 2) == 0) {
		text += 2;
		range = true;
		if (!take_count(&text, WHEN_LAST - 1, &last) || last < first)
			return false;
	}
	if (*text == '+') {
		text++;
		step = 1;
		if (*text && (!take_count(&text, WHEN_LAST, &step) || !step))
			return false;
		last = range ? last : UINT32_MAX;
	} else {
		step = range;
		last = range ? last : first;
	}
	rule->first = (uint32_t)first;
	rule->last = (uint32_t)last;
	rule->step = (uint32_t)step;
	return !*text;
}

static bool parse_error(struct rn_inject *rule, const char *text)
{
	const char *at = text;
	char name[32];
	uint64_t number;
	if (rule->result != RN_INJECT_KEEP)
		return false;
	put_upper(name, sizeof(name), text);
	rule->result = RN_INJECT_ERROR;
	if (take_number(&at, ERRNO_LAST, &number) && !*at && number) {
		rule->value = (int64_t)number;
		return true;
	}
	rule->value = rn_errno_number(rn_bytes_str(name));
	return rule->value > 0;
}

static bool parse_retval(struct rn_inject *rule, const char *text)
{
	uint64_t number;
	bool minus = *text == '-';
	text += minus;
	if (rule->result != RN_INJECT_KEEP || !take_number(&text, UINT64_MAX, &number) || *text)
		return false;
	rule->result = RN_INJECT_VALUE;
	rule->value = (int64_t)(minus ? 0 - number : number);
	return true;
}

static bool parse_signal(struct rn_inject *rule, const char *text)
{
	uint64_t number;
	const char *at = text;
	char name[32];
	if (rule->signo)
		return false;
	put_upper(name, sizeof(name), text);
	if (take_number(&at, 64, &number) && !*at)
		rule->signo = (int)number;
	else
		rule->signo = rn_signal_number(rn_bytes_str(name));
	return rule->signo > 0;
}

static bool parse_instead(struct rn_inject *rule, const char *text)
{
	for (int abi = 1; abi < RN_ABI_COUNT; abi++) {
		int32_t nr = rn_syscall_number((enum rn_abi)abi, rn_bytes_str(text));
		const struct rn_syscall *desc = nr < 0 ? NULL : rn_syscall((enum rn_abi)abi, (uint32_t)nr);
		if (desc && desc->classes & RN_CLASS(PURE)) {
			rule->instead = desc->name;
			return true;
		}
	}
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "@arg1=0011AAFF"; *at moves behind it. */
static bool parse_poke(struct rn_poke *poke, const char **at)
{
	uint64_t arg;
	if (strncmp(*at, "@arg", 4) != 0)
		return false;
	*at += 4;
	if (!take_number(at, RN_POKE_ARGS, &arg) || !arg || **at != '=')
		return false;
	*poke = (struct rn_poke){ .arg = (uint8_t)(arg - 1) };
	for (++*at; hex_digit(**at) >= 0; *at += 2) {
		int low = hex_digit((*at)[1]);
		if (low < 0 || poke->len == RN_POKE_BYTES)
			return false;
		poke->bytes[poke->len++] = (uint8_t)(hex_digit(**at) << 4 | low);
	}
	return poke->len > 0;
}

static bool parse_pokes(struct rn_inject *rule, const char *text, bool at_exit)
{
	unsigned *n = at_exit ? &rule->n_poke_exit : &rule->n_poke_enter;
	if (!rule->poke)
		rule->poke = calloc(2 * RN_POKES, sizeof(*rule->poke));
	if (!rule->poke || *n)
		return false;
	struct rn_poke *poke = &rule->poke[at_exit ? RN_POKES : 0];
	unsigned args = 0;
	do {
		if (*n == RN_POKES || !parse_poke(&poke[*n], &text) || args & 1u << poke[*n].arg)
			return false;
		args |= 1u << poke[*n].arg;
		++*n;
	} while (*text++ == ',');
	return !text[-1];
}

static bool parse_poke_enter(struct rn_inject *rule, const char *text)
{
	return parse_pokes(rule, text, false);
}

static bool parse_poke_exit(struct rn_inject *rule, const char *text)
{
	return parse_pokes(rule, text, true);
}

static bool parse_delay_enter(struct rn_inject *rule, const char *text)
{
	bool again = rule->delays_enter;
	rule->delays_enter = true;
	return !again && rn_inject_time(text, &rule->delay_enter_ns);
}

static bool parse_delay_exit(struct rn_inject *rule, const char *text)
{
	bool again = rule->delays_exit;
	rule->delays_exit = true;
	return !again && rn_inject_time(text, &rule->delay_exit_ns);
}

static const struct part {
	const char *word;
	bool (*parse)(struct rn_inject *rule, const char *text);
	bool in_fault, is_effect;
} parts[] = {
	{ "error=", parse_error, true, true },
	{ "retval=", parse_retval, false, true },
	{ "signal=", parse_signal, false, true },
	{ "syscall=", parse_instead, true, true },
	{ "delay_enter=", parse_delay_enter, false, true },
	{ "delay_exit=", parse_delay_exit, false, true },
	{ "poke_enter=", parse_poke_enter, false, true },
	{ "poke_exit=", parse_poke_exit, false, true },
	{ "when=", parse_when, true, false },
};

static int parse_part(struct rn_inject *rule, const char *text, bool fault, bool *effect,
	struct rn_error *err)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t n = strlen(parts[i].word);
		if (strncmp(text, parts[i].word, n) != 0 || (fault && !parts[i].in_fault))
			continue;
		*effect |= parts[i].is_effect;
		if (parts[i].parse(rule, text + n))
			return 0;
		return rn_fail(err, RN_E_USAGE, "'%s' is wrong there", text);
	}
	return rn_fail(err, RN_E_USAGE, "'%s' is none of %s", text, fault ? "error=, syscall=, when=" :
		"error=, retval=, signal=, syscall=, delay_enter=, delay_exit=, poke_enter=, "
		"poke_exit=, when=");
}

static int parse_set(struct rn_inject *rule, const char *set, struct rn_error *err)
{
	struct rn_buffer expression = RN_BUFFER_INIT;
	rn_put_text(&expression, "trace=");
	rn_put_text(&expression, set);
	const char *text = rn_buffer_cstr(&expression);
	struct rn_strings one = { .item = &text, .n = 1 };
	int r = *set ? rn_filter_of(&rule->calls, &one, err) :
		rn_fail(err, RN_E_USAGE, "no calls are named");
	rn_buffer_fini(&expression);
	return r;
}

int rn_inject_parse(struct rn_inject *rule, const char *text, bool fault, struct rn_error *err)
{
	bool effect = fault;
	rn_inject_init(rule);
	char *copy = strdup(text), *rest = copy;
	int r = copy ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!r)
		r = parse_set(rule, strsep(&rest, ":"), err);
	while (!r && rest && (*rest || !effect)) /* strace allows for a : at the end */
		r = parse_part(rule, strsep(&rest, ":"), fault, &effect, err);
	if (!r && fault && rule->result == RN_INJECT_KEEP) {
		rule->result = RN_INJECT_ERROR;
		rule->value = ENOSYS;
	}
	if (!r && !effect)
		r = rn_fail(err, RN_E_USAGE, "nothing is to be done: give error=, retval=, signal=, "
			"delay_enter=, delay_exit=, poke_enter= or poke_exit=");
	if (!r && rule->instead && rule->result == RN_INJECT_KEEP && !rule->signo &&
		!rule->delays_enter && !rule->delays_exit && !rule->poke)
		r = rn_fail(err, RN_E_USAGE, "syscall= alone does nothing");
	if (r == RN_E_USAGE)
		rn_error_prefix(err, "'%s'", text);
	free(copy);
	return r;
}
