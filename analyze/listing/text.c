/* SPDX-License-Identifier: MIT */
/*
 * Lines as strace writes them. A call under way (pipes only) leaves its line open: it is ended by the
 * result when nothing came between, else by "<unfinished ...>", and the result gets a line of
 * its own. What of the open line is in the buffer already, and how wide it is, is remembered.
 */
#include "analyze/listing/detached.h"
#include "analyze/listing/dump.h"
#include "analyze/listing/events.h"
#include "analyze/listing/line.h"
#include "analyze/model/idmap.h"
#include "analyze/report/cell.h"
#include "analyze/symbol/show.h"
#include "shared/cursor.h"
#include "shared/syscall.h"

#define RESULT_COLUMN 40
#define SOURCE_COLUMN 56

struct text {
	struct rn_line_clock clock;
	struct rn_buffer args, entry; /* scratch */
	bool open;                    /* a line waits for its result */
	uint32_t open_utid;
	uint64_t open_ts_ns;
	size_t open_width;            /* bytes of it, the lead among them */
	size_t invisible;             /* bytes of escape sequences in the line so far */
	struct rn_idmap last_nr;      /* of each thread's last call, for -n */
	struct rn_buffer open_args;   /* the arguments it shows */
};

enum colour { PLAIN, NAME, FAILED, MARKED };

/* Takes no room: t->invisible keeps columns right. */
static void put_colour(struct text *t, struct rn_listing *l, enum colour c)
{
	static const char *const sequences[] = { [PLAIN] = "\033[0m", [NAME] = "\033[36m",
		[FAILED] = "\033[31m", [MARKED] = "\033[33m" };
	size_t start = l->out.len;
	if (l->style->colour)
		rn_put_text(&l->out, sequences[c]);
	t->invisible += l->out.len - start;
}

static void put_name(struct text *t, struct rn_listing *l, const struct rn_call *c)
{
	put_colour(t, l, NAME);
	if (l->style->as_strace && !rn_syscall((enum rn_abi)c->abi, c->nr))
		rn_put_format(&l->out, "syscall_%#x", c->nr);
	else
		rn_decode_name(&l->out, c);
	put_colour(t, l, PLAIN);
}

static void put_result(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	bool failed = ev->call.flags & RN_CALL_ERROR;
	if (failed)
		put_colour(t, l, FAILED);
	rn_decode_result(&l->out, ev, &l->env);
	if (failed)
		put_colour(t, l, PLAIN);
}

static void put_lead(struct text *t, struct rn_listing *l, const struct rn_event *ev, uint64_t ts_ns)
{
	t->invisible = 0;
	rn_line_lead(&t->clock, l, ev->utid, ts_ns);
	rn_line_call(l, &ev->call);
	if (l->style->numbers) /* without memory, the thread's signals have no number */
		rn_idmap_put(&t->last_nr, ev->utid, ev->call.nr & INT32_MAX);
}

/* Signals and ends have the number of the thread's last call, and no place. */
static void put_last_call(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	uint32_t nr = rn_idmap_find(&t->last_nr, ev->utid);
	if (l->style->numbers && nr != RN_IDMAP_NONE)
		rn_put_format(&l->out, "[%4u] ", nr);
	if (l->style->pcs)
		rn_put_text(&l->out, "[????????????????] ");
}

/* The tracer went away while the call was under way, and its process lives on. */
static bool was_detached(const struct rn_listing *l, const struct rn_event *ev)
{
	return l->style->as_strace && (ev->call.flags & RN_CALL_UNFINISHED) &&
		rn_model_detached(l->model, ev->utid);
}

/* Blanks up to the column of the result; width is that of the line so far. */
static void put_result_column(struct rn_listing *l, size_t width)
{
	size_t column = l->style->has_column ? l->style->column : RESULT_COLUMN;
	for (; width < column; width++)
		rn_put_u8(&l->out, ' ');
	rn_put_text(&l->out, "= ");
}

