/* SPDX-License-Identifier: MIT */
/* Structures of ioctl, by the headers of the kernel: <linux/hdreg.h>, fs.h, rtc.h, seccomp.h,
 * blktrace_api.h, blkpg.h, userfaultfd.h. Most have one layout on all ABIs. */
#include "analyze/decode/ioctl.h"

#define ROW(name, form, off, size, aux) { name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off, size, aux }
#define ROW2(name, form, off, size, off32, size32) \
	{ name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off32, size32, 0 }
#define DETAIL(name, form, off, size, aux) { name, RN_FORM_##form, RN_FIELD_DETAIL, off, size, off, size, aux }

static const struct rn_field disk_geometry_rows[] = {
	ROW("heads", UDEC, 0, 1, 0),
	ROW("sectors", UDEC, 1, 1, 0),
	ROW("cylinders", UDEC, 2, 2, 0),
	ROW2("start", UDEC, 8, 8, 4, 4),
};
const struct rn_fields rn_fields_disk_geometry = RN_FIELDS_OF(disk_geometry_rows);

static const struct rn_field fs_trim_rows[] = {
	ROW("start", HEX, 0, 8, 0),
	ROW("len", UDEC, 8, 8, 0),
	ROW("minlen", UDEC, 16, 8, 0),
};
const struct rn_fields rn_fields_fs_trim = RN_FIELDS_OF(fs_trim_rows);

static const struct rn_field fs_xattr_given_rows[] = {
	ROW("fsx_xflags", FLAGS, 0, 4, RN_NAMES_fs_xflags),
	ROW("fsx_extsize", UDEC, 4, 4, 0),
	ROW("fsx_projid", HEX, 12, 4, 0),
	ROW("fsx_cowextsize", UDEC, 16, 4, 0),
};
const struct rn_fields rn_fields_fs_xattr_given = RN_FIELDS_OF(fs_xattr_given_rows);

static const struct rn_field fs_xattr_rows[] = {
	ROW("fsx_xflags", FLAGS, 0, 4, RN_NAMES_fs_xflags),
	ROW("fsx_extsize", UDEC, 4, 4, 0),
	ROW("fsx_nextents", UDEC, 8, 4, 0),
	ROW("fsx_projid", HEX, 12, 4, 0),
	ROW("fsx_cowextsize", UDEC, 16, 4, 0),
};
const struct rn_fields rn_fields_fs_xattr = RN_FIELDS_OF(fs_xattr_rows);

static const struct rn_field rtc_time_rows[] = {
	ROW("tm_sec", DEC, 0, 4, 0),
	ROW("tm_min", DEC, 4, 4, 0),
	ROW("tm_hour", DEC, 8, 4, 0),
	ROW("tm_mday", DEC, 12, 4, 0),
	ROW("tm_mon", DEC, 16, 4, 0),
	ROW("tm_year", DEC, 20, 4, 0),
	DETAIL("tm_wday", DEC, 24, 4, 0),
	DETAIL("tm_yday", DEC, 28, 4, 0),
	DETAIL("tm_isdst", DEC, 32, 4, 0),
};
const struct rn_fields rn_fields_rtc_time = RN_FIELDS_OF(rtc_time_rows);

static const struct rn_field rtc_pll_rows[] = {
	ROW("pll_ctrl", DEC, 0, 4, 0),
	ROW("pll_value", DEC, 4, 4, 0),
	ROW("pll_max", DEC, 8, 4, 0),
	ROW("pll_min", DEC, 12, 4, 0),
	ROW("pll_posmult", DEC, 16, 4, 0),
	ROW("pll_negmult", DEC, 20, 4, 0),
	ROW2("pll_clock", DEC, 24, 8, 24, 4),
};
const struct rn_fields rn_fields_rtc_pll = RN_FIELDS_OF(rtc_pll_rows);

static const struct rn_field seccomp_response_rows[] = {
	ROW("id", HEX, 0, 8, 0),
	ROW("val", DEC, 8, 8, 0),
	ROW("error", ERRNO, 16, 4, 0),
	ROW("flags", FLAGS, 20, 4, RN_NAMES_seccomp_notif_flags),
};
const struct rn_fields rn_fields_seccomp_response = RN_FIELDS_OF(seccomp_response_rows);

static const struct rn_field seccomp_addfd_rows[] = {
	ROW("id", HEX, 0, 8, 0),
	ROW("flags", FLAGS, 8, 4, RN_NAMES_seccomp_addfd_flags),
	ROW("srcfd", FD, 12, 4, 0),
	ROW("newfd", DEC, 16, 4, 0),
	ROW("newfd_flags", FLAGS, 20, 4, RN_NAMES_open_bits),
};
const struct rn_fields rn_fields_seccomp_addfd = RN_FIELDS_OF(seccomp_addfd_rows);

static const struct rn_field trace_setup_rows[] = {
	ROW("act_mask", UDEC, 32, 2, 0),
	ROW("buf_size", UDEC, 36, 4, 0),
	ROW("buf_nr", UDEC, 40, 4, 0),
	ROW2("start_lba", UDEC, 48, 8, 44, 8),
	ROW2("end_lba", UDEC, 56, 8, 52, 8),
	ROW2("pid", DEC, 64, 4, 60, 4),
};
const struct rn_fields rn_fields_trace_setup = RN_FIELDS_OF(trace_setup_rows);

static const struct rn_field uffd_range_rows[] = {
	ROW("start", HEX, 0, 8, 0),
	ROW("len", HEX, 8, 8, 0),
};
const struct rn_fields rn_fields_uffd_range = RN_FIELDS_OF(uffd_range_rows);

