/* SPDX-License-Identifier: MIT */
/*
 * Arguments whose meaning a command decides: one row per command and argument says in which
 * direction and how much. A command without a row has nothing behind its argument.
 */
#include "record/capture/fetch.h"

#include <stddef.h>

enum {
	BYTES = RN_RULE_BYTES, WORDS = RN_RULE_WORDS, STRING = RN_RULE_STRING,
	LEN_ARG = RN_RULE_LEN_ARG, RET = RN_RULE_RET, FPROG = RN_RULE_FPROG, BLKPG = RN_RULE_BLKPG,
	IOVEC = RN_RULE_IOVEC, SOME = RN_RULE_SOME
};

#define INOUT (RN_IN | RN_OUT)

static void apply(struct rn_fetch *w, const struct rn_command_rule *r)
{
	const struct rn_capture_call *call = w->call;
	uint64_t addr = call->args[w->arg];
	struct rn_pending *p;
	switch ((enum rn_rule_how)r->how) {
	case RN_RULE_BYTES:
		rn_fetch_want(w, addr, r->n, RN_CAPTURE_WHOLE_BYTES);
		break;
	case RN_RULE_WORDS:
		rn_fetch_want(w, addr, r->n * w->pointer_bytes, RN_CAPTURE_WHOLE_BYTES);
		break;
	case RN_RULE_STRING:
		rn_fetch_string(w, addr, r->n);
		break;
	case RN_RULE_LEN_ARG:
		rn_fetch_want(w, addr, call->args[r->n], w->k->string_bytes);
		break;
	case RN_RULE_RET:
		rn_fetch_want(w, addr, call->ret > 0 ? (uint64_t)call->ret : 0, w->k->string_bytes);
		break;
	case RN_RULE_FPROG:
		rn_fetch_want(w, addr, 2 * w->pointer_bytes, 16)->step = RN_STEP_FPROG;
		break;
	case RN_RULE_BLKPG:
		rn_fetch_want(w, addr, w->pointer_bytes == 8 ? 24 : 16, 24)->step = RN_STEP_BLKPG;
		break;
	case RN_RULE_SOME:
		rn_fetch_want(w, addr, w->k->string_bytes, w->k->string_bytes);
		break;
	case RN_RULE_IOVEC:
		p = rn_fetch_want(w, addr, 2 * w->pointer_bytes, 16);
		p->step = RN_STEP_IOV;
		p->left = w->k->string_bytes;
		break;
	}
}

static bool rule_fits(const struct rn_fetch *w, const struct rn_command_rule *r, uint32_t command)
{
	return r->command == command && r->arg == w->arg &&
		(w->phase == RN_PHASE_ENTRY ? r->dir & RN_IN : r->dir & (RN_OUT | RN_OUT_ALWAYS));
}

/* True when a rule was there. */
static bool apply_rules(struct rn_fetch *w, const struct rn_command_rule *rules, size_t n, uint32_t command)
{
	for (size_t i = 0; i < n; i++) {
		if (rule_fits(w, &rules[i], command)) {
			apply(w, &rules[i]);
			return true;
		}
	}
	return false;
}
#define APPLY(rules, command) apply_rules(w, rules, sizeof(rules) / sizeof((rules)[0]), command)

/* ioctl_list(2) and <asm-generic/ioctls.h>: commands from before direction and size were part of
 * the number. struct termios of the kernel has 36 bytes, struct ifreq 40 (32 of i386). */