static void put_detached(struct rn_listing *l, const struct rn_event *ev)
{
	rn_tell_detached(l, ev->utid, ev->ts_ns);
	rn_put_text(&l->out, " <detached ...>\n");
}

/* Behind the result: where the user's own code made the call. */
static void put_source(struct rn_listing *l, const struct text *t, size_t start)
{
	rn_buffer_clear(&l->scratch);
	rn_show_source(&l->scratch, l->frames, l->stack);
	if (!l->scratch.len)
		return;
	size_t width = l->out.len - start - t->invisible;
	do
		rn_put_u8(&l->out, ' ');
	while (++width < SOURCE_COLUMN);
	rn_put_u8(&l->out, '[');
	rn_put_bytes(&l->out, l->scratch.p, l->scratch.len);
	rn_put_u8(&l->out, ']');
}

/* Below the line: the lines of standard error it completed, the stack. Without memory there is no stack. */
static void put_below(struct rn_listing *l)
{
	struct rn_cursor c = rn_cursor_of(l->rewritten.p, l->rewritten.len);
	while (rn_cursor_left(&c)) {
		const uint8_t *end = memchr(c.p, '\n', rn_cursor_left(&c));
		struct rn_bytes line = rn_take_bytes(&c, (uint64_t)(end - c.p));
		rn_take_u8(&c);
		rn_put_text(&l->out, " ! ");
		rn_put_shown(&l->out, line);
		rn_put_u8(&l->out, '\n');
	}
	if (l->style->stacks && l->frames)
		rn_show_stack(&l->out, l->frames, l->stack, l->stack_end, l->style->as_strace, NULL);
}

/* From the closing parenthesis on; width is that of what stands before. */
static void put_end_of_call(struct text *t, struct rn_listing *l, const struct rn_event *ev, size_t width)
{
	if (was_detached(l, ev)) {
		put_detached(l, ev);
		return;
	}
	size_t start = l->out.len - width - t->invisible; /* of the line, as if it were here whole */
	bool unfinished = ev->call.flags & RN_CALL_UNFINISHED;
	rn_put_text(&l->out, ") ");
	put_result_column(l, width + 2);
	if (unfinished)
		rn_put_u8(&l->out, '?');
	else
		put_result(t, l, ev);
	if (l->style->duration && !unfinished) {
		rn_put_text(&l->out, " <");
		rn_put_seconds(&l->out, ev->call.dur_ns, l->style->duration_digits);
		rn_put_u8(&l->out, '>');
	}
	if (l->style->source && l->frames)
		put_source(l, t, start);
	rn_put_u8(&l->out, '\n');
	if (!unfinished && (l->style->read || l->style->write))
		rn_put_dump(&l->out, l->style, &ev->call);
	put_below(l);
}

/* Decoders that wait for the exit never said their last word. */
static void put_unfinished_args(struct rn_listing *l, const struct rn_event *ev)
{
	size_t start = l->out.len;
	rn_put_entry_args(&l->out, ev, &l->env);
	if (l->out.len > start && l->out.p[l->out.len - 1] == ' ' && !was_detached(l, ev))
		rn_put_text(&l->out, " <unfinished ...>");
}

static void put_whole(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	if (l->style->whole && was_detached(l, ev)) /* lines that come whole come when the tracer has gone */
		rn_tell_detached(l, ev->utid, ev->ts_ns);
	size_t start = l->out.len;
	put_lead(t, l, ev, ev->ts_ns);
	put_name(t, l, &ev->call);
	rn_put_u8(&l->out, '(');
	if (ev->call.flags & RN_CALL_UNFINISHED)
		put_unfinished_args(l, ev);
	else
		rn_decode_args(&l->out, ev, &l->env);
	put_end_of_call(t, l, ev, l->out.len - start - t->invisible);
}

static void close_open_line(struct text *t, struct rn_listing *l)
{
	if (t->open)
		rn_put_text(&l->out, " <unfinished ...>\n");
	t->open = false;
}

