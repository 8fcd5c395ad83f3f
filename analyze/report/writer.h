/* SPDX-License-Identifier: MIT */
/**
 * writer - what all report writers have in common: a sink, a stream, a buffer before it.
 */
#ifndef RN_ANALYZE_REPORT_WRITER_H
#define RN_ANALYZE_REPORT_WRITER_H

#include "analyze/report/report.h"
#include "shared/buffer.h"

struct rn_writer_base {
	struct rn_sink sink;          /* first: the writer is known by its sink */
	FILE *stream;                 /* borrowed */
	struct rn_buffer text;        /* written, not yet in the stream */
	const struct rn_table *table; /* between table_begin and table_end */
	bool any;                     /* something was written before */
};

/** A zeroed writer of `bytes` bytes, which begins with its base; NULL: no memory, *err says so. */
void *rn_writer_base_new(size_t bytes, const struct rn_sink *sink, FILE *stream,
	struct rn_error *err);
/** Hands the buffer to the stream. RN_E_NOMEM when a put failed, else by the write's errno. */
int rn_writer_base_drain(struct rn_writer_base *w, struct rn_error *err);
/** Drains and flushes the stream unless code is an error already, frees; the first error. */
int rn_writer_base_end(struct rn_writer_base *w, int code, struct rn_error *err);

#endif
