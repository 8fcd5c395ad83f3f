/* SPDX-License-Identifier: MIT */
#include "analyze/top/view.h"

#include "analyze/filters/pattern.h"
#include "analyze/report/cell.h"
#include "analyze/report/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOW_LINES 5
#define OUTPUT_LINES 5
#define LEAST_INTERVAL_MS 100
#define MOST_INTERVAL_MS 60000

/* Keys that sort. */
static const struct { char key; enum rn_top_sort sort; const char *name; } sorts[RN_TOP_SORTS] = {
	{ 't', RN_TOP_BY_TIME, "time" }, { 'c', RN_TOP_BY_CALLS, "calls" }, { 'r', RN_TOP_BY_RATE, "rate" },
	{ 'e', RN_TOP_BY_ERRORS, "errors" }, { '5', RN_TOP_BY_P50, "P50" }, { '8', RN_TOP_BY_P95, "P95" },
	{ '9', RN_TOP_BY_P99, "P99" }, { 'm', RN_TOP_BY_MAX, "max" }, { 'n', RN_TOP_BY_NAME, "name" },
};

void rn_top_view_init(struct rn_top_view *v)
{
	*v = (struct rn_top_view){ .interval_ms = 1000, .subject = "" };
}

/* ---- keys ---- */

static enum rn_top_wish type(struct rn_top_view *v, uint8_t key)
{
	if (key == '\r' || key == '\n') {
		v->typing = false;
	} else if (key == 0x7f || key == '\b') {
		v->filter_len -= v->filter_len > 0;
	} else if (key == 0x15) { /* ^U */
		v->filter_len = 0;
	} else if (key == 3) {
		v->typing = false;
		v->filter_len = 0;
	} else if (key >= ' ' && key < 0x7f && v->filter_len + 1 < sizeof(v->filter)) {
		v->filter[v->filter_len++] = (char)key;
	}
	v->filter[v->filter_len] = 0;
	return RN_TOP_NOTHING;
}

static void scroll(struct rn_top_view *v, int by)
{
	v->scroll = by < 0 && v->scroll < (unsigned)-by ? 0 : v->scroll + (unsigned)by;
}

/* ESC [ A and its kin, or ESC alone. True: the key was part of one. */
static bool sequence(struct rn_top_view *v, uint8_t key)
{
	static const struct { const char *keys; int by; } moves[] = { { "\033[A", -1 }, { "\033[B", 1 },
		{ "\033OA", -1 }, { "\033OB", 1 }, { "\033[5~", -10 }, { "\033[6~", 10 }, { "\033[H", -1000000 },
		{ "\033[1~", -1000000 } };
	if (!v->sequence_len && key != 033)
		return false;
	v->sequence[v->sequence_len++] = (char)key;
	v->sequence[v->sequence_len] = 0;
	bool ends = (v->sequence_len > 2 && key >= '@' && key <= '~') ||
		(v->sequence_len == 2 && key != '[' && key != 'O') || v->sequence_len + 1 == sizeof(v->sequence);
	for (size_t i = 0; ends && i < sizeof(moves) / sizeof(moves[0]); i++)
		if (!strcmp(v->sequence, moves[i].keys))
			scroll(v, moves[i].by);
	if (ends)
		v->sequence_len = 0;
	return true;
}

void rn_top_view_key_pause(struct rn_top_view *v)
{
	if (v->sequence_len != 1)
		return;
	v->sequence_len = 0;
	v->typing = v->help = false;
	v->filter_len = 0;
	v->filter[0] = 0;
}

static void set_sort(struct rn_top_view *v, enum rn_top_sort sort)
{
	v->reversed = v->sort == sort && !v->reversed;
	v->sort = sort;
	v->scroll = 0;
}

enum rn_top_wish rn_top_view_key(struct rn_top_view *v, uint8_t key)
{
	if (sequence(v, key))
		return RN_TOP_NOTHING;
	if (v->typing)
		return type(v, key);
	for (size_t i = 0; i < RN_TOP_SORTS; i++)
		if (key == (uint8_t)sorts[i].key)
			set_sort(v, sorts[i].sort);
	switch (key) {
	case 'q': case 3: return RN_TOP_QUIT;
	case 26: return RN_TOP_SUSPEND;
	case ' ': case 'p': v->paused = !v->paused; break;
	case 'w': v->window = !v->window; break;
	case 'o': v->no_output = !v->no_output; break;
	case 'h': case '?': v->help = !v->help; break;
	case '/':
		v->typing = true;
		v->filter_len = 0;
		v->filter[0] = 0;
		break;
	case 'j': scroll(v, 1); break;
	case 'k': scroll(v, -1); break;
	case '+':
		v->interval_ms = v->interval_ms * 2 < MOST_INTERVAL_MS ? v->interval_ms * 2 : MOST_INTERVAL_MS;
		break;
	case '-':
		v->interval_ms = v->interval_ms / 2 > LEAST_INTERVAL_MS ? v->interval_ms / 2 : LEAST_INTERVAL_MS;
		break;
	default: break;
	}
	return RN_TOP_NOTHING;
}

/* ---- order ---- */

