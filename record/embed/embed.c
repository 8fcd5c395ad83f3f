/* SPDX-License-Identifier: MIT */
#include "record/embed/embed.h"

#include "format/limits.h"
#include "format/squeeze.h"
#include "record/embed/debug.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_WAITING_FDS 128
#define PIECE_BYTES 65536u
#define MAX_TEXT_BYTES ((uint64_t)64 << 20)
#define LOW_PRIORITY 10

struct job {
	struct job *next;
	int fd;             /* -1: to be opened again */
	dev_t dev;
	ino_t ino;
	uint32_t kind;      /* enum rn_module_kind */
	struct rn_bytes build_id, name; /* behind the job, with a NUL */
};

/* What one thread packs with. */
struct packer {
	struct ZSTD_CCtx_s *z;
	struct rn_buffer out;
	uint64_t most_bytes;
	uint8_t piece[PIECE_BYTES];
};

struct rn_embedder {
	struct rn_pipeline *pipeline;
	enum rn_embed how;
	int level;
	uint64_t most_bytes;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job *first, **last;
	unsigned n_waiting_fds;
	bool finishing;
	_Atomic uint64_t n_given, n_done; /* jobs */
};

static struct job *take_job(struct rn_embedder *e)
{
	struct job *j = e->first;
	if (j) {
		e->first = j->next;
		if (!e->first)
			e->last = &e->first;
		e->n_waiting_fds -= j->fd >= 0;
	}
	return j;
}

static void free_job(struct job *j)
{
	if (j->fd >= 0)
		close(j->fd);
	free(j);
}

static bool open_again(struct job *j)
{
	struct stat s;
	if (j->fd < 0)
		j->fd = open((const char *)j->name.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return j->fd >= 0 && fstat(j->fd, &s) == 0 && s.st_ino == j->ino && s.st_dev == j->dev;
}

static bool pack(struct packer *p, const void *bytes, size_t len, bool last)
{
	return p->out.len <= p->most_bytes && rn_squeeze_more(p->z, &p->out, rn_bytes_of(bytes, len), last, NULL) == 0;
}

/* A file cut short meanwhile gives zeros: the size was promised. */
static bool pack_file(struct packer *p, int fd, uint64_t from, uint64_t len)
{
	for (uint64_t done = 0; done < len;) {
		size_t n = len - done < PIECE_BYTES ? (size_t)(len - done) : PIECE_BYTES;
		ssize_t got = pread(fd, p->piece, n, (off_t)(from + done));
		if (got < (ssize_t)n)
			memset(p->piece + (got > 0 ? got : 0), 0, n - (size_t)(got > 0 ? got : 0));
		if (!pack(p, p->piece, n, false))
			return false;
		done += n;
	}
	return true;
}

static bool pack_zeros(struct packer *p, uint64_t len)
{
	static const uint8_t zeros[64];
	return len <= sizeof(zeros) && pack(p, zeros, (size_t)len, false);
}

static bool pack_image(struct packer *p, const struct rn_image_plan *plan, int fd)
{
	uint64_t at = plan->head.len;
	if (rn_squeeze_begin(p->z, plan->bytes, NULL) ||
		!pack(p, plan->head.p, plan->head.len, false))
		return false;
	for (uint32_t i = 0; i < plan->n_pieces; i++) {
		const struct rn_image_piece *q = &plan->piece[i];
		if (!pack_zeros(p, q->to - at) || !pack_file(p, fd, q->from, q->len))
			return false;
		at = q->to + q->len;
	}
	return pack_zeros(p, plan->tail_at - at) && pack(p, plan->tail.p, plan->tail.len, true);
}

static bool pack_elf(struct rn_embedder *e, struct packer *p, const struct job *j, uint64_t *bytes)
{
	struct rn_image_plan plan;
	bool good = rn_image_plan_init(&plan, j->fd, e->how) && pack_image(p, &plan, j->fd);
	*bytes = plan.bytes;
	rn_image_plan_fini(&plan);
	return good;
}

static bool pack_text(struct packer *p, const struct job *j, uint64_t *bytes)
{
	struct stat s;
	if (fstat(j->fd, &s) < 0 || s.st_size <= 0)
		return false;
	*bytes = (uint64_t)s.st_size < MAX_TEXT_BYTES ? (uint64_t)s.st_size : MAX_TEXT_BYTES;
	return rn_squeeze_begin(p->z, *bytes, NULL) == 0 && pack_file(p, j->fd, 0, *bytes) &&
		pack(p, NULL, 0, true);
}

static void do_job(struct rn_embedder *e, struct packer *p, struct job *j)
{
	uint64_t bytes = 0;
	if (!p->z)
		p->z = rn_squeeze_new(e->level);
	if (!p->z || !open_again(j))
		return;
	bool good = j->kind == RN_MODULE_ELF ? pack_elf(e, p, j, &bytes) : pack_text(p, j, &bytes);
	struct rn_module_image what = { .build_id = j->build_id, .name = j->name, .kind = j->kind };
	if (good && rn_buffer_ok(&p->out) && bytes <= RN_MAX_MODULE_BYTES)
		rn_pipeline_packed_module(e->pipeline, &what, bytes, &p->out);
	rn_buffer_fini(&p->out);
}

/* DWARF that is kept apart comes along behind the image it belongs to. */
static void do_debug_file(struct rn_embedder *e, struct packer *p, const struct job *j)
{
	uint64_t bytes = 0;
	struct job apart = *j;
	if (e->how != RN_EMBED_DEBUG || j->kind != RN_MODULE_ELF || !p->z)
		return;
	apart.fd = rn_debug_file_open(j->build_id);
	if (apart.fd < 0)
		return;
	const struct rn_module_image what = { .build_id = j->build_id, .name = j->name,
		.kind = RN_MODULE_DEBUG };
	if (pack_elf(e, p, &apart, &bytes) && rn_buffer_ok(&p->out) && bytes <= RN_MAX_MODULE_BYTES)
		rn_pipeline_packed_module(e->pipeline, &what, bytes, &p->out);
	rn_buffer_fini(&p->out);
	close(apart.fd);
}

static void packer_fini(struct packer *p)
{
	rn_squeeze_free(p->z);
	rn_buffer_fini(&p->out);
	free(p);
}

/* Jobs until there are none; wait: for more, until the end. */
static void work(struct rn_embedder *e, bool wait)
{
	struct packer *p = malloc(sizeof(*p));
	if (!p)
		return;
	p->z = NULL;
	p->out = (struct rn_buffer)RN_BUFFER_INIT;
	p->most_bytes = e->most_bytes;
	pthread_mutex_lock(&e->lock);
	for (;;) {
		struct job *j = take_job(e);
		if (!j && wait && !e->finishing) {
			pthread_cond_wait(&e->more, &e->lock);
			continue;
		}
		if (!j)
			break;
		pthread_mutex_unlock(&e->lock);
		do_job(e, p, j);
		do_debug_file(e, p, j);
		free_job(j);
		e->n_done++;
		pthread_mutex_lock(&e->lock);
	}
	pthread_mutex_unlock(&e->lock);
	packer_fini(p);
}

static void *run(void *arg)
{
	setpriority(PRIO_PROCESS, (id_t)gettid(), LOW_PRIORITY);
	work(arg, true);
	return NULL;
}

struct rn_embedder *rn_embed_start(struct rn_pipeline *p, enum rn_embed how, int level, uint64_t most_bytes)
{
	struct rn_embedder *e = calloc(1, sizeof(*e));
	sigset_t all, before;
	if (!e)
		return NULL;
	e->pipeline = p;
	e->how = how;
	e->level = level;
	e->most_bytes = most_bytes;
	e->last = &e->first;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->more, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&e->thread, NULL, run, e);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		return e;
	free(e);
	return NULL;
}

