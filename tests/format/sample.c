/* SPDX-License-Identifier: MIT */
#include "tests/format/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* xorshift64* */
uint64_t prng_next(struct prng *r)
{
	r->s ^= r->s >> 12;
	r->s ^= r->s << 25;
	r->s ^= r->s >> 27;
	return r->s * 0x2545F4914F6CDD1Du;
}

uint64_t prng_below(struct prng *r, uint64_t n)
{
	return n ? (prng_next(r) >> 11) % n : 0;
}

uint64_t prng_wide(struct prng *r)
{
	unsigned bits = (unsigned)prng_below(r, 65);
	return bits ? prng_next(r) >> (64 - bits) : 0;
}

/* A thread's state, so that its calls resemble each other as real ones do. */
struct thread {
	uint64_t now_ns;
	uint64_t stack_top;
	uint64_t regs[RN_REGS_MAX];
	uint8_t *memory; /* of its stack, stack_bytes * 2 */
};

struct maker {
	struct sample *s;
	const struct sample_options *o;
	struct prng r;
	struct thread *threads;
};

static struct rn_bytes random_bytes(struct maker *m, size_t len, bool text)
{
	uint8_t *p = rn_arena_alloc(&m->s->arena, len + 1, 1);
	for (size_t i = 0; i < len; i++)
		p[i] = text ? (uint8_t)('a' + prng_below(&m->r, 26)) : (uint8_t)prng_next(&m->r);
	return rn_bytes_of(p, len);
}

static struct rn_bytes some_bytes(struct maker *m)
{
	static const char *const usual[] = { "", "/etc/passwd", "/usr/lib/libc.so.6", "ls" };
	if (prng_below(&m->r, 3))
		return rn_bytes_str(usual[prng_below(&m->r, 4)]);
	return random_bytes(m, prng_below(&m->r, m->o->wild ? 3000 : 40), !m->o->wild);
}

static void make_spans(struct maker *m, struct rn_call *c)
{
	uint32_t n = (uint32_t)prng_below(&m->r, prng_below(&m->r, 20) ? 3 : 40);
	struct rn_span *spans = rn_arena_zalloc(&m->s->arena, n + 1, sizeof(*spans));
	for (uint32_t i = 0; i < n; i++) {
		struct rn_span *s = &spans[i];
		struct rn_bytes b = some_bytes(m);
		s->arg = (uint8_t)prng_below(&m->r, 6);
		s->addr = prng_below(&m->r, 4) ? c->args[s->arg] : prng_wide(&m->r);
		s->bytes = b.p;
		s->len = (uint32_t)b.len;
		s->wanted = prng_below(&m->r, 3) ? s->len : (uint32_t)prng_wide(&m->r);
		s->phase = (uint8_t)prng_below(&m->r, 2);
		s->fault = prng_below(&m->r, 10) == 0;
		s->string = (uint8_t)prng_below(&m->r, 2);
	}
	c->n_spans = n;
	c->spans = n ? spans : NULL;
}

static void make_regs(struct maker *m, struct rn_call *c, struct thread *t)
{
	if (!m->o->n_regs || prng_below(&m->r, 50) == 0)
		return;
	for (unsigned i = 0; i < 4; i++)
		t->regs[prng_below(&m->r, m->o->n_regs)] = prng_wide(&m->r);
	uint64_t *regs = rn_arena_alloc(&m->s->arena, m->o->n_regs, sizeof(*regs));
	memcpy(regs, t->regs, m->o->n_regs * sizeof(*regs));
	if (m->o->n_regs == RN_REGS_X86_64 && !m->o->wild) {
		static const int slots[6] = { RN_X86_RDI, RN_X86_RSI, RN_X86_RDX, RN_X86_R10,
			RN_X86_R8, RN_X86_R9 };
		for (unsigned i = 0; i < 6; i++)
			regs[slots[i]] = c->args[i];
		regs[RN_X86_RIP] = regs[RN_X86_RCX] = 0x7f0000001000 + 64 * c->nr;
	}
	c->regs = regs;
	c->n_regs = m->o->n_regs;
}

