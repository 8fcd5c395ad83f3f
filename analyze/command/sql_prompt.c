/* SPDX-License-Identifier: MIT */
#include "analyze/command/sql_prompt.h"

#include "analyze/sql/session.h"
#include "shared/buffer.h"

#include <editline/readline.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HISTORY_LINES 1000

struct rn_prompt {
	struct rn_buffer statement, history;
};

/* What may stand here, one candidate a call. */
static char *candidate(const char *text, int again)
{
	static size_t at;
	const char *word;
	size_t len = strlen(text);
	if (!again)
		at = 0;
	while ((word = rn_sql_word(at)) != NULL) {
		at++;
		if (strncasecmp(word, text, len) == 0)
			return strdup(word);
	}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	(void)start, (void)end;
	rl_attempted_completion_over = 1;
	rl_completion_append_character = 0;
	return rl_completion_matches(text, candidate);
}

static bool make_folder(struct rn_buffer *path)
{
	char *text = strdup(rn_buffer_cstr(path));
	bool made = text != NULL;
	for (char *slash = text ? strchr(text + 1, '/') : NULL; slash && made; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		made = mkdir(text, 0700) == 0 || errno == EEXIST;
		*slash = '/';
	}
	free(text);
	return made;
}

/* Left empty where there is no place for it. */
static void find_history(struct rn_buffer *path)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (state && *state == '/')
		rn_put_format(path, "%s/renacer/sql_history", state);
	else if (home && *home == '/')
		rn_put_format(path, "%s/.local/state/renacer/sql_history", home);
	if (path->len && !make_folder(path))
		rn_buffer_clear(path);
}

struct rn_prompt *rn_prompt_new(void)
{
	struct rn_prompt *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	rl_readline_name = (char *)"renacer";
	rl_attempted_completion_function = complete;
	using_history();
	stifle_history(HISTORY_LINES);
	find_history(&p->history);
	if (p->history.len)
		read_history(rn_buffer_cstr(&p->history));
	return p;
}

void rn_prompt_free(struct rn_prompt *p)
{
	if (!p)
		return;
	if (p->history.len) {
		mode_t mask = umask(0077);
		write_history(rn_buffer_cstr(&p->history));
		umask(mask);
	}
	rn_buffer_fini(&p->statement);
	rn_buffer_fini(&p->history);
	free(p);
}

const char *rn_prompt_next(struct rn_prompt *p)
{
	rn_buffer_clear(&p->statement);
	for (;;) {
		char *line = readline(p->statement.len ? "   ...> " : "renacer> ");
		if (!line)
			return NULL;
		if (p->statement.len)
			rn_put_u8(&p->statement, '\n');
		rn_put_text(&p->statement, line);
		if (*line)
			add_history(line);
		bool dot = p->statement.len && p->statement.p[0] == '.';
		free(line);
		const char *text = rn_buffer_cstr(&p->statement);
		if (!p->statement.len)
			continue;
		if (dot || sqlite3_complete(text))
			return text;
	}
}
