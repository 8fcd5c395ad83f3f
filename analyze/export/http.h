/* SPDX-License-Identifier: MIT */
/**
 * http - requests to a server, through libcurl, which is loaded when it is needed.
 *
 * Loaded rather than linked: few need it, it brings twenty libraries along, and every run of the analyzer would
 * wait for those. Its interface has been the same since 2006 (libcurl.so.4). Used by --clickhouse alone.
 */
#ifndef RN_ANALYZE_EXPORT_HTTP_H
#define RN_ANALYZE_EXPORT_HTTP_H

#include "shared/buffer.h"
#include "shared/error.h"

struct rn_http;

#define RN_HTTP_ANSWER_MAX ((size_t)16 << 20)

/** server: a URL "http://USER:PASSWORD@HOST:PORT", https too, without query. RN_E_USAGE: it is none;
 *  RN_E_UNSUPPORTED: there is no libcurl here; RN_E_NOMEM. */
int rn_http_open(struct rn_http **out, const char *server, struct rn_error *err);
void rn_http_close(struct rn_http *h);
/** The server as messages may name it: without password. */
const char *rn_http_server(const struct rn_http *h);

/** POST to the server's path with a query ("a=b&c=d", escaped: rn_put_url_escaped) and a body. *status is what it
 *  answered, its body in answer (cleared first). Sent once and never again by itself. RN_E_IO: there
 *  was no answer, the message says why. */
int rn_http_post(struct rn_http *h, const char *query, struct rn_bytes body, long *status,
	struct rn_buffer *answer, struct rn_error *err);

/** Text as part of a query. */
void rn_put_url_escaped(struct rn_buffer *out, struct rn_bytes text);

#endif
