/* SPDX-License-Identifier: MIT */
#include "analyze/command/statistics.h"

#include "analyze/command/report.h"
#include "shared/diag.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 0, so that options nobody could give ask for nothing; the methods come behind. */
#define METHOD_USUAL 0
#define METHOD(m) (RN_METHOD_##m + 1)

static const struct rn_word method_words[] = {
	{ "log-modified", METHOD(LOG_MODIFIED), "modified z-score of the logarithm, aware of the tail" },
	{ "modified", METHOD(MODIFIED), "modified z-score: by median and MAD" },
	{ "zscore", METHOD(ZSCORE), "z-score: by mean and deviation" },
	{ "usual", METHOD_USUAL, NULL },
	{ NULL, 0, NULL },
};

static const struct rn_word ml_words[] = {
	{ "kmeans", RN_ML_KMEANS, NULL },
	{ "iforest", RN_ML_IFOREST, "isolation forest" },
	{ NULL, 0, NULL },
};

static const struct rn_word hpu_words[] = {
	{ "auto", RN_HPU_AUTO, "the cheapest by a cost model" },
	{ "scalar", RN_HPU_SCALAR, "plain C" },
	{ "simd", RN_HPU_SIMD, "vectors" },
	{ "threads", RN_HPU_THREADS, "vectors on all processors" },
	{ "opencl", RN_HPU_OPENCL, "a device" },
	{ NULL, 0, NULL },
};

static const struct rn_word measure_words[] = {
	{ "calls", RN_HPU_COUNTS, NULL },
	{ "time", RN_HPU_TIME, NULL },
	{ NULL, 0, NULL },
};

static int store_threshold(void *field, const char *value, struct rn_error *err)
{
	char *end;
	double v = strtod(value, &end);
	if (!*value || *end || strspn(value, "0123456789.") != strlen(value) || !(v > 0) || v > 1e6)
		return rn_fail(err, RN_E_USAGE, "'%s' is not a number above 0 (and up to 1000000)",
			value);
	*(double *)field = v;
	return 0;
}