static const struct rn_command_rule old_ioctls[] = {
	{ 0x301, 2, RN_OUT, BYTES, 16 },  /* HDIO_GETGEO, HDIO_GET_.. */
	{ 0x302, 2, RN_OUT, WORDS, 1 },
	{ 0x304, 2, RN_OUT, WORDS, 1 },
	{ 0x308, 2, RN_OUT, WORDS, 1 },
	{ 0x309, 2, RN_OUT, WORDS, 1 },
	{ 0x30a, 2, RN_OUT, WORDS, 1 },
	{ 0x30b, 2, RN_OUT, WORDS, 1 },
	{ 0x30e, 2, RN_OUT, WORDS, 1 },
	{ 0x30f, 2, RN_OUT, WORDS, 1 },
	{ 0x310, 2, RN_OUT, WORDS, 1 },
	{ 0x31a, 2, RN_OUT, WORDS, 1 },
	{ 0x125d, 2, RN_IN, BYTES, 4 },   /* BLKROSET */
	{ 0x125e, 2, RN_OUT, BYTES, 4 },  /* BLKROGET */
	{ 0x1260, 2, RN_OUT, WORDS, 1 },  /* BLKGETSIZE */
	{ 0x1263, 2, RN_OUT, WORDS, 1 },  /* BLKRAGET */
	{ 0x1265, 2, RN_OUT, WORDS, 1 },  /* BLKFRAGET */
	{ 0x1267, 2, RN_OUT, BYTES, 2 },  /* BLKSECTGET */
	{ 0x1268, 2, RN_OUT, BYTES, 4 },  /* BLKSSZGET */
	{ 0x1269, 2, RN_IN, BLKPG, 0 },   /* BLKPG */
	{ 0x1277, 2, RN_IN, BYTES, 16 },  /* BLKDISCARD */
	{ 0x1278, 2, RN_OUT, BYTES, 4 },  /* BLKIOMIN, BLKIOOPT, BLKALIGNOFF, BLKPBSZGET */
	{ 0x1279, 2, RN_OUT, BYTES, 4 },
	{ 0x127a, 2, RN_OUT, BYTES, 4 },
	{ 0x127b, 2, RN_OUT, BYTES, 4 },
	{ 0x127c, 2, RN_OUT, BYTES, 4 },  /* BLKDISCARDZEROES */
	{ 0x127d, 2, RN_IN, BYTES, 16 },  /* BLKSECDISCARD */
	{ 0x127e, 2, RN_OUT, BYTES, 2 },  /* BLKROTATIONAL */
	{ 0x127f, 2, RN_IN, BYTES, 16 },  /* BLKZEROOUT */
	{ 0x2201, 2, RN_IN, BYTES, 4 },    /* SG_SET_TIMEOUT */
	{ 0x2203, 2, RN_OUT, BYTES, 4 },   /* SG_EMULATED_HOST */
	{ 0x2270, 2, RN_OUT, BYTES, 4 },   /* SG_GET_COMMAND_Q */
	{ 0x2271, 2, RN_IN, BYTES, 4 },    /* SG_SET_COMMAND_Q */
	{ 0x2272, 2, RN_OUT, BYTES, 4 },   /* SG_GET_RESERVED_SIZE */
	{ 0x2275, 2, RN_IN, BYTES, 4 },    /* SG_SET_RESERVED_SIZE */
	{ 0x2279, 2, RN_IN, BYTES, 4 },    /* SG_SET_FORCE_LOW_DMA */
	{ 0x227a, 2, RN_OUT, BYTES, 4 },   /* SG_GET_LOW_DMA */
	{ 0x227b, 2, RN_IN, BYTES, 4 },    /* SG_SET_FORCE_PACK_ID */
	{ 0x227c, 2, RN_OUT, BYTES, 4 },   /* SG_GET_PACK_ID */
	{ 0x227d, 2, RN_OUT, BYTES, 4 },   /* SG_GET_NUM_WAITING */
	{ 0x227e, 2, RN_IN, BYTES, 4 },    /* SG_SET_DEBUG */
	{ 0x227f, 2, RN_OUT, BYTES, 4 },   /* SG_GET_SG_TABLESIZE */
	{ 0x2282, 2, RN_OUT, BYTES, 4 },   /* SG_GET_VERSION_NUM */
	{ 0x2283, 2, RN_IN, BYTES, 4 },    /* SG_NEXT_CMD_LEN */
	{ 0x2287, 2, RN_IN, BYTES, 4 },    /* SG_SET_KEEP_ORPHAN */
	{ 0x2288, 2, RN_OUT, BYTES, 4 },   /* SG_GET_KEEP_ORPHAN */
	{ 0x2289, 2, RN_OUT, BYTES, 4 },   /* SG_GET_ACCESS_COUNT */
	{ 0x4b31, 2, RN_OUT, BYTES, 1 },   /* KDGETLED */
	{ 0x4b3b, 2, RN_OUT, BYTES, 4 },   /* KDGETMODE */
	{ 0x4b40, 2, RN_OUT, SOME, 0 },    /* GIO_SCRNMAP */
	{ 0x4b41, 2, RN_IN, SOME, 0 },     /* PIO_SCRNMAP */
	{ 0x4b44, 2, RN_OUT, BYTES, 4 },   /* KDGKBMODE */
	{ 0x4b4d, 2, RN_IN, BYTES, 8 },    /* KDSETKEYCODE */
	{ 0x4b60, 2, RN_OUT, SOME, 0 },    /* GIO_FONT */
	{ 0x4b61, 2, RN_IN, SOME, 0 },     /* PIO_FONT */
	{ 0x4b62, 2, RN_OUT, BYTES, 4 },   /* KDGKBMETA */
	{ 0x4b68, 2, RN_IN, BYTES, 6 },    /* PIO_UNIMAPCLR */
	{ 0x4b70, 2, RN_OUT, SOME, 0 },    /* GIO_CMAP */
	{ 0x4b71, 2, RN_IN, SOME, 0 },     /* PIO_CMAP */
	{ 0x4c02, 2, RN_IN, BYTES, 168 }, /* LOOP_SET_STATUS, LOOP_GET_STATUS */
	{ 0x4c03, 2, RN_OUT, BYTES, 168 },
	{ 0x4c04, 2, RN_IN, BYTES, 232 }, /* LOOP_SET_STATUS64, LOOP_GET_STATUS64 */
	{ 0x4c05, 2, RN_OUT, BYTES, 232 },
	{ 0x4c0a, 2, RN_IN, BYTES, 304 }, /* LOOP_CONFIGURE */
	{ 0x5401, 2, RN_OUT, BYTES, 36 }, /* TCGETS */
	{ 0x5402, 2, RN_IN, BYTES, 36 },  /* TCSETS, TCSETSW, TCSETSF */
	{ 0x5403, 2, RN_IN, BYTES, 36 },
	{ 0x5404, 2, RN_IN, BYTES, 36 },
	{ 0x5405, 2, RN_OUT, BYTES, 18 }, /* TCGETA */
	{ 0x5406, 2, RN_IN, BYTES, 18 },  /* TCSETA, TCSETAW, TCSETAF */
	{ 0x5407, 2, RN_IN, BYTES, 18 },
	{ 0x5408, 2, RN_IN, BYTES, 18 },
	{ 0x540f, 2, RN_OUT, BYTES, 4 },  /* TIOCGPGRP */
	{ 0x5410, 2, RN_IN, BYTES, 4 },   /* TIOCSPGRP */
	{ 0x5411, 2, RN_OUT, BYTES, 4 },  /* TIOCOUTQ */
	{ 0x5412, 2, RN_IN, BYTES, 1 },   /* TIOCSTI */
	{ 0x5413, 2, RN_OUT, BYTES, 8 },  /* TIOCGWINSZ */
	{ 0x5414, 2, RN_IN, BYTES, 8 },   /* TIOCSWINSZ */
	{ 0x5415, 2, RN_OUT, BYTES, 4 },  /* TIOCMGET */
	{ 0x5416, 2, RN_IN, BYTES, 4 },   /* TIOCMBIS, TIOCMBIC, TIOCMSET */
	{ 0x5417, 2, RN_IN, BYTES, 4 },
	{ 0x5418, 2, RN_IN, BYTES, 4 },
	{ 0x5419, 2, RN_OUT, BYTES, 4 },  /* TIOCGSOFTCAR */
	{ 0x541a, 2, RN_IN, BYTES, 4 },   /* TIOCSSOFTCAR */
	{ 0x541b, 2, RN_OUT, BYTES, 4 },  /* FIONREAD */
	{ 0x5420, 2, RN_IN, BYTES, 4 },   /* TIOCPKT */
	{ 0x5421, 2, RN_IN, BYTES, 4 },   /* FIONBIO */
	{ 0x5423, 2, RN_IN, BYTES, 4 },   /* TIOCSETD */
	{ 0x5424, 2, RN_OUT, BYTES, 4 },  /* TIOCGETD */
	{ 0x5429, 2, RN_OUT, BYTES, 4 },  /* TIOCGSID */
	{ 0x5452, 2, RN_IN, BYTES, 4 },   /* FIOASYNC */
	{ 0x5456, 2, RN_OUT, BYTES, 36 }, /* TIOCGLCKTRMIOS */
	{ 0x5457, 2, RN_IN, BYTES, 36 },  /* TIOCSLCKTRMIOS */
	{ 0x5460, 2, RN_OUT, BYTES, 8 },  /* FIOQSIZE */
	{ 0x8901, 2, RN_IN, BYTES, 4 },   /* FIOSETOWN */
	{ 0x8902, 2, RN_IN, BYTES, 4 },   /* SIOCSPGRP */
	{ 0x8903, 2, RN_OUT, BYTES, 4 },  /* FIOGETOWN */
	{ 0x8904, 2, RN_OUT, BYTES, 4 },  /* SIOCGPGRP */
	{ 0x8905, 2, RN_OUT, BYTES, 4 },  /* SIOCATMARK */
	{ 0x8906, 2, RN_OUT, WORDS, 2 },  /* SIOCGSTAMP */
	{ 0x8907, 2, RN_OUT, WORDS, 2 },  /* SIOCGSTAMPNS */
	{ 0x8912, 2, INOUT, WORDS, 2 },   /* SIOCGIFCONF */
	{ 0x8925, 2, RN_OUT, BYTES, 4 },  /* SIOCGIFENCAP, SIOCSIFENCAP */
	{ 0x8926, 2, RN_IN, BYTES, 4 },
	{ 0x89a0, 2, RN_IN, STRING, 16 }, /* SIOCBRADDBR, SIOCBRDELBR */
	{ 0x89a1, 2, RN_IN, STRING, 16 },
	{ 0xb704, 2, RN_OUT, BYTES, 4 },  /* NS_GET_OWNER_UID */
	{ 0x40044f02, 2, RN_IN, BYTES, 16 }, /* UBI_IOCEBCH */
	{ 0x40082406, 2, RN_IN, STRING, 4096 }, /* PERF_EVENT_IOC_SET_FILTER */
	{ 0x80044f05, 2, RN_IN, BYTES, 4 }, /* UBI_IOCEBISMAP */
	{ 0x8004a405, 2, RN_IN, BYTES, 4 }, /* TEE_IOC_CLOSE_SESSION */
	{ 0x80082102, 2, RN_IN, BYTES, 8 }, /* SECCOMP_IOCTL_NOTIF_ID_VALID as it was at first */
	{ 0x80089419, 2, RN_OUT, BYTES, 8 }, /* BTRFS_IOC_SUBVOL_GETFLAGS */
	{ 0x8008a404, 2, RN_IN, BYTES, 8 }, /* TEE_IOC_CANCEL */
	{ 0x8010aa01, 2, RN_IN, BYTES, 16 }, /* UFFDIO_UNREGISTER, UFFDIO_WAKE */
	{ 0x8010aa02, 2, RN_IN, BYTES, 16 },
	{ 0x90009427, 2, RN_IN, BYTES, 4096 }, /* BTRFS_IOC_DEVICES_READY */
};

