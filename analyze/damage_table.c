/* SPDX-License-Identifier: MIT */
#include "analyze/damage_table.h"

#include <stdio.h>

static const struct rn_column columns[] = {
	{ .name = "offset", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 10,
		.doc = "where in the file" },
	{ .name = "bytes", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 10,
		.doc = "how much was passed over; null: unknown" },
	{ .name = "problem", .title = "what is wrong", .type = RN_T_TEXT, .left = true },
};

static const struct rn_table table = {
	.name = "damage", .flags = RN_TABLE_RULED, .empty = "No damage.", .columns = columns,
	.n_columns = 3,
};

int rn_damage_table_emit(const struct rn_reader *r, struct rn_sink *sink, struct rn_error *err)
{
	uint64_t n = rn_reader_n_damage(r), kept = 0;
	const struct rn_damage *d;
	int rc = rn_sink_begin(sink, &table, err);
	for (; !rc && kept < n && (d = rn_reader_damage(r, kept)); kept++) {
		struct rn_cell cells[] = { rn_cell_u64(d->offset),
			d->bytes ? rn_cell_u64(d->bytes) : rn_cell_null(), rn_cell_text(d->text) };
		rc = rn_sink_row(sink, cells, err);
	}
	if (!rc)
		rc = rn_sink_end(sink, err);
	if (rc || kept == n)
		return rc;
	char text[96];
	snprintf(text, sizeof(text), "%llu more places are damaged and not listed",
		(unsigned long long)(n - kept));
	return rn_sink_note(sink, rn_bytes_str(text), err);
}
