/* SPDX-License-Identifier: MIT */
/* struct stat of each ABI, by offsets of the kernel's headers (<asm/stat.h>); struct statx is the
 * same everywhere. Short form: type, permissions, and size or device. */
#include "analyze/decode/files.h"
#include "analyze/decode/time.h"

#define S_IFMT 0170000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define STATX_ATIME 0x20
#define STATX_MTIME 0x40
#define STATX_CTIME 0x80
#define STATX_BTIME 0x800
#define STATX_MNT_ID 0x1000

struct place {
	uint8_t off, size;
};

struct layout {
	struct place dev, ino, mode, nlink, uid, gid, rdev, blksize, blocks, size;
	struct place time[3], nsec[3]; /* access, modification, change; nsec size 0: none */
};

static const struct layout x86_64 = {
	{ 0, 8 }, { 8, 8 }, { 24, 4 }, { 16, 8 }, { 28, 4 }, { 32, 4 }, { 40, 8 }, { 56, 8 },
	{ 64, 8 }, { 48, 8 }, { { 72, 8 }, { 88, 8 }, { 104, 8 } },
	{ { 80, 8 }, { 96, 8 }, { 112, 8 } }
};

static const struct layout aarch64 = {
	{ 0, 8 }, { 8, 8 }, { 16, 4 }, { 20, 4 }, { 24, 4 }, { 28, 4 }, { 32, 8 }, { 56, 4 },
	{ 64, 8 }, { 48, 8 }, { { 72, 8 }, { 88, 8 }, { 104, 8 } },
	{ { 80, 8 }, { 96, 8 }, { 112, 8 } }
};

static const struct layout i386 = {
	{ 0, 4 }, { 4, 4 }, { 8, 2 }, { 10, 2 }, { 12, 2 }, { 14, 2 }, { 16, 4 }, { 24, 4 },
	{ 28, 4 }, { 20, 4 }, { { 32, 4 }, { 40, 4 }, { 48, 4 } },
	{ { 36, 4 }, { 44, 4 }, { 52, 4 } }
};

static const struct layout i386_stat64 = {
	{ 0, 8 }, { 88, 8 }, { 16, 4 }, { 20, 4 }, { 24, 4 }, { 28, 4 }, { 32, 8 }, { 52, 4 },
	{ 56, 8 }, { 44, 8 }, { { 64, 4 }, { 72, 4 }, { 80, 4 } },
	{ { 68, 4 }, { 76, 4 }, { 84, 4 } }
};

static const struct layout i386_oldstat = {
	{ 0, 2 }, { 2, 2 }, { 4, 2 }, { 6, 2 }, { 8, 2 }, { 10, 2 }, { 12, 2 }, { 0, 0 }, { 0, 0 },
	{ 16, 4 }, { { 20, 4 }, { 24, 4 }, { 28, 4 } }, { { 0, 0 }, { 0, 0 }, { 0, 0 } }
};

static uint64_t get(struct rn_bytes b, struct place at)
{
	return rn_field_u(b, at.off, at.size);
}

static bool is_device(uint64_t mode)
{
	return (mode & S_IFMT) == S_IFCHR || (mode & S_IFMT) == S_IFBLK;
}

static void put_number(struct rn_print *p, const char *label, struct rn_bytes b, struct place at)
{
	if (!at.size)
		return;
	rn_put_text(p->out, label);
	rn_put_udec(p->out, get(b, at));
}

static void put_times(struct rn_print *p, struct rn_bytes b, const struct layout *l)
{
	static const char *const label[] = { ", st_atime=", ", st_mtime=", ", st_ctime=" };
	static const char *const fraction[] = { ", st_atime_nsec=", ", st_mtime_nsec=",
		", st_ctime_nsec=" };
	for (unsigned i = 0; i < 3; i++) {
		int64_t sec = rn_field_i(b, l->time[i].off, l->time[i].size);
		rn_put_text(p->out, label[i]);
		rn_put_dec(p->out, sec);
		rn_print_date_comment(p, sec, get(b, l->nsec[i]));
		put_number(p, fraction[i], b, l->nsec[i]);
	}
}

static void put_size(struct rn_print *p, struct rn_bytes b, const struct layout *l)
{
	if (is_device(get(b, l->mode))) {
		RN_PUT(p, ", st_rdev=");
		rn_print_dev(p, get(b, l->rdev));
	} else {
		RN_PUT(p, ", st_size=");
		rn_put_udec(p->out, get(b, l->size));
	}
}

static void put_stat(struct rn_print *p, struct rn_bytes b, const struct layout *l)
{
	rn_put_u8(p->out, '{');
	if (p->style->verbose) {
		RN_PUT(p, "st_dev=");
		rn_print_dev(p, get(b, l->dev));
		put_number(p, ", st_ino=", b, l->ino);
		RN_PUT(p, ", ");
	}
	RN_PUT(p, "st_mode=");
	rn_print_file_mode(p, (uint32_t)get(b, l->mode));
	if (!p->style->verbose) {
		put_size(p, b, l);
		RN_PUT(p, ", ...}");
		return;
	}
	put_number(p, ", st_nlink=", b, l->nlink);
	put_number(p, ", st_uid=", b, l->uid);
	put_number(p, ", st_gid=", b, l->gid);
	if (l == &i386_oldstat)
		RN_PUT(p, ", st_blksize=0, st_blocks=0");
	put_number(p, ", st_blksize=", b, l->blksize);
	put_number(p, ", st_blocks=", b, l->blocks);
	put_size(p, b, l);
	put_times(p, b, l);
	rn_put_u8(p->out, '}');
}