static double key_of(const struct rn_top_row *r, enum rn_top_sort sort)
{
	switch (sort) {
	case RN_TOP_BY_CALLS: return (double)r->calls;
	case RN_TOP_BY_RATE: return r->rate;
	case RN_TOP_BY_ERRORS: return (double)r->errors;
	case RN_TOP_BY_P50: return r->p50_ns;
	case RN_TOP_BY_P95: return r->p95_ns;
	case RN_TOP_BY_P99: return r->p99_ns;
	case RN_TOP_BY_MAX: return (double)r->max_ns;
	default: return (double)r->total_ns;
	}
}

static int by_name(const struct rn_top_row *x, const struct rn_top_row *y)
{
	size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
	int c = memcmp(x->name.p, y->name.p, n);
	return c ? c : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

/* A glob, or a part of the name. */
static bool fits(const struct rn_top_view *v, const struct rn_top_row *r)
{
	return !v->filter_len || memmem(r->name.p, r->name.len, v->filter, v->filter_len) ||
		rn_glob_match(rn_bytes_of(v->filter, v->filter_len), r->name);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct rn_top_view *v = arg;
	const struct rn_top_row *x = a, *y = b;
	bool p = fits(v, x), q = fits(v, y);
	if (p != q)
		return p ? -1 : 1;
	if (v->sort != RN_TOP_BY_NAME) {
		double k = key_of(x, v->sort), l = key_of(y, v->sort);
		k = isnan(k) ? -1 : k;
		l = isnan(l) ? -1 : l;
		if (k != l)
			return (k > l ? -1 : 1) * (v->reversed ? -1 : 1);
		return by_name(x, y);
	}
	return by_name(x, y) * (v->reversed ? -1 : 1);
}

uint32_t rn_top_view_order(const struct rn_top_view *v, struct rn_top_snapshot *s)
{
	uint32_t shown = 0;
	if (s->n)
		qsort_r(s->row, s->n, sizeof(*s->row), compare, (void *)(uintptr_t)v);
	while (shown < s->n && fits(v, &s->row[shown]))
		shown++;
	return shown;
}

/* ---- drawing ---- */

struct drawing {
	struct rn_buffer *out;
	unsigned width, left; /* lines that are still to come */
	bool colour;
	struct rn_buffer line;
};

/* The line as far as the screen is wide, by characters. */
static void end_line(struct drawing *d, const char *style)
{
	struct rn_bytes rest = rn_buffer_bytes(&d->line);
	if (!d->left)
		return;
	rn_put_text(d->out, d->colour ? style : "");
	for (unsigned column = 0; rest.len && column < d->width; column++) {
		uint32_t code;
		size_t n = rn_utf8_take(rest, &code);
		rn_put_bytes(d->out, rest.p, n);
		rest = rn_bytes_of(rest.p + n, rest.len - n);
	}
	rn_put_text(d->out, d->colour && *style ? "\033[m" : "");
	if (--d->left)
		rn_put_u8(d->out, '\n');
	rn_buffer_clear(&d->line);
}

static void put_time(struct rn_buffer *out, double ns)
{
	static const char *const unit[] = { "ns", "us", "ms", "s " };
	unsigned u = 0;
	if (isnan(ns)) {
		rn_put_text(out, "         -");
		return;
	}
	for (; ns >= 1000 && u < 3; u++)
		ns /= 1000;
	rn_put_format(out, u == 0 ? " %6.0f %s" : ns < 10 ? " %6.2f %s" : ns < 100 ? " %6.1f %s" : " %6.0f %s", ns,
		unit[u]);
}

static void put_row(struct rn_buffer *out, const struct rn_top_row *r, uint64_t all_ns)
{
	rn_put_format(out, "%9llu %9.0f %7llu %6.2f", (unsigned long long)r->calls, r->rate,
		(unsigned long long)r->errors, all_ns ? 100.0 * (double)r->total_ns / (double)all_ns : 0);
	put_time(out, (double)r->total_ns);
	put_time(out, r->p50_ns);
	put_time(out, r->p95_ns);
	put_time(out, r->p99_ns);
	put_time(out, r->calls ? (double)r->max_ns : NAN);
	rn_put_text(out, " ");
	rn_put_shown(out, r->name);
}

static const char *sort_name(enum rn_top_sort sort)
{
	for (size_t i = 0; i < RN_TOP_SORTS; i++)
		if (sorts[i].sort == sort)
			return sorts[i].name;
	return "";
}

static void draw_head(struct drawing *d, const struct rn_top_view *v, const struct rn_top_snapshot *s)
{
	rn_put_format(&d->line, "renacer --top  %llu.%01llu s  ", (unsigned long long)(s->now_ns / 1000000000),
		(unsigned long long)(s->now_ns / 100000000 % 10));
	rn_put_shown(&d->line, rn_bytes_str(v->subject));
	end_line(d, "\033[1m");
	if (s->window_ns)
		rn_put_format(&d->line, "the last %.1f s", (double)s->window_ns / 1e9);
	else
		rn_put_text(&d->line, "all so far");
	rn_put_format(&d->line, "  by %s%s", sort_name(v->sort), v->reversed ? ", least first" : "");
	if (v->filter_len || v->typing)
		rn_put_format(&d->line, "  /%s%s", v->filter, v->typing ? "_" : "");
	rn_put_text(&d->line, v->paused ? "  PAUSED" : "");
	rn_put_text(&d->line, v->quitting ? "  ENDING (q: at once)" : "");
	if (s->lost)
		rn_put_format(&d->line, "  %llu EVENTS LOST", (unsigned long long)s->lost);
	rn_put_text(&d->line, "  h: help");
	end_line(d, "");
}

static void draw_help(struct drawing *d)
{
	static const char *const lines[] = {
		"t c r e  sort by time, calls, rate, errors     5 8 9 m  by P50, P95, P99, longest     n  by name",
		"         the same key once more: the other way round",
		"/        show the calls whose name has this in it, or fits this glob; Enter keeps it, Esc ends it",
		"space    pause: the program runs on, the view stands still",
		"w        numbers of the last 10 seconds, or of all so far",
		"j k      scroll, as the arrow keys do",
		"o        what the command writes: shown or not",
		"+ -      draw less or more often",
		"^Z       suspend the view",
		"q        end the view: a process that was attached to runs on, a command is asked to end",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		rn_put_text(&d->line, lines[i]);
		end_line(d, "");
	}
}

static void draw_rows(struct drawing *d, struct rn_top_view *v, struct rn_top_snapshot *s, unsigned lines)
{
	uint32_t shown = rn_top_view_order(v, s);
	unsigned last = shown > lines ? shown - lines : 0;
	v->scroll = v->scroll < last ? v->scroll : last;
	for (unsigned i = 0; i < lines; i++) {
		if (v->scroll + i < shown)
			put_row(&d->line, &s->row[v->scroll + i], s->total.total_ns);
		end_line(d, "");
	}
}

static void draw_slow(struct drawing *d, const struct rn_top_snapshot *s)
{
	rn_put_format(&d->line, "%10s %8s  %-80s", "slowest", "thread", "lately");
	end_line(d, "\033[7m");
	for (unsigned i = 0; i < SLOW_LINES; i++) {
		if (i < s->n_slow) {
			put_time(&d->line, (double)s->slow[i].dur_ns);
			rn_put_format(&d->line, " %8llu %c", (unsigned long long)s->slow[i].tid,
				s->slow[i].under_way ? '>' : ' ');
			rn_put_listed(&d->line, rn_bytes_str(s->slow[i].text));
		}
		end_line(d, "");
	}
}

static void draw_output(struct drawing *d, const struct rn_last_lines *output)
{
	rn_put_format(&d->line, "%-100s", "output of the command");
	end_line(d, "\033[7m");
	for (unsigned i = OUTPUT_LINES; i-- > 0;) {
		rn_put_shown(&d->line, rn_last_line(output, i));
		end_line(d, "");
	}
}

void rn_top_view_draw(struct rn_top_view *v, struct rn_top_snapshot *s, const struct rn_last_lines *output,
	unsigned width, unsigned height, bool colour, struct rn_buffer *out)
{
	struct drawing d = { out, width, height, colour, RN_BUFFER_INIT };
	bool with_output = v->has_output && !v->no_output && height > 20;
	bool with_slow = height > 12;
	unsigned below = 1 + (with_slow ? SLOW_LINES + 1 : 0) + (with_output ? OUTPUT_LINES + 1 : 0);
	draw_head(&d, v, s);
	if (v->help)
		draw_help(&d);
	rn_put_format(&d.line, "%9s %9s %7s %6s %9s %9s %9s %9s %9s %-40s", "calls", "rate/s", "errors", "% time",
		"time", "P50", "P95", "P99", "longest", "system call");
	end_line(&d, "\033[7m");
	draw_rows(&d, v, s, d.left > below ? d.left - below : 0);
	put_row(&d.line, &s->total, s->total.total_ns);
	end_line(&d, "\033[1m");
	if (with_slow)
		draw_slow(&d, s);
	if (with_output)
		draw_output(&d, output);
	rn_buffer_fini(&d.line);
}

void rn_top_view_line(const struct rn_top_view *v, struct rn_top_snapshot *s, struct rn_buffer *out)
{
	uint32_t n = rn_top_view_order(v, s);
	rn_put_format(out, "%llu.%01llu s: %llu calls, %.0f/s, %llu errors", (unsigned long long)(s->now_ns / 1000000000),
		(unsigned long long)(s->now_ns / 100000000 % 10), (unsigned long long)s->total.calls, s->total.rate,
		(unsigned long long)s->total.errors);
	for (uint32_t i = 0; i < n && i < 3; i++) {
		rn_put_text(out, "; ");
		rn_put_shown(out, s->row[i].name);
		rn_put_format(out, " %llu calls, %.1f %% of the time, P99", (unsigned long long)s->row[i].calls,
			s->total.total_ns ? 100.0 * (double)s->row[i].total_ns / (double)s->total.total_ns : 0);
		put_time(out, s->row[i].p99_ns);
	}
	rn_put_u8(out, '\n');
}
