/* SPDX-License-Identifier: MIT */
/* index - makes the index that questions would make themselves, or removes it. */
#include "analyze/command/command.h"
#include "analyze/index/index.h"
#include "analyze/index/stacks.h"
#include "shared/diag.h"
#include "shared/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct options {
	bool anew, no_stacks, quiet;
};

static const struct rn_option rows[] = {
	{ 0, "anew", RN_FLAG(struct options, anew), .help = "make it anew even if there is one that fits" },
	{ 0, "no-stacks", RN_FLAG(struct options, no_stacks),
		.help = "without call stacks: they are unwound when they are first asked for" },
	{ 'q', "quiet", RN_FLAG(struct options, quiet), .help = "say nothing" },
	{ RN_OPTIONS_END },
};

static void tell(const struct rn_index *x, struct rn_diag *diag)
{
	struct stat st;
	const char *path = rn_index_path(x);
	if (!path)
		rn_diag_warn(diag, "there is no place for an index: questions will make one in memory");
	else if (!rn_index_surveyed(x) && !rn_index_unwound(x))
		rn_diag_note(diag, "%s is up to date", path);
	else if (stat(path, &st) == 0)
		rn_diag_note(diag, "%s: %zu blocks, stacks of %zu, %lld bytes", path, rn_index_surveyed(x),
			rn_index_unwound(x), (long long)st.st_size);
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	const struct options *o = options;
	struct rn_reader *r = NULL;
	struct rn_index *x = NULL;
	const char *path;
	in->diag->quiet |= o->quiet;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_reader_open(&r, path, err);
	if (!rc && !rn_reader_seekable(r))
		rc = rn_fail(err, RN_E_USAGE, "a pipe has no index: give a file");
	if (!rc)
		rc = rn_index_open(&x, path, r, NULL, o->anew ? RN_INDEX_ANEW : RN_INDEX_MAKE, in->diag, err);
	if (!rc && !o->no_stacks)
		rc = rn_index_make_stacks(&x, r, path, in->diag, err);
	if (x)
		tell(x, in->diag);
	rn_index_close(x);
	rn_reader_close(r);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_index = {
	.name = "index",
	.summary = "make the index of a trace, which answers questions faster",
	.synopsis = synopsis,
	.options = { rows },
	.options_size = sizeof(struct options),
	.grants = RN_GRANT_INDEX,
	.run = run,
};
