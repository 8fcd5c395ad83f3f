/* SPDX-License-Identifier: MIT */
#include "analyze/report/report.h"
#include "shared/buffer.h"
#include "shared/suggest.h"

extern const struct rn_report rn_report_csv, rn_report_html, rn_report_json, rn_report_jsonl,
	rn_report_markdown, rn_report_text;

const struct rn_report *const rn_reports[] = {
	&rn_report_csv,
	&rn_report_html,
	&rn_report_json,
	&rn_report_jsonl,
	&rn_report_markdown,
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

int rn_report_choose(const struct rn_report **out, const char *name, struct rn_error *err)
{
	*out = rn_report_find(name);
	if (*out)
		return 0;
	struct rn_buffer known = RN_BUFFER_INIT;
	struct rn_suggest near = rn_suggest_for(rn_bytes_str(name));
	for (size_t i = 0; rn_reports[i]; i++) {
		rn_put_format(&known, "%s%s", i ? ", " : "", rn_reports[i]->name);
		rn_suggest_try(&near, rn_reports[i]->name);
	}
	if (near.best)
		rn_put_format(&known, "; did you mean '%s'?", near.best);
	int rc = rn_fail(err, RN_E_USAGE, "no report format '%s'; there are %s", name,
		rn_buffer_cstr(&known));
	rn_buffer_fini(&known);
	return rc;
}
