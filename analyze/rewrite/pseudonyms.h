/* SPDX-License-Identifier: MIT */
/**
 * pseudonyms - other names for names, the same for the same, in the order they are met.
 *
 * Numbers, not hashes: what was hashed can be guessed and tried. Paths keep their shape (which directory
 * lies in which) and the customary names of directories of a system (usr, lib, tmp, ..); everything else
 * becomes p1, p2, .. Words become w1, w2, .., addresses of networks numbers of the documentation's ranges
 * (RFC 5737, RFC 3849); loopback and unspecified addresses stay.
 */
#ifndef RN_ANALYZE_REWRITE_PSEUDONYMS_H
#define RN_ANALYZE_REWRITE_PSEUDONYMS_H

#include "shared/buffer.h"
#include "shared/error.h"
#include "shared/intern.h"

struct rn_pseudonyms {
	struct rn_intern *parts, *words, *addresses;
	uint64_t n_paths, n_words, n_addresses; /* replaced, each time counted */
};

int rn_pseudonyms_init(struct rn_pseudonyms *p, struct rn_error *err);
void rn_pseudonyms_fini(struct rn_pseudonyms *p);

/** Appends the pseudonym of a path; what is no path ("socket:[12]", "pipe:[3]", "[vdso]") stays. */
int rn_pseudonym_path(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes path,
	struct rn_error *err);
int rn_pseudonym_word(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes word,
	struct rn_error *err);
/** A list of words, each with its NUL; a word with a slash is a path. */
int rn_pseudonym_list(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes list,
	struct rn_error *err);
/** Changes a struct sockaddr in place, as far as it reaches; the path of AF_UNIX too, cut to the room
 *  there is. What is of no known family is filled with zeros. */
int rn_pseudonym_sockaddr(struct rn_pseudonyms *p, uint8_t *addr, size_t len, struct rn_error *err);

#endif
