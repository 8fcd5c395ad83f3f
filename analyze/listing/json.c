/* SPDX-License-Identifier: MIT */
/*
 * One document: version, format, provenance, syscalls[], events[], summary. Calls and the other
 * events are two arrays, so the others wait aside until the calls are through: in memory, and when
 * they grow many in an unnamed file.
 */
#include "analyze/listing/json_event.h"
#include "analyze/report/json_tables.h"

#include <errno.h>

#define ASIDE_BYTES ((size_t)1 << 20)

struct json {
	struct rn_json main, aside;
	struct rn_buffer events; /* what aside writes */
	FILE *spill;             /* older events; NULL: none */
};

static int begin(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct json *s = st;
	struct rn_json *j = &s->main;
	(void)err;
	rn_json_init(j, &l->out, 2);
	rn_json_object_begin(j);
	rn_json_key(j, "version");
	rn_json_text(j, RN_VERSION);
	rn_json_key(j, "format");
	rn_json_text(j, "renacer-json-v1");
	rn_json_key(j, "provenance");
	rn_json_object_begin(j);
	rn_json_provenance(j, l);
	rn_json_object_end(j);
	rn_json_key(j, "syscalls");
	rn_json_array_begin(j);
	/* As deep as the other array will stand; its beginning is written when its time comes. */
	rn_json_init(&s->aside, &s->events, 2);
	rn_json_object_begin(&s->aside);
	rn_json_key(&s->aside, "events");
	rn_json_array_begin(&s->aside);
	rn_buffer_clear(&s->events);
	return 0;
}

static int spill(struct json *s, struct rn_error *err)
{
	if (!s->spill)
		s->spill = tmpfile();
	if (s->spill && fwrite(s->events.p, 1, s->events.len, s->spill) == s->events.len) {
		rn_buffer_clear(&s->events);
		return 0;
	}
	return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot set events aside");
}

static int item(void *st, struct rn_listing *l, const struct rn_order_item *item,
	struct rn_error *err)
{
	struct json *s = st;
	if (item->part == RN_ORDER_BEGUN)
		return 0;
	if (item->part == RN_ORDER_DAMAGE)
		rn_json_damage(&s->aside, item->damage);
	else if (item->ev.kind == RN_EV_CALL)
		rn_json_call(&s->main, l, &item->ev, false);
	else
		rn_json_other(&s->aside, l, &item->ev);
	return s->events.len > ASIDE_BYTES ? spill(s, err) : 0;
}

static int unspill(struct json *s, struct rn_listing *l, struct rn_error *err)
{
	char buf[8192];
	size_t n;
	int rc = 0;
	rewind(s->spill);
	while (!rc && (n = fread(buf, 1, sizeof(buf), s->spill)) > 0) {
		rn_put_bytes(&l->out, buf, n);
		rc = rn_listing_drain(l, err);
	}
	if (!rc && ferror(s->spill))
		rc = rn_fail(err, RN_E_IO, "cannot read back events that were set aside");
	return rc;
}

static int put_appendix(struct rn_listing *l, struct rn_json *j, struct rn_error *err)
{
	struct rn_json_tables tables;
	rn_json_tables_init(&tables, j);
	int rc = l->appendix(l->appendix_arg, &tables.sink, err);
	rn_json_tables_end(&tables);
	return rc;
}

static int end(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct json *s = st;
	struct rn_json *j = &s->main;
	int rc = 0;
	rn_json_array_end(j);
	rn_json_key(j, "events");
	rn_json_array_begin(j);
	if (s->spill)
		rc = unspill(s, l, err);
	rn_put_bytes(&l->out, s->events.p, s->events.len);
	j->level[j->depth - 1].has_members = s->spill || s->events.len;
	rn_json_array_end(j);
	rn_json_key(j, "summary");
	rn_json_object_begin(j);
	rn_json_summary(j, l);
	rn_json_object_end(j);
	if (!rc && l->appendix)
		rc = put_appendix(l, j, err);
	rn_json_object_end(j);
	rn_put_u8(&l->out, '\n');
	if (!rc && !rn_buffer_ok(&s->events))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	return rc;
}

static void fini(void *st)
{
	struct json *s = st;
	rn_buffer_fini(&s->events);
	if (s->spill)
		fclose(s->spill);
}

const struct rn_listing_writer rn_listing_json = {
	.name = "json",
	.state_size = sizeof(struct json),
	.begin = begin,
	.item = item,
	.end = end,
	.fini = fini,
};
