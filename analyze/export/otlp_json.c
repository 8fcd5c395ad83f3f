/* SPDX-License-Identifier: MIT */
/* One document on one line: the body of POST /v1/traces, and a line of the collector's OTLP JSON files. Integers of
 * 64 bits are strings, ids hexadecimal. */
#include "analyze/export/otlp.h"

#include "analyze/report/json_writer.h"
#include "analyze/words.h"

#include <stdio.h>

static void put_id(struct rn_json *j, const char *key, const uint8_t *id, size_t len)
{
	struct rn_buffer hex = RN_BUFFER_INIT;
	rn_put_hex_bytes(&hex, rn_bytes_of(id, len));
	rn_json_key(j, key);
	rn_json_bytes(j, rn_buffer_bytes(&hex));
	rn_buffer_fini(&hex);
}

static void put_number_text(struct rn_json *j, const char *key, uint64_t v, bool is_negative)
{
	char text[24];
	snprintf(text, sizeof(text), "%s%llu", is_negative ? "-" : "", (unsigned long long)v);
	rn_json_key(j, key);
	rn_json_text(j, text);
}

static void put_attributes(struct rn_json *j, const struct rn_otlp_attributes *a)
{
	rn_json_key(j, "attributes");
	rn_json_array_begin(j);
	for (unsigned i = 0; i < a->n; i++) {
		const struct rn_cell *v = &a->item[i].value;
		rn_json_object_begin(j);
		rn_json_key(j, "key");
		rn_json_text(j, a->item[i].key);
		rn_json_key(j, "value");
		rn_json_object_begin(j);
		if (v->type == RN_T_BOOL) {
			rn_json_key(j, "boolValue");
			rn_json_bool(j, v->boolean);
		} else if (v->type == RN_T_I64) {
			put_number_text(j, "intValue", v->i64 < 0 ? 0 - (uint64_t)v->i64 : (uint64_t)v->i64,
				v->i64 < 0);
		} else if (v->type == RN_T_REAL) {
			rn_json_key(j, "doubleValue");
			rn_json_real(j, v->real);
		} else {
			rn_json_key(j, "stringValue");
			rn_json_bytes(j, v->text);
		}
		rn_json_object_end(j);
		rn_json_object_end(j);
	}
	rn_json_array_end(j);
}

static void put_span(struct rn_buffer *spans, const struct rn_otlp_span *s)
{
	struct rn_json j;
	if (spans->len)
		rn_put_u8(spans, ',');
	rn_json_init(&j, spans, 0);
	rn_json_object_begin(&j);
	put_id(&j, "traceId", s->trace, sizeof(s->trace));
	put_id(&j, "spanId", s->id, sizeof(s->id));
	if (s->has_parent) {
		put_id(&j, "parentSpanId", s->parent, sizeof(s->parent));
		rn_json_key(&j, "flags");
		rn_json_u64(&j, s->trace_flags);
	}
	rn_json_key(&j, "name");
	rn_json_text(&j, s->name);
	rn_json_key(&j, "kind");
	rn_json_u64(&j, RN_OTLP_KIND_INTERNAL);
	put_number_text(&j, "startTimeUnixNano", s->begin_ns, false);
	put_number_text(&j, "endTimeUnixNano", s->end_ns, false);
	put_attributes(&j, &s->attributes);
	if (s->error) {
		rn_json_key(&j, "status");
		rn_json_object_begin(&j);
		rn_json_key(&j, "message");
		rn_json_text(&j, s->error);
		rn_json_key(&j, "code");
		rn_json_u64(&j, RN_OTLP_STATUS_ERROR);
		rn_json_object_end(&j);
	}
	rn_json_object_end(&j);
}

static void put_lot(struct rn_buffer *out, const struct rn_otlp_attributes *resource, struct rn_bytes spans)
{
	struct rn_json j;
	rn_put_text(out, "{\"resource\":");
	rn_json_init(&j, out, 0);
	rn_json_object_begin(&j);
	put_attributes(&j, resource);
	rn_json_object_end(&j);
	rn_put_text(out, ",\"scopeSpans\":[{\"scope\":{\"name\":\"" RN_OTLP_SCOPE "\",\"version\":\"" RN_VERSION
		"\"},\"spans\":[");
	rn_put_bytes(out, spans.p, spans.len);
	rn_put_text(out, "]}]}");
}

const struct rn_otlp_encoding rn_otlp_json = {
	.head = "{\"resourceSpans\":[",
	.between = ",",
	.tail = "]}\n",
	.span = put_span,
	.lot = put_lot,
};
