/* SPDX-License-Identifier: MIT */
/**
 * waiting - calls that take as long as somebody else makes them: poll, futex, nanosleep, wait4, accept ..
 *
 * How long they take says nothing about how fast they are.
 */
#ifndef RN_ANALYZE_ANALYSIS_WAITING_H
#define RN_ANALYZE_ANALYSIS_WAITING_H

#include "shared/arch.h"

#include <stdbool.h>
#include <stdint.h>

bool rn_call_waits(enum rn_abi abi, uint32_t nr);

#endif
