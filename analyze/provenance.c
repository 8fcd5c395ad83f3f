/* SPDX-License-Identifier: MIT */
#include "analyze/provenance.h"

#include "analyze/words.h"

static const struct rn_column columns[] = {
	{ .name = "trace", .type = RN_T_TEXT, .doc = "uuid" },
	{ .name = "start", .type = RN_T_TEXT },
	{ .name = "command", .type = RN_T_TEXT },
	{ .name = "host", .type = RN_T_TEXT },
	{ .name = "machine", .type = RN_T_TEXT },
	{ .name = "kernel", .type = RN_T_TEXT },
	{ .name = "backend", .type = RN_T_TEXT },
	{ .name = "recorder", .type = RN_T_TEXT },
	{ .name = "recorder_filter", .type = RN_T_TEXT },
	{ .name = "chaos", .type = RN_T_TEXT },
	{ .name = "analyzer", .type = RN_T_TEXT },
	{ .name = "filter", .type = RN_T_TEXT },
	{ .name = "complete", .type = RN_T_BOOL },
	{ .name = "damages", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "lost_events", .type = RN_T_U64, .unit = RN_U_COUNT },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static const struct rn_table table = {
	.name = "provenance", .flags = RN_TABLE_RECORD | RN_TABLE_ABOUT, .columns = columns,
	.n_columns = N_COLUMNS,
};

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

int rn_provenance_emit(const struct rn_provenance *p, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(p->reader);
	const struct rn_machine_desc *m = rn_machine_desc((enum rn_machine)h->machine);
	struct rn_buffer uuid = RN_BUFFER_INIT, start = RN_BUFFER_INIT, command = RN_BUFFER_INIT,
		filter = RN_BUFFER_INIT;
	rn_put_uuid(&uuid, h->uuid);
	rn_put_utc(&start, h->start_realtime_ns);
	rn_put_argv(&command, h->command_argv);
	for (size_t i = 0; i < p->n_filters; i++)
		rn_put_format(&filter, "%s%s", i ? " " : "", p->filters[i]);
	for (size_t i = 0; i < p->selection->n; i++)
		rn_put_format(&filter, "%s%s", filter.len ? " " : "", p->selection->item[i]);
	const struct rn_cell cells[N_COLUMNS] = {
		known(rn_buffer_bytes(&uuid)), known(rn_buffer_bytes(&start)),
		known(rn_buffer_bytes(&command)), known(h->hostname),
		m ? rn_cell_text(m->name) : rn_cell_null(), known(h->release), known(h->backend),
		known(h->recorder_version), known(h->filter), known(h->chaos),
		rn_cell_text("renacer " RN_VERSION), known(rn_buffer_bytes(&filter)),
		rn_cell_bool(rn_reader_complete(p->reader)),
		rn_cell_u64(rn_reader_n_damage(p->reader)), rn_cell_u64(p->lost_events),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	rn_buffer_fini(&uuid);
	rn_buffer_fini(&start);
	rn_buffer_fini(&command);
	rn_buffer_fini(&filter);
	return rc;
}
