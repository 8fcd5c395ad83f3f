/* SPDX-License-Identifier: MIT */
/* The array of record printers: most records are rows of fields, a few are code, some a number. */
#include "analyze/decode/records.h"

#include "analyze/decode/fields.h"
#include "analyze/decode/files.h"
#include "analyze/decode/ioctl.h"
#include "analyze/decode/poll.h"
#include "analyze/decode/processes.h"
#include "analyze/decode/signals.h"
#include "analyze/decode/sockets.h"
#include "analyze/decode/system.h"
#include "analyze/decode/time.h"

struct record {
	rn_record_printer *print;
	const struct rn_fields *fields;
	bool number;
	uint8_t least; /* of those that say their size: bytes of the first version */
	bool filled; /* shown as the call left it, when it succeeded */
	enum rn_field_form form;
};

#define CODE(f) { .print = f }
#define FIELDS(f) { .fields = &f }
#define NUMBER(f) { .number = true, .form = RN_FORM_##f }

static const struct record records[RN_RECORDS] = {
	[RN_REC_int] = NUMBER(DEC),
	[RN_REC_uint] = NUMBER(UDEC),
	[RN_REC_u64] = NUMBER(UDEC),
	[RN_REC_word] = NUMBER(HEX),
	[RN_REC_pointer] = NUMBER(PTR),
	[RN_REC_size] = NUMBER(UDEC),
	[RN_REC_loff] = NUMBER(DEC),
	[RN_REC_offset] = NUMBER(UDEC),
	[RN_REC_page_status] = NUMBER(ERRNO),
	[RN_REC_socklen] = NUMBER(DEC),
	[RN_REC_uid] = NUMBER(ID),
	[RN_REC_uid16] = NUMBER(ID16),
	[RN_REC_time] = CODE(rn_record_time),
	[RN_REC_timer] = NUMBER(DEC),
	[RN_REC_timespec] = CODE(rn_record_timespec),
	[RN_REC_timespec64] = CODE(rn_record_timespec),
	[RN_REC_timeval] = CODE(rn_record_timeval),
	[RN_REC_timeval64] = CODE(rn_record_timeval),
	[RN_REC_timezone] = CODE(rn_record_timezone),
	[RN_REC_itimerval] = CODE(rn_record_itimerval),
	[RN_REC_itimerspec] = CODE(rn_record_itimerspec),
	[RN_REC_itimerspec64] = CODE(rn_record_itimerspec),
	[RN_REC_utimbuf] = FIELDS(rn_fields_utimbuf),
	[RN_REC_tms] = FIELDS(rn_fields_tms),
	[RN_REC_timex] = { .fields = &rn_fields_timex, .filled = true },
	[RN_REC_timex64] = { .fields = &rn_fields_timex64, .filled = true },
	[RN_REC_stat] = CODE(rn_record_stat),
	[RN_REC_stat64] = CODE(rn_record_stat64),
	[RN_REC_oldstat] = CODE(rn_record_oldstat),
	[RN_REC_statx] = CODE(rn_record_statx),
	[RN_REC_statfs] = FIELDS(rn_fields_statfs),
	[RN_REC_statfs64] = FIELDS(rn_fields_statfs64),
	[RN_REC_ustat] = FIELDS(rn_fields_ustat),
	[RN_REC_open_how] = { .print = rn_record_open_how, .least = 24 },
	[RN_REC_file_handle] = CODE(rn_record_file_handle),
	[RN_REC_mount_attr] = { .print = rn_record_mount_attr, .least = 32 },
	[RN_REC_cachestat_range] = FIELDS(rn_fields_cachestat_range),
	[RN_REC_cachestat] = FIELDS(rn_fields_cachestat),
	[RN_REC_io_event] = FIELDS(rn_fields_io_event),
	[RN_REC_io_uring_params] = { .print = rn_record_io_uring_params, .filled = true },
	[RN_REC_pollfd] = CODE(rn_record_pollfd),
	[RN_REC_epoll_event] = CODE(rn_record_epoll_event),
	[RN_REC_winsize] = CODE(rn_record_winsize),
	[RN_REC_termios] = CODE(rn_record_termios),
	[RN_REC_termios2] = CODE(rn_record_termios),
	[RN_REC_termio] = CODE(rn_record_termio),
	[RN_REC_mempolicy] = CODE(rn_record_mempolicy),
	[RN_REC_wait_status] = CODE(rn_record_wait_status),
	[RN_REC_rusage] = FIELDS(rn_fields_rusage),
	[RN_REC_rlimit] = CODE(rn_record_rlimit),
	[RN_REC_rlimit64] = CODE(rn_record_rlimit),
	[RN_REC_siginfo] = CODE(rn_record_siginfo),
	[RN_REC_clone_args] = { .print = rn_record_clone_args, .least = 64 },
	[RN_REC_sched_param] = NUMBER(DEC),
	[RN_REC_sched_attr] = { .print = rn_record_sched_attr, .least = 48 },
	[RN_REC_futex_waitv] = CODE(rn_record_futex_waitv),
	[RN_REC_user_desc] = { .print = rn_record_user_desc, .filled = true },
	[RN_REC_sysctl_args] = FIELDS(rn_fields_sysctl_args),
	[RN_REC_landlock_ruleset_attr] = { .fields = &rn_fields_landlock_ruleset, .least = 8 },
	[RN_REC_landlock_path_attr] = FIELDS(rn_fields_landlock_path),
	[RN_REC_perf_event_attr] = CODE(rn_record_perf_event_attr),
	[RN_REC_iocb] = CODE(rn_record_iocb),
	[RN_REC_cap_header] = CODE(rn_record_cap_header),
	[RN_REC_sock_fprog] = CODE(rn_record_sock_fprog),
	[RN_REC_sigaction] = CODE(rn_record_sigaction),
	[RN_REC_old_sigaction] = CODE(rn_record_old_sigaction),
	[RN_REC_stack] = CODE(rn_record_sigstack),
	[RN_REC_sigevent] = CODE(rn_record_sigevent),
	[RN_REC_sembuf] = FIELDS(rn_fields_sembuf),
	[RN_REC_mq_attr] = FIELDS(rn_fields_mq_attr),
	[RN_REC_utsname] = FIELDS(rn_fields_utsname),
	[RN_REC_olduname] = FIELDS(rn_fields_olduname),
	[RN_REC_oldolduname] = FIELDS(rn_fields_oldolduname),
	[RN_REC_sysinfo] = FIELDS(rn_fields_sysinfo),
};

