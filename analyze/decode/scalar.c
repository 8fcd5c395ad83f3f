/* SPDX-License-Identifier: MIT */
/* Single values without memory behind them. */
#include "analyze/decode/kinds.h"

#define S_IFMT 0170000
#define S_IFCHR 020000
#define S_IFBLK 060000
#define S_SPECIAL 07000
#define AT_FDCWD (-100)
#define O_CREAT 0100
#define IPC_PRIVATE 0
#define IPC_64 0x100

void rn_print_addr(struct rn_print *p, uint64_t addr)
{
	if (addr)
		rn_put_hex0(p->out, addr);
	else
		RN_PUT(p, "NULL");
}

void rn_print_fd_at(struct rn_print *p, int64_t fd, enum rn_span_phase phase)
{
	struct rn_fd_facts facts;
	rn_put_dec(p->out, fd);
	if (fd >= 0 && p->style->fds && p->env->fd &&
	    p->env->fd(p->env->arg, p->ev, fd, phase, &facts))
		rn_print_fd_facts(p, &facts);
}

void rn_print_fd(struct rn_print *p, int64_t fd)
{
	rn_print_fd_at(p, fd, RN_PHASE_ENTRY);
}

void rn_print_dirfd(struct rn_print *p, int64_t fd)
{
	struct rn_bytes cwd;
	if (fd != AT_FDCWD) {
		rn_print_fd(p, fd);
		return;
	}
	if (rn_print_numbers(p))
		rn_put_dec(p->out, fd);
	if (rn_print_named(p)) {
		RN_PUT(p, "AT_FDCWD");
		rn_print_named_end(p);
	}
	if (!(p->style->fds & RN_FDS_PATH) || !p->env->cwd || !p->env->cwd(p->env->arg, p->ev, &cwd))
		return;
	rn_put_u8(p->out, '<');
	rn_print_angled(p, cwd);
	rn_put_u8(p->out, '>');
}

static void put_our_pid(struct rn_print *p, uint64_t tid)
{
	rn_put_format(p->out, " /* %llu in strace's PID NS */", (unsigned long long)tid);
}

void rn_print_pid_at(struct rn_print *p, int64_t pid, enum rn_span_phase phase)
{
	struct rn_pid_facts facts;
	rn_put_dec(p->out, pid);
	if (pid <= 0 || !p->style->pids || !p->env->pid ||
	    !p->env->pid(p->env->arg, p->ev, pid, phase, &facts))
		return;
	if ((p->style->pids & RN_PIDS_COMM) && facts.comm.len)
		rn_print_comm(p->out, facts.comm);
	if ((p->style->pids & RN_PIDS_NS) && facts.tid && facts.tid != (uint64_t)pid)
		put_our_pid(p, facts.tid);
}

void rn_print_pid(struct rn_print *p, int64_t pid)
{
	rn_print_pid_at(p, pid, RN_PHASE_ENTRY);
}

void rn_print_pgid_at(struct rn_print *p, int64_t pgid, enum rn_span_phase phase)
{
	uint64_t tid;
	rn_put_dec(p->out, pgid);
	if (pgid > 0 && (p->style->pids & RN_PIDS_NS) && p->env->group &&
		p->env->group(p->env->arg, p->ev, pgid, phase, &tid) && tid != (uint64_t)pgid)
		put_our_pid(p, tid);
}

void rn_print_id(struct rn_print *p, uint32_t id)
{
	if (id == UINT32_MAX)
		RN_PUT(p, "-1");
	else
		rn_put_udec(p->out, id);
}

void rn_print_file_mode(struct rn_print *p, uint32_t mode)
{
	const char *type = "";
	if (mode & S_IFMT)
		type = rn_name_of(RN_NAMES_file_type, p->abi, mode & S_IFMT);
	if (!type || rn_print_numbers(p))
		rn_put_oct(p->out, mode);
	if (!type || !rn_print_named(p))
		return;
	if (*type) {
		rn_put_text(p->out, type);
		rn_put_u8(p->out, '|');
	}
	if (mode & 04000)
		RN_PUT(p, "S_ISUID|");
	if (mode & 02000)
		RN_PUT(p, "S_ISGID|");
	if (mode & 01000)
		RN_PUT(p, "S_ISVTX|");
	rn_put_oct(p->out, mode & ~(uint32_t)(S_IFMT | S_SPECIAL));
	rn_print_named_end(p);
}

void rn_print_dev(struct rn_print *p, uint64_t dev)
{
	if (rn_print_numbers(p))
		rn_put_hex(p->out, dev);
	if (!rn_print_named(p))
		return;
	RN_PUT(p, "makedev(");
	rn_put_hex(p->out, (dev >> 8 & 0xfff) | (dev >> 32 & ~(uint64_t)0xfff));
	RN_PUT(p, ", ");
	rn_put_hex(p->out, (dev & 0xff) | (dev >> 12 & 0xffffff00));
	rn_put_u8(p->out, ')');
	rn_print_named_end(p);
}

