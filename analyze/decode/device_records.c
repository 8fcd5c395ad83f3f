/* SPDX-License-Identifier: MIT */
/* More structures of ioctl, by the headers of the kernel: <linux/btrfs.h>, fs.h, gpio.h, if.h,
 * input.h, kd.h, ptp_clock.h, tee.h, <mtd/ubi-user.h>. */
#include "analyze/decode/ioctl.h"

#define ROW(name, form, off, size, aux) { name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off, size, aux }
#define FIELDS(id) const struct rn_fields rn_fields_##id = RN_FIELDS_OF(id##_rows)

static const struct rn_field bridge_port_rows[] = { ROW("ifr_ifindex", UDEC, 16, 4, 0) };
FIELDS(bridge_port);

static const struct rn_field btrfs_qgroup_assign_rows[] = {
	ROW("assign", UDEC, 0, 8, 0), ROW("src", UDEC, 8, 8, 0), ROW("dst", UDEC, 16, 8, 0),
};
FIELDS(btrfs_qgroup_assign);

static const struct rn_field btrfs_qgroup_create_rows[] = {
	ROW("create", UDEC, 0, 8, 0), ROW("qgroupid", UDEC, 8, 8, 0),
};
FIELDS(btrfs_qgroup_create);

static const struct rn_field clone_range_rows[] = {
	ROW("src_fd", FD, 0, 8, 0), ROW("src_offset", UDEC, 8, 8, 0),
	ROW("src_length", UDEC, 16, 8, 0), ROW("dest_offset", UDEC, 24, 8, 0),
};
FIELDS(clone_range);

static const struct rn_field gpio_offset_rows[] = { ROW("offset", UDEC, 0, 4, 0) };
FIELDS(gpio_offset);

static const struct rn_field gpio_values_rows[] = {
	ROW("bits", HEX, 0, 8, 0), ROW("mask", HEX, 8, 8, 0),
};
FIELDS(gpio_values);

static const struct rn_field input_id_rows[] = {
	ROW("bustype", UDEC, 0, 2, 0), ROW("vendor", UDEC, 2, 2, 0), ROW("product", UDEC, 4, 2, 0),
	ROW("version", UDEC, 6, 2, 0),
};
FIELDS(input_id);

static const struct rn_field keycode_rows[] = {
	ROW("scancode", HEX, 0, 4, 0), ROW("keycode", HEX, 4, 4, 0),
};
FIELDS(keycode);

#define SPARE(name, off, n) { name, RN_FORM_HEXES, RN_FIELD_NONZERO, off, 4 * (n), off, 4 * (n), n }

static const struct rn_field ptp_extts_rows[] = {
	ROW("index", UDEC, 0, 4, 0), ROW("flags", FLAGS, 4, 4, RN_NAMES_ptp_flags),
};
FIELDS(ptp_extts);

static const struct rn_field ptp_extts2_rows[] = {
	ROW("index", UDEC, 0, 4, 0), ROW("flags", FLAGS, 4, 4, RN_NAMES_ptp_flags),
	SPARE("rsv", 8, 2),
};
FIELDS(ptp_extts2);

static const struct rn_field ptp_pin_rows[] = {
	ROW("index", UDEC, 64, 4, 0), ROW("func", ENUM, 68, 4, RN_NAMES_ptp_pin),
	ROW("chan", UDEC, 72, 4, 0),
};
FIELDS(ptp_pin);

static const struct rn_field tee_cancel_rows[] = {
	ROW("cancel_id", UDEC, 0, 4, 0), ROW("session", HEX, 4, 4, 0),
};
FIELDS(tee_cancel);

static const struct rn_field tee_session_rows[] = { ROW("session", HEX, 0, 4, 0) };
FIELDS(tee_session);

static const struct rn_field ubi_attach_rows[] = {
	ROW("ubi_num", DEC, 0, 4, 0), ROW("mtd_num", DEC, 4, 4, 0),
	ROW("vid_hdr_offset", DEC, 8, 4, 0), ROW("max_beb_per1024", DEC, 12, 2, 0),
};
FIELDS(ubi_attach);

static const struct rn_field ubi_change_rows[] = {
	ROW("lnum", DEC, 0, 4, 0), ROW("bytes", DEC, 4, 4, 0),
	ROW("dtype", ENUM, 8, 1, RN_NAMES_ubi_data_type),
};
FIELDS(ubi_change);

static const struct rn_field ubi_map_rows[] = {
	ROW("lnum", DEC, 0, 4, 0), ROW("dtype", ENUM, 4, 1, RN_NAMES_ubi_data_type),
};
FIELDS(ubi_map);

static const struct rn_field ubi_property_rows[] = {
	ROW("property", ENUM, 0, 1, RN_NAMES_ubi_property), ROW("value", HEX, 8, 8, 0),
};
FIELDS(ubi_property);

static const struct rn_field ubi_resize_rows[] = {
	ROW("bytes", DEC, 0, 8, 0), ROW("vol_id", DEC, 8, 4, 0),
};
FIELDS(ubi_resize);

static const struct rn_field unimap_hint_rows[] = {
	ROW("advised_hashsize", UDEC, 0, 2, 0), ROW("advised_hashstep", UDEC, 2, 2, 0),
	ROW("advised_hashlevel", UDEC, 4, 2, 0),
};
FIELDS(unimap_hint);

/* struct btrfs_ioctl_vol_args: a descriptor and a name. */
void rn_print_btrfs_name(struct rn_print *p, uint64_t addr)
{
	uint8_t fd[8];
	p->phase = RN_PHASE_ENTRY;
	if (!rn_print_read(p, addr, fd, sizeof(fd))) {
		rn_print_addr(p, addr);
		return;
	}
	RN_PUT(p, "{fd=");
	rn_print_fd(p, (int32_t)rn_field_u(rn_bytes_of(fd, 8), 0, 4));
	RN_PUT(p, ", name=");
	rn_print_quoted_name(p, rn_memory_run(p->call, p->phase, addr + 8, 4088, NULL));
	rn_put_u8(p->out, '}');
}
