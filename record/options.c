/* SPDX-License-Identifier: MIT */
#include "record/options.h"

#include "record/ladder.h"
#include "shared/duration.h"
#include "shared/elf_image.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define O struct rn_record_options

static const struct rn_word stack_words[] = { { "none", 0, "no stacks, no registers" }, { 0 } };
static const struct rn_word backend_words[] = {
	{ "auto", RN_BACKEND_AUTO, "bpf where it works, else ptrace" },
	{ "bpf", RN_BACKEND_BPF, "inside of the kernel: fast, never stops the program; needs root; memory that is "
		"not there at the moment of a call is not shown, and calls that come too fast for the "
		"recorder are counted as lost" },
	{ "ptrace", RN_BACKEND_PTRACE, "ptrace(2): works everywhere" },
	{ 0 },
};
static const struct rn_word no_words[] = { { "none", -1, NULL }, { 0 } };
static const struct rn_word no_limit_words[] = { { "none", 0, NULL }, { 0 } };
static const struct rn_word embed_words[] = {
	{ "none", RN_EMBED_NONE, "the vdso alone" },
	{ "symbols", RN_EMBED_SYMBOLS, "unwind tables and symbols of every file whose code runs" },
	{ "debug", RN_EMBED_DEBUG, "their debug information too: lines, inlined calls" },
	{ 0 },
};

/* "90s", "1.5h", "500ms"; "none" is 0. */
static int store_duration(void *field, const char *value, struct rn_error *err)
{
	uint64_t *ns = field;
	if (strcmp(value, "none") == 0) {
		*ns = 0;
		return 0;
	}
	int r = rn_duration_parse(rn_bytes_str(value), ns, err);
	return r || *ns ? r : rn_fail(err, RN_E_USAGE, "'%s' is no time at all", value);
}

static int store_pause(void *field, const char *value, struct rn_error *err)
{
	return rn_duration_parse(rn_bytes_str(value), field, err);
}

/* "10%": of one CPU, so that more than 100 makes sense, too; "none" is 0. */
static int store_share(void *field, const char *value, struct rn_error *err)
{
	double *share = field;
	char *end;
	*share = 0;
	if (strcmp(value, "none") == 0)
		return 0;
	*share = strtod(value, &end) / 100;
	if (end == value || strcmp(end, "%") != 0 || !(*share >= 0.001) || *share > 1000)
		return rn_fail(err, RN_E_USAGE, "'%s' is no share of a CPU: give 10%% or the like", value);
	return 0;
}

#define LEAST_RING (1u << 20)
#define HOLD_NS 2000000000u
#define HOLD_AUTO (RN_LADDER_FOREVER - 1)

/* "none" is 0. */
static int store_hold(void *field, const char *value, struct rn_error *err)
{
	uint64_t *ns = field;
	*ns = strcmp(value, "forever") == 0 ? RN_LADDER_FOREVER : strcmp(value, "auto") == 0 ? HOLD_AUTO : 0;
	if (*ns || strcmp(value, "none") == 0)
		return 0;
	return rn_duration_parse(rn_bytes_str(value), ns, err);
}

