/* SPDX-License-Identifier: MIT */
/**
 * sql_prompt - statements from a terminal, with history and completion.
 */
#ifndef RN_ANALYZE_COMMAND_SQL_PROMPT_H
#define RN_ANALYZE_COMMAND_SQL_PROMPT_H

#include "shared/error.h"

struct rn_prompt;

/** Takes the history of $XDG_STATE_HOME/renacer/sql_history, or ~/.local/state. NULL: no memory. */
struct rn_prompt *rn_prompt_new(void);
/** Writes the history back. */
void rn_prompt_free(struct rn_prompt *p);
/** The next statement, which ends with a semicolon, or a line that begins with a dot; the prompt's own until
 *  the next call. NULL at the end of input. */
const char *rn_prompt_next(struct rn_prompt *p);

#endif
