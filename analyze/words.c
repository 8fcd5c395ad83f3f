/* SPDX-License-Identifier: MIT */
#include "analyze/words.h"

#include "format/event.h"

#include <stdbool.h>
#include <time.h>

const struct rn_flag_word rn_flag_words[] = {
	{ RN_CALL_UNFINISHED, "unfinished" },
	{ RN_CALL_INJECTED, "injected" }, { RN_CALL_TRUNCATED, "truncated" }, { RN_CALL_RESTARTED, "restarted" },
	{ RN_CALL_PARTIAL, "partial" }, { RN_CALL_DELAYED, "delayed" }, { RN_CALL_ALTERED, "altered" },
	{ RN_CALL_SIGNALLED, "signalled" },
	{ 0, NULL },
};
const struct rn_flag_word *const rn_flag_words_finished = &rn_flag_words[1];

static bool is_plain(uint8_t b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
		(b && strchr("_@%+=:,./-", b));
}

static void put_word(struct rn_buffer *out, struct rn_bytes w)
{
	bool plain = w.len != 0;
	for (size_t i = 0; i < w.len && plain; i++)
		plain = is_plain(w.p[i]);
	if (plain) {
		rn_put_bytes(out, w.p, w.len);
		return;
	}
	rn_put_u8(out, '\'');
	for (size_t i = 0; i < w.len; i++) {
		if (w.p[i] == '\'')
			rn_put_text(out, "'\\''");
		else
			rn_put_u8(out, w.p[i]);
	}
	rn_put_u8(out, '\'');
}

void rn_put_argv(struct rn_buffer *out, struct rn_bytes argv)
{
	bool first = true;
	while (argv.len) {
		const uint8_t *nul = memchr(argv.p, 0, argv.len);
		size_t len = nul ? (size_t)(nul - argv.p) : argv.len;
		if (!first)
			rn_put_u8(out, ' ');
		first = false;
		put_word(out, rn_bytes_of(argv.p, len));
		len += nul != NULL;
		argv = rn_bytes_of(argv.p + len, argv.len - len);
	}
}

void rn_put_utc(struct rn_buffer *out, uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	struct tm tm;
	if (!gmtime_r(&seconds, &tm))
		return;
	rn_put_format(out, "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		(unsigned)(realtime_ns % 1000000000));
}

void rn_put_hex_bytes(struct rn_buffer *out, struct rn_bytes b)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < b.len; i++) {
		rn_put_u8(out, (uint8_t)digits[b.p[i] >> 4]);
		rn_put_u8(out, (uint8_t)digits[b.p[i] & 15]);
	}
}

void rn_put_uuid(struct rn_buffer *out, const uint8_t uuid[16])
{
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			rn_put_u8(out, '-');
		rn_put_hex_bytes(out, rn_bytes_of(uuid + i, 1));
	}
}

void rn_put_short_time(struct rn_buffer *out, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" } };
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		uint64_t u = units[i].ns;
		if (ns < u)
			continue;
		if (ns / u < 10)
			rn_put_format(out, "%llu.%llu%s", (unsigned long long)(ns / u),
				(unsigned long long)(ns % u / (u / 10)), units[i].name);
		else
			rn_put_format(out, "%llu%s", (unsigned long long)(ns / u), units[i].name);
		return;
	}
	rn_put_format(out, "%lluns", (unsigned long long)ns);
}
