/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static const char *utime_text(int64_t sec)
{
	uint8_t t[16] = { 0 };
	put_le(t, 0, 8, (uint64_t)sec);
	call_begin(X64, "utime", 0, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, t, 16);
	return call_arg_text(1);
}

Test(times, dates_of_any_year)
{
	cr_assert_str_eq(utime_text(0), "{actime=0, modtime=0}");
	cr_assert_str_eq(utime_text(1), "{actime=1 /* 1970-01-01T00:00:01+0000 */, modtime=0}");
	cr_assert_str_eq(utime_text(951782400),
		"{actime=951782400 /* 2000-02-29T00:00:00+0000 */, modtime=0}");
	cr_assert_str_eq(utime_text(4107542399),
		"{actime=4107542399 /* 2100-02-28T23:59:59+0000 */, modtime=0}");
	cr_assert_str_eq(utime_text(4107542400),
		"{actime=4107542400 /* 2100-03-01T00:00:00+0000 */, modtime=0}");
	cr_assert_str_eq(utime_text(-1), "{actime=-1 /* 1969-12-31T23:59:59+0000 */, modtime=0}");
	cr_assert_str_eq(utime_text(-62167219200),
		"{actime=-62167219200 /* 0-01-01T00:00:00+0000 */, modtime=0}");
	cr_assert_str_eq(utime_text(INT64_MAX), "{actime=9223372036854775807, modtime=0}");
	cr_assert_str_eq(utime_text(INT64_MIN), "{actime=-9223372036854775808, modtime=0}");
}

Test(times, sleeps_show_what_is_left_only_when_interrupted)
{
	uint8_t want[16] = { 5 }, left[16] = { 3 };
	call_begin(X64, "nanosleep", 0x1000, 0x2000, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, want, 16);
	call_memory(1, RN_PHASE_EXIT, 0x2000, left, 16);
	assert_call("nanosleep({tv_sec=5, tv_nsec=0}, 0x2000) = 0");
	call_returns(-516);
	assert_call("nanosleep({tv_sec=5, tv_nsec=0}, {tv_sec=3, tv_nsec=0}) = "
		"? ERESTART_RESTARTBLOCK (Interrupted by signal)");
}

Test(times, seconds_have_a_sign_and_their_parts_have_none)
{
	uint8_t t[16];
	memset(t, 0xff, sizeof(t));
	call_begin(X64, "clock_settime", 0, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, t, 16);
	assert_call("clock_settime(CLOCK_REALTIME, {tv_sec=-1, tv_nsec=18446744073709551615}) = 0");
}

Test(times, of_thirty_two_bits)
{
	uint8_t t[16] = { 0 };
	put_le(t, 0, 4, (uint32_t)-1);
	put_le(t, 4, 4, 7);
	call_begin(RN_ABI_I386, "clock_gettime", 0, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, t, 8);
	assert_call("clock_gettime(CLOCK_REALTIME, {tv_sec=-1, tv_nsec=7}) = 0");
	call_begin(RN_ABI_I386, "clock_gettime64", 1, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, t, 16);
	assert_call("clock_gettime64(CLOCK_MONOTONIC, {tv_sec=34359738367, tv_nsec=0}) = 0");
}

Test(times, timers)
{
	uint8_t it[32] = { 0 };
	put_le(it, 16, 8, 1);
	put_le(it, 24, 8, 500000);
	call_begin(X64, "setitimer", 0, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, it, 32);
	assert_call("setitimer(ITIMER_REAL, {it_interval={tv_sec=0, tv_usec=0}, "
		"it_value={tv_sec=1, tv_usec=500000}}, NULL) = 0");
	uint8_t tms[32] = { 2, 0, 0, 0, 0, 0, 0, 0, 105 };
	call_begin(X64, "times", 0x1000, 0, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_EXIT, 0x1000, tms, 32);
	assert_call("times({tms_utime=2 /* 0.02 s */, tms_stime=105 /* 1.05 s */, tms_cutime=0, "
		"tms_cstime=0}) = 0");
}

Test(times, the_machine)
{
	uint8_t u[390] = { 0 };
	strcpy((char *)u, "Linux");
	memset(u + 65, 'n', 65);
	strcpy((char *)u + 130, "6.1");
	call_begin(X64, "uname", 0x1000, 0, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_EXIT, 0x1000, u, 390);
	call_style.verbose = true;
	assert_call("uname({sysname=\"Linux\", nodename=\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		"nnnnnnnnnnnnnnnnnn\"..., release=\"6.1\", version=\"\", machine=\"\", "
		"domainname=\"\"}) = 0");
	call_style.verbose = false;
	cr_assert_str_eq(strrchr(call_text(), ','), ", ...}) = 0");
	uint8_t s[112] = { 0 };
	put_le(s, 8, 8, 42016);
	put_le(s, 80, 2, 107);
	put_le(s, 104, 4, 1);
	call_begin(X64, "sysinfo", 0x1000, 0, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_EXIT, 0x1000, s, 112);
	assert_call("sysinfo({uptime=0, loads=[42016, 0, 0], totalram=0, freeram=0, sharedram=0, "
		"bufferram=0, totalswap=0, freeswap=0, procs=107, totalhigh=0, freehigh=0, "
		"mem_unit=1}) = 0");
}