static struct job *new_job(int fd, uint32_t kind, struct rn_bytes build_id,
	struct rn_bytes name)
{
	struct stat s;
	struct job *j = fstat(fd, &s) == 0 ? calloc(1, sizeof(*j) + build_id.len + name.len + 1) : NULL;
	if (!j)
		return NULL;
	uint8_t *text = (uint8_t *)(j + 1);
	*j = (struct job){ .fd = fd, .kind = kind, .dev = s.st_dev, .ino = s.st_ino };
	j->build_id = rn_bytes_of(text, build_id.len);
	j->name = rn_bytes_of(text + build_id.len, name.len);
	if (build_id.len)
		memcpy(text, build_id.p, build_id.len);
	if (name.len)
		memcpy(text + build_id.len, name.p, name.len);
	return j;
}

static void add_job(struct rn_embedder *e, int fd, uint32_t kind, struct rn_bytes build_id,
	struct rn_bytes name)
{
	struct job *j = e ? new_job(fd, kind, build_id, name) : NULL;
	if (!j) {
		close(fd);
		return;
	}
	pthread_mutex_lock(&e->lock);
	if (e->n_waiting_fds == MAX_WAITING_FDS) {
		close(j->fd);
		j->fd = -1;
	}
	e->n_waiting_fds += j->fd >= 0;
	*e->last = j;
	e->last = &j->next;
	e->n_given++;
	pthread_cond_signal(&e->more);
	pthread_mutex_unlock(&e->lock);
}

void rn_embed_elf(struct rn_embedder *e, int fd, struct rn_bytes build_id, struct rn_bytes name)
{
	add_job(e, fd, RN_MODULE_ELF, build_id, name);
}

void rn_embed_perf_map(struct rn_embedder *e, int fd, struct rn_bytes name)
{
	add_job(e, fd, RN_MODULE_PERF_MAP, rn_bytes_of(NULL, 0), name);
}

uint64_t rn_embed_given(struct rn_embedder *e)
{
	return e ? e->n_given : 0;
}

uint64_t rn_embed_done(struct rn_embedder *e)
{
	return e ? e->n_done : 0;
}

void rn_embed_finish(struct rn_embedder *e, bool drop)
{
	if (!e)
		return;
	pthread_mutex_lock(&e->lock);
	e->finishing = true;
	for (struct job *j; drop && (j = take_job(e));)
		free_job(j);
	pthread_cond_signal(&e->more);
	pthread_mutex_unlock(&e->lock);
	work(e, false); /* at our own priority: the command has ended, its user waits */
	pthread_join(e->thread, NULL);
	pthread_mutex_destroy(&e->lock);
	pthread_cond_destroy(&e->more);
	free(e);
}