/* The next line is of the leader whose place the thread of the open line takes by its execve. */
static bool takes_place_of(const struct text *t, const struct rn_listing *l, const struct rn_event *ev)
{
	const struct rn_task *leader = rn_model_task(l->model, ev->utid);
	return t->open && l->style->as_strace && ev->utid != t->open_utid && leader &&
		leader->superseded && rn_model_superseder(l->model, ev->utid, ev->ts_ns) ==
		rn_model_tid(l->model, t->open_utid, t->open_ts_ns);
}

static void make_way_for(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	if (takes_place_of(t, l, ev)) {
		rn_put_format(&l->out, " <pid changed to %llu ...>\n",
			(unsigned long long)rn_model_tid(l->model, ev->utid, ev->ts_ns));
		t->open = false;
	}
	close_open_line(t, l);
}

static void put_begun(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	size_t start = l->out.len;
	put_lead(t, l, ev, ev->ts_ns);
	put_name(t, l, &ev->call);
	rn_put_u8(&l->out, '(');
	rn_buffer_clear(&t->open_args);
	rn_put_entry_args(&t->open_args, ev, &l->env);
	rn_put_bytes(&l->out, t->open_args.p, t->open_args.len);
	t->open = true;
	t->open_utid = ev->utid;
	t->open_ts_ns = ev->ts_ns;
	t->open_width = l->out.len - start - t->invisible;
}

/* What was not said when the call began: all arguments when they look different now. */
static struct rn_bytes rest_of_args(struct text *t, struct rn_listing *l, const struct rn_event *ev,
	const struct rn_buffer *said)
{
	rn_buffer_clear(&t->args);
	if (ev->call.flags & RN_CALL_UNFINISHED)
		return rn_bytes_of(NULL, 0);
	rn_decode_args(&t->args, ev, &l->env);
	struct rn_bytes all = rn_buffer_bytes(&t->args);
	if (all.len < said->len || (said->len && memcmp(all.p, said->p, said->len) != 0))
		return all;
	return rn_bytes_of(all.p + said->len, all.len - said->len);
}

static bool continues_open_line(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	if (!t->open || t->open_utid != ev->utid || t->open_ts_ns != ev->ts_ns)
		return false;
	struct rn_bytes rest = rest_of_args(t, l, ev, &t->open_args);
	return ev->call.flags & RN_CALL_UNFINISHED ||
		rest.len + t->open_args.len == t->args.len;
}

/* A call that never returned, of which something was still to be said. */
static void put_cut(struct rn_listing *l, const struct rn_event *ev, const struct rn_buffer *said)
{
	bool cut = said->len && said->p[said->len - 1] == ' ';
	if ((ev->call.flags & RN_CALL_UNFINISHED) && cut && !was_detached(l, ev))
		rn_put_text(&l->out, " <unfinished ...>");
}

static void put_resumed(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	size_t start = l->out.len, width = 0, invisible = 0;
	if (continues_open_line(t, l, ev)) {
		struct rn_bytes rest = rest_of_args(t, l, ev, &t->open_args);
		rn_put_bytes(&l->out, rest.p, rest.len);
		put_cut(l, ev, &t->open_args);
		width = t->open_width;
		t->open = false;
	} else {
		make_way_for(t, l, ev);
		start = l->out.len;
		put_lead(t, l, ev, ev->ts_ns + ev->call.dur_ns);
		rn_put_text(&l->out, "<... ");
		put_name(t, l, &ev->call);
		invisible = t->invisible;
		rn_put_text(&l->out, " resumed>");
		rn_buffer_clear(&t->entry);
		rn_put_entry_args(&t->entry, ev, &l->env);
		struct rn_bytes rest = rest_of_args(t, l, ev, &t->entry);
		rn_put_bytes(&l->out, rest.p, rest.len);
		put_cut(l, ev, &t->entry);
	}
	put_end_of_call(t, l, ev, width + l->out.len - start - invisible);
}

