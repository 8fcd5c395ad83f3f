/* SPDX-License-Identifier: MIT */
/**
 * copy - a trace written anew: its header, its events in the order of the file, its modules.
 *
 * Which calls are copied is a source's to say, what else is copied and what is changed on the way the
 * hooks'. The new trace has a UUID of its own, made of the old one's and of what was asked for, so that
 * the same question gives the same bytes. It is written beside its name and renamed when it is whole.
 */
#ifndef RN_ANALYZE_REWRITE_COPY_H
#define RN_ANALYZE_REWRITE_COPY_H

#include "analyze/source/source.h"
#include "format/writer.h"

/* Each may change what it is given (not the memory behind it) and says whether it is copied. NULL
 * members: copied as it is. An error (RN_E_*) ends the copying. */
struct rn_copy_hooks {
	void *arg;
	int (*header)(void *arg, struct rn_header *h, struct rn_error *err);
	int (*call)(void *arg, struct rn_event *ev, struct rn_error *err);
	int (*meta)(void *arg, struct rn_event *ev, bool *keep, struct rn_error *err);
	int (*module)(void *arg, struct rn_module_image *m, bool *keep, struct rn_error *err);
};

/** calls: of the file `trace`, in file order, freed by the caller; its reader is seekable. what: told in
 *  a note of the new trace, "sliced: --time=1s..2s". An existing file is replaced, but never the trace
 *  itself (RN_E_USAGE). */
int rn_copy(struct rn_source *calls, const char *trace, const char *path, const char *what,
	const struct rn_copy_hooks *hooks, struct rn_writer_totals *totals, struct rn_error *err);

#endif
