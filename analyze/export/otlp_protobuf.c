/* SPDX-License-Identifier: MIT */
/* ExportTraceServiceRequest (and TracesData, which is the same): lot after lot. */
#include "analyze/export/otlp.h"

#include "analyze/export/proto.h"

enum { REQUEST_RESOURCE_SPANS = 1 };
enum { RESOURCE_SPANS_RESOURCE = 1, RESOURCE_SPANS_SCOPE };
enum { RESOURCE_ATTRIBUTES = 1 };
enum { SCOPE_SPANS_SCOPE = 1, SCOPE_SPANS_SPAN };
enum { SCOPE_NAME = 1, SCOPE_VERSION };
enum { SPAN_TRACE = 1, SPAN_ID, SPAN_PARENT = 4, SPAN_NAME, SPAN_KIND, SPAN_BEGIN, SPAN_END,
	SPAN_ATTRIBUTES, SPAN_STATUS = 15, SPAN_FLAGS };
enum { STATUS_MESSAGE = 2, STATUS_CODE };
enum { PAIR_KEY = 1, PAIR_VALUE };
enum { VALUE_TEXT = 1, VALUE_BOOL, VALUE_INT, VALUE_DOUBLE };

static void put_attributes(struct rn_buffer *out, uint32_t field, const struct rn_otlp_attributes *a)
{
	for (unsigned i = 0; i < a->n; i++) {
		const struct rn_cell *v = &a->item[i].value;
		size_t pair = rn_proto_begin(out, field);
		rn_proto_text(out, PAIR_KEY, rn_bytes_str(a->item[i].key));
		size_t value = rn_proto_begin(out, PAIR_VALUE);
		if (v->type == RN_T_BOOL)
			rn_proto_u64(out, VALUE_BOOL, v->boolean);
		else if (v->type == RN_T_I64)
			rn_proto_i64(out, VALUE_INT, v->i64);
		else if (v->type == RN_T_REAL)
			rn_proto_double(out, VALUE_DOUBLE, v->real);
		else
			rn_proto_text(out, VALUE_TEXT, v->text);
		rn_proto_end(out, value);
		rn_proto_end(out, pair);
	}
}

static void put_span(struct rn_buffer *out, const struct rn_otlp_span *s)
{
	size_t mark = rn_proto_begin(out, SCOPE_SPANS_SPAN);
	rn_proto_bytes(out, SPAN_TRACE, rn_bytes_of(s->trace, sizeof(s->trace)));
	rn_proto_bytes(out, SPAN_ID, rn_bytes_of(s->id, sizeof(s->id)));
	if (s->has_parent)
		rn_proto_bytes(out, SPAN_PARENT, rn_bytes_of(s->parent, sizeof(s->parent)));
	rn_proto_text(out, SPAN_NAME, rn_bytes_str(s->name));
	rn_proto_u64(out, SPAN_KIND, RN_OTLP_KIND_INTERNAL);
	rn_proto_fixed64(out, SPAN_BEGIN, s->begin_ns);
	rn_proto_fixed64(out, SPAN_END, s->end_ns);
	put_attributes(out, SPAN_ATTRIBUTES, &s->attributes);
	if (s->error) {
		size_t status = rn_proto_begin(out, SPAN_STATUS);
		rn_proto_text(out, STATUS_MESSAGE, rn_bytes_str(s->error));
		rn_proto_u64(out, STATUS_CODE, RN_OTLP_STATUS_ERROR);
		rn_proto_end(out, status);
	}
	if (s->has_parent)
		rn_proto_fixed32(out, SPAN_FLAGS, s->trace_flags);
	rn_proto_end(out, mark);
}

static void put_lot(struct rn_buffer *out, const struct rn_otlp_attributes *resource, struct rn_bytes spans)
{
	size_t lot = rn_proto_begin(out, REQUEST_RESOURCE_SPANS);
	size_t mark = rn_proto_begin(out, RESOURCE_SPANS_RESOURCE);
	put_attributes(out, RESOURCE_ATTRIBUTES, resource);
	rn_proto_end(out, mark);
	mark = rn_proto_begin(out, RESOURCE_SPANS_SCOPE);
	size_t scope = rn_proto_begin(out, SCOPE_SPANS_SCOPE);
	rn_proto_text(out, SCOPE_NAME, rn_bytes_str(RN_OTLP_SCOPE));
	rn_proto_text(out, SCOPE_VERSION, rn_bytes_str(RN_VERSION));
	rn_proto_end(out, scope);
	rn_put_bytes(out, spans.p, spans.len);
	rn_proto_end(out, mark);
	rn_proto_end(out, lot);
}

const struct rn_otlp_encoding rn_otlp_protobuf = {
	.head = "",
	.between = "",
	.tail = "",
	.span = put_span,
	.lot = put_lot,
};