void rn_print_signo(struct rn_print *p, int64_t signo)
{
	char buf[16];
	const char *name = signo > 0 && signo <= 64 ? rn_signal_name((int)signo, buf) : NULL;
	if (!name || rn_print_numbers(p))
		rn_put_dec(p->out, signo);
	if (!name || !rn_print_named(p))
		return;
	rn_put_text(p->out, name);
	rn_print_named_end(p);
}

/* The kinds. */

bool rn_kind_none(struct rn_print *p, unsigned i)
{
	(void)p, (void)i;
	return false;
}

static uint64_t value(const struct rn_print *p, unsigned i)
{
	return p->args[i];
}

bool rn_kind_hex(struct rn_print *p, unsigned i)
{
	rn_put_hex(p->out, value(p, i));
	return true;
}

bool rn_kind_int(struct rn_print *p, unsigned i)
{
	rn_put_dec(p->out, (int32_t)value(p, i));
	return true;
}

bool rn_kind_uint(struct rn_print *p, unsigned i)
{
	rn_put_udec(p->out, (uint32_t)value(p, i));
	return true;
}

static int64_t signed_word(const struct rn_print *p, unsigned i)
{
	return p->word == 4 ? (int32_t)value(p, i) : (int64_t)value(p, i);
}

bool rn_kind_long(struct rn_print *p, unsigned i)
{
	rn_put_dec(p->out, signed_word(p, i));
	return true;
}

bool rn_kind_ulong(struct rn_print *p, unsigned i)
{
	rn_put_udec(p->out, value(p, i));
	return true;
}

bool rn_kind_xint(struct rn_print *p, unsigned i)
{
	rn_put_hex(p->out, (uint32_t)value(p, i));
	return true;
}

bool rn_kind_ptr(struct rn_print *p, unsigned i)
{
	rn_print_addr(p, value(p, i));
	return true;
}

bool rn_kind_pid(struct rn_print *p, unsigned i)
{
	rn_print_pid(p, (int32_t)value(p, i));
	return true;
}

bool rn_kind_pgid(struct rn_print *p, unsigned i)
{
	rn_print_pgid_at(p, (int32_t)value(p, i), RN_PHASE_ENTRY);
	return true;
}

bool rn_kind_ioprio_who(struct rn_print *p, unsigned i)
{
	enum { PROCESS = 1, GROUP = 2 };
	uint32_t what = i ? (uint32_t)value(p, i - 1) : 0;
	int32_t who = (int32_t)value(p, i);
	if (what == PROCESS)
		rn_print_pid(p, who);
	else if (what == GROUP)
		rn_print_pgid_at(p, who, RN_PHASE_ENTRY);
	else
		rn_put_dec(p->out, who);
	return true;
}

bool rn_kind_wait_id(struct rn_print *p, unsigned i)
{
	enum { P_PID = 1, P_PIDFD = 3 };
	uint32_t type = i ? (uint32_t)value(p, i - 1) : 0;
	int32_t id = (int32_t)value(p, i);
	if (type == P_PID)
		rn_print_pid(p, id);
	else if (type == P_PIDFD)
		rn_print_fd(p, id);
	else
		rn_put_dec(p->out, id);
	return true;
}

bool rn_kind_fd(struct rn_print *p, unsigned i)
{
	rn_print_fd(p, (int32_t)value(p, i));
	return true;
}

bool rn_kind_dirfd(struct rn_print *p, unsigned i)
{
	int32_t fd = (int32_t)value(p, i);
	if (fd != -1 || !(p->desc->arg[i].flags & RN_ARG_NOFD)) {
		rn_print_dirfd(p, fd);
		return true;
	}
	if (rn_print_numbers(p))
		RN_PUT(p, "-1");
	if (rn_print_named(p)) {
		RN_PUT(p, "FAN_NOFD");
		rn_print_named_end(p);
	}
	return true;
}

bool rn_kind_id(struct rn_print *p, unsigned i)
{
	rn_print_id(p, (uint32_t)value(p, i));
	return true;
}

bool rn_kind_id16(struct rn_print *p, unsigned i)
{
	uint16_t id = (uint16_t)value(p, i);
	rn_print_id(p, id == UINT16_MAX ? UINT32_MAX : id);
	return true;
}

bool rn_kind_mode(struct rn_print *p, unsigned i)
{
	rn_put_oct(p->out, value(p, i) & 0xffff);
	return true;
}

bool rn_kind_fmode(struct rn_print *p, unsigned i)
{
	rn_print_file_mode(p, value(p, i) & 0xffff);
	return true;
}

/* Of mknod only for what has a device number; alone it always has. */
bool rn_kind_dev(struct rn_print *p, unsigned i)
{
	if (i > 0 && p->desc->arg[i - 1].kind == RN_ARG_FMODE) {
		uint64_t type = value(p, i - 1) & S_IFMT;
		if (type != S_IFCHR && type != S_IFBLK)
			return false;
	}
	rn_print_dev(p, (uint32_t)value(p, i));
	return true;
}

bool rn_kind_sig(struct rn_print *p, unsigned i)
{
	rn_print_signo(p, (int32_t)value(p, i));
	return true;
}

