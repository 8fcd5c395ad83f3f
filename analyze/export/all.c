/* SPDX-License-Identifier: MIT */
#include "analyze/export/export.h"
#include "shared/suggest.h"

extern const struct rn_export rn_export_chrome, rn_export_csv, rn_export_folded, rn_export_jsonl,
	rn_export_otlp, rn_export_otlp_protobuf, rn_export_perfetto, rn_export_pprof, rn_export_speedscope,
	rn_export_sqlite;

const struct rn_export *const rn_exports[] = {
	&rn_export_chrome,
	&rn_export_csv,
	&rn_export_folded,
	&rn_export_jsonl,
	&rn_export_otlp,
	&rn_export_otlp_protobuf,
	&rn_export_perfetto,
	&rn_export_pprof,
	&rn_export_speedscope,
	&rn_export_sqlite,
	NULL,
};

int rn_export_choose(const struct rn_export **out, const char *name, struct rn_error *err)
{
	struct rn_buffer known = RN_BUFFER_INIT;
	struct rn_suggest near = rn_suggest_for(rn_bytes_str(name));
	for (size_t i = 0; rn_exports[i]; i++) {
		if (strcmp(rn_exports[i]->name, name) == 0) {
			*out = rn_exports[i];
			rn_buffer_fini(&known);
			return 0;
		}
		rn_put_format(&known, "%s%s", i ? ", " : "", rn_exports[i]->name);
		rn_suggest_try(&near, rn_exports[i]->name);
	}
	if (near.best)
		rn_put_format(&known, "; did you mean '%s'?", near.best);
	int rc = rn_fail(err, RN_E_USAGE, "no export format '%s'; there are %s", name,
		rn_buffer_cstr(&known));
	rn_buffer_fini(&known);
	return rc;
}
