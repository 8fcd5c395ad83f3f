/* SPDX-License-Identifier: MIT */
/* Open addressing with linear probing; a removal moves the entries behind it up, so that there are
 * no tombstones and a table of short-lived processes stays as it is. */
#include "record/tracee/tracee.h"

#include "record/tracee/fd_table.h"

#include "shared/error.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64u
#define MAX_FREE 64u
#define LEAST_STACK 512u /* of one that comes when there is no room left: its innermost frames */

static uint32_t home(const struct rn_tracees *t, pid_t tid)
{
	return (uint32_t)tid * 2654435761u & (t->n_slots - 1);
}

static uint32_t after(const struct rn_tracees *t, uint32_t i)
{
	return (i + 1) & (t->n_slots - 1);
}

int rn_tracees_init(struct rn_tracees *t, uint32_t stack_bytes)
{
	*t = (struct rn_tracees){ .n_slots = FIRST_SLOTS, .stack_bytes = stack_bytes,
		.stacks_most = UINT64_MAX };
	t->slot = calloc(t->n_slots, sizeof(struct rn_tracee *));
	return t->slot ? 0 : RN_E_NOMEM;
}

static void free_tracee(struct rn_tracees *t, struct rn_tracee *tracee)
{
	t->stacks_bytes -= tracee->interrupted ? 2 * (uint64_t)tracee->stack_room : tracee->stack_room;
	rn_capture_fini(&tracee->capture);
	free(tracee->stack);
	free(tracee->interrupted);
	free(tracee->tampering);
	free(tracee);
}

static void leave_process(struct rn_tracee *tracee)
{
	struct rn_process *p = tracee->process;
	tracee->process = NULL;
	rn_fd_table_drop(tracee->fds);
	tracee->fds = NULL;
	if (!p || --p->n_tracees)
		return;
	rn_fd_table_drop(p->fds);
	free(p->maps);
	free(p);
}

void rn_tracees_fini(struct rn_tracees *t)
{
	for (uint32_t i = 0; i < t->n_slots && t->slot; i++) {
		if (t->slot[i]) {
			leave_process(t->slot[i]);
			free_tracee(t, t->slot[i]);
		}
	}
	for (struct rn_tracee *f = t->free, *next; f; f = next) {
		next = f->next;
		free_tracee(t, f);
	}
	free(t->slot);
	*t = (struct rn_tracees){ 0 };
}

struct rn_tracee *rn_tracees_find(const struct rn_tracees *t, pid_t tid)
{
	for (uint32_t i = home(t, tid); t->slot[i]; i = after(t, i))
		if (t->slot[i]->tid == tid)
			return t->slot[i];
	return NULL;
}

static void put(struct rn_tracees *t, struct rn_tracee *tracee)
{
	uint32_t i = home(t, tracee->tid);
	while (t->slot[i])
		i = after(t, i);
	t->slot[i] = tracee;
}

static int grow(struct rn_tracees *t)
{
	struct rn_tracees bigger = *t;
	bigger.n_slots = t->n_slots * 2;
	bigger.slot = calloc(bigger.n_slots, sizeof(struct rn_tracee *));
	if (!bigger.slot)
		return RN_E_NOMEM;
	for (uint32_t i = 0; i < t->n_slots; i++)
		if (t->slot[i])
			put(&bigger, t->slot[i]);
	free(t->slot);
	*t = bigger;
	return 0;
}

static void make_stack(struct rn_tracees *t, struct rn_tracee *tracee)
{
	uint64_t left = t->stacks_bytes < t->stacks_most ? t->stacks_most - t->stacks_bytes : 0;
	uint64_t room = left > LEAST_STACK ? left & ~(uint64_t)7 : LEAST_STACK;
	if (room > t->stack_bytes)
		room = t->stack_bytes;
	tracee->stack = malloc(room);
	if (!tracee->stack)
		return;
	tracee->stack_room = (uint32_t)room;
	t->stacks_bytes += room;
}

bool rn_tracees_make_second(struct rn_tracees *t, struct rn_tracee *tracee)
{
	if (tracee->interrupted || t->stacks_bytes + tracee->stack_room > t->stacks_most)
		return tracee->interrupted;
	tracee->interrupted = malloc(tracee->stack_room);
	if (tracee->interrupted)
		t->stacks_bytes += tracee->stack_room;
	return tracee->interrupted;
}

static struct rn_tracee *new_tracee(struct rn_tracees *t)
{
	struct rn_tracee *tracee = calloc(1, sizeof(*tracee));
	if (!tracee)
		return NULL;
	if (t->stack_bytes)
		make_stack(t, tracee);
	if ((t->stack_bytes && !tracee->stack) || rn_capture_init(&tracee->capture) < 0) {
		free_tracee(t, tracee);
		return NULL;
	}
	return tracee;
}

static struct rn_tracee *reused(struct rn_tracees *t)
{
	struct rn_tracee *tracee = t->free;
	t->free = tracee->next;
	t->n_free--;
	struct rn_capture capture = tracee->capture;
	uint8_t *stack = tracee->stack, *interrupted = tracee->interrupted;
	uint32_t stack_room = tracee->stack_room;
	struct rn_tampering *tampering = tracee->tampering;
	memset(tracee, 0, sizeof(*tracee));
	tracee->capture = capture;
	tracee->stack = stack;
	tracee->interrupted = interrupted;
	tracee->stack_room = stack_room;
	tracee->tampering = tampering;
	rn_capture_clear(&tracee->capture);
	return tracee;
}

struct rn_tracee *rn_tracees_add(struct rn_tracees *t, pid_t tid)
{
	if (t->n * 2 >= t->n_slots && grow(t) < 0)
		return NULL;
	struct rn_tracee *tracee = t->free ? reused(t) : new_tracee(t);
	if (!tracee)
		return NULL;
	tracee->tid = tid;
	put(t, tracee);
	t->n++;
	return tracee;
}

static void take_out(struct rn_tracees *t, const struct rn_tracee *tracee)
{
	uint32_t hole = home(t, tracee->tid);
	while (t->slot[hole] != tracee)
		hole = after(t, hole);
	t->slot[hole] = NULL;
	for (uint32_t i = after(t, hole); t->slot[i]; i = after(t, i)) {
		uint32_t want = home(t, t->slot[i]->tid);
		/* Moves up unless its home lies cyclically behind the hole. */
		if (((i - want) & (t->n_slots - 1)) < ((i - hole) & (t->n_slots - 1)))
			continue;
		t->slot[hole] = t->slot[i];
		t->slot[i] = NULL;
		hole = i;
	}
}

void rn_tracees_remove(struct rn_tracees *t, struct rn_tracee *tracee)
{
	take_out(t, tracee);
	t->n--;
	leave_process(tracee);
	if (t->n_free == MAX_FREE) {
		free_tracee(t, tracee);
		return;
	}
	tracee->next = t->free;
	t->free = tracee;
	t->n_free++;
}

void rn_tracees_rename(struct rn_tracees *t, struct rn_tracee *tracee, pid_t tid)
{
	take_out(t, tracee);
	tracee->tid = tid;
	put(t, tracee);
}

struct rn_process *rn_process_new(pid_t pid, uint32_t leader)
{
	struct rn_process *p = calloc(1, sizeof(*p));
	if (p) {
		p->pid = pid;
		p->leader = leader;
	}
	return p;
}

void rn_tracee_join(struct rn_tracee *tracee, struct rn_process *process)
{
	process->n_tracees++;
	leave_process(tracee);
	tracee->process = process;
	rn_fd_table_join(tracee);
}
