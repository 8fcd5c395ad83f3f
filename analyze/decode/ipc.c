/* SPDX-License-Identifier: MIT */
/* The third argument of semctl, shmctl and msgctl: a structure for the commands that ask or set.
 * Layouts: <asm-generic/ipcbuf.h> and its users; owner and mode first, times and counts behind. */
#include "analyze/decode/fields.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"

enum { IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2, IPC_INFO = 3, MSG_INFO = 12, SHM_INFO = 14, SEM_INFO = 19 };
#define INT_ROW(name, off) { name, RN_FORM_DEC, RN_FIELD_ALWAYS, off, 4, off, 4, 0 }
#define WORD_ROW(name, k) { name, RN_FORM_UDEC, RN_FIELD_ALWAYS, 8 * (k), 8, 4 * (k), 4, 0 }
#define IPC_64 0x100u

struct place {
	const char *label;
	uint8_t off, size, off32, size32;
};

/* key, uid, gid, cuid, cgid, mode */
static void put_owner(struct rn_print *p, const char *name, struct rn_bytes b, bool sets)
{
	rn_put_u8(p->out, '{');
	rn_put_text(p->out, name);
	RN_PUT(p, "_perm={uid=");
	rn_print_id(p, (uint32_t)rn_field_u(b, 4, 4));
	RN_PUT(p, ", gid=");
	rn_print_id(p, (uint32_t)rn_field_u(b, 8, 4));
	RN_PUT(p, ", mode=");
	rn_put_oct(p->out, rn_field_u(b, 20, p->word == 4 ? 2 : 4));
	if (!sets) {
		RN_PUT(p, ", key=");
		rn_put_udec(p->out, rn_field_u(b, 0, 4));
		RN_PUT(p, ", cuid=");
		rn_print_id(p, (uint32_t)rn_field_u(b, 12, 4));
		RN_PUT(p, ", cgid=");
		rn_print_id(p, (uint32_t)rn_field_u(b, 16, 4));
	}
	rn_put_u8(p->out, '}');
}

static void put_places(struct rn_print *p, struct rn_bytes b, const struct place *row, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned off = p->word == 4 ? row[i].off32 : row[i].off;
		unsigned size = p->word == 4 ? row[i].size32 : row[i].size;
		if (off + size > b.len)
			break;
		rn_put_text(p->out, row[i].label);
		if (row[i].size == 4) /* a process */
			rn_put_dec(p->out, rn_field_i(b, off, 4));
		else
			rn_put_udec(p->out, rn_field_u(b, off, size));
	}
}

static const struct place sem_rows[] = {
	{ ", sem_otime=", 48, 8, 36, 4 },
	{ ", sem_ctime=", 64, 8, 44, 4 },
	{ ", sem_nsems=", 80, 8, 52, 4 },
};
/* The generic layout of aarch64 has no unused words between the times. */
static const struct place sem_rows_aarch64[] = {
	{ ", sem_otime=", 48, 8, 0, 0 },
	{ ", sem_ctime=", 56, 8, 0, 0 },
	{ ", sem_nsems=", 64, 8, 0, 0 },
};
static const struct place shm_rows[] = {
	{ ", shm_segsz=", 48, 8, 36, 4 },
	{ ", shm_cpid=", 80, 4, 64, 4 },
	{ ", shm_lpid=", 84, 4, 68, 4 },
	{ ", shm_nattch=", 88, 8, 72, 4 },
	{ ", shm_atime=", 56, 8, 40, 4 },
	{ ", shm_dtime=", 64, 8, 48, 4 },
	{ ", shm_ctime=", 72, 8, 56, 4 },
};
static const struct place msg_rows[] = {
	{ ", msg_stime=", 48, 8, 36, 4 },
	{ ", msg_rtime=", 56, 8, 44, 4 },
	{ ", msg_ctime=", 64, 8, 52, 4 },
	{ ", msg_qnum=", 80, 8, 64, 4 },
	{ ", msg_qbytes=", 88, 8, 68, 4 },
	{ ", msg_lspid=", 96, 4, 72, 4 },
	{ ", msg_lrpid=", 100, 4, 76, 4 },
};

