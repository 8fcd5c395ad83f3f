/* SPDX-License-Identifier: MIT */
/**
 * private - what a model holds; for model.c, which builds it, and model/ask.c, which answers.
 */
#ifndef RN_ANALYZE_MODEL_PRIVATE_H
#define RN_ANALYZE_MODEL_PRIVATE_H

#include "analyze/model/fd.h"
#include "analyze/model/idmap.h"
#include "analyze/model/model.h"
#include "analyze/weights/sampling.h"
#include "shared/buffer.h"
#include "shared/intern.h"

#define NETLINK_FDS 1024 /* beyond it, messages are not known for what they are */

/* One more change in a history. */
struct change {
	uint64_t at_ns;
	uint64_t value;
};

struct changes {
	struct change *item;
	uint32_t n, cap;
};

struct thread {
	struct rn_task task;
	struct changes comm; /* string ids */
	struct changes tid;
	struct changes exe, argv; /* string ids; of a process' first thread */
	struct changes title; /* the name, of births and executions alone */
	uint32_t before;      /* index + 1 of the thread that had the same tid before; 0: none */
};

struct rn_model {
	unsigned want;
	struct thread *thread;
	uint32_t n, cap;
	struct rn_idmap by_utid, by_tid; /* by_tid: the last that had it */
	struct rn_intern *strings;
	struct rn_buffer text;
	/* Descriptors that were netlink sockets in any process, by number: what else becomes of such a
	 * number matters too. */
	uint64_t netlink[NETLINK_FDS / 64];
	struct rn_fds *fds; /* NULL: neither descriptors nor directories wanted */
	struct rn_model_end end;
	struct rn_sampling sampling;
	bool has_root;
	uint32_t root; /* utid of the command */
};

static inline struct thread *rn_model_thread(const struct rn_model *m, uint32_t utid)
{
	uint32_t i = rn_idmap_find(&m->by_utid, utid);
	return i == RN_IDMAP_NONE ? NULL : &m->thread[i];
}

static inline struct rn_fds_of rn_model_of(const struct thread *t)
{
	return (struct rn_fds_of){ t->task.utid, t->task.leader };
}

/** The last change at or before a moment, else the first of all; NULL when there is none. */
const struct change *rn_model_changed(const struct changes *c, uint64_t at_ns);

#endif