/* struct ifreq: SIOCGIFNAME (0x8910) up to SIOCBRDELIF (0x89a3). */
static bool is_ifreq(uint32_t command)
{
	return command >= 0x8910 && command <= 0x89a3;
}

void rn_fetch_ioctl(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint32_t command = (uint32_t)w->call->args[1];
	uint32_t dir = command >> 30, bytes = command >> 16 & 0x3fff;
	(void)arg;
	if (APPLY(old_ioctls, command))
		return;
	if (is_ifreq(command))
		bytes = w->pointer_bytes == 8 ? 40 : 32;
	else if (!(dir & (w->phase == RN_PHASE_ENTRY ? 1u : 2u))) /* _IOC_WRITE, _IOC_READ */
		return;
	rn_fetch_want(w, w->call->args[2], bytes, RN_CAPTURE_WHOLE_BYTES);
}

/* <asm-generic/fcntl.h>, <linux/fcntl.h>. struct flock: 32 bytes, of i386 16 (flock64: 24). */
static const struct rn_command_rule fcntls[] = {
	{ 15, 2, RN_IN, BYTES, 8 },    /* F_SETOWN_EX */
	{ 16, 2, RN_OUT, BYTES, 8 },   /* F_GETOWN_EX */
	{ 17, 2, RN_OUT, BYTES, 8 },   /* F_GETOWNER_UIDS */
	{ 36, 2, INOUT, BYTES, 32 },   /* F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW */
	{ 37, 2, RN_IN, BYTES, 32 },
	{ 38, 2, RN_IN, BYTES, 32 },
	{ 1035, 2, RN_OUT, BYTES, 8 }, /* F_GET_RW_HINT and the like */
	{ 1036, 2, RN_IN, BYTES, 8 },
	{ 1037, 2, RN_OUT, BYTES, 8 },
	{ 1038, 2, RN_IN, BYTES, 8 },
};
static const struct rn_command_rule flocks[] = {
	{ 5, 2, INOUT, BYTES, 32 },    /* F_GETLK, F_SETLK, F_SETLKW */
	{ 6, 2, RN_IN, BYTES, 32 },
	{ 7, 2, RN_IN, BYTES, 32 },
};
static const struct rn_command_rule i386_flocks[] = {
	{ 5, 2, INOUT, BYTES, 16 },
	{ 6, 2, RN_IN, BYTES, 16 },
	{ 7, 2, RN_IN, BYTES, 16 },
	{ 12, 2, INOUT, BYTES, 24 },   /* F_GETLK64, F_SETLK64, F_SETLKW64 */
	{ 13, 2, RN_IN, BYTES, 24 },
	{ 14, 2, RN_IN, BYTES, 24 },
};

