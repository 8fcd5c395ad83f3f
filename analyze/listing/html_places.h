/* SPDX-License-Identifier: MIT */
/**
 * html_places - the stacks of a page: a trie of named frames, and of each distinct stack its line.
 *
 * Node 0 is the root and no frame; a node's parent, its caller, has a smaller number. A place is a node and
 * what is to be said of the source ("FILE:LINE in FUNCTION"); place 0 is no stack. Names are those of
 * flame graphs, with a transpiler map's before the generated ones.
 */
#ifndef RN_ANALYZE_LISTING_HTML_PLACES_H
#define RN_ANALYZE_LISTING_HTML_PLACES_H

#include "analyze/model/idmap.h"
#include "analyze/symbol/frames.h"
#include "shared/intern.h"

#define RN_HTML_DEPTH 512 /* frames of a stack from the outermost on; the others are left out */

struct rn_html_node {
	uint32_t parent, name, where; /* texts; where: "FILE:LINE", maybe empty */
	uint32_t own;                 /* 1: the user's own code */
};
struct rn_html_place {
	uint32_t node, source;        /* text; maybe empty */
};

struct rn_html_places {
	struct rn_intern *texts, *edges, *pairs; /* of nodes - 1 and places - 1, by their contents */
	struct rn_idmap by_stack;
	struct rn_level *level;       /* scratch */
	uint32_t cap;
	struct rn_buffer name, clean;
};

int rn_html_places_init(struct rn_html_places *p, struct rn_error *err);
void rn_html_places_fini(struct rn_html_places *p);
/** The place of a stack (rn_frames_of). lines: whether sources are told. RN_E_NOMEM. */
int rn_html_places_of(struct rn_html_places *p, struct rn_frames *f, uint32_t stack, bool lines,
	uint32_t *place, struct rn_error *err);

uint32_t rn_html_places_n_nodes(const struct rn_html_places *p); /* with the root */
struct rn_html_node rn_html_places_node(const struct rn_html_places *p, uint32_t i);
uint32_t rn_html_places_n(const struct rn_html_places *p);
struct rn_html_place rn_html_places_at(const struct rn_html_places *p, uint32_t i);

#endif
