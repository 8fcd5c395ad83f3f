/* SPDX-License-Identifier: MIT */
#include "analyze/report/html/page.h"

#include "analyze/report/html/assets.h"
#include "analyze/report/html/pack.h"
#include "analyze/report/html/text.h"

static void put_source(struct rn_buffer *out, const struct rn_html_asset *a)
{
	rn_put_text(out, " 'sha256-");
	rn_put_base64(out, rn_bytes_of(a->sha256, sizeof(a->sha256)));
	rn_put_u8(out, '\'');
}

static void put_policy(struct rn_buffer *out)
{
	rn_put_text(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src");
	put_source(out, &rn_html_script);
	rn_put_text(out, "; style-src");
	put_source(out, &rn_html_style);
	rn_put_text(out, "; img-src data:; base-uri 'none'; form-action 'none'\">\n");
}

void rn_html_page_begin(struct rn_buffer *out, struct rn_bytes title)
{
	rn_put_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	put_policy(out);
	rn_put_text(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"generator\" content=\"renacer " RN_VERSION "\">\n"
		"<link rel=\"icon\" href=\"data:,\">\n<title>Renacer Trace Report");
	if (title.len)
		rn_put_text(out, ": ");
	rn_html_text(out, title);
	rn_put_text(out, "</title>\n<style>");
	rn_put_bytes(out, rn_html_style.text, rn_html_style.len);
	rn_put_text(out, "</style>\n</head>\n<body>\n");
}

void rn_html_page_script(struct rn_buffer *out)
{
	rn_put_text(out, "<footer><p>Made by renacer " RN_VERSION ". This file needs no network and no other "
		"file.</p></footer>\n<script>");
	rn_put_bytes(out, rn_html_script.text, rn_html_script.len);
	rn_put_text(out, "</script>\n");
}

void rn_html_page_end(struct rn_buffer *out)
{
	rn_put_text(out, "</body>\n</html>\n");
}