void rn_fetch_fcntl(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint32_t command = (uint32_t)w->call->args[1];
	(void)arg;
	if (APPLY(fcntls, command))
		return;
	if (w->call->abi == RN_ABI_I386)
		APPLY(i386_flocks, command);
	else
		APPLY(flocks, command);
}

/* <linux/prctl.h> */
static const struct rn_command_rule prctls[] = {
	{ 2, 1, RN_OUT, BYTES, 4 },    /* PR_GET_PDEATHSIG */
	{ 5, 1, RN_OUT, BYTES, 4 },    /* PR_GET_UNALIGN */
	{ 9, 1, RN_OUT, BYTES, 4 },    /* PR_GET_FPEMU */
	{ 11, 1, RN_OUT, BYTES, 4 },   /* PR_GET_FPEXC */
	{ 15, 1, RN_IN, STRING, 16 },  /* PR_SET_NAME */
	{ 16, 1, RN_OUT, STRING, 16 }, /* PR_GET_NAME */
	{ 19, 1, RN_OUT, BYTES, 4 },   /* PR_GET_ENDIAN */
	{ 22, 2, RN_IN, FPROG, 0 },    /* PR_SET_SECCOMP */
	{ 25, 1, RN_OUT, BYTES, 4 },   /* PR_GET_TSC */
	{ 37, 1, RN_OUT, BYTES, 4 },   /* PR_GET_CHILD_SUBREAPER */
	{ 40, 1, RN_OUT, WORDS, 1 },   /* PR_GET_TID_ADDRESS */
	{ 62, 4, RN_OUT, BYTES, 8 },   /* PR_SCHED_CORE: PR_SCHED_CORE_GET */
	{ 0x53564d41, 4, RN_IN, STRING, 80 }, /* PR_SET_VMA */
};

