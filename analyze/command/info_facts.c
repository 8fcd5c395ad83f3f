/* SPDX-License-Identifier: MIT */
#include "analyze/command/info_facts.h"

#include "analyze/decode/decode.h"
#include "analyze/words.h"
#include "shared/syscall.h"

typedef void put_words(struct rn_buffer *out, const struct rn_info_facts *f);

static void put_command(struct rn_buffer *out, const struct rn_info_facts *f)
{
	rn_put_argv(out, f->header->command_argv);
}

static void put_recorder_command(struct rn_buffer *out, const struct rn_info_facts *f)
{
	rn_put_argv(out, f->header->recorder_argv);
}

static void put_start(struct rn_buffer *out, const struct rn_info_facts *f)
{
	rn_put_utc(out, f->header->start_realtime_ns);
}

static void put_kernel(struct rn_buffer *out, const struct rn_info_facts *f)
{
	const struct rn_bytes part[] = { f->header->sysname, f->header->release,
		f->header->version };
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		if (part[i].len && out->len)
			rn_put_u8(out, ' ');
		rn_put_bytes(out, part[i].p, part[i].len);
	}
}

static void put_machine(struct rn_buffer *out, const struct rn_info_facts *f)
{
	const struct rn_machine_desc *d = rn_machine_desc(f->header->machine);
	if (d)
		rn_put_text(out, d->name);
	else
		rn_put_format(out, "machine %u", f->header->machine);
}

static void put_uuid(struct rn_buffer *out, const struct rn_info_facts *f)
{
	rn_put_uuid(out, f->header->uuid);
}

static void put_version(struct rn_buffer *out, const struct rn_info_facts *f)
{
	rn_put_format(out, "%u.%u", f->header->version_major, f->header->version_minor);
}

/* "file 3 of 4f1c..: rotation, from 12.3 s on" */
static void put_series(struct rn_buffer *out, const struct rn_info_facts *f)
{
	const struct rn_header *h = f->header;
	if (!h->series_number)
		return;
	rn_put_format(out, "file %llu of ", (unsigned long long)h->series_number);
	rn_put_uuid(out, h->series);
	rn_put_format(out, ", from %.6f s on", (double)h->begins_ns / 1e9);
	if (h->series_cause.len)
		rn_put_format(out, " (%.*s)", RN_QUOTED(h->series_cause));
}

static void put_ended(struct rn_buffer *out, const struct rn_info_facts *f)
{
	static const char *const reasons[] = {
		[RN_END_EXITED] = "the traced processes ended",
		[RN_END_DETACHED] = "recording was stopped, the traced processes ran on",
		[RN_END_OUTPUT] = "the trace could not be written further",
		[RN_END_ERROR] = "the recorder failed",
		[RN_END_ROTATED] = "the next file of the series goes on",
		[RN_END_SNAPSHOT] = "a snapshot of what the recorder had kept in memory; it went on",
	};
	uint64_t reason = f->end.event.reason;
	if (!f->end.known)
		rn_put_text(out, "unknown: the trace does not tell");
	else if (reason < sizeof(reasons) / sizeof(reasons[0]) && reasons[reason])
		rn_put_text(out, reasons[reason]);
	else
		rn_put_format(out, "reason %llu", (unsigned long long)reason);
}

static void put_less(struct rn_buffer *out, const struct rn_info_facts *f)
{
	rn_recorder_cost_less(out, &f->end);
}

static void put_exit(struct rn_buffer *out, const struct rn_info_facts *f)
{
	if (f->end.has_status)
		rn_decode_exit(out, f->end.status);
}

static struct rn_cell words(struct rn_info_facts *f, put_words *put)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	put(&b, f);
	char *kept = b.len ? rn_arena_dup(&f->text, rn_buffer_bytes(&b)) : NULL;
	struct rn_cell cell = kept ? rn_cell_bytes(rn_bytes_of(kept, b.len)) : rn_cell_null();
	rn_buffer_fini(&b);
	return cell;
}

#define TEXT RN_T_TEXT, RN_U_NONE, 0, 0
#define COUNT RN_T_U64, RN_U_COUNT, 0, 0
#define BYTES RN_T_U64, RN_U_BYTES, 0, 0
#define SECONDS RN_T_U64, RN_U_NS, 9, 6
#define MILLISECONDS RN_T_U64, RN_U_NS, 6, 3
#define PER_CALL_NS RN_T_REAL, RN_U_NS, 0, 0
#define PER_CALL_BYTES RN_T_REAL, RN_U_BYTES, 0, 2

