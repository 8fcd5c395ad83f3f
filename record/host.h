/* SPDX-License-Identifier: MIT */
/**
 * host - the facts of a trace's header that are not about its events.
 */
#ifndef RN_RECORD_HOST_H
#define RN_RECORD_HOST_H

#include "format/header.h"
#include "record/options.h"

#include <sys/utsname.h>

/** Memory behind a header's strings. */
struct rn_host {
	struct utsname uts;
	char boot_id[64], cwd[4096];
	struct rn_buffer recorder_argv, command_argv, filter, interfaces, privacy, sampling, chaos;
};

/** Fills everything but backend, root_pid and start times. h borrows from host and o.
 *  0 or RN_E_NOMEM. */
int rn_host_describe(struct rn_host *host, struct rn_header *h, const struct rn_record_options *o,
	struct rn_error *err);
/** Trace time 0 is now. */
void rn_host_start(struct rn_header *h);
void rn_host_fini(struct rn_host *host);

#endif
