/* SPDX-License-Identifier: MIT */
/**
 * json_event - the objects that the JSON listings (one document, one event a line) are made of.
 *
 * docs/guide/listing.md has the schema. Of a call: name, args (as text), result
 * (the kernel's: -2 for ENOENT; null when it never returned), result_text, errno (its
 * name, when it failed), number, abi, pid, tid, timestamp (s since the start of the
 * trace), timestamp_ns (the same), epoch_ns (since 1970, a string: it is above 2^53),
 * duration_us (only with -T), duration_ns, raw_args (hexadecimal strings), unfinished
 * and flags where set.
 */
#ifndef RN_ANALYZE_LISTING_JSON_EVENT_H
#define RN_ANALYZE_LISTING_JSON_EVENT_H

#include "analyze/listing/listing.h"
#include "analyze/report/json_writer.h"

/** One object each. type: whether it has a member "type" (jsonl). */
void rn_json_call(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev, bool type);
/** False: a kind that no listing tells of; nothing was written. */
bool rn_json_other(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev);
void rn_json_damage(struct rn_json *j, const struct rn_damage *d);

/* Members, within an object the caller has begun. */
void rn_json_provenance(struct rn_json *j, struct rn_listing *l);
void rn_json_summary(struct rn_json *j, struct rn_listing *l);

#endif
