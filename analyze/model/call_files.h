/* SPDX-License-Identifier: MIT */
/**
 * call_files - which files a call is about: the paths it names, the descriptors it uses.
 *
 * By the syscall table: arguments of kind PATH, FD and DIRFD. What a call names relative to a
 * directory is made absolute by what the model knows of that directory; nothing is looked up, links
 * and ".." stay as they are. Paths are bytes. A path that was captured without its end is none.
 */
#ifndef RN_ANALYZE_MODEL_CALL_FILES_H
#define RN_ANALYZE_MODEL_CALL_FILES_H

#include "analyze/model/model.h"
#include "shared/buffer.h"

/* What the functions below need of a call. */
#define RN_CALL_FILES_WANT (RN_WANT(ARGS) | RN_WANT(DATA))

/* What a number may be about, without looking at a call. */
enum rn_file_use {
	RN_USES_PATH = 1,     /* some argument is a path */
	RN_USES_FD = 2,       /* some argument is a descriptor */
	RN_MAKES_FD = 4,      /* the result is one */
};
unsigned rn_file_uses(enum rn_abi abi, uint32_t nr); /* enum rn_file_use bits */

/** Path argument i (0..5) as the call gave it (getcwd: as it came back); false: i is no path, or it is
 *  not there. Borrows from the event. */
bool rn_call_path_arg(const struct rn_event *ev, unsigned i, struct rn_bytes *out);
/** The first of them. */
bool rn_call_path(const struct rn_event *ev, struct rn_bytes *out);
/** Descriptor argument i; false: i is none. Negative ones (AT_FDCWD) are. */
bool rn_call_fd_arg(const struct rn_event *ev, unsigned i, int64_t *fd);
/** The first that is not negative. */
bool rn_call_fd(const struct rn_event *ev, int64_t *fd);
/** The descriptor that the call returned; false: it makes none, or failed. */
bool rn_call_fd_made(const struct rn_event *ev, int64_t *fd);
/** Where the first descriptor argument led when the call began. As long as the model. */
bool rn_call_fd_path(const struct rn_model *m, const struct rn_event *ev, struct rn_bytes *out);

/** Path argument i made absolute, appended to scratch where it has to be; as long as both. A relative
 *  path whose directory nobody knows stays as it is. False: i is no path. */
bool rn_call_path_absolute(const struct rn_model *m, const struct rn_event *ev, unsigned i,
	struct rn_buffer *scratch, struct rn_bytes *out);
/** The one file that the call is about, of these the first there is: where the descriptor it made
 *  leads; its first path, made absolute; where its first descriptor led. */
bool rn_call_target(const struct rn_model *m, const struct rn_event *ev, struct rn_buffer *scratch,
	struct rn_bytes *out);

/** Hands over every path by which the call may be found: those it names, as given and, where they are
 *  relative, made absolute; where its descriptors led, and where the one it made leads. Some may come
 *  twice. The first value of visit that is not 0 ends it and comes back. Clears scratch. */
int rn_call_places(const struct rn_model *m, const struct rn_event *ev, struct rn_buffer *scratch,
	int (*visit)(void *arg, struct rn_bytes place), void *arg);

/* What passed through a call. */
enum rn_io {
	RN_IO_NONE,
	RN_IO_READ,  /* read, recv, getdents; splice, copy_file_range: out of the first descriptor */
	RN_IO_WRITE, /* write, send; sendfile: into the first descriptor */
	RN_IO_OPEN,  /* makes a descriptor from a path */
	RN_IOS
};
enum rn_io rn_io_of(enum rn_abi abi, uint32_t nr);
/** "read", "write", "open"; NULL for NONE. */
const char *rn_io_name(enum rn_io io);
/** Bytes that were moved: the result of a READ or WRITE that succeeded. False: none of those. */
bool rn_call_bytes(enum rn_abi abi, uint32_t nr, unsigned flags, int64_t ret, uint64_t *bytes);

#endif
