/* SPDX-License-Identifier: MIT */
/**
 * options - the command line of renacer-record.
 */
#ifndef RN_RECORD_OPTIONS_H
#define RN_RECORD_OPTIONS_H

#include "shared/option.h"

#include <sys/types.h>

#define RN_RECORD_DEFAULT_OUTPUT "renacer.rnt"

enum rn_backend_word { RN_BACKEND_AUTO, RN_BACKEND_BPF, RN_BACKEND_PTRACE };

struct rn_record_options {
	const char *output;        /* NULL: the default; "-": standard output */
	uint64_t output_fd;        /* write to this descriptor; UINT64_MAX: to `output` */
	bool follow;               /* children and threads too */
	struct rn_strings filters; /* -e */
	uint64_t string_bytes;     /* -s */
	bool environment;          /* the strings of execve's environment, not only their number */
	uint64_t stack_bytes;      /* 0: none */
	uint64_t ring_bytes;       /* of the bpf backend, for each CPU */
	int backend;               /* enum rn_backend_word */
	int embed;
	uint64_t level;            /* of zstd */
	struct rn_strings chaos;   /* --chaos */
	struct rn_strings inject, fault;
	const char *user;
	struct rn_strings env;     /* -E */
	struct rn_strings pid_words;
	bool all;                  /* the whole machine */
	const char *cgroup;
	uint64_t max_bytes, max_files, max_duration_ns; /* of a series of files; 0: no limit */
	uint64_t min_free_bytes;
	uint64_t flight_bytes;     /* of the flight recorder; 0: it is none */
	struct rn_strings snapshot_on;
	uint64_t snapshot_pause_ns;
	bool snapshot_at_end;
	struct rn_strings sample, rate_limit;
	double cpu_share;          /* of one CPU that the recorder may use; 0: no limit */
	uint64_t memory_bytes;     /* that it may have of its own; 0: no limit */
	uint64_t hold_ns;          /* that threads may be made to wait for the output; UINT64_MAX: for ever */
	struct rn_strings data, mask;
	bool no_data, scrub_stack;
	const char *control;       /* "none", "auto", a path; NULL: auto with several files, else none */
	bool quiet;
	struct rn_cli_wishes wishes;

	/* Settled by rn_record_options_parse. */
	bool series;               /* several files */
	char **command;            /* NULL-terminated tail of argv; NULL when attaching */
	pid_t *pids;               /* -p, without doubles */
	size_t n_pids;
	int argc;                  /* the whole command line, for the header */
	char **argv;
};

/** For --help, the man page and the completion; target filled by rn_record_options_parse. */
struct rn_cli rn_record_cli(struct rn_record_options *o, struct rn_option_set sets[2]);

/** 0; RN_E_USAGE (the message says what is wrong), RN_E_NOMEM. With wishes set, nothing else need
 *  be right. rn_record_options_fini after success and failure alike. */
int rn_record_options_parse(struct rn_record_options *o, int argc, char **argv,
	struct rn_error *err);
void rn_record_options_fini(struct rn_record_options *o);

#endif
