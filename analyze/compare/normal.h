/* SPDX-License-Identifier: MIT */
/**
 * normal - names without what differs from run to run, so that two runs call the same thing the same.
 *
 * Of paths, after the user's own rewrites:
 *   N    numbers of five digits or more; all those behind /proc, task and pts, and in brackets (pipe:[12])
 *   H    hexadecimal numbers of eight digits or more, digits and letters, and two digits of a folder in front
 *   UUID
 *   0xN  addresses
 *   X    below /tmp, /var/tmp, /dev/shm: words of six or more that look drawn by chance (mkstemp, mktemp,
 *        Python's tempfile, gcc)
 * Of functions what compilers and linkers append: ".constprop.0", ".isra.3", "@plt", "@@GLIBC_2.34".
 * Each distinct name is looked at once.
 */
#ifndef RN_ANALYZE_COMPARE_NORMAL_H
#define RN_ANALYZE_COMPARE_NORMAL_H

#include "shared/buffer.h"
#include "shared/error.h"
#include "shared/option.h"

struct rn_normal;

/** rewrites: words like s/REGEX/TEXT/ with any character for the /; $1 is a group. off: they alone. The words are
 *  borrowed. RN_E_USAGE names the word. */
int rn_normal_new(struct rn_normal **out, const struct rn_strings *rewrites, bool off, struct rn_error *err);
void rn_normal_free(struct rn_normal *n); /* NULL is fine */

/** *out lives as long as n. 0, RN_E_NOMEM, RN_E_LIMIT (a regex). */
int rn_normal_path(struct rn_normal *n, struct rn_bytes path, struct rn_bytes *out, struct rn_error *err);
/** A part of the name. */
struct rn_bytes rn_normal_function(struct rn_bytes name);
/** The class of a normalized path: its folder, at most three deep, with "/" and "*" behind; of what is no path the
 *  kind of descriptor ("pipe", "socket", "anon_inode:[eventpoll]"). Appends. */
void rn_put_path_class(struct rn_buffer *out, struct rn_bytes path);

#endif
