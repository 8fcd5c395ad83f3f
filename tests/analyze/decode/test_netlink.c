/* SPDX-License-Identifier: MIT */
#include "call_fixture.h"

#include "analyze/model/model.h"
#include "format/socket_ends.h"

#include <criterion/criterion.h>

static uint16_t protocol;
static uint8_t detail[RN_SOCKET_ENDS_MAX];

/* Descriptor 3 is a netlink socket. */
static bool fd_facts(void *arg, const struct rn_event *ev, int64_t fd, enum rn_span_phase phase,
	struct rn_fd_facts *out)
{
	const struct rn_socket_ends ends = { .protocol = protocol };
	(void)arg, (void)ev, (void)phase;
	if (fd != 3)
		return false;
	*out = (struct rn_fd_facts){ .proto = rn_bytes_str("NETLINK"),
		.detail = rn_bytes_of(detail, rn_socket_ends_put(detail, &ends)) };
	return true;
}

static bool interface(void *arg, uint32_t index, struct rn_bytes *out)
{
	(void)arg;
	*out = rn_bytes_str("lo");
	return index == 1;
}

static struct rn_buffer out;
static const struct rn_decode_style *style = &call_style;

/* Of `said` bytes the first len could be read. */
static const char *sent_cut(int64_t fd, uint16_t family, const void *bytes, size_t len, size_t said)
{
	const struct rn_decode_env env = { .style = style, .fd = fd_facts, .interface = interface };
	protocol = family;
	call_begin(RN_ABI_X86_64, "sendto", (uint64_t)fd, 0x1000, said, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, bytes, len);
	rn_buffer_clear(&out);
	rn_decode_arg(&out, call_event(), 1, &env);
	return rn_buffer_cstr(&out);
}

static const char *sent(int64_t fd, uint16_t family, const void *bytes, size_t len)
{
	return sent_cut(fd, family, bytes, len, len);
}

#define assert_cut(have, text) \
	cr_assert_str_eq(sent_cut(3, 0, link_request, have, sizeof(link_request)), text, "%s", \
		rn_buffer_cstr(&out))

#define assert_sent(fd, family, bytes, text) \
	cr_assert_str_eq(sent(fd, family, bytes, sizeof(bytes)), text, "%s", rn_buffer_cstr(&out))

static const uint8_t link_request[] = {
	44, 0, 0, 0, 18, 0, 1, 3, 7, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	7, 0, 3, 0, 'l', 'o', 0, 0, 4, 0, 99, 0,
};

static void fini(void)
{
	rn_buffer_fini(&out);
}

TestSuite(netlink, .fini = fini);

Test(netlink, a_message_has_a_header_a_structure_and_attributes)
{
	assert_sent(3, 0, link_request, "[{nlmsg_len=44, nlmsg_type=RTM_GETLINK, "
		"nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=7, nlmsg_pid=0}, "
		"{ifi_family=AF_UNSPEC, ifi_type=ARPHRD_NETROM, ifi_index=if_nametoindex(\"lo\"), "
		"ifi_flags=0, ifi_change=0}, [[{nla_len=7, nla_type=IFLA_IFNAME}, \"lo\"], "
		"{nla_len=4, nla_type=0x63 /* IFLA_??? */}]]");
}

Test(netlink, other_descriptors_and_other_families_keep_their_bytes)
{
	cr_assert(strncmp(sent(4, 0, link_request, sizeof(link_request)), "\",\\0\\0", 6) == 0, "%s",
		rn_buffer_cstr(&out));
	sent(3, 3, link_request, sizeof(link_request));
	cr_assert(strstr(rn_buffer_cstr(&out), "nlmsg_type=0x12 /* NLMSG_??? */, "), "%s", rn_buffer_cstr(&out));
	cr_assert(strstr(rn_buffer_cstr(&out), "}, \"\\x00\\x00"), "%s", rn_buffer_cstr(&out));
}

Test(netlink, an_error_tells_what_it_is_about_and_messages_follow_each_other)
{
	const uint8_t two[] = {
		36, 0, 0, 0, 2, 0, 0, 1, 3, 0, 0, 0, 9, 0, 0, 0, 0xed, 0xff, 0xff, 0xff,
		44, 0, 0, 0, 16, 0, 5, 0, 3, 0, 0, 0, 0, 0, 0, 0,
		20, 0, 0, 0, 3, 0, 2, 0, 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0,
	};
	assert_sent(3, 0, two, "[[{nlmsg_len=36, nlmsg_type=NLMSG_ERROR, nlmsg_flags=NLM_F_CAPPED, "
		"nlmsg_seq=3, nlmsg_pid=9}, {error=-ENODEV, msg={nlmsg_len=44, "
		"nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=3, "
		"nlmsg_pid=0}}], [{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, "
		"nlmsg_seq=3, nlmsg_pid=9}, 0]]");
}

