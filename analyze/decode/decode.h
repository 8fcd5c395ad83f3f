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

#include "format/event.h"
#include "shared/buffer.h"

struct rn_decode_style {
	uint32_t string_limit;   /* -s, default 32 */
	bool verbose;            /* -v: nothing abbreviated */
	bool fd_paths;           /* -y */
	uint8_t hex_strings;     /* -x: 1 non-ASCII strings, 2 all */
};

/** What a printer may ask beyond the event; NULL members: unknown. */
struct rn_decode_env {
	const struct rn_decode_style *style; /* NULL: defaults */
	void *arg;
	/** What descriptor fd of the thread's process was when the event began (phase entry), or
	 *  what the call made of it (phase exit: results, the pair of pipe). False: unknown. */
	bool (*fd_target)(void *arg, const struct rn_event *ev, int64_t fd,
		enum rn_span_phase phase, struct rn_bytes *out);
	bool (*cwd)(void *arg, const struct rn_event *ev, struct rn_bytes *out);
	/** The name of the call that a restart_syscall of the thread goes on with; in static memory or
	 *  in buf. NULL: unknown. */
	const char *(*interrupted)(void *arg, const struct rn_event *ev, char buf[24]);
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
/** What follows "= ": "3", "-1 ENOENT (No such file or directory)", "?", "0 (Timeout)". */
void rn_decode_result(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env);
/** "SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, ..}" or "stopped by SIGTSTP", without dashes. */
void rn_decode_signal(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env);
/** "exited with 3", "killed by SIGSEGV (core dumped)": what stands between "+++ ". */
void rn_decode_exit(struct rn_buffer *out, uint64_t wait_status);

#endif
