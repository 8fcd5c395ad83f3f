/* SPDX-License-Identifier: MIT */
/*
 * A program in the kernel cannot wait for a page. What was not there at a call's entry nor at its exit
 * may still be had: argument strings of an exec are copied by the kernel into the new program, and
 * memory that cannot change (a private mapping of a file, not writable) is now what it was then.
 * Other memory is left alone: it may be something else by now.
 */
#include "record/bpf/bpf.h"

#include <string.h>

void rn_bpf_args(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_args a;
	if (record.len < sizeof(a))
		return;
	memcpy(&a, record.p, sizeof(a));
	struct rn_bpf_late_args *late = &b->late_args[b->next_late_args++ % 8];
	uint64_t bytes = (uint64_t)a.path_bytes + a.args_bytes;
	late->tid = 0;
	if (bytes > record.len - sizeof(a) || bytes > sizeof(late->bytes))
		return;
	memcpy(late->bytes, record.p + sizeof(a), (size_t)bytes);
	late->path_bytes = a.path_bytes;
	late->args_bytes = a.args_bytes;
	late->call = a.call;
	late->tid = t->tid;
}

static const struct rn_bpf_late_args *find_args(const struct rn_bpf *b, const struct rn_tracee *t,
	uint32_t call)
{
	for (size_t i = 0; i < 8; i++)
		if (b->late_args[i].tid == t->tid && b->late_args[i].call == call)
			return &b->late_args[i];
	return NULL;
}

static void fill(struct rn_span *s, const uint8_t *bytes, size_t len)
{
	s->bytes = bytes;
	s->len = s->wanted = (uint32_t)len;
	s->fault = 0;
}

/* String i of the block, or NULL. */
static const uint8_t *string_at(const struct rn_bpf_late_args *late, size_t i, size_t *len)
{
	const uint8_t *p = late->bytes + late->path_bytes, *end = p + late->args_bytes, *nul;
	for (; p < end && (nul = memchr(p, 0, (size_t)(end - p))); p = nul + 1, i--) {
		*len = (size_t)(nul + 1 - p);
		if (i == 0)
			return p;
	}
	return NULL;
}

static size_t count_strings(const struct rn_bpf_late_args *late)
{
	size_t n = 0, len;
	while (n < RN_BPF_ARGS_BYTES && string_at(late, n, &len))
		n++;
	return n;
}

/* An interpreter's script has other strings in front: those given stand at the end. */
static void fill_args(const struct rn_bpf_late_args *late, struct rn_capture *c, unsigned arg)
{
	size_t n = 0, k = 0, total = count_strings(late), len;
	for (uint32_t i = 0; i < c->n_entry_spans; i++)
		n += c->spans[i].arg == arg && c->spans[i].string;
	for (uint32_t i = 0; i < c->n_entry_spans; i++) {
		struct rn_span *s = &c->spans[i];
		if (s->arg != arg || !s->string)
			continue;
		const uint8_t *p = total >= n && (k || total == n) ?
			string_at(late, total - n + k, &len) : NULL;
		if (s->fault && p)
			fill(s, p, len);
		k++;
	}
}

static void fill_exec(const struct rn_bpf_late_args *late, struct rn_tracee *t)
{
	unsigned path = strcmp(t->desc->name, "execveat") == 0 ? 1 : 0;
	for (uint32_t i = 0; i < t->capture.n_entry_spans; i++)
		if (t->capture.spans[i].arg == path && t->capture.spans[i].fault && late->path_bytes)
			fill(&t->capture.spans[i], late->bytes, late->path_bytes);
	fill_args(late, &t->capture, path + 1);
}

struct looking {
	uint64_t addr, low, high;
	bool constant;
};

static bool look(void *arg, const struct rn_proc_map *m)
{
	enum { PROT_WRITE_ = 2 };
	struct looking *l = arg;
	if (l->addr < m->low || l->addr >= m->high)
		return m->low <= l->addr;
	l->low = m->low;
	l->high = m->high;
	l->constant = !(m->prot & PROT_WRITE_) && !m->shared && m->ino;
	return false;
}

static bool is_constant(struct rn_bpf *b, pid_t pid, uint64_t addr, uint32_t len)
{
	if (b->looked_at.pid != pid || addr < b->looked_at.low || addr >= b->looked_at.high) {
		struct looking l = { .addr = addr };
		if (rn_proc_maps(pid, look, &l) < 0 || !l.high)
			return false;
		b->looked_at.pid = pid;
		b->looked_at.low = l.low;
		b->looked_at.high = l.high;
		b->looked_at.constant = l.constant;
	}
	return b->looked_at.constant && b->looked_at.high - addr >= len;
}

static void read_constant(struct rn_bpf *b, struct rn_tracee *t, struct rn_span *s)
{
	struct rn_capture *c = &t->capture;
	struct rn_memory memory = { 0 };
	uint32_t cap = s->string ? RN_PATH_MAX : s->wanted;
	pid_t pid = t->process ? t->process->pid : t->tid;
	if (cap > b->settings.string_bytes && !s->string)
		cap = b->settings.string_bytes;
	if (!is_constant(b, pid, s->addr, 1) || c->n_bytes + cap > RN_CAPTURE_BYTES)
		return;
	if (b->looked_at.high - s->addr < cap)
		cap = (uint32_t)(b->looked_at.high - s->addr);
	uint8_t *to = c->bytes + c->n_bytes;
	size_t got = rn_memory_read_one(&memory, t->tid, s->addr, to, cap);
	const uint8_t *nul = s->string && got ? memchr(to, 0, got) : NULL;
	if (got < cap || (s->string && !nul))
		return;
	uint32_t wanted = s->wanted;
	fill(s, to, nul ? (size_t)(nul + 1 - to) : got);
	if (!s->string && wanted > s->wanted)
		s->wanted = wanted; /* cut by -s */
	c->n_bytes += s->len;
}

/* Whether the thread still runs the program that made the call. */
static bool is_same_image(const struct rn_bpf *b, const struct rn_tracee *t, uint32_t image)
{
	struct rn_bpf_task k;
	return b->load.skel && rn_bpf_get_task(&b->load, (uint32_t)t->tid, &k) && k.image == image;
}

static void read_constants(struct rn_bpf *b, struct rn_tracee *t, uint32_t image)
{
	const uint32_t n_bytes = t->capture.n_bytes;
	for (uint32_t i = 0; i < t->capture.n_entry_spans; i++) {
		struct rn_span *s = &t->capture.spans[i], before = *s;
		if (!s->fault || s->len)
			continue;
		read_constant(b, t, s);
		if (!s->fault && !is_same_image(b, t, image)) { /* what was read is another's */
			*s = before;
			t->capture.n_bytes = n_bytes;
			return;
		}
	}
}

void rn_bpf_read_late(struct rn_bpf *b, struct rn_tracee *t, const struct rn_bpf_call *h, bool executed)
{
	const struct rn_bpf_late_args *late = executed ? find_args(b, t, h->call) : NULL;
	if (late && t->desc)
		fill_exec(late, t);
	if (!executed)
		read_constants(b, t, h->image);
}
