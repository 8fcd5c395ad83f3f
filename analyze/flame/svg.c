/* SPDX-License-Identifier: MIT */
/*
 * One SVG with nothing outside of it: frames are rectangles with a title, the script makes them zoom and
 * be found. Without scripts it is still a picture. Frames narrower than NARROWEST of a pixel are left out,
 * whose sum is told. Names are hostile: they only ever stand as escaped text.
 */
#include "analyze/flame/flame.h"

#include "analyze/report/json_writer.h"
#include "analyze/report/utf8.h"
#include "analyze/words.h"
#include "shared/intern.h"

#include <math.h>

#define WIDTH 1200
#define MARGIN 10
#define ROW 17
#define HEAD 54
#define FOOT 40
#define CHARACTER 7.2 /* of the font, pixels */
#define NARROWEST 0.1
#define DRAIN_BYTES ((size_t)1 << 16)

static const char style[] =
	"text{font:12px ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;fill:#111}\n"
	"#title{font-size:16px;font-weight:bold}\n"
	".bg{fill:#fdfdf6}\n"
	".f rect{stroke:#fdfdf6;stroke-width:.6}\n"
	".f text{pointer-events:none}\n"
	".f:hover rect{stroke:#111;stroke-width:1}\n"
	".b{cursor:pointer;fill:#1a4f8a}\n"
	".p{opacity:.5}\n"
	".m rect{fill:#d63ad6}\n"
	"@media (prefers-color-scheme:dark){.bg{fill:#16181c}#title,#note,#info,#found{fill:#eee}"
	".f rect{stroke:#16181c}.f:hover rect{stroke:#fff}.b{fill:#8ab4f8}}\n";

/* Positions are kept in data-x and data-w as shares of the whole (0..1). */
static const char script[] =
	"(function(){'use strict';\n"
	"var svg=document.documentElement,frames=[].slice.call(svg.querySelectorAll('.f')),\n"
	"W=+svg.getAttribute('data-width'),M=+svg.getAttribute('data-margin'),C=+svg.getAttribute('data-char'),\n"
	"info=svg.getElementById('info'),found=svg.getElementById('found'),reset=svg.getElementById('reset'),\n"
	"now=null,pattern=null;\n"
	"frames.forEach(function(g){g.x=+g.getAttribute('data-x');g.w=+g.getAttribute('data-w');\n"
	"g.d=+g.getAttribute('data-d');g.r=g.querySelector('rect');g.t=g.querySelector('text');\n"
	"g.name=g.getAttribute('data-n');g.label=(g.getAttribute('data-l')||'')+g.name;\n"
	"g.addEventListener('click',function(){zoom(g)});\n"
	"g.addEventListener('mouseover',function(){info.textContent=g.querySelector('title').textContent});\n"
	"g.addEventListener('mouseout',function(){info.textContent=''});});\n"
	"function label(g,width){var n=Math.floor((width-6)/C);\n"
	"g.t.textContent=n<2?'':g.label.length<=n?g.label:g.label.slice(0,n-1)+'\\u2026';}\n"
	"function zoom(to){now=to;var x0=to?to.x:0,w0=to?to.w:1,d0=to?to.d:-1,e=1e-9;\n"
	"frames.forEach(function(g){var above=to&&g.d<d0&&g.x<=x0+e&&g.x+g.w>=x0+w0-e,\n"
	"inside=g.x>=x0-e&&g.x+g.w<=x0+w0+e&&g.d>=d0,show=above||inside;\n"
	"g.style.display=show?'':'none';g.classList.toggle('p',!!above);if(!show)return;\n"
	"var x=above?0:(g.x-x0)/w0,w=above?1:g.w/w0;\n"
	"g.r.setAttribute('x',M+x*(W-2*M));g.r.setAttribute('width',Math.max(w*(W-2*M),.1));\n"
	"g.t.setAttribute('x',M+x*(W-2*M)+3);label(g,w*(W-2*M));});\n"
	"reset.style.display=to?'':'none';}\n"
	"function search(text){pattern=null;if(text){try{pattern=new RegExp(text,'i')}catch(e){\n"
	"found.textContent='not a regular expression';return;}}\n"
	"var parts=[];frames.forEach(function(g){var hit=!!pattern&&pattern.test(g.name);\n"
	"g.classList.toggle('m',hit);if(hit)parts.push(g);});\n"
	"parts.sort(function(a,b){return a.x-b.x||a.d-b.d});var end=-1,sum=0;\n"
	"parts.forEach(function(g){if(g.x>=end-1e-12){sum+=g.w;end=g.x+g.w;}});\n"
	"found.textContent=pattern?'matched: '+(100*sum).toFixed(1)+'%':'';}\n"
	"function ask(){var text=window.prompt('Search frames (regular expression)',pattern?pattern.source:'');\n"
	"if(text!==null)search(text);}\n"
	"reset.addEventListener('click',function(){zoom(null)});\n"
	"svg.getElementById('search').addEventListener('click',ask);\n"
	"window.addEventListener('keydown',function(e){if(e.key==='/'||((e.ctrlKey||e.metaKey)&&e.key==='f')){\n"
	"e.preventDefault();ask();}else if(e.key==='Escape'){if(now)zoom(null);else search('');}});\n"
	"zoom(null);})();\n";

