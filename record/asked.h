/* SPDX-License-Identifier: MIT */
/**
 * asked - the recorder's own signals: to end, to stop, and a tick to look up by.
 *
 * Process-wide, one owner: the thread that watches.
 */
#ifndef RN_RECORD_ASKED_H
#define RN_RECORD_ASKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Installs handlers and the tick. owner: the command to forward to; 0 when attached. */
void rn_asked_begin(pid_t command);
/** From the next rn_asked_begin on, sig does not end the recording: act(arg) is called from its
 *  handler. At most four signals; act NULL: no longer. */
void rn_asked_divert(int sig, void (*act)(void *arg), void *arg);
/** Puts the old dispositions back. */
void rn_asked_end(void);
/** The signal that asks us to end; 0: none. */
int rn_asked_signal(void);
/** How often it came; the second time nobody waits. */
unsigned rn_asked_times(void);
/** Whether the terminal's SIGTSTP came: we stop when the command has, not before. */
bool rn_asked_to_stop(void);
/** The command does not stop. */
void rn_asked_stop_refused(void);
/** Stops us until SIGCONT. */
void rn_asked_stop_now(void);
/** Whether the tick has passed since the last time this was asked. */
bool rn_asked_tick(void);
/** Makes sure that a tick will come. Cheap when it is already sure. */
void rn_asked_want_tick(void);
void rn_asked_stop_tick(void);
/** Interrupts a wait at that moment of CLOCK_MONOTONIC, or soon after; 0: no more. */
void rn_asked_wake_at(uint64_t monotonic_ns);

#endif
