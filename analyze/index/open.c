/* SPDX-License-Identifier: MIT */
/* Where an index is looked for and made: beside the trace, in the cache folder, in memory. */
#include "analyze/index/private.h"
#include "analyze/words.h"
#include "shared/diag.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACES 2

struct places {
	char *path[PLACES]; /* NULL: there is no such place */
};

char *rn_index_beside(const char *trace)
{
	size_t len = strlen(trace);
	bool usual = len > 4 && strcmp(trace + len - 4, ".rnt") == 0;
	char *path;
	if (strcmp(trace, "-") == 0)
		return NULL;
	return asprintf(&path, "%.*s.rnx", (int)(usual ? len - 4 : len), trace) < 0 ? NULL : path;
}

static char *in_cache(const struct rn_header *h)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct rn_buffer b = RN_BUFFER_INIT;
	if (cache && *cache == '/')
		rn_put_format(&b, "%s/renacer/", cache);
	else if (home && *home == '/')
		rn_put_format(&b, "%s/.cache/renacer/", home);
	if (b.len) {
		rn_put_uuid(&b, h->uuid);
		rn_put_text(&b, ".rnx");
	}
	char *path = b.len ? strdup(rn_buffer_cstr(&b)) : NULL;
	rn_buffer_fini(&b);
	return path;
}

static void places_fini(struct places *p)
{
	for (size_t i = 0; i < PLACES; i++)
		free(p->path[i]);
}

/* A name in a URI: what has a meaning there is escaped. */
static char *uri_of(const char *path)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_text(&b, "file:");
	if (*path != '/')
		rn_put_text(&b, "./");
	for (const char *c = path; *c; c++) {
		if (strchr("%?#", *c))
			rn_put_format(&b, "%%%02x", (unsigned char)*c);
		else
			rn_put_u8(&b, (uint8_t)*c);
	}
	rn_put_text(&b, "?mode=ro&immutable=1");
	char *uri = strdup(rn_buffer_cstr(&b));
	rn_buffer_fini(&b);
	return uri;
}

static bool is_file(const char *path)
{
	struct stat st;
	return path && stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* The index at path, if it is one of this trace. */
static struct rn_index *take(const char *path, struct rn_reader *r, bool *grown)
{
	sqlite3 *db = NULL;
	struct rn_index *x = is_file(path) ? calloc(1, sizeof(*x)) : NULL;
	char *uri = x ? uri_of(path) : NULL;
	if (uri && sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
			NULL) == SQLITE_OK && rn_index_adopt(x, db, r, grown)) {
		x->path = strdup(path);
	} else if (x) {
		x->db = db;
		rn_index_close(x);
		x = NULL;
	}
	free(uri);
	return x;
}

/* Private folders on the way to a file of the cache. */
static void make_folders(const char *path)
{
	char *text = strdup(path);
	for (char *slash = text ? strchr(text + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(text, 0700) < 0 && errno != EEXIST)
			break;
		*slash = '/';
	}
	free(text);
}

/* What builders left that were killed: PATH.PID.tmp of processes that are no more. */
static void clean_up(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *e;
	size_t len = strlen(base);
	while (dir && (e = readdir(dir)) != NULL) {
		char *end;
		if (strncmp(e->d_name, base, len) != 0 || e->d_name[len] != '.')
			continue;
		long pid = strtol(e->d_name + len + 1, &end, 10);
		if (pid > 0 && pid <= INT32_MAX && strcmp(end, ".tmp") == 0 && kill((pid_t)pid, 0) < 0 &&
			errno == ESRCH)
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir)
		closedir(dir);
	free(folder);
}

/* A new file that only we have, readable as the trace is. -1: this is no place for it. */
static int make_temporary(const char *path, const char *trace, char **name)
{
	struct stat st;
	int fd = -1;
	mode_t mode = stat(trace, &st) == 0 ? st.st_mode & 0644 : 0600;
	if (asprintf(name, "%s.%d.tmp", path, (int)getpid()) < 0) {
		*name = NULL;
		return -1;
	}
	unlink(*name);
	fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		fchmod(fd, mode | 0600);
	return fd;
}

struct making {
	const char *trace;
	struct rn_reader *reader;
	const struct rn_model *model;
	struct rn_index *keep;
	struct rn_diag *diag;
	size_t surveyed;
};

