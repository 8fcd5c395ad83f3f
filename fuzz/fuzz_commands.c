/* SPDX-License-Identifier: MIT */
/*
 * A command of the analyzer over a hostile trace: every report, format, view and rewriting.
 *
 * Input: a byte that chooses the command, then a trace: bytes that begin like one as they are; others as a module's
 * image (a string) and events (fuzz/events.h), which are written as a well-formed trace. Whatever is wrong with it,
 * a command ends with a status it may have. A trace that a command wrote is read by the next one.
 */
#include "analyze/command/cli.h"
#include "format/writer.h"
#include "fuzz/events.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)
#define WORDS 16
#define VIEWS "SELECT count(*), "
#define OUT "OUT"     /* a file that is made */
#define TRACE "TRACE"

/* Sorted by what they exercise; new ones at the end, since the corpus names them by number. */
static const char *const lines[][WORDS] = {
	{ "report", TRACE },
	{ "report", "-c", TRACE },
	{ "report", "-T", "-tt", "-yy", "-Y", "-v", "-f", TRACE },
	{ "report", "-r", "-xx", "-X", "verbose", "--injected=all", TRACE },
	{ "report", "-X", "raw", "-s", "4", TRACE },
	{ "report", "-k", "--source", TRACE },
	{ "report", "--format", "json", TRACE },
	{ "report", "--format", "jsonl", "-k", TRACE },
	{ "report", "--format", "csv", TRACE },
	{ "report", "-c", "--format", "markdown", "--stats-extended", "--histogram", TRACE },
	{ "report", "-c", "--format", "json", "--by", "path", "--percentiles", "50,99", "--stats-extended", TRACE },
	{ "report", "-c", "--function-time", "--format", "csv", TRACE },
	{ "report", "-c", "--hpu-analysis", "--hpu-cpu-only", "--hpu-backend", "scalar", TRACE },
	{ "report", "-c", "--ml-anomaly", "--ml-compare", TRACE },
	{ "report", "-c", "--anomaly-threshold", "2", "--anomaly-realtime", TRACE },
	{ "report", "--path", "*e*", "-e", "status=failed", TRACE },
	{ "report", "--where", "dur > 10 AND path GLOB '*' AND comm <> 'x'", TRACE },
	{ "report", "-ff", "-o", OUT, TRACE },
	{ "report", "-C", "-e", "trace=%file,%network", "-P", "/etc", TRACE },
	{ "info", "--format", "json", TRACE },
	{ "info", "--modules", TRACE },
	{ "verify", TRACE },
	{ "index", "--anew", TRACE },
	{ "errors", TRACE },
	{ "files", "--format", "json", TRACE },
	{ "processes", TRACE },
	{ "slowest", TRACE },
	{ "flame", TRACE },
	{ "flame", "--format", "svg", "--weight", "calls", TRACE },
	{ "flame", "--format", "speedscope", TRACE },
	{ "sql", TRACE, VIEWS "sum(length(args)), max(path), max(fd_path), min(ret), max(errno) FROM syscalls" },
	{ "sql", TRACE, VIEWS "max(comm) FROM threads JOIN processes ON threads.pid = processes.pid" },
	{ "sql", TRACE, "SELECT * FROM fds; SELECT * FROM modules; SELECT * FROM signals; SELECT * FROM blocks" },
	{ "sql", TRACE, "SELECT * FROM stacks; SELECT * FROM frames" },
	{ "slice", "-e", "trace=%desc", "-q", "-o", OUT, TRACE },
	{ "redact", "-o", OUT, TRACE },
	{ "embed", "-o", OUT, TRACE },
	{ "export", "--sqlite", OUT, TRACE },
	{ "report", "--format", "html", "-c", "--stats-extended", TRACE },
	{ "files", "--format", "html", TRACE },
	{ "export", "--format", "chrome", TRACE },
	{ "export", "--format", "csv", TRACE },
	{ "export", "--format", "jsonl", TRACE },
	{ "report", "--format", "html", "--source", "--html-rows", "1024", TRACE },
	{ "export", "--format", "folded", TRACE },
	{ "export", "--format", "otlp", TRACE },
	{ "export", "--format", "otlp-protobuf", "--no-args", TRACE },
	{ "export", "--format", "perfetto", "--own-code", TRACE },
	{ "export", "--format", "pprof", "-o", OUT, TRACE },
	{ "export", "--format", "speedscope", TRACE },
	{ "compare", "--fail-on", "nothing", "--waiting", "-n", "0", "--flame", OUT, TRACE, TRACE },
	{ "compare", "--fail-on", "slower", "--base", TRACE, "--base", TRACE, "--base", TRACE, "--base", TRACE, TRACE, TRACE, TRACE, TRACE },
};
#define N_LINES (sizeof(lines) / sizeof(lines[0]))

