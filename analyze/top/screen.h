/* SPDX-License-Identifier: MIT */
/**
 * screen - a terminal taken over for a view, and given back whatever happens.
 *
 * The other screen, no echo, keys one by one, the cursor hidden. What was before is restored by
 * rn_screen_leave, at exit, and from the handlers of signals that end the process with a core or by a fault of
 * its own; signals that ask it to end are other people's to handle. One at a time in a process.
 */
#ifndef RN_ANALYZE_TOP_SCREEN_H
#define RN_ANALYZE_TOP_SCREEN_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>

/** in: where keys come from, out: what is drawn on; both terminals. RN_E_IO. */
int rn_screen_enter(int in, int out, struct rn_error *err);
void rn_screen_leave(void);
/** Leaves, stops the process as ^Z does, and enters again when it goes on. */
void rn_screen_suspend(void);
/** Lines and columns as they are now. */
void rn_screen_size(unsigned *width, unsigned *height);
/** Whether the size changed, or the process was continued, since it was asked last. */
bool rn_screen_changed(void);
/** Draws lines of text over what is there. False: the terminal has gone. */
bool rn_screen_draw(struct rn_bytes lines);

#endif
