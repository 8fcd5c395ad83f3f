/* SPDX-License-Identifier: MIT */
#include "shared/diag.h"

#include <criterion/criterion.h>
#include <string.h>

/* A stream into text; what was said is there after close. */
static FILE *stream(char *text, size_t size)
{
	memset(text, 0, size);
	FILE *f = fmemopen(text, size - 1, "w+");
	setvbuf(f, NULL, _IONBF, 0);
	return f;
}

static int lines(const char *text)
{
	int n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

Test(diag, a_warning_is_said_once_and_its_repetitions_are_counted)
{
	char text[4096];
	struct rn_diag d;
	FILE *f = stream(text, sizeof(text));
	rn_diag_init(&d, "prog", f);
	for (int i = 0; i < 5; i++)
		rn_diag_warn(&d, "block %d is damaged", i % 2);
	rn_diag_fini(&d);
	cr_assert_str_eq(text, "prog: warning: block 0 is damaged\n"
		"prog: warning: block 1 is damaged\nprog: 3 further warnings left out\n");
	cr_assert_eq(d.n_warnings, 5);
	fclose(f);
}

Test(diag, a_flood_of_different_warnings_is_cut)
{
	static char text[65536];
	struct rn_diag d;
	FILE *f = stream(text, sizeof(text));
	rn_diag_init(&d, "prog", f);
	for (int i = 0; i < 1000; i++)
		rn_diag_warn(&d, "block %d is damaged", i);
	rn_diag_fini(&d);
	cr_assert_eq(lines(text), 101);
	cr_assert(strstr(text, "900 further warnings left out"));
	fclose(f);
}

Test(diag, an_error_is_one_line_whatever_it_quotes)
{
	char text[1024];
	struct rn_diag d;
	struct rn_error err;
	FILE *f = stream(text, sizeof(text));
	rn_fail(&err, RN_E_IO, "cannot open \"%s\"", "a\nb\033[2Jc\x7f\xc2\x9b\xc3\xa4");
	rn_diag_init(&d, "prog", f);
	rn_diag_error(&d, &err);
	rn_diag_fini(&d);
	cr_assert_str_eq(text,
		"prog: cannot open \"a\\x0ab\\x1b[2Jc\\x7f\\xc2\\x9b\xc3\xa4\"\n");
	fclose(f);
}

Test(diag, quiet_keeps_errors_only)
{
	char text[1024];
	struct rn_diag d;
	struct rn_error err;
	FILE *f = stream(text, sizeof(text));
	rn_fail(&err, RN_E_USAGE, "no");
	rn_diag_init(&d, "prog", f);
	d.quiet = true;
	rn_diag_warn(&d, "hm");
	rn_diag_note(&d, "hm");
	cr_assert_eq(rn_diag_usage(&d, &err), 2);
	rn_diag_fini(&d);
	cr_assert_str_eq(text, "prog: no\nTry \"prog --help\".\n");
	fclose(f);
}

Test(diag, progress_is_for_terminals_and_gives_way_to_messages)
{
	char text[1024];
	struct rn_diag d;
	FILE *f = stream(text, sizeof(text));
	rn_diag_init(&d, "prog", f);
	rn_diag_progress(&d, "%d%%", 10);
	cr_assert_str_eq(text, "");
	d.terminal = true;
	rn_diag_progress(&d, "%d%%", 20);
	rn_diag_note(&d, "done");
	rn_diag_fini(&d);
	cr_assert_str_eq(text, "20%\r\033[Kprog: done\n");
	fclose(f);
}