static const struct rn_field uffd_register_rows[] = {
	ROW("range", RANGE, 0, 16, 0),
	ROW("mode", FLAGS, 16, 8, RN_NAMES_uffd_register),
	ROW("ioctls", FLAGS, 24, 8, RN_NAMES_uffd_ioctls),
};
const struct rn_fields rn_fields_uffd_register = RN_FIELDS_OF(uffd_register_rows);

static const struct rn_field uffd_copy_rows[] = {
	ROW("dst", HEX, 0, 8, 0),
	ROW("src", HEX, 8, 8, 0),
	ROW("len", HEX, 16, 8, 0),
	ROW("mode", FLAGS, 24, 8, RN_NAMES_uffd_copy),
	ROW("copy", HEX, 32, 8, 0),
};
const struct rn_fields rn_fields_uffd_copy = RN_FIELDS_OF(uffd_copy_rows);

static const struct rn_field uffd_zeropage_rows[] = {
	ROW("range", RANGE, 0, 16, 0),
	ROW("mode", FLAGS, 16, 8, RN_NAMES_uffd_zeropage),
	ROW("zeropage", HEX, 24, 8, 0),
};
const struct rn_fields rn_fields_uffd_zeropage = RN_FIELDS_OF(uffd_zeropage_rows);

static const struct rn_field uffd_continue_rows[] = {
	ROW("range", RANGE, 0, 16, 0),
	ROW("mode", FLAGS, 16, 8, RN_NAMES_uffd_continue),
	ROW("mapped", HEX, 24, 8, 0),
};
const struct rn_fields rn_fields_uffd_continue = RN_FIELDS_OF(uffd_continue_rows);

static const struct rn_field uffd_writeprotect_rows[] = {
	ROW("range", RANGE, 0, 16, 0),
	ROW("mode", FLAGS, 16, 8, RN_NAMES_uffd_writeprotect),
};
const struct rn_fields rn_fields_uffd_writeprotect = RN_FIELDS_OF(uffd_writeprotect_rows);

/* UFFDIO_API: what was asked for, then what there is. */
void rn_print_uffd_api(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[24];
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	p->phase = RN_PHASE_ENTRY;
	if (!rn_print_read(p, addr, bytes, sizeof(bytes))) {
		rn_print_addr(p, addr);
		return;
	}
	RN_PUT(p, "{api=");
	rn_put_hex(p->out, rn_field_u(b, 0, 8));
	RN_PUT(p, ", features=");
	rn_print_flags(p, RN_NAMES_uffd_features, rn_field_u(b, 8, 8));
	p->phase = RN_PHASE_EXIT;
	if (!p->no_exit && rn_print_read(p, addr, bytes, sizeof(bytes))) {
		RN_PUT(p, " => features=");
		rn_print_flags(p, RN_NAMES_uffd_features, rn_field_u(b, 8, 8));
		RN_PUT(p, ", ioctls=");
		rn_print_flags(p, RN_NAMES_uffd_ioctls, rn_field_u(b, 16, 8));
	}
	rn_put_u8(p->out, '}');
}

/* struct blkpg_partition: start, length, number, two names. */
static void put_partition(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[152];
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	if (!rn_print_read(p, addr, bytes, sizeof(bytes))) {
		rn_print_addr(p, addr);
		return;
	}
	RN_PUT(p, "{start=");
	rn_put_dec(p->out, rn_field_i(b, 0, 8));
	RN_PUT(p, ", length=");
	rn_put_dec(p->out, rn_field_i(b, 8, 8));
	RN_PUT(p, ", pno=");
	rn_put_dec(p->out, rn_field_i(b, 16, 4));
	RN_PUT(p, ", devname=");
	rn_print_quoted_name(p, rn_bytes_part(b, 20, 64));
	RN_PUT(p, ", volname=");
	rn_print_quoted_name(p, rn_bytes_part(b, 84, 64));
	rn_put_u8(p->out, '}');
}

void rn_print_blkpg(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[24];
	unsigned at = p->word == 8 ? 16 : 12;
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	p->phase = RN_PHASE_ENTRY;
	if (!rn_print_read(p, addr, bytes, at + p->word)) {
		rn_print_addr(p, addr);
		return;
	}
	RN_PUT(p, "{op=");
	rn_print_enum(p, RN_NAMES_blkpg_op, rn_field_u(b, 0, 4));
	RN_PUT(p, ", flags=");
	rn_put_dec(p->out, rn_field_i(b, 4, 4));
	RN_PUT(p, ", datalen=");
	rn_put_dec(p->out, rn_field_i(b, 8, 4));
	RN_PUT(p, ", data=");
	put_partition(p, rn_field_u(b, at, p->word));
	rn_put_u8(p->out, '}');
}

/* RTC_WKALM_SET (an odd number) gives, RTC_WKALM_RD asks. */
void rn_print_rtc_alarm(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[40];
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	bool asks = !(p->args[1] & 1);
	p->phase = asks ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if ((asks && p->no_exit) || !rn_print_read(p, addr, bytes, sizeof(bytes))) {
		rn_print_addr(p, addr);
		return;
	}
	RN_PUT(p, "{enabled=");
	rn_put_udec(p->out, bytes[0]);
	RN_PUT(p, ", pending=");
	rn_put_udec(p->out, bytes[1]);
	RN_PUT(p, ", time=");
	rn_print_fields(p, &rn_fields_rtc_time, rn_bytes_part(b, 4, 36));
	rn_put_u8(p->out, '}');
}
