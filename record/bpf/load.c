/* SPDX-License-Identifier: MIT */
#include "record/bpf/load.h"

#include "record/bpf/table.h"
#include <watch.skel.h> /* made by bpftool */

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RINGS (sizeof(((struct rn_bpf_load *)0)->ring_fd) / sizeof(int))
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

/* The kernel's programs see threads by their numbers in the initial namespace, whose inode is fixed
 * (PROC_PID_INIT_INO); where /proc does not tell, it is taken for that one. */
static bool in_initial_pid_namespace(void)
{
	struct stat s;
	return stat("/proc/self/ns/pid", &s) < 0 || s.st_ino == 0xeffffffc;
}

int rn_bpf_probe(struct rn_error *err)
{
	if (!in_initial_pid_namespace())
		return rn_fail(err, RN_E_UNSUPPORTED, "it runs in a pid namespace, and the kernel tells "
			"the numbers of threads outside of it");
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

/* Whether the kernel has a function for programs like ours. */
static bool has_function(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has = btf && btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
	btf__free(btf);
	return has;
}

static void settle_rings(struct rn_bpf_load *l, struct rn_bpf_settings *s, int n_cpus)
{
	s->ring_shift = 0;
	while ((((unsigned)n_cpus - 1) >> s->ring_shift) + 1 > MAX_RINGS)
		s->ring_shift++;
	l->n_rings = (((unsigned)n_cpus - 1) >> s->ring_shift) + 1;
}

static void settle_maps(struct rn_watch *w, const struct rn_bpf_load *l,
	const struct rn_bpf_settings *s, int n_cpus)
{
	bpf_map__set_max_entries(w->maps.scratches, (uint32_t)n_cpus);
	bpf_map__set_max_entries(w->maps.sides, (uint32_t)n_cpus);
	bpf_map__set_max_entries(w->maps.tasks,
		s->whole_machine || s->cgroup_level ? MAX_TASKS_MACHINE : MAX_TASKS);
	bpf_map__set_max_entries(w->maps.rings, l->n_rings);
	bpf_map__set_inner_map_fd(w->maps.rings, l->ring_fd[0]); /* what they are like */
}

static int fail_load(struct rn_error *err, const char *what, int errnum)
{
	if (last_words[0])
		return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "%s (%s)", what, last_words);
	return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "%s", what);
}

static int make_rings(struct rn_bpf_load *l, const struct rn_bpf_settings *s, struct rn_error *err)
{
	for (unsigned i = 0; i < l->n_rings; i++) {
		l->ring_fd[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "rn_ring", 0, 0,
			(uint32_t)s->ring_bytes, NULL);
		if (l->ring_fd[i] < 0)
			return fail_load(err, "cannot make a ring buffer", errno);
	}
	return 0;
}

static int put_rings(struct rn_bpf_load *l, struct rn_error *err)
{
	int outer = bpf_map__fd(l->skel->maps.rings);
	for (uint32_t i = 0; i < l->n_rings; i++)
		if (bpf_map_update_elem(outer, &i, &l->ring_fd[i], BPF_ANY) < 0)
			return fail_load(err, "cannot place a ring buffer", errno);
	return 0;
}

static void put_command(void *arg, const struct rn_bpf_command_op *c)
{
	struct rn_bpf_load *l = arg;
	bpf_map_update_elem(bpf_map__fd(l->skel->maps.commands), &c->key, &c->op, BPF_ANY);
}

static int put_rules(struct rn_bpf_load *l, const struct rn_recording *rec, struct rn_error *err)
{
	int fd = bpf_map__fd(l->skel->maps.rules);
	for (unsigned abi = 1; abi <= RN_BPF_ABIS; abi++) {
		for (uint32_t nr = 0; nr < RN_BPF_CALLS; nr++) {
			uint32_t key = (abi - 1) * RN_BPF_CALLS + nr;
			struct rn_bpf_rule rule = rn_bpf_rule_of(rec, (enum rn_abi)abi, nr);
			if (bpf_map_update_elem(fd, &key, &rule, BPF_ANY) < 0)
				return fail_load(err, "cannot set a rule", errno);
		}
	}
	rn_bpf_commands(rec, put_command, l);
	return 0;
}

