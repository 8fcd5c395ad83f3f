/* SPDX-License-Identifier: MIT */
#include "record/bpf/load.h"

#include "record/bpf/program.h"
#include "record/bpf/table.h"
#include <watch.skel.h> /* made by bpftool */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LANES 64u
#define MAX_TASKS 16384u
#define MAX_TASKS_MACHINE 65536u

/* What libbpf said last that was worth a warning: the reason that goes into our own message. */
static char last_words[256];

static int keep_words(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[sizeof(last_words)];
	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = 0;
	if (!last_words[0])
		memcpy(last_words, line, sizeof(line));
	return 0;
}

/* Whether our pid namespace lies below the initial one, whose inode is fixed (PROC_PID_INIT_INO). Where
 * /proc does not tell it is taken to: that is right for both, and costs more. */
static bool is_nested(void)
{
	struct stat s;
	return stat("/proc/self/ns/pid", &s) < 0 || s.st_ino != 0xeffffffc;
}

/* kernel_lockdown(7): then programs may not read the kernel's memory, whoever brings them. */
static bool is_locked_down(void)
{
	char text[64] = "";
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	if (f) {
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		fclose(f);
	}
	return strstr(text, "[confidentiality]") != NULL;
}

int rn_bpf_probe(struct rn_error *err)
{
	if (is_locked_down())
		return rn_fail(err, RN_E_UNSUPPORTED, "the kernel is locked down (confidentiality)");
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return rn_fail(err, RN_E_UNSUPPORTED, "the kernel does not describe its types "
			"(no /sys/kernel/btf/vmlinux)");
	union bpf_attr attr;
	memset(&attr, 0, sizeof(attr));
	/* The cheapest thing that needs the right to load programs that trace: a small ring. */
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "rn_probe", 0, 0,
		(uint32_t)sysconf(_SC_PAGESIZE), NULL);
	if (fd < 0 && errno == EPERM)
		return rn_fail(err, RN_E_PERM, "not permitted (it needs root, or CAP_BPF and CAP_PERFMON)");
	if (fd < 0)
		return rn_fail_errno(err, RN_E_UNSUPPORTED, errno, "no ring buffer (Linux 5.8 has them)");
	close(fd);
	return 0;
}

static uint32_t power_of_two(uint64_t least, uint64_t from)
{
	while (from < least)
		from *= 2;
	return (uint32_t)from;
}

/* On a machine of many CPUs lanes are smaller: all together no more than MAX_LANES as asked for. */
static void settle_lanes(struct rn_bpf_settings *s)
{
	uint64_t asked = s->lane_bytes;
	if (s->n_cpus > MAX_LANES)
		asked = asked * MAX_LANES / s->n_cpus;
	s->chunk_bytes = power_of_two(asked < RN_BPF_MAX_CHUNK ? asked : RN_BPF_MAX_CHUNK,
		RN_BPF_MIN_CHUNK);
	s->chunk_shift = (uint32_t)__builtin_ctz(s->chunk_bytes);
	s->chunks = power_of_two(asked / s->chunk_bytes, 1);
	uint64_t room = (uint64_t)s->chunk_bytes * s->chunks - 2 * RN_BPF_SLACK;
	s->lane_bytes = asked < room ? asked : room;
}

static void settle(struct rn_bpf_settings *s)
{
	int n = libbpf_num_possible_cpus();
	s->n_cpus = n < 1 ? 1 : n > RN_BPF_MAX_CPUS ? RN_BPF_MAX_CPUS : (uint32_t)n;
	s->task_mask = (s->whole_machine || s->cgroup ? MAX_TASKS_MACHINE : MAX_TASKS) - 1;
	s->nested = is_nested();
	settle_lanes(s);
}

static void settle_maps(struct rn_watch *w, const struct rn_bpf_settings *s)
{
	bpf_map__set_max_entries(w->maps.scratches, s->n_cpus);
	bpf_map__set_max_entries(w->maps.sides, s->n_cpus);
	bpf_map__set_max_entries(w->maps.images, s->stack_bytes ? s->n_cpus : 1);
	bpf_map__set_max_entries(w->maps.tasks, s->task_mask + 1);
	bpf_map__set_max_entries(w->maps.owners, s->task_mask + 1);
	/* What the verifier leaves out needs no map. */
	bpf_map__set_autocreate(w->maps.executing, s->nested);
	bpf_map__set_autocreate(w->maps.cgroups, s->cgroup);
	bpf_map__set_value_size(w->maps.lanes, s->chunk_bytes);
	bpf_map__set_max_entries(w->maps.lanes, s->n_cpus * s->chunks);
}

/* Before Linux 5.11 what programs share counts as locked memory, of which a user who is not root has little. */
static bool is_memory_locked_up(int errnum)
{
	struct rlimit most;
	return errnum == EPERM && getrlimit(RLIMIT_MEMLOCK, &most) == 0 && most.rlim_max != RLIM_INFINITY &&
		strstr(last_words, "failed to create: ");
}