/* What IPC_INFO and the family's own INFO tell; the latter is for the whole system. */
static const struct rn_field sem_info_rows[] = {
	INT_ROW("semmap", 0), INT_ROW("semmni", 4), INT_ROW("semmns", 8), INT_ROW("semmnu", 12),
	INT_ROW("semmsl", 16), INT_ROW("semopm", 20), INT_ROW("semume", 24), INT_ROW("semusz", 28),
	INT_ROW("semvmx", 32), INT_ROW("semaem", 36),
};
static const struct rn_field msg_info_rows[] = {
	INT_ROW("msgpool", 0), INT_ROW("msgmap", 4), INT_ROW("msgmax", 8), INT_ROW("msgmnb", 12),
	INT_ROW("msgmni", 16), INT_ROW("msgssz", 20), INT_ROW("msgtql", 24),
	{ "msgseg", RN_FORM_UDEC, RN_FIELD_ALWAYS, 28, 2, 28, 2, 0 },
};
static const struct rn_field shm_limit_rows[] = {
	WORD_ROW("shmmax", 0), WORD_ROW("shmmin", 1), WORD_ROW("shmmni", 2), WORD_ROW("shmseg", 3),
	WORD_ROW("shmall", 4),
};
static const struct rn_field shm_info_rows[] = {
	INT_ROW("used_ids", 0), WORD_ROW("shm_tot", 1), WORD_ROW("shm_rss", 2), WORD_ROW("shm_swp", 3),
	WORD_ROW("swap_attempts", 4), WORD_ROW("swap_successes", 5),
};

static const struct info {
	uint8_t family, command, bytes, bytes32;
	struct rn_fields fields;
} infos[] = {
	{ RN_IPC_sem, IPC_INFO, 40, 40, RN_FIELDS_OF(sem_info_rows) },
	{ RN_IPC_sem, SEM_INFO, 40, 40, RN_FIELDS_OF(sem_info_rows) },
	{ RN_IPC_shm, IPC_INFO, 40, 20, RN_FIELDS_OF(shm_limit_rows) },
	{ RN_IPC_shm, SHM_INFO, 48, 24, RN_FIELDS_OF(shm_info_rows) },
	{ RN_IPC_msg, IPC_INFO, 32, 32, RN_FIELDS_OF(msg_info_rows) },
	{ RN_IPC_msg, MSG_INFO, 32, 32, RN_FIELDS_OF(msg_info_rows) },
};

/* True when the command was one of those. */
static bool put_info(struct rn_print *p, unsigned family, uint32_t command, uint64_t addr)
{
	uint8_t bytes[48];
	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
		const struct info *f = &infos[i];
		size_t len = p->word == 4 ? f->bytes32 : f->bytes;
		if (f->family != family || f->command != command)
			continue;
		p->phase = RN_PHASE_EXIT;
		if (p->no_exit || !rn_print_read(p, addr, bytes, len))
			rn_print_addr(p, addr);
		else
			rn_print_fields(p, &f->fields, rn_bytes_of(bytes, len));
		return true;
	}
	return false;
}

/* IPC_STAT, and the two of each family that take an index. */
static bool is_stat(unsigned family, uint32_t command)
{
	static const uint8_t stat[] = { [RN_IPC_sem] = 18, [RN_IPC_shm] = 13, [RN_IPC_msg] = 11 };
	return command == IPC_STAT ||
		(family <= RN_IPC_msg && (command == stat[family] || command == stat[family] + 2u));
}

#define MSG_QBYTES 4 /* its row: what IPC_SET can change besides the owner */

static void put_object(struct rn_print *p, unsigned family, struct rn_bytes b, bool sets)
{
	switch (family) {
	case RN_IPC_sem:
		put_owner(p, "sem", b, sets);
		if (!sets && p->abi == RN_ABI_AARCH64)
			put_places(p, b, sem_rows_aarch64, 3);
		else if (!sets)
			put_places(p, b, sem_rows, 3);
		break;
	case RN_IPC_shm:
		put_owner(p, "shm", b, sets);
		if (!sets)
			put_places(p, b, shm_rows, sizeof(shm_rows) / sizeof(shm_rows[0]));
		break;
	default:
		put_owner(p, "msg", b, sets);
		if (sets)
			put_places(p, b, &msg_rows[MSG_QBYTES], 1);
		else
			put_places(p, b, msg_rows, sizeof(msg_rows) / sizeof(msg_rows[0]));
	}
	rn_put_u8(p->out, '}');
}

bool rn_kind_sem_arg(struct rn_print *p, unsigned i)
{
	static const enum rn_record_id record[] = { [RN_IPC_sem] = RN_REC_semid_ds,
		[RN_IPC_shm] = RN_REC_shmid_ds, [RN_IPC_msg] = RN_REC_msqid_ds };
	unsigned family = p->desc->arg[i].aux;
	uint32_t command = (uint32_t)p->args[i - 1] & ~IPC_64;
	uint8_t bytes[128];
	uint32_t size = family <= RN_IPC_msg ? rn_record_bytes(record[family], p->abi) : 0;
	bool sets = command == IPC_SET;
	if (put_info(p, family, command, p->args[i]))
		return true;
	p->phase = sets ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	if ((!is_stat(family, command) && !sets) || (!sets && p->no_exit) || !size ||
	    size > sizeof(bytes) || !rn_print_read(p, p->args[i], bytes, size))
		rn_print_addr(p, p->args[i]);
	else
		put_object(p, family, rn_bytes_of(bytes, size), sets);
	return true;
}
