/* SPDX-License-Identifier: MIT */
/* The one row of the table "provenance", cell by cell as text. */
#include "analyze/export/export.h"
#include "analyze/report/cell.h"

struct teller {
	struct rn_sink sink; /* first */
	const struct rn_table *table;
	int (*visit)(void *arg, const char *name, struct rn_bytes value);
	void *arg;
};

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	(void)err;
	((struct teller *)s)->table = t;
	return 0;
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct teller *t = (struct teller *)s;
	struct rn_buffer text = RN_BUFFER_INIT;
	int rc = 0;
	for (unsigned i = 0; i < t->table->n_columns && !rc; i++) {
		if (cells[i].type == RN_T_NULL)
			continue;
		rn_buffer_clear(&text);
		rn_cell_plain(&text, &cells[i]);
		rc = rn_buffer_ok(&text) ? t->visit(t->arg, t->table->columns[i].name, rn_buffer_bytes(&text)) :
			rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	}
	rn_buffer_fini(&text);
	return rc;
}

int rn_export_about(struct rn_export_job *job,
	int (*visit)(void *arg, const char *name, struct rn_bytes value), void *arg, struct rn_error *err)
{
	struct teller t = { { .table_begin = table_begin, .row = row }, NULL, visit, arg };
	return rn_inquiry_provenance(job->q, &t.sink, err);
}
