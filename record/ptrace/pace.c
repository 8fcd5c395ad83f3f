/* SPDX-License-Identifier: MIT */
/*
 * Lone: stops come from one tracee for a while, then perhaps from another (a child its parent waits
 * for), but not from several by turns. A score rises with each stop of the same tracee as before and
 * falls faster with one of another. When it is high we move to the tracee's CPU and, where that can
 * be undone, become SCHED_IDLE; when it is low we go back to normal. Crowded: while SCHED_IDLE, we stood ready to run for longer than
 * the tracee and our own other threads ran; someone else wants the CPU, and would get nearly all of
 * it. Then we go back to normal and try again later, each time after twice as long.
 */
#include "record/ptrace/pace.h"
#include "record/tracee/proc_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SCORE_MAX 64u
#define SCORE_OTHER 12u           /* what a stop of another tracee takes away */
#define SCORE_ENTER 16u
#define SCORE_LEAVE 8u
#define SETTLED_AFTER 6u          /* stops in a row until another tracee is the lone one */
#define LOOK_EVERY_NS 10000000u
#define CROWDED_PART 5            /* of the time: 1/5 */
#define BACK_OFF_NS 100000000u
#define BACK_OFF_MAX_NS 10000000000u
#define MISSES_UNTIL_MOVE 3u
#define MISSES_ALLOWED 9u
#define REST_FIRST 64u
#define REST_MAX 65536u

static bool set_policy(int policy)
{
	const struct sched_param none = { 0 };
	return sched_setscheduler(0, policy, &none) == 0;
}

/* SCHED_IDLE is left by the rule for raising one's priority: it is tried with the nice value, where
 * failing would leave us nearly as we were. */
static bool may_return(void)
{
	pid_t self = (pid_t)syscall(SYS_gettid);
	errno = 0;
	int nice_now = getpriority(PRIO_PROCESS, (id_t)self);
	if (errno || sched_getscheduler(0) != SCHED_OTHER || nice_now >= 19)
		return false;
	if (setpriority(PRIO_PROCESS, (id_t)self, nice_now + 1) < 0)
		return false;
	return setpriority(PRIO_PROCESS, (id_t)self, nice_now) == 0;
}

void rn_pace_begin(struct rn_pace *p)
{
	*p = (struct rn_pace){ .cpu = -1, .stat_fd = -1, .self_delay_fd = -1, .lone_delay_fd = -1 };
	if (sched_getaffinity(0, sizeof(p->home), &p->home) == 0)
		p->many_cpus = CPU_COUNT(&p->home) > 1;
	p->may_idle = may_return();
	p->rest_next = REST_FIRST;
	p->back_off_ns = BACK_OFF_NS;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int open_proc(pid_t tid, const char *what)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", rn_proc_number(tid), what);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void leave_lone(struct rn_pace *p)
{
	if (p->idle)
		set_policy(SCHED_OTHER);
	if (p->cpu >= 0)
		sched_setaffinity(0, sizeof(p->home), &p->home);
	p->idle = false;
	p->cpu = -1;
	p->lone = 0;
	close_fd(&p->stat_fd);
	close_fd(&p->self_delay_fd);
	close_fd(&p->lone_delay_fd);
}

void rn_pace_end(struct rn_pace *p)
{
	leave_lone(p);
}

void rn_pace_without(struct rn_pace *p, pid_t tid)
{
	if (p->lone == tid)
		leave_lone(p);
	p->score = 0;
}

/* Field 39 of stat, counted behind the name, which may hold anything. */
static int cpu_of(int stat_fd)
{
	char text[1024];
	ssize_t n = pread(stat_fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	const char *q = strrchr(text, ')');
	for (unsigned field = 2; q && field < 39; field++)
		q = strchr(q + 1, ' ');
	return q ? atoi(q) : -1;
}

/* True when that took us elsewhere. */
static bool follow(struct rn_pace *p)
{
	cpu_set_t one;
	int cpu = p->many_cpus ? cpu_of(p->stat_fd) : -1;
	if (cpu < 0 || cpu == p->cpu || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &p->home))
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) < 0)
		return false;
	p->cpu = cpu;
	p->n_moves++;
	return true;
}

