/* SPDX-License-Identifier: MIT */
#include "analyze/model/call_files.h"

#include "analyze/decode/memory.h"
#include "shared/syscall.h"

static uint64_t arg_of(const struct rn_call *c, unsigned i)
{
	return c->abi == RN_ABI_I386 ? (uint32_t)c->args[i] : c->args[i];
}

static const struct rn_syscall *desc_of(const struct rn_event *ev)
{
	return rn_syscall((enum rn_abi)ev->call.abi, ev->call.nr);
}

unsigned rn_file_uses(enum rn_abi abi, uint32_t nr)
{
	const struct rn_syscall *d = rn_syscall(abi, nr);
	unsigned uses = d && d->ret == RN_RET_FD ? RN_MAKES_FD : 0;
	for (unsigned i = 0; d && i < 6; i++) {
		uses |= d->arg[i].kind == RN_ARG_PATH ? RN_USES_PATH : 0;
		uses |= d->arg[i].kind == RN_ARG_FD || d->arg[i].kind == RN_ARG_DIRFD ? RN_USES_FD : 0;
	}
	return uses;
}

bool rn_call_path_arg(const struct rn_event *ev, unsigned i, struct rn_bytes *out)
{
	const struct rn_syscall *d = desc_of(ev);
	if (!d || i >= 6 || d->arg[i].kind != RN_ARG_PATH)
		return false;
	enum rn_span_phase phase = d->arg[i].dir & RN_IN ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	struct rn_bytes s = rn_memory_run(&ev->call, phase, arg_of(&ev->call, i), RN_PATH_MAX, NULL);
	const uint8_t *nul = s.len ? memchr(s.p, 0, s.len) : NULL;
	if (nul)
		*out = rn_bytes_of(s.p, (size_t)(nul - s.p));
	return nul != NULL;
}

bool rn_call_path(const struct rn_event *ev, struct rn_bytes *out)
{
	for (unsigned i = 0; i < 6; i++)
		if (rn_call_path_arg(ev, i, out))
			return true;
	return false;
}

bool rn_call_fd_arg(const struct rn_event *ev, unsigned i, int64_t *fd)
{
	const struct rn_syscall *d = desc_of(ev);
	if (!d || i >= 6 || (d->arg[i].kind != RN_ARG_FD && d->arg[i].kind != RN_ARG_DIRFD))
		return false;
	*fd = (int32_t)ev->call.args[i];
	return true;
}

bool rn_call_fd(const struct rn_event *ev, int64_t *fd)
{
	for (unsigned i = 0; i < 6; i++)
		if (rn_call_fd_arg(ev, i, fd) && *fd >= 0)
			return true;
	return false;
}

bool rn_call_fd_made(const struct rn_event *ev, int64_t *fd)
{
	const struct rn_syscall *d = desc_of(ev);
	if (!d || d->ret != RN_RET_FD || ev->call.ret < 0 ||
		ev->call.flags & (RN_CALL_ERROR | RN_CALL_UNFINISHED))
		return false;
	*fd = ev->call.ret;
	return true;
}

static bool leads_to(const struct rn_model *m, const struct rn_event *ev, int64_t fd,
	struct rn_bytes *out)
{
	struct rn_fd_facts facts;
	if (fd < 0 || !rn_model_fd(m, ev->utid, fd, ev->ts_ns, &facts) || !facts.target.len)
		return false;
	*out = facts.target;
	return true;
}

bool rn_call_fd_path(const struct rn_model *m, const struct rn_event *ev, struct rn_bytes *out)
{
	int64_t fd;
	return rn_call_fd(ev, &fd) && leads_to(m, ev, fd, out);
}

/* The directory that path argument i is relative to: that of the descriptor in front of it, where
 * there is one. */
static bool base_of(const struct rn_model *m, const struct rn_event *ev, unsigned i,
	struct rn_bytes *out)
{
	int64_t fd;
	if (i && rn_call_fd_arg(ev, i - 1, &fd) && fd >= 0)
		return leads_to(m, ev, fd, out);
	return rn_model_cwd(m, ev->utid, ev->ts_ns, out) && out->len;
}

bool rn_call_path_absolute(const struct rn_model *m, const struct rn_event *ev, unsigned i,
	struct rn_buffer *scratch, struct rn_bytes *out)
{
	struct rn_bytes base;
	if (!rn_call_path_arg(ev, i, out))
		return false;
	if ((out->len && out->p[0] == '/') || !base_of(m, ev, i, &base) || base.p[0] != '/')
		return true;
	while (out->len >= 2 && out->p[0] == '.' && out->p[1] == '/') {
		*out = rn_bytes_of(out->p + 2, out->len - 2);
		while (out->len && out->p[0] == '/')
			*out = rn_bytes_of(out->p + 1, out->len - 1);
	}
	if (!out->len || (out->len == 1 && out->p[0] == '.')) {
		*out = base;
		return true;
	}
	size_t start = scratch->len;
	rn_put_bytes(scratch, base.p, base.len);
	if (base.p[base.len - 1] != '/')
		rn_put_u8(scratch, '/');
	rn_put_bytes(scratch, out->p, out->len);
	if (rn_buffer_ok(scratch))
		*out = rn_bytes_of(scratch->p + start, scratch->len - start);
	return true;
}

