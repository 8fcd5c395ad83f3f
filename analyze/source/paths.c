/* SPDX-License-Identifier: MIT */
#include "analyze/source/paths.h"

#include "analyze/decode/memory.h"
#include "analyze/model/model.h"
#include "shared/syscall.h"

#include <stdlib.h>

struct paths {
	struct rn_source source;
	struct rn_source *inner;
	const struct rn_model *model;
	const struct rn_strings *paths;
};

static bool is_one(const struct paths *p, struct rn_bytes path)
{
	for (size_t i = 0; i < p->paths->n; i++)
		if (rn_bytes_equal(path, rn_bytes_str(p->paths->item[i])))
			return true;
	return false;
}

static bool names_one(const struct paths *p, const struct rn_call *c, uint64_t addr)
{
	struct rn_bytes s = rn_memory_run(c, RN_PHASE_ENTRY, addr, RN_PATH_MAX, NULL);
	const uint8_t *nul = s.len ? memchr(s.p, 0, s.len) : NULL;
	return nul && is_one(p, rn_bytes_of(s.p, (size_t)(nul - s.p)));
}

/* What was unlinked is still what it was called. */
static struct rn_bytes without_mark(struct rn_bytes path)
{
	static const char mark[] = " (deleted)";
	size_t n = sizeof(mark) - 1;
	if (path.len > n && memcmp(path.p + path.len - n, mark, n) == 0)
		path.len -= n;
	return path;
}

static bool leads_to_one(const struct paths *p, const struct rn_event *ev, int64_t fd)
{
	struct rn_fd_facts facts;
	return fd >= 0 && rn_model_fd(p->model, ev->utid, fd, ev->ts_ns, &facts) &&
		is_one(p, without_mark(facts.target));
}

/* poll: any descriptor of the array. */
static bool polls_one(const struct paths *p, const struct rn_event *ev, unsigned i, uint64_t n)
{
	enum { POLLFD_BYTES = 8 };
	uint64_t at = ev->call.args[i], fd;
	for (uint64_t k = 0; k < n; k++, at += POLLFD_BYTES) {
		if (!rn_memory_uint(&ev->call, RN_PHASE_ENTRY, at, 4, &fd))
			return false;
		if (leads_to_one(p, ev, (int32_t)fd))
			return true;
	}
	return false;
}

/* select: any descriptor of the set. */
static bool selects_one(const struct paths *p, const struct rn_event *ev, unsigned i)
{
	int32_t n = (int32_t)ev->call.args[0];
	for (int32_t fd = 0; fd < n; fd++) {
		uint64_t byte;
		if (!rn_memory_uint(&ev->call, RN_PHASE_ENTRY, ev->call.args[i] + (uint32_t)fd / 8, 1,
		    &byte))
			return false;
		if (byte >> (fd % 8) & 1 && leads_to_one(p, ev, fd))
			return true;
	}
	return false;
}

static bool touches(const struct paths *p, const struct rn_event *ev)
{
	const struct rn_syscall *d = rn_syscall((enum rn_abi)ev->call.abi, ev->call.nr);
	for (unsigned i = 0; d && i < 6; i++) {
		uint64_t v = ev->call.args[i];
		if (ev->call.abi == RN_ABI_I386)
			v = (uint32_t)v;
		if (d->arg[i].kind == RN_ARG_PATH ? names_one(p, &ev->call, v) :
			(d->arg[i].kind == RN_ARG_FD || d->arg[i].kind == RN_ARG_DIRFD) &&
				leads_to_one(p, ev, (int32_t)v))
			return true;
		if (d->arg[i].kind == RN_ARG_FDSET && selects_one(p, ev, i))
			return true;
		if (d->arg[i].kind == RN_ARG_ARR && d->arg[i].aux == RN_REC_pollfd &&
		    polls_one(p, ev, i, (uint32_t)ev->call.args[i + 1]))
			return true;
	}
	return false;
}

/* What cannot be read of a damaged block touches nothing. */
static int narrow(const struct paths *p, struct rn_batch *b, struct rn_error *err)
{
	int rc = rn_batch_open(b, err);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < b->n_selected && !rc; i++) {
		struct rn_event ev;
		uint32_t k = b->selected[i];
		rc = rn_block_call(b->block, k, RN_WANT(ARGS) | RN_WANT(DATA), &ev, err);
		if (rc == RN_E_CORRUPT || rc == RN_END) {
			rc = 0;
		} else if (!rc && touches(p, &ev)) {
			b->selected[kept++] = k;
		}
	}
	b->n_selected = kept;
	return rc;
}

static int next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	struct paths *p = (struct paths *)s;
	int rc = p->inner->next(p->inner, out, err);
	return rc ? rc : narrow(p, out, err);
}

static int load(struct rn_source *s, size_t block, struct rn_batch *out, struct rn_error *err)
{
	struct paths *p = (struct paths *)s;
	int rc = p->inner->load(p->inner, block, out, err);
	return rc ? rc : narrow(p, out, err);
}

static void free_paths(struct rn_source *s)
{
	rn_source_free(((struct paths *)s)->inner);
	free(s);
}

struct rn_source *rn_source_paths(struct rn_source *inner, const struct rn_model *model,
	const struct rn_strings *paths)
{
	struct paths *p = inner ? calloc(1, sizeof(*p)) : NULL;
	if (!p) {
		rn_source_free(inner);
		return NULL;
	}
	p->source = (struct rn_source){ .next = next, .load = inner->load ? load : NULL,
		.free = free_paths, .reader = inner->reader, .inner = inner };
	p->inner = inner;
	p->model = model;
	p->paths = paths;
	return &p->source;
}