static int fail_load(struct rn_error *err, const char *what, int errnum)
{
	if (is_memory_locked_up(errnum))
		return rn_fail(err, RN_E_PERM, "%s: its memory counts as locked before Linux 5.11, of which the limit "
					       "is too low (ulimit -l)",
			what);
	if (last_words[0])
		return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "%s (%s)", what, last_words);
	return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "%s", what);
}

static void put_rules(struct rn_bpf_load *l, const struct rn_recording *rec)
{
	struct rn_bpf_rule *rules = (void *)l->skel->rodata->rules;
	for (unsigned abi = 1; abi <= RN_BPF_ABIS; abi++)
		for (uint32_t nr = 0; nr < RN_BPF_CALLS; nr++)
			rules[(abi - 1) * RN_BPF_CALLS + nr] = rn_bpf_rule_of(rec, (enum rn_abi)abi, nr);
}

static void put_command(void *arg, const struct rn_bpf_command_op *c)
{
	struct rn_bpf_load *l = arg;
	bpf_map_update_elem(bpf_map__fd(l->skel->maps.commands), &c->key, &c->op, BPF_ANY);
}

static int map_tasks(struct rn_bpf_load *l, struct rn_error *err)
{
	size_t bytes = ((size_t)l->task_mask + 1) * sizeof(*l->tasks);
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(l->skel->maps.tasks), 0);
	if (p == MAP_FAILED)
		return fail_load(err, "cannot map the table of tasks", errno);
	l->tasks = p;
	l->owners_fd = bpf_map__fd(l->skel->maps.owners);
	return 0;
}

int rn_bpf_load_program(struct rn_bpf_load *l, enum rn_bpf_program which,
	struct rn_bpf_settings *settings, const struct rn_recording *rec, struct rn_error *err)
{
	last_words[0] = '\0';
	libbpf_set_print(keep_words);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	settle(settings);
	l->task_mask = settings->task_mask;
	l->skel = rn_bpf_program_open(which);
	if (!l->skel)
		return fail_load(err, "cannot read the kernel program", errno);
	settle_maps(l->skel, settings);
	memcpy((void *)&l->skel->rodata->settings, settings, sizeof(*settings));
	put_rules(l, rec);
	int r = rn_watch__load(l->skel);
	if (r == 0)
		return 0;
	rn_watch__destroy(l->skel);
	l->skel = NULL;
	return fail_load(err, "the kernel refuses the program", -r);
}

/* What the kernel refuses for whatever reason may be done by the program for an older one. Of what is wrong with all of them the
 * first is told, unless it is for want of rights: then libbpf may have failed over something else before it came to that. */
static int load_best(struct rn_bpf_load *l, struct rn_bpf_settings *settings,
	const struct rn_recording *rec, struct rn_error *err)
{
	enum rn_bpf_program which = rn_bpf_program_best();
	int r = rn_bpf_load_program(l, which, settings, rec, err);
	while (r < 0 && which > RN_BPF_510) {
		struct rn_error later = { 0 };
		r = rn_bpf_load_program(l, --which, settings, rec, &later);
		if (r == RN_E_PERM && err)
			*err = later;
	}
	return r;
}

int rn_bpf_load(struct rn_bpf_load *l, struct rn_bpf_settings *settings,
	const struct rn_recording *rec, struct rn_error *err)
{
	int r = load_best(l, settings, rec, err);
	if (r < 0)
		return r;
	LIBBPF_OPTS(bpf_test_run_opts, nothing);
	r = bpf_prog_test_run_opts(bpf_program__fd(l->skel->progs.note_recorder), &nothing);
	if (r < 0)
		return fail_load(err, "cannot ask the kernel who we are", -r);
	rn_bpf_commands(rec, put_command, l);
	return map_tasks(l, err);
}

int rn_bpf_put_cgroup(struct rn_bpf_load *l, int fd, struct rn_error *err)
{
	uint32_t place = 0, group = (uint32_t)fd;
	if (bpf_map_update_elem(bpf_map__fd(l->skel->maps.cgroups), &place, &group, BPF_ANY) < 0)
		return fail_load(err, "cannot tell the kernel of the cgroup", errno);
	return 0;
}

struct rn_bpf_rings_what rn_bpf_rings_what(const struct rn_bpf_load *l,
	const struct rn_bpf_settings *settings)
{
	return (struct rn_bpf_rings_what){
		.lanes_fd = bpf_map__fd(l->skel->maps.lanes), .ring_fd = bpf_map__fd(l->skel->maps.ring),
		.lane = l->skel->bss->lane, .n_lanes = settings->n_cpus,
		.chunk_bytes = settings->chunk_bytes,
		.lane_bytes = (size_t)settings->chunk_bytes * settings->chunks,
		.ring_bytes = bpf_map__max_entries(l->skel->maps.ring),
	};
}