#define O struct rn_report_options
const struct rn_option rn_statistics_rows[] = {
	{ RN_HEADING("Statistics, with -c or behind the listing") },
	{ 0, "stats-extended", RN_FLAG(O, statistics.extended),
		.help = "how long the calls took: mean, deviation, least, percentiles, greatest" },
	{ 0, "percentiles", RN_STRING(O, statistics.percentiles), .argument = "LIST",
		.help = "with --stats-extended: these percentiles, from 0 to 100, with commas between "
			"(" RN_PERCENTILES_USUAL ")" },
	{ 0, "by", RN_WORD(O, statistics.by, rn_by_words), .argument = "WHAT", .initial = "name",
		.help = "with --stats-extended: a row for each name, pid, tid, comm, path, function or errno" },
	{ 0, "percentile-intervals", RN_FLAG(O, statistics.intervals),
		.help = "with --stats-extended: between which latencies each percentile lies with 95 % "
			"confidence" },
	{ 0, "histogram", RN_FLAG(O, statistics.histogram),
		.help = "how many calls took how long, in doubling steps" },
	{ 0, "anomaly-threshold", RN_CUSTOM(O, statistics.threshold, store_threshold), .argument = "N",
		.help = "list the calls that are N deviations slower than is usual for their system call "
			"(3.5, or 3 of z-scores); with --stats-extended they are listed anyway" },
	{ 0, "anomaly-method", RN_WORD(O, statistics.method, method_words), .argument = "METHOD",
		.initial = "usual", .help = "what a deviation is: log-modified (the usual one: modified "
			"z-score of the logarithm, aware of the tail), modified or zscore" },
	{ 0, "anomaly-waiting", RN_FLAG(O, statistics.waiting),
		.help = "judge calls that wait for others, too: poll, futex, nanosleep, wait4 .." },
	{ 0, "anomaly-realtime", RN_FLAG(O, statistics.realtime),
		.help = "tell on standard error, as they happen, of calls that are slow by what came "
			"before them; exit with 1 when one was of severity High" },
	{ 0, "anomaly-window-size", RN_UINT(O, statistics.window), .argument = "N", .initial = "100",
		.min = RN_ALERTS_LEAST, .max = RN_ALERTS_WINDOW_MAX,
		.help = "with --anomaly-realtime: judge by the last N calls of the same kind" },
	{ 0, "alert-exec", RN_STRING(O, statistics.alert_exec), .argument = "COMMAND",
		.grants = RN_OPTION_COMMAND,
		.help = "with --anomaly-realtime: have sh run COMMAND for each anomaly of severity High, "
			"told of in RENACER_ALERT_SYSCALL, _LATENCY_NS, _BASELINE_NS, _SCORE, _SEVERITY, "
			"_TIME_NS, _PID, _TID" },
	{ 0, "hpu-analysis", RN_FLAG(O, statistics.hpu),
		.help = "tell which system calls go together in time, which are alike, and which take most "
			"of it" },
	{ 0, "hpu-backend", RN_WORD(O, statistics.hpu_backend, hpu_words), .argument = "NAME",
		.grants = RN_OPTION_DEVICES, .grants_when = "opencl",
		.initial = "auto", .help = "with --hpu-analysis: compute with auto (the cheapest by a cost "
			"model), scalar, simd, threads or opencl" },
	{ 0, "hpu-cpu-only", RN_FLAG(O, statistics.hpu_cpu_only),
		.help = "with --hpu-analysis: look for no device to compute on" },
	{ 0, "hpu-measure", RN_WORD(O, statistics.hpu_measure, measure_words), .argument = "WHAT",
		.initial = "calls", .help = "with --hpu-analysis: correlate the number of calls in each bin "
			"of time, or their time" },
	{ 0, "hpu-costs", RN_FLAG(O, statistics.hpu_costs),
		.help = "with --hpu-analysis: add a table of backends with predicted and measured cost, "
			"which differs from run to run" },
	{ 0, "ml-anomaly", RN_FLAG(O, statistics.ml),
		.help = "cluster system calls and calls by their latencies; list the calls that fit into "
			"no cluster" },
	{ 0, "ml-clusters", RN_UINT(O, statistics.ml_clusters), .argument = "N", .initial = "3",
		.min = 2, .max = RN_ML_CLUSTERS_MAX, .help = "with --ml-anomaly: look for N clusters" },
	{ 0, "ml-method", RN_WORD(O, statistics.ml_method, ml_words), .argument = "METHOD",
		.initial = "kmeans", .help = "with --ml-anomaly: find anomalies by their distance to "
			"clusters (kmeans) or by an isolation forest (iforest)" },
	{ 0, "ml-compare", RN_FLAG(O, statistics.ml_compare),
		.help = "with --ml-anomaly: compare with what z-scores find (or --anomaly-method)" },
	{ RN_OPTIONS_END },
};
#undef O

static bool wants_hpu(const struct rn_statistics_options *o)
{
	return o->hpu || o->hpu_costs;
}

static bool wants_ml(const struct rn_statistics_options *o)
{
	return o->ml || o->ml_compare;
}

static bool wants_anomalies(const struct rn_statistics_options *o)
{
	return o->extended || (!wants_ml(o) && (o->method != METHOD_USUAL || o->waiting ||
		(o->threshold > 0 && !o->realtime)));
}

static bool wants_table(const struct rn_statistics_options *o)
{
	return o->extended || o->percentiles || o->by != RN_BY_NAME || o->intervals;
}

bool rn_statistics_wanted(const struct rn_statistics_options *o)
{
	return wants_table(o) || o->histogram || wants_anomalies(o) || o->realtime ||
		wants_hpu(o) || wants_ml(o);
}

bool rn_statistics_is_histogram(const struct rn_statistics_options *o)
{
	return o->histogram && !wants_table(o) && !wants_anomalies(o) && !o->realtime && !wants_hpu(o) && !wants_ml(o);
}

int rn_statistics_check(const struct rn_statistics_options *o, struct rn_error *err)
{
	struct rn_percentiles p;
	if (o->hpu_cpu_only && o->hpu_backend == RN_HPU_OPENCL)
		return rn_fail(err, RN_E_USAGE, "--hpu-cpu-only and --hpu-backend=opencl are opposites");
	if (o->alert_exec && !o->realtime)
		return rn_fail(err, RN_E_USAGE, "--alert-exec is for --anomaly-realtime");
	return o->percentiles ? rn_percentiles_read(&p, o->percentiles, err) : 0;
}

