/* SPDX-License-Identifier: MIT */
/**
 * otlp - OpenTelemetry's trace data: what there is to say (otlp.c), and the two ways to write it.
 *
 * A span is a call; spans come in lots of one process, whose resource stands in front of each lot. Internal to
 * the formats otlp and otlp-protobuf.
 * Source: OTLP 1.5, opentelemetry/proto/trace/v1/trace.proto and the specification's "JSON Protobuf Encoding".
 */
#ifndef RN_ANALYZE_EXPORT_OTLP_H
#define RN_ANALYZE_EXPORT_OTLP_H

#include "analyze/table.h"
#include "shared/buffer.h"

#define RN_OTLP_ATTRIBUTES 24

/* Text that is no UTF-8 travels as report/utf8.h says. Integers are those of int64. */
struct rn_otlp_attribute {
	const char *key;
	struct rn_cell value; /* TEXT, I64 or BOOL */
};
struct rn_otlp_attributes {
	struct rn_otlp_attribute item[RN_OTLP_ATTRIBUTES];
	unsigned n;
};

struct rn_otlp_span {
	uint8_t trace[16], id[8], parent[8];
	bool has_parent;
	uint8_t trace_flags;    /* of the trace context, where it has a parent */
	const char *name;
	uint64_t begin_ns, end_ns; /* since 1970 */
	const char *error;      /* what the status says; NULL: no error */
	struct rn_otlp_attributes attributes;
};

#define RN_OTLP_SCOPE "renacer"
#define RN_OTLP_KIND_INTERNAL 1
#define RN_OTLP_STATUS_ERROR 2

struct rn_otlp_encoding {
	/** What stands before the first lot, between two, behind the last. */
	const char *head, *between, *tail;
	/** Appends a span to those of a lot. */
	void (*span)(struct rn_buffer *spans, const struct rn_otlp_span *span);
	/** A lot: a ResourceSpans with these spans. */
	void (*lot)(struct rn_buffer *out, const struct rn_otlp_attributes *resource, struct rn_bytes spans);
};
extern const struct rn_otlp_encoding rn_otlp_json, rn_otlp_protobuf;

#endif
