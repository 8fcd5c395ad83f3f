/* SPDX-License-Identifier: MIT */
/**
 * ctl - `renacer-record ctl`: asks a running recorder for something (control.h).
 */
#ifndef RN_RECORD_CONTROL_CTL_H
#define RN_RECORD_CONTROL_CTL_H

#include "shared/option.h"

struct rn_ctl_options {
	const char *socket;
	uint64_t pid;       /* 0: the only one there is */
	int format;
	struct rn_cli_wishes wishes;
};

/** For --help, the man page and the completion. */
struct rn_cli rn_ctl_cli(struct rn_ctl_options *o, struct rn_option_set sets[2]);
/** argv[0] is "ctl". The exit status: 0, 1 (the recorder said no, or is not there), 2. */
int rn_ctl_main(int argc, char **argv);

#endif
