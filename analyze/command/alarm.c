/* SPDX-License-Identifier: MIT */
#include "analyze/command/alarm.h"

#include "analyze/report/cell.h"
#include "analyze/sandbox/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *const signs[RN_SEVERITIES] = {
	[RN_SEVERITY_LOW] = "\360\237\237\242", [RN_SEVERITY_MEDIUM] = "\360\237\237\241",
	[RN_SEVERITY_HIGH] = "\360\237\224\264",
};

static int put_line(const struct rn_alarm *alarm, const struct rn_alert *a, struct rn_error *err)
{
	struct rn_buffer line = RN_BUFFER_INIT;
	double us = (double)a->latency_ns / 1000;
	rn_put_text(&line, "\342\232\240  ANOMALY: ");
	rn_put_shown(&line, a->name);
	rn_put_format(&line, " took %.*f \316\274s (%.1f\317\203 from baseline %.1f \316\274s) - %s %s",
		us < 100, us, a->score, a->mean_ns / 1000, signs[a->severity],
		rn_severity_name(a->severity));
	rn_put_format(&line, " [%llu.%06llu s", (unsigned long long)(a->ts_ns / 1000000000),
		(unsigned long long)(a->ts_ns % 1000000000 / 1000));
	if (a->pid)
		rn_put_format(&line, ", pid %llu", (unsigned long long)a->pid);
	rn_put_text(&line, "]\n");
	bool ok = rn_buffer_ok(&line);
	if (ok)
		fwrite(line.p, 1, line.len, alarm->stream);
	fflush(alarm->stream);
	rn_buffer_fini(&line);
	return ok ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for an alert");
}

/* What the command finds in its environment. */
#define N_FACTS 8
struct facts {
	char text[N_FACTS][128];
	char *item[N_FACTS + 1];
};

static void make_facts(struct facts *f, const struct rn_alert *a)
{
	snprintf(f->text[0], 128, "RENACER_ALERT_SYSCALL=%.*s", (int)a->name.len,
		(const char *)a->name.p);
	snprintf(f->text[1], 128, "RENACER_ALERT_SEVERITY=%s", rn_severity_name(a->severity));
	snprintf(f->text[2], 128, "RENACER_ALERT_LATENCY_NS=%llu", (unsigned long long)a->latency_ns);
	snprintf(f->text[3], 128, "RENACER_ALERT_BASELINE_NS=%.0f", a->mean_ns);
	snprintf(f->text[4], 128, "RENACER_ALERT_SCORE=%.3f", a->score);
	snprintf(f->text[5], 128, "RENACER_ALERT_TIME_NS=%llu", (unsigned long long)a->ts_ns);
	snprintf(f->text[6], 128, "RENACER_ALERT_PID=%llu", (unsigned long long)a->pid);
	snprintf(f->text[7], 128, "RENACER_ALERT_TID=%llu", (unsigned long long)a->tid);
	for (size_t i = 0; i < N_FACTS; i++)
		f->item[i] = f->text[i];
	f->item[N_FACTS] = NULL;
}

/* Its output goes to standard error: standard output is the report's. */
static int run(const char *command, char *const *env)
{
	char shell[] = "sh", option[] = "-c";
	char *const argv[] = { shell, option, (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t usual, none;
	pid_t pid = 0;
	int status;
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&how);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	posix_spawnattr_setsigdefault(&how, &usual);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int rc = posix_spawn(&pid, "/bin/sh", &files, &how, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	while (!rc && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return rc;
}

/* Ours stands behind the facts. */
int rn_alarm_run(const char *command, char *const *facts)
{
	size_t n = 0, m = 0;
	while (environ[n])
		n++;
	while (facts[m])
		m++;
	char **env = calloc(n + m + 1, sizeof(*env));
	if (!env)
		return ENOMEM;
	memcpy(env, facts, m * sizeof(*env));
	memcpy(env + m, environ, n * sizeof(*env));
	int rc = run(command, env);
	free(env);
	return rc;
}

int rn_alarm_ring(void *arg, const struct rn_alert *a, struct rn_error *err)
{
	struct rn_alarm *alarm = arg;
	struct facts facts;
	int rc = alarm->stream ? put_line(alarm, a, err) : 0;
	alarm->n_high += a->severity == RN_SEVERITY_HIGH;
	if (rc || !alarm->command || a->severity != RN_SEVERITY_HIGH)
		return rc;
	make_facts(&facts, a);
	int failed = rn_sandbox_entered() ? rn_sandbox_ask(facts.item) :
		rn_alarm_run(alarm->command, facts.item);
	return failed ? rn_fail_errno(err, RN_E_IO, failed, "cannot run the command of --alert-exec") : 0;
}