void rn_fetch_prctl(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	APPLY(prctls, (uint32_t)w->call->args[0]);
}

/* <asm/prctl.h> of x86 */
static const struct rn_command_rule arch_prctls[] = {
	{ 0x1003, 1, RN_OUT, WORDS, 1 }, /* ARCH_GET_FS */
	{ 0x1004, 1, RN_OUT, WORDS, 1 }, /* ARCH_GET_GS */
	{ 0x1021, 1, RN_OUT, BYTES, 8 }, /* ARCH_GET_XCOMP_SUPP */
	{ 0x1022, 1, RN_OUT, BYTES, 8 }, /* ARCH_GET_XCOMP_PERM */
	{ 0x1024, 1, RN_OUT, BYTES, 8 }, /* ARCH_GET_XCOMP_GUEST_PERM */
	{ 0x4001, 1, RN_OUT, BYTES, 8 }, /* ARCH_GET_UNTAG_MASK */
	{ 0x5005, 1, RN_OUT, BYTES, 8 }, /* ARCH_SHSTK_STATUS */
};

void rn_fetch_arch_prctl(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	APPLY(arch_prctls, (uint32_t)w->call->args[0]);
}

/* futex(2): argument 3 is a timeout for the commands that wait, else a number. */
static bool futex_waits(uint32_t command)
{
	switch (command & 0x7f) { /* without PRIVATE and CLOCK_REALTIME */
	case 0:  /* FUTEX_WAIT */
	case 6:  /* FUTEX_LOCK_PI */
	case 9:  /* FUTEX_WAIT_BITSET */
	case 11: /* FUTEX_WAIT_REQUEUE_PI */
	case 13: /* FUTEX_LOCK_PI2 */
		return true;
	default:
		return false;
	}
}

