/* SPDX-License-Identifier: MIT */
/**
 * ioctl - commands of ioctl: a row each says how the argument is shown, and, where it is a structure,
 * which. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_IOCTL_H
#define RN_ANALYZE_DECODE_IOCTL_H

#include "analyze/decode/fields.h"
#include "analyze/decode/records.h"

/* _IN: what is behind the address at entry; _OUT: at exit, when the call succeeded. */
enum rn_ioctl_form {
	RN_IOCTL_HEX,            /* a number nobody knows */
	RN_IOCTL_NOTHING,        /* the command has no argument */
	RN_IOCTL_ADDRESS,        /* not followed */
	RN_IOCTL_INT,            /* by value */
	RN_IOCTL_ULONG,
	RN_IOCTL_FD,
	RN_IOCTL_NAME,           /* one of aux */
	RN_IOCTL_NAME32,
	RN_IOCTL_NUMBERED,       /* the same, a plain number where it has none */
	RN_IOCTL_FLAGS,          /* aux: the table */
	RN_IOCTL_FLAGS8,         /* the lowest byte of them */
	RN_IOCTL_FLAGS32,
	RN_IOCTL_QUEUE,          /* tcflush, tcflow: aux says which */
	RN_IOCTL_INT_IN,         /* [5] */
	RN_IOCTL_INT_OUT,
	RN_IOCTL_INT_CHANGED,    /* [5], and => [6] when the call succeeded */
	RN_IOCTL_UINT_OUT,
	RN_IOCTL_USHORT_OUT,
	RN_IOCTL_LONG_OUT,
	RN_IOCTL_U64_IN,
	RN_IOCTL_U64_OUT,
	RN_IOCTL_HEX64_IN,
	RN_IOCTL_UINT_IN,
	RN_IOCTL_HEX_IN,
	RN_IOCTL_HEX_OUT,
	RN_IOCTL_S64_IN,
	RN_IOCTL_HEX64_OUT,
	RN_IOCTL_NAME_IN,        /* an int that is one of aux */
	RN_IOCTL_NAME_OUT,
	RN_IOCTL_NUMBERED_OUT,
	RN_IOCTL_FLAGS8_OUT,
	RN_IOCTL_FLAGS64_IN,     /* without brackets */
	RN_IOCTL_FLAGS64_OUT,
	RN_IOCTL_BYTES_IN,       /* aux bytes, each as \\xNN */
	RN_IOCTL_BYTES_OUT,
	RN_IOCTL_PAIR_IN,        /* two ints: [250, 33] */
	RN_IOCTL_PAIR_OUT,
	RN_IOCTL_U64_PAIR_IN,    /* [0, 4096] */
	RN_IOCTL_FLAGS_IN,       /* an int of flags; aux: the table */
	RN_IOCTL_FLAGS_OUT,
	RN_IOCTL_CHARACTER,
	RN_IOCTL_STRING_IN,      /* at most aux bytes; 0: the -s limit */
	RN_IOCTL_RECORD_IN,      /* aux: the record */
	RN_IOCTL_RECORD_OUT,
	RN_IOCTL_FIELDS_IN,
	RN_IOCTL_FIELDS_OUT,
	RN_IOCTL_FIELDS_GROW,    /* aux rows as given, the others as they came back */
	RN_IOCTL_CODE,
};

struct rn_ioctl {
	uint32_t number;
	uint8_t form; /* enum rn_ioctl_form */
	uint16_t aux;
	const struct rn_fields *fields;
	uint16_t bytes, bytes32; /* of the structure */
	void (*print)(struct rn_print *p, uint64_t addr);
};

/** The row of a command; of commands of a known family without a row one of ADDRESS; NULL. */
const struct rn_ioctl *rn_ioctl_row(uint32_t number);

/** Commands of network interfaces, whose argument is a struct ifreq. */
bool rn_is_ifreq_command(uint32_t command);
void rn_print_ifreq(struct rn_print *p, uint32_t command, uint64_t addr);
/** SIOCGIFCONF: {ifc_len=200 => 80, ifc_buf=[..]} */
void rn_print_ifconf(struct rn_print *p, uint64_t addr);

/* devices.c */
extern const struct rn_fields rn_fields_disk_geometry, rn_fields_fs_trim, rn_fields_fs_xattr_given,
	rn_fields_fs_xattr, rn_fields_rtc_time, rn_fields_rtc_pll,
	rn_fields_seccomp_addfd, rn_fields_seccomp_response, rn_fields_trace_setup,
	rn_fields_uffd_continue, rn_fields_uffd_copy, rn_fields_uffd_range,
	rn_fields_uffd_register, rn_fields_uffd_writeprotect, rn_fields_uffd_zeropage;
void rn_print_rtc_alarm(struct rn_print *p, uint64_t addr);
void rn_print_blkpg(struct rn_print *p, uint64_t addr);
void rn_print_uffd_api(struct rn_print *p, uint64_t addr);
void rn_print_btrfs_name(struct rn_print *p, uint64_t addr);
extern const struct rn_fields rn_fields_bridge_port, rn_fields_btrfs_qgroup_assign,
	rn_fields_btrfs_qgroup_create, rn_fields_clone_range, rn_fields_gpio_offset,
	rn_fields_gpio_values, rn_fields_input_id, rn_fields_keycode,
	rn_fields_ptp_extts, rn_fields_ptp_extts2, rn_fields_ptp_pin, rn_fields_tee_cancel,
	rn_fields_tee_session, rn_fields_ubi_attach, rn_fields_ubi_change, rn_fields_ubi_map,
	rn_fields_ubi_property, rn_fields_ubi_resize, rn_fields_unimap_hint;
/* loop.c */
void rn_print_loop_status(struct rn_print *p, uint64_t addr);
void rn_print_loop_status64(struct rn_print *p, uint64_t addr);
void rn_print_loop_config(struct rn_print *p, uint64_t addr);

rn_record_printer rn_record_termios, rn_record_termio, rn_record_winsize;

#endif
