/* SPDX-License-Identifier: MIT */
#include "analyze/command/profile.h"

#include "analyze/command/report.h"
#include "analyze/filters/moment.h"

#include <stdlib.h>

#define SLOW_IO "1ms"
#define CUT_OF_LARGE 0.5 /* percent, where nothing is said */

#define O struct rn_report_options
const struct rn_option rn_profile_rows[] = {
	{ RN_HEADING("Functions") },
	{ 0, "function-time", RN_FLAG(O, profile.function_time),
		.help = "sum up calls, time, errors and I/O by the user's own functions that made the "
			"calls, with the call graph, instead of listing the calls; with --source "
			"inlined functions count as well" },
	{ 0, "slow-io", RN_STRING(O, profile.slow_io), .argument = "TIME", .initial = SLOW_IO,
		.help = "I/O that takes longer than TIME is marked as slow" },
	{ 0, "hot-paths", RN_UINT(O, profile.hot_paths), .argument = "N", .initial = "10", .min = 1,
		.max = 1000000, .help = "show the N functions with most time" },
	{ 0, "graph-depth", RN_UINT(O, profile.depth), .argument = "N", .initial = "32", .max = 1000,
		.help = "levels of the call graph" },
	{ 0, "graph-cut", RN_STRING(O, profile.cut), .argument = "PERCENT",
		.help = "leave out branches of the call graph with less than PERCENT of the time (0.5 "
			"of a large graph, else 0)" },
	{ RN_OPTIONS_END },
};
#undef O

int rn_profile_options_read(struct rn_functions_options *out, const struct rn_profile_options *o,
	struct rn_error *err)
{
	char *end;
	*out = (struct rn_functions_options){ .top = o->hot_paths, .graph_depth = o->depth };
	const char *slow = o->slow_io ? o->slow_io : SLOW_IO, *cut = o->cut;
	int rc = rn_duration_parse(rn_bytes_str(slow), &out->slow_io_ns, err);
	if (rc == RN_E_USAGE)
		rn_error_prefix(err, "--slow-io");
	if (rc)
		return rc;
	out->large_graph_cut_percent = cut ? 0 : CUT_OF_LARGE;
	if (!cut)
		return 0;
	out->graph_cut_percent = strtod(cut, &end);
	if (*end == '%')
		end++;
	if (end == cut || *end || !(out->graph_cut_percent >= 0 && out->graph_cut_percent <= 100))
		return rn_fail(err, RN_E_USAGE, "--graph-cut: '%s' is no percentage from 0 to 100", cut);
	return 0;
}