int rn_bpf_attach(struct rn_bpf_load *l, struct rn_error *err)
{
	/* Births last: of whom they tell, everything else is told from the first call on. */
	bpf_program__set_autoattach(l->skel->progs.on_newtask, false);
	int r = rn_watch__attach(l->skel);
	if (r == 0) {
		l->skel->links.on_newtask = bpf_program__attach(l->skel->progs.on_newtask);
		r = l->skel->links.on_newtask ? 0 : -errno;
	}
	return r < 0 ? fail_load(err, "cannot attach to the kernel's tracepoints", -r) : 0;
}

void rn_bpf_detach(struct rn_bpf_load *l)
{
	if (l->skel)
		rn_watch__detach(l->skel);
}

void rn_bpf_unload(struct rn_bpf_load *l)
{
	if (l->tasks)
		munmap(l->tasks, ((size_t)l->task_mask + 1) * sizeof(*l->tasks));
	rn_watch__destroy(l->skel);
	*l = (struct rn_bpf_load){ 0 };
}

static struct rn_bpf_task *find_task(const struct rn_bpf_load *l, uint32_t tid)
{
	for (uint32_t i = 0; i < RN_BPF_PLACES; i++) {
		struct rn_bpf_task *t = &l->tasks[rn_bpf_place(tid, i, l->task_mask)];
		if (__atomic_load_n(&t->tid, __ATOMIC_ACQUIRE) == tid)
			return t;
	}
	return NULL;
}

/* What programs know of threads that are of no interest is void from here on; their counter has ten
 * bits. */
static void count_added(struct rn_bpf_load *l)
{
	if (__atomic_add_fetch(&l->skel->bss->added, 1, __ATOMIC_SEQ_CST) % 1024 == 0)
		memset(l->skel->bss->by_stack, 0, sizeof(l->skel->bss->by_stack));
}

int rn_bpf_put_task(struct rn_bpf_load *l, uint32_t tid, const struct rn_bpf_task *t)
{
	for (uint32_t i = 0; i < RN_BPF_PLACES; i++) {
		uint32_t place = rn_bpf_place(tid, i, l->task_mask);
		struct rn_bpf_task *to = &l->tasks[place];
		if (to->tid || bpf_map_update_elem(l->owners_fd, &place, &tid, BPF_NOEXIST) < 0)
			continue;
		*to = *t;
		__atomic_store_n(&to->tid, tid, __ATOMIC_RELEASE);
		count_added(l);
		return 0;
	}
	return RN_E_LIMIT;
}

void rn_bpf_drop_task(struct rn_bpf_load *l, uint32_t tid)
{
	struct rn_bpf_task *t = find_task(l, tid);
	if (!t)
		return;
	uint32_t place = (uint32_t)(t - l->tasks);
	t->regs_at = 0;
	__atomic_store_n(&t->tid, 0, __ATOMIC_RELEASE);
	bpf_map_delete_elem(l->owners_fd, &place);
}

bool rn_bpf_get_task(const struct rn_bpf_load *l, uint32_t tid, struct rn_bpf_task *t)
{
	const struct rn_bpf_task *from = find_task(l, tid);
	if (from)
		*t = *from;
	return from != NULL;
}

static void take_range(struct rn_bpf_range *from, struct rn_bpf_range *sum)
{
	uint64_t last_ns = __atomic_load_n(&from->last_ns, __ATOMIC_RELAXED);
	uint64_t first_ns = __atomic_exchange_n(&from->first_ns, 0, __ATOMIC_RELAXED);
	if (first_ns && (!sum->first_ns || first_ns < sum->first_ns))
		sum->first_ns = first_ns;
	if (first_ns && last_ns > sum->last_ns)
		sum->last_ns = last_ns;
}

void rn_bpf_count(struct rn_bpf_load *l, struct rn_bpf_counts *sum)
{
	struct rn_bpf_counts *c = l->skel->bss->counts;
	*sum = (struct rn_bpf_counts){ 0 };
	for (size_t i = 0; i < sizeof(l->skel->bss->counts) / sizeof(*c); i++) {
		for (unsigned k = 0; k < RN_BPF_LOSSES; k++)
			sum->lost[k] += __atomic_load_n(&c[i].lost[k], __ATOMIC_RELAXED);
		sum->lost_bytes += c[i].lost_bytes;
		sum->lost_state += c[i].lost_state;
		sum->short_stacks += c[i].short_stacks;
		sum->no_stacks += c[i].no_stacks;
		sum->no_memory += c[i].no_memory;
		sum->unseen += __atomic_load_n(&c[i].unseen, __ATOMIC_RELAXED);
		take_range(&c[i].losing, &sum->losing);
		take_range(&c[i].cutting, &sum->cutting);
	}
}

void rn_bpf_looked(struct rn_bpf_load *l, unsigned n_cpus)
{
	for (unsigned i = 0; i < n_cpus; i++)
		if (l->skel->bss->lane[i].woken)
			__atomic_store_n(&l->skel->bss->lane[i].woken, 0, __ATOMIC_RELAXED);
}

void rn_bpf_look_away(struct rn_bpf_load *l, bool away)
{
	__atomic_store_n(&l->skel->bss->look_away, away, __ATOMIC_RELAXED);
}
