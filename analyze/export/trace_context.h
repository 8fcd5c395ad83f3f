/* SPDX-License-Identifier: MIT */
/**
 * trace_context - whose request a trace is part of, by the TRACEPARENT of its environment.
 *
 * Source: W3C Trace Context, version 00: "00-TRACE-PARENT-FLAGS" in lower-case hexadecimal.
 */
#ifndef RN_ANALYZE_EXPORT_TRACE_CONTEXT_H
#define RN_ANALYZE_EXPORT_TRACE_CONTEXT_H

#include "shared/bytes.h"

#include <stdbool.h>

struct rn_trace_context {
	uint8_t trace[16], parent[8];
	uint8_t flags;
};

/** False: it is none, or not a valid one. Of later versions what version 00 has is taken. */
bool rn_trace_context_parse(struct rn_trace_context *out, struct rn_bytes text);

#endif
