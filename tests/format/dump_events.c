/* SPDX-License-Identifier: MIT */
/* Prints every event of a trace on a line, through our own reader: what spec_reader.py prints from
 * the document alone. The golden listings are made with it. */
#include "format/crc32c.h"
#include "format/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void put_hex(struct rn_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		printf("%02x", b.p[i]);
}

static void print_call(const struct rn_event *ev)
{
	const struct rn_call *c = &ev->call;
	printf("%" PRIu64 " call ts=%" PRIu64 " utid=%u dur=%" PRIu64 " abi=%u nr=%u flags=%u ret=%"
		PRId64 " args=", ev->seq, ev->ts_ns, ev->utid, c->dur_ns, c->abi, c->nr, c->flags,
		c->ret);
	for (unsigned i = 0; i < 6; i++)
		printf("%s%" PRIx64, i ? "," : "", c->args[i]);
	printf(" regs=");
	for (uint32_t i = 0; i < c->n_regs; i++)
		printf("%s%" PRIx64, i ? "," : "", c->regs[i]);
	printf(" stack=%" PRIx64 ",%u,%u,%08x spans=", c->stack_addr, c->stack_wanted, c->stack_len,
		rn_crc32c(rn_bytes_of(c->stack, c->stack_len)));
	for (uint32_t i = 0; i < c->n_spans; i++) {
		const struct rn_span *s = &c->spans[i];
		printf("%s%u,%u,%u,%u,%" PRIx64 ",%u,%u,", i ? ";" : "", s->arg, s->phase, s->fault,
			s->string, s->addr, s->wanted, s->len);
		put_hex(rn_bytes_of(s->bytes, s->len));
	}
	printf("\n");
}

static void print_meta(const struct rn_event *ev)
{
	printf("%" PRIu64 " %s ts=%" PRIu64 " utid=%u ", ev->seq, rn_event_kind_name(ev->kind),
		ev->ts_ns, ev->utid);
	const char *gap = "";
	switch ((unsigned)ev->kind) {
#define U(f) printf("%s" #f "=%" PRIu64, gap, e->f), gap = " ";
#define I(f) printf("%s" #f "=%" PRId64, gap, e->f), gap = " ";
#define B(f) printf("%s" #f "=", gap), put_hex(e->f), gap = " ";
#define EVENT(KIND, number, name, fields) \
	case number: { \
		const struct rn_ev_##KIND *e = &ev->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	}
	printf("\n");
}

static void print_block(struct rn_block *b)
{
	const struct rn_block_info *i = rn_block_info(b);
	const struct rn_thread_ref *t;
	uint32_t n;
	printf("block %" PRIu64 " calls=%u meta=%u first=%" PRIu64 " last=%" PRIu64 " max=%" PRIu64
		" errors=%u threads=", i->number, i->n_calls, i->n_meta, i->first_ns, i->last_ns,
		i->max_dur_ns, i->n_errors);
	rn_block_threads(b, &t, &n, NULL);
	for (uint32_t k = 0; k < n; k++)
		printf("%s%u,%u,%u,%u", k ? ";" : "", t[k].utid, t[k].leader, t[k].tid, t[k].pid);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct rn_reader *r;
	struct rn_error err;
	if (argc != 2 || rn_reader_open(&r, argv[1], &err)) {
		fprintf(stderr, "dump_events: %s\n", argc == 2 ? err.message : "which trace?");
		return 2;
	}
	struct rn_block *b = rn_block_new();
	int rc;
	while (b && (rc = rn_reader_next(r, b, &err)) == 0) {
		struct rn_event ev;
		print_block(b);
		for (uint32_t k = 0; (rc = rn_block_event(b, k, RN_WANT_ALL, &ev, &err)) == 0; k++)
			ev.kind == RN_EV_CALL ? print_call(&ev) : print_meta(&ev);
	}
	for (size_t i = 0; i < rn_reader_n_modules(r); i++) {
		struct rn_module_image m;
		if (rn_reader_module(r, i, &m, &err))
			break;
		printf("module %u ", m.kind);
		put_hex(m.build_id);
		printf(" ");
		put_hex(m.name);
		printf(" %zu %08x\n", m.image.len, rn_crc32c(m.image));
	}
	for (size_t i = 0; i < rn_reader_n_damage(r) && rn_reader_damage(r, i); i++)
		printf("damage %s\n", rn_reader_damage(r, i)->text);
	rn_block_free(b);
	rn_reader_close(r);
	return 0;
}
