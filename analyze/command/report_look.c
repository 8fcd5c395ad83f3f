/* SPDX-License-Identifier: MIT */
#include "analyze/command/report_look.h"

#include <string.h>

/* NULL: no such word. */
static const struct rn_word *find(const struct rn_word *words, struct rn_bytes word)
{
	for (; words->word; words++)
		if (rn_bytes_equal(word, rn_bytes_str(words->word)))
			return words;
	return NULL;
}

/* Digits behind the seconds. */
static const struct rn_word precisions[] = {
	{ "s", 0, NULL }, { "ms", 3, NULL }, { "us", 6, NULL }, { "ns", 9, NULL }, { NULL, 0, NULL },
};

static const struct rn_word clocks[] = {
	{ "none", RN_CLOCK_NONE, NULL }, { "time", RN_CLOCK_TIME, NULL },
	{ "unix", RN_CLOCK_UNIX, NULL }, { NULL, 0, NULL },
};

static bool cut_prefix(struct rn_bytes *word, const char *prefix)
{
	size_t len = strlen(prefix);
	if (word->len < len || memcmp(word->p, prefix, len) != 0)
		return false;
	*word = rn_bytes_of(word->p + len, word->len - len);
	return true;
}

/* [[format:]FORMAT][,][[precision:]PRECISION], in any order, the last of a kind counts. */
static int settle_clock(struct rn_report_look *look, const char *words, struct rn_error *err)
{
	look->clock = RN_CLOCK_TIME;
	for (const char *at = words; *at; at += *at == ',') {
		struct rn_bytes word = rn_bytes_of(at, strcspn(at, ","));
		const struct rn_word *found = NULL;
		at += word.len;
		bool format = cut_prefix(&word, "format:");
		bool precision = !format && cut_prefix(&word, "precision:");
		if (!precision && (found = find(clocks, word)))
			look->clock = (enum rn_clock)found->value;
		else if (!format && (found = find(precisions, word)))
			look->clock_digits = (uint8_t)found->value;
		if (!found)
			return rn_fail(err, RN_E_USAGE, "invalid --absolute-timestamps argument: "
				"'%s'; use none, time or unix, and s, ms, us or ns", words);
	}
	return 0;
}

static int settle_precision(bool *on, uint8_t *digits, const char *word, const char *option,
	struct rn_error *err)
{
	*digits = 6;
	if (!word)
		return 0;
	const struct rn_word *found = find(precisions, rn_bytes_str(word));
	if (!found)
		return rn_fail(err, RN_E_USAGE, "invalid --%s argument: '%s'; use s, ms, us or ns",
			option, word);
	*on = true;
	*digits = (uint8_t)found->value;
	return 0;
}

static int settle_hex(struct rn_report_options *o, struct rn_error *err)
{
	static const struct rn_word words[] = {
		{ "none", RN_HEX_NONE, NULL }, { "non-ascii", RN_HEX_NON_ASCII, NULL },
		{ "all", RN_HEX_ALL, NULL }, { "non-ascii-chars", RN_HEX_CHARS, NULL },
		{ NULL, 0, NULL },
	};
	o->look.hex_strings = o->hex > 1 ? RN_HEX_ALL : o->hex ? RN_HEX_NON_ASCII : RN_HEX_NONE;
	if (!o->hex_words)
		return 0;
	const struct rn_word *found = find(words, rn_bytes_str(o->hex_words));
	if (!found)
		return rn_fail(err, RN_E_USAGE, "invalid --strings-in-hex argument: '%s'; use none, "
			"non-ascii-chars, non-ascii or all", o->hex_words);
	o->look.hex_strings = (uint8_t)found->value;
	return 0;
}

static int settle_times(struct rn_report_options *o, struct rn_error *err)
{
	struct rn_report_look *look = &o->look;
	look->clock = o->clock > 2 ? RN_CLOCK_UNIX : o->clock ? RN_CLOCK_TIME : RN_CLOCK_NONE;
	look->clock_digits = o->clock > 1 ? 6 : 0;
	int rc = o->absolute ? settle_clock(look, o->absolute, err) : 0;
	if (!rc)
		rc = settle_precision(&o->relative, &look->relative_digits, o->relative_words,
			"relative-timestamps", err);
	if (!rc)
		rc = settle_precision(&o->duration, &look->duration_digits, o->duration_words,
			"syscall-times", err);
	return rc;
}

int rn_report_settle_look(struct rn_report_options *o, struct rn_error *err)
{
	int rc = settle_times(o, err);
	if (!rc)
		rc = settle_hex(o, err);
	if (o->fds)
		o->views.fds = o->fds > 1 ? RN_FDS_ALL : RN_FDS_PATH;
	if (o->comms)
		o->views.pids |= RN_PIDS_COMM;
	if (!rc && o->fd_words)
		rc = rn_views_set_fd_details(&o->views, o->fd_words, err);
	if (!rc && o->pid_words)
		rc = rn_views_set_pid_details(&o->views, o->pid_words, err);
	return rc;
}
