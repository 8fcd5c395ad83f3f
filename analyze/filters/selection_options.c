/* SPDX-License-Identifier: MIT */
#include "analyze/filters/limits.h"
#include "analyze/filters/moment.h"
#include "analyze/filters/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int store_bound(void *field, const char *value, struct rn_error *err)
{
	struct rn_bound *b = field;
	b->given = true;
	return rn_duration_parse(rn_bytes_str(value), &b->ns, err);
}

static const struct rn_word injected_words[] = {
	{ "all", RN_INJECTED_ALL, NULL },
	{ "only", RN_INJECTED_ONLY, NULL },
	{ "none", RN_INJECTED_NONE, NULL },
	{ "hide", RN_INJECTED_NONE, "none" },
	{ "show", RN_INJECTED_ALL, "all" },
	{ 0 },
};

#define O struct rn_selection_options
const struct rn_option rn_selection_rows[] = {
	{ RN_HEADING("Which calls") },
	{ 0, "comm", RN_STRINGS(O, comms), .argument = "NAME",
		.help = "only calls of threads of that name at the time; NAME is a glob or a /regex/. "
			"This option and those that follow narrow together; each may be repeated for "
			"alternatives" },
	{ 0, "errors", RN_STRINGS(O, errors), .argument = "LIST", .argument_optional = true,
		.absent = "", .help = "only calls that failed, or failed with one of LIST: ENOENT,EACCES" },
	{ 0, "exe", RN_STRINGS(O, exes), .argument = "FILE",
		.help = "only calls of processes that executed FILE: a path, a name without a slash, a "
			"glob of either or a /regex/ of the path" },
	{ 0, "fd", RN_STRINGS(O, fds), .argument = "N",
		.help = "only calls that use descriptor N or return it; several with commas" },
	{ 0, "injected", RN_WORD(O, injected, injected_words), .initial = "all",
		.help = "of a recording under chaos: all calls, only those it had a hand in, or none of "
			"them" },
	{ 0, "max-time", RN_CUSTOM(O, max_dur, store_bound), .argument = "TIME",
		.help = "only calls that returned within TIME" },
	{ 0, "min-time", RN_CUSTOM(O, min_dur, store_bound), .argument = "TIME",
		.help = "only calls that took TIME at least: 500us, 10ms, 1.5s" },
	{ 0, "no-index", RN_FLAG(O, no_index),
		.help = "neither use nor make an index: the answer is the same" },
	{ 0, "path", RN_STRINGS(O, paths), .argument = "PATH",
		.help = "only calls that name PATH, as given or made absolute, or use a descriptor that "
			"leads there; PATH is a glob, in which * stands for slashes too, or a "
			"/regex/" },
	{ 0, "tid", RN_STRINGS(O, tids), .argument = "TID",
		.help = "only calls of the thread with this id; several with commas" },
	{ 0, "time", RN_STRING(O, time), .argument = "FROM..TO",
		.help = "only calls entered from FROM on and before TO, of which one may be missing: "
			"1.5s and 200ms since the start, -1s before the end, 25%, 12:30:01.5 of the "
			"clock, 2026-11-22T12:30:00Z" },
	{ 0, "where", RN_STRINGS(O, wheres), .argument = "EXPRESSION",
		.help = "only calls for which the SQL expression is true, over the columns of the view "
			"syscalls: \"dur > 1000000 and path glob '/tmp/*'\"; of several all must be" },
	{ RN_OPTIONS_END },
};
#undef O

void rn_selection_options_fini(struct rn_selection_options *o)
{
	rn_strings_fini(&o->tids);
	rn_strings_fini(&o->comms);
	rn_strings_fini(&o->exes);
	rn_strings_fini(&o->paths);
	rn_strings_fini(&o->fds);
	rn_strings_fini(&o->errors);
	rn_strings_fini(&o->wheres);
}

/* One number; *at moves behind it. */
static bool take_number(const char **at, uint64_t max, uint64_t *number)
{
	char *end;
	errno = 0;
	*number = strtoull(*at, &end, 10);
	bool ok = **at >= '0' && **at <= '9' && !errno && *number <= max;
	*at = end;
	return ok;
}

int rn_numbers_parse(const struct rn_strings *words, const char *option, uint64_t max,
	uint64_t **numbers, size_t *n, struct rn_error *err)
{
	size_t cap = 1;
	*n = 0;
	for (size_t i = 0; i < words->n; i++)
		cap += strlen(words->item[i]);
	*numbers = calloc(cap, sizeof(**numbers));
	if (!*numbers)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < words->n; i++) {
		const char *at = words->item[i];
		do {
			if (!take_number(&at, max, &(*numbers)[(*n)++]) || (*at && *at != ','))
				return rn_fail(err, RN_E_USAGE, "%s: '%s' is no number from 0 to %llu",
					option, words->item[i], (unsigned long long)max);
		} while (*at++ == ',');
	}
	return 0;
}
