/* SPDX-License-Identifier: MIT */
/**
 * assets - the scripts and styles of HTML reports, embedded at build time (embed.cmake).
 *
 * Each is one text made of the files of its folder in the order of analyze/report/html/CMakeLists.txt. The
 * policy in a page's head names the SHA-256 of both, so a browser runs these and nothing else.
 */
#ifndef RN_ANALYZE_REPORT_HTML_ASSETS_H
#define RN_ANALYZE_REPORT_HTML_ASSETS_H

#include <stddef.h>
#include <stdint.h>

struct rn_html_asset {
	const uint8_t *text; /* UTF-8 */
	size_t len;
	uint8_t sha256[32];
};
extern const struct rn_html_asset rn_html_script, rn_html_style;

#endif