void rn_fetch_futex(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint32_t bytes = rn_record_bytes((enum rn_record_id)arg->aux, w->call->abi);
	if (w->arg == 3 && w->phase == RN_PHASE_ENTRY && futex_waits((uint32_t)w->call->args[1]))
		rn_fetch_want(w, w->call->args[3], bytes, bytes);
}

void rn_fetch_bpf(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	struct rn_pending *p = rn_fetch_want(w, w->call->args[1], (uint32_t)w->call->args[2], 4096);
	if (w->phase == RN_PHASE_ENTRY)
		p->step = RN_STEP_BPF;
}

/* <linux/keyctl.h> */
static const struct rn_command_rule keyctls[] = {
	{ 1, 1, RN_IN, STRING, 4096 }, /* KEYCTL_JOIN_SESSION_KEYRING */
	{ 2, 2, RN_IN, LEN_ARG, 3 },   /* KEYCTL_UPDATE */
	{ 6, 2, RN_OUT, RET, 0 },      /* KEYCTL_DESCRIBE */
	{ 10, 2, RN_IN, STRING, 4096 }, /* KEYCTL_SEARCH */
	{ 10, 3, RN_IN, STRING, 4096 },
	{ 11, 2, RN_OUT, RET, 0 },     /* KEYCTL_READ */
	{ 12, 2, RN_IN, LEN_ARG, 3 },  /* KEYCTL_INSTANTIATE */
	{ 17, 2, RN_OUT, RET, 0 },     /* KEYCTL_GET_SECURITY */
	{ 23, 1, RN_IN, BYTES, 12 },   /* KEYCTL_DH_COMPUTE */
	{ 23, 2, RN_OUT, RET, 0 },
	{ 23, 4, RN_IN, WORDS, 3 },
	{ 24, 3, RN_IN, STRING, 4096 }, /* KEYCTL_PKEY_QUERY */
	{ 24, 4, RN_OUT, BYTES, 64 },
	{ 25, 1, RN_IN, BYTES, 40 },   /* KEYCTL_PKEY_ENCRYPT, DECRYPT, SIGN */
	{ 25, 2, RN_IN, STRING, 4096 },
	{ 25, 3, RN_IN, SOME, 0 },
	{ 25, 4, RN_OUT, RET, 0 },
	{ 26, 1, RN_IN, BYTES, 40 },
	{ 26, 2, RN_IN, STRING, 4096 },
	{ 26, 3, RN_IN, SOME, 0 },
	{ 26, 4, RN_OUT, RET, 0 },
	{ 27, 1, RN_IN, BYTES, 40 },
	{ 27, 2, RN_IN, STRING, 4096 },
	{ 27, 3, RN_IN, SOME, 0 },
	{ 27, 4, RN_OUT, RET, 0 },
	{ 28, 1, RN_IN, BYTES, 40 },   /* KEYCTL_PKEY_VERIFY */
	{ 28, 2, RN_IN, STRING, 4096 },
	{ 28, 3, RN_IN, SOME, 0 },
	{ 28, 4, RN_IN, SOME, 0 },
	{ 29, 2, RN_IN, STRING, 4096 }, /* KEYCTL_RESTRICT_KEYRING */
	{ 29, 3, RN_IN, STRING, 4096 },
	{ 31, 1, RN_OUT, RET, 0 },     /* KEYCTL_CAPABILITIES */
};