struct drawing {
	const struct rn_flame *f;
	FILE *stream;
	struct rn_buffer out;
	uint32_t rows;      /* levels that are drawn */
	uint64_t left_out;  /* frames too narrow */
};

static void put_escaped(struct rn_buffer *out, struct rn_bytes s)
{
	while (s.len) {
		uint32_t code;
		uint8_t utf8[4];
		size_t n = rn_utf8_take(s, &code);
		if (code == '&')
			rn_put_text(out, "&amp;");
		else if (code == '<')
			rn_put_text(out, "&lt;");
		else if (code == '>')
			rn_put_text(out, "&gt;");
		else if (code == '"')
			rn_put_text(out, "&quot;");
		else if (code == '\'')
			rn_put_text(out, "&#39;");
		else if (rn_utf8_unsafe(code) || code == 0xfffe || code == 0xffff ||
			(code >= RN_UTF8_RAW && code <= RN_UTF8_RAW + 0xff))
			rn_put_text(out, "\xef\xbf\xbd");
		else
			rn_put_bytes(out, utf8, rn_utf8_put(utf8, code));
		s = rn_bytes_of(s.p + n, s.len - n);
	}
}

/* v to `decimals` digits, the same everywhere. */
static void put_real(struct rn_buffer *out, double v, unsigned decimals)
{
	rn_put_format(out, "%.*f", (int)decimals, v);
}

static uint32_t hash_of(struct rn_bytes name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.len; i++)
		h = (h ^ name.p[i]) * 16777619u;
	return h;
}

/* The user's own code is warm, everything else cool; within that by name. */
static void put_colour(struct rn_buffer *out, struct rn_bytes name, bool user)
{
	uint32_t h = hash_of(name);
	unsigned a = h % 40, b = h / 40 % 30;
	if (user)
		rn_put_format(out, "#%02x%02x%02x", 225 + a * 30 / 40, 130 + a * 2, 60 + b);
	else
		rn_put_format(out, "#%02x%02x%02x", 150 + a, 180 + b, 205 + a);
}

/* Of a difference: red is more, blue is less, pale what hardly changed. */
static void put_difference_colour(struct rn_buffer *out, const struct rn_flame_sides *s)
{
	double before = (double)s->total[0], after = (double)s->total[1], both = before + after;
	unsigned pale = (unsigned)(225 - 165 * (both > 0 ? fabs(after - before) / both : 0));
	if (after == before)
		rn_put_text(out, "#e4e4e4");
	else
		rn_put_format(out, after > before ? "#%02x%02x%02x" : "#%3$02x%2$02x%1$02x", 235, pale, pale);
}

/* "+20% ", "-5% ", "new ", "gone ": what is said without colour. */
static void put_change(struct rn_buffer *out, const struct rn_flame_sides *s)
{
	if (!s->total[0] || !s->total[1])
		rn_put_text(out, !s->total[0] ? "new " : "gone ");
	else
		rn_put_format(out, "%+.0f%% ", 100 * ((double)s->total[1] / (double)s->total[0] - 1));
}

