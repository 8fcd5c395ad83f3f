/* SPDX-License-Identifier: MIT */
/*
 * strace's words in ours: first the sets of -e and of the long options that say the same, then what
 * contradicts itself or has no effect, then the ways of strace that no option names.
 */
#include "analyze/decode/print.h"
#include "analyze/strace/options.h"
#include "shared/inject.h"
#include "shared/syscall.h"

#include <stdlib.h>
#include <string.h>

/* strace's names of qualifiers, of which some have more than one. */
enum qualifier { Q_TRACE, Q_ABBREV, Q_VERBOSE, Q_RAW, Q_SIGNAL, Q_READ, Q_WRITE, Q_INJECT, Q_FAULT, Q_STATUS,
	Q_QUIET, Q_KVM, Q_FDS, Q_PIDS };
static const struct {
	const char *name;
	enum qualifier q;
} qualifiers[] = {
	{ "trace", Q_TRACE }, { "t", Q_TRACE }, { "abbrev", Q_ABBREV }, { "a", Q_ABBREV },
	{ "verbose", Q_VERBOSE }, { "v", Q_VERBOSE }, { "raw", Q_RAW }, { "x", Q_RAW },
	{ "signal", Q_SIGNAL }, { "signals", Q_SIGNAL }, { "s", Q_SIGNAL }, { "read", Q_READ },
	{ "reads", Q_READ }, { "r", Q_READ }, { "write", Q_WRITE }, { "writes", Q_WRITE },
	{ "w", Q_WRITE }, { "fault", Q_FAULT }, { "inject", Q_INJECT }, { "status", Q_STATUS },
	{ "quiet", Q_QUIET }, { "silent", Q_QUIET }, { "silence", Q_QUIET }, { "q", Q_QUIET },
	{ "kvm", Q_KVM }, { "decode-fds", Q_FDS }, { "decode-fd", Q_FDS },
	{ "decode-pids", Q_PIDS }, { "decode-pid", Q_PIDS },
};

static enum qualifier qualifier_of(const char **expression)
{
	const char *equals = strchr(*expression, '=');
	size_t len = equals ? (size_t)(equals - *expression) : 0;
	for (size_t i = 0; equals && i < sizeof(qualifiers) / sizeof(*qualifiers); i++)
		if (strlen(qualifiers[i].name) == len &&
			memcmp(qualifiers[i].name, *expression, len) == 0) {
			*expression = equals + 1;
			return qualifiers[i].q;
		}
	return Q_TRACE;
}

static bool is_class(const char *word, size_t len)
{
	static const char *const classes[] = { "file", "process", "network", "signal", "ipc", "desc",
		"memory" };
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i]) == len && memcmp(classes[i], word, len) == 0)
			return true;
	return false;
}

static bool is_number(const char *word, size_t len, uint32_t *number)
{
	*number = 0;
	for (size_t i = 0; i < len; i++) {
		if (word[i] < '0' || word[i] > '9')
			return false;
		*number = *number * 10 + (uint32_t)(word[i] - '0');
	}
	return len > 0 && len < 6 && rn_syscall(RN_ABI_X86_64, *number);
}

/* A regex has no / at its end in strace's words. */
static void put_word(struct rn_buffer *out, const char *word, size_t len)
{
	const char *regex = len && *word == '?' ? word + 1 : word;
	uint32_t number;
	if (is_number(word, len, &number)) {
		char name[24];
		rn_put_text(out, rn_syscall_name(RN_ABI_X86_64, number, name));
		return;
	}
	if (is_class(word, len))
		rn_put_u8(out, '%');
	rn_put_bytes(out, word, len);
	if (len && *regex == '/' && (word + len == regex + 1 || word[len - 1] != '/'))
		rn_put_u8(out, '/');
}

