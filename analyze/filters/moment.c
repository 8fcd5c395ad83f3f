/* SPDX-License-Identifier: MIT */
#include "analyze/filters/moment.h"

#include <stdio.h>
#include <time.h>

#define NS_PER_S 1000000000ull
#define S_PER_DAY 86400

static bool take_percent(struct rn_bytes w, struct rn_moment *m)
{
	size_t used;
	if (!w.len || w.p[w.len - 1] != '%' || !rn_decimal_take(w, 1000000, &m->value, &used))
		return false;
	m->kind = RN_MOMENT_PERCENT;
	return used == w.len - 1 && m->value <= 100000000;
}

/* "12:30", "12:30:01.5" */
static bool take_clock(struct rn_bytes w, uint64_t *ns)
{
	uint64_t part[3] = { 0 };
	unsigned n = 0;
	for (;; n++) {
		size_t used;
		if (n == 3 || !rn_decimal_take(w, n == 2 ? NS_PER_S : 1, &part[n], &used))
			return false;
		w = rn_bytes_of(w.p + used, w.len - used);
		if (!w.len || w.p[0] != ':')
			break;
		w = rn_bytes_of(w.p + 1, w.len - 1);
	}
	*ns = (part[0] * 60 + part[1]) * 60 * NS_PER_S + part[2];
	return !w.len && n >= 1 && part[0] < 24 && part[1] < 60 && part[2] < 61 * NS_PER_S;
}

/* "2026-11-22T12:30:01.5Z", local time without the Z */
static bool take_date(struct rn_bytes w, struct rn_moment *m)
{
	char text[16];
	struct tm tm = { .tm_isdst = -1 };
	uint64_t clock_ns;
	bool utc = w.len && (w.p[w.len - 1] == 'Z' || w.p[w.len - 1] == 'z');
	if (w.len < 16 || (w.p[10] != 'T' && w.p[10] != 't' && w.p[10] != ' ') ||
		!take_clock(rn_bytes_of(w.p + 11, w.len - 11 - utc), &clock_ns))
		return false;
	snprintf(text, sizeof(text), "%.10s", (const char *)w.p);
	if (sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	tm.tm_hour = (int)(clock_ns / NS_PER_S / 3600);
	tm.tm_min = (int)(clock_ns / NS_PER_S / 60 % 60);
	tm.tm_sec = (int)(clock_ns / NS_PER_S % 60);
	time_t t = utc ? timegm(&tm) : mktime(&tm);
	m->kind = RN_MOMENT_REALTIME;
	m->value = (uint64_t)t * NS_PER_S + clock_ns % NS_PER_S;
	return t >= 0;
}

static int take_moment(struct rn_bytes w, struct rn_moment *m, struct rn_error *err)
{
	size_t used;
	bool back = w.len && w.p[0] == '-';
	m->kind = RN_MOMENT_OPEN;
	if (!w.len || take_percent(w, m) || take_date(w, m))
		return 0;
	m->kind = RN_MOMENT_CLOCK;
	if (take_clock(w, &m->value))
		return 0;
	m->kind = RN_MOMENT_REALTIME;
	if (w.p[0] == '@' && rn_decimal_take(rn_bytes_of(w.p + 1, w.len - 1), NS_PER_S, &m->value, &used) &&
		used == w.len - 1)
		return 0;
	m->kind = back ? RN_MOMENT_BEFORE : RN_MOMENT_SINCE;
	if (!rn_duration_parse(rn_bytes_of(w.p + back, w.len - back), &m->value, NULL))
		return 0;
	return rn_fail(err, RN_E_USAGE, "'%.*s' is no moment: there are 1.5s and 200ms (since the start), "
		"-1s (before the end), 25%%, 12:30:01.5, 2026-11-22T12:30:00Z and @1795350600", RN_QUOTED(w));
}

int rn_time_range_parse(const char *words, struct rn_time_range *out, struct rn_error *err)
{
	const char *dots = strstr(words, "..");
	if (!dots || !words[2])
		return rn_fail(err, RN_E_USAGE, "'%s' is no span of time: FROM..TO, one of which may "
			"be missing", words);
	int rc = take_moment(rn_bytes_of(words, (size_t)(dots - words)), &out->from, err);
	return rc ? rc : take_moment(rn_bytes_str(dots + 2), &out->to, err);
}

static bool needs_end(const struct rn_moment *m)
{
	return m->kind == RN_MOMENT_BEFORE || m->kind == RN_MOMENT_PERCENT;
}

bool rn_time_range_needs_end(const struct rn_time_range *r)
{
	return needs_end(&r->from) || needs_end(&r->to);
}

/* The first time after the trace began, but for a day, that a clock shows this. */
static uint64_t clock_to_realtime(uint64_t clock_ns, uint64_t start_realtime_ns)
{
	time_t start = (time_t)(start_realtime_ns / NS_PER_S);
	struct tm tm;
	if (!localtime_r(&start, &tm))
		return start_realtime_ns;
	tm.tm_hour = (int)(clock_ns / NS_PER_S / 3600);
	tm.tm_min = (int)(clock_ns / NS_PER_S / 60 % 60);
	tm.tm_sec = (int)(clock_ns / NS_PER_S % 60);
	tm.tm_isdst = -1;
	time_t t = mktime(&tm);
	if (t < start - S_PER_DAY / 2)
		t += S_PER_DAY;
	return t < 0 ? 0 : (uint64_t)t * NS_PER_S + clock_ns % NS_PER_S;
}

static uint64_t resolve(const struct rn_moment *m, uint64_t start_realtime_ns, uint64_t end_ns,
	uint64_t open)
{
	uint64_t at = m->value;
	__extension__ typedef unsigned __int128 wide;
	switch (m->kind) {
	case RN_MOMENT_OPEN:
		return open;
	case RN_MOMENT_SINCE:
		return at;
	case RN_MOMENT_BEFORE:
		return at < end_ns ? end_ns - at : 0;
	case RN_MOMENT_PERCENT:
		return at == 100000000 && open ? open : (uint64_t)((wide)end_ns * at / 100000000);
	case RN_MOMENT_CLOCK:
		at = clock_to_realtime(at, start_realtime_ns);
		break;
	case RN_MOMENT_REALTIME:
		break;
	}
	return at < start_realtime_ns ? 0 : at - start_realtime_ns;
}

void rn_time_range_resolve(const struct rn_time_range *r, uint64_t start_realtime_ns, uint64_t end_ns,
	uint64_t *from_ns, uint64_t *to_ns)
{
	*from_ns = resolve(&r->from, start_realtime_ns, end_ns, 0);
	*to_ns = resolve(&r->to, start_realtime_ns, end_ns, UINT64_MAX);
}