bool rn_kind_clock(struct rn_print *p, unsigned i)
{
	rn_print_enum(p, RN_NAMES_clock, (uint32_t)value(p, i));
	return true;
}

/* The bits of an int; the upper half of its register may hold anything. */
static uint64_t named_value(struct rn_print *p, unsigned i)
{
	uint64_t v = value(p, i);
	return p->desc->arg[i].flags & RN_ARG_WIDE ? v : (uint32_t)v;
}

static bool is_ipc_command(enum rn_names_id id)
{
	return id == RN_NAMES_shmctl || id == RN_NAMES_semctl || id == RN_NAMES_msgctl;
}

bool rn_kind_enum(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	enum rn_names_id id = (enum rn_names_id)a->aux;
	uint64_t v = named_value(p, i);
	const char *name = rn_name_of(id, p->abi, v);
	if (!name && is_ipc_command(id) && v & IPC_64) {
		RN_PUT(p, "IPC_64|");
		v &= ~(uint64_t)IPC_64;
		name = rn_name_of(id, p->abi, v);
	}
	if (a->flags & RN_ARG_COMMENT && p->style->constants == RN_CONSTANTS_RAW) {
		rn_print_dec(p, (int32_t)v);
	} else if (a->flags & RN_ARG_COMMENT) {
		rn_print_dec(p, (int32_t)v);
		rn_put_format(p->out, " /* %s */", name ? name : rn_names(id, p->abi)->unknown);
	} else if (a->flags & RN_ARG_DECIMAL && !name) {
		rn_print_dec(p, (int32_t)v);
	} else {
		rn_print_enum(p, id, v);
	}
	return true;
}

/* Flags, and a number in the lowest bits: SWAP_FLAG_PREFER|5. */
static void put_flags_and_number(struct rn_print *p, enum rn_names_id id, uint64_t v, uint64_t mask)
{
	if (v & ~mask) {
		rn_print_flags(p, id, v & ~mask);
		rn_put_u8(p->out, '|');
	}
	rn_put_udec(p->out, v & mask);
}

bool rn_kind_flags(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	enum rn_names_id id = (enum rn_names_id)a->aux;
	if (a->flags & RN_ARG_DECIMAL)
		put_flags_and_number(p, id, named_value(p, i), a->n);
	else if (a->flags & RN_ARG_PAIR && i + 1 < 6)
		rn_print_flags(p, id, (value(p, i) & UINT32_MAX) | value(p, i + 1) << 32);
	else
		rn_print_flags(p, id, named_value(p, i));
	return true;
}

/* What a System V object is made with: flags, then permissions. */
bool rn_kind_ipc_flags(struct rn_print *p, unsigned i)
{
	uint64_t v = (uint32_t)value(p, i);
	if (v & ~(uint64_t)0777) {
		rn_print_flags(p, (enum rn_names_id)p->desc->arg[i].aux, v & ~(uint64_t)0777);
		rn_put_u8(p->out, '|');
	}
	rn_put_oct(p->out, v & 0777);
	return true;
}

bool rn_kind_off(struct rn_print *p, unsigned i)
{
	rn_put_dec(p->out, signed_word(p, i));
	return true;
}

static bool print_two_words(struct rn_print *p, uint64_t low, uint64_t high)
{
	rn_put_dec(p->out, (int64_t)((low & UINT32_MAX) | high << 32));
	return true;
}

bool rn_kind_off64(struct rn_print *p, unsigned i)
{
	if (p->desc->arg[i].flags & RN_ARG_UNSIGNED && i + 1 < 6) {
		rn_put_udec(p->out, (value(p, i) & UINT32_MAX) | value(p, i + 1) << 32);
		return true;
	}
	return print_two_words(p, value(p, i), i + 1 < 6 ? value(p, i + 1) : 0);
}

bool rn_kind_off64_hi(struct rn_print *p, unsigned i)
{
	return print_two_words(p, i + 1 < 6 ? value(p, i + 1) : 0, value(p, i));
}

bool rn_kind_pgoff(struct rn_print *p, unsigned i)
{
	rn_put_hex(p->out, value(p, i) * 4096);
	return true;
}

/* The flags that make open look at its mode. */
bool rn_kind_open_mode(struct rn_print *p, unsigned i)
{
	const uint64_t tmpfile = 020000000; /* without O_DIRECTORY, which O_TMPFILE has besides */
	uint64_t flags = i > 0 ? value(p, i - 1) : 0;
	if (!(flags & (O_CREAT | tmpfile)))
		return false;
	return rn_kind_mode(p, i);
}

bool rn_kind_key(struct rn_print *p, unsigned i)
{
	uint32_t key = (uint32_t)value(p, i);
	if (key != IPC_PRIVATE || rn_print_numbers(p))
		rn_put_hex(p->out, key);
	if (key == IPC_PRIVATE && rn_print_named(p)) {
		RN_PUT(p, "IPC_PRIVATE");
		rn_print_named_end(p);
	}
	return true;
}
