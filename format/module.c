/* SPDX-License-Identifier: MIT */
#include "format/module.h"

#include "format/limits.h"

void rn_module_encode(struct rn_buffer *out, const struct rn_module_desc *d)
{
	size_t at = rn_frame_begin(out, RN_FRAME_MODULE);
	rn_put_varint(out, d->what.kind);
	rn_put_string(out, d->what.build_id);
	rn_put_string(out, d->what.name);
	rn_put_varint(out, d->raw_bytes);
	rn_put_varint(out, d->disk_bytes);
	rn_put_u32(out, d->disk_crc);
	rn_frame_end(out, at);
}

int rn_module_decode(struct rn_module_desc *d, struct rn_bytes body, struct rn_error *err)
{
	struct rn_cursor c = rn_cursor_of(body.p, body.len);
	struct rn_module_desc t = { 0 };
	t.what.kind = (uint32_t)rn_take_varint(&c);
	t.what.build_id = rn_take_string(&c, body.len);
	t.what.name = rn_take_string(&c, body.len);
	t.raw_bytes = rn_take_varint(&c);
	t.disk_bytes = rn_take_varint(&c);
	t.has_disk_crc = rn_cursor_left(&c) > 0; /* format 1.0 ends before it */
	if (t.has_disk_crc)
		t.disk_crc = rn_take_u32(&c);
	if (!rn_cursor_ok(&c) || t.raw_bytes > RN_MAX_MODULE_BYTES ||
		t.disk_bytes > RN_MAX_MODULE_BYTES ||
		t.raw_bytes > t.disk_bytes * RN_MAX_EXPANSION)
		return rn_fail(err, RN_E_CORRUPT, "the module's descriptor makes no sense");
	*d = t; /* what follows is newer than this reader */
	return 0;
}
