/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/pseudonyms.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *path_of(struct rn_pseudonyms *p, struct rn_buffer *out, const char *path)
{
	struct rn_error err;
	rn_buffer_clear(out);
	cr_assert_eq(rn_pseudonym_path(p, out, rn_bytes_str(path), &err), 0);
	return rn_buffer_cstr(out);
}

Test(pseudonyms, paths_keep_their_shape_and_nothing_else)
{
	struct rn_pseudonyms p;
	struct rn_buffer b = RN_BUFFER_INIT;
	cr_assert_eq(rn_pseudonyms_init(&p, NULL), 0);
	cr_expect_str_eq(path_of(&p, &b, "/home/alice/letters/bank.txt"), "/home/p1/p2/p3");
	cr_expect_str_eq(path_of(&p, &b, "/home/alice"), "/home/p1");
	cr_expect_str_eq(path_of(&p, &b, "letters/../bank.txt"), "p2/../p3");
	cr_expect_str_eq(path_of(&p, &b, "/usr//lib/"), "/usr//lib/");
	cr_expect_str_eq(path_of(&p, &b, "/home/alice/p1"), "/home/p1/p4", "a name like a pseudonym is a name");
	cr_expect_str_eq(path_of(&p, &b, "socket:[12]"), "socket:[12]");
	cr_expect_str_eq(path_of(&p, &b, "socket:[12]bank"), "p5", "more than a number");
	cr_expect_str_eq(path_of(&p, &b, "anon_inode:bank"), "p6");
	cr_expect_str_eq(path_of(&p, &b, ""), "");
	rn_buffer_fini(&b);
	rn_pseudonyms_fini(&p);
}

Test(pseudonyms, lists_are_words_and_paths)
{
	struct rn_pseudonyms p;
	struct rn_buffer b = RN_BUFFER_INIT;
	struct rn_error err;
	static const char list[] = "secret\0/etc/secret\0secret\0";
	cr_assert_eq(rn_pseudonyms_init(&p, NULL), 0);
	cr_assert_eq(rn_pseudonym_list(&p, &b, rn_bytes_of(list, sizeof(list) - 1), &err), 0);
	static const char wanted[] = "w1\0/etc/p1\0w1\0";
	cr_expect(rn_bytes_equal(rn_buffer_bytes(&b), rn_bytes_of(wanted, sizeof(wanted) - 1)));
	rn_buffer_fini(&b);
	rn_pseudonyms_fini(&p);
}

Test(pseudonyms, no_two_addresses_become_one)
{
	struct rn_pseudonyms p;
	uint8_t last[8] = { 2, 0 };
	cr_assert_eq(rn_pseudonyms_init(&p, NULL), 0);
	for (uint32_t i = 0; i < 3000; i++) {
		uint8_t a[8] = { 2, 0, 0, 80, 10, 0, (uint8_t)(i >> 8), (uint8_t)i };
		cr_assert_eq(rn_pseudonym_sockaddr(&p, a, sizeof(a), NULL), 0);
		cr_assert(memcmp(a, last, sizeof(a)) > 0, "they rise, so that none comes twice: %u", (unsigned)i);
		memcpy(last, a, sizeof(a));
	}
	rn_pseudonyms_fini(&p);
}

Test(pseudonyms, addresses_become_those_of_documentation)
{
	struct rn_pseudonyms p;
	uint8_t a[16] = { 2, 0, 0, 80, 10, 1, 2, 3, 9, 9 }, same[16], loopback[16] = { 2, 0, 0, 80, 127, 0, 0, 1 };
	uint8_t six[28] = { 10, 0, 0, 80, 0, 0, 0, 0, 0xfe, 0x80, [23] = 7, [24] = 2 };
	uint8_t path[110] = { 1, 0, '/', 't', 'm', 'p', '/', 'x' }, odd[16] = { 99, 0, 's', 'e', 'c' };
	memcpy(same, a, sizeof(a));
	cr_assert_eq(rn_pseudonyms_init(&p, NULL), 0);
	cr_assert_eq(rn_pseudonym_sockaddr(&p, a, sizeof(a), NULL), 0);
	cr_expect_arr_eq(a, ((uint8_t[]){ 2, 0, 0, 80, 192, 0, 2, 1, 0, 0 }), 10);
	cr_assert_eq(rn_pseudonym_sockaddr(&p, same, sizeof(same), NULL), 0);
	cr_expect_arr_eq(same, a, sizeof(a));
	cr_assert_eq(rn_pseudonym_sockaddr(&p, loopback, sizeof(loopback), NULL), 0);
	cr_expect_eq(loopback[4], 127);
	cr_assert_eq(rn_pseudonym_sockaddr(&p, six, sizeof(six), NULL), 0);
	cr_expect_arr_eq(six + 8, ((uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8 }), 4);
	cr_expect_eq(six[24], 2, "the scope stays");
	cr_assert_eq(rn_pseudonym_sockaddr(&p, path, sizeof(path), NULL), 0);
	cr_expect_str_eq((char *)path + 2, "/tmp/p1");
	cr_assert_eq(rn_pseudonym_sockaddr(&p, odd, sizeof(odd), NULL), 0);
	cr_expect_eq(odd[2] | odd[3] | odd[4], 0, "of an unknown family nothing stays");
	uint8_t netlink[20] = { 16, 0, 's', 'e', 7, 0, 0, 0, 1, 0, 0, 0, 's', 'e', 'c' };
	cr_assert_eq(rn_pseudonym_sockaddr(&p, netlink, sizeof(netlink), NULL), 0);
	cr_expect_arr_eq(netlink, ((uint8_t[20]){ 16, 0, 0, 0, 7, 0, 0, 0, 1 }), 20, "port and groups stay, nothing else");
	uint8_t flow[28] = { 10, 0, 0, 80, 's', 'e', 'c', 'r', 0xfe, 0x80 };
	cr_assert_eq(rn_pseudonym_sockaddr(&p, flow, sizeof(flow), NULL), 0);
	cr_expect_arr_eq(flow + 4, ((uint8_t[4]){ 0 }), 4, "the flow is the program's choice");
	for (size_t len = 0; len < sizeof(path); len++) { /* however short */
		uint8_t cut[110] = { (uint8_t)(len % 20), 0, 'a' };
		cr_assert_eq(rn_pseudonym_sockaddr(&p, cut, len, NULL), 0);
	}
	rn_pseudonyms_fini(&p);
}
