/* SPDX-License-Identifier: MIT */
#include "analyze/check/address.h"

#include "analyze/filters/pattern.h"
#include "shared/syscall.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

struct word {
	bool is_net;         /* address and bits, else glob */
	unsigned family, bits;
	uint8_t address[16];
	bool any_port;
	unsigned port;
	struct rn_bytes glob;
};

struct rn_addresses {
	struct word *word;
	size_t n;
	bool about_unix;
};

/* Memory of the tracee from addr on, as far as it was captured; NULL: not at all. */
static struct rn_bytes memory_at(const struct rn_event *ev, uint64_t addr, uint64_t most)
{
	for (unsigned i = 0; i < ev->call.n_spans; i++) {
		const struct rn_span *s = &ev->call.spans[i];
		if (addr && s->addr <= addr && addr - s->addr < s->len) {
			uint64_t left = s->len - (addr - s->addr);
			return rn_bytes_of(s->bytes + (addr - s->addr), left < most ? left : most);
		}
	}
	return rn_bytes_of(NULL, 0);
}

static uint64_t word_of(struct rn_bytes b, size_t at, unsigned bytes)
{
	uint64_t v = 0;
	for (unsigned i = 0; at + bytes <= b.len && i < bytes; i++)
		v |= (uint64_t)b.p[at + i] << (8 * i);
	return v;
}

static struct rn_bytes message_name(const struct rn_event *ev)
{
	unsigned word = ev->call.abi == RN_ABI_I386 ? 4 : 8;
	struct rn_bytes header = memory_at(ev, ev->call.args[1], word + 4);
	return memory_at(ev, word_of(header, 0, word), word_of(header, word, 4));
}

static struct rn_bytes name_given(const struct rn_event *ev)
{
	char number[24];
	const char *name = rn_syscall_name((enum rn_abi)ev->call.abi, ev->call.nr, number);
	const uint64_t *arg = ev->call.args;
	if (!strcmp(name, "connect"))
		return memory_at(ev, arg[1], (uint32_t)arg[2]);
	if (!strcmp(name, "sendto"))
		return memory_at(ev, arg[4], (uint32_t)arg[5]);
	return strcmp(name, "sendmsg") ? rn_bytes_of(NULL, 0) : message_name(ev);
}

static bool take_inet6(struct rn_bytes b, struct rn_peer *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	if (b.len < 24)
		return false;
	out->family = memcmp(b.p + 8, mapped, 12) ? AF_INET6 : AF_INET;
	memcpy(out->address, b.p + (out->family == AF_INET ? 20 : 8), out->family == AF_INET ? 4 : 16);
	return true;
}

static bool take_unix(struct rn_bytes b, struct rn_buffer *scratch, struct rn_peer *out)
{
	struct rn_bytes path = rn_bytes_of(b.p + 2, b.len - 2);
	rn_buffer_clear(scratch);
	if (path.len && !path.p[0]) {
		rn_put_text(scratch, "@");
		rn_put_bytes(scratch, path.p + 1, path.len - 1);
	} else {
		rn_put_bytes(scratch, path.p, strnlen((const char *)path.p, path.len));
	}
	out->path = rn_buffer_bytes(scratch);
	return out->path.len;
}

bool rn_call_peer(const struct rn_event *ev, struct rn_buffer *scratch, struct rn_peer *out)
{
	struct rn_bytes b = name_given(ev);
	*out = (struct rn_peer){ 0 };
	if (b.len < 3)
		return false;
	out->family = (unsigned)word_of(b, 0, 2);
	if (out->family == AF_UNIX)
		return take_unix(b, scratch, out);
	if (b.len < 8)
		return false;
	out->port = (unsigned)b.p[2] << 8 | b.p[3];
	if (out->family == AF_INET6)
		return take_inet6(b, out);
	memcpy(out->address, b.p + 4, 4);
	return out->family == AF_INET;
}

static void put_host(struct rn_buffer *out, const struct rn_peer *peer)
{
	char text[INET6_ADDRSTRLEN] = "";
	inet_ntop((int)peer->family, peer->address, text, sizeof(text));
	rn_put_text(out, text);
}

void rn_put_peer(struct rn_buffer *out, const struct rn_peer *peer)
{
	if (peer->family == AF_UNIX) {
		rn_put_text(out, "unix:");
		rn_put_bytes(out, peer->path.p, peer->path.len);
		return;
	}
	rn_put_text(out, peer->family == AF_INET6 ? "[" : "");
	put_host(out, peer);
	rn_put_format(out, peer->family == AF_INET6 ? "]:%u" : ":%u", peer->port);
}