void rn_fetch_keyctl(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	APPLY(keyctls, (uint32_t)w->call->args[0]);
}

static const struct rn_command_rule seccomps[] = {
	{ 1, 2, RN_IN, FPROG, 0 },   /* SECCOMP_SET_MODE_FILTER */
	{ 2, 2, RN_IN, BYTES, 4 },   /* SECCOMP_GET_ACTION_AVAIL */
	{ 3, 2, RN_OUT, BYTES, 6 },  /* SECCOMP_GET_NOTIF_SIZES */
};

void rn_fetch_seccomp(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	APPLY(seccomps, (uint32_t)w->call->args[0]);
}

/* semctl(2), shmctl(2), msgctl(2): the structures of IPC_64, which x86_64 and i386 use; where the
 * family's is shorter the rest is read and not looked at. */
static const struct rn_command_rule ipcs[] = {
	{ 1, 3, RN_IN, BYTES, 120 },   /* IPC_SET */
	{ 2, 3, RN_OUT, BYTES, 120 },  /* IPC_STAT */
	{ 3, 3, RN_OUT, BYTES, 72 },   /* IPC_INFO */
	{ 11, 3, RN_OUT, BYTES, 120 }, /* MSG_STAT */
	{ 12, 3, RN_OUT, BYTES, 40 },  /* MSG_INFO */
	{ 13, 3, RN_OUT, BYTES, 120 }, /* MSG_STAT_ANY, SHM_STAT */
	{ 14, 3, RN_OUT, BYTES, 72 },  /* SHM_INFO */
	{ 15, 3, RN_OUT, BYTES, 120 }, /* SHM_STAT_ANY */
	{ 18, 3, RN_OUT, BYTES, 120 }, /* SEM_STAT */
	{ 19, 3, RN_OUT, BYTES, 40 },  /* SEM_INFO */
	{ 20, 3, RN_OUT, BYTES, 120 }, /* SEM_STAT_ANY */
};

static bool apply_ipc(struct rn_fetch *w, unsigned command_arg)
{
	struct rn_command_rule r;
	uint32_t command = (uint32_t)w->call->args[command_arg] & ~0x100u; /* without IPC_64 */
	for (size_t i = 0; i < sizeof(ipcs) / sizeof(ipcs[0]); i++) {
		r = ipcs[i];
		r.arg = (uint8_t)w->arg; /* 3 of semctl, 2 of the others */
		if (rule_fits(w, &r, command)) {
			apply(w, &r);
			return true;
		}
	}
	return false;
}

void rn_fetch_sem(struct rn_fetch *w, const struct rn_arg *arg)
{
	apply_ipc(w, arg->aux == RN_IPC_sem ? 2 : 1);
}

/* <linux/quota.h>; the lower byte of the command is the kind of quota. */
static const struct rn_command_rule quotactls[] = {
	{ 0x5801, 3, RN_IN, BYTES, 4 },       /* Q_XQUOTAON, Q_XQUOTAOFF */
	{ 0x5802, 3, RN_IN, BYTES, 4 },
	{ 0x5803, 3, RN_OUT, BYTES, 112 },    /* Q_XGETQUOTA */
	{ 0x5804, 3, RN_IN, BYTES, 112 },     /* Q_XSETQLIM */
	{ 0x5805, 3, RN_OUT, BYTES, 80 },     /* Q_XGETQSTAT */
	{ 0x5806, 3, RN_IN, BYTES, 4 },       /* Q_XQUOTARM */
	{ 0x5808, 3, RN_OUT, BYTES, 168 },    /* Q_XGETQSTATV */
	{ 0x5809, 3, RN_OUT, BYTES, 112 },    /* Q_XGETNEXTQUOTA */
	{ 0x800002, 3, RN_IN, STRING, 4096 }, /* Q_QUOTAON */
	{ 0x800004, 3, RN_OUT, BYTES, 4 },    /* Q_GETFMT */
	{ 0x800005, 3, RN_OUT, BYTES, 24 },   /* Q_GETINFO */
	{ 0x800006, 3, RN_IN, BYTES, 24 },    /* Q_SETINFO */
	{ 0x800007, 3, RN_OUT, BYTES, 72 },   /* Q_GETQUOTA */
	{ 0x800008, 3, RN_IN, BYTES, 72 },    /* Q_SETQUOTA */
	{ 0x800009, 3, RN_OUT, BYTES, 72 },   /* Q_GETNEXTQUOTA */
};

