/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/grouping.h"

#include "analyze/model/call_files.h"
#include "shared/names.h"
#include "shared/syscall.h"

#include <stdio.h>
#include <stdlib.h>

const struct rn_word rn_by_words[] = {
	{ "name", RN_BY_NAME, "the system call" },
	{ "syscall", RN_BY_NAME, NULL },
	{ "pid", RN_BY_PID, "the process" },
	{ "tid", RN_BY_TID, "the thread" },
	{ "comm", RN_BY_COMM, "the name of the thread" },
	{ "path", RN_BY_PATH, "the path given, or behind the descriptor" },
	{ "function", RN_BY_FUNCTION, "the function that made the call" },
	{ "errno", RN_BY_ERRNO, "the error, or its absence" },
	{ NULL, 0, NULL },
};

const char *rn_call_shown(enum rn_machine machine, uint8_t abi, uint32_t nr, char buf[64])
{
	char number[24];
	const char *name = rn_syscall_name((enum rn_abi)abi, nr, number);
	enum rn_abi native = machine == RN_MACHINE_X86_64 ? RN_ABI_X86_64 :
		machine == RN_MACHINE_AARCH64 ? RN_ABI_AARCH64 : RN_ABI_NONE;
	const struct rn_abi_desc *desc = rn_abi_desc((enum rn_abi)abi);
	if (machine && abi != native)
		snprintf(buf, 64, "%s@%s", name, desc ? desc->name : "unknown");
	else if (name == number)
		snprintf(buf, 64, "%s", name);
	else
		return name;
	return buf;
}

/* A group is known by a key, or by its text alone. */
static int by_key(struct rn_grouping *g, uint64_t key, const char *text, struct rn_bytes bytes,
	uint32_t *group, struct rn_error *err)
{
	*group = rn_idmap_find(&g->by_key, key);
	if (*group != RN_IDMAP_NONE)
		return 0;
	if (g->n == g->cap) {
		uint32_t cap = g->cap ? g->cap * 2 : 64;
		uint32_t *texts = realloc(g->text, cap * sizeof(*texts));
		if (!texts)
			return rn_fail(err, RN_E_NOMEM, "out of memory for groups");
		g->text = texts;
		g->cap = cap;
	}
	g->text[g->n] = rn_intern(g->texts, text ? rn_bytes_str(text) : bytes, NULL);
	if (g->text[g->n] == RN_INTERN_NONE || rn_idmap_put(&g->by_key, key, g->n))
		return rn_fail(err, RN_E_NOMEM, "out of memory for groups");
	*group = g->n++;
	return 0;
}

static int by_text(struct rn_grouping *g, struct rn_bytes text, uint32_t *group, struct rn_error *err)
{
	uint32_t id = rn_intern(g->texts, text, NULL);
	if (id == RN_INTERN_NONE)
		return rn_fail(err, RN_E_NOMEM, "out of memory for groups");
	return by_key(g, id, NULL, text, group, err);
}

static int of_name(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	char buf[64];
	return by_key(g, (uint64_t)ev->call.abi << 32 | ev->call.nr,
		rn_call_shown(g->facts.machine, ev->call.abi, ev->call.nr, buf),
		rn_bytes_of(NULL, 0), group, err);
}

static int of_task(struct rn_grouping *g, const struct rn_event *ev, bool process, uint32_t *group,
	struct rn_error *err)
{
	char buf[32];
	const struct rn_task *t = g->facts.model ? rn_model_task(g->facts.model, ev->utid) : NULL;
	uint32_t key = t && process ? t->leader : ev->utid;
	if (t)
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)(process ? t->pid : t->tid));
	else
		snprintf(buf, sizeof(buf), "thread %u", (unsigned)ev->utid);
	return by_key(g, key, buf, rn_bytes_of(NULL, 0), group, err);
}

static int of_pid(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	return of_task(g, ev, true, group, err);
}

static int of_tid(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	return of_task(g, ev, false, group, err);
}

static int of_comm(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	struct rn_bytes comm = { NULL, 0 };
	if (g->facts.model)
		comm = rn_model_comm(g->facts.model, ev->utid, ev->ts_ns);
	return by_text(g, comm.len ? comm : rn_bytes_str("(no name)"), group, err);
}

static int of_path(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	struct rn_bytes path;
	rn_buffer_clear(&g->scratch);
	if (!g->facts.model || !rn_call_target(g->facts.model, ev, &g->scratch, &path))
		path = rn_bytes_str("(no path)");
	return by_text(g, path, group, err);
}