bool rn_call_target(const struct rn_model *m, const struct rn_event *ev, struct rn_buffer *scratch,
	struct rn_bytes *out)
{
	struct rn_fd_facts facts;
	int64_t fd;
	if (rn_call_fd_made(ev, &fd) &&
		rn_model_fd_made(m, ev->utid, fd, ev->ts_ns, ev->call.dur_ns, &facts) &&
		facts.target.len) {
		*out = facts.target;
		return true;
	}
	for (unsigned i = 0; i < 6; i++)
		if (rn_call_path_absolute(m, ev, i, scratch, out))
			return true;
	return rn_call_fd_path(m, ev, out);
}

static int visit_arg(const struct rn_model *m, const struct rn_event *ev, unsigned i,
	struct rn_buffer *scratch, int (*visit)(void *arg, struct rn_bytes place), void *arg)
{
	struct rn_bytes path;
	int64_t fd;
	if (rn_call_fd_arg(ev, i, &fd))
		return leads_to(m, ev, fd, &path) ? visit(arg, path) : 0;
	if (!rn_call_path_arg(ev, i, &path))
		return 0;
	int rc = visit(arg, path);
	if (rc || (path.len && path.p[0] == '/'))
		return rc;
	rn_buffer_clear(scratch);
	rn_call_path_absolute(m, ev, i, scratch, &path);
	return visit(arg, path);
}

int rn_call_places(const struct rn_model *m, const struct rn_event *ev, struct rn_buffer *scratch,
	int (*visit)(void *arg, struct rn_bytes place), void *arg)
{
	struct rn_fd_facts facts;
	int64_t fd;
	int rc = 0;
	for (unsigned i = 0; i < 6 && !rc; i++)
		rc = visit_arg(m, ev, i, scratch, visit, arg);
	if (!rc && rn_call_fd_made(ev, &fd) &&
		rn_model_fd_made(m, ev->utid, fd, ev->ts_ns, ev->call.dur_ns, &facts) && facts.target.len)
		rc = visit(arg, facts.target);
	return rc;
}

static const struct {
	const char *name;
	enum rn_io io;
} ways[] = {
	{ "read", RN_IO_READ }, { "readv", RN_IO_READ }, { "pread64", RN_IO_READ },
	{ "preadv", RN_IO_READ }, { "preadv2", RN_IO_READ }, { "recvfrom", RN_IO_READ },
	{ "recv", RN_IO_READ }, { "recvmsg", RN_IO_READ }, { "getdents", RN_IO_READ },
	{ "getdents64", RN_IO_READ }, { "write", RN_IO_WRITE }, { "writev", RN_IO_WRITE },
	{ "pwrite64", RN_IO_WRITE }, { "pwritev", RN_IO_WRITE }, { "pwritev2", RN_IO_WRITE },
	{ "sendto", RN_IO_WRITE }, { "send", RN_IO_WRITE }, { "sendmsg", RN_IO_WRITE },
	{ "vmsplice", RN_IO_WRITE }, { "sendfile", RN_IO_WRITE }, { "sendfile64", RN_IO_WRITE },
	{ "splice", RN_IO_READ }, { "tee", RN_IO_READ }, { "copy_file_range", RN_IO_READ },
	{ "open", RN_IO_OPEN }, { "openat", RN_IO_OPEN }, { "openat2", RN_IO_OPEN },
	{ "creat", RN_IO_OPEN }, { "open_by_handle_at", RN_IO_OPEN },
};

static enum rn_io look_up(enum rn_abi abi, uint32_t nr)
{
	const struct rn_syscall *d = rn_syscall(abi, nr);
	for (size_t i = 0; d && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(d->name, ways[i].name) == 0)
			return ways[i].io;
	return RN_IO_NONE;
}

enum rn_io rn_io_of(enum rn_abi abi, uint32_t nr)
{
	/* Cached: 0 unknown yet, else 1 + the answer. Whoever fills a slot writes the same byte. */
	static _Atomic uint8_t known[RN_ABI_COUNT][1024];
	if ((unsigned)abi >= RN_ABI_COUNT || nr >= 1024)
		return RN_IO_NONE;
	uint8_t io = known[abi][nr];
	if (!io)
		known[abi][nr] = io = (uint8_t)(1 + look_up(abi, nr));
	return (enum rn_io)(io - 1);
}

const char *rn_io_name(enum rn_io io)
{
	static const char *const names[RN_IOS] = { NULL, "read", "write", "open" };
	return (unsigned)io < RN_IOS ? names[io] : NULL;
}

bool rn_call_bytes(enum rn_abi abi, uint32_t nr, unsigned flags, int64_t ret, uint64_t *bytes)
{
	enum rn_io io = ret < 0 || flags & (RN_CALL_ERROR | RN_CALL_UNFINISHED) ? RN_IO_NONE :
		rn_io_of(abi, nr);
	*bytes = (uint64_t)ret;
	return io == RN_IO_READ || io == RN_IO_WRITE;
}