static void put_weight(struct rn_buffer *out, const struct rn_flame *f, uint64_t v)
{
	static const char *const words[] = {
#define X(name, unit, word) [RN_WEIGHT_##name] = word,
		RN_WEIGHTS(X)
#undef X
	};
	if (f->weight == RN_WEIGHT_time) {
		rn_put_short_time(out, v);
		return;
	}
	rn_put_decimal(out, v);
	rn_put_format(out, " %s", words[f->weight]);
}

/* As many characters as fit, cut at one, not within. */
static void put_label(struct rn_buffer *out, const struct rn_flame_sides *sides, struct rn_bytes name, double width)
{
	long room = (long)((width - 6) / CHARACTER), n = 0;
	size_t before = out->len;
	if (sides)
		put_change(out, sides);
	room -= (long)(out->len - before);
	if (room < 2)
		out->len = before;
	size_t at = 0, fits = 0;
	while (at < name.len) {
		uint32_t code;
		if (n == room - 1)
			fits = at;
		at += rn_utf8_take(rn_bytes_of(name.p + at, name.len - at), &code);
		n++;
	}
	if (room < 2)
		return;
	put_escaped(out, rn_bytes_of(name.p, n <= room ? name.len : fits));
	if (n > room)
		rn_put_text(out, "\xe2\x80\xa6");
}

static void drain(struct drawing *d)
{
	if (d->out.len > DRAIN_BYTES && rn_buffer_ok(&d->out)) {
		fwrite(d->out.p, 1, d->out.len, d->stream);
		d->out.len = 0;
	}
}

static void draw_frame(struct drawing *d, const struct rn_flame_node *n, double x, double w)
{
	const struct rn_flame *f = d->f;
	struct rn_buffer *out = &d->out;
	struct rn_bytes name = rn_intern_get(f->names, n->name);
	double pixels = w * (WIDTH - 2 * MARGIN), left = MARGIN + x * (WIDTH - 2 * MARGIN);
	unsigned top = HEAD + (d->rows - n->depth) * ROW;
	const struct rn_flame_sides *sides = f->sides ? &f->sides[n - f->node] : NULL;
	rn_put_text(out, "<g class=\"f\" data-x=\"");
	put_real(out, x, 9);
	rn_put_text(out, "\" data-w=\"");
	put_real(out, w, 9);
	rn_put_format(out, "\" data-d=\"%u\" data-n=\"", n->depth - 1);
	put_escaped(out, name);
	if (sides) {
		rn_put_text(out, "\" data-l=\"");
		put_change(out, sides);
	}
	rn_put_text(out, "\"><title>");
	put_escaped(out, name);
	rn_put_text(out, " (");
	if (sides) {
		put_weight(out, f, sides->total[0]);
		rn_put_text(out, " before, ");
		put_weight(out, f, sides->total[1]);
		rn_put_text(out, " after, ");
		put_change(out, sides);
		out->len--;
		rn_put_text(out, ")</title><rect x=\"");
	} else {
		put_weight(out, f, n->total);
		rn_put_text(out, ", ");
		put_real(out, 100.0 * (double)n->total / (double)f->node[0].total, 2);
		rn_put_text(out, "%)</title><rect x=\"");
	}
	put_real(out, left, 2);
	rn_put_format(out, "\" y=\"%u\" width=\"", top);
	put_real(out, pixels, 2);
	rn_put_format(out, "\" height=\"%d\" rx=\"2\" fill=\"", ROW - 1);
	if (sides)
		put_difference_colour(out, sides);
	else
		put_colour(out, name, n->user);
	rn_put_text(out, "\"/><text x=\"");
	put_real(out, left + 3, 2);
	rn_put_format(out, "\" y=\"%u\">", top + 12);
	put_label(out, sides, name, pixels);
	rn_put_text(out, "</text></g>\n");
	drain(d);
}

static bool is_drawn(const struct rn_flame *f, const struct rn_flame_node *n)
{
	return (double)n->total * (WIDTH - 2 * MARGIN) >= NARROWEST * (double)f->node[0].total;
}

