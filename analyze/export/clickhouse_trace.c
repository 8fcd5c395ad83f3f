/* SPDX-License-Identifier: MIT */
/* What the table `traces` tells of a trace. */
#include "analyze/export/clickhouse_private.h"

#include "analyze/words.h"

static const char columns[] = "day, trace, host, start_ns, command, machine, kernel, backend, recorder, "
	"recorder_filter, chaos, analyzer, filter, complete, damages, lost_events, events, finished, version, "
	"sampling";

static int take_filter(void *arg, const char *name, struct rn_bytes value)
{
	if (strcmp(name, "filter") == 0)
		rn_put_bytes(arg, value.p, value.len);
	return 0;
}

int rn_clickhouse_filter_words(struct rn_buffer *out, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_buffer pids = RN_BUFFER_INIT;
	int rc = rn_export_about(job, take_filter, out, err);
	for (size_t i = 0; i < job->q->n_pids; i++)
		rn_put_format(&pids, "%s-p %llu", out->len || i ? " " : "", (unsigned long long)job->q->pids[i]);
	rn_put_bytes(out, pids.p, pids.len);
	rn_buffer_fini(&pids);
	return rc || rn_buffer_ok(out) ? rc : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static void put_text(struct rn_buffer *out, struct rn_bytes s)
{
	rn_put_row_binary_text(out, s);
}

int rn_clickhouse_put_trace(struct rn_clickhouse *c, struct rn_export_job *job, uint64_t loaded, bool finished,
	struct rn_error *err)
{
	const struct rn_header *h = job->header;
	const struct rn_machine_desc *m = rn_machine_desc((enum rn_machine)h->machine);
	struct rn_buffer out = RN_BUFFER_INIT, text = RN_BUFFER_INIT;
	struct rn_model_end end;
	rn_model_end(job->model, &end);
	rn_put_u16(&out, rn_clickhouse_day(h));
	rn_put_uuid(&text, h->uuid);
	put_text(&out, rn_buffer_bytes(&text));
	put_text(&out, h->hostname);
	rn_put_u64(&out, h->start_realtime_ns);
	rn_buffer_clear(&text);
	rn_put_argv(&text, h->command_argv);
	put_text(&out, rn_buffer_bytes(&text));
	put_text(&out, m ? rn_bytes_str(m->name) : rn_bytes_of(NULL, 0));
	put_text(&out, h->release);
	put_text(&out, h->backend);
	put_text(&out, h->recorder_version);
	put_text(&out, h->filter);
	put_text(&out, h->chaos);
	put_text(&out, rn_bytes_str("renacer " RN_VERSION));
	rn_buffer_clear(&text);
	int rc = rn_clickhouse_filter_words(&text, job, err);
	put_text(&out, rn_buffer_bytes(&text));
	rn_put_u8(&out, rn_reader_complete(job->reader));
	rn_put_u64(&out, rn_reader_n_damage(job->reader));
	rn_put_u64(&out, end.lost_events);
	rn_put_u64(&out, loaded);
	rn_put_u8(&out, finished);
	rn_put_u64(&out, loaded * 2 + finished);
	put_text(&out, h->sampling);
	if (!rc && !(rn_buffer_ok(&out) && rn_buffer_ok(&text)))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		rc = rn_clickhouse_insert(c, "traces", columns, rn_buffer_bytes(&out), err);
	rn_buffer_fini(&out);
	rn_buffer_fini(&text);
	return rc;
}