void rn_strace_put_trace(struct rn_buffer *out, const char *set)
{
	bool negated = *set == '!';
	set += negated;
	rn_put_text(out, "trace=");
	if (negated && (strcmp(set, "all") == 0 || strcmp(set, "none") == 0)) {
		rn_put_text(out, *set == 'a' ? "none" : "all");
		return;
	}
	bool first = true; /* strace passes over commas that nothing stands between */
	for (const char *end; *set; set = *end ? end + 1 : end) {
		end = set + strcspn(set, ",");
		if (end == set)
			continue;
		if (!first)
			rn_put_u8(out, ',');
		first = false;
		if (negated)
			rn_put_u8(out, '!');
		put_word(out, set, (size_t)(end - set));
	}
}

/* A set in our words that lives as long as the options; NULL: no memory. */
static const char *dup_calls(struct rn_strace_options *o, const char *set)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	rn_strace_put_trace(&text, set);
	const char *kept = rn_buffer_ok(&text) ? rn_arena_dup(&o->text, rn_buffer_bytes(&text)) : NULL;
	rn_buffer_fini(&text);
	return kept;
}

/* The last set is the one that counts. */
static int set_trace(struct rn_strace_options *o, const char *set, struct rn_error *err)
{
	struct rn_strings *filters = &o->live.report.filters;
	if (!filters->item)
		filters->item = calloc(1, sizeof(*filters->item));
	const char *kept = dup_calls(o, set);
	if (!filters->item || !kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	filters->item[0] = kept;
	filters->n = 1;
	return 0;
}

static int set_calls(struct rn_strace_options *o, const char **field, const char *set,
	struct rn_error *err)
{
	const char *kept = dup_calls(o, set);
	if (!kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	*field = kept + strlen("trace=");
	return 0;
}

/* The recorder does it; here it is only found whether it makes sense. */
static int add_rule(struct rn_strace_options *o, struct rn_strings *rules, const char *text, bool fault,
	struct rn_error *err)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	struct rn_inject parsed;
	size_t n = strcspn(text, ":");
	char *set = strndup(text, n);
	if (set)
		rn_strace_put_trace(&b, set);
	rn_put_text(&b, text + n);
	const char *rule = set && rn_buffer_ok(&b) ? rn_arena_dup(&o->text, rn_buffer_bytes(&b)) : NULL;
	rn_buffer_fini(&b);
	free(set);
	if (!rule)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rule += strlen("trace=");
	int rc = rn_inject_parse(&parsed, rule, fault, err);
	rn_inject_fini(&parsed);
	if (rc) {
		rn_error_prefix(err, fault ? "-e fault" : "-e inject");
		return rc;
	}
	const char **item = realloc(rules->item, (rules->n + 1) * sizeof(*item));
	if (!item)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rules->item = item;
	item[rules->n++] = rule;
	return 0;
}

static int qualify_as(struct rn_strace_options *o, enum qualifier q, const char *set,
	struct rn_error *err)
{
	struct rn_views *v = &o->live.report.views;
	switch (q) {
	case Q_TRACE:
		return set_trace(o, set, err);
	case Q_FDS:
		return rn_views_set_fd_details(v, set, err);
	case Q_PIDS:
		return rn_views_set_pid_details(v, set, err);
	case Q_QUIET:
		return rn_views_set_quiet(v, set, err);
	case Q_ABBREV:
		return set_calls(o, &v->abbrev, set, err);
	case Q_VERBOSE:
		return set_calls(o, &v->verbose, set, err);
	case Q_RAW:
		return set_calls(o, &v->raw, set, err);
	case Q_STATUS:
		return rn_views_set_status(v, set, err);
	case Q_READ:
		return rn_views_set_fds(&v->read, set, err);
	case Q_WRITE:
		return rn_views_set_fds(&v->write, set, err);
	case Q_SIGNAL:
		return rn_views_set_signals(v, set, err);
	case Q_INJECT:
		return add_rule(o, &o->live.inject, set, false, err);
	case Q_FAULT:
		return add_rule(o, &o->live.fault, set, true, err);
	case Q_KVM:
		return rn_fail(err, RN_E_USAGE, "%s: the exits of virtual CPUs are not supported", set);
	}
	return 0;
}

static int qualify_each(struct rn_strace_options *o, enum qualifier q, const struct rn_strings *sets,
	struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < sets->n && !rc; i++)
		rc = qualify_as(o, q, sets->item[i], err);
	return rc;
}

