/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/redact.h"

#include "analyze/rewrite/redact_call.h"
#include "analyze/rewrite/scrub_image.h"

int rn_redact_init(struct rn_redact *r, bool scrub_stacks, struct rn_modules_table *modules,
	struct rn_error *err)
{
	*r = (struct rn_redact){ .scrub_stacks = scrub_stacks, .modules = modules };
	rn_arena_init(&r->arena);
	return rn_pseudonyms_init(&r->names, err);
}

void rn_redact_fini(struct rn_redact *r)
{
	rn_pseudonyms_fini(&r->names);
	rn_arena_fini(&r->arena);
	rn_buffer_fini(&r->text);
}

void rn_redact_count(struct rn_redact *r, enum rn_redaction what, uint64_t bytes)
{
	r->done[what].n++;
	r->done[what].bytes += bytes;
}

typedef int pseudonym(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes s,
	struct rn_error *err);

/* *s becomes what make says; it lives as long as the event. */
static int replace(struct rn_redact *r, struct rn_bytes *s, pseudonym *make, enum rn_redaction what,
	struct rn_error *err)
{
	if (!s->len)
		return 0;
	rn_redact_count(r, what, s->len);
	rn_buffer_clear(&r->text);
	int rc = make(&r->names, &r->text, *s, err);
	if (rc)
		return rc;
	const char *kept = rn_buffer_ok(&r->text) ?
		rn_arena_dup(&r->arena, rn_buffer_bytes(&r->text)) : NULL;
	if (!kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	*s = rn_bytes_of(kept, r->text.len);
	return 0;
}

int rn_redact_path(struct rn_redact *r, struct rn_bytes *path, enum rn_redaction what,
	struct rn_error *err)
{
	return replace(r, path, rn_pseudonym_path, what, err);
}

int rn_redact_words(struct rn_redact *r, struct rn_bytes *list, enum rn_redaction what,
	struct rn_error *err)
{
	return replace(r, list, rn_pseudonym_list, what, err);
}

static void drop(struct rn_redact *r, struct rn_bytes *s, enum rn_redaction what)
{
	if (s->len)
		rn_redact_count(r, what, s->len);
	*s = rn_bytes_of(NULL, 0);
}

/* The expressions of filters are names of calls and numbers, but for regexes, which may be anything. A slash behind
 * a digit is a rate's. */
static void redact_expression(struct rn_redact *r, struct rn_bytes *s)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->p[i] == '/' && (!i || s->p[i - 1] < '0' || s->p[i - 1] > '9')) {
			drop(r, s, RN_REDACTED_HEADER);
			return;
		}
}

static int redact_header(void *arg, struct rn_header *h, struct rn_error *err)
{
	struct rn_redact *r = arg;
	int rc = rn_redact_words(r, &h->command_argv, RN_REDACTED_HEADER, err);
	if (!rc)
		rc = rn_redact_words(r, &h->recorder_argv, RN_REDACTED_HEADER, err);
	if (!rc)
		rc = rn_redact_path(r, &h->cwd, RN_REDACTED_HEADER, err);
	if (!rc)
		rc = rn_redact_path(r, &h->exe, RN_REDACTED_HEADER, err);
	if (!rc)
		rc = replace(r, &h->hostname, rn_pseudonym_word, RN_REDACTED_HEADER, err);
	drop(r, &h->traceparent, RN_REDACTED_HEADER);
	drop(r, &h->boot_id, RN_REDACTED_HEADER);
	drop(r, &h->interfaces, RN_REDACTED_HEADER);
	drop(r, &h->version, RN_REDACTED_HEADER);
	drop(r, &h->chaos, RN_REDACTED_HEADER);
	drop(r, &h->series_cause, RN_REDACTED_HEADER);
	redact_expression(r, &h->filter);
	redact_expression(r, &h->sampling);
	redact_expression(r, &h->privacy);
	return rc;
}