void rn_fetch_quotactl(struct rn_fetch *w, const struct rn_arg *arg)
{
	unsigned command = w->call->desc->arg[0].kind == RN_ARG_FD ? 1 : 0; /* of quotactl_fd */
	(void)arg;
	APPLY(quotactls, (uint32_t)w->call->args[command] >> 8);
}

/* ptrace(2): where argument 3 points for the requests that move something. */
static const struct rn_command_rule ptraces[] = {
	{ 1, 3, RN_OUT, WORDS, 1 },        /* PTRACE_PEEKTEXT, PEEKDATA, PEEKUSER */
	{ 2, 3, RN_OUT, WORDS, 1 },
	{ 3, 3, RN_OUT, WORDS, 1 },
	{ 12, 3, RN_OUT, WORDS, 27 },      /* PTRACE_GETREGS, SETREGS */
	{ 13, 3, RN_IN, WORDS, 27 },
	{ 0x4201, 3, RN_OUT, WORDS, 1 },   /* PTRACE_GETEVENTMSG */
	{ 0x4202, 3, RN_OUT, BYTES, 128 }, /* PTRACE_GETSIGINFO, SETSIGINFO */
	{ 0x4203, 3, RN_IN, BYTES, 128 },
	{ 0x4204, 3, RN_OUT, IOVEC, 0 },   /* PTRACE_GETREGSET, SETREGSET */
	{ 0x4205, 3, RN_IN, IOVEC, 0 },
	{ 0x4209, 2, RN_IN, BYTES, 16 },   /* PTRACE_PEEKSIGINFO */
	{ 0x420a, 3, RN_OUT, BYTES, 8 },   /* PTRACE_GETSIGMASK, SETSIGMASK */
	{ 0x420b, 3, RN_IN, BYTES, 8 },
	{ 0x420e, 3, RN_OUT, RET, 0 },     /* PTRACE_GET_SYSCALL_INFO */
};

void rn_fetch_ptrace(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	APPLY(ptraces, (uint32_t)w->call->args[0]);
}

/* <linux/kcmp.h> */
static const struct rn_command_rule kcmps[] = {
	{ 7, 4, RN_IN, BYTES, 12 }, /* KCMP_EPOLL_TFD */
};

void rn_fetch_kcmp(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	APPLY(kcmps, (uint32_t)w->call->args[2]);
}

#define TABLE(kind, abi, arg, rules) \
	{ RN_ARG_##kind, RN_ABI_##abi, arg, rules, sizeof(rules) / sizeof((rules)[0]) }

const struct rn_command_table rn_command_tables[] = {
	TABLE(ARCH_PRCTL_ARG, NONE, 0, arch_prctls),
	TABLE(FCNTL_ARG, NONE, 0, fcntls),
	TABLE(FCNTL_ARG, X86_64, 0, flocks),
	TABLE(FCNTL_ARG, I386, 0, i386_flocks),
	TABLE(IOCTL_ARG, NONE, 0, old_ioctls),
	TABLE(KCMP_ARG, NONE, 0, kcmps),
	TABLE(KEYCTL_ARG, NONE, 0, keyctls),
	TABLE(PRCTL_ARG, NONE, 0, prctls),
	TABLE(PTRACE_ARG, NONE, 0, ptraces),
	TABLE(QUOTACTL_ARG, NONE, 0, quotactls),
	TABLE(SECCOMP_ARG, NONE, 0, seccomps),
	TABLE(SEM_ARG, NONE, 2, ipcs), /* of shmctl and msgctl */
	TABLE(SEM_ARG, NONE, 3, ipcs), /* of semctl */
};
const size_t rn_n_command_tables = sizeof(rn_command_tables) / sizeof(rn_command_tables[0]);
