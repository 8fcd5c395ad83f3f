/* SPDX-License-Identifier: MIT */
#include "shared/names.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define TABLE(id) static const struct rn_name id##_entry[] = {
#define N(value, name) { value, #name },
#define END };
#include "shared/names/tables.def"
#include "shared/names/fields.def"
#undef TABLE
#undef N
#undef END

static const struct rn_name none_entry[] = { { 0, NULL } };

static const struct rn_names tables[RN_NAMES_COUNT] = {
	[RN_NAMES_none] = { "?", none_entry, 0, 0, NULL },
#define ENUM 0, NULL
#define FLAGS 0, NULL
#define FIELD(mask, id) mask, &tables[RN_NAMES_##id]
#define NAMES(id, kind, text) [RN_NAMES_##id] = { text, id##_entry, COUNT(id##_entry), kind },
#include "shared/names.def"
#undef NAMES
#undef ENUM
#undef FLAGS
#undef FIELD
};

const struct rn_names *rn_names(enum rn_names_id id, enum rn_abi abi)
{
	(void)abi;
	return &tables[(unsigned)id < RN_NAMES_COUNT ? id : RN_NAMES_none];
}

static const char *name_in(const struct rn_names *t, uint64_t value)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->entry[i].value == value)
			return t->entry[i].name;
	return NULL;
}

const char *rn_name_of(enum rn_names_id id, enum rn_abi abi, uint64_t value)
{
	return name_in(rn_names(id, abi), value);
}

uint64_t rn_names_split(const struct rn_names *t, uint64_t bits,
	void (*each)(void *arg, const char *name), void *arg)
{
	const char *field = t->field_mask ? name_in(t->field, bits & t->field_mask) : NULL;
	const char *whole = bits == 0 ? name_in(t, 0) : NULL;
	if (field) {
		each(arg, field);
		bits &= ~t->field_mask;
	} else if (whole) {
		each(arg, whole);
	}
	for (uint32_t i = 0; bits && i < t->n; i++) {
		uint64_t v = t->entry[i].value;
		if (v && (bits & v) == v) {
			each(arg, t->entry[i].name);
			bits &= ~v;
		}
	}
	return bits;
}

static const struct {
	const char *name, *text;
} errnos[] = {
#define ERRNO(number, name, text) [number] = { #name, text },
#include "shared/names/errno.def"
#undef ERRNO
};

const char *rn_errno_name(int errnum)
{
	return errnum > 0 && (size_t)errnum < COUNT(errnos) ? errnos[errnum].name : NULL;
}

const char *rn_errno_text(int errnum)
{
	return errnum > 0 && (size_t)errnum < COUNT(errnos) ? errnos[errnum].text : NULL;
}

int rn_errno_number(struct rn_bytes name)
{
	for (size_t i = 0; i < COUNT(errnos); i++)
		if (errnos[i].name && rn_bytes_equal(rn_bytes_str(errnos[i].name), name))
			return (int)i;
	return -1;
}

static const char *const signals[] = {
#define SIGNAL(number, name) [number] = "SIG" #name,
#include "shared/names/signal.def"
#undef SIGNAL
};

/* The kernel's range: the C library hides 32 and 33, a trace does not. */
enum { RT_MIN = 32, RT_MAX = 64 };

const char *rn_signal_name(int signo, char buf[16])
{
	if (signo > 0 && (size_t)signo < COUNT(signals))
		return signals[signo];
	if (signo == RT_MIN)
		return "SIGRTMIN";
	if (signo < RT_MIN || signo > RT_MAX)
		return NULL;
	snprintf(buf, 16, "SIGRT_%d", signo - RT_MIN);
	return buf;
}

static int rt_signal_number(struct rn_bytes rest)
{
	int n = 0;
	for (size_t i = 0; i < rest.len && n <= RT_MAX; i++) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return -1;
		n = n * 10 + (rest.p[i] - '0');
	}
	return rest.len && n <= RT_MAX - RT_MIN ? RT_MIN + n : -1;
}

int rn_signal_number(struct rn_bytes name)
{
	if (name.len > 3 && memcmp(name.p, "SIG", 3) == 0)
		name = rn_bytes_of(name.p + 3, name.len - 3);
	if (rn_bytes_equal(rn_bytes_str("POLL"), name))
		name = rn_bytes_str("IO");
	for (size_t i = 0; i < COUNT(signals); i++)
		if (signals[i] && rn_bytes_equal(rn_bytes_str(signals[i] + 3), name))
			return (int)i;
	if (rn_bytes_equal(rn_bytes_str("RTMIN"), name))
		return RT_MIN;
	if (name.len > 3 && memcmp(name.p, "RT_", 3) == 0)
		return rt_signal_number(rn_bytes_of(name.p + 3, name.len - 3));
	return -1;
}