static const struct rn_option rows[] = {
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE",
		.help = "write the trace to FILE instead of renacer.rnt (an older one of that name is "
			"kept as renacer.rnt.old); - is standard output, the command's own goes to "
			"standard error then" },
	{ 0, "output-fd", RN_UINT(O, output_fd), .argument = "N", .max = INT_MAX,
		.initial = "none", .words = no_words, .hidden = true,
		.help = "write the trace to the open descriptor N" },
	{ 0, "level", RN_UINT(O, level), .argument = "N", .initial = "1", .min = 1, .max = 19,
		.help = "compress with zstd level N" },
	{ 0, "max-size", RN_SIZE(O, max_bytes), .argument = "SIZE", .initial = "none", .min = 65536,
		.words = no_limit_words,
		.help = "write a series of files, NAME.0001.rnt and so on, each about SIZE at most and "
			"each complete on its own; SIGHUP begins the next one, too" },
	{ 0, "max-duration", RN_CUSTOM(O, max_duration_ns, store_duration), .argument = "TIME",
		.initial = "none",
		.help = "the same, each file TIME long at most: 90s, 15m, 24h" },
	{ 0, "max-files", RN_UINT(O, max_files), .argument = "N", .initial = "none",
		.words = no_limit_words, .min = 1,
		.help = "the same; keep the newest N files of that name and delete older ones, those of "
			"earlier recordings too" },
	{ 0, "ring", RN_SIZE(O, flight_bytes), .argument = "SIZE", .initial = "none", .min = 1u << 18,
		.words = no_limit_words,
		.help = "a flight recorder: keep the last SIZE of the trace in memory and write it, as "
			"NAME.0001.rnt and so on, when SIGUSR2 or renacer-record ctl asks for it, when a "
			"process crashes, when the command fails, or as --snapshot-on says" },
	{ 0, "snapshot-on", RN_STRINGS(O, snapshot_on), .argument = "RULE",
		.help = "with --ring: write it after a call of SET[:errno=NAME][:latency>TIME], as "
			"openat:errno=EMFILE or 'read:latency>100ms'; may be repeated" },
	{ 0, "snapshot-pause", RN_CUSTOM(O, snapshot_pause_ns, store_pause), .argument = "TIME",
		.initial = "10s",
		.help = "with --ring: so long after it was written calls, crashes and failures do not "
			"have it written again but wait" },
	{ 0, "snapshot-at-end", RN_FLAG(O, snapshot_at_end),
		.help = "with --ring: write it when the recording ends, too" },
	{ 0, "control", RN_STRING(O, control), .argument = "PATH",
		.help = "answer renacer-record ctl at the socket PATH; auto: PID.sock in "
			"$XDG_RUNTIME_DIR/renacer or /run/renacer, else beside the trace, as a series and a "
			"flight recorder do by themselves; none: nowhere" },
	{ 0, "min-free", RN_SIZE(O, min_free_bytes), .argument = "SIZE", .initial = "0",
		.help = "end the recording, not the command, when the trace's file system has less than "
			"SIZE left" },
	{ 'q', "quiet", RN_FLAG(O, quiet), .help = "print errors only" },
	{ RN_HEADING("What is recorded") },
	{ 'e', "expression", RN_STRINGS(O, filters), .argument = "trace=SPEC",
		.help = "record only these calls: names, %classes, /regex/, ! before what is not "
			"wanted" },
	{ 'f', "follow-forks", RN_FLAG(O, follow),
		.help = "record children and threads too (the default)" },
	{ 0, "no-follow", RN_CLEAR(O, follow), .help = "record only the first thread" },
	{ 's', "string-limit", RN_SIZE(O, string_bytes), .argument = "N", .initial = "256",
		.max = 65536, .help = "keep at most N bytes of each buffer a call reads or writes" },
	{ 0, "environment", RN_FLAG(O, environment),
		.help = "keep the environment given to each program executed, not only how many "
			"variables it has" },
	{ 0, "stack", RN_SIZE(O, stack_bytes), .argument = "SIZE", .initial = "16K", .max = 65536,
		.words = stack_words,
		.help = "keep SIZE bytes of the stack and the registers with each call" },
	{ 0, "embed", RN_WORD(O, embed, embed_words), .initial = "symbols",
		.help = "what of the program's files goes into the trace, so that its stacks can be "
			"read where the files are not; without --stack nothing does" },
	{ 0, "sample", RN_STRINGS(O, sample), .argument = "SET=1/N",
		.help = "keep one in N of these calls, by lot; how many were left out is told in the trace; "
			"-c corrects for it, other reports say so" },
	{ 0, "rate-limit", RN_STRINGS(O, rate_limit), .argument = "[SET=]N/s",
		.help = "keep at most about N a second of each of these calls; the rest is left out in the "
			"same way. Calls that change descriptors, mappings, names or processes always stay" },
	{ RN_HEADING("What the recorder may use") },
	{ 0, "cpu-limit", RN_CUSTOM(O, cpu_share, store_share), .argument = "N%", .initial = "none",
		.help = "the recorder's share of one CPU: above it, shorter stacks are kept, then none, then no "
			"buffers, then one call in 2, 4 .. 256 by lot, as --sample does; below it all of that in turn "
			"again. Where a look at every call takes more than that (ptrace: some 10 us), calls are not looked at "
			"for a while, again and again; births, programs, ends and signals are. Each step and each gap is told "
			"in the trace" },
	{ 0, "memory-limit", RN_SIZE(O, memory_bytes), .argument = "SIZE", .initial = "none", .min = 8u << 20,
		.words = no_limit_words,
		.help = "the recorder's own memory, at least 8M: its buffers are made to fit, images of files that "
			"would take more than an eighth of it are left out, so are stacks of threads beyond a quarter; above "
			"it less is kept in the same way, and calls are lost in the end. A thread takes some 10K, and bpf 12M "
			"for a moment while it begins" },
	{ 0, "hold", RN_CUSTOM(O, hold_ns, store_hold), .argument = "TIME", .initial = "auto",
		.help = "ptrace: how long threads may be made to wait for a trace that is written slowly (a slow "
			"disk, a pipe) before less is kept and then calls are lost; what was used of it comes back "
			"four times as fast as the program runs. auto is 2s, but forever where renacer records; none; "
			"forever: nothing is lost" },
	{ RN_HEADING("What is not recorded, for privacy") },
	{ 0, "data", RN_STRINGS(O, data), .argument = "RULES",
		.help = "what memory of calls is kept: all, paths (names of files and addresses of "
			"sockets), none or a number of bytes a piece; SET=.. or fd/N=.. for some calls or a "
			"descriptor, commas between; the last that applies counts" },
	{ 0, "no-data", RN_FLAG(O, no_data), .help = "keep none, as --data none does" },
	{ 0, "mask", RN_STRINGS(O, mask), .argument = "REGEX",
		.help = "replace what REGEX, or its first group, finds in paths, arguments and buffers by "
			"as many digits of a hash with a secret key; may be repeated" },
	{ 0, "scrub-stack", RN_FLAG(O, scrub_stack),
		.help = "keep of stacks and registers only what points to code or into the stack; so do "
			"--data, --no-data and --mask" },
	{ RN_HEADING("What is run or attached to") },
	{ 'p', "pid", RN_STRINGS(O, pid_words), .argument = "PID",
		.help = "attach to the process with all its threads (bpf: and its descendants); several with "
			"commas or another -p" },
	{ 'a', "all", RN_FLAG(O, all),
		.help = "bpf: record every process of the machine but the recorder" },
	{ 0, "cgroup", RN_STRING(O, cgroup), .argument = "PATH",
		.help = "bpf: record every process of the control group and those below it; a folder of the "
			"cgroup2 file system or a path in it. What a process calls after it has left is not told" },
	{ 'u', "user", RN_STRING(O, user), .argument = "USER", .help = "run the command as USER" },
	{ 'E', "env", RN_STRINGS(O, env), .argument = "VAR[=VALUE]",
		.help = "set VAR for the command; without a value, remove it" },
	{ 0, "backend", RN_WORD(O, backend, backend_words), .initial = "ptrace",
		.help = "how to look at the program; auto tells which one it took" },
	{ 0, "kernel-ring", RN_SIZE(O, ring_bytes), .argument = "SIZE", .initial = "16M", .min = 65536,
		.max = 1u << 30,
		.help = "bpf: the size of the kernel's ring buffer of each CPU, made a power of two; when the recorder is "
			"late by more than fits in it, calls are lost" },
	{ RN_HEADING("What it is put through") },
	{ 0, "chaos", RN_STRINGS(O, chaos), .argument = "SPEC",
		.help = "gentle, aggressive, extreme or knobs with commas between them; see CHAOS in the "
			"man page" },
	{ 0, "inject", RN_STRINGS(O, inject), .argument = "RULE",
		.help = "SET with :error=ERRNO or :retval=N, :signal=SIG, :delay_enter=TIME, :delay_exit=TIME, "
			":when=EXPR: tamper with calls, as strace does" },
	{ 0, "fault", RN_STRINGS(O, fault), .argument = "RULE",
		.help = "SET[:error=ERRNO][:when=EXPR]: --inject with ENOSYS where no error is given" },
	{ RN_OPTIONS_END },
};

