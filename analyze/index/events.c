/* SPDX-License-Identifier: MIT */
/* Models made of the events that an index keeps. All pages are looked through before the first event is
 * believed: a model cannot be unmade. */
#include "analyze/index/private.h"

#include "analyze/stack/modules.h"

/* Takes one event in. */
typedef int taker(void *arg, const struct rn_event *ev, struct rn_error *err);

/* A page has at least five bytes an event. False: it is not right. */
static bool take_page(const struct rn_page *page, struct rn_arena *arena, taker *take, void *arg, int *rc,
	struct rn_error *err)
{
	struct rn_meta_decoded m = { 0 };
	rn_arena_clear(arena);
	if ((size_t)page->n > page->piece[0].len / 5 ||
		rn_meta_decode(&m, page->piece[0], (uint32_t)page->n, 0, arena, NULL))
		return false;
	for (uint32_t i = 0; i < m.n && take && !*rc; i++)
		*rc = take(arg, &m.event[i], err);
	return true;
}

/* RN_END: it does not tell. */
static int each_event(struct rn_index *x, taker *take, void *arg, struct rn_error *err)
{
	struct rn_pages pages;
	struct rn_page page;
	struct rn_arena arena = RN_ARENA_INIT;
	int64_t n = 0;
	int rc = 0;
	bool ok = rn_pages_init(&pages, x->db, "event");
	while (ok && !rc && rn_pages_next(&pages, &page, 1)) {
		ok = take_page(&page, &arena, take, arg, &rc, err);
		n++;
	}
	ok = ok && !pages.bad && (rc || (n == x->number[RN_IX_event_pages] &&
		pages.crc == x->number[RN_IX_event_crc]));
	rn_pages_fini(&pages);
	rn_arena_fini(&arena);
	return ok ? rc : RN_END;
}

static bool knows_events(struct rn_index *x)
{
	return x && rn_index_is_complete(x) && x->number[RN_IX_has_events] && !each_event(x, NULL, NULL, NULL);
}

static int take_model(void *m, const struct rn_event *ev, struct rn_error *err)
{
	return rn_model_event(m, ev, err);
}

int rn_index_scan_model(struct rn_index *x, struct rn_model *m, struct rn_reader *r, struct rn_error *err)
{
	/* What was left out on request is not among the events that are kept. */
	bool sampled = rn_reader_header(r)->sampling.len != 0;
	if (rn_model_wants(m) & (RN_MODEL_FDS | RN_MODEL_NETLINK) || sampled || !knows_events(x))
		return rn_model_scan(m, r, err);
	int rc = each_event(x, take_model, m, err);
	return rc ? rc : rn_model_scan_argv(m, r, err);
}

static int take_modules(void *m, const struct rn_event *ev, struct rn_error *err)
{
	return rn_modules_event(m, ev, err);
}

int rn_index_scan_modules(struct rn_index *x, struct rn_modules_table *m, struct rn_reader *r,
	struct rn_error *err)
{
	if (!knows_events(x) || !x->number[RN_IX_has_maps])
		return rn_modules_scan(m, r, err);
	int rc = each_event(x, take_modules, m, err);
	rn_modules_use(m, r);
	rn_modules_n_images(m);
	return rc;
}
