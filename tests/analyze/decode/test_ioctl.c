/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "analyze/decode/ioctl.h"
#include "bytes.h"
#include "call_fixture.h"
#include "shared/names.h"

#define X64 RN_ABI_X86_64

Test(ioctl, every_row_is_found_by_its_number)
{
	/* the lookup halves: one row out of order would hide others */
	static const uint32_t first_and_last[] = { 0x301, 0x1260, 0x2400, 0x4c00, 0x5401, 0x7001, 0x8901,
		0xab00, 0xb704, 0x40044900, 0x80041272, 0x801c581f, 0xc0045706, 0xc028aa03,
		0xc0481273 };
	for (size_t i = 0; i < sizeof(first_and_last) / sizeof(first_and_last[0]); i++)
		cr_assert_not_null(rn_ioctl_row(first_and_last[i]), "%#x", first_and_last[i]);
	cr_assert_null(rn_ioctl_row(0));
	cr_assert_null(rn_ioctl_row(UINT32_MAX));
	cr_assert_null(rn_ioctl_row(0x89ff), "nobody's number of the sockets' family");
}

Test(ioctl, numbers_by_value_and_behind_addresses)
{
	uint8_t n[16] = { 0 };
	call_begin(X64, "ioctl", 3, 0x5205, 0x1000, 0, 0, 0);
	assert_call("ioctl(3, _IOC(_IOC_NONE, 0x52, 0x5, 0), 0x1000) = 0");
	call_begin(X64, "ioctl", 3, 0xc0045877, 0x1000, 0, 0, 0);
	assert_call("ioctl(3, FIFREEZE) = 0");
	call_begin(X64, "ioctl", 3, 0x1262, 256, 0, 0, 0);
	assert_call("ioctl(3, BLKRASET, 256) = 0");
	put_le(n, 0, 8, 4096);
	put_le(n, 8, 8, 512);
	call_begin(X64, "ioctl", 3, 0x1277, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, n, 16);
	assert_call("ioctl(3, BLKDISCARD, [4096, 512]) = 0");
	call_begin(X64, "ioctl", 3, 0x5415, 0x1000, 0, 0, 0);
	put_le(n, 0, 4, 6);
	call_memory(2, RN_PHASE_EXIT, 0x1000, n, 4);
	assert_call("ioctl(3, TIOCMGET, [TIOCM_DTR|TIOCM_RTS]) = 0");
	call_returns(-25);
	assert_call("ioctl(3, TIOCMGET, 0x1000) = -1 ENOTTY (Inappropriate ioctl for device)");
}

Test(ioctl, structures_grow_when_the_call_succeeds)
{
	uint8_t given[40] = { 0 }, back[40] = { 0 };
	put_le(given, 0, 8, 0x1000);
	put_le(given, 8, 8, 0x2000);
	put_le(given, 16, 8, 0x3000);
	put_le(given, 24, 8, 1);
	memcpy(back, given, 40);
	put_le(back, 32, 8, 0x3000);
	call_begin(X64, "ioctl", 3, 0xc028aa03, 0x9000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x9000, given, 40);
	call_memory(2, RN_PHASE_EXIT, 0x9000, back, 40);
	assert_call("ioctl(3, UFFDIO_COPY, {dst=0x1000, src=0x2000, len=0x3000, "
		"mode=UFFDIO_COPY_MODE_DONTWAKE, copy=0x3000}) = 0");
	call_returns(-17);
	assert_call("ioctl(3, UFFDIO_COPY, {dst=0x1000, src=0x2000, len=0x3000, "
		"mode=UFFDIO_COPY_MODE_DONTWAKE}) = -1 EEXIST (File exists)");
}

Test(ioctl, loops_show_keys_only_where_something_is_encrypted)
{
	uint8_t info[232] = { 0 };
	put_le(info, 24, 8, 512);
	put_le(info, 40, 4, 7);
	put_le(info, 48, 4, 2);
	put_le(info, 52, 4, 5);
	strcpy((char *)info + 56, "disk.img");
	memcpy(info + 184, "ab", 2);
	call_begin(X64, "ioctl", 3, 0x4c04, 0x9000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x9000, info, 232);
	assert_call("ioctl(3, LOOP_SET_STATUS64, {lo_offset=0x200, lo_number=7, "
		"lo_flags=LO_FLAGS_READ_ONLY|LO_FLAGS_AUTOCLEAR, lo_file_name=\"disk.img\", ...}) = 0");
	put_le(info, 44, 4, 1);
	call_begin(X64, "ioctl", 3, 0x4c04, 0x9000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x9000, info, 232);
	assert_call("ioctl(3, LOOP_SET_STATUS64, {lo_offset=0x200, lo_number=7, "
		"lo_encrypt_type=LO_CRYPT_XOR, lo_encrypt_key_size=2, "
		"lo_flags=LO_FLAGS_READ_ONLY|LO_FLAGS_AUTOCLEAR, lo_file_name=\"disk.img\", "
		"lo_crypt_name=\"\", lo_encrypt_key=\"ab\", ...}) = 0");
}

Test(ioctl, names_in_arrays_without_an_end_lose_their_last_byte)
{
	uint8_t ifr[40];
	memset(ifr, 'x', sizeof(ifr));
	put_le(ifr, 16, 4, 1500);
	call_begin(X64, "ioctl", 3, 0x8922, 0x9000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x9000, ifr, 40);
	assert_call("ioctl(3, SIOCSIFMTU, {ifr_name=\"xxxxxxxxxxxxxxx\"..., ifr_mtu=1500}) = 0");
}

Test(ioctl, namespaces_answer_with_their_kind)
{
	call_begin(X64, "ioctl", 3, 0xb703, 0, 0, 0, 0);
	call_returns(0x10000000);
	assert_call("ioctl(3, NS_GET_NSTYPE) = 268435456 (CLONE_NEWUSER)");
}