/* siginfo_t: signo, errno, code, then by who sent it; a value of sigqueue is at the sender's will. */
#define SIGINFO_SENDER 24 /* up to there: pid and uid */
static int redact_signal(struct rn_redact *r, struct rn_bytes *info, struct rn_error *err)
{
	int32_t code = 0;
	if (info->len >= 12)
		memcpy(&code, info->p + 8, sizeof(code));
	if (code > 0 || info->len <= SIGINFO_SENDER)
		return 0;
	uint8_t *kept = rn_arena_zalloc(&r->arena, info->len, 1);
	if (!kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	memcpy(kept, info->p, SIGINFO_SENDER);
	rn_redact_count(r, RN_REDACTED_SIGNALS, info->len - SIGINFO_SENDER);
	*info = rn_bytes_of(kept, info->len);
	return 0;
}

static int redact_meta(void *arg, struct rn_event *ev, bool *keep, struct rn_error *err)
{
	struct rn_redact *r = arg;
	int rc = 0;
	rn_arena_clear(&r->arena);
	switch (ev->kind) {
	case RN_EV_TASK:
		rc = rn_redact_path(r, &ev->TASK.comm, RN_REDACTED_NAMES, err);
		return rc ? rc : rn_redact_path(r, &ev->TASK.exe, RN_REDACTED_NAMES, err);
	case RN_EV_EXEC:
		rc = rn_redact_path(r, &ev->EXEC.comm, RN_REDACTED_NAMES, err);
		return rc ? rc : rn_redact_path(r, &ev->EXEC.exe, RN_REDACTED_NAMES, err);
	case RN_EV_COMM:
		return rn_redact_path(r, &ev->COMM.name, RN_REDACTED_NAMES, err);
	case RN_EV_MAP:
		return rn_redact_path(r, &ev->MAP.path, RN_REDACTED_PATHS, err);
	case RN_EV_CWD:
		return rn_redact_path(r, &ev->CWD.path, RN_REDACTED_PATHS, err);
	case RN_EV_FD:
		drop(r, &ev->FD.detail, RN_REDACTED_DESCRIPTORS);
		return rn_redact_path(r, &ev->FD.target, RN_REDACTED_DESCRIPTORS, err);
	case RN_EV_SIGNAL:
		return redact_signal(r, &ev->SIGNAL.info, err);
	case RN_EV_NOTE:
		rn_redact_count(r, RN_REDACTED_REMARKS, ev->NOTE.text.len);
		*keep = false;
		return 0;
	case RN_EV_EXIT:
	case RN_EV_UNMAP:
	case RN_EV_FD_CLOSE:
	case RN_EV_LOST:
	case RN_EV_SAMPLED:
	case RN_EV_COST:
	case RN_EV_DETAIL:
	case RN_EV_APART:
	case RN_EV_END:
		return 0;
	default: /* nothing is known of it */
		*keep = false;
		return 0;
	}
}

static int redact_module(void *arg, struct rn_module_image *m, bool *keep, struct rn_error *err)
{
	struct rn_redact *r = arg;
	rn_arena_clear(&r->arena);
	bool vdso = rn_bytes_equal(m->name, rn_bytes_str("[vdso]"));
	uint8_t *image = NULL;
	*keep = m->kind == RN_MODULE_ELF && (vdso || r->scrub_stacks);
	if (*keep && m->image.len) {
		image = rn_arena_zalloc(&r->arena, m->image.len, 1);
		if (!image)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		*keep = rn_scrub_image(image, m->image);
	}
	rn_redact_count(r, *keep ? RN_REDACTED_IMAGES : RN_REDACTED_MODULES, m->image.len);
	if (!*keep)
		return 0;
	m->image = rn_bytes_of(image, m->image.len);
	return rn_redact_path(r, &m->name, RN_REDACTED_PATHS, err);
}

static int redact_call(void *arg, struct rn_event *ev, struct rn_error *err)
{
	struct rn_redact *r = arg;
	rn_arena_clear(&r->arena);
	return rn_redact_call(r, ev, err);
}

struct rn_copy_hooks rn_redact_hooks(struct rn_redact *r)
{
	return (struct rn_copy_hooks){ .arg = r, .header = redact_header, .call = redact_call,
		.meta = redact_meta, .module = redact_module };
}

int rn_redact_emit(const struct rn_redact *r, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "what", .title = "removed", .type = RN_T_TEXT, .left = true },
		{ .name = "how", .type = RN_T_TEXT, .left = true },
		{ .name = "places", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "bytes", .type = RN_T_U64, .unit = RN_U_BYTES },
	};
	static const struct rn_table table = { .name = "redacted", .flags = RN_TABLE_RULED,
		.empty = "Nothing had to be removed.", .columns = columns, .n_columns = 4 };
	static const char *const words[][2] = {
#define X(name, what, how) { what, how },
		RN_REDACTIONS(X)
#undef X
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (int i = 0; i < RN_REDACTED_N && !rc; i++) {
		const struct rn_cell cells[] = { rn_cell_text(words[i][0]), rn_cell_text(words[i][1]),
			rn_cell_u64(r->done[i].n), rn_cell_u64(r->done[i].bytes) };
		if (r->done[i].n)
			rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}
