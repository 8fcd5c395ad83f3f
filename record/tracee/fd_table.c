/* SPDX-License-Identifier: MIT */
#include "record/tracee/fd_table.h"

#include <sched.h>
#include <stdlib.h>

static struct rn_fd_table *copy_of(const struct rn_fd_table *from)
{
	struct rn_fd_table *table = calloc(1, sizeof(*table));
	if (table && from)
		*table = *from;
	if (table)
		table->n_users = 0;
	return table;
}

void rn_fd_table_drop(struct rn_fd_table *table)
{
	if (table && --table->n_users == 0)
		free(table);
}

static void use(struct rn_fd_table **slot, struct rn_fd_table *table)
{
	struct rn_fd_table *before = *slot;
	if (!table)
		return;
	table->n_users++;
	*slot = table;
	rn_fd_table_drop(before);
}

void rn_fd_table_join(struct rn_tracee *t)
{
	if (!t->process->fds)
		use(&t->process->fds, copy_of(NULL));
	use(&t->fds, t->process->fds);
}

void rn_fd_table_born(struct rn_tracee *t, const struct rn_tracee *parent, uint64_t clone_flags)
{
	if (!parent || !parent->fds || !t->process)
		return;
	bool thread = t->process == parent->process;
	if (thread && !(clone_flags & CLONE_THREAD))
		return; /* its flags are not known */
	use(&t->fds, clone_flags & CLONE_FILES ? parent->fds : copy_of(parent->fds));
	if (!thread)
		use(&t->process->fds, t->fds);
}

void rn_fd_table_apart(struct rn_tracee *t, bool empty)
{
	use(&t->fds, copy_of(empty ? NULL : t->fds));
}

void rn_fd_table_exec(struct rn_tracee *t)
{
	if (!t->fds || !t->process)
		return;
	if (t->fds->n_users > 1u + (t->process->fds == t->fds))
		use(&t->fds, copy_of(t->fds));
	use(&t->process->fds, t->fds);
}
