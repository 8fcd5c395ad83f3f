/* SPDX-License-Identifier: MIT */
/**
 * backend - one way of watching programs; a const struct each, listed in backends.c.
 *
 * Speaks of events, not of how they are come by. The session calls open, then
 * (with the output ready) run, then close. Between open and run nothing of the
 * command has run: it waits. A backend never kills, never alters a tracee, and
 * lets all of them go, running, when asked to stop or when the output broke.
 */
#ifndef RN_RECORD_BACKEND_H
#define RN_RECORD_BACKEND_H

#include "record/recording.h"

/* What to watch. */
struct rn_target {
	const char *path;   /* of the command's file; NULL when attaching */
	char **argv;        /* of the command */
	char **envp;
	bool stdout_to_stderr;
	const struct rn_identity *identity; /* whom to run it as; NULL: ourselves */
	const pid_t *pids;  /* processes to attach to */
	size_t n_pids;
};

struct rn_outcome {
	enum rn_end_reason reason;
	int stop_signal;    /* that ended the recording; 0 none */
	bool have_status;   /* the command ended while we watched */
	int wait_status;    /* of the command */
	int exec_errno;     /* the command could not be executed; 0: it was */
	pid_t command_pid;  /* that runs on; 0 when it ended or there was none */
};

struct rn_backend {
	const char *name;
	const char *help;
	size_t state_size;
	bool tampers; /* does what rec->chaos says */
	bool stops;   /* `run` works while threads stand still */
	bool looks_away; /* heeds rec->unseen; not while it tampers */
	/** 0, or why it cannot work here. */
	int (*probe)(struct rn_error *err);
	/** Prepares: the command is started, but waits before its execve; pids are looked at.
	 *  *root: the command's pid or 0. st is zeroed memory of state_size. */
	int (*open)(void *st, struct rn_recording *rec, const struct rn_target *target, pid_t *root,
		struct rn_error *err);
	/** Watches until all tracees are gone or let go. An error before the first event only. */
	int (*run)(void *st, struct rn_outcome *out, struct rn_error *err);
	/** Gives everything back; a command that was opened and never run is ended. */
	void (*close)(void *st);
};

extern const struct rn_backend *const rn_backends[];
extern const size_t rn_n_backends;

#endif
