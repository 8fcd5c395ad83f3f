/* SPDX-License-Identifier: MIT */
#include "analyze/command/report_page.h"

#include <string.h>

#define SLOWEST 25
#define MOST_ROWS 250

bool rn_report_is_page(const struct rn_report_options *o)
{
	return !rn_report_is_tables(o) && o->format && strcmp(o->format, "html") == 0;
}

static void ask(struct rn_report_page *page, const struct rn_analysis *analysis, const void *options)
{
	page->question[page->n++] = (struct rn_question){ analysis, options };
}

void rn_report_page_init(struct rn_report_page *page, const struct rn_report_options *o,
	const struct rn_header *header, const struct rn_model *model, const struct rn_statistics *statistics,
	bool everybody)
{
	enum rn_machine machine = (enum rn_machine)header->machine;
	struct rn_asked asked = { .model = model, .machine = machine, .command = header->command_argv,
		.limit = MOST_ROWS, .everybody = everybody };
	page->summary = (struct rn_summary_options){ .sort = o->sort, .total_time = o->duration,
		.machine = machine, .model = model, .by_number = everybody };
	page->errors = page->files = page->processes = page->slowest = asked;
	page->slowest.limit = SLOWEST;
	ask(page, &rn_analysis_summary, &page->summary);
	for (size_t i = 0; i < statistics->n; i++)
		ask(page, statistics->question[i].analysis, statistics->question[i].options);
	ask(page, &rn_analysis_slowest, &page->slowest);
	ask(page, &rn_analysis_errors, &page->errors);
	ask(page, &rn_analysis_files, &page->files);
	ask(page, &rn_analysis_processes, &page->processes);
}
