/* SPDX-License-Identifier: MIT */
/* One row per command, by number. Directions and sizes are those the kernel uses, which the number of a
 * command does not always tell. */
#include "analyze/decode/ioctl.h"

#define PLAIN(number, form) { number, RN_IOCTL_##form, 0, NULL, 0, 0, NULL }
#define NAMED(number, form, names) { number, RN_IOCTL_##form, RN_NAMES_##names, NULL, 0, 0, NULL }
#define QUEUE(number, which) { number, RN_IOCTL_QUEUE, which, NULL, 0, 0, NULL }
#define STRING(number, most) { number, RN_IOCTL_STRING_IN, most, NULL, 0, 0, NULL }
#define RECORD(number, form, record) \
	{ number, RN_IOCTL_##form, RN_REC_##record, NULL, 0, 0, NULL }
#define FIELDS(number, form, fields, bytes, bytes32, given) \
	{ number, RN_IOCTL_##form, given, &rn_fields_##fields, bytes, bytes32, NULL }
#define HEXES(number, form, bytes) { number, RN_IOCTL_##form, bytes, NULL, 0, 0, NULL }
#define CODE(number, print) { number, RN_IOCTL_CODE, 0, NULL, 0, 0, print }

static const struct rn_ioctl rows[] = {
	FIELDS(0x301, FIELDS_OUT, disk_geometry, 16, 8, 0),  /* HDIO_GETGEO */
	PLAIN(0x302, LONG_OUT),                              /* HDIO_GET_.. */
	PLAIN(0x304, LONG_OUT),
	PLAIN(0x308, LONG_OUT),
	PLAIN(0x309, LONG_OUT),
	PLAIN(0x30a, LONG_OUT),
	PLAIN(0x30b, LONG_OUT),
	PLAIN(0x30e, LONG_OUT),
	PLAIN(0x30f, LONG_OUT),
	PLAIN(0x310, LONG_OUT),
	PLAIN(0x31a, LONG_OUT),
	PLAIN(0x31c, ADDRESS),                               /* HDIO_DRIVE_RESET */
	PLAIN(0x31f, ADDRESS),                               /* HDIO_DRIVE_CMD */
	PLAIN(0x321, ULONG),                                 /* HDIO_SET_.. */
	PLAIN(0x322, ULONG),
	PLAIN(0x323, ULONG),
	PLAIN(0x324, ULONG),
	PLAIN(0x325, ULONG),
	PLAIN(0x326, ULONG),
	PLAIN(0x327, ULONG),
	PLAIN(0x328, ADDRESS),                               /* HDIO_SCAN_HWIF */
	PLAIN(0x32a, ULONG),
	PLAIN(0x32b, ULONG),
	PLAIN(0x32c, ULONG),
	PLAIN(0x32f, ULONG),
	PLAIN(0x125d, INT_IN),                               /* BLKROSET */
	PLAIN(0x125e, INT_OUT),                              /* BLKROGET */
	PLAIN(0x125f, NOTHING),                              /* BLKRRPART */
	PLAIN(0x1260, LONG_OUT),                             /* BLKGETSIZE */
	PLAIN(0x1261, NOTHING),                              /* BLKFLSBUF */
	PLAIN(0x1262, ULONG),                                /* BLKRASET */
	PLAIN(0x1263, LONG_OUT),                             /* BLKRAGET */
	PLAIN(0x1264, ULONG),                                /* BLKFRASET */
	PLAIN(0x1265, LONG_OUT),                             /* BLKFRAGET */
	PLAIN(0x1267, USHORT_OUT),                           /* BLKSECTGET */
	PLAIN(0x1268, INT_OUT),                              /* BLKSSZGET */
	CODE(0x1269, rn_print_blkpg),                        /* BLKPG */
	PLAIN(0x1274, NOTHING),                              /* BLKTRACESTART */
	PLAIN(0x1275, NOTHING),                              /* BLKTRACESTOP */
	PLAIN(0x1276, NOTHING),                              /* BLKTRACETEARDOWN */
	PLAIN(0x1277, U64_PAIR_IN),                          /* BLKDISCARD */
	PLAIN(0x1278, UINT_OUT),                             /* BLKIOMIN */
	PLAIN(0x1279, UINT_OUT),                             /* BLKIOOPT */
	PLAIN(0x127a, INT_OUT),                              /* BLKALIGNOFF */
	PLAIN(0x127b, UINT_OUT),                             /* BLKPBSZGET */
	PLAIN(0x127c, UINT_OUT),                             /* BLKDISCARDZEROES */
	PLAIN(0x127d, U64_PAIR_IN),                          /* BLKSECDISCARD */
	PLAIN(0x127e, USHORT_OUT),                           /* BLKROTATIONAL */
	PLAIN(0x127f, U64_PAIR_IN),                          /* BLKZEROOUT */
	PLAIN(0x2201, INT_IN),                               /* SG_SET_TIMEOUT */
	PLAIN(0x2202, NOTHING),                              /* SG_GET_TIMEOUT */
	PLAIN(0x2203, INT_OUT),                              /* SG_EMULATED_HOST */
	PLAIN(0x2205, ADDRESS),                              /* SG_GET_TRANSFORM */
	PLAIN(0x2270, INT_OUT),                              /* SG_GET_COMMAND_Q */
	PLAIN(0x2271, INT_IN),                               /* SG_SET_COMMAND_Q */
	PLAIN(0x2272, INT_OUT),                              /* SG_GET_RESERVED_SIZE */
	PLAIN(0x2275, INT_IN),                               /* SG_SET_RESERVED_SIZE */
	PLAIN(0x2276, ADDRESS),                              /* SG_GET_SCSI_ID */
	PLAIN(0x2279, INT_IN),                               /* SG_SET_FORCE_LOW_DMA */
	PLAIN(0x227a, INT_OUT),                              /* SG_GET_LOW_DMA */
	PLAIN(0x227b, INT_IN),                               /* SG_SET_FORCE_PACK_ID */
	PLAIN(0x227c, INT_OUT),                              /* SG_GET_PACK_ID */
	PLAIN(0x227d, INT_OUT),                              /* SG_GET_NUM_WAITING */
	PLAIN(0x227e, INT_IN),                               /* SG_SET_DEBUG */
	PLAIN(0x227f, INT_OUT),                              /* SG_GET_SG_TABLESIZE */
	PLAIN(0x2282, INT_OUT),                              /* SG_GET_VERSION_NUM */
	PLAIN(0x2283, INT_IN),                               /* SG_NEXT_CMD_LEN */
	PLAIN(0x2284, ADDRESS),                              /* SG_SCSI_RESET */
	PLAIN(0x2285, ADDRESS),                              /* SG_IO */
	PLAIN(0x2286, ADDRESS),                              /* SG_GET_REQUEST_TABLE */
	PLAIN(0x2287, INT_IN),                               /* SG_SET_KEEP_ORPHAN */
	PLAIN(0x2288, INT_OUT),                              /* SG_GET_KEEP_ORPHAN */
	PLAIN(0x2289, INT_OUT),                              /* SG_GET_ACCESS_COUNT */
	NAMED(0x2400, FLAGS32, perf_ioc_flags),                /* PERF_EVENT_IOC_ENABLE, DISABLE, RESET */
	NAMED(0x2401, FLAGS32, perf_ioc_flags),
	PLAIN(0x2402, INT),                                  /* PERF_EVENT_IOC_REFRESH */
	NAMED(0x2403, FLAGS32, perf_ioc_flags),
	PLAIN(0x2405, FD),                                   /* PERF_EVENT_IOC_SET_OUTPUT */
	PLAIN(0x3e01, NOTHING),                              /* COUNTER_ENABLE_EVENTS_IOCTL */
	PLAIN(0x3e02, NOTHING),                              /* COUNTER_DISABLE_EVENTS_IOCTL */
	NAMED(0x4b31, FLAGS8_OUT, kb_led),                   /* KDGETLED */
	NAMED(0x4b32, FLAGS8, kb_led),                       /* KDSETLED */
	PLAIN(0x4b33, ADDRESS),                              /* KDGKBTYPE */
	PLAIN(0x4b36, NOTHING),                              /* KDENABIO */
	PLAIN(0x4b37, NOTHING),                              /* KDDISABIO */
	NAMED(0x4b3a, NAME, kd_mode),                        /* KDSETMODE */
	NAMED(0x4b3b, NAME_OUT, kd_mode),                    /* KDGETMODE */
	PLAIN(0x4b3c, NOTHING),                              /* KDMAPDISP */
	PLAIN(0x4b3d, NOTHING),                              /* KDUNMAPDISP */
	HEXES(0x4b40, BYTES_OUT, 256),                       /* GIO_SCRNMAP */
	HEXES(0x4b41, BYTES_IN, 256),                        /* PIO_SCRNMAP */
	NAMED(0x4b44, NUMBERED_OUT, kb_mode),                /* KDGKBMODE */
	NAMED(0x4b45, NUMBERED, kb_mode),                    /* KDSKBMODE */
	PLAIN(0x4b46, ADDRESS),                              /* KDGKBENT */
	PLAIN(0x4b47, ADDRESS),                              /* KDSKBENT */
	PLAIN(0x4b48, ADDRESS),                              /* KDGKBSENT */
	PLAIN(0x4b49, ADDRESS),                              /* KDSKBSENT */
	PLAIN(0x4b4a, ADDRESS),                              /* KDGKBDIACR */
	PLAIN(0x4b4b, ADDRESS),                              /* KDSKBDIACR */
	PLAIN(0x4b4c, ADDRESS),                              /* KDGETKEYCODE */
	FIELDS(0x4b4d, FIELDS_IN, keycode, 8, 8, 0),         /* KDSETKEYCODE */
	PLAIN(0x4b4e, INT),                                  /* KDSIGACCEPT */
	PLAIN(0x4b52, ADDRESS),                              /* KDKBDREP */
	HEXES(0x4b60, BYTES_OUT, 8192),                      /* GIO_FONT */
	HEXES(0x4b61, BYTES_IN, 8192),                       /* PIO_FONT */
	NAMED(0x4b62, NAME_OUT, kb_meta),                    /* KDGKBMETA */
	NAMED(0x4b63, NAME, kb_meta),                        /* KDSKBMETA */
	PLAIN(0x4b64, ADDRESS),                              /* KDGKBLED */
	NAMED(0x4b65, FLAGS8, kb_led),                       /* KDSKBLED */
	PLAIN(0x4b66, ADDRESS),                              /* GIO_UNIMAP */
	PLAIN(0x4b67, ADDRESS),                              /* PIO_UNIMAP */
	FIELDS(0x4b68, FIELDS_IN, unimap_hint, 6, 6, 0),     /* PIO_UNIMAPCLR */
	PLAIN(0x4b69, ADDRESS),                              /* GIO_UNISCRNMAP */
	PLAIN(0x4b6a, ADDRESS),                              /* PIO_UNISCRNMAP */
	PLAIN(0x4b6b, ADDRESS),                              /* GIO_FONTX */
	PLAIN(0x4b6c, ADDRESS),                              /* PIO_FONTX */
	PLAIN(0x4b6d, NOTHING),                              /* PIO_FONTRESET */
	HEXES(0x4b70, BYTES_OUT, 48),                        /* GIO_CMAP */
	HEXES(0x4b71, BYTES_IN, 48),                         /* PIO_CMAP */
	PLAIN(0x4b72, ADDRESS),                              /* KDFONTOP */
	PLAIN(0x4c00, FD),                                   /* LOOP_SET_FD */
	PLAIN(0x4c01, NOTHING),                              /* LOOP_CLR_FD */
	CODE(0x4c02, rn_print_loop_status),                  /* LOOP_SET_STATUS, LOOP_GET_STATUS */
	CODE(0x4c03, rn_print_loop_status),
	CODE(0x4c04, rn_print_loop_status64),                /* LOOP_SET_STATUS64, LOOP_GET_STATUS64 */
	CODE(0x4c05, rn_print_loop_status64),
	PLAIN(0x4c06, FD),                                   /* LOOP_CHANGE_FD */
	PLAIN(0x4c07, NOTHING),                              /* LOOP_SET_CAPACITY */
	PLAIN(0x4c08, ULONG),                                /* LOOP_SET_DIRECT_IO */
	PLAIN(0x4c09, ULONG),                                /* LOOP_SET_BLOCK_SIZE */
	CODE(0x4c0a, rn_print_loop_config),                  /* LOOP_CONFIGURE */
	PLAIN(0x4c80, INT),                                  /* LOOP_CTL_ADD */
	PLAIN(0x4c81, INT),                                  /* LOOP_CTL_REMOVE */
	PLAIN(0x4c82, NOTHING),                              /* LOOP_CTL_GET_FREE */
	NAMED(0x4d13, NAME, mtd_file_mode),                  /* MTDFILEMODE */
	PLAIN(0x4f08, NOTHING),                              /* UBI_IOCVOLRMBLK */
	PLAIN(0x5204, NOTHING),                              /* RNDZAPENTCNT */
	PLAIN(0x5206, NOTHING),                              /* RNDCLEARPOOL */
	PLAIN(0x5207, NOTHING),                              /* RNDRESEEDCRNG */
	RECORD(0x5401, RECORD_OUT, termios),                 /* TCGETS */
	RECORD(0x5402, RECORD_IN, termios),                  /* TCSETS, TCSETSW, TCSETSF */
	RECORD(0x5403, RECORD_IN, termios),
	RECORD(0x5404, RECORD_IN, termios),
	RECORD(0x5405, RECORD_OUT, termio),                  /* TCGETA */
	RECORD(0x5406, RECORD_IN, termio),                   /* TCSETA, TCSETAW, TCSETAF */
	RECORD(0x5407, RECORD_IN, termio),
	RECORD(0x5408, RECORD_IN, termio),
	PLAIN(0x5409, INT),                                  /* TCSBRK */
	QUEUE(0x540a, 1),                                    /* TCXONC */
	QUEUE(0x540b, 0),                                    /* TCFLSH */
	PLAIN(0x540c, NOTHING),                              /* TIOCEXCL */
	PLAIN(0x540d, NOTHING),                              /* TIOCNXCL */
	PLAIN(0x540e, INT),                                  /* TIOCSCTTY */
	PLAIN(0x540f, INT_OUT),                              /* TIOCGPGRP */
	PLAIN(0x5410, INT_IN),                               /* TIOCSPGRP */
	PLAIN(0x5411, INT_OUT),                              /* TIOCOUTQ */
	PLAIN(0x5412, CHARACTER),                            /* TIOCSTI */
	RECORD(0x5413, RECORD_OUT, winsize),                 /* TIOCGWINSZ */
	RECORD(0x5414, RECORD_IN, winsize),                  /* TIOCSWINSZ */
	NAMED(0x5415, FLAGS_OUT, modem_lines),               /* TIOCMGET */
	NAMED(0x5416, FLAGS_IN, modem_lines),                /* TIOCMBIS, TIOCMBIC, TIOCMSET */
	NAMED(0x5417, FLAGS_IN, modem_lines),
	NAMED(0x5418, FLAGS_IN, modem_lines),
	PLAIN(0x5419, INT_OUT),                              /* TIOCGSOFTCAR */
	PLAIN(0x541a, INT_IN),                               /* TIOCSSOFTCAR */
	PLAIN(0x541b, INT_OUT),                              /* FIONREAD */
	PLAIN(0x541d, NOTHING),                              /* TIOCCONS */
	PLAIN(0x5420, INT_IN),                               /* TIOCPKT */
	PLAIN(0x5421, INT_IN),                               /* FIONBIO */
	PLAIN(0x5422, NOTHING),                              /* TIOCNOTTY */
	PLAIN(0x5423, INT_IN),                               /* TIOCSETD */
	PLAIN(0x5424, INT_OUT),                              /* TIOCGETD */
	PLAIN(0x5425, INT),                                  /* TCSBRKP */
	PLAIN(0x5427, NOTHING),                              /* TIOCSBRK */
	PLAIN(0x5428, NOTHING),                              /* TIOCCBRK */
	PLAIN(0x5429, INT_OUT),                              /* TIOCGSID */
	PLAIN(0x5437, NOTHING),                              /* TIOCVHANGUP */
	PLAIN(0x5450, NOTHING),                              /* FIONCLEX */
	PLAIN(0x5451, NOTHING),                              /* FIOCLEX */
	PLAIN(0x5452, INT_IN),                               /* FIOASYNC */
	RECORD(0x5456, RECORD_OUT, termios),                 /* TIOCGLCKTRMIOS */
	RECORD(0x5457, RECORD_IN, termios),                  /* TIOCSLCKTRMIOS */
	PLAIN(0x5460, U64_OUT),                              /* FIOQSIZE */
	PLAIN(0x7001, NOTHING),                              /* RTC_AIE_ON and the like */
	PLAIN(0x7002, NOTHING),
	PLAIN(0x7003, NOTHING),
	PLAIN(0x7004, NOTHING),
	PLAIN(0x7005, NOTHING),
	PLAIN(0x7006, NOTHING),
	PLAIN(0x700f, NOTHING),
	PLAIN(0x7010, NOTHING),
	PLAIN(0x7014, NOTHING),
	PLAIN(0x8901, INT_IN),                               /* FIOSETOWN */
	PLAIN(0x8902, INT_IN),                               /* SIOCSPGRP */
	PLAIN(0x8903, INT_OUT),                              /* FIOGETOWN */
	PLAIN(0x8904, INT_OUT),                              /* SIOCGPGRP */
	PLAIN(0x8905, INT_OUT),                              /* SIOCATMARK */
	RECORD(0x8906, RECORD_OUT, timeval),                 /* SIOCGSTAMP, SIOCGSTAMPNS */
	RECORD(0x8907, RECORD_OUT, timespec),
	CODE(0x8912, rn_print_ifconf),                       /* SIOCGIFCONF */
	PLAIN(0x8924, ADDRESS),                              /* SIOCSIFHWADDR */
	PLAIN(0x8925, INT_OUT),                              /* SIOCGIFENCAP */
	PLAIN(0x8926, INT_IN),                               /* SIOCSIFENCAP */
	PLAIN(0x8927, ADDRESS),                              /* SIOCGIFHWADDR */
	PLAIN(0x8931, ADDRESS),                              /* SIOCADDMULTI */
	PLAIN(0x8932, ADDRESS),                              /* SIOCDELMULTI */
	PLAIN(0x8937, ADDRESS),                              /* SIOCSIFHWBROADCAST */
	PLAIN(0x894b, ADDRESS),                              /* SIOCOUTQNSD */
	STRING(0x89a0, 16),                                  /* SIOCBRADDBR, SIOCBRDELBR */
	STRING(0x89a1, 16),
	FIELDS(0x89a2, FIELDS_IN, bridge_port, 32, 32, 0),   /* SIOCBRADDIF */
	FIELDS(0x89a3, FIELDS_IN, bridge_port, 32, 32, 0),   /* SIOCBRDELIF */
	PLAIN(0x9406, NOTHING),                              /* BTRFS_IOC_TRANS_START */
	PLAIN(0x9407, NOTHING),                              /* BTRFS_IOC_TRANS_END */
	PLAIN(0x9408, NOTHING),                              /* BTRFS_IOC_SYNC */
	PLAIN(0x941c, NOTHING),                              /* BTRFS_IOC_SCRUB_CANCEL */
	PLAIN(0x942e, NOTHING),                              /* BTRFS_IOC_QUOTA_RESCAN_WAIT */
	PLAIN(0xab00, FD),                                   /* NBD_SET_SOCK */
	PLAIN(0xab01, ULONG),                                /* NBD_SET_BLKSIZE */
	PLAIN(0xab02, ULONG),                                /* NBD_SET_SIZE */
	PLAIN(0xab03, NOTHING),                              /* NBD_DO_IT */
	PLAIN(0xab04, NOTHING),                              /* NBD_CLEAR_SOCK */
	PLAIN(0xab05, NOTHING),                              /* NBD_CLEAR_QUE */
	PLAIN(0xab06, NOTHING),                              /* NBD_PRINT_DEBUG */
	PLAIN(0xab07, ULONG),                                /* NBD_SET_SIZE_BLOCKS */
	PLAIN(0xab08, NOTHING),                              /* NBD_DISCONNECT */
	PLAIN(0xab09, ULONG),                                /* NBD_SET_TIMEOUT */
	NAMED(0xab0a, FLAGS, nbd_flags),                     /* NBD_SET_FLAGS */
	PLAIN(0xae41, INT),                                  /* KVM_CREATE_VCPU */
	PLAIN(0xb701, NOTHING),                              /* NS_GET_USERNS, NS_GET_PARENT, NS_GET_NSTYPE */
	PLAIN(0xb702, NOTHING),
	PLAIN(0xb703, NOTHING),
	PLAIN(0xb704, UINT_OUT),                             /* NS_GET_OWNER_UID */
	PLAIN(0x40041271, INT_IN),
	PLAIN(0x40042408, FD),                               /* PERF_EVENT_IOC_SET_BPF */
	PLAIN(0x40042409, ULONG),                            /* PERF_EVENT_IOC_PAUSE_OUTPUT */
	PLAIN(0x4004240b, ADDRESS),                          /* PERF_EVENT_IOC_MODIFY_ATTRIBUTES */
	PLAIN(0x40044581, INT),                              /* EVIOCRMFF */
	PLAIN(0x40044590, INT),                              /* EVIOCGRAB */
	PLAIN(0x40044591, INT),                              /* EVIOCREVOKE */
	PLAIN(0x400445a0, INT_IN),                           /* EVIOCSCLOCKID */
	PLAIN(0x40044900, INT),                              /* INOTIFY_IOC_SETNEXTWD */
	PLAIN(0x40044f01, INT_IN),                           /* UBI_IOCEBER */
	FIELDS(0x40044f02, FIELDS_IN, ubi_change, 16, 16, 0), /* UBI_IOCEBCH */
	PLAIN(0x40044f04, INT_IN),                           /* UBI_IOCEBUNMAP */
	PLAIN(0x40045201, INT_IN),                           /* RNDADDTOENTCNT */
	PLAIN(0x40045431, INT_IN),                           /* TIOCSPTLCK */
	NAMED(0x40045612, NAME_IN, v4l2_buffer),             /* VIDIOC_STREAMON */
	NAMED(0x40045613, NAME_IN, v4l2_buffer),             /* VIDIOC_STREAMOFF */
	NAMED(0x40046602, FLAGS_IN, inode_flags),
	NAMED(0x40046911, NAME_IN, lirc_mode),               /* LIRC_SET_SEND_MODE */
	NAMED(0x40046912, NAME_IN, lirc_mode),               /* LIRC_SET_REC_MODE */
	PLAIN(0x40046913, UINT_IN),                          /* LIRC_SET_SEND_CARRIER */
	PLAIN(0x40046914, UINT_IN),                          /* LIRC_SET_REC_CARRIER */
	PLAIN(0x40046915, UINT_IN),                          /* LIRC_SET_SEND_DUTY_CYCLE */
	PLAIN(0x40046917, HEX_IN),                           /* LIRC_SET_TRANSMITTER_MASK */
	PLAIN(0x40046918, UINT_IN),                          /* LIRC_SET_REC_TIMEOUT */
	PLAIN(0x40046919, UINT_IN),                          /* LIRC_SET_REC_TIMEOUT_REPORTS */
	PLAIN(0x4004691d, UINT_IN),                          /* LIRC_SET_MEASURE_CARRIER_MODE */
	PLAIN(0x4004691f, UINT_IN),                          /* IPMICTL_SET_MAINTENANCE_MODE_CMD or LIRC_SET_REC_CARRIER_RANGE */
	PLAIN(0x40046923, UINT_IN),                          /* LIRC_SET_WIDEBAND_RECEIVER */
	PLAIN(0x40046f01, INT_IN),                           /* UBI_IOCRMVOL */
	PLAIN(0x40046f04, INT_IN),                           /* UBI_IOCRPEB */
	PLAIN(0x40046f05, INT_IN),                           /* UBI_IOCSPEB */
	PLAIN(0x40046f41, INT_IN),                           /* UBI_IOCDET */
	PLAIN(0x40049409, INT),                              /* FICLONE: a descriptor */
	NAMED(0x40049421, NAME32, btrfs_balance_ctl),        /* BTRFS_IOC_BALANCE_CTL */
	PLAIN(0x40081271, INT_IN),                           /* BLKBSZSET */
	PLAIN(0x40082102, HEX64_IN),                         /* SECCOMP_IOCTL_NOTIF_ID_VALID */
	PLAIN(0x40082404, U64_IN),                           /* PERF_EVENT_IOC_PERIOD */
	PLAIN(0x40082406, STRING_IN),                        /* PERF_EVENT_IOC_SET_FILTER */
	PLAIN(0x4008240b, ADDRESS),                          /* PERF_EVENT_IOC_MODIFY_ATTRIBUTES */
	PLAIN(0x40084503, PAIR_IN),                          /* EVIOCSREP */
	PLAIN(0x40084f00, S64_IN),                           /* UBI_IOCVOLUP */
	FIELDS(0x40084f03, FIELDS_IN, ubi_map, 8, 8, 0),     /* UBI_IOCEBMAP */
	PLAIN(0x40085203, ADDRESS),                          /* RNDADDENTROPY */
	PLAIN(0x40085618, HEX64_IN),                         /* VIDIOC_S_STD */
	NAMED(0x40086602, FLAGS_IN, inode_flags),            /* FS_IOC_SETFLAGS */
	PLAIN(0x4008700c, ULONG),                            /* RTC_IRQP_SET */
	PLAIN(0x4008700e, ULONG),                            /* RTC_EPOCH_SET */
	PLAIN(0x40089413, U64_IN),                           /* BTRFS_IOC_DEFAULT_SUBVOL */
	PLAIN(0x40089416, U64_IN),                           /* BTRFS_IOC_WAIT_SYNC */
	NAMED(0x4008941a, FLAGS64_IN, btrfs_subvolume),      /* BTRFS_IOC_SUBVOL_SETFLAGS */
	PLAIN(0x4008ae90, ADDRESS),                          /* KVM_SET_CPUID2 */
	FIELDS(0x400c6f02, FIELDS_IN, ubi_resize, 12, 12, 0), /* UBI_IOCRSVOL */
	FIELDS(0x40103d02, FIELDS_IN, ptp_extts, 16, 16, 0), /* PTP_EXTTS_REQUEST */
	FIELDS(0x40103d0b, FIELDS_IN, ptp_extts2, 16, 16, 0), /* PTP_EXTTS_REQUEST2 */
	FIELDS(0x40104f06, FIELDS_IN, ubi_property, 16, 16, 0), /* UBI_IOCSETVOLPROP */
	FIELDS(0x4010942a, FIELDS_IN, btrfs_qgroup_create, 16, 16, 0), /* BTRFS_IOC_QGROUP_CREATE */
	PLAIN(0x4014563c, ADDRESS),                          /* VIDIOC_S_CROP */
	FIELDS(0x40182103, FIELDS_IN, seccomp_addfd, 24, 24, 0), /* SECCOMP_IOCTL_NOTIF_ADDFD */
	FIELDS(0x40186f40, FIELDS_IN, ubi_attach, 24, 24, 0), /* UBI_IOCATT */
	PLAIN(0x40187013, ADDRESS),                          /* RTC_PARAM_GET */
	PLAIN(0x40187014, ADDRESS),                          /* RTC_PARAM_SET */
	FIELDS(0x40189429, FIELDS_IN, btrfs_qgroup_assign, 24, 24, 0), /* BTRFS_IOC_QGROUP_ASSIGN */
	FIELDS(0x401c5820, FIELDS_IN, fs_xattr_given, 28, 28, 0), /* FS_IOC_FSSETXATTR */
	PLAIN(0x401c7012, ADDRESS),                          /* RTC_PLL_SET */
	FIELDS(0x40207012, FIELDS_IN, rtc_pll, 32, 28, 0),   /* RTC_PLL_SET */
	FIELDS(0x4020940d, FIELDS_IN, clone_range, 32, 32, 0), /* BTRFS_IOC_CLONE_RANGE or FICLONERANGE */
	PLAIN(0x4020ae46, ADDRESS),                          /* KVM_SET_USER_MEMORY_REGION */
	FIELDS(0x40247007, FIELDS_IN, rtc_time, 36, 36, 0),  /* RTC_ALM_SET */
	FIELDS(0x4024700a, FIELDS_IN, rtc_time, 36, 36, 0),  /* RTC_SET_TIME */
	PLAIN(0x40284504, ADDRESS),                          /* EVIOCSKEYCODE_V2 */
	CODE(0x4028700f, rn_print_rtc_alarm),                /* RTC_WKALM_SET */
	PLAIN(0x402c4580, ADDRESS),                          /* EVIOCSFF */
	RECORD(0x402c542b, RECORD_IN, termios2),             /* TCSETS2, TCSETSW2, TCSETSF2 */
	RECORD(0x402c542c, RECORD_IN, termios2),
	RECORD(0x402c542d, RECORD_IN, termios2),
	PLAIN(0x402c560b, ADDRESS),                          /* VIDIOC_S_FBUF */
	PLAIN(0x40304580, ADDRESS),                          /* EVIOCSFF */
	PLAIN(0x4030560b, ADDRESS),                          /* VIDIOC_S_FBUF */
	PLAIN(0x40309410, ADDRESS),                          /* BTRFS_IOC_DEFRAG_RANGE */
	PLAIN(0x40309439, ADDRESS),                          /* BTRFS_IOC_SET_FEATURES */
	PLAIN(0x40383d03, ADDRESS),                          /* PTP_PEROUT_REQUEST */
	PLAIN(0x40383d0c, ADDRESS),                          /* PTP_PEROUT_REQUEST2 */
	PLAIN(0x4054561e, ADDRESS),                          /* VIDIOC_S_TUNER */
	FIELDS(0x40603d07, FIELDS_IN, ptp_pin, 96, 96, 0),   /* PTP_PIN_SETFUNC */
	FIELDS(0x40603d10, FIELDS_IN, ptp_pin, 96, 96, 0),   /* PTP_PIN_SETFUNC2 */
	PLAIN(0x40804f07, NOTHING),                          /* UBI_IOCVOLCRBLK */
	PLAIN(0x4090ae82, ADDRESS),                          /* KVM_SET_REGS */
	PLAIN(0x40986f00, ADDRESS),                          /* UBI_IOCMKVOL */
	PLAIN(0x4138ae84, ADDRESS),                          /* KVM_SET_SREGS */
	PLAIN(0x43403d0e, ADDRESS),                          /* PTP_SYS_OFFSET2 */
	CODE(0x50009401, rn_print_btrfs_name),               /* BTRFS_IOC_SNAP_CREATE */
	PLAIN(0x50009402, NOTHING),                          /* BTRFS_IOC_DEFRAG */
	CODE(0x50009403, rn_print_btrfs_name),               /* BTRFS_IOC_RESIZE */
	CODE(0x50009404, rn_print_btrfs_name),               /* BTRFS_IOC_SCAN_DEV */
	CODE(0x50009405, rn_print_btrfs_name),               /* BTRFS_IOC_FORGET_DEV */
	CODE(0x5000940a, rn_print_btrfs_name),               /* BTRFS_IOC_ADD_DEV */
	CODE(0x5000940b, rn_print_btrfs_name),               /* BTRFS_IOC_RM_DEV */
	PLAIN(0x5000940c, NOTHING),                          /* BTRFS_IOC_BALANCE */
	CODE(0x5000940e, rn_print_btrfs_name),               /* BTRFS_IOC_SUBVOL_CREATE */
	CODE(0x5000940f, rn_print_btrfs_name),               /* BTRFS_IOC_SNAP_DESTROY */
	PLAIN(0x50009417, ADDRESS),                          /* BTRFS_IOC_SNAP_CREATE_V2 */
	PLAIN(0x50009418, ADDRESS),                          /* BTRFS_IOC_SUBVOL_CREATE_V2 */
	PLAIN(0x51106f03, ADDRESS),                          /* UBI_IOCRNVOL */
	PLAIN(0x80041270, INT_OUT),
	PLAIN(0x80041272, U64_OUT),                          /* the same of a 32-bit program */
	PLAIN(0x80041285, UINT_OUT),                         /* BLKGETNRZONES */
	PLAIN(0x80042407, ADDRESS),                          /* PERF_EVENT_IOC_ID */
	PLAIN(0x80044501, HEX_OUT),                          /* EVIOCGVERSION */
	PLAIN(0x80044f05, INT_IN),                           /* UBI_IOCEBISMAP */
	PLAIN(0x80045200, INT_OUT),                          /* RNDGETENTCNT */
	PLAIN(0x80045430, INT_OUT),                          /* TIOCGPTN */
	PLAIN(0x80045432, ADDRESS),                          /* TIOCGDEV */
	PLAIN(0x80045438, INT_OUT),                          /* TIOCGPKT */
	PLAIN(0x80045439, INT_OUT),                          /* TIOCGPTLCK */
	PLAIN(0x80045440, INT_OUT),                          /* TIOCGEXCL */
	PLAIN(0x80045626, UINT_OUT),                         /* VIDIOC_G_INPUT */
	PLAIN(0x80045701, ADDRESS),                          /* WDIOC_GETSTATUS */
	PLAIN(0x80045702, ADDRESS),                          /* WDIOC_GETBOOTSTATUS */
	PLAIN(0x80045703, ADDRESS),                          /* WDIOC_GETTEMP */
	PLAIN(0x80045705, NOTHING),                          /* WDIOC_KEEPALIVE */
	PLAIN(0x80045707, INT_OUT),                          /* WDIOC_GETTIMEOUT */
	PLAIN(0x80045709, INT_OUT),                          /* WDIOC_GETPRETIMEOUT */
	PLAIN(0x8004570a, INT_OUT),                          /* WDIOC_GETTIMELEFT */
	NAMED(0x80046601, FLAGS_OUT, inode_flags),
	PLAIN(0x80046900, ADDRESS),                          /* LIRC_GET_FEATURES */
	NAMED(0x80046901, NAME_OUT, lirc_mode),              /* LIRC_GET_SEND_MODE */
	NAMED(0x80046902, NAME_OUT, lirc_mode),              /* LIRC_GET_REC_MODE */
	PLAIN(0x80046907, UINT_OUT),                         /* LIRC_GET_REC_RESOLUTION */
	PLAIN(0x80046908, UINT_OUT),                         /* I2OVALIDATE or LIRC_GET_MIN_TIMEOUT */
	PLAIN(0x80046909, UINT_OUT),                         /* LIRC_GET_MAX_TIMEOUT */
	PLAIN(0x8004690f, UINT_OUT),                         /* LIRC_GET_LENGTH */
	PLAIN(0x80046924, UINT_OUT),                         /* LIRC_GET_REC_TIMEOUT */
	PLAIN(0x8004700b, ADDRESS),                          /* RTC_IRQP_READ */
	PLAIN(0x8004700d, ADDRESS),                          /* RTC_EPOCH_READ */
	NAMED(0x80047013, FLAGS_OUT, rtc_vl),                /* RTC_VL_READ */
	FIELDS(0x8004a405, FIELDS_IN, tee_session, 4, 4, 0), /* TEE_IOC_CLOSE_SESSION */
	PLAIN(0x80081270, INT_OUT),                          /* BLKBSZGET */
	PLAIN(0x80081272, U64_OUT),                          /* BLKGETSIZE64 */
	PLAIN(0x80081280, U64_OUT),                          /* BLKGETDISKSEQ */
	PLAIN(0x80082102, HEX64_IN),
	PLAIN(0x80082407, U64_OUT),                          /* PERF_EVENT_IOC_ID */
	FIELDS(0x80084502, FIELDS_OUT, input_id, 8, 8, 0),   /* EVIOCGID */
	PLAIN(0x80084503, PAIR_OUT),                         /* EVIOCGREP */
	PLAIN(0x80084504, ADDRESS),                          /* EVIOCGKEYCODE */
	PLAIN(0x80085617, HEX64_OUT),                        /* VIDIOC_G_STD */
	NAMED(0x80086601, FLAGS_OUT, inode_flags),           /* FS_IOC_GETFLAGS */
	PLAIN(0x8008700b, LONG_OUT),                         /* RTC_IRQP_READ */
	PLAIN(0x8008700d, LONG_OUT),                         /* RTC_EPOCH_READ */
	PLAIN(0x80089418, U64_OUT),                          /* BTRFS_IOC_START_SYNC */
	NAMED(0x80089419, FLAGS64_OUT, btrfs_subvolume),     /* BTRFS_IOC_SUBVOL_GETFLAGS */
	FIELDS(0x8008a404, FIELDS_IN, tee_cancel, 8, 8, 0),  /* TEE_IOC_CANCEL */
	PLAIN(0x800ca400, ADDRESS),                          /* TEE_IOC_VERSION */
	RECORD(0x80108906, RECORD_OUT, timeval64),
	RECORD(0x80108907, RECORD_OUT, timespec64),
	PLAIN(0x8010a402, ADDRESS),                          /* TEE_IOC_OPEN_SESSION */
	PLAIN(0x8010a403, ADDRESS),                          /* TEE_IOC_INVOKE */
	PLAIN(0x8010a406, ADDRESS),                          /* TEE_IOC_SUPPL_RECV */
	PLAIN(0x8010a407, ADDRESS),                          /* TEE_IOC_SUPPL_SEND */
	FIELDS(0x8010aa01, FIELDS_IN, uffd_range, 16, 16, 0), /* UFFDIO_UNREGISTER */
	FIELDS(0x8010aa02, FIELDS_IN, uffd_range, 16, 16, 0), /* UFFDIO_WAKE */
	PLAIN(0x80189439, ADDRESS),                          /* BTRFS_IOC_GET_FEATURES */
	FIELDS(0x801c581f, FIELDS_OUT, fs_xattr, 28, 28, 0), /* FS_IOC_FSGETXATTR */
	PLAIN(0x801c7011, ADDRESS),                          /* RTC_PLL_GET */
	FIELDS(0x80207011, FIELDS_OUT, rtc_pll, 32, 28, 0),  /* RTC_PLL_GET */
	FIELDS(0x80247008, FIELDS_OUT, rtc_time, 36, 36, 0), /* RTC_ALM_READ */
	FIELDS(0x80247009, FIELDS_OUT, rtc_time, 36, 36, 0), /* RTC_RD_TIME */
	PLAIN(0x80284504, ADDRESS),                          /* EVIOCGKEYCODE_V2 */
	CODE(0x80287010, rn_print_rtc_alarm),                /* RTC_WKALM_RD */
	RECORD(0x802c542a, RECORD_OUT, termios2),            /* TCGETS2 */
	PLAIN(0x802c560a, ADDRESS),                          /* VIDIOC_G_FBUF */
	PLAIN(0x8030560a, ADDRESS),                          /* VIDIOC_G_FBUF */
	PLAIN(0x8030942b, ADDRESS),                          /* BTRFS_IOC_QGROUP_LIMIT */
	PLAIN(0x8040942d, ADDRESS),                          /* BTRFS_IOC_QUOTA_RESCAN_STATUS */
	PLAIN(0x8044b401, ADDRESS),                          /* GPIO_GET_CHIPINFO_IOCTL */
	PLAIN(0x80489439, ADDRESS),                          /* BTRFS_IOC_GET_SUPPORTED_FEATURES */
	PLAIN(0x80503d01, ADDRESS),                          /* PTP_CLOCK_GETCAPS */
	PLAIN(0x80685600, ADDRESS),                          /* VIDIOC_QUERYCAP */
	PLAIN(0x8090ae81, ADDRESS),                          /* KVM_GET_REGS */
	PLAIN(0x8138ae83, ADDRESS),                          /* KVM_GET_SREGS */
	PLAIN(0x8400941f, ADDRESS),                          /* BTRFS_IOC_FS_INFO */
	PLAIN(0x84009422, ADDRESS),                          /* BTRFS_IOC_BALANCE_PROGRESS */
	CODE(0x90009427, rn_print_btrfs_name),               /* BTRFS_IOC_DEVICES_READY */
	PLAIN(0xc004240a, ADDRESS),                          /* PERF_EVENT_IOC_QUERY_BPF */
	PLAIN(0xc0045627, ADDRESS),                          /* VIDIOC_S_INPUT */
	PLAIN(0xc0045706, INT_CHANGED),                      /* WDIOC_SETTIMEOUT */
	PLAIN(0xc0045708, INT_CHANGED),                      /* WDIOC_SETPRETIMEOUT */
	PLAIN(0xc0045877, NOTHING),                          /* FIFREEZE */
	PLAIN(0xc0045878, NOTHING),                          /* FITHAW */
	FIELDS(0xc004b40c, FIELDS_IN, gpio_offset, 4, 4, 0), /* GPIO_GET_LINEINFO_UNWATCH_IOCTL */
	PLAIN(0xc008240a, ADDRESS),                          /* PERF_EVENT_IOC_QUERY_BPF */
	PLAIN(0xc008561b, ADDRESS),                          /* VIDIOC_G_CTRL */
	PLAIN(0xc008561c, ADDRESS),                          /* VIDIOC_S_CTRL */
	PLAIN(0xc008ae05, ADDRESS),                          /* KVM_GET_SUPPORTED_CPUID */
	PLAIN(0xc008ae09, ADDRESS),                          /* KVM_GET_EMULATED_CPUID */
	PLAIN(0xc00c4d03, ADDRESS),                          /* MEMWRITEOOB */
	PLAIN(0xc00c4d04, ADDRESS),                          /* MEMREADOOB */
	PLAIN(0xc0104d03, ADDRESS),                          /* MEMWRITEOOB */
	PLAIN(0xc0104d04, ADDRESS),                          /* MEMREADOOB */
	PLAIN(0xc0104d08, ADDRESS),                          /* MEMGETREGIONINFO */
	PLAIN(0xc0109414, ADDRESS),                          /* BTRFS_IOC_SPACE_INFO */
	PLAIN(0xc0109428, ADDRESS),                          /* BTRFS_IOC_QUOTA_CTL */
	PLAIN(0xc010a401, ADDRESS),                          /* TEE_IOC_SHM_ALLOC */
	PLAIN(0xc010b40e, ADDRESS),                          /* GPIO_V2_LINE_GET_VALUES_IOCTL */
	FIELDS(0xc010b40f, FIELDS_IN, gpio_values, 16, 16, 0), /* GPIO_V2_LINE_SET_VALUES_IOCTL */
	PLAIN(0xc014563b, ADDRESS),                          /* VIDIOC_G_CROP */
	FIELDS(0xc0182101, FIELDS_IN, seccomp_response, 24, 24, 0), /* SECCOMP_IOCTL_NOTIF_SEND */
	PLAIN(0xc0184d15, ADDRESS),                          /* MEMWRITEOOB64 */
	PLAIN(0xc0184d16, ADDRESS),                          /* MEMREADOOB64 */
	PLAIN(0xc0185647, ADDRESS),                          /* VIDIOC_G_EXT_CTRLS */
	PLAIN(0xc0185648, ADDRESS),                          /* VIDIOC_S_EXT_CTRLS */
	PLAIN(0xc0185649, ADDRESS),                          /* VIDIOC_TRY_EXT_CTRLS */
	FIELDS(0xc0185879, FIELDS_IN, fs_trim, 24, 24, 0),   /* FITRIM */
	PLAIN(0xc0189436, ADDRESS),                          /* BTRFS_IOC_FILE_EXTENT_SAME or FIDEDUPERANGE */
	PLAIN(0xc018a409, ADDRESS),                          /* TEE_IOC_SHM_REGISTER */
	FIELDS(0xc018aa06, FIELDS_IN, uffd_writeprotect, 24, 24, 0), /* UFFDIO_WRITEPROTECT */
	CODE(0xc018aa3f, rn_print_uffd_api),                 /* UFFDIO_API */
	PLAIN(0xc0205647, ADDRESS),                          /* VIDIOC_G_EXT_CTRLS */
	PLAIN(0xc0205648, ADDRESS),                          /* VIDIOC_S_EXT_CTRLS */
	PLAIN(0xc0205649, ADDRESS),                          /* VIDIOC_TRY_EXT_CTRLS */
	PLAIN(0xc020660b, ADDRESS),                          /* FS_IOC_FIEMAP */
	FIELDS(0xc020aa00, FIELDS_GROW, uffd_register, 32, 32, 2), /* UFFDIO_REGISTER */
	FIELDS(0xc020aa04, FIELDS_GROW, uffd_zeropage, 32, 32, 2), /* UFFDIO_ZEROPAGE */
	FIELDS(0xc020aa07, FIELDS_GROW, uffd_continue, 32, 32, 2), /* UFFDIO_CONTINUE */
	FIELDS(0xc028aa03, FIELDS_GROW, uffd_copy, 40, 40, 4), /* UFFDIO_COPY */
	PLAIN(0xc02c564a, ADDRESS),                          /* VIDIOC_ENUM_FRAMESIZES */
	PLAIN(0xc0304d18, ADDRESS),                          /* MEMWRITE */
	PLAIN(0xc030b404, ADDRESS),                          /* GPIO_GET_LINEEVENT_IOCTL */
	PLAIN(0xc034564b, ADDRESS),                          /* VIDIOC_ENUM_FRAMEINTERVALS */
	PLAIN(0xc0389423, ADDRESS),                          /* BTRFS_IOC_INO_PATHS */
	PLAIN(0xc0401273, ADDRESS),                          /* BLKTRACESETUP */
	PLAIN(0xc0403d08, ADDRESS),                          /* PTP_SYS_OFFSET_PRECISE */
	PLAIN(0xc0405602, ADDRESS),                          /* VIDIOC_ENUM_FMT */
	PLAIN(0xc0405619, ADDRESS),                          /* VIDIOC_ENUMSTD */
	PLAIN(0xc040b408, ADDRESS),                          /* GPIOHANDLE_GET_LINE_VALUES_IOCTL */
	PLAIN(0xc040b409, ADDRESS),                          /* GPIOHANDLE_SET_LINE_VALUES_IOCTL */
	FIELDS(0xc0481273, FIELDS_GROW, trace_setup, 72, 64, 6), /* BLKTRACESETUP */
	PLAIN(0xc0485619, ADDRESS),                          /* VIDIOC_ENUMSTD */
	PLAIN(0xc048b402, ADDRESS),                          /* GPIO_GET_LINEINFO_IOCTL */
	PLAIN(0xc048b40b, ADDRESS),                          /* GPIO_GET_LINEINFO_WATCH_IOCTL */
	PLAIN(0xc04c5609, ADDRESS),                          /* VIDIOC_QUERYBUF */
	PLAIN(0xc04c560f, ADDRESS),                          /* VIDIOC_QBUF */
	PLAIN(0xc04c5611, ADDRESS),                          /* VIDIOC_DQBUF */
	PLAIN(0xc0502100, ADDRESS),                          /* SECCOMP_IOCTL_NOTIF_RECV */
	PLAIN(0xc054b40a, ADDRESS),                          /* GPIOHANDLE_SET_CONFIG_IOCTL */
	PLAIN(0xc0585609, ADDRESS),                          /* VIDIOC_QUERYBUF */
	PLAIN(0xc058560f, ADDRESS),                          /* VIDIOC_QBUF */
	PLAIN(0xc0585611, ADDRESS),                          /* VIDIOC_DQBUF */
	PLAIN(0xc0603d06, ADDRESS),                          /* PTP_PIN_GETFUNC */
	PLAIN(0xc0603d0f, ADDRESS),                          /* PTP_PIN_GETFUNC2 */
	PLAIN(0xc0709411, ADDRESS),                          /* BTRFS_IOC_TREE_SEARCH_V2 */
	PLAIN(0xc0c09425, ADDRESS),                          /* BTRFS_IOC_SET_RECEIVED_SUBVOL */
	PLAIN(0xc0c89425, ADDRESS),                          /* BTRFS_IOC_SET_RECEIVED_SUBVOL */
	PLAIN(0xc0cc5604, ADDRESS),                          /* VIDIOC_G_FMT */
	PLAIN(0xc0cc5605, ADDRESS),                          /* VIDIOC_S_FMT */
	PLAIN(0xc0cc5615, ADDRESS),                          /* VIDIOC_G_PARM */
	PLAIN(0xc0cc5616, ADDRESS),                          /* VIDIOC_S_PARM */
	PLAIN(0xc0cc5640, ADDRESS),                          /* VIDIOC_TRY_FMT */
	PLAIN(0xc0d05604, ADDRESS),                          /* VIDIOC_G_FMT */
	PLAIN(0xc0d05605, ADDRESS),                          /* VIDIOC_S_FMT */
	PLAIN(0xc0d05640, ADDRESS),                          /* VIDIOC_TRY_FMT */
	PLAIN(0xc0e85667, ADDRESS),                          /* VIDIOC_QUERY_EXT_CTRL */
	PLAIN(0xc0f8565c, ADDRESS),                          /* VIDIOC_CREATE_BUFS */
	PLAIN(0xc100565c, ADDRESS),                          /* VIDIOC_CREATE_BUFS */
	PLAIN(0xc100b405, ADDRESS),                          /* GPIO_V2_GET_LINEINFO_IOCTL */
	PLAIN(0xc100b406, ADDRESS),                          /* GPIO_V2_GET_LINEINFO_WATCH_IOCTL */
	PLAIN(0xc138fd00, ADDRESS),                          /* DM_VERSION */
	PLAIN(0xc138fd01, ADDRESS),                          /* DM_REMOVE_ALL */
	PLAIN(0xc138fd02, ADDRESS),                          /* DM_LIST_DEVICES */
	PLAIN(0xc138fd03, ADDRESS),                          /* DM_DEV_CREATE */
	PLAIN(0xc138fd09, ADDRESS),                          /* DM_TABLE_LOAD */
	PLAIN(0xc138fd0a, ADDRESS),                          /* DM_TABLE_CLEAR */
	PLAIN(0xc138fd0b, ADDRESS),                          /* DM_TABLE_DEPS */
	PLAIN(0xc138fd10, ADDRESS),                          /* DM_DEV_ARM_POLL */
	PLAIN(0xc16cb403, ADDRESS),                          /* GPIO_GET_LINEHANDLE_IOCTL */
	PLAIN(0xc400941b, ADDRESS),                          /* BTRFS_IOC_SCRUB */
	PLAIN(0xc400941d, ADDRESS),                          /* BTRFS_IOC_SCRUB_PROGRESS */
	PLAIN(0xc4009420, ADDRESS),                          /* BTRFS_IOC_BALANCE_V2 */
	PLAIN(0xc4089434, ADDRESS),                          /* BTRFS_IOC_GET_DEV_STATS */
	PLAIN(0xc4c03d09, ADDRESS),                          /* PTP_SYS_OFFSET_EXTENDED */
	PLAIN(0xc4c03d12, ADDRESS),                          /* PTP_SYS_OFFSET_EXTENDED2 */
	PLAIN(0xd0009411, ADDRESS),                          /* BTRFS_IOC_TREE_SEARCH */
	PLAIN(0xd000941e, ADDRESS),                          /* BTRFS_IOC_DEV_INFO */
};

#define SOCKET_FAMILY 0x8900u

const struct rn_ioctl *rn_ioctl_row(uint32_t number)
{
	static const struct rn_ioctl unfollowed = PLAIN(0, ADDRESS);
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (rows[middle].number == number)
			return &rows[middle];
		if (rows[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	bool known = rn_name_of(RN_NAMES_ioctl, RN_ABI_NONE, number) != NULL;
	return known && (number & ~0xffu) == SOCKET_FAMILY ? &unfollowed : NULL;
}