bool rn_record_is_number(enum rn_record_id id)
{
	return (unsigned)id < RN_RECORDS && records[id].number;
}

bool rn_record_is_filled(enum rn_record_id id)
{
	return (unsigned)id < RN_RECORDS && records[id].filled;
}

unsigned rn_record_least_bytes(enum rn_record_id id)
{
	return (unsigned)id < RN_RECORDS ? records[id].least : 0;
}

bool rn_record_known(enum rn_record_id id)
{
	const struct record *r = &records[(unsigned)id < RN_RECORDS ? id : RN_REC_none];
	return r->number || r->print || r->fields;
}

void rn_print_element(struct rn_print *p, enum rn_record_id id, struct rn_bytes b)
{
	const struct record *r = &records[(unsigned)id < RN_RECORDS ? id : RN_REC_none];
	if (r->number)
		rn_print_form(p, r->form, 0, b);
	else if (r->print)
		r->print(p, b);
	else if (r->fields)
		rn_print_fields(p, r->fields, b);
	else
		rn_print_quoted(p, b);
}

void rn_print_record(struct rn_print *p, enum rn_record_id id, struct rn_bytes b)
{
	bool number = rn_record_is_number(id);
	if (number)
		rn_put_u8(p->out, '[');
	rn_print_element(p, id, b);
	if (number)
		rn_put_u8(p->out, ']');
}
