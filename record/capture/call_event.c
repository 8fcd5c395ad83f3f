/* SPDX-License-Identifier: MIT */
#include "record/capture/call_event.h"

#include <string.h>

/* Kernel-internal results that mean "will be done again": -ERESTARTSYS .. -ERESTART_RESTARTBLOCK. */
#define ERESTART_FIRST 512
#define ERESTART_LAST 516
#define ERESTARTNOHAND_GAP 515 /* -ENOIOCTLCMD, no restart */

static bool is_restart_result(int64_t ret)
{
	return ret <= -ERESTART_FIRST && ret >= -ERESTART_LAST && ret != -ERESTARTNOHAND_GAP;
}

static bool is_restart_call(const struct rn_syscall *desc)
{
	return desc && desc->name[0] == 'r' && !strcmp(desc->name, "restart_syscall");
}

bool rn_call_restarts(const struct rn_tracee *t)
{
	return is_restart_call(t->desc) || (is_restart_result(t->last_ret) && t->last_nr == t->nr);
}

void rn_call_event(const struct rn_tracee *t, struct rn_event *ev, unsigned flags)
{
	*ev = (struct rn_event){ .ts_ns = t->entry_ns, .utid = t->utid, .kind = RN_EV_CALL };
	struct rn_call *c = &ev->call;
	c->abi = t->abi;
	c->flags = (uint16_t)(t->flags | flags | (t->capture.truncated ? RN_CALL_TRUNCATED : 0));
	c->nr = t->nr;
	for (unsigned i = 0; i < 6; i++)
		c->args[i] = t->args[i];
	c->regs = t->n_regs ? t->regs : NULL;
	c->n_regs = t->n_regs;
	c->stack = t->stack;
	c->stack_len = t->stack_len;
	c->stack_wanted = t->stack_wanted;
	c->stack_addr = t->stack_addr;
	c->spans = t->capture.spans;
	c->n_spans = t->capture.n_spans;
}
