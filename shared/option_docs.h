/* SPDX-License-Identifier: MIT */
/**
 * option_docs - option tables as pieces of man pages and as completions of shells.
 *
 * Every command line answers `--describe=WORD` (hidden) with one of these; the
 * build makes its pages and completions from the answers (docs/CMakeLists.txt).
 */
#ifndef RN_SHARED_OPTION_DOCS_H
#define RN_SHARED_OPTION_DOCS_H

#include "shared/option.h"

/** .SH SYNOPSIS in man(7). */
void rn_cli_man_synopsis(FILE *out, const struct rn_cli *cli);
/** .SH OPTIONS, and .SH COMMANDS where there are some, in man(7). */
void rn_cli_man_options(FILE *out, const struct rn_cli *cli);

void rn_cli_bash(FILE *out, const struct rn_cli *cli);
void rn_cli_zsh(FILE *out, const struct rn_cli *cli);
void rn_cli_fish(FILE *out, const struct rn_cli *cli);

#endif