/* In the order of drawing, every node that is wide enough, whose parents then are, too. draw NULL: only
 * counts the levels. */
static void walk(struct drawing *d, bool draw)
{
	const struct rn_flame *f = d->f;
	double whole = (double)f->node[0].total;
	uint64_t before = 0; /* weight to the left */
	uint32_t at = f->node[0].first_child;
	while (at) {
		const struct rn_flame_node *n = &f->node[at];
		bool drawn = is_drawn(f, n);
		if (drawn && draw)
			draw_frame(d, n, (double)before / whole, (double)n->total / whole);
		if (drawn && !draw && n->depth > d->rows)
			d->rows = n->depth;
		d->left_out += !drawn && draw;
		if (drawn && n->first_child) {
			at = n->first_child;
			continue;
		}
		/* Past this node; the parent's own weight stands to the right of its children. */
		before += n->total;
		while (at && !f->node[at].next_sibling) {
			at = f->node[at].parent;
			before += f->node[at].self;
		}
		at = at ? f->node[at].next_sibling : 0;
	}
}

static void put_head(struct drawing *d, unsigned height)
{
	struct rn_buffer *out = &d->out;
	rn_put_format(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/"
		"svg\" width=\"%d\" height=\"%u\" viewBox=\"0 0 %d %u\" data-width=\"%d\" "
		"data-margin=\"%d\" data-char=\"%.1f\">\n<style>\n%s</style>\n", WIDTH, height, WIDTH,
		height, WIDTH, MARGIN, CHARACTER, style);
	rn_put_format(out, "<rect class=\"bg\" width=\"100%%\" height=\"100%%\"/>\n<text id=\"title\" "
		"x=\"%d\" y=\"22\">", MARGIN);
	put_escaped(out, rn_bytes_str(d->f->title));
	rn_put_format(out, "</text>\n<text id=\"note\" x=\"%d\" y=\"42\">all: ", MARGIN);
	if (d->f->sides) {
		put_weight(out, d->f, d->f->sides[0].total[0]);
		rn_put_text(out, " before, ");
		put_weight(out, d->f, d->f->sides[0].total[1]);
		rn_put_text(out, " after; red is more, blue is less; widths are of both together");
	} else {
		put_weight(out, d->f, d->f->node[0].total);
	}
	rn_put_format(out, "</text>\n<text id=\"reset\" class=\"b\" x=\"%d\" y=\"42\" "
		"style=\"display:none\">reset zoom</text>\n<text id=\"search\" class=\"b\" x=\"%d\" "
		"y=\"22\">search</text>\n", WIDTH - 200, WIDTH - 70);
}

static void put_foot(struct drawing *d, unsigned height)
{
	struct rn_buffer *out = &d->out;
	if (d->left_out)
		rn_put_format(out, "<!-- %llu frames too narrow to be seen are left out -->\n",
			(unsigned long long)d->left_out);
	rn_put_format(out, "<text id=\"info\" x=\"%d\" y=\"%u\"></text>\n<text id=\"found\" x=\"%d\" "
		"y=\"%u\"></text>\n<script><![CDATA[\n%s]]></script>\n</svg>\n", MARGIN, height - 14,
		WIDTH - 200, height - 14, script);
}

static int write_svg(const struct rn_flame *f, FILE *stream, struct rn_error *err)
{
	struct drawing d = { .f = f, .stream = stream };
	if (f->node[0].total)
		walk(&d, false);
	unsigned height = HEAD + (d.rows ? d.rows : 1) * ROW + FOOT;
	put_head(&d, height);
	if (f->node[0].total)
		walk(&d, true);
	else
		rn_put_format(&d.out, "<text x=\"%d\" y=\"%d\">nothing to show</text>\n", MARGIN, HEAD + 12);
	put_foot(&d, height);
	int rc = rn_buffer_ok(&d.out) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a flame graph");
	if (!rc)
		fwrite(d.out.p, 1, d.out.len, stream);
	rn_buffer_fini(&d.out);
	return rc;
}

const struct rn_flame_format rn_flame_svg = {
	.name = "svg",
	.help = "an interactive picture for any browser",
	.write = write_svg,
};
