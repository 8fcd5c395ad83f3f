/* SPDX-License-Identifier: MIT */
#include "record/output/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct rn_shelf {
	int fd;
	uint64_t end;
	_Atomic int pins;
	struct rn_shelved **item; /* the heap's, with their strings behind them */
	uint32_t n, cap;
};

struct rn_shelf *rn_shelf_new(const char *folder)
{
	struct rn_shelf *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0)
		s->fd = memfd_create("renacer modules", MFD_CLOEXEC);
	if (s->fd >= 0)
		return s;
	free(s);
	return NULL;
}

void rn_shelf_free(struct rn_shelf *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n; i++)
		free(s->item[i]);
	free(s->item);
	close(s->fd);
	free(s);
}

static int write_all(int fd, struct rn_bytes b, uint64_t at)
{
	for (size_t done = 0; done < b.len;) {
		ssize_t n = pwrite(fd, b.p + done, b.len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return rn_error_of_errno(n ? errno : ENOSPC);
		done += (size_t)n;
	}
	return 0;
}

static struct rn_shelved *shelved_of(const struct rn_module_image *what)
{
	size_t len = what->build_id.len + what->name.len;
	struct rn_shelved *m = calloc(1, sizeof(*m) + len);
	if (!m)
		return NULL;
	uint8_t *text = (uint8_t *)(m + 1);
	m->what = (struct rn_module_image){ .kind = what->kind };
	if (what->build_id.len)
		memcpy(text, what->build_id.p, what->build_id.len);
	if (what->name.len)
		memcpy(text + what->build_id.len, what->name.p, what->name.len);
	m->what.build_id = rn_bytes_of(text, what->build_id.len);
	m->what.name = rn_bytes_of(text + what->build_id.len, what->name.len);
	return m;
}

static int find(const struct rn_shelf *s, const struct rn_module_image *what)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->item[i]->what.kind == what->kind &&
			rn_bytes_equal(s->item[i]->what.build_id, what->build_id) &&
			(what->build_id.len || rn_bytes_equal(s->item[i]->what.name, what->name)))
			return (int)i;
	return -1;
}

static int add(struct rn_shelf *s, const struct rn_module_image *what)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 32;
		struct rn_shelved **more = realloc(s->item, cap * sizeof(struct rn_shelved *));
		if (!more)
			return RN_E_NOMEM;
		s->item = more;
		s->cap = cap;
	}
	s->item[s->n] = shelved_of(what);
	return s->item[s->n] ? (int)s->n++ : RN_E_NOMEM;
}

int rn_shelf_put(struct rn_shelf *s, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_bytes frame)
{
	int rc = write_all(s->fd, frame, s->end);
	if (rc)
		return rc;
	int i = find(s, what);
	if (i < 0)
		i = add(s, what);
	if (i < 0)
		return i;
	struct rn_shelved *m = s->item[i];
	if (m->packed_bytes && !s->pins) /* what it replaces is given back where it can be */
		fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)m->offset,
			(off_t)m->packed_bytes);
	m->raw_bytes = raw_bytes;
	m->packed_bytes = frame.len;
	m->offset = s->end;
	s->end += frame.len;
	return i;
}

void rn_shelf_pin(struct rn_shelf *s, bool pinned)
{
	s->pins += pinned ? 1 : -1;
}

uint32_t rn_shelf_n(const struct rn_shelf *s)
{
	return s->n;
}

struct rn_shelved *rn_shelf_at(struct rn_shelf *s, uint32_t i)
{
	return s->item[i];
}

static struct rn_bytes without_deleted(struct rn_bytes path)
{
	static const char mark[] = " (deleted)";
	size_t len = sizeof(mark) - 1;
	bool is = path.len > len && memcmp(path.p + path.len - len, mark, len) == 0;
	return rn_bytes_of(path.p, path.len - (is ? len : 0));
}

bool rn_shelf_is_of(const struct rn_module_image *what, struct rn_bytes build_id, struct rn_bytes path)
{
	if (what->build_id.len)
		return rn_bytes_equal(what->build_id, build_id);
	return !build_id.len && rn_bytes_equal(what->name, without_deleted(path));
}

int rn_shelf_read(const struct rn_shelf *s, const struct rn_shelved *m, struct rn_buffer *out)
{
	uint8_t *to = rn_buffer_reserve(out, m->packed_bytes);
	if (!to)
		return RN_E_NOMEM;
	for (uint64_t done = 0; done < m->packed_bytes;) {
		ssize_t n = pread(s->fd, to + done, m->packed_bytes - done, (off_t)(m->offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return RN_E_IO;
		done += (uint64_t)n;
	}
	out->len += m->packed_bytes;
	return 0;
}
