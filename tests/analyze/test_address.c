/* SPDX-License-Identifier: MIT */
/* Peers of calls, and the words that stand for them. */
#include "analyze/check/address.h"
#include "shared/syscall.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

static struct rn_arena arena;
static struct rn_buffer scratch;

static void finish(void)
{
	rn_arena_fini(&arena);
	rn_buffer_fini(&scratch);
}

TestSuite(address, .fini = finish);

/* connect(3, address, len) as it would have been captured. */
static bool connects(const void *address, size_t len, struct rn_peer *peer)
{
	const struct rn_span span = { .addr = 0x1000, .wanted = (uint32_t)len, .len = (uint32_t)len, .arg = 1,
		.bytes = address };
	struct rn_event ev = { .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = 42, .args = { 3, 0x1000, len }, .n_spans = 1,
		.spans = &span };
	return rn_call_peer(&ev, &scratch, peer);
}

static struct rn_peer inet4(const char *host, unsigned port)
{
	struct rn_peer p = { .family = AF_INET, .port = port };
	cr_assert_eq(inet_pton(AF_INET, host, p.address), 1);
	return p;
}

static struct rn_peer inet6(const char *host, unsigned port)
{
	struct rn_peer p = { .family = AF_INET6, .port = port };
	cr_assert_eq(inet_pton(AF_INET6, host, p.address), 1);
	return p;
}

static bool fits(const char *word, struct rn_peer peer)
{
	struct rn_strings words = { &word, 1 };
	struct rn_addresses *a;
	struct rn_error err = { 0 };
	cr_assert_eq(rn_addresses_new(&a, &words, &arena, &err), 0, "%s", err.message);
	return rn_addresses_match(a, &peer);
}

Test(address, words_stand_for_hosts_networks_and_ports)
{
	cr_assert(fits("127.0.0.1", inet4("127.0.0.1", 80)));
	cr_assert(fits("127.0.0.1:80", inet4("127.0.0.1", 80)));
	cr_assert_not(fits("127.0.0.1:81", inet4("127.0.0.1", 80)));
	cr_assert(fits("10.0.0.0/9", inet4("10.127.255.255", 1)));
	cr_assert_not(fits("10.0.0.0/9", inet4("10.128.0.0", 1)));
	cr_assert(fits("0.0.0.0/0:53", inet4("8.8.8.8", 53)));
	cr_assert_not(fits("0.0.0.0/0", inet6("::1", 53)));
	cr_assert(fits("::1", inet6("::1", 53)));
	cr_assert(fits("[::1]:53", inet6("::1", 53)));
	cr_assert_not(fits("[::1]:54", inet6("::1", 53)));
	cr_assert(fits("fe80::/10", inet6("febf::1", 53)));
	cr_assert_not(fits("fe80::/10", inet6("fec0::1", 53)));
	cr_assert(fits("*:443", inet6("fec0::1", 443)));
	cr_assert(fits("192.168.*", inet4("192.168.3.4", 1)));
	cr_assert(fits("*", inet4("192.168.3.4", 1)));
}

Test(address, peers_are_read_from_what_was_captured)
{
	struct rn_peer peer;
	struct rn_buffer text = RN_BUFFER_INIT;
	cr_assert(connects("\2\0\0\x50\x7f\0\0\1\0\0\0\0\0\0\0\0", 16, &peer));
	rn_put_peer(&text, &peer);
	rn_put_u8(&text, ' ');
	/* IPv4 within IPv6 is IPv4. */
	cr_assert(connects("\x0a\0\0\x51\0\0\0\0" "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1" "\0\0\0\0", 28, &peer));
	rn_put_peer(&text, &peer);
	rn_put_u8(&text, ' ');
	cr_assert(connects("\1\0/run/x\0rest", 13, &peer));
	rn_put_peer(&text, &peer);
	rn_put_u8(&text, ' ');
	cr_assert(connects("\1\0\0hid", 6, &peer));
	rn_put_peer(&text, &peer);
	cr_assert_str_eq(rn_buffer_cstr(&text), "127.0.0.1:80 10.0.0.1:81 unix:/run/x unix:@hid");
	rn_buffer_fini(&text);
	cr_assert_not(connects("\2\0\0\x50\x7f", 5, &peer)); /* cut */
	cr_assert_not(connects("\x0a\0\0\x51\0\0\0\0\0\0", 10, &peer));
	cr_assert_not(connects("\x10\0\0\0\0\0\0\0\0\0\0\0", 12, &peer)); /* netlink */
	cr_assert_not(connects("", 0, &peer));
}

Test(address, words_that_are_none_are_refused)
{
	static const char *const wrong[] = { "example.com", "10.0.0.0/33", "10.0.0.1:x", "[::1", "[::1]9", "::/129",
		"1.2.3.4:65536", "" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *word = wrong[i];
		struct rn_strings words = { &word, 1 };
		struct rn_addresses *a;
		struct rn_error err = { 0 };
		cr_assert_eq(rn_addresses_new(&a, &words, &arena, &err), RN_E_USAGE, "%s", word);
	}
}
