/* SPDX-License-Identifier: MIT */
#include "analyze/command/grants.h"

#include "analyze/command/alarm.h"
#include "analyze/index/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sanitizers look at their own process through /proc and coverage is written at the end: neither is for a
 * sandbox, unless it is asked for. */
#ifdef RN_INSTRUMENTED
#define USUAL_MODE RN_SANDBOX_OFF
#else
#define USUAL_MODE RN_SANDBOX_AUTO
#endif

static const struct rn_word modes[] = {
	{ "auto", USUAL_MODE, "where the kernel has what it takes" },
	{ "on", RN_SANDBOX_ON, "or not at all" },
	{ "off", RN_SANDBOX_OFF, NULL },
	{ NULL, 0, NULL },
};

const struct rn_option rn_sandbox_option_rows[] = {
	{ RN_HEADING("Safety") },
	{ 0, "sandbox", RN_WORD(struct rn_sandbox_options, mode, modes), .argument = "WHEN", .initial = "auto",
		.help = "read the trace in a process that can write nothing but what was asked for, use no network "
			"and start nothing: auto (where the kernel has what it takes), on (or not at all), off" },
	{ RN_OPTIONS_END },
};

static int add_file(struct rn_grants *g, const char *path)
{
	const char **more = realloc(g->files.item, (g->files.n + 2) * sizeof(*more));
	if (!more)
		return RN_E_NOMEM;
	more[g->files.n++] = path;
	more[g->files.n] = NULL;
	g->files.item = more;
	return 0;
}

/* path: the heap's, or NULL where there is none. */
static int own_file(struct rn_grants *g, char *path)
{
	char **more = path ? realloc(g->owned, (g->n_owned + 1) * sizeof(*more)) : NULL;
	if (!path)
		return 0;
	if (!more) {
		free(path);
		return RN_E_NOMEM;
	}
	more[g->n_owned++] = path;
	g->owned = more;
	return add_file(g, path);
}

/* A folder within one that the environment names. */
static int add_tree(struct rn_grants *g, const char *variable, const char *below)
{
	const char *value = getenv(variable);
	char *path;
	if (!value || *value != '/' || g->n_trees == RN_GRANTS_TREES)
		return 0;
	if (asprintf(&path, "%s%s", value, below) < 0)
		return RN_E_NOMEM;
	g->tree[g->n_trees++] = path;
	return 0;
}