unsigned rn_statistics_model(const struct rn_statistics_options *o)
{
	return rn_by_model((enum rn_by)o->by);
}

bool rn_statistics_wants_stacks(const struct rn_statistics_options *o)
{
	return o->by == RN_BY_FUNCTION;
}

bool rn_statistics_uses_stacks(const struct rn_statistics_options *o)
{
	return o->by == RN_BY_FUNCTION || wants_anomalies(o);
}

bool rn_statistics_asks_model(const struct rn_statistics_options *o)
{
	return o->by != RN_BY_NAME && o->by != RN_BY_ERRNO;
}

/* Measured costs differ from run to run: they are told, not reported. */
static void tell_backend(void *arg, const struct rn_hpu *h, double actual_ns)
{
	if (!arg)
		return;
	for (unsigned i = 0; i < h->n_offers; i++) {
		const struct rn_hpu_offer *o = &h->offer[i];
		if (o->chosen)
			rn_diag_note(arg, "hpu: computed by %s (%s): %s; predicted %.3g ms, actual %.3g ms",
				o->backend, o->device, o->remark, o->predicted_ns / 1e6,
				actual_ns / 1e6);
		else if (o->available)
			rn_diag_note(arg, "hpu: %s (%s): predicted %.3g ms", o->backend, o->device,
				o->predicted_ns / 1e6);
		else
			rn_diag_note(arg, "hpu: %s: %s", o->backend, o->remark);
	}
}

static void ask(struct rn_statistics *s, const struct rn_analysis *analysis, const void *options)
{
	s->question[s->n++] = (struct rn_question){ analysis, options };
}

int rn_statistics_init(struct rn_statistics *s, const struct rn_statistics_options *o,
	const struct rn_facts *facts, struct rn_reader *reader, int sort, struct rn_error *err)
{
	int rc = 0;
	s->latency = (struct rn_latency_options){ .by = (enum rn_by)o->by, .sort = sort,
		.no_table = !wants_table(o), .histogram = o->histogram,
		.intervals = o->intervals, .facts = *facts };
	if (o->percentiles)
		rc = rn_percentiles_read(&s->latency.percentiles, o->percentiles, err);
	if (wants_table(o) || o->histogram)
		ask(s, &rn_analysis_latency, &s->latency);
	s->anomalies = (struct rn_anomalies_options){ .method = o->method == METHOD_USUAL ?
		RN_METHOD_LOG_MODIFIED : (enum rn_method)(o->method - 1), .threshold = o->threshold,
		.waiting = o->waiting, .facts = *facts, .reader = reader };
	if (wants_anomalies(o))
		ask(s, &rn_analysis_anomalies, &s->anomalies);
	s->alarm = (struct rn_alarm){ .stream = stderr, .command = o->alert_exec };
	s->alerts = (struct rn_alerts_options){ .threshold = o->threshold, .window = o->window,
		.facts = *facts, .tell = rn_alarm_ring, .arg = &s->alarm };
	if (o->realtime)
		ask(s, &rn_analysis_alerts, &s->alerts);
	s->hpu = (struct rn_hpu_options){ .choice = (enum rn_hpu_choice)o->hpu_backend,
		.measure = (enum rn_hpu_measure)o->hpu_measure, .cpu_only = o->hpu_cpu_only,
		.costs = o->hpu_costs, .facts = *facts, .tell = tell_backend, .arg = s->diag };
	if (wants_hpu(o))
		ask(s, &rn_analysis_hpu, &s->hpu);
	s->ml = (struct rn_ml_options){ .method = (enum rn_ml_method)o->ml_method,
		.clusters = (unsigned)o->ml_clusters, .compare = o->ml_compare, .z_method =
		o->method == METHOD_USUAL ? RN_METHOD_ZSCORE : (enum rn_method)o->method,
		.threshold = o->threshold, .waiting = o->waiting, .facts = *facts };
	if (wants_ml(o)) /* last: its tables are a group */
		ask(s, &rn_analysis_ml, &s->ml);
	return rc;
}