#define H f->header
#define C f->contents
#define END f->end.event

/* FACT(name, title, type and form, hide, value) */
#define FACTS(FACT)                                                                                                                                   \
	FACT(file, "trace", TEXT, 0, rn_cell_text(f->path))                                                                                           \
	FACT(command, "command", TEXT, 0, words(f, put_command))                                                                                      \
	FACT(exe, "executable", TEXT, 0, rn_info_known(H->exe))                                                                                       \
	FACT(cwd, "directory", TEXT, 0, rn_info_known(H->cwd))                                                                                        \
	FACT(root_pid, "process", COUNT, 0, rn_info_nonzero(H->root_pid))                                                                             \
	FACT(exit, "result", TEXT, 0, words(f, put_exit))                                                                                             \
	FACT(exit_code, "exit code", COUNT, RN_HIDE_TEXT, f->end.has_status ? rn_cell_u64((uint64_t)rn_exit_code_of(f->end.status)) : rn_cell_null()) \
	FACT(hostname, "host", TEXT, 0, rn_info_known(H->hostname))                                                                                   \
	FACT(kernel, "kernel", TEXT, 0, words(f, put_kernel))                                                                                         \
	FACT(machine, "machine", TEXT, 0, words(f, put_machine))                                                                                      \
	FACT(n_cpus, "cpus", COUNT, 0, rn_info_nonzero(H->n_cpus))                                                                                    \
	FACT(page_bytes, "page size", BYTES, 0, rn_info_nonzero(H->page_bytes))                                                                       \
	FACT(clock_ticks, "clock ticks", COUNT, RN_HIDE_TEXT, rn_info_nonzero(H->clock_ticks))                                                        \
	FACT(boot_id, "boot", TEXT, RN_HIDE_TEXT, rn_info_known(H->boot_id))                                                                          \
	FACT(traceparent, "traceparent", TEXT, 0, rn_info_known(H->traceparent))                                                                      \
	FACT(start, "started", TEXT, 0, words(f, put_start))                                                                                          \
	FACT(start_realtime_ns, "start", SECONDS, RN_HIDE_TEXT,                                                                                       \
		rn_cell_u64(H->start_realtime_ns))                                                                                                    \
	FACT(start_monotonic_ns, "start", SECONDS, RN_HIDE_TEXT,                                                                                      \
		rn_cell_u64(H->start_monotonic_ns))                                                                                                   \
	FACT(start_boottime_ns, "start", SECONDS, RN_HIDE_TEXT,                                                                                       \
		rn_cell_u64(H->start_boottime_ns))                                                                                                    \
	FACT(duration_ns, "duration", SECONDS, 0, rn_cell_u64(C->last_ns))                                                                            \
	FACT(recorder, "recorder", TEXT, 0, rn_info_known(H->recorder_version))                                                                       \
	FACT(backend, "backend", TEXT, 0, rn_info_known(H->backend))                                                                                  \
	FACT(recorder_command, "recorded with", TEXT, 0, words(f, put_recorder_command))                                                              \
	FACT(recorder_pid, "recorder pid", COUNT, RN_HIDE_TEXT, rn_info_nonzero(H->recorder_pid))                                                     \
	FACT(filter, "filter", TEXT, 0, rn_info_known(H->filter))                                                                                     \
	FACT(chaos, "chaos", TEXT, 0, rn_info_known(H->chaos))                                                                                        \
	FACT(sampling, "left out", TEXT, 0, rn_info_known(H->sampling))                                                                               \
	FACT(privacy, "privacy", TEXT, 0, rn_info_known(H->privacy))                                                                                  \
	FACT(string_bytes, "string limit", BYTES, 0, rn_cell_u64(H->string_bytes))                                                                    \
	FACT(stack_bytes, "stack limit", BYTES, 0, rn_cell_u64(H->stack_bytes))                                                                       \
	FACT(format_version, "format version", TEXT, 0, words(f, put_version))                                                                        \
	FACT(uuid, "uuid", TEXT, 0, words(f, put_uuid))                                                                                               \
	FACT(series, "series", TEXT, 0, words(f, put_series))                                                                                         \
	FACT(series_number, "number in series", COUNT, RN_HIDE_TEXT, rn_info_nonzero(H->series_number))                                               \
	FACT(begins_ns, "begins", SECONDS, RN_HIDE_TEXT, rn_cell_u64(H->begins_ns))                                                                   \
	FACT(complete, "complete", RN_T_BOOL, RN_U_NONE, 0, 0, 0,                                                                                     \
		rn_cell_bool(rn_reader_complete(f->reader)))                                                                                          \
	FACT(ended, "ended because", TEXT, 0, words(f, put_ended))                                                                                    \
	FACT(calls, "calls", COUNT, 0, rn_cell_u64(C->calls))                                                                                         \
	FACT(errors, "errors", COUNT, 0, rn_cell_u64(C->errors))                                                                                      \
	FACT(unfinished, "unfinished", COUNT, 0, rn_cell_u64(C->unfinished))                                                                          \
	FACT(events, "other events", COUNT, 0, rn_cell_u64(C->n_meta))                                                                                \
	FACT(lost_events, "lost events", COUNT, 0, rn_cell_u64(f->lost_events))                                                                       \
	FACT(damages, "damage", COUNT, 0, rn_cell_u64(rn_reader_n_damage(f->reader)))                                                                 \
	FACT(processes, "processes", COUNT, 0, rn_cell_u64(f->n_processes))                                                                           \
	FACT(threads, "threads", COUNT, 0, rn_cell_u64(f->n_threads))                                                                                 \
	FACT(blocks, "blocks", COUNT, 0, rn_cell_u64(C->blocks))                                                                                      \
	FACT(file_bytes, "size", BYTES, 0, rn_cell_u64(rn_reader_bytes(f->reader)))                                                                   \
	FACT(bytes_per_call, "size per call", PER_CALL_BYTES, 0,                                                                                      \
		rn_info_ratio(rn_reader_bytes(f->reader), C->calls))                                                                                  \
	FACT(recorder_cpu_ns, "recorder's cpu time", MILLISECONDS, 0, cost(f, f->cost.cpu_ns))                                                        \
	FACT(recorder_cpu_ns_per_call, "cpu time per call", PER_CALL_NS, 0,                                                                           \
		f->cost.known ? rn_info_ratio(f->cost.cpu_ns, C->calls) : rn_cell_null())                                                             \
	FACT(added_ns, "added time", SECONDS, 0, rn_recorder_cost_added(&f->cost))                                                                    \
	FACT(added_is, "added time is", TEXT, 0, rn_recorder_cost_how(&f->cost))                                                                      \
	FACT(recorder_wall_ns, "recorder's wall time", SECONDS, 0, f->end.known ? rn_cell_u64(END.wall_ns) : rn_cell_null())                          \
	FACT(recorder_max_rss_bytes, "recorder's memory", BYTES, 0, cost(f, f->cost.memory_bytes))                                                    \
	FACT(held_ns, "held for the output", SECONDS, 0, rn_info_nonzero(f->cost.held_ns))                                                            \
	FACT(unseen_ns, "calls not looked at", SECONDS, 0, rn_info_nonzero(f->cost.unseen_ns))                                                        \
	FACT(less_detail, "less recorded", TEXT, 0, words(f, put_less))

static struct rn_cell cost(const struct rn_info_facts *f, uint64_t v)
{
	return f->cost.known ? rn_cell_u64(v) : rn_cell_null();
}

#define FACT(fact, head, ...) FACT_COLUMN(fact, head, __VA_ARGS__)
#define FACT_COLUMN(fact, head, t, u, s, d, h, ...) \
	{ .name = #fact, .title = head, .type = t, .unit = u, .shift = s, .decimals = d, .hide = h },
static const struct rn_column fact_columns[] = { FACTS(FACT) };
#undef FACT
#define N_FACTS (sizeof(fact_columns) / sizeof(fact_columns[0]))

int rn_info_facts_emit(struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = {
		.name = "trace", .flags = RN_TABLE_RECORD, .columns = fact_columns,
		.n_columns = N_FACTS,
	};
#define FACT(fact, head, ...) FACT_CELL(__VA_ARGS__)
#define FACT_CELL(t, u, s, d, h, ...) __VA_ARGS__,
	const struct rn_cell cells[N_FACTS] = { FACTS(FACT) };
#undef FACT
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}