/* Where two spellings of a wish would contradict each other; what is beyond us. */
static int check(const struct rn_strace_options *o, struct rn_error *err)
{
	const struct rn_report_options *r = &o->live.report;
	const struct {
		bool wrong;
		const char *message;
	} checks[] = {
		{ r->clock && r->absolute, "-t and --absolute-timestamps cannot be provided simultaneously" },
		{ r->hex && r->hex_words, "-x and --strings-in-hex cannot be provided simultaneously" },
		{ r->quiet && o->quiet_given, "-q and -e quiet/--quiet cannot be provided simultaneously" },
		{ r->fds && o->fds_given, "-y and --decode-fds cannot be provided simultaneously" },
		{ r->summary && r->list_too, "-c/--summary-only and -C/--summary are mutually exclusive" },
		{ o->wall_clock && !r->summary && !r->list_too, "-w/--summary-wall-clock must be given "
			"with (-c/--summary-only or -C/--summary)" },
		{ r->columns.n && !r->summary && !r->list_too, "-U/--summary-columns must be given "
			"with (-c/--summary-only or -C/--summary)" },
		{ o->detach_on.n, "-b/--detach-on: leaving a process at its execve is not supported" },
		{ o->daemonized || o->daemonize.n, "-D/--daemonize is not supported: the tracer is always the "
			"parent of the command" },
	};
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (checks[i].wrong)
			return rn_fail(err, RN_E_USAGE, "%s", checks[i].message);
	return 0;
}

/* Sets of -e in order, then those of long options: of a kind the last counts. */
static int qualify_all(struct rn_strace_options *o, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < o->expressions.n && !rc; i++) {
		const char *set = o->expressions.item[i];
		enum qualifier q = qualifier_of(&set);
		o->quiet_given |= q == Q_QUIET;
		o->fds_given |= q == Q_FDS;
		rc = qualify_as(o, q, set, err);
	}
	const struct {
		enum qualifier q;
		const struct rn_strings *sets;
	} options[] = {
		{ Q_TRACE, &o->trace }, { Q_SIGNAL, &o->signals }, { Q_READ, &o->reads },
		{ Q_WRITE, &o->writes }, { Q_STATUS, &o->statuses }, { Q_ABBREV, &o->abbrevs },
		{ Q_VERBOSE, &o->verboses }, { Q_RAW, &o->raws }, { Q_QUIET, &o->quiets },
		{ Q_FDS, &o->fd_sets }, { Q_PIDS, &o->pid_sets }, { Q_INJECT, &o->inject },
		{ Q_FAULT, &o->fault },
		{ Q_KVM, &o->kvm },
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && !rc; i++)
		rc = qualify_each(o, options[i].q, options[i].sets, err);
	o->quiet_given |= o->quiets.n > 0;
	o->fds_given |= o->fd_sets.n > 0;
	return rc;
}

/* A path is also what it leads to, told as strace tells it. */
static int resolve_path(struct rn_strace_options *o, const char *path, const char **resolved,
	struct rn_error *err)
{
	char *real = realpath(path, NULL);
	*resolved = NULL;
	if (real && strcmp(real, path) != 0) {
		const struct rn_decode_style style = { .hex_strings = o->live.report.look.hex_strings };
		struct rn_print p = { .out = &o->messages, .style = &style };
		if (!(o->live.report.views.quiet & RN_QUIET_PATHS)) {
			RN_PUT(&p, "strace: Requested path ");
			rn_print_quoted(&p, rn_bytes_str(path));
			RN_PUT(&p, " resolved into ");
			rn_print_quoted(&p, rn_bytes_str(real));
			RN_PUT(&p, "\n");
		}
		*resolved = rn_arena_dup(&o->text, rn_bytes_str(real));
		if (!*resolved) {
			free(real);
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		}
	}
	free(real);
	return 0;
}

