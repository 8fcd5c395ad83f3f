/* SPDX-License-Identifier: MIT */
#include "analyze/decode/files.h"
#include "analyze/decode/time.h"

#define ROW(name, form, off, size, off32, size32, aux) \
	{ name, RN_FORM_##form, false, off, size, off32, size32, aux }

static const struct rn_field statfs_rows[] = {
	ROW("f_type", ENUM, 0, 8, 0, 4, RN_NAMES_fs_magic),
	ROW("f_bsize", UDEC, 8, 8, 4, 4, 0),
	ROW("f_blocks", UDEC, 16, 8, 8, 4, 0),
	ROW("f_bfree", UDEC, 24, 8, 12, 4, 0),
	ROW("f_bavail", UDEC, 32, 8, 16, 4, 0),
	ROW("f_files", UDEC, 40, 8, 20, 4, 0),
	ROW("f_ffree", UDEC, 48, 8, 24, 4, 0),
	ROW("f_fsid", FSID, 56, 8, 28, 8, 0),
	ROW("f_namelen", UDEC, 64, 8, 36, 4, 0),
	ROW("f_frsize", UDEC, 72, 8, 40, 4, 0),
	{ "f_flags", RN_FORM_FLAGS, RN_FIELD_STATFS_VALID, 80, 8, 44, 4, RN_NAMES_statfs_flags },
};
const struct rn_fields rn_fields_statfs = RN_FIELDS_OF(statfs_rows);

/* Of 32-bit ABIs alone: counts of 64 bits, packed. */
static const struct rn_field statfs64_rows[] = {
	ROW("f_type", ENUM, 0, 0, 0, 4, RN_NAMES_fs_magic),
	ROW("f_bsize", UDEC, 0, 0, 4, 4, 0),
	ROW("f_blocks", UDEC, 0, 0, 8, 8, 0),
	ROW("f_bfree", UDEC, 0, 0, 16, 8, 0),
	ROW("f_bavail", UDEC, 0, 0, 24, 8, 0),
	ROW("f_files", UDEC, 0, 0, 32, 8, 0),
	ROW("f_ffree", UDEC, 0, 0, 40, 8, 0),
	ROW("f_fsid", FSID, 0, 0, 48, 8, 0),
	ROW("f_namelen", UDEC, 0, 0, 56, 4, 0),
	ROW("f_frsize", UDEC, 0, 0, 60, 4, 0),
	{ "f_flags", RN_FORM_FLAGS, RN_FIELD_STATFS_VALID, 0, 0, 64, 4, RN_NAMES_statfs_flags },
};
const struct rn_fields rn_fields_statfs64 = RN_FIELDS_OF(statfs64_rows);

static const struct rn_field ustat_rows[] = {
	ROW("f_tfree", UDEC, 0, 4, 0, 4, 0),
	ROW("f_tinode", UDEC, 8, 8, 4, 4, 0),
};
const struct rn_fields rn_fields_ustat = RN_FIELDS_OF(ustat_rows);

static const struct rn_field utimbuf_rows[] = {
	ROW("actime", TIME, 0, 8, 0, 4, 0),
	ROW("modtime", TIME, 8, 8, 4, 4, 0),
};
const struct rn_fields rn_fields_utimbuf = RN_FIELDS_OF(utimbuf_rows);

static const struct rn_field cachestat_range_rows[] = {
	ROW("off", UDEC, 0, 8, 0, 8, 0),
	ROW("len", UDEC, 8, 8, 8, 8, 0),
};
const struct rn_fields rn_fields_cachestat_range = RN_FIELDS_OF(cachestat_range_rows);

static const struct rn_field cachestat_rows[] = {
	ROW("nr_cache", UDEC, 0, 8, 0, 8, 0),
	ROW("nr_dirty", UDEC, 8, 8, 8, 8, 0),
	ROW("nr_writeback", UDEC, 16, 8, 16, 8, 0),
	ROW("nr_evicted", UDEC, 24, 8, 24, 8, 0),
	ROW("nr_recently_evicted", UDEC, 32, 8, 32, 8, 0),
};
const struct rn_fields rn_fields_cachestat = RN_FIELDS_OF(cachestat_rows);

void rn_record_open_how(struct rn_print *p, struct rn_bytes b)
{
	uint64_t flags = rn_field_u(b, 0, 8), mode = rn_field_u(b, 8, 8);
	const uint64_t creates = 0100 | 020000000; /* O_CREAT, O_TMPFILE without its O_DIRECTORY */
	RN_PUT(p, "{flags=");
	rn_print_flags(p, RN_NAMES_open, flags);
	if (mode || flags & creates) {
		RN_PUT(p, ", mode=");
		rn_put_oct(p->out, mode);
	}
	RN_PUT(p, ", resolve=");
	rn_print_flags(p, RN_NAMES_resolve, rn_field_u(b, 16, 8));
	rn_put_u8(p->out, '}');
}

void rn_record_mount_attr(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{attr_set=");
	rn_print_flags(p, RN_NAMES_mount_attr, rn_field_u(b, 0, 8));
	RN_PUT(p, ", attr_clr=");
	rn_print_flags(p, RN_NAMES_mount_attr, rn_field_u(b, 8, 8));
	RN_PUT(p, ", propagation=");
	rn_print_enum(p, RN_NAMES_mount_propagation, rn_field_u(b, 16, 8));
	RN_PUT(p, ", userns_fd=");
	rn_print_fd(p, rn_field_i(b, 24, 8));
	rn_put_u8(p->out, '}');
}

/* open_by_handle_at: all of it is given. name_to_handle_at: of a call that failed only the size
 * wanted; else type and the bytes. */
void rn_record_file_handle(struct rn_print *p, struct rn_bytes b)
{
	uint64_t size = rn_field_u(b, 0, 4);
	RN_PUT(p, "{handle_bytes=");
	rn_put_udec(p->out, size);
	if (p->desc && p->desc->arg[0].kind == RN_ARG_FD && p->desc->arg[1].kind == RN_ARG_REC) {
		struct rn_bytes handle = rn_bytes_part(b, 8, size < 128 ? (size_t)size : 128);
		RN_PUT(p, ", handle_type=");
		rn_put_dec(p->out, rn_field_i(b, 4, 4));
		RN_PUT(p, ", f_handle=");
		rn_print_quoted_hex(p, handle);
		if (size > handle.len)
			RN_PUT(p, "...");
	} else if (!p->no_exit && p->phase == RN_PHASE_EXIT) {
		RN_PUT(p, ", handle_type=");
		rn_put_hex(p->out, rn_field_u(b, 4, 4));
		RN_PUT(p, ", f_handle=0x");
		for (uint64_t i = 0; i < size && i < 128 && 8 + i < b.len; i++)
			rn_put_hex_digits(p->out, b.p[8 + i], 2);
	}
	rn_put_u8(p->out, '}');
}
