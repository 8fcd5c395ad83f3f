/* SPDX-License-Identifier: MIT */
/**
 * statement - what statements ask for, before there is a trace to ask.
 */
#ifndef RN_ANALYZE_SQL_STATEMENT_H
#define RN_ANALYZE_SQL_STATEMENT_H

/** What a model has to remember for statements about a session's views: RN_SQL_MODEL (session.h), less its
 *  descriptors and folders where they read nothing but columns of syscalls that need none; with RN_INQUIRY_FILES
 *  where they need these for path columns alone. text NULL: unknown. */
unsigned rn_sql_statement_wants(const char *text);

#endif