struct shares {
	uint64_t self_delay_ns, lone_cpu_ns, own_threads_ns;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* schedstat: time on the CPU, time waiting for it, turns. */
static void read_schedstat(int fd, uint64_t *on_cpu_ns, uint64_t *waiting_ns)
{
	char text[128];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	char *end;
	*on_cpu_ns = strtoull(text, &end, 10);
	*waiting_ns = strtoull(end, NULL, 10);
}

static struct shares shares_now(const struct rn_pace *p)
{
	struct shares s;
	uint64_t unused;
	read_schedstat(p->self_delay_fd, &unused, &s.self_delay_ns);
	read_schedstat(p->lone_delay_fd, &s.lone_cpu_ns, &unused);
	s.own_threads_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return s;
}

static void keep_shares(struct rn_pace *p, uint64_t now_ns)
{
	struct shares s = shares_now(p);
	p->self_delay_ns = s.self_delay_ns;
	p->lone_cpu_ns = s.lone_cpu_ns;
	p->own_threads_ns = s.own_threads_ns;
	p->check_ns = now_ns;
}

static bool is_crowded(const struct rn_pace *p, uint64_t now_ns)
{
	struct shares s = shares_now(p);
	uint64_t waited = s.self_delay_ns - p->self_delay_ns;
	uint64_t ours = s.lone_cpu_ns - p->lone_cpu_ns + s.own_threads_ns - p->own_threads_ns;
	return waited > ours && (waited - ours) * CROWDED_PART > now_ns - p->check_ns;
}

/* Another tracee is the lone one from here on. */
static void settle_on(struct rn_pace *p, pid_t tid, uint64_t now_ns)
{
	p->lone = tid;
	p->misses = p->rest = 0;
	p->rest_next = REST_FIRST;
	close_fd(&p->stat_fd);
	close_fd(&p->lone_delay_fd);
	p->stat_fd = open_proc(tid, "stat");
	p->lone_delay_fd = open_proc(tid, "schedstat");
	follow(p);
	keep_shares(p, now_ns);
}

/* Without the right to come back we stay as we are: the scheduler would take the tracee away from
 * our CPU again and again. */
static void enter_lone(struct rn_pace *p, pid_t tid, uint64_t now_ns)
{
	if (p->may_idle)
		p->self_delay_fd = open_proc((pid_t)syscall(SYS_gettid), "schedstat");
	if (p->self_delay_fd < 0) {
		p->lone = tid;
		return;
	}
	p->idle = set_policy(SCHED_IDLE);
	settle_on(p, tid, now_ns);
}

static void look_for_crowd(struct rn_pace *p, uint64_t now_ns)
{
	if (!is_crowded(p, now_ns)) {
		keep_shares(p, now_ns);
		return;
	}
	p->n_crowded++;
	leave_lone(p);
	p->alone_again_ns = now_ns + p->back_off_ns;
	if (p->back_off_ns < BACK_OFF_MAX_NS)
		p->back_off_ns *= 2;
}

static void score(struct rn_pace *p, pid_t tid)
{
	if (tid == p->last) {
		p->in_a_row++;
		p->score += p->score < SCORE_MAX;
		return;
	}
	p->last = tid;
	p->in_a_row = 0;
	p->score -= p->score < SCORE_OTHER ? p->score : SCORE_OTHER;
}

void rn_pace_stop(struct rn_pace *p, pid_t tid, uint64_t now_ns, bool waited)
{
	if (waited) {
		p->n_waited++;
	} else {
		p->n_direct++;
		p->misses = 0;
		p->rest_next = REST_FIRST;
	}
	score(p, tid);
	if (!p->lone) {
		if (p->score >= SCORE_ENTER && now_ns >= p->alone_again_ns)
			enter_lone(p, tid, now_ns);
	} else if (p->score < SCORE_LEAVE) {
		leave_lone(p);
	} else if (tid != p->lone && p->in_a_row >= SETTLED_AFTER) {
		if (p->idle)
			settle_on(p, tid, now_ns);
		else
			p->lone = tid;
	} else if (p->idle && now_ns - p->check_ns >= LOOK_EVERY_NS) {
		look_for_crowd(p, now_ns);
	}
}

bool rn_pace_ask(struct rn_pace *p, pid_t tid)
{
	if (p->lone != tid)
		return false;
	if (p->rest) {
		p->rest--;
		return false;
	}
	if (!p->idle)
		sched_yield();
	return true;
}

/* In vain: it is on another CPU now, or runs on, or its calls take their time. */
void rn_pace_missed(struct rn_pace *p)
{
	p->misses++;
	if (p->idle && p->misses % MISSES_UNTIL_MOVE == 0 && follow(p)) {
		p->misses = 0;
		return;
	}
	if (p->misses < MISSES_ALLOWED)
		return;
	p->misses = 0;
	p->rest = p->rest_next;
	if (p->rest_next < REST_MAX && !p->idle)
		p->rest_next *= 2;
}
