/* SPDX-License-Identifier: MIT */
#include "record/tracee/tracee.h"

#include <criterion/criterion.h>

Test(tracee, found_by_tid_until_removed)
{
	struct rn_tracees t;
	cr_assert_eq(rn_tracees_init(&t, 0), 0);
	cr_assert_null(rn_tracees_find(&t, 7));
	struct rn_tracee *a = rn_tracees_add(&t, 7);
	cr_assert_eq(rn_tracees_find(&t, 7), a);
	rn_tracees_remove(&t, a);
	cr_assert_null(rn_tracees_find(&t, 7));
	cr_assert_eq(t.n, 0);
	rn_tracees_fini(&t);
}

/* Against a plain array: whatever comes and goes, exactly the living are found. */
Test(tracee, agrees_with_a_list_over_many_comings_and_goings)
{
	enum { TIDS = 512 };
	static struct rn_tracee *living[TIDS];
	struct rn_tracees t;
	uint64_t x = 88172645463325252u;
	cr_assert_eq(rn_tracees_init(&t, 64), 0);
	for (int step = 0; step < 20000; step++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		unsigned i = x % TIDS, to = (x >> 20) % TIDS;
		pid_t tid = (pid_t)(i * 64 + 1); /* homes that collide */
		if (!living[i]) {
			living[i] = rn_tracees_add(&t, tid);
		} else if (x >> 40 & 1 && !living[to]) {
			rn_tracees_rename(&t, living[i], (pid_t)(to * 64 + 1));
			living[to] = living[i];
			living[i] = NULL;
		} else {
			rn_tracees_remove(&t, living[i]);
			living[i] = NULL;
		}
		if (step % 100)
			continue;
		for (int k = 0; k < TIDS; k++)
			cr_assert_eq(rn_tracees_find(&t, k * 64 + 1), living[k]);
	}
	rn_tracees_fini(&t);
}

Test(tracee, a_reused_one_remembers_nothing)
{
	struct rn_tracees t;
	rn_tracees_init(&t, 64);
	struct rn_tracee *a = rn_tracees_add(&t, 5);
	a->utid = 9;
	a->in_call = true;
	a->capture.n_spans = 3;
	rn_tracees_remove(&t, a);
	struct rn_tracee *b = rn_tracees_add(&t, 6);
	cr_assert_eq(b->utid, 0);
	cr_assert(!b->in_call);
	cr_assert_eq(b->capture.n_spans, 0);
	cr_assert_not_null(b->stack);
	cr_assert_not_null(b->capture.spans);
	rn_tracees_fini(&t);
}

Test(tracee, threads_share_a_process_that_ends_with_the_last)
{
	struct rn_tracees t;
	rn_tracees_init(&t, 0);
	struct rn_tracee *a = rn_tracees_add(&t, 1), *b = rn_tracees_add(&t, 2);
	struct rn_process *p = rn_process_new(1, 1);
	rn_tracee_join(a, p);
	rn_tracee_join(b, p);
	cr_assert_eq(p->n_tracees, 2);
	rn_tracees_remove(&t, a);
	cr_assert_eq(b->process, p);
	cr_assert_eq(p->n_tracees, 1);
	rn_tracees_fini(&t);
}

Test(tracee, stacks_of_all_stay_within_what_is_left)
{
	enum { N = 100, STACK = 4096, LEFT = 10 * STACK, LEAST = 512 };
	struct rn_tracees t;
	rn_tracees_init(&t, STACK);
	t.stacks_most = LEFT;
	for (int tid = 1; tid <= N; tid++)
		cr_assert_eq(rn_tracees_add(&t, tid)->stack_room, tid <= 10 ? STACK : LEAST);
	/* What ends makes room, what is used again has what it had. */
	for (int tid = 1; tid <= N; tid++)
		rn_tracees_remove(&t, rn_tracees_find(&t, tid));
	uint64_t room = 0;
	for (int tid = 1; tid <= N; tid++)
		room += rn_tracees_add(&t, tid)->stack_room;
	cr_expect_leq(room, LEFT + N * LEAST);
	rn_tracees_fini(&t);
}
