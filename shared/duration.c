/* SPDX-License-Identifier: MIT */
#include "shared/duration.h"

#define NS_PER_S 1000000000ull

bool rn_decimal_take(struct rn_bytes s, uint64_t unit, uint64_t *out, size_t *used)
{
	uint64_t whole = 0, fraction = 0, scale = unit;
	size_t i = 0;
	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
			__builtin_add_overflow(whole, s.p[i] - '0', &whole))
			return false;
	bool digits = i > 0;
	if (i < s.len && s.p[i] == '.')
		for (i++; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			scale /= 10;
			fraction += scale * (uint64_t)(s.p[i] - '0');
			digits = true;
		}
	*used = i;
	return digits && !__builtin_mul_overflow(whole, unit, out) &&
		!__builtin_add_overflow(*out, fraction, out);
}

/* Where the number ends. */
static size_t number_end(struct rn_bytes s)
{
	size_t i = 0;
	while (i < s.len && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.'))
		i++;
	return i;
}

int rn_duration_parse(struct rn_bytes word, uint64_t *ns, struct rn_error *err)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "", NS_PER_S }, { "s", NS_PER_S }, { "ms", 1000000 }, { "us", 1000 },
		{ "ns", 1 }, { "m", 60 * NS_PER_S }, { "min", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S }, { "\xc2\xb5s", 1000 } };
	size_t end = number_end(word), used;
	struct rn_bytes unit = rn_bytes_of(word.p + end, word.len - end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (rn_bytes_equal(unit, rn_bytes_str(units[i].name)) &&
			rn_decimal_take(word, units[i].ns, ns, &used) && used == end)
			return 0;
	return rn_fail(err, RN_E_USAGE,
		"'%.*s' is no duration: a number, then ns, us, ms, s, m or h (s when there is none)",
		RN_QUOTED(word));
}
