/* SPDX-License-Identifier: MIT */
/**
 * view - what of a snapshot is shown, and how: keys change it, drawing makes a screen of it.
 *
 * No terminal and no clock here: keys are bytes, a screen is lines of text.
 */
#ifndef RN_ANALYZE_TOP_VIEW_H
#define RN_ANALYZE_TOP_VIEW_H

#include "analyze/top/last_lines.h"
#include "analyze/top/tally.h"

enum rn_top_sort { RN_TOP_BY_TIME, RN_TOP_BY_CALLS, RN_TOP_BY_RATE, RN_TOP_BY_ERRORS, RN_TOP_BY_P50, RN_TOP_BY_P95,
	RN_TOP_BY_P99, RN_TOP_BY_MAX, RN_TOP_BY_NAME, RN_TOP_SORTS };

/* What a key asked of who runs the view. */
enum rn_top_wish { RN_TOP_NOTHING, RN_TOP_QUIT, RN_TOP_SUSPEND };

struct rn_top_view {
	enum rn_top_sort sort;
	bool reversed, window, paused, help, no_output, typing;
	unsigned scroll;
	uint64_t interval_ms;
	char filter[64];
	size_t filter_len;
	/* Of a sequence that began with ESC. */
	char sequence[8];
	size_t sequence_len;
	bool quitting;             /* the command was asked to end */
	const char *subject;       /* what is traced, for the first line */
	bool has_output;           /* there is a pane for what the command writes */
};

/** Interval 1000 ms, by time. */
void rn_top_view_init(struct rn_top_view *v);
enum rn_top_wish rn_top_view_key(struct rn_top_view *v, uint8_t key);
/** A lone ESC, when nothing has followed it. */
void rn_top_view_key_pause(struct rn_top_view *v);

/** Sorts s's rows and appends a screen of `height` lines of at most `width` characters, each with \n but the
 *  last. colour: bold and reversed video by ECMA-48. */
void rn_top_view_draw(struct rn_top_view *v, struct rn_top_snapshot *s, const struct rn_last_lines *output,
	unsigned width, unsigned height, bool colour, struct rn_buffer *out);
/** One line about a snapshot, with \n: for where there is no screen. */
void rn_top_view_line(const struct rn_top_view *v, struct rn_top_snapshot *s, struct rn_buffer *out);
/** Sorted as the view is; returns how many of them it shows, which come first. */
uint32_t rn_top_view_order(const struct rn_top_view *v, struct rn_top_snapshot *s);

#endif
