/* SPDX-License-Identifier: MIT */
/**
 * modules - which files' code is mapped where: MAP and UNMAP events, the vdso's image.
 *
 * Executable file mappings of a process are remembered, so that what a later call
 * unmaps or replaces can be told. Build-ids are read from the file while the
 * process lives, once per file, and the file is handed to the embedder (embed.h); images
 * of the vdsos are kept once per trace.
 * Source: proc(5), elf(5).
 */
#ifndef RN_RECORD_TRACEE_MODULES_H
#define RN_RECORD_TRACEE_MODULES_H

#include "record/recording.h"
#include "record/tracee/procfs.h"
#include "record/tracee/tracee.h"
#include "shared/intern.h"

struct rn_mapping {
	uint64_t low, high;
};

#define RN_BUILD_ID_MAX 64

struct rn_modules {
	struct rn_module_id {
		uint64_t dev, ino;
		uint64_t mtime_ns; /* 0: not known */
		uint8_t len;
		uint8_t id[RN_BUILD_ID_MAX];
	} *known;
	uint32_t n_known, cap_known;
	struct {
		bool kept;
		uint8_t len;
		uint8_t id[RN_BUILD_ID_MAX];
	} vdso[2]; /* of 64-bit and of 32-bit programs */
};

void rn_modules_init(struct rn_modules *m);
void rn_modules_fini(struct rn_modules *m);
/** All executable mappings of t's process, which replace what was known of them. */
void rn_modules_scan(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t);
/** t's call (mmap, munmap, mprotect, mremap, ..) has succeeded with ret. */
void rn_modules_after(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	int64_t ret);

/* For backends that are told what is mapped: */
/** map is there in t's process from here on, in place of what was there. */
void rn_modules_told(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	const struct rn_proc_map *map);
/** t's call (munmap, ..) has succeeded: what it took away. What is there now comes by _told. */
void rn_modules_dropped(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	int64_t ret);
/** All executable mappings are gone: t has executed another program, whose vdso is there. The
 *  recorder's own serves as the image where it is as long. */
void rn_modules_executed(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	uint64_t vdso, uint64_t vdso_bytes);

/** The /tmp/perf-PID.map of a process that is about to end or to be let go (or has just ended),
 *  if it has one. ns_pid:
 *  as the process knows itself; 0: the same. */
void rn_modules_perf_map(struct rn_recording *rec, pid_t pid, pid_t ns_pid);

/** The build-id note of an ELF image or file head; its length, 0 when there is none. */
uint8_t rn_build_id_of(struct rn_bytes elf, uint8_t id[RN_BUILD_ID_MAX]);
/** The same of an open file, any size. */
uint8_t rn_build_id_of_file(int fd, uint8_t id[RN_BUILD_ID_MAX]);

#endif
