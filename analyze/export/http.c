/* SPDX-License-Identifier: MIT */
#include "analyze/export/http.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of curl/curl.h, whose numbers never change. */
enum { OPT_LOW_BYTES = 19, OPT_LOW_SECONDS = 20, OPT_POST = 47, OPT_FRESH_CONNECT = 74,
	OPT_FORBID_REUSE = 75, OPT_CONNECT_SECONDS = 78, OPT_NOSIGNAL = 99, OPT_PROTOCOLS = 181,
	OPT_WRITE_DATA = 10001, OPT_URL = 10002, OPT_ERROR_BUFFER = 10010, OPT_BODY = 10015,
	OPT_USER_AGENT = 10018, OPT_HEADERS = 10023, OPT_WRITE = 20011, OPT_BODY_LEN = 30120 };
enum { INFO_STATUS = 0x200002, GLOBAL_ALL = 3, PROTOCOL_HTTP = 1, PROTOCOL_HTTPS = 2, ERROR_BYTES = 256 };

#define CONNECT_SECONDS 10L
#define SILENT_SECONDS 300L /* a server may think for long, but not for ever */

struct rn_http {
	void *library, *handle, *headers;
	int (*set)(void *handle, int option, ...);
	int (*perform)(void *handle);
	int (*get)(void *handle, int what, ...);
	void (*cleanup)(void *handle);
	const char *(*words)(int code);
	void *(*append)(void *list, const char *text);
	void (*free_list)(void *list);
	char *url, *shown;
	char error[ERROR_BYTES];
};

static void *symbol(struct rn_http *h, const char *name)
{
	return dlsym(h->library, name);
}

static int load(struct rn_http *h, struct rn_error *err)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };
	int (*global_init)(long);
	void *(*init)(void);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !h->library; i++)
		h->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!h->library)
		return rn_fail(err, RN_E_UNSUPPORTED, "this needs libcurl.so.4, which is not here (Debian: libcurl4)");
	*(void **)&global_init = symbol(h, "curl_global_init");
	*(void **)&init = symbol(h, "curl_easy_init");
	*(void **)&h->set = symbol(h, "curl_easy_setopt");
	*(void **)&h->perform = symbol(h, "curl_easy_perform");
	*(void **)&h->get = symbol(h, "curl_easy_getinfo");
	*(void **)&h->cleanup = symbol(h, "curl_easy_cleanup");
	*(void **)&h->words = symbol(h, "curl_easy_strerror");
	*(void **)&h->append = symbol(h, "curl_slist_append");
	*(void **)&h->free_list = symbol(h, "curl_slist_free_all");
	if (!global_init || !init || !h->set || !h->perform || !h->get || !h->cleanup || !h->words ||
		!h->append || !h->free_list || global_init(GLOBAL_ALL))
		return rn_fail(err, RN_E_UNSUPPORTED, "the libcurl of this machine is not as it should be");
	h->handle = init();
	/* Without this curl waits a second for a word of the server before it sends a large body. */
	h->headers = h->append(NULL, "Expect:");
	return h->handle && h->headers ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

/* Where the host begins: behind the scheme, and behind who asks. NULL: it is no URL of ours. */
static const char *host_of(const char *server, const char **scheme_end)
{
	*scheme_end = strncmp(server, "http://", 7) == 0 ? server + 7 :
		strncmp(server, "https://", 8) == 0 ? server + 8 : NULL;
	if (!*scheme_end || strpbrk(server, "?#\"'\\ \t\r\n"))
		return NULL;
	size_t authority = strcspn(*scheme_end, "/");
	const char *at = memrchr(*scheme_end, '@', authority);
	const char *host = at ? at + 1 : *scheme_end;
	return *host && *host != '/' && *host != ':' ? host : NULL;
}

int rn_http_open(struct rn_http **out, const char *server, struct rn_error *err)
{
	const char *scheme_end, *host = host_of(server, &scheme_end);
	if (!host)
		return rn_fail(err, RN_E_USAGE, "'%s' is no server: http://HOST:PORT", server);
	struct rn_http *h = calloc(1, sizeof(*h));
	*out = h;
	if (!h || asprintf(&h->shown, "%.*s%s", (int)(scheme_end - server), server, host) < 0)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	size_t len = strlen(server);
	while (len && server[len - 1] == '/')
		len--;
	h->url = strndup(server, len);
	return h->url ? load(h, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_http_close(struct rn_http *h)
{
	if (!h)
		return;
	if (h->headers)
		h->free_list(h->headers);
	if (h->handle)
		h->cleanup(h->handle);
	free(h->url);
	free(h->shown);
	free(h); /* the library stays: its threads may not be gone yet */
}

const char *rn_http_server(const struct rn_http *h)
{
	return h->shown;
}

/* curl's: fewer bytes than given end the request. */
static size_t take_answer(void *p, size_t size, size_t n, void *answer)
{
	struct rn_buffer *out = answer;
	size_t len = size * n;
	if (out->len + len > RN_HTTP_ANSWER_MAX)
		return 0;
	rn_put_bytes(out, p, len);
	return rn_buffer_ok(out) ? len : 0;
}

int rn_http_post(struct rn_http *h, const char *query, struct rn_bytes body, long *status,
	struct rn_buffer *answer, struct rn_error *err)
{
	struct rn_buffer url = RN_BUFFER_INIT;
	rn_put_format(&url, "%s/?%s", h->url, query);
	rn_buffer_clear(answer);
	h->error[0] = 0;
	h->set(h->handle, OPT_NOSIGNAL, 1L);
	h->set(h->handle, OPT_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS));
	h->set(h->handle, OPT_CONNECT_SECONDS, CONNECT_SECONDS);
	h->set(h->handle, OPT_LOW_BYTES, 1L);
	h->set(h->handle, OPT_LOW_SECONDS, SILENT_SECONDS);
	h->set(h->handle, OPT_ERROR_BUFFER, h->error);
	h->set(h->handle, OPT_USER_AGENT, "renacer/" RN_VERSION);
	h->set(h->handle, OPT_HEADERS, h->headers);
	h->set(h->handle, OPT_WRITE, take_answer);
	h->set(h->handle, OPT_WRITE_DATA, answer);
	h->set(h->handle, OPT_URL, rn_buffer_cstr(&url));
	/* What a kept connection loses, curl sends once more by itself; a POST must not come twice. */
	h->set(h->handle, OPT_FRESH_CONNECT, 1L);
	h->set(h->handle, OPT_FORBID_REUSE, 1L);
	h->set(h->handle, OPT_POST, 1L);
	h->set(h->handle, OPT_BODY_LEN, (int64_t)body.len);
	h->set(h->handle, OPT_BODY, body.len ? (const char *)body.p : "");
	bool ok = rn_buffer_ok(&url);
	int code = ok ? h->perform(h->handle) : 0;
	h->get(h->handle, INFO_STATUS, status);
	rn_buffer_fini(&url);
	if (!ok)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!code)
		return 0;
	return rn_fail(err, RN_E_IO, "no answer from %s: %s", h->shown, h->error[0] ? h->error : h->words(code));
}

void rn_put_url_escaped(struct rn_buffer *out, struct rn_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.~", c))
			rn_put_u8(out, c);
		else
			rn_put_format(out, "%%%02X", c);
	}
}