#define LINK_HEADER "{nlmsg_len=44, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, " \
	"nlmsg_seq=7, nlmsg_pid=0}"
#define LINK_FIELDS "{ifi_family=AF_UNSPEC, ifi_type=ARPHRD_NETROM, " \
	"ifi_index=if_nametoindex(\"lo\"), ifi_flags=0, ifi_change=0}"

Test(netlink, what_could_not_be_read_is_an_address_where_it_is_missing)
{
	assert_cut(15, "0x1000");
	assert_cut(16, "[" LINK_HEADER ", 0x1010]");
	assert_cut(31, "[" LINK_HEADER ", {ifi_family=AF_UNSPEC, 0x1011}]");
	assert_cut(33, "[" LINK_HEADER ", " LINK_FIELDS ", 0x1020]");
	assert_cut(38, "[" LINK_HEADER ", " LINK_FIELDS ", [[{nla_len=7, nla_type=IFLA_IFNAME}, "
		"0x1024], ... /* 0x1028 */]]");
}

Test(netlink, what_data_of_a_link_mean_depends_on_its_kind)
{
	uint8_t bytes[] = {
		68, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		36, 0, 18, 0, 11, 0, 1, 0, 'b', 'r', 'i', 'd', 'g', 'e', 0, 0,
		20, 0, 2, 0, 6, 0, 6, 0, 1, 2, 0, 0, 8, 0, 5, 0, 1, 0, 0, 0,
	};
	cr_assert(strstr(sent(3, 0, bytes, sizeof(bytes)), "nla_type=IFLA_INFO_DATA}, [[{nla_len=6, "
		"nla_type=IFLA_BR_PRIORITY}, 513], [{nla_len=8, nla_type=IFLA_BR_STP_STATE}, 1]]]]]]"),
		"%s", rn_buffer_cstr(&out));
	bytes[40] = 'x';
	cr_assert(strstr(sent(3, 0, bytes, sizeof(bytes)), "IFLA_INFO_DATA}, \"\\x06\\x00"), "%s",
		rn_buffer_cstr(&out));
}

Test(netlink, constants_as_numbers_show_addresses_as_bytes)
{
	static const uint8_t address[] = {
		52, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 64, 0, 0, 1, 0, 0, 0,
		20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 8, 0, 8, 0, 0x80, 0, 0, 0,
	};
	const char bytes[] = "\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
		"\\x00\\x00\\x01\"";
	struct rn_decode_style other = call_style;
	char want[512];
	style = &other;
	other.constants = RN_CONSTANTS_RAW;
	snprintf(want, sizeof(want), "ifa_index=1}, [[{nla_len=20, nla_type=0x1}, %s], "
		"[{nla_len=8, nla_type=0x8}, 0x80]]]", bytes);
	cr_assert(strstr(sent(3, 0, address, sizeof(address)), want), "%s", rn_buffer_cstr(&out));
	other.constants = RN_CONSTANTS_BOTH;
	snprintf(want, sizeof(want), "ifa_index=1 /* if_nametoindex(\"lo\") */}, [[{nla_len=20, "
		"nla_type=0x1 /* IFA_ADDRESS */}, %s /* inet_pton(AF_INET6, \"::1\") */]", bytes);
	cr_assert(strstr(sent(3, 0, address, sizeof(address)), want), "%s", rn_buffer_cstr(&out));
	style = &call_style;
}

Test(netlink, a_netfilter_type_is_a_subsystem_and_what_it_is_asked)
{
	static const uint8_t request[] = {
		20, 0, 0, 0, 1, 10, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 10,
	};
	assert_sent(3, 12, request, "[{nlmsg_len=20, nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_GETTABLE, "
		"nlmsg_flags=NLM_F_DUMP, nlmsg_seq=0, nlmsg_pid=0}, {nfgen_family=AF_INET, "
		"version=NFNETLINK_V0, res_id=htons(NFNL_SUBSYS_NFTABLES)}]");
}

/* Whatever the bytes say, nothing is read beyond them and the text ends. */
Test(netlink, lengths_that_lie_end_the_list)
{
	static const uint16_t families[] = { 0, 4, 7, 9, 12, 15, 16 };
	uint8_t bytes[256];
	uint32_t state = 1;
	for (unsigned round = 0; round < 3000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			state = state * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(state >> 24) & (state & 0x10000 ? 0xff : 0x1f);
		}
		bytes[0] = (uint8_t)(state >> 8), bytes[1] = 0, bytes[2] = 0, bytes[3] = 0;
		bytes[4] = (uint8_t)(2 + state % 90), bytes[5] = 0;
		size_t len = 1 + state % sizeof(bytes);
		cr_assert_lt(strlen(sent(3, families[round % 7], bytes, len)), 65536);
		cr_assert_lt(strlen(sent_cut(3, families[round % 7], bytes, len, len + round % 50)), 65536);
	}
}
