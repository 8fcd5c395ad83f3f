/* SPDX-License-Identifier: MIT */
/* What a statement needs of the model: descriptors cost a walk through all their events. */
#include "analyze/sql/session.h"
#include "analyze/sql/statement.h"

#include <criterion/criterion.h>

#define FEW (RN_SQL_MODEL & ~(unsigned)(RN_MODEL_FDS | RN_MODEL_CWD))

Test(sql_statement, columns_tell_what_the_model_must_know)
{
	static const struct {
		const char *text;
		unsigned wants;
	} cases[] = {
		{ "SELECT count(*), sum(dur) FROM syscalls WHERE name = 'read'", FEW },
		{ "SELECT s.comm, path FROM syscalls AS s; SELECT pid FROM syscalls", FEW },
		{ "SELECT count(*) FROM syscalls WHERE fd_path LIKE '%x'", FEW | RN_MODEL_FDS | RN_INQUIRY_FILES },
		{ "SELECT 1 FROM syscalls ORDER BY target", RN_SQL_MODEL | RN_INQUIRY_FILES },
		{ "SELECT target, result FROM syscalls", RN_SQL_MODEL },
		{ "WITH t AS (SELECT args AS a FROM syscalls) SELECT max(a) FROM t", RN_SQL_MODEL },
		{ "SELECT * FROM syscalls", RN_SQL_MODEL },
		{ "SELECT * FROM fds", RN_SQL_MODEL },
		{ "SELECT name FROM syscalls; SELECT name FROM processes", RN_SQL_MODEL },
		{ "SELECT percentile(dur, 99) FROM syscalls", RN_SQL_MODEL },
		{ "nonsense", RN_SQL_MODEL },
		{ NULL, RN_SQL_MODEL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(rn_sql_statement_wants(cases[i].text), cases[i].wants, "%s", cases[i].text);
}