static const char *const synopsis[] = {
	"[OPTIONS] [--] COMMAND [ARGUMENTS]",
	"[OPTIONS] -p PID",
	"[OPTIONS] -a",
	"[OPTIONS] --cgroup PATH",
	NULL,
};

struct rn_cli rn_record_cli(struct rn_record_options *o, struct rn_option_set sets[2])
{
	sets[0] = (struct rn_option_set){ rows, o };
	sets[1] = (struct rn_option_set){ rn_cli_standard, &o->wishes };
	return (struct rn_cli){
		.name = "renacer-record",
		.summary = "record the system calls of a program to a trace file",
		.synopsis = synopsis,
		.sets = sets,
		.n_sets = 2,
		.options_first = true,
	};
}

static int add_pid(struct rn_record_options *o, pid_t pid)
{
	for (size_t i = 0; i < o->n_pids; i++)
		if (o->pids[i] == pid)
			return 0;
	pid_t *more = realloc(o->pids, (o->n_pids + 1) * sizeof(*more));
	if (!more)
		return RN_E_NOMEM;
	o->pids = more;
	o->pids[o->n_pids++] = pid;
	return 0;
}

/* "12", "12,13", "12 13" (as pidof prints them). */
static int add_pids(struct rn_record_options *o, const char *word, struct rn_error *err)
{
	const char *p = word + strspn(word, ", \t\n");
	do {
		char *end;
		long pid = strtol(p, &end, 10);
		if (end == p || !strchr(", \t\n", *end) || pid <= 0 || pid > INT_MAX)
			return rn_fail(err, RN_E_USAGE, "option -p: '%s' is not a process id", word);
		if (add_pid(o, (pid_t)pid) < 0)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		p = end + strspn(end, ", \t\n");
	} while (*p);
	return 0;
}

