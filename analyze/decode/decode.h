/* SPDX-License-Identifier: MIT */
/**
 * decode - raw registers and captured memory become the text strace would print.
 *
 * The shared syscall table says what each argument is; one printer per kind
 * (decode/kinds.c) and one per record (decode/records.c), both arrays. Memory is
 * looked up by address and phase in the event's spans, so that a printer reads
 * as if the process were still there; what was not captured prints as its address.
 * Nothing is lost silently: unknown values and left-over bits are printed.
 */
#ifndef RN_ANALYZE_DECODE_DECODE_H
#define RN_ANALYZE_DECODE_DECODE_H

#include "analyze/model/model.h"
#include "format/event.h"
#include "shared/buffer.h"
#include "shared/filter.h"

/* How bytes are escaped that strings cannot show (-x, -xx). */
enum rn_hex_strings {
	RN_HEX_NONE,
	RN_HEX_NON_ASCII,   /* strings with such bytes: every byte as \xNN */
	RN_HEX_ALL,         /* all strings */
	RN_HEX_CHARS,       /* as ever, but \xNN instead of octal */
};

/* How constants are shown (-X). */
enum rn_constants { RN_CONSTANTS_NAMED, RN_CONSTANTS_RAW, RN_CONSTANTS_BOTH };

/* What is told of descriptors, bits (-y, -yy). */
enum rn_fd_detail { RN_FDS_PATH = 1, RN_FDS_SOCKET = 2, RN_FDS_DEV = 4, RN_FDS_PIDFD = 8,
	RN_FDS_ALL = 15 };

/* What is told of process ids, bits (-Y). */
enum rn_pid_detail { RN_PIDS_COMM = 1, RN_PIDS_NS = 2 };

struct rn_decode_style {
	uint32_t string_limit;   /* -s, default 32 */
	bool verbose;            /* -v: nothing abbreviated */
	uint8_t fds;             /* enum rn_fd_detail bits */
	uint8_t pids;            /* enum rn_pid_detail bits */
	uint8_t hex_strings;     /* enum rn_hex_strings */
	uint8_t constants;       /* enum rn_constants */
	/* Sets of calls, borrowed. NULL: as `verbose` says; all; none. */
	const struct rn_filter *abbreviated; /* all others are verbose */
	const struct rn_filter *followed;    /* of all others structures are addresses */
	const struct rn_filter *raw;         /* arguments as numbers */
};

/* What is known of a process id that a traced program gave or got. */
struct rn_pid_facts {
	struct rn_bytes comm; /* may be empty */
	uint64_t tid;         /* in the recorder's eyes; 0: unknown */
};

/** What a printer may ask beyond the event; NULL members: unknown. */
struct rn_decode_env {
	const struct rn_decode_style *style; /* NULL: defaults */
	void *arg;
	/** What descriptor fd of the thread's process was when the event began (phase entry), or
	 *  what the call made of it (phase exit: results, the pair of pipe). False: unknown. */
	bool (*fd)(void *arg, const struct rn_event *ev, int64_t fd, enum rn_span_phase phase,
		struct rn_fd_facts *out);
	bool (*cwd)(void *arg, const struct rn_event *ev, struct rn_bytes *out);
	/** Who had the id, in the eyes of the event's thread, when the event began or was over. */
	bool (*pid)(void *arg, const struct rn_event *ev, int64_t pid, enum rn_span_phase phase,
		struct rn_pid_facts *out);
	/** The recorder's number of a group or session: that of the process that made it. */
	bool (*group)(void *arg, const struct rn_event *ev, int64_t pgid, enum rn_span_phase phase,
		uint64_t *tid);
	/** The name of a network interface of the machine traced. False: unknown. */
	bool (*interface)(void *arg, uint32_t index, struct rn_bytes *out);
	void *interface_arg;
	/** The name of the call that a restart_syscall of the thread goes on with; in static memory or
	 *  in buf. NULL: unknown. */
	const char *(*interrupted)(void *arg, const struct rn_event *ev, char buf[24]);
	void *interrupted_arg;
};

/** The call's name; "syscall_500" when unknown. */
void rn_decode_name(struct rn_buffer *out, const struct rn_call *call);
/** Argument i alone (JSON). False: the listing does not show it (the mode of an open that creates
 *  nothing; i beyond rn_decode_n_args, then nothing was written); its raw value was written. */
bool rn_decode_arg(struct rn_buffer *out, const struct rn_event *ev, unsigned i,
	const struct rn_decode_env *env);
unsigned rn_decode_n_args(const struct rn_call *call);
/** All arguments, comma separated, without parentheses. */
void rn_decode_args(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env);
/** The call's arguments are shown as numbers (style->raw): all of them are known at its entry. */
bool rn_decode_is_raw(const struct rn_call *call, const struct rn_decode_env *env);
/** A name as -Y has it behind an id: <sh>. */
void rn_print_comm(struct rn_buffer *out, struct rn_bytes comm);
/** What follows "= ": "3", "-1 ENOENT (No such file or directory)", "?", "0 (Timeout)". */
void rn_decode_result(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env);
/** "SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, ..}" or "stopped by SIGTSTP", without dashes. */
void rn_decode_signal(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env);
/** "exited with 3", "killed by SIGSEGV (core dumped)": what stands between "+++ ". */
void rn_decode_exit(struct rn_buffer *out, uint64_t wait_status);

#endif
