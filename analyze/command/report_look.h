/* SPDX-License-Identifier: MIT */
/**
 * report_look - the words of options about times and strings, for `renacer` and `renacer --strace` alike.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_LOOK_H
#define RN_ANALYZE_COMMAND_REPORT_LOOK_H

#include "analyze/command/report.h"

/** Turns -t, -r, -T, -x, -X, -y, -Y and their long forms into o->look and o->views. RN_E_USAGE. */
int rn_report_settle_look(struct rn_report_options *o, struct rn_error *err);

#endif