static int settle(struct rn_record_options *o, const struct rn_operands *rest, struct rn_error *err)
{
	for (size_t i = 0; i < o->pid_words.n; i++) {
		int r = add_pids(o, o->pid_words.item[i], err);
		if (r < 0)
			return r;
	}
	if (o->hold_ns == HOLD_AUTO) /* whoever gave us a descriptor reads it */
		o->hold_ns = o->output_fd != UINT64_MAX ? RN_LADDER_FOREVER : HOLD_NS;
	if (rest->first < o->argc)
		o->command = o->argv + rest->first;
	if (o->command && o->n_pids)
		return rn_fail(err, RN_E_USAGE, "Cannot specify both -p PID and a command");
	if ((o->all || o->cgroup) && (o->command || o->n_pids))
		return rn_fail(err, RN_E_USAGE, "options -a and --cgroup record what runs already: "
			"give neither a command nor -p");
	if (o->all && o->cgroup)
		return rn_fail(err, RN_E_USAGE, "Cannot specify both -a and --cgroup");
	if (o->all || o->cgroup)
		o->backend = RN_BACKEND_BPF; /* no other can */
	if (o->memory_bytes) { /* a quarter for the kernel's rings */
		uint64_t ring = o->memory_bytes / 4 / (uint64_t)sysconf(_SC_NPROCESSORS_CONF);
		o->ring_bytes = ring > o->ring_bytes ? o->ring_bytes : ring < LEAST_RING ? LEAST_RING : ring;
	}
	if ((o->snapshot_on.n || o->snapshot_at_end) && !o->flight_bytes)
		return rn_fail(err, RN_E_USAGE, "options --snapshot-on and --snapshot-at-end need --ring "
			"SIZE");
	if (o->flight_bytes && (o->max_bytes || o->max_duration_ns))
		return rn_fail(err, RN_E_USAGE, "a flight recorder (--ring) writes snapshots: options "
			"--max-size and --max-duration have no meaning");
	o->series = o->flight_bytes || o->max_bytes || o->max_files || o->max_duration_ns;
	if (o->series && (o->output_fd != UINT64_MAX || (o->output && strcmp(o->output, "-") == 0)))
		return rn_fail(err, RN_E_USAGE, "options --max-size, --max-duration, --max-files "
			"and --ring need files: give -o FILE");
	if (!o->command && !o->n_pids && !o->all && !o->cgroup)
		return rn_fail(err, RN_E_USAGE, "give a command to run, or -p PID to attach to");
	if (!o->command && (o->user || o->env.n))
		return rn_fail(err, RN_E_USAGE, "options -u and -E need a command to run");
	return 0;
}

int rn_record_options_parse(struct rn_record_options *o, int argc, char **argv,
	struct rn_error *err)
{
	*o = (struct rn_record_options){ .follow = true, .argc = argc, .argv = argv };
	struct rn_option_set sets[2];
	struct rn_cli cli = rn_record_cli(o, sets);
	struct rn_operands rest;
	int r = rn_options_parse(&cli, argc, argv, &rest, err);
	if (r < 0 || rn_cli_wished(&o->wishes))
		return r;
	return settle(o, &rest, err);
}

void rn_record_options_fini(struct rn_record_options *o)
{
	rn_strings_fini(&o->filters);
	rn_strings_fini(&o->env);
	rn_strings_fini(&o->pid_words);
	rn_strings_fini(&o->chaos);
	rn_strings_fini(&o->inject);
	rn_strings_fini(&o->fault);
	rn_strings_fini(&o->snapshot_on);
	rn_strings_fini(&o->data);
	rn_strings_fini(&o->sample);
	rn_strings_fini(&o->rate_limit);
	rn_strings_fini(&o->mask);
	free(o->pids);
	o->pids = NULL;
	o->n_pids = 0;
}
