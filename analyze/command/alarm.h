/* SPDX-License-Identifier: MIT */
/**
 * alarm - what happens when an anomaly is found as it happens: a line on standard error, and a command.
 */
#ifndef RN_ANALYZE_COMMAND_ALARM_H
#define RN_ANALYZE_COMMAND_ALARM_H

#include "analyze/analysis/alerts.h"

#include <stdio.h>

struct rn_alarm {
	FILE *stream;        /* a line for each alert; NULL: none */
	const char *command; /* run by sh for each alert of severity High, which it finds in RENACER_ALERT_*;
	                      * NULL: none. Alerts wait for it. */
	uint64_t n_high;     /* alerts of severity High so far */
};

/** The `tell` of struct rn_alerts_options; arg is a struct rn_alarm. RN_E_NOMEM, RN_E_IO: the
 *  command could not be started. */
int rn_alarm_ring(void *arg, const struct rn_alert *a, struct rn_error *err);

/** Has sh run the command with the facts (NULL ends) in front of our environment, and waits for its end. 0 or an
 *  errno: it could not be started. */
int rn_alarm_run(const char *command, char *const *facts);

#endif
