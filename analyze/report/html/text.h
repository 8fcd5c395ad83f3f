/* SPDX-License-Identifier: MIT */
/**
 * text - bytes of traced programs inside of HTML: nothing of them is ever markup.
 *
 * Characters that mean something to HTML become entities, also those that only mean something within
 * quotes; what is unsafe on a terminal (controls, directions, bytes that are not UTF-8) becomes octal
 * escapes, as in text.
 */
#ifndef RN_ANALYZE_REPORT_HTML_TEXT_H
#define RN_ANALYZE_REPORT_HTML_TEXT_H

#include "shared/buffer.h"

/** Element content or the value of an attribute in double quotes. */
void rn_html_text(struct rn_buffer *out, struct rn_bytes s);
/** One line of plain UTF-8 without controls or directions, for scripts that put it in as text. */
void rn_html_plain(struct rn_buffer *out, struct rn_bytes s);
/** JSON within a script element: no text of it can end the element. */
void rn_html_json(struct rn_buffer *out, struct rn_bytes json);

#endif