static int add_trees(struct rn_grants *g, const char *const (*places)[2], size_t n)
{
	int rc = 0;
	for (size_t i = 0; i < n && !rc; i++)
		rc = add_tree(g, places[i][0], places[i][1]);
	return rc;
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
static int grant_network(struct rn_grants *g)
{
	static const char *const caches[][2] = { { "DEBUGINFOD_CACHE_PATH", "" },
		{ "XDG_CACHE_HOME", "/debuginfod_client" }, { "HOME", "/.cache/debuginfod_client" },
		{ "HOME", "/.debuginfod_client_cache" } };
	g->rules.network = true;
	return add_trees(g, caches, COUNT(caches));
}

static int grant_index(struct rn_grants *g, const struct rn_invocation *in)
{
	static const char *const caches[][2] = { { "XDG_CACHE_HOME", "/renacer" }, { "HOME", "/.cache/renacer" } };
	int rc = in->argc ? 0 : own_file(g, rn_index_beside(RN_DEFAULT_TRACE));
	for (int i = 0; i < in->argc && !rc; i++)
		rc = own_file(g, rn_index_beside(in->argv[i]));
	return rc ? rc : add_trees(g, caches, getenv("XDG_CACHE_HOME") ? 1 : 2);
}

static int grant_operands(struct rn_grants *g, const struct rn_invocation *in)
{
	int rc = in->argc ? 0 : add_file(g, RN_DEFAULT_TRACE);
	for (int i = 0; i < in->argc && !rc; i++)
		rc = add_file(g, in->argv[i]);
	return rc;
}

static int grant_history(struct rn_grants *g)
{
	static const char *const folders[][2] = { { "XDG_STATE_HOME", "/renacer" },
		{ "HOME", "/.local/state/renacer" } };
	return add_trees(g, folders, COUNT(folders));
}

/* Whether the row's option asks for what it needs. */
static bool is_given(const struct rn_option *row, const void *field)
{
	switch (row->kind) {
	case RN_OPTION_FLAG: return *(const bool *)field;
	case RN_OPTION_STRING: return *(const char *const *)field != NULL;
	case RN_OPTION_STRINGS: return ((const struct rn_strings *)field)->n > 0;
	case RN_OPTION_WORD:
		for (const struct rn_word *w = row->words; w->word; w++)
			if (row->grants_when && strcmp(w->word, row->grants_when) == 0)
				return *(const int *)field == w->value;
		return true;
	default: return true;
	}
}

static int grant_option(struct rn_grants *g, const struct rn_option *row, const void *field)
{
	int rc = 0;
	switch (row->grants) {
	case RN_OPTION_READS:
		break;
	case RN_OPTION_WRITES:
		if (row->kind == RN_OPTION_STRING)
			return add_file(g, *(const char *const *)field);
		for (size_t i = 0; i < ((const struct rn_strings *)field)->n && !rc; i++)
			rc = add_file(g, ((const struct rn_strings *)field)->item[i]);
		break;
	case RN_OPTION_COMMAND:
		g->rules.command = *(const char *const *)field;
		break;
	case RN_OPTION_NETWORK:
		return grant_network(g);
	case RN_OPTION_DEVICES:
		g->rules.devices = true;
		break;
	}
	return rc;
}

static int grant_options(struct rn_grants *g, const struct rn_cli *cli)
{
	int rc = 0;
	for (size_t i = 0; i < cli->n_sets; i++)
		for (const struct rn_option *row = cli->sets[i].rows; row->kind != RN_OPTION_END && !rc; row++) {
			const void *field = (const char *)cli->sets[i].target + row->offset;
			if (row->grants != RN_OPTION_READS && is_given(row, field))
				rc = grant_option(g, row, field);
		}
	return rc;
}

/* A trace, a root or a folder of debug files may lie below /proc/PID/root. */
static bool names_processes(const struct rn_cli *cli, const struct rn_invocation *in)
{
	bool found = false;
	for (int i = 0; i < in->argc; i++)
		found |= strncmp(in->argv[i], "/proc/", 6) == 0;
	for (size_t i = 0; i < cli->n_sets; i++)
		for (const struct rn_option *row = cli->sets[i].rows; row->kind != RN_OPTION_END; row++) {
			const void *field = (const char *)cli->sets[i].target + row->offset;
			const struct rn_strings *all = field;
			const char *one = row->kind == RN_OPTION_STRING ? *(const char *const *)field : NULL;
			found |= one && strncmp(one, "/proc/", 6) == 0;
			for (size_t j = 0; row->kind == RN_OPTION_STRINGS && j < all->n; j++)
				found |= strncmp(all->item[j], "/proc/", 6) == 0;
		}
	return found;
}

int rn_grants_init(struct rn_grants *g, const struct rn_command *c, const struct rn_cli *cli,
	const struct rn_invocation *in, const struct rn_sandbox_options *o, struct rn_error *err)
{
	*g = (struct rn_grants){ .rules = { .mode = (enum rn_sandbox_mode)o->mode, .run = rn_alarm_run } };
	g->rules.other_processes = names_processes(cli, in);
	int rc = grant_options(g, cli);
	if (!rc && (c->grants & RN_GRANT_INDEX))
		rc = grant_index(g, in);
	if (!rc && (c->grants & RN_GRANT_TRACE))
		rc = grant_operands(g, in);
	if (!rc && (c->grants & RN_GRANT_HISTORY))
		rc = grant_history(g);
	if (!rc && (c->grants & RN_GRANT_NETWORK))
		rc = grant_network(g);
	g->rules.files = g->files.item;
	g->rules.trees = (const char **)g->tree;
	return rc ? rn_fail(err, rc, "out of memory") : 0;
}

void rn_grants_fini(struct rn_grants *g)
{
	for (size_t i = 0; i < g->n_owned; i++)
		free(g->owned[i]);
	free(g->owned);
	for (size_t i = 0; i < g->n_trees; i++)
		free(g->tree[i]);
	rn_strings_fini(&g->files);
}