static char folder[] = "/tmp/renacer-fuzz-XXXXXX", out_path[64], trace_path[64];

/* The output, files of threads beside it, an index. */
static void remove_files(void)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	check(dir != NULL);
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
}

static void remove_all(void)
{
	remove_files();
	rmdir(folder);
}

/* What is printed is nobody's; descriptor 2 stays for what a sanitizer has to say. */
static void prepare(void)
{
	if (out_path[0])
		return;
	check(mkdtemp(folder) != NULL);
	atexit(remove_all);
	snprintf(out_path, sizeof(out_path), "%s/out", folder);
	snprintf(trace_path, sizeof(trace_path), "%s/t.rnt", folder);
	unsetenv("HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("DEBUGINFOD_URLS");
	if (!getenv("RN_FUZZ_SHOW")) {
		stdout = fopen("/dev/null", "w");
		stderr = fopen("/dev/null", "w");
	}
	check(stdout && stderr);
}

static void write_events(int fd, struct rn_cursor *c)
{
	const struct rn_header h = { .uuid = "fuzzed", .machine = RN_MACHINE_X86_64, .page_bytes = 4096 };
	struct rn_writer_options o = { .block_age_ns = UINT64_MAX };
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_writer *w;
	struct rn_event ev;
	const struct rn_module_image m = { .build_id = rn_bytes_str("0123456789abcdef"), .name = rn_bytes_str("/image"),
		.image = fuzz_take_text(c, 1 << 16) };
	o.block_events = 1 + rn_take_u8(c);
	check(rn_writer_open(&w, fd, &h, &o, NULL) == 0);
	if (m.image.len)
		check(rn_writer_module(w, &m, NULL) == 0);
	for (unsigned n = 0; n < FUZZ_EVENTS_MAX && rn_cursor_left(c); n++) {
		fuzz_take_event(&ev, c, &arena);
		int rc = rn_writer_append(w, &ev, NULL);
		check(rc == 0 || rc == RN_E_ARG);
	}
	check(rn_writer_close(w, NULL, NULL) == 0);
	rn_arena_fini(&arena);
}

static void write_trace(struct rn_bytes input)
{
	static const char magic[] = "\x52\x2a\x4d\x18";
	struct rn_cursor c = rn_cursor_of(input.p, input.len);
	int fd = open(trace_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0);
	if (input.len < 4 || memcmp(input.p, magic, 4) != 0) {
		write_events(fd, &c);
		return;
	}
	check(write(fd, input.p, input.len) == (ssize_t)input.len);
	close(fd);
}

static void run(const char *const *line, const char *trace)
{
	char name[64], word[WORDS][256], *argv[WORDS + 2], sandbox[] = "--sandbox=off";
	int argc = 0;
	for (; argc < WORDS && line[argc]; argc++) {
		const char *w = strcmp(line[argc], TRACE) == 0 ? trace : strcmp(line[argc], OUT) == 0 ? out_path : line[argc];
		snprintf(word[argc], sizeof(word[argc]), "%s", w);
		argv[argc] = word[argc];
	}
	argv[argc++] = sandbox;
	argv[argc] = NULL;
	snprintf(name, sizeof(name), "renacer-analyze %s", line[0]);
	int status = rn_command_main(rn_command_find(line[0]), name, "renacer-analyze", argc, argv);
	check(status == RN_EXIT_FINE || status == RN_EXIT_FINDINGS || status == RN_EXIT_UNREADABLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const again[] = { "report", "-c", TRACE, NULL };
	prepare();
	if (!size)
		return 0;
	const char *const *line = lines[data[0] % N_LINES];
	remove_files();
	write_trace(rn_bytes_of(data + 1, size - 1));
	run(line, trace_path);
	if (access(out_path, F_OK) == 0)
		run(again, out_path); /* a trace, or what is none */
	return 0;
}