static int resolve_paths(struct rn_strace_options *o, struct rn_error *err)
{
	struct rn_strings *paths = &o->live.report.paths;
	size_t n = paths->n;
	const char **item = n ? calloc(2 * n, sizeof(*item)) : NULL;
	if (n && !item)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int rc = 0;
	for (size_t i = 0; i < n && !rc; i++) {
		item[i] = paths->item[i];
		rc = resolve_path(o, item[i], &item[paths->n], err);
		paths->n += item[paths->n] != NULL;
	}
	if (n) {
		free(paths->item);
		paths->item = item;
	}
	return rc;
}

static void settle_ways(struct rn_strace_options *o)
{
	struct rn_report_options *r = &o->live.report;
	struct rn_views *v = &r->views;
	static const unsigned levels[] = { 0, RN_QUIET_ATTACH | RN_QUIET_PERSONALITY,
		RN_QUIET_ATTACH | RN_QUIET_PERSONALITY | RN_QUIET_EXIT, RN_QUIET_ALL };
	if (r->quiet)
		v->quiet = levels[r->quiet < 3 ? r->quiet : 3];
	r->quiet = 0; /* told to the report by v->quiet */
	bool attaches = v->quiet & RN_QUIET_ATTACH;
	o->ways.pid_column = r->follow && r->output && !r->separately;
	o->ways.births = !attaches && (r->pids.n || (r->follow && !r->output));
	r->ways = &o->ways;
	r->format = "text";
	if (o->results.wanted)
		v->statuses = o->results.wanted;
	if (o->pidns)
		v->pids |= RN_PIDS_NS;
	r->verbose = o->no_abbrev && !v->abbrev;
}

/* Wishes without effect, in strace's order and words. */
static void put_remarks(struct rn_strace_options *o)
{
	const struct rn_report_options *r = &o->live.report;
	bool sums = r->summary || r->list_too;
	const struct {
		bool told;
		const char *text;
	} remarks[] = {
		{ o->seccomp && !r->follow, "--seccomp-bpf cannot be used without -f/--follow-forks, "
			"disabling" },
		{ r->summary && r->pcs, "-i/--instruction-pointer has no effect with -c/--summary-only" },
		{ r->summary && r->stacks, "-k/--stack-traces has no effect with -c/--summary-only" },
		{ r->summary && r->numbers, "-n/--syscall-number has no effect with -c/--summary-only" },
		{ r->summary && r->relative, "-r/--relative-timestamps has no effect with "
			"-c/--summary-only" },
		{ r->summary && r->look.clock, "-t/--absolute-timestamps has no effect with "
			"-c/--summary-only" },
		{ r->summary && r->duration, "-T/--syscall-times has no effect with -c/--summary-only" },
		{ r->summary && r->views.fds, "-y/--decode-fds has no effect with -c/--summary-only" },
		{ r->sort && !sums /* by time, where nothing was said */, "-S/--summary-sort-by has no effect without "
			"(-c/--summary-only or -C/--summary)" },
		{ o->separately_given && !r->output, "--output-separately has no effect without "
			"-o/--output" },
		{ r->append && !r->output, "-A/--output-append-mode has no effect without -o/--output" },
		{ o->results.contrary, "Only the last of -z/--successful-only/-Z/--failed-only options "
			"will take effect. See status qualifier for more complex filters." },
	};
	for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
		if (remarks[i].told)
			rn_put_format(&o->messages, "strace: %s\n", remarks[i].text);
}

int rn_strace_translate(struct rn_strace_options *o, struct rn_error *err)
{
	struct rn_report_options *r = &o->live.report;
	o->separately_given = r->separately;
	if (!r->output && r->follow > 1)
		r->follow = 1; /* without a file -ff is -f */
	if (!r->output || r->follow == 1)
		r->separately = false; /* beside -f, and without a file, the long option does nothing */
	r->follow += o->follow_long; /* beside its own long form it does */
	int rc = rn_report_prepare(r, err);
	if (!rc)
		rc = qualify_all(o, err);
	if (!rc)
		rc = check(o, err);
	if (rc)
		return rc;
	settle_ways(o);
	put_remarks(o);
	return resolve_paths(o, err);
}
