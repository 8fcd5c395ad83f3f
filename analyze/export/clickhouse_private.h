/* SPDX-License-Identifier: MIT */
/**
 * clickhouse_private - asking the server, for the files clickhouse*.c.
 */
#ifndef RN_ANALYZE_EXPORT_CLICKHOUSE_PRIVATE_H
#define RN_ANALYZE_EXPORT_CLICKHOUSE_PRIVATE_H

#include "analyze/export/clickhouse.h"
#include "analyze/export/http.h"

struct rn_clickhouse {
	struct rn_http *http;
	const char *database; /* borrowed */
	uint64_t lot_rows;
	struct rn_buffer answer;
};

/** Runs a statement, the data of an INSERT behind it; the answer is c->answer. RN_E_IO. */
int rn_clickhouse_ask(struct rn_clickhouse *c, const char *statement, struct rn_bytes data,
	struct rn_error *err);
/** Rows in RowBinary with these columns ("a, b") into a table. */
int rn_clickhouse_insert(struct rn_clickhouse *c, const char *table, const char *columns,
	struct rn_bytes rows, struct rn_error *err);
/** Text as a string literal. */
void rn_put_sql_string(struct rn_buffer *out, struct rn_bytes text);

/** The day on which a trace began, as the type Date has it. */
static inline uint16_t rn_clickhouse_day(const struct rn_header *h)
{
	return (uint16_t)(h->start_realtime_ns / ((uint64_t)86400 * 1000000000));
}

/* RowBinary: values one after the other, integers little-endian. */
void rn_put_row_binary_text(struct rn_buffer *out, struct rn_bytes text);

/** One row of `traces`. loaded: events of it; finished: that is all of them. */
int rn_clickhouse_put_trace(struct rn_clickhouse *c, struct rn_export_job *job, uint64_t loaded, bool finished,
	struct rn_error *err);
/** The words of the filters that the inquiry has, as they stand in `traces`. */
int rn_clickhouse_filter_words(struct rn_buffer *out, struct rn_export_job *job, struct rn_error *err);

#endif
