/* SPDX-License-Identifier: MIT */
/**
 * control - a socket through which others of the same user ask a recorder for something.
 *
 * A thread of its own answers, one connection after the other; the tracing thread never waits for it.
 * One request a connection: a word (status, snapshot, rotate, stop), perhaps " json", and a newline, 64 bytes
 * at most. One answer: lines `name: value`, or one JSON object; an error has the name "error". A client
 * that is silent for two seconds, or is neither our own user nor root, is sent away. The socket has mode
 * 0600 and, where we make the folder, lies in one of mode 0700.
 */
#ifndef RN_RECORD_CONTROL_CONTROL_H
#define RN_RECORD_CONTROL_CONTROL_H

#include "record/recording.h"

struct rn_control;

/* What it cannot find in the recording. */
struct rn_control_facts {
	const char *backend, *file;
	bool series, flight;
};

/** path: where the socket is made; NULL: by rn_control_path. Everything is borrowed. NULL on error. */
struct rn_control *rn_control_start(struct rn_recording *rec, const char *path,
	const struct rn_control_facts *facts, struct rn_error *err);
/** No further answers; the socket is removed. NULL is fine. */
void rn_control_end(struct rn_control *c);

/** The folder for sockets: $XDG_RUNTIME_DIR/renacer, of root without it /run/renacer. false: there is
 *  none. */
bool rn_control_folder(char *out, size_t cap);
/** The socket of a recorder: in that folder, else beside the file. false: it does not fit. */
bool rn_control_path(char *out, size_t cap, long pid, const char *file);

#endif
