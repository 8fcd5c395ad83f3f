/* SPDX-License-Identifier: MIT */
/* Tag, length, value; a zero or empty field is not written. Decoding fills a temporary, checks all
 * of it, and only then publishes. */
#include "format/header.h"

#include "format/frame.h"
#include "shared/cursor.h"

#include <string.h>

/* What this build can read; bits are named in docs/format.md. */
#define KNOWN_INCOMPATIBLE ((uint64_t)0)
/* What it writes. */
#define WRITTEN_COMPATIBLE ((uint64_t)0)
#define WRITTEN_INCOMPATIBLE ((uint64_t)0)

static void put_number(struct rn_buffer *out, unsigned tag, uint64_t v)
{
	if (!v)
		return;
	unsigned len = 1;
	for (uint64_t rest = v >> 7; rest; rest >>= 7)
		len++;
	rn_put_varint(out, tag);
	rn_put_varint(out, len);
	rn_put_varint(out, v);
}

static void put_bytes(struct rn_buffer *out, unsigned tag, struct rn_bytes b)
{
	if (!b.len)
		return;
	rn_put_varint(out, tag);
	rn_put_string(out, b);
}

static void put_uuid(struct rn_buffer *out, unsigned tag, const uint8_t uuid[16])
{
	static const uint8_t none[16];
	if (memcmp(uuid, none, sizeof(none)) != 0)
		put_bytes(out, tag, rn_bytes_of(uuid, 16));
}

int rn_header_encode(struct rn_buffer *out, const struct rn_header *h, struct rn_error *err)
{
	size_t at = rn_frame_begin(out, RN_FRAME_HEADER);
	rn_put_u16(out, RN_FORMAT_VERSION_MAJOR);
	rn_put_u16(out, RN_FORMAT_VERSION_MINOR);
	rn_put_u64(out, WRITTEN_COMPATIBLE);
	rn_put_u64(out, WRITTEN_INCOMPATIBLE);
#define PUT_U(tag, name) put_number(out, tag, h->name);
#define PUT_B(tag, name) put_bytes(out, tag, h->name);
#define PUT_UUID(tag, name) put_bytes(out, tag, rn_bytes_of(h->name, sizeof(h->name)));
#define PUT_OTHER_UUID(tag, name) put_uuid(out, tag, h->name);
#define FIELD(tag, type, name) PUT_##type(tag, name)
#include "format/header_fields.def"
#undef FIELD
	rn_frame_end(out, at);
	if (!rn_buffer_ok(out))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return 0;
}

static void take_field(struct rn_header *h, uint64_t tag, struct rn_bytes value)
{
	struct rn_cursor c = rn_cursor_of(value.p, value.len);
	switch (tag) {
#define TAKE_U(name) h->name = (__typeof__(h->name))rn_take_varint(&c)
#define TAKE_B(name) h->name = value
#define TAKE_UUID(name) \
	if (value.len == sizeof(h->name)) \
		memcpy(h->name, value.p, sizeof(h->name))
#define TAKE_OTHER_UUID(name) TAKE_UUID(name)
#define FIELD(t, type, name) \
	case t: \
		TAKE_##type(name); \
		break;
#include "format/header_fields.def"
#undef FIELD
	default:
		break; /* newer than this reader */
	}
}

static int check_versions(const struct rn_header *h, const char *damaged, struct rn_error *err)
{
	if (h->version_major != RN_FORMAT_VERSION_MAJOR)
		return rn_fail(err, RN_E_VERSION,
			"the trace has format version %u.%u, this program reads version %u%s",
			h->version_major, h->version_minor, RN_FORMAT_VERSION_MAJOR, damaged);
	uint64_t unknown = h->incompatible & ~KNOWN_INCOMPATIBLE;
	if (unknown)
		return rn_fail(err, RN_E_FEATURE,
			"the trace uses the incompatible feature %d, which this program does not know%s",
			__builtin_ctzll(unknown), damaged);
	return 0;
}

/* Fields as far as they make sense; false when they do not to the end. */
static bool take_all(struct rn_header *h, struct rn_cursor *c)
{
	h->version_major = rn_take_u16(c);
	h->version_minor = rn_take_u16(c);
	h->compatible = rn_take_u64(c);
	h->incompatible = rn_take_u64(c);
	while (rn_cursor_left(c)) {
		uint64_t tag = rn_take_varint(c);
		struct rn_bytes value = rn_take_string(c, rn_cursor_left(c));
		if (rn_cursor_ok(c))
			take_field(h, tag, value);
	}
	return rn_cursor_ok(c);
}

static int find_frame(struct rn_bytes bytes, uint64_t *frame_bytes, struct rn_error *err)
{
	struct rn_buffer sample = RN_BUFFER_INIT;
	size_t at = rn_frame_begin(&sample, RN_FRAME_HEADER);
	int rc = rn_buffer_ok(&sample) ? 0 : RN_E_NOMEM;
	/* A short file is a trace cut off when it begins like one. */
	size_t n = bytes.len < RN_FRAME_HEAD ? bytes.len : RN_FRAME_HEAD;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if ((i < 4 || i >= 8) && bytes.p[i] != sample.p[at + i])
			rc = RN_E_NOT_TRACE;
	rn_buffer_fini(&sample);
	if (rc)
		return rn_fail(err, rc, "%s", rn_error_text(rc));
	if (bytes.len < RN_FRAME_HEAD)
		return rn_fail(err, RN_E_TRUNCATED, "the trace ends inside its header");
	rn_frame_sniff(bytes, frame_bytes);
	if (*frame_bytes < RN_FRAME_MIN || *frame_bytes > RN_HEADER_MAX_BYTES)
		return rn_fail(err, RN_E_CORRUPT, "the header has an impossible length");
	if (bytes.len < *frame_bytes)
		return rn_fail(err, RN_E_TRUNCATED, "the trace ends inside its header");
	return 0;
}

int rn_header_decode(struct rn_header *h, struct rn_bytes bytes, size_t *used,
	struct rn_error *err)
{
	uint64_t frame_bytes;
	int rc = find_frame(bytes, &frame_bytes, err);
	if (rc)
		return rc;
	struct rn_bytes body;
	bool damaged = rn_frame_body(rn_bytes_of(bytes.p, frame_bytes), &body, NULL) != 0;
	struct rn_header t = { 0 };
	struct rn_cursor c = rn_cursor_of(bytes.p + RN_FRAME_HEAD, frame_bytes - RN_FRAME_MIN);
	bool whole = take_all(&t, &c);
	rc = check_versions(&t, damaged ? " (and the header's checksum differs)" : "", err);
	if (rc)
		return rc;
	if (damaged || !whole)
		return rn_fail(err, RN_E_CORRUPT, "the header is damaged: %s",
			damaged ? "checksum differs" : "its fields make no sense");
	*h = t;
	*used = frame_bytes;
	return 0;
}

int rn_header_salvage(struct rn_header *h, struct rn_bytes bytes)
{
	struct rn_header t = { 0 };
	uint64_t frame_bytes;
	if (rn_frame_sniff(bytes, &frame_bytes) != RN_FRAME_HEADER)
		return RN_E_CORRUPT;
	if (frame_bytes > bytes.len)
		frame_bytes = bytes.len;
	struct rn_cursor c = rn_cursor_of(bytes.p + RN_FRAME_HEAD, frame_bytes - RN_FRAME_HEAD);
	take_all(&t, &c);
	if (check_versions(&t, "", NULL))
		return RN_E_CORRUPT;
	*h = t;
	return 0;
}