static int of_function(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	struct rn_bytes name;
	if (!g->facts.function_of || !g->facts.function_of(g->facts.function_arg, ev, &name))
		name = rn_bytes_str("(unknown)");
	return by_text(g, name, group, err);
}

static int of_errno(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	char buf[32];
	bool failed = ev->call.flags & RN_CALL_ERROR, unfinished = ev->call.flags & RN_CALL_UNFINISHED;
	int64_t number = failed && ev->call.ret < 0 && ev->call.ret > -65536 ? -ev->call.ret : 0;
	const char *name = unfinished ? "(unfinished)" : failed ? rn_errno_name((int)number) :
		"(no error)";
	if (!name)
		snprintf(buf, sizeof(buf), "error %lld", (long long)number);
	return by_text(g, rn_bytes_str(name ? name : buf), group, err);
}

static const struct dimension {
	const char *column, *title;
	unsigned want, model;
	int (*of)(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
		struct rn_error *err);
} dimensions[RN_BYS] = {
	[RN_BY_NAME] = { "name", "Syscall", 0, 0, of_name },
	[RN_BY_PID] = { "pid", "Process", 0, 0, of_pid },
	[RN_BY_TID] = { "tid", "Thread", 0, 0, of_tid },
	[RN_BY_COMM] = { "comm", "Name", 0, RN_MODEL_COMM, of_comm },
	[RN_BY_PATH] = { "path", "Path", RN_CALL_FILES_WANT, RN_MODEL_FDS | RN_MODEL_CWD, of_path },
	[RN_BY_FUNCTION] = { "function", "Function", RN_WANT(REGS) | RN_WANT(STACK), 0,
		of_function },
	[RN_BY_ERRNO] = { "errno", "Error", 0, 0, of_errno },
};

const char *rn_by_column(enum rn_by by)
{
	return dimensions[by].column;
}

const char *rn_by_title(enum rn_by by)
{
	return dimensions[by].title;
}

unsigned rn_by_model(enum rn_by by)
{
	return dimensions[by].model;
}

int rn_grouping_init(struct rn_grouping *g, enum rn_by by, const struct rn_facts *facts,
	struct rn_error *err)
{
	g->by = by;
	if (facts)
		g->facts = *facts;
	g->texts = rn_intern_new();
	return g->texts ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for groups");
}

void rn_grouping_fini(struct rn_grouping *g)
{
	rn_idmap_fini(&g->by_key);
	rn_intern_free(g->texts);
	rn_buffer_fini(&g->scratch);
	free(g->text);
}

int rn_grouping_of_event(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err)
{
	return dimensions[g->by].of(g, ev, group, err);
}

/* What cannot be read of a damaged block is a group of its own. */
static int of_block(struct rn_grouping *g, const struct rn_batch *b, uint32_t i, uint32_t *group,
	struct rn_error *err)
{
	struct rn_event ev;
	unsigned want = g->by == RN_BY_FUNCTION ? g->facts.function_want : dimensions[g->by].want;
	int rc = rn_block_call(b->block, i, want, &ev, err);
	if (rc == RN_E_CORRUPT || rc == RN_END)
		return by_text(g, rn_bytes_str("(damaged)"), group, err);
	return rc ? rc : dimensions[g->by].of(g, &ev, group, err);
}

int rn_grouping_of(struct rn_grouping *g, const struct rn_batch *b, uint32_t i, uint32_t *group,
	struct rn_error *err)
{
	const struct rn_core *c = b->core;
	bool is_dense = g->by == RN_BY_NAME && c->nr[i] < sizeof(g->dense) / sizeof(*g->dense) &&
		(!g->native || c->abi[i] == g->native);
	if (is_dense && g->dense[c->nr[i]]) {
		*group = g->dense[c->nr[i]] - 1;
		return 0;
	}
	if (dimensions[g->by].want)
		return of_block(g, b, i, group, err);
	struct rn_event ev;
	ev.ts_ns = c->ts_ns[i];
	ev.utid = c->utid[i];
	ev.kind = RN_EV_CALL;
	ev.call.abi = c->abi[i];
	ev.call.nr = c->nr[i];
	ev.call.flags = c->flags[i];
	ev.call.ret = c->ret[i];
	int rc = dimensions[g->by].of(g, &ev, group, err);
	if (!rc && is_dense) {
		g->native = c->abi[i];
		g->dense[c->nr[i]] = *group + 1;
	}
	return rc;
}

struct rn_bytes rn_grouping_name(const struct rn_grouping *g, uint32_t group)
{
	return rn_intern_get(g->texts, g->text[group]);
}
