/* SPDX-License-Identifier: MIT */
#include "shared/diag.h"

#include "shared/buffer.h"
#include "shared/intern.h"

#include <unistd.h>

/* Past so many different warnings the rest is counted only: a damaged file may bring a million. */
enum { MAX_DIFFERENT = 100, MAX_PROGRESS = 79 };

void rn_diag_init(struct rn_diag *d, const char *program, FILE *out)
{
	*d = (struct rn_diag){ .program = program, .out = out };
	d->terminal = isatty(fileno(out)) == 1;
	d->said = rn_intern_new();
}

/* Bytes of the printable character at s: 0 when it would move the cursor, end the line, or is not
 * UTF-8. U+0080..U+009F are controls too. */
static size_t printable(const unsigned char *s)
{
	size_t n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		: s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 1;
	if (n == 1)
		return s[0] >= 0x20 && s[0] < 0x7f;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : n;
}

static void put_printable(struct rn_buffer *b, const char *text)
{
	for (const unsigned char *s = (const unsigned char *)text; *s; ) {
		size_t n = printable(s);
		if (n)
			rn_put_bytes(b, s, n);
		else
			rn_put_format(b, "\\x%02x", *s);
		s += n ? n : 1;
	}
}

static void clear_progress(struct rn_diag *d)
{
	if (d->progress)
		fputs("\r\033[K", d->out);
	d->progress = false;
}

/* One write per line, so that lines of several processes do not mix. */
static void print_line(struct rn_diag *d, const char *kind, const char *text)
{
	struct rn_buffer line = RN_BUFFER_INIT;
	clear_progress(d);
	rn_put_format(&line, "%s: %s", d->program, kind);
	put_printable(&line, text);
	rn_put_text(&line, "\n");
	if (rn_buffer_ok(&line))
		fwrite(line.p, 1, line.len, d->out);
	else
		fprintf(d->out, "%s: out of memory\n", d->program);
	fflush(d->out);
	rn_buffer_fini(&line);
}

void rn_diag_error(struct rn_diag *d, const struct rn_error *err)
{
	print_line(d, "", err->message);
}

int rn_diag_usage(struct rn_diag *d, const struct rn_error *err)
{
	rn_diag_error(d, err);
	if (err->code == RN_E_USAGE)
		fprintf(d->out, "Try \"%s --help\".\n", d->program);
	return 2;
}

static bool is_new(struct rn_diag *d, const char *text)
{
	bool fresh = true;
	if (!d->said)
		return true;
	if (rn_intern_count(d->said) >= MAX_DIFFERENT)
		return false;
	rn_intern(d->said, rn_bytes_str(text), &fresh);
	return fresh;
}

void rn_diag_warn(struct rn_diag *d, const char *fmt, ...)
{
	char text[sizeof(((struct rn_error *)0)->message)];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->n_warnings++;
	if (d->quiet)
		return;
	if (is_new(d, text))
		print_line(d, "warning: ", text);
	else
		d->n_repeated++;
}

void rn_diag_note(struct rn_diag *d, const char *fmt, ...)
{
	char text[sizeof(((struct rn_error *)0)->message)];
	va_list ap;
	if (d->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	print_line(d, "", text);
}

void rn_diag_progress(struct rn_diag *d, const char *fmt, ...)
{
	char text[MAX_PROGRESS + 1];
	va_list ap;
	if (d->quiet || !d->terminal)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clear_progress(d);
	struct rn_buffer line = RN_BUFFER_INIT;
	put_printable(&line, text);
	fwrite(line.p, 1, line.len, d->out);
	fflush(d->out);
	d->progress = true;
	rn_buffer_fini(&line);
}

void rn_diag_fini(struct rn_diag *d)
{
	char text[64];
	clear_progress(d);
	if (d->n_repeated) {
		snprintf(text, sizeof(text), "%llu further warning%s left out",
			(unsigned long long)d->n_repeated, d->n_repeated == 1 ? "" : "s");
		print_line(d, "", text);
	}
	rn_intern_free(d->said);
	d->said = NULL;
}
