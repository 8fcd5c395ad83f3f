/* SPDX-License-Identifier: MIT */
#include "record/cost.h"

#include "record/recording.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = { 0 };
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void rn_cost_begin(struct rn_cost *c, bool stops)
{
	if (pthread_getcpuclockid(pthread_self(), &c->watcher))
		c->watcher = CLOCK_THREAD_CPUTIME_ID;
	c->watcher_from_ns = clock_ns(c->watcher);
	c->stops = stops;
}

uint64_t rn_cost_cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t rn_cost_stop_ns(const struct rn_cost *c)
{
	return c->stops ? clock_ns(c->watcher) - c->watcher_from_ns : 0;
}

/* statm(5): size, resident and shared, in pages. */
uint64_t rn_cost_own_bytes(void)
{
	char text[128];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	char *p;
	strtoull(text, &p, 10);
	uint64_t resident = strtoull(p, &p, 10), shared = strtoull(p, &p, 10);
	return (resident > shared ? resident - shared : 0) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t look(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static uint64_t held_ns(const struct rn_recording *rec)
{
	return rec->ladder ? look(&rec->ladder->held_ns) : 0;
}

static uint64_t unseen_ns(const struct rn_recording *rec)
{
	return rec->ladder ? look(&rec->ladder->gaps.unseen_ns) : 0;
}

void rn_cost_end(void *recording, struct rn_ev_END *end)
{
	const struct rn_recording *rec = recording;
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	end->cpu_ns = rn_cost_cpu_ns();
	end->max_rss_bytes = (uint64_t)u.ru_maxrss * 1024;
	end->stop_ns = rn_cost_stop_ns(&rec->cost);
	end->held_ns = held_ns(rec);
	end->unseen_ns = unseen_ns(rec);
}

void rn_cost_event(const struct rn_recording *rec, const struct rn_writer_totals *totals, struct rn_event *ev)
{
	*ev = (struct rn_event){ .ts_ns = rn_recording_now(rec), .kind = RN_EV_COST };
	ev->COST = (struct rn_ev_COST){
		.cpu_ns = rn_cost_cpu_ns(),
		.stop_ns = rn_cost_stop_ns(&rec->cost),
		.held_ns = held_ns(rec),
		.rss_bytes = rn_cost_own_bytes(),
		.calls = look(&rec->n_calls),
		.lost = look(&rec->n_lost),
		.left_out = rec->shed ? rn_shed_left_out(rec->shed) : 0,
		.raw_bytes = totals->raw_bytes,
		.file_bytes = totals->file_bytes,
		.unseen_ns = unseen_ns(rec),
	};
}

bool rn_cost_remark(void *recording, const struct rn_writer_totals *totals, struct rn_event *ev)
{
	rn_cost_event(recording, totals, ev);
	return true;
}
