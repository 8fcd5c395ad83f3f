/* SPDX-License-Identifier: MIT */
/**
 * kinds - one printer per argument kind. Internal to analyze/decode.
 *
 * A printer writes argument i of the event under way and returns true, or writes
 * nothing that stays and returns false when the call does not show that argument
 * (the mode of an open that creates nothing). The driver puts the commas.
 */
#ifndef RN_ANALYZE_DECODE_KINDS_H
#define RN_ANALYZE_DECODE_KINDS_H

#include "analyze/decode/print.h"

typedef bool rn_kind_printer(struct rn_print *p, unsigned i);

extern rn_kind_printer *const rn_kind_printers[RN_ARG_KINDS];

/* scalar.c */
rn_kind_printer rn_kind_none, rn_kind_hex, rn_kind_int, rn_kind_uint, rn_kind_long, rn_kind_ulong,
	rn_kind_off, rn_kind_xint, rn_kind_ptr, rn_kind_pid, rn_kind_pgid, rn_kind_wait_id, rn_kind_fd, rn_kind_dirfd, rn_kind_id, rn_kind_mode,
	rn_kind_fmode, rn_kind_dev, rn_kind_sig, rn_kind_clock, rn_kind_enum, rn_kind_flags,
	rn_kind_off64, rn_kind_off64_hi, rn_kind_pgoff, rn_kind_open_mode, rn_kind_key,
	rn_kind_ipc_flags, rn_kind_id16;
/* pointed.c */
rn_kind_printer rn_kind_path, rn_kind_str, rn_kind_buf, rn_kind_rec, rn_kind_rem, rn_kind_arr,
	rn_kind_vrec, rn_kind_fdpair;
/* One file per family. */
rn_kind_printer rn_kind_sigset, rn_kind_sigset_ptrlen, rn_kind_sigframe, rn_kind_sigmask,
	rn_kind_sighandler;
rn_kind_printer rn_kind_argv, rn_kind_envp, rn_kind_clone_arg, rn_kind_caps, rn_kind_cpuset;
rn_kind_printer rn_kind_utimes;
rn_kind_printer rn_kind_futex_arg, rn_kind_fcntl_arg, rn_kind_prctl_arg, rn_kind_arch_prctl_arg;
rn_kind_printer rn_kind_ioctl_cmd, rn_kind_ioctl_arg;
rn_kind_printer rn_kind_fdset;
rn_kind_printer rn_kind_addr, rn_kind_sockproto, rn_kind_sockopt_name, rn_kind_sockopt_val,
	rn_kind_iov, rn_kind_riov, rn_kind_msg, rn_kind_mmsg;
rn_kind_printer rn_kind_dirents, rn_kind_mincore, rn_kind_nodeset, rn_kind_msgbuf,
	rn_kind_mount_data, rn_kind_fsconfig_val, rn_kind_ioprio, rn_kind_sem_arg,
	rn_kind_interrupted, rn_kind_ioprio_who, rn_kind_seccomp_arg, rn_kind_keyctl_arg, rn_kind_ptrace_arg, rn_kind_quotactl_arg,
	rn_kind_bpf_attr, rn_kind_iocbs, rn_kind_kcmp_arg;

/** IOPRIO_PRIO_VALUE(class, data); with -X the number, or both. */
void rn_print_ioprio(struct rn_print *p, uint64_t v);
/** The same without the number. */
void rn_print_ioprio_parts(struct rn_print *p, uint64_t v);

/** The length an argument's description speaks of, in its own unit; 0 when it cannot be known. */
uint64_t rn_arg_length(const struct rn_print *p, const struct rn_arg *a);

/** Sets p->phase to where the argument's memory is to be looked up. False: nowhere, because the
 *  call failed before the kernel wrote it; print the address. */
bool rn_arg_phase(struct rn_print *p, const struct rn_arg *a);

#endif
