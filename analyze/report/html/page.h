/* SPDX-License-Identifier: MIT */
/**
 * page - the frame of an HTML report: one file that needs no other and asks for none.
 *
 * <head> has a policy that allows its own script and style by their hashes, images out of data: URLs, and
 * nothing else: what a name smuggled in could do is nothing. Then come the caller's parts, the script, and data
 * in script elements that no browser runs; the script unpacks what has come while the rest is on its way.
 */
#ifndef RN_ANALYZE_REPORT_HTML_PAGE_H
#define RN_ANALYZE_REPORT_HTML_PAGE_H

#include "shared/buffer.h"

/** From the doctype to <body>; title behind "Renacer Trace Report", may be empty. */
void rn_html_page_begin(struct rn_buffer *out, struct rn_bytes title);
/** Footer and script, behind everything to look at. */
void rn_html_page_script(struct rn_buffer *out);
void rn_html_page_end(struct rn_buffer *out);

#endif