static void put_call(struct text *t, struct rn_listing *l, const struct rn_order_item *item)
{
	if (item->part == RN_ORDER_RESUMED) {
		put_resumed(t, l, &item->ev);
		return;
	}
	close_open_line(t, l);
	if (item->part == RN_ORDER_BEGUN)
		put_begun(t, l, &item->ev);
	else
		put_whole(t, l, &item->ev);
}

/* The thread that an execve made the leader: strace tells the id it had. */
static void put_superseded(struct rn_listing *l, const struct rn_event *ev)
{
	rn_put_text(&l->out, "superseded by execve in pid ");
	rn_put_padded(&l->out, rn_model_superseder(l->model, ev->utid, ev->ts_ns), 1);
}

static void put_marked(struct text *t, struct rn_listing *l, const struct rn_event *ev,
	const char *mark)
{
	rn_line_lead(&t->clock, l, ev->utid, ev->ts_ns);
	put_last_call(t, l, ev);
	put_colour(t, l, MARKED);
	rn_put_text(&l->out, mark);
	rn_put_u8(&l->out, ' ');
	if (ev->kind == RN_EV_SIGNAL)
		rn_decode_signal(&l->out, ev, &l->env);
	else if (ev->EXIT.superseded)
		put_superseded(l, ev);
	else
		rn_decode_exit(&l->out, ev->EXIT.status);
	rn_put_u8(&l->out, ' ');
	rn_put_text(&l->out, mark);
	put_colour(t, l, PLAIN);
	rn_put_u8(&l->out, '\n');
}

static void put_lost(struct rn_listing *l, const struct rn_event *ev)
{
	rn_put_text(&l->out, "!!! ");
	rn_put_lost(&l->out, ev);
	rn_put_text(&l->out, " !!!\n");
}

/* What the recorder warned of; mere remarks are for JSON and `info`. */
static void put_note(struct text *t, struct rn_listing *l, const struct rn_event *ev)
{
	if (!ev->NOTE.severity)
		return;
	close_open_line(t, l);
	rn_put_text(&l->out, "!!! ");
	for (size_t i = 0; i < ev->NOTE.text.len; i++) {
		uint8_t c = ev->NOTE.text.p[i];
		if (c >= 0x20 && c < 0x7f)
			rn_put_u8(&l->out, c);
		else
			rn_put_format(&l->out, "\\x%02x", c);
	}
	rn_put_text(&l->out, " !!!\n");
}

static int item(void *st, struct rn_listing *l, const struct rn_order_item *item,
	struct rn_error *err)
{
	struct text *t = st;
	const struct rn_event *ev = &item->ev;
	(void)err;
	if (item->part == RN_ORDER_DAMAGE) {
		close_open_line(t, l);
		rn_put_format(&l->out, "!!! damaged trace: %s !!!\n", item->damage->text);
	} else if (ev->kind == RN_EV_CALL) {
		put_call(t, l, item);
	} else if (ev->kind == RN_EV_SIGNAL || ev->kind == RN_EV_EXIT) {
		make_way_for(t, l, ev);
		put_marked(t, l, ev, ev->kind == RN_EV_SIGNAL ? "---" : "+++");
	} else if (ev->kind == RN_EV_LOST) {
		close_open_line(t, l);
		put_lost(l, ev);
	} else if (ev->kind == RN_EV_NOTE) {
		put_note(t, l, ev);
	}
	return 0;
}

static int end(void *st, struct rn_listing *l, struct rn_error *err)
{
	(void)err;
	close_open_line(st, l);
	return 0;
}

static void fini(void *st)
{
	struct text *t = st;
	rn_idmap_fini(&t->last_nr);
	rn_buffer_fini(&t->args);
	rn_buffer_fini(&t->entry);
	rn_buffer_fini(&t->open_args);
}

const struct rn_listing_writer rn_listing_text = {
	.name = "text",
	.state_size = sizeof(struct text),
	.item = item,
	.end = end,
	.fini = fini,
};
