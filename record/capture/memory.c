/* SPDX-License-Identifier: MIT */
#include "record/capture/memory.h"

#include "shared/error.h"

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

/* process_vm_readv(2): "partial transfers apply at the granularity of iovec elements"; Linux moves
 * whole pages of an element, other kernels may not. So what is left of a range after a short
 * transfer is tried once more up to the end of its first page before it counts as a fault. */
#define PAGE_BYTES 4096u

static size_t to_page_end(uint64_t addr)
{
	return PAGE_BYTES - (size_t)(addr & (PAGE_BYTES - 1));
}

/* A range that runs over the end of the address space is cut there. */
static uint32_t readable_len(const struct rn_range *r)
{
	uint64_t room = UINT64_MAX - r->addr;
	return room < r->wanted ? (uint32_t)room : r->wanted;
}

static void fault_all(struct rn_range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ranges[i].fault = ranges[i].got < ranges[i].wanted;
}

/* One call over ranges[first..n), the first from where it was left. Bytes moved or -1. */
static ssize_t read_batch(pid_t tid, struct rn_range *ranges, size_t first, size_t n, size_t cap)
{
	struct iovec local[RN_MEMORY_BATCH], remote[RN_MEMORY_BATCH];
	size_t k = 0;
	for (size_t i = first; i < n; i++, k++) {
		uint32_t done = ranges[i].got, len = readable_len(&ranges[i]) - done;
		if (len > cap)
			len = (uint32_t)cap;
		local[k] = (struct iovec){ ranges[i].into + done, len };
		remote[k] = (struct iovec){ (void *)(uintptr_t)(ranges[i].addr + done), len };
	}
	return process_vm_readv(tid, local, k, remote, k, 0);
}

/* Shares out the bytes of a batch; the first range that was not filled, or n. */
static size_t share_out(struct rn_range *ranges, size_t first, size_t n, size_t bytes)
{
	for (size_t i = first; i < n; i++) {
		uint32_t len = readable_len(&ranges[i]) - ranges[i].got;
		if (bytes < len) {
			ranges[i].got += (uint32_t)bytes;
			return i;
		}
		ranges[i].got += len;
		bytes -= len;
	}
	return n;
}

/* Reads on in the range that stopped a batch, page by page, until it is whole or a page fails. */
static void read_to_fault(struct rn_memory *m, pid_t tid, struct rn_range *r)
{
	while (r->got < readable_len(r)) {
		size_t cap = to_page_end(r->addr + r->got);
		ssize_t got = read_batch(tid, r, 0, 1, cap);
		m->n_calls++;
		if (got <= 0)
			return;
		r->got += (uint32_t)got;
	}
}

/* ENOSYS is the system's word (seccomp of containers), EPERM this tracee's (a program that changed
 * its identity): only the first is for good. */
static int refusal(struct rn_memory *m, int errnum)
{
	if (errnum == ENOSYS)
		m->method = RN_MEMORY_PEEK;
	return errnum == ENOSYS || errnum == EPERM ? RN_E_PERM : 0;
}

static int read_vm(struct rn_memory *m, pid_t tid, struct rn_range *ranges, size_t n)
{
	for (size_t first = 0; first < n;) {
		ssize_t got = read_batch(tid, ranges, first, n, SIZE_MAX);
		m->n_calls++;
		if (got < 0 && errno == ESRCH)
			return RN_E_GONE;
		if (got < 0 && refusal(m, errno))
			return RN_E_PERM;
		first = share_out(ranges, first, n, got < 0 ? 0 : (size_t)got);
		if (first == n)
			break;
		read_to_fault(m, tid, &ranges[first]);
		first++;
	}
	fault_all(ranges, n);
	return 0;
}

static int read_peek(struct rn_memory *m, pid_t tid, struct rn_range *r)
{
	while (r->got < readable_len(r)) {
		uint64_t at = r->addr + r->got, word_at = at & ~(uint64_t)(sizeof(long) - 1);
		errno = 0;
		long word = ptrace(PTRACE_PEEKDATA, tid, (void *)(uintptr_t)word_at, 0);
		m->n_calls++;
		if (errno == ESRCH)
			return RN_E_GONE;
		if (errno)
			break;
		size_t skip = (size_t)(at - word_at), len = sizeof(word) - skip;
		if (len > readable_len(r) - r->got)
			len = readable_len(r) - r->got;
		memcpy(r->into + r->got, (const uint8_t *)&word + skip, len);
		r->got += (uint32_t)len;
	}
	r->fault = r->got < r->wanted;
	return 0;
}

int rn_memory_read(struct rn_memory *m, pid_t tid, struct rn_range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ranges[i].got = 0;
	if (m->method == RN_MEMORY_VM_READV) {
		int r = read_vm(m, tid, ranges, n);
		if (r != RN_E_PERM)
			return r;
		for (size_t i = 0; i < n; i++)
			ranges[i].got = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (read_peek(m, tid, &ranges[i]) < 0)
			return RN_E_GONE;
	return 0;
}

size_t rn_memory_read_one(struct rn_memory *m, pid_t tid, uint64_t addr, void *into, size_t len)
{
	struct rn_range r = { .addr = addr, .into = (uint8_t *)into, .wanted = (uint32_t)len };
	return rn_memory_read(m, tid, &r, 1) == 0 ? r.got : 0;
}
