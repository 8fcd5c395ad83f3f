/* SPDX-License-Identifier: MIT */
#include "analyze/words.h"

#include <criterion/criterion.h>

static struct rn_buffer b;

static void finish(void)
{
	rn_buffer_fini(&b);
}

TestSuite(words, .fini = finish);

static void expect(const char *text)
{
	cr_assert_str_eq(rn_buffer_cstr(&b), text);
	rn_buffer_clear(&b);
}

Test(words, a_command_line_can_be_pasted_into_a_shell)
{
	static const char argv[] = "sh\0-c\0echo \"$1\" it's\0\0--x=/a,b:c@d%e+f_g.h";
	rn_put_argv(&b, rn_bytes_of(argv, sizeof(argv)));
	expect("sh -c 'echo \"$1\" it'\\''s' '' --x=/a,b:c@d%e+f_g.h");
}

Test(words, a_command_line_without_its_last_nul_is_not_lost)
{
	rn_put_argv(&b, rn_bytes_str("ls"));
	expect("ls");
	rn_put_argv(&b, rn_bytes_of(NULL, 0));
	expect("");
}

Test(words, moments_are_utc_with_all_nanoseconds)
{
	rn_put_utc(&b, 0);
	expect("1970-01-01T00:00:00.000000000Z");
	rn_put_utc(&b, 951782400000000001); /* a leap day */
	expect("2000-02-29T00:00:00.000000001Z");
	rn_put_utc(&b, UINT64_MAX);
	expect("2554-07-21T23:34:33.709551615Z");
}

Test(words, a_uuid_has_its_dashes)
{
	static const uint8_t uuid[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc,
		0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };
	rn_put_uuid(&b, uuid);
	expect("01234567-89ab-cdef-fedc-ba9876543210");
}

Test(words, durations_in_prose_have_few_digits)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = { { 0, "0ns" }, { 999, "999ns" }, { 1000, "1.0us" }, { 12345, "12us" },
		{ 1999999, "1.9ms" }, { 850000000, "850ms" }, { 1200000000, "1.2s" },
		{ 45000000000, "45s" }, { UINT64_MAX, "18446744073s" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rn_put_short_time(&b, cases[i].ns);
		expect(cases[i].text);
	}
}
