/* SPDX-License-Identifier: MIT */
/**
 * markdown - the writer of Markdown, with a length of the caller's.
 */
#ifndef RN_ANALYZE_REPORT_MARKDOWN_H
#define RN_ANALYZE_REPORT_MARKDOWN_H

#include "analyze/report/report.h"
#include "shared/buffer.h"

/* A comment on GitHub holds 65,536 characters, GitLab's a million. */
#define RN_MARKDOWN_MOST_BYTES 64000

extern const struct rn_report rn_report_markdown;
/** A writer whose document has at most `most` bytes, at least 4000. To be ended by rn_report_markdown.end. */
int rn_markdown_begin(struct rn_sink **sink, FILE *stream, size_t most, struct rn_error *err);

#endif
