/* SPDX-License-Identifier: MIT */
#include "analyze/report/writer.h"

#include <errno.h>
#include <stdlib.h>

void *rn_writer_base_new(size_t bytes, const struct rn_sink *sink, FILE *stream,
	struct rn_error *err)
{
	struct rn_writer_base *w = calloc(1, bytes);
	if (!w) {
		rn_fail(err, RN_E_NOMEM, "out of memory for a report");
		return NULL;
	}
	w->sink = *sink;
	w->stream = stream;
	return w;
}

int rn_writer_base_drain(struct rn_writer_base *w, struct rn_error *err)
{
	if (!rn_buffer_ok(&w->text))
		return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
	if (w->text.len && fwrite(w->text.p, 1, w->text.len, w->stream) != w->text.len)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "writing the report");
	rn_buffer_clear(&w->text);
	return 0;
}

int rn_writer_base_end(struct rn_writer_base *w, int code, struct rn_error *err)
{
	if (!code)
		code = rn_writer_base_drain(w, err);
	if (!code && fflush(w->stream))
		code = rn_fail_errno(err, rn_error_of_errno(errno), errno, "writing the report");
	rn_buffer_fini(&w->text);
	free(w);
	return code;
}