/* Takes ":443" off the end of text, where it is a port. */
static bool take_port(char *text, struct word *w)
{
	char *colon = strrchr(text, ':'), *end;
	bool bracket = text[0] == '[';
	if (bracket) {
		char *close = strchr(text, ']');
		if (!close || (close[1] && close[1] != ':'))
			return false;
		colon = close[1] ? close + 1 : NULL;
		*close = 0;
		memmove(text, text + 1, strlen(text));
	} else if (colon && strchr(text, ':') != colon) {
		colon = NULL; /* an address of IPv6 */
	}
	w->any_port = !colon || !strcmp(colon + 1, "*");
	if (!w->any_port) {
		unsigned long port = strtoul(colon + 1, &end, 10);
		if (*end || end == colon + 1 || port > 65535)
			return false;
		w->port = (unsigned)port;
	}
	if (colon)
		*colon = 0;
	return true;
}

static bool take_net(const char *text, struct word *w)
{
	char host[64], *slash, *end;
	snprintf(host, sizeof(host), "%s", text);
	slash = strchr(host, '/');
	if (slash)
		*slash = 0;
	w->family = strchr(host, ':') ? AF_INET6 : AF_INET;
	w->bits = w->family == AF_INET6 ? 128 : 32;
	if (inet_pton((int)w->family, host, w->address) != 1)
		return false;
	unsigned long bits = slash ? strtoul(slash + 1, &end, 10) : w->bits;
	if (slash && (*end || end == slash + 1 || bits > w->bits))
		return false;
	w->bits = (unsigned)bits;
	return w->is_net = true;
}

static int take_word(struct rn_addresses *a, struct word *w, const char *text, struct rn_arena *arena,
	struct rn_error *err)
{
	char *copy = rn_arena_dup(arena, rn_bytes_str(text));
	if (!copy)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	bool is_path = !strncmp(text, "unix:", 5);
	a->about_unix |= is_path;
	w->any_port = true;
	if (!is_path && !take_port(copy, w))
		return rn_fail(err, RN_E_USAGE, "'%.100s' is no address with a port", text);
	w->glob = rn_bytes_str(copy);
	if (!is_path && !take_net(copy, w) && !strpbrk(copy, "*?["))
		return rn_fail(err, RN_E_USAGE, "'%.100s' is neither an address (10.1.2.3, ::1, with :PORT behind "
			"it or not), nor a network (10.0.0.0/8), nor a glob; names of hosts are not in a trace",
			text);
	return 0;
}

int rn_addresses_new(struct rn_addresses **out, const struct rn_strings *words, struct rn_arena *arena,
	struct rn_error *err)
{
	struct rn_addresses *a = rn_arena_zalloc(arena, 1, sizeof(*a));
	struct word *word = a ? rn_arena_zalloc(arena, words->n + 1, sizeof(*word)) : NULL;
	int rc = word ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < words->n && !rc; i++) {
		a->word = word;
		rc = take_word(a, &word[a->n++], words->item[i], arena, err);
	}
	*out = rc ? NULL : a;
	return rc;
}

bool rn_addresses_about_unix(const struct rn_addresses *a)
{
	return a->about_unix;
}

static bool in_net(const struct word *w, const struct rn_peer *peer)
{
	unsigned bytes = w->bits / 8, rest = w->bits % 8;
	if (w->family != peer->family || memcmp(w->address, peer->address, bytes))
		return false;
	return !rest || ((w->address[bytes] ^ peer->address[bytes]) >> (8 - rest)) == 0;
}

static bool fits_glob(const struct word *w, const struct rn_peer *peer)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	if (peer->family == AF_UNIX)
		rn_put_peer(&text, peer);
	else
		put_host(&text, peer);
	bool fits = rn_buffer_ok(&text) && rn_glob_match(w->glob, rn_buffer_bytes(&text));
	rn_buffer_fini(&text);
	return fits;
}

bool rn_addresses_match(const struct rn_addresses *a, const struct rn_peer *peer)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct word *w = &a->word[i];
		bool port = w->any_port || (peer->family != AF_UNIX && w->port == peer->port);
		if (port && (w->is_net ? peer->family != AF_UNIX && in_net(w, peer) : fits_glob(w, peer)))
			return true;
	}
	return false;
}
