/* SPDX-License-Identifier: MIT */
#include "analyze/report/report.h"

extern const struct rn_report rn_report_csv, rn_report_json, rn_report_jsonl, rn_report_text;

const struct rn_report *const rn_reports[] = {
	&rn_report_csv,
	&rn_report_json,
	&rn_report_jsonl,
	&rn_report_text,
	NULL,
};

const struct rn_report *rn_report_find(const char *name)
{
	for (size_t i = 0; rn_reports[i]; i++)
		if (!strcmp(rn_reports[i]->name, name))
			return rn_reports[i];
	return NULL;
}