static int build_index(void *arg, sqlite3 *db, struct rn_error *err)
{
	struct making *m = arg;
	return rn_index_build(db, m->reader, m->model, m->keep, m->diag, &m->surveyed, err);
}

/* Into a database that is opened by name; "" is memory. RN_END: SQLite cannot write there. */
static int fill_database(rn_index_fill *fill, void *arg, const char *name, sqlite3 **db, struct rn_error *err)
{
	*db = NULL;
	if (sqlite3_open_v2(*name ? name : ":memory:", db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return RN_END;
	sqlite3_exec(*db, "PRAGMA cache_size = -16384", NULL, NULL, NULL);
	int rc = fill(arg, *db, err);
	/* A full disk is no reason to fail: there is still memory, where a trace that cannot be read fails again. */
	return rc == RN_E_IO && *name ? RN_END : rc;
}

int rn_index_replace(struct rn_index **out, const char *at, const char *trace, struct rn_reader *r,
	rn_index_fill *fill, void *arg, struct rn_error *err)
{
	char *name = NULL;
	sqlite3 *db = NULL;
	bool grown;
	*out = NULL;
	make_folders(at);
	clean_up(at);
	int fd = make_temporary(at, trace, &name);
	int rc = fd < 0 ? RN_END : fill_database(fill, arg, name, &db, err);
	sqlite3_close(db);
	if (!rc && (fsync(fd) < 0 || rename(name, at) < 0))
		rc = RN_END;
	if (fd >= 0) {
		close(fd);
		if (rc)
			unlink(name);
	}
	free(name);
	if (!rc)
		*out = take(at, r, &grown);
	return rc ? rc : *out ? 0 : RN_END;
}

static int build_in_memory(struct making *m, struct rn_index **out, struct rn_error *err)
{
	bool grown;
	sqlite3 *db;
	struct rn_index *x = calloc(1, sizeof(*x));
	int rc = x ? fill_database(build_index, m, "", &db, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rc == RN_END)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for the index");
	if (x && !rc && !rn_index_adopt(x, db, m->reader, &grown))
		rc = rn_fail(err, RN_E_INTERNAL, "the index that was just made is not accepted");
	if (x && rc)
		x->db = db;
	if (rc) {
		rn_index_close(x);
		x = NULL;
	}
	*out = x;
	return rc;
}

/* What needs the model of the whole trace, with one made for it where there is none. */
static int make(struct making *m, const struct places *places, struct rn_index **out, struct rn_error *err)
{
	struct rn_model *own = NULL;
	int rc = RN_END;
	*out = NULL;
	if (!m->model) {
		own = rn_model_new(RN_MODEL_FDS | RN_MODEL_CWD);
		if (!own)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		rc = rn_model_scan(own, m->reader, err);
		m->model = own;
		rc = rc ? rc : RN_END;
	}
	for (size_t i = 0; i < PLACES && rc == RN_END; i++) {
		rc = places->path[i] ? rn_index_replace(out, places->path[i], m->trace, m->reader, build_index, m,
				err) :
			RN_END;
	}
	if (rc == RN_END)
		rc = build_in_memory(m, out, err);
	if (*out)
		(*out)->surveyed = m->surveyed;
	rn_model_free(own);
	return rc;
}

bool rn_index_is_worth(const struct rn_reader *r)
{
	uint64_t calls = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r) && calls < RN_INDEX_WORTH; i++)
		calls += rn_reader_block_info(r, i)->n_calls;
	return calls >= RN_INDEX_WORTH;
}

int rn_index_open(struct rn_index **out, const char *path, struct rn_reader *r,
	const struct rn_model *model, enum rn_index_way way, struct rn_diag *diag, struct rn_error *err)
{
	struct places places = { { rn_index_beside(path), in_cache(rn_reader_header(r)) } };
	struct rn_index *x = NULL;
	bool grown = false;
	int rc = 0;
	*out = NULL;
	for (size_t i = 0; i < PLACES && !x && way != RN_INDEX_ANEW; i++)
		x = take(places.path[i], r, &grown);
	if (x && grown && way == RN_INDEX_USE) {
		rn_index_close(x);
		x = NULL;
	} else if (way != RN_INDEX_USE && (!x || grown)) {
		struct making m = { path, r, model, x, diag, 0 };
		struct rn_index *made;
		rc = make(&m, &places, &made, err);
		rn_index_close(x);
		x = made;
	}
	places_fini(&places);
	*out = x;
	return rc;
}