void rn_record_stat(struct rn_print *p, struct rn_bytes b)
{
	static const struct layout *const of_abi[RN_ABI_COUNT] = {
		[RN_ABI_NONE] = &x86_64,
		[RN_ABI_X86_64] = &x86_64,
		[RN_ABI_I386] = &i386,
		[RN_ABI_AARCH64] = &aarch64,
	};
	put_stat(p, b, of_abi[p->abi]);
}

void rn_record_stat64(struct rn_print *p, struct rn_bytes b)
{
	put_stat(p, b, &i386_stat64);
}

void rn_record_oldstat(struct rn_print *p, struct rn_bytes b)
{
	put_stat(p, b, &i386_oldstat);
}

/* The device of a statx in two numbers. */
static void put_two_part_dev(struct rn_print *p, const char *name, struct rn_bytes b, size_t off)
{
	RN_PUT(p, ", stx_");
	rn_put_text(p->out, name);
	RN_PUT(p, "_major=");
	rn_put_udec(p->out, rn_field_u(b, off, 4));
	RN_PUT(p, ", stx_");
	rn_put_text(p->out, name);
	RN_PUT(p, "_minor=");
	rn_put_udec(p->out, rn_field_u(b, off + 4, 4));
}

static void put_statx_time(struct rn_print *p, const char *label, struct rn_bytes b, size_t off)
{
	int64_t sec = rn_field_i(b, off, 8);
	uint64_t nsec = rn_field_u(b, off + 8, 4);
	rn_put_text(p->out, label);
	RN_PUT(p, "{tv_sec=");
	rn_put_dec(p->out, sec);
	RN_PUT(p, ", tv_nsec=");
	rn_put_udec(p->out, nsec);
	rn_put_u8(p->out, '}');
	rn_print_date_comment(p, sec, nsec);
}

static void put_statx_details(struct rn_print *p, struct rn_bytes b)
{
	uint64_t mask = rn_field_u(b, 0, 4);
	RN_PUT(p, ", stx_attributes_mask=");
	rn_print_flags(p, RN_NAMES_statx_attr, rn_field_u(b, 56, 8));
	if (mask & STATX_ATIME)
		put_statx_time(p, ", stx_atime=", b, 64);
	if (mask & STATX_BTIME)
		put_statx_time(p, ", stx_btime=", b, 80);
	if (mask & STATX_CTIME)
		put_statx_time(p, ", stx_ctime=", b, 96);
	if (mask & STATX_MTIME)
		put_statx_time(p, ", stx_mtime=", b, 112);
	put_two_part_dev(p, "rdev", b, 128);
	put_two_part_dev(p, "dev", b, 136);
	if (mask & STATX_MNT_ID) {
		RN_PUT(p, ", stx_mnt_id=");
		rn_put_hex(p->out, rn_field_u(b, 144, 8));
	}
}

void rn_record_statx(struct rn_print *p, struct rn_bytes b)
{
	static const struct {
		const char *label;
		uint8_t off;
	} owners[] = { { ", stx_nlink=", 16 }, { ", stx_uid=", 20 }, { ", stx_gid=", 24 } };
	bool verbose = p->style->verbose;
	RN_PUT(p, "{stx_mask=");
	rn_print_flags(p, RN_NAMES_statx_mask, rn_field_u(b, 0, 4));
	if (verbose) {
		RN_PUT(p, ", stx_blksize=");
		rn_put_udec(p->out, rn_field_u(b, 4, 4));
	}
	RN_PUT(p, ", stx_attributes=");
	rn_print_flags(p, RN_NAMES_statx_attr, rn_field_u(b, 8, 8));
	for (unsigned i = 0; verbose && i < 3; i++) {
		rn_put_text(p->out, owners[i].label);
		rn_put_udec(p->out, rn_field_u(b, owners[i].off, 4));
	}
	RN_PUT(p, ", stx_mode=");
	rn_print_file_mode(p, (uint32_t)rn_field_u(b, 28, 2));
	if (verbose) {
		RN_PUT(p, ", stx_ino=");
		rn_put_udec(p->out, rn_field_u(b, 32, 8));
	}
	RN_PUT(p, ", stx_size=");
	rn_put_udec(p->out, rn_field_u(b, 40, 8));
	if (verbose) {
		RN_PUT(p, ", stx_blocks=");
		rn_put_udec(p->out, rn_field_u(b, 48, 8));
		put_statx_details(p, b);
	} else {
		RN_PUT(p, ", ...");
	}
	rn_put_u8(p->out, '}');
}
