/* SPDX-License-Identifier: MIT */
/**
 * header - who recorded what, where and when: the first frame of a trace.
 *
 * On disk: a skippable frame with magic, version, feature bits, then tagged
 * fields (so that any may be missing and new ones may come) and a checksum.
 * Strings borrow: from the caller on writing; from the reader, until it is
 * closed, on reading. docs/format.md, "Header": change both.
 */
#ifndef RN_FORMAT_HEADER_H
#define RN_FORMAT_HEADER_H

#include "shared/arch.h"
#include "shared/buffer.h"
#include "shared/bytes.h"
#include "shared/error.h"

#define RN_FORMAT_VERSION_MAJOR 1
#define RN_FORMAT_VERSION_MINOR 1
#define RN_HEADER_MAX_BYTES ((uint64_t)16 << 20)

/* Of `sampling`: no rule was given, but less may be recorded when the recorder must. */
#define RN_SAMPLING_AS_NEEDED "as needed"

struct rn_header {
	uint16_t version_major, version_minor; /* set by the writer */
	uint64_t compatible, incompatible;     /* feature bits; set by the writer */
	uint8_t uuid[16];                      /* of the trace */
	uint32_t machine;                      /* enum rn_machine */
	uint32_t page_bytes, n_cpus, clock_ticks;
	/* One moment on three clocks, in ns: trace time 0. */
	uint64_t start_monotonic_ns, start_realtime_ns, start_boottime_ns;
	uint64_t recorder_pid, root_pid;       /* root_pid: the command's, 0 when attached */
	uint32_t stack_bytes;                  /* --stack, 0 none */
	uint32_t string_bytes;                 /* -s of the recorder */
	struct rn_bytes backend;               /* "ptrace" */
	struct rn_bytes recorder_version;      /* "renacer 1.0.0" */
	struct rn_bytes recorder_argv;         /* arguments, each with its NUL */
	struct rn_bytes command_argv;          /* the command traced, each with its NUL */
	struct rn_bytes cwd, exe;
	struct rn_bytes hostname, sysname, release, version; /* of uname(2) */
	struct rn_bytes boot_id;
	struct rn_bytes traceparent;           /* TRACEPARENT of the environment */
	struct rn_bytes interfaces;            /* network interfaces: "1 lo" with its NUL, .. */
	struct rn_bytes filter;                /* -e at record time, canonical; empty: everything */
	struct rn_bytes chaos;                 /* what the program was put through; empty: nothing */
	/* Of a file that is one of several of a recording: what they have in common, its number among
	 * them (from 1; 0: the file is the whole recording), the trace time at which it begins, and
	 * why it was written ("rotation", "snapshot: SIGUSR2"). Trace time 0 is the recording's. */
	uint8_t series[16];
	uint64_t series_number, begins_ns;
	struct rn_bytes series_cause;
	struct rn_bytes privacy;               /* what was left out of the data; empty: nothing */
	struct rn_bytes sampling;              /* which calls were left out on request; empty: none */
};

/** Appends the whole frame. Returns 0 or RN_E_NOMEM. */
int rn_header_encode(struct rn_buffer *out, const struct rn_header *h, struct rn_error *err);

/** Takes a header from the beginning of bytes; *h borrows them, *used is its length on disk.
 *  *h is untouched on error. Errors: RN_E_NOT_TRACE, RN_E_VERSION, RN_E_FEATURE, RN_E_CORRUPT,
 *  RN_E_TRUNCATED (more bytes could make it whole). */
int rn_header_decode(struct rn_header *h, struct rn_bytes bytes, size_t *used,
	struct rn_error *err);

/** What can be had of a header whose checksum differs; fields after the damage stay 0. RN_E_CORRUPT
 *  when nothing can be trusted. */
int rn_header_salvage(struct rn_header *h, struct rn_bytes bytes);

#endif