static void make_stack(struct maker *m, struct rn_call *c, struct thread *t)
{
	uint32_t most = m->o->stack_bytes;
	if (!most || prng_below(&m->r, 30) == 0)
		return;
	uint32_t depth = (uint32_t)prng_below(&m->r, 2 * most) & ~7u;
	for (unsigned i = 0; i < 6; i++) {
		uint64_t word = prng_wide(&m->r);
		uint32_t at = (uint32_t)prng_below(&m->r, 2 * most - 8) & ~7u;
		memcpy(t->memory + at, &word, sizeof(word));
	}
	uint32_t len = 2 * most - depth < most ? 2 * most - depth : most;
	if (m->o->wild)
		len -= (uint32_t)prng_below(&m->r, len < 9 ? len + 1 : 9);
	uint8_t *copy = rn_arena_alloc(&m->s->arena, len + 1, 1);
	memcpy(copy, t->memory + depth, len);
	c->stack = len ? copy : NULL;
	c->stack_len = len;
	c->stack_wanted = prng_below(&m->r, 9) ? len : most;
	c->stack_addr = t->stack_top - 2 * most + depth;
	if (m->o->wild && prng_below(&m->r, 20) == 0)
		c->stack_addr = prng_wide(&m->r) & ~(uint64_t)7;
}

static void make_call(struct maker *m, struct rn_event *ev)
{
	static const uint32_t usual[] = { 0, 1, 3, 39, 257, 262, 60, 202 };
	uint32_t thread = (uint32_t)prng_below(&m->r, m->o->n_threads);
	struct thread *t = &m->threads[thread];
	struct rn_call *c = &ev->call;
	bool wild = m->o->wild;
	ev->utid = thread + 1;
	ev->ts_ns = wild ? prng_wide(&m->r) >> 1 : t->now_ns + prng_below(&m->r, 2000);
	c->abi = wild ? (uint8_t)prng_below(&m->r, 256) : RN_ABI_X86_64;
	c->nr = wild ? (uint32_t)prng_wide(&m->r) : usual[prng_below(&m->r, 8)];
	c->dur_ns = wild ? prng_wide(&m->r) >> 2 : 300 + prng_below(&m->r, 4000);
	c->ret = wild ? (int64_t)prng_wide(&m->r) :
		prng_below(&m->r, 5) ? (int64_t)prng_below(&m->r, 10) : -2;
	c->flags = c->ret < 0 && c->ret >= -4095 ? RN_CALL_ERROR : 0;
	if (prng_below(&m->r, 40) == 0)
		c->flags = (uint16_t)prng_next(&m->r);
	for (unsigned a = 0; a < 6; a++)
		c->args[a] = wild ? prng_wide(&m->r) :
			a < 2 ? 0x7ffd00000000 + prng_below(&m->r, 64) * 8 : prng_below(&m->r, 4096);
	make_spans(m, c);
	make_regs(m, c, t);
	make_stack(m, c, t);
	t->now_ns = ev->ts_ns + c->dur_ns;
}

