/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/frames.h"

#define O struct rn_frame_options_place
const struct rn_option rn_frame_rows[] = {
	{ RN_HEADING("Where calls come from") },
	{ 0, "source", RN_FLAG(O, frames.source),
		.help = "show where in the user's own code each call was made: [FILE:LINE in FUNCTION]" },
	{ 0, "user-code", RN_STRINGS(O, frames.user_code), .argument = "PATH|/REGEX/",
		.help = "the user's own code is what lies in modules or source files below PATH or where "
			"REGEX is found in module, file or function; may be repeated. Without it: "
			"everything but the system's libraries and run-time systems of languages" },
	{ 0, "in", RN_STRINGS(O, frames.in), .argument = "FUNCTION|/REGEX/",
		.help = "only calls with such a function in their stack; may be repeated" },
	{ 0, "not-in", RN_STRINGS(O, frames.not_in), .argument = "FUNCTION|/REGEX/",
		.help = "only calls without such a function in their stack" },
	{ 0, "unwinder", RN_STRING(O, frames.unwinder), .argument = "own|libunwind",
		.help = "who walks the stacks; libunwind is slow, knows less, and is there to compare with" },
	{ 0, "debug-dir", RN_STRINGS(O, frames.debug_dirs), .argument = "DIR",
		.help = "look for symbols and lines below DIR, too; may be repeated" },
	{ 0, "sysroot", RN_STRING(O, frames.sysroot), .argument = "DIR",
		.help = "the traced programs and libraries, and their debug files, lie below DIR" },
	{ 0, "debuginfod", RN_FLAG(O, frames.debuginfod), .grants = RN_OPTION_NETWORK,
		.help = "ask the servers of DEBUGINFOD_URLS for symbols and lines" },
	{ 0, "transpiler-map", RN_STRINGS(O, frames.maps), .argument = "FILE",
		.help = "FILE leads from generated code back to the source it was made of; may be "
			"repeated" },
	{ 0, "rewrite-stacktrace", RN_FLAG(O, frames.rewrite),
		.help = "show the original file, line and function in place of the generated ones" },
	{ 0, "rewrite-errors", RN_FLAG(O, frames.rewrite_errors),
		.help = "show the lines that the program wrote to its standard error once more, with "
			"places in generated files replaced by those of the original" },
	{ 0, "show-transpiler-context", RN_FLAG(O, frames.context),
		.help = "show the map's remark on each line as well" },
	{ RN_OPTIONS_END },
};
#undef O
