/* SPDX-License-Identifier: MIT */
/* The third argument of semctl, shmctl and msgctl: a structure for the commands that ask or set.
 * Layouts: <asm-generic/ipcbuf.h> and its users; owner and mode first, times and counts behind. */
#include "analyze/decode/fields.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"

enum { IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2 };
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
	p->phase = sets ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	if ((command != IPC_STAT && !sets) || (!sets && p->no_exit) || !size ||
	    size > sizeof(bytes) || !rn_print_read(p, p->args[i], bytes, size))
		rn_print_addr(p, p->args[i]);
	else
		put_object(p, family, rn_bytes_of(bytes, size), sets);
	return true;
}