static void make_meta(struct maker *m, struct rn_event *ev)
{
	uint32_t thread = (uint32_t)prng_below(&m->r, m->o->n_threads);
	ev->kind = (enum rn_event_kind)(1 + prng_below(&m->r, 16));
	ev->utid = prng_below(&m->r, 10) ? thread + 1 : 0;
	ev->ts_ns = m->o->wild ? prng_wide(&m->r) >> 1 : m->threads[thread].now_ns;
	switch ((unsigned)ev->kind) {
#define U(f) e->f = prng_wide(&m->r);
#define I(f) e->f = (int64_t)prng_wide(&m->r);
#define B(f) e->f = some_bytes(m);
#define EVENT(KIND, number, name, fields) \
	case number: { \
		struct rn_ev_##KIND *e = &ev->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	}
}

void sample_make(struct sample *s, uint32_t n, uint64_t seed, const struct sample_options *o)
{
	*s = (struct sample){ .n = n };
	struct maker m = { s, o, { seed * 0x9E3779B97F4A7C15u | 1 }, NULL };
	s->event = rn_arena_zalloc(&s->arena, n + 1, sizeof(*s->event));
	m.threads = calloc(o->n_threads, sizeof(*m.threads));
	for (uint32_t i = 0; i < o->n_threads; i++) {
		m.threads[i].now_ns = 1000 * i;
		m.threads[i].stack_top = 0x7ffe00000000 - (uint64_t)i * 0x100000;
		m.threads[i].memory = calloc(1, 2 * (size_t)o->stack_bytes + 1);
	}
	for (uint32_t i = 0; i < n; i++) {
		if (prng_below(&m.r, 100) < o->meta_percent)
			make_meta(&m, &s->event[i]);
		else
			make_call(&m, &s->event[i]);
	}
	for (uint32_t i = 0; i < o->n_threads; i++)
		free(m.threads[i].memory);
	free(m.threads);
}

void sample_free(struct sample *s)
{
	rn_arena_fini(&s->arena);
}

struct rn_header sample_header(void)
{
	return (struct rn_header){
		.uuid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
		.machine = RN_MACHINE_X86_64,
		.page_bytes = 4096,
		.n_cpus = 2,
		.clock_ticks = 100,
		.start_monotonic_ns = 123456789,
		.start_realtime_ns = 1700000000000000000,
		.backend = rn_bytes_str("test"),
		.command_argv = rn_bytes_of("ls\0-l", 6),
	};
}

int sample_write_fd(const struct sample *s, int fd, const struct rn_writer_options *o)
{
	struct rn_header h = sample_header();
	struct rn_writer *w;
	struct rn_error err;
	int rc = rn_writer_open(&w, dup(fd), &h, o, &err);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < s->n && !rc; i++)
		rc = rn_writer_append(w, &s->event[i], &err);
	if (!rc && s->module.name.len)
		rc = rn_writer_module(w, &s->module, &err);
	if (rc) {
		rn_writer_abandon(w);
		return rc;
	}
	return rn_writer_close(w, NULL, &err);
}

struct rn_bytes sample_write(const struct sample *s, const struct rn_writer_options *o)
{
	int fd = memfd_create("sample", MFD_CLOEXEC);
	int rc = sample_write_fd(s, fd, o);
	size_t len = (size_t)lseek(fd, 0, SEEK_END);
	uint8_t *p = malloc(len + 1);
	if (rc || pread(fd, p, len, 0) != (ssize_t)len) {
		fprintf(stderr, "writing a sample: %s\n", rn_error_text(rc));
		abort();
	}
	close(fd);
	return rn_bytes_of(p, len);
}

void sample_free_bytes(struct rn_bytes b)
{
	free((void *)b.p);
}

static const char *differs(const char *what, uint64_t a, uint64_t b)
{
	static char text[160];
	snprintf(text, sizeof(text), "%s: %llx != %llx", what, (unsigned long long)a,
		(unsigned long long)b);
	return text;
}

#define SAME(f) \
	if ((uint64_t)a->f != (uint64_t)b->f) \
		return differs(#f, (uint64_t)a->f, (uint64_t)b->f)

static const char *span_difference(const struct rn_span *a, const struct rn_span *b)
{
	SAME(addr);
	SAME(wanted);
	SAME(len);
	SAME(arg);
	SAME(phase);
	SAME(fault);
	SAME(string);
	return a->len && memcmp(a->bytes, b->bytes, a->len) ? "span bytes" : NULL;
}

static const char *call_difference(const struct rn_call *a, const struct rn_call *b)
{
	SAME(abi);
	SAME(flags);
	SAME(nr);
	SAME(ret);
	SAME(dur_ns);
	SAME(n_spans);
	SAME(n_regs);
	SAME(stack_len);
	SAME(stack_wanted);
	SAME(stack_addr);
	for (unsigned i = 0; i < 6; i++)
		SAME(args[i]);
	for (uint32_t i = 0; i < a->n_regs; i++)
		SAME(regs[i]);
	if (a->stack_len && memcmp(a->stack, b->stack, a->stack_len))
		return "stack bytes";
	for (uint32_t i = 0; i < a->n_spans; i++) {
		const char *d = span_difference(&a->spans[i], &b->spans[i]);
		if (d)
			return d;
	}
	return NULL;
}

static const char *meta_difference(const struct rn_event *x, const struct rn_event *y)
{
	switch ((unsigned)x->kind) {
#define U(f) SAME(f);
#define I(f) SAME(f);
#define B(f) \
	if (!rn_bytes_equal(a->f, b->f)) \
		return #f;
#define EVENT(KIND, number, name, fields) \
	case number: { \
		const struct rn_ev_##KIND *a = &x->KIND, *b = &y->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	}
	return NULL;
}

const char *event_difference(const struct rn_event *a, const struct rn_event *b)
{
	SAME(ts_ns);
	SAME(utid);
	SAME(kind);
	return a->kind == RN_EV_CALL ? call_difference(&a->call, &b->call) :
		meta_difference(a, b);
}