int rn_bpf_load(struct rn_bpf_load *l, struct rn_bpf_settings *settings,
	const struct rn_recording *rec, struct rn_error *err)
{
	int n_cpus = libbpf_num_possible_cpus();
	for (size_t i = 0; i < MAX_RINGS; i++)
		l->ring_fd[i] = -1;
	if (n_cpus < 1)
		n_cpus = 1;
	last_words[0] = '\0';
	libbpf_set_print(keep_words);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	l->skel = rn_watch__open();
	if (!l->skel)
		return fail_load(err, "cannot read the kernel program", errno);
	settle_rings(l, settings, n_cpus);
	int r = make_rings(l, settings, err);
	if (r < 0)
		return r;
	settle_maps(l->skel, l, settings, n_cpus);
	settings->can_iterate_maps = has_function("bpf_iter_task_vma_new");
	memcpy((void *)&l->skel->rodata->settings, settings, sizeof(*settings));
	r = rn_watch__load(l->skel);
	if (r < 0)
		return fail_load(err, "the kernel refuses the program", -r);
	l->tasks_fd = bpf_map__fd(l->skel->maps.tasks);
	r = put_rings(l, err);
	return r < 0 ? r : put_rules(l, rec, err);
}

int rn_bpf_attach(struct rn_bpf_load *l, struct rn_error *err)
{
	int r = rn_watch__attach(l->skel);
	return r < 0 ? fail_load(err, "cannot attach to the kernel's tracepoints", -r) : 0;
}

void rn_bpf_detach(struct rn_bpf_load *l)
{
	if (l->skel)
		rn_watch__detach(l->skel);
}

void rn_bpf_unload(struct rn_bpf_load *l)
{
	for (unsigned i = 0; i < l->n_rings; i++)
		if (l->ring_fd[i] >= 0)
			close(l->ring_fd[i]);
	rn_watch__destroy(l->skel);
	*l = (struct rn_bpf_load){ 0 };
}

int rn_bpf_put_task(struct rn_bpf_load *l, uint32_t tid, const struct rn_bpf_task *t)
{
	return bpf_map_update_elem(l->tasks_fd, &tid, t, BPF_ANY) < 0 ? RN_E_IO : 0;
}

void rn_bpf_drop_task(struct rn_bpf_load *l, uint32_t tid)
{
	bpf_map_delete_elem(l->tasks_fd, &tid);
}

bool rn_bpf_get_task(const struct rn_bpf_load *l, uint32_t tid, struct rn_bpf_task *t)
{
	return bpf_map_lookup_elem(l->tasks_fd, &tid, t) == 0;
}

void rn_bpf_count(const struct rn_bpf_load *l, struct rn_bpf_counts *sum)
{
	const struct rn_bpf_counts *c = l->skel->bss->counts;
	*sum = (struct rn_bpf_counts){ 0 };
	for (size_t i = 0; i < sizeof(l->skel->bss->counts) / sizeof(*c); i++) {
		for (unsigned k = 0; k < RN_BPF_LOSSES; k++)
			sum->lost[k] += __atomic_load_n(&c[i].lost[k], __ATOMIC_RELAXED);
		sum->lost_bytes += c[i].lost_bytes;
		sum->lost_state += c[i].lost_state;
		sum->short_stacks += c[i].short_stacks;
		sum->no_stacks += c[i].no_stacks;
	}
}

void rn_bpf_looked(struct rn_bpf_load *l, unsigned ring)
{
	__atomic_store_n(&l->skel->bss->woken[ring], 0, __ATOMIC_RELAXED);
}
