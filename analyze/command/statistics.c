/* SPDX-License-Identifier: MIT */
#include "analyze/command/statistics.h"

#include "analyze/command/report.h"

#define O struct rn_report_options
const struct rn_option rn_statistics_rows[] = {
	{ RN_HEADING("Statistics, with -c or behind the listing") },
	{ 0, "stats-extended", RN_FLAG(O, statistics.extended),
		.help = "how long the calls took: mean, deviation, least, percentiles, greatest" },
	{ 0, "percentiles", RN_STRING(O, statistics.percentiles), .argument = "LIST",
		.help = "with --stats-extended: these percentiles, from 0 to 100, with commas between "
			"(" RN_PERCENTILES_USUAL ")" },
	{ 0, "by", RN_WORD(O, statistics.by, rn_by_words), .argument = "WHAT", .initial = "name",
		.help = "with --stats-extended: a row for each name, pid, tid, comm, path or errno" },
	{ 0, "histogram", RN_FLAG(O, statistics.histogram),
		.help = "how many calls took how long, in doubling steps" },
	{ RN_OPTIONS_END },
};
#undef O

static bool wants_table(const struct rn_statistics_options *o)
{
	return o->extended || o->percentiles || o->by != RN_BY_NAME;
}

bool rn_statistics_wanted(const struct rn_statistics_options *o)
{
	return wants_table(o) || o->histogram;
}

int rn_statistics_check(const struct rn_statistics_options *o, struct rn_error *err)
{
	struct rn_percentiles p;
	return o->percentiles ? rn_percentiles_read(&p, o->percentiles, err) : 0;
}

unsigned rn_statistics_model(const struct rn_statistics_options *o)
{
	return rn_by_model((enum rn_by)o->by);
}

bool rn_statistics_asks_model(const struct rn_statistics_options *o)
{
	return o->by != RN_BY_NAME && o->by != RN_BY_ERRNO;
}

static void ask(struct rn_statistics *s, const struct rn_analysis *analysis, const void *options)
{
	s->question[s->n++] = (struct rn_question){ analysis, options };
}

int rn_statistics_init(struct rn_statistics *s, const struct rn_statistics_options *o,
	const struct rn_facts *facts, int sort, struct rn_error *err)
{
	int rc = 0;
	s->latency = (struct rn_latency_options){ .by = (enum rn_by)o->by, .sort = sort,
		.no_table = !wants_table(o), .histogram = o->histogram, .facts = *facts };
	if (o->percentiles)
		rc = rn_percentiles_read(&s->latency.percentiles, o->percentiles, err);
	if (wants_table(o) || o->histogram)
		ask(s, &rn_analysis_latency, &s->latency);
	return rc;
}
