/* SPDX-License-Identifier: MIT */
/* Sizes of structures on x86_64 against the host's headers. Where the C library's structure is not
 * the kernel's (sigset_t, termios), the kernel's is written down here. */
#include "shared/syscall.h"

#include <criterion/criterion.h>

#ifdef __x86_64__
#include <asm/ldt.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/rseq.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <mqueue.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <utime.h>

struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

struct kernel_termios {
	uint32_t iflag, oflag, cflag, lflag;
	uint8_t line, cc[19];
};

static const struct {
	enum rn_record_id id;
	size_t bytes;
} records[] = {
	{ RN_REC_timespec, sizeof(struct timespec) },
	{ RN_REC_timeval, sizeof(struct timeval) },
	{ RN_REC_timezone, sizeof(struct timezone) },
	{ RN_REC_itimerval, sizeof(struct itimerval) },
	{ RN_REC_itimerspec, sizeof(struct itimerspec) },
	{ RN_REC_utimbuf, sizeof(struct utimbuf) },
	{ RN_REC_tms, sizeof(struct tms) },
	{ RN_REC_timex, sizeof(struct timex) },
	{ RN_REC_stat, sizeof(struct stat) },
	{ RN_REC_statx, sizeof(struct statx) },
	{ RN_REC_statfs, sizeof(struct statfs) },
	{ RN_REC_open_how, sizeof(struct open_how) },
	{ RN_REC_mount_attr, sizeof(struct mount_attr) },
	{ RN_REC_flock, sizeof(struct flock) },
	{ RN_REC_f_owner_ex, sizeof(struct f_owner_ex) },
	{ RN_REC_iocb, sizeof(struct iocb) },
	{ RN_REC_io_event, sizeof(struct io_event) },
	{ RN_REC_io_uring_params, sizeof(struct io_uring_params) },
	{ RN_REC_pollfd, sizeof(struct pollfd) },
	{ RN_REC_epoll_event, sizeof(struct epoll_event) },
	{ RN_REC_winsize, sizeof(struct winsize) },
	{ RN_REC_termios, sizeof(struct kernel_termios) },
	{ RN_REC_termio, sizeof(struct termio) },
	{ RN_REC_ifreq, sizeof(struct ifreq) },
	{ RN_REC_rusage, sizeof(struct rusage) },
	{ RN_REC_rlimit, sizeof(struct rlimit) },
	{ RN_REC_rlimit64, sizeof(struct rlimit64) },
	{ RN_REC_siginfo, sizeof(siginfo_t) },
	{ RN_REC_clone_args, sizeof(struct clone_args) },
	{ RN_REC_rseq, sizeof(struct rseq) },
	{ RN_REC_sched_attr, sizeof(struct sched_attr) },
	{ RN_REC_futex_waitv, sizeof(struct futex_waitv) },
	{ RN_REC_robust_list_head, sizeof(struct robust_list_head) },
	{ RN_REC_user_desc, sizeof(struct user_desc) },
	{ RN_REC_cap_header, sizeof(struct __user_cap_header_struct) },
	{ RN_REC_cap_data, sizeof(struct __user_cap_data_struct) },
	{ RN_REC_sock_fprog, sizeof(struct sock_fprog) },
	{ RN_REC_sock_filter, sizeof(struct sock_filter) },
	{ RN_REC_sigaction, sizeof(struct kernel_sigaction) },
	{ RN_REC_stack, sizeof(stack_t) },
	{ RN_REC_sigevent, sizeof(struct sigevent) },
	{ RN_REC_sembuf, sizeof(struct sembuf) },
	{ RN_REC_semid_ds, sizeof(struct semid_ds) },
	{ RN_REC_shmid_ds, sizeof(struct shmid_ds) },
	{ RN_REC_msqid_ds, sizeof(struct msqid_ds) },
	{ RN_REC_mq_attr, sizeof(struct mq_attr) },
	{ RN_REC_utsname, sizeof(struct utsname) },
	{ RN_REC_sysinfo, sizeof(struct sysinfo) },
};

Test(record_sizes, agree_with_the_hosts_structures)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		cr_expect_eq(rn_record_bytes(records[i].id, RN_ABI_X86_64), records[i].bytes,
			"%s is %u bytes here, %zu there", rn_record_name(records[i].id),
			rn_record_bytes(records[i].id, RN_ABI_X86_64), records[i].bytes);
}

/* Grows with the kernel: never larger than ours, which is the newest we know. */
Test(record_sizes, structures_that_grow_are_at_least_the_hosts)
{
	cr_assert_geq(rn_record_bytes(RN_REC_perf_event_attr, RN_ABI_X86_64),
		sizeof(struct perf_event_attr));
}
#endif

Test(record_sizes, an_unknown_record_or_abi_has_no_bytes)
{
	cr_assert_eq(rn_record_bytes((enum rn_record_id)9999, RN_ABI_X86_64), 0);
	cr_assert_eq(rn_record_bytes(RN_REC_stat, (enum rn_abi)99), 0);
	cr_assert_eq(rn_record_bytes(RN_REC_stat, RN_ABI_NONE), 0);
	cr_assert_str_eq(rn_record_name((enum rn_record_id)9999), "none");
	cr_assert_str_eq(rn_record_name(RN_REC_stat), "stat");
}
