/* SPDX-License-Identifier: MIT */
#include "analyze/decode/fields.h"
#include "analyze/decode/records.h"
#include "analyze/decode/sockets.h"
#include "analyze/decode/time.h"

#include <assert.h>

#define ST_VALID 0x20

typedef void form_printer(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux);

static void form_dec(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	rn_put_dec(p->out, rn_field_i(b, 0, b.len > 8 ? 8 : (unsigned)b.len));
}

static void form_udec(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_put_udec(p->out, v);
}

static void form_hex(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_put_hex(p->out, v);
}

static void form_oct(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_put_oct_plain(p->out, v);
}

static void form_ptr(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_addr(p, v);
}

static void form_fd(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_fd(p, (int32_t)v);
}

static void form_id(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_id(p, (uint32_t)v);
}

static void form_id16(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_id(p, v == UINT16_MAX ? UINT32_MAX : (uint32_t)v);
}

static void form_mode(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_put_oct(p->out, v);
}

static void form_file_mode(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_file_mode(p, (uint32_t)v);
}

static void form_dev(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_dev(p, v);
}

static void form_sig(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_signo(p, (int32_t)v);
}

static void form_enum(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b;
	rn_print_enum(p, (enum rn_names_id)aux, v);
}

static void form_flags(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b;
	rn_print_flags(p, (enum rn_names_id)aux, v);
}

static void form_name(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	rn_print_quoted_name(p, b);
}

static void form_record(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v;
	rn_print_record(p, (enum rn_record_id)aux, b);
}

static void put_list(struct rn_print *p, struct rn_bytes b, unsigned n, bool hex)
{
	unsigned size = n ? (unsigned)(b.len / n) : 0;
	rn_put_u8(p->out, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			RN_PUT(p, ", ");
		uint64_t v = rn_field_u(b, (size_t)i * size, size > 8 ? 8 : size);
		if (hex)
			rn_put_hex(p->out, v);
		else
			rn_put_udec(p->out, v);
	}
	rn_put_u8(p->out, ']');
}

static void form_udecs(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v;
	put_list(p, b, aux, false);
}

static void form_hexes(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v;
	put_list(p, b, aux, true);
}

static void form_time(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)aux;
	form_dec(p, v, b, 0);
	rn_print_date_comment(p, rn_field_i(b, 0, b.len > 8 ? 8 : (unsigned)b.len), 0);
}

static void form_ticks(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_put_udec(p->out, v);
	rn_print_ticks_comment(p, v);
}

static void form_fsid(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	RN_PUT(p, "{val=");
	put_list(p, b, 2, true);
	rn_put_u8(p->out, '}');
}

static void form_range(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	RN_PUT(p, "{start=");
	rn_put_hex(p->out, rn_field_u(b, 0, 8));
	RN_PUT(p, ", len=");
	rn_put_hex(p->out, rn_field_u(b, 8, 8));
	rn_put_u8(p->out, '}');
}

static void form_errno(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	int64_t error = rn_field_i(b, 0, b.len > 8 ? 8 : (unsigned)b.len);
	const char *name = error < 0 && error > -4096 ? rn_errno_name((int)-error) : NULL;
	if (!name) {
		form_dec(p, v, b, aux);
		return;
	}
	rn_put_u8(p->out, '-');
	rn_put_text(p->out, name);
}

static void form_key(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	const char *name = rn_name_of(RN_NAMES_keyring, p->abi, (uint32_t)v);
	(void)b, (void)aux;
	if (name)
		rn_put_text(p->out, name);
	else
		rn_put_dec(p->out, (int32_t)v);
}

static void form_ifindex(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_print_ifindex(p, (uint32_t)v);
}

static void form_hex8(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)b, (void)aux;
	rn_put_hex_padded(p->out, v, 8);
}

static void form_htons(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	RN_PUT(p, "htons(");
	rn_put_udec(p->out, rn_field_be(b, 0, 2));
	rn_put_u8(p->out, ')');
}

static void form_htobe64(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	RN_PUT(p, "htobe64(");
	rn_put_udec(p->out, rn_field_be(b, 0, 8));
	rn_put_u8(p->out, ')');
}

static void form_htonl_hex(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	RN_PUT(p, "htonl(");
	rn_put_hex(p->out, rn_field_be(b, 0, 4));
	rn_put_u8(p->out, ')');
}

static void form_ethertype(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	RN_PUT(p, "htons(");
	rn_print_enum(p, RN_NAMES_ethertype, rn_field_be(b, 0, 2));
	rn_put_u8(p->out, ')');
}

static void form_inet(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	rn_print_inet_addr(p, b);
}

static void form_inet6(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	rn_print_inet6(p, b.p, NULL);
}

static void form_mac(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	if (rn_print_numbers(p))
		rn_print_quoted_hex(p, b);
	if (!rn_print_named(p))
		return;
	for (size_t i = 0; i < b.len; i++) {
		if (i)
			rn_put_u8(p->out, ':');
		rn_put_hex_digits(p->out, b.p[i], 2);
	}
	rn_print_named_end(p);
}

static void form_bytes(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v, (void)aux;
	rn_print_quoted_hex(p, b);
}

static void form_hex_full(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)aux;
	rn_put_hex_padded(p->out, v, (unsigned)(2 * b.len + 2));
}

/* As -Xverbose has it, unless names are not wanted at all. */
static void put_code(struct rn_print *p, form_printer *put, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	struct rn_decode_style style = *p->style;
	const struct rn_decode_style *before = p->style;
	if (style.constants == RN_CONSTANTS_NAMED)
		style.constants = RN_CONSTANTS_BOTH;
	p->style = &style;
	put(p, v, b, aux);
	p->style = before;
}

static void form_enum_code(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	put_code(p, form_enum, v, b, aux);
}

static void form_flags_code(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	put_code(p, form_flags, v, b, aux);
}

void rn_print_place(struct rn_print *p, enum rn_names_id id, uint64_t i)
{
	const char *name = rn_name_of(id, p->abi, i);
	bool numbers = rn_print_numbers(p);
	rn_put_u8(p->out, '[');
	if (numbers || !name)
		rn_put_udec(p->out, i);
	if (!numbers && !name)
		rn_put_format(p->out, " /* %s */", rn_names(id, p->abi)->unknown);
	else if (rn_print_named(p)) {
		rn_put_text(p->out, name ? name : rn_names(id, p->abi)->unknown);
		rn_print_named_end(p);
	}
	RN_PUT(p, "]=");
}

static void form_places(struct rn_print *p, uint64_t v, struct rn_bytes b, uint16_t aux)
{
	(void)v;
	rn_put_u8(p->out, '[');
	for (size_t i = 0; 8 * i < b.len; i++) {
		if (i)
			RN_PUT(p, ", ");
		rn_print_place(p, (enum rn_names_id)aux, i);
		rn_put_udec(p->out, rn_field_u(b, 8 * i, 8));
	}
	rn_put_u8(p->out, ']');
}

static form_printer *const forms[] = {
	[RN_FORM_DEC] = form_dec,
	[RN_FORM_UDEC] = form_udec,
	[RN_FORM_HEX] = form_hex,
	[RN_FORM_OCT] = form_oct,
	[RN_FORM_PTR] = form_ptr,
	[RN_FORM_FD] = form_fd,
	[RN_FORM_ID] = form_id,
	[RN_FORM_ID16] = form_id16,
	[RN_FORM_MODE] = form_mode,
	[RN_FORM_FILE_MODE] = form_file_mode,
	[RN_FORM_DEV] = form_dev,
	[RN_FORM_SIG] = form_sig,
	[RN_FORM_ENUM] = form_enum,
	[RN_FORM_FLAGS] = form_flags,
	[RN_FORM_NAME] = form_name,
	[RN_FORM_RECORD] = form_record,
	[RN_FORM_UDECS] = form_udecs,
	[RN_FORM_HEXES] = form_hexes,
	[RN_FORM_TIME] = form_time,
	[RN_FORM_TICKS] = form_ticks,
	[RN_FORM_FSID] = form_fsid,
	[RN_FORM_IFINDEX] = form_ifindex,
	[RN_FORM_HTONS] = form_htons,
	[RN_FORM_HEX8] = form_hex8,
	[RN_FORM_RANGE] = form_range,
	[RN_FORM_KEY] = form_key,
	[RN_FORM_ERRNO] = form_errno,
	[RN_FORM_HTOBE64] = form_htobe64,
	[RN_FORM_HTONL_HEX] = form_htonl_hex,
	[RN_FORM_ETHERTYPE] = form_ethertype,
	[RN_FORM_INET] = form_inet,
	[RN_FORM_INET6] = form_inet6,
	[RN_FORM_MAC] = form_mac,
	[RN_FORM_BYTES] = form_bytes,
	[RN_FORM_HEX_FULL] = form_hex_full,
	[RN_FORM_ENUM_CODE] = form_enum_code,
	[RN_FORM_FLAGS_CODE] = form_flags_code,
	[RN_FORM_PLACES] = form_places,
};
static_assert(sizeof(forms) / sizeof(forms[0]) == RN_FORM_PLACES + 1, "a printer for each form");

void rn_print_form(struct rn_print *p, enum rn_field_form form, uint16_t aux, struct rn_bytes b)
{
	forms[form](p, b.len <= 8 ? rn_field_u(b, 0, (unsigned)b.len) : 0, b, aux);
}

static bool is_zero(struct rn_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.p[i])
			return false;
	return true;
}

void rn_print_field_rows(struct rn_print *p, const struct rn_fields *f, unsigned from, unsigned end,
	struct rn_bytes b)
{
	bool first = from == 0, left_out = false;
	for (unsigned i = from; i < end && i < f->n; i++) {
		const struct rn_field *row = &f->row[i];
		unsigned off = p->word == 4 ? row->off32 : row->off;
		unsigned size = p->word == 4 ? row->size32 : row->size;
		if (!size || off + size > b.len)
			continue;
		if (row->when == RN_FIELD_DETAIL && !p->style->verbose) {
			left_out = true;
			continue;
		}
		if (row->when == RN_FIELD_NONZERO && is_zero(rn_bytes_part(b, off, size)))
			continue;
		if (row->when == RN_FIELD_STATFS_VALID && !(rn_field_u(b, off, size) & ST_VALID))
			continue;
		if (!first)
			RN_PUT(p, ", ");
		first = false;
		rn_put_text(p->out, row->name);
		rn_put_u8(p->out, '=');
		rn_print_form(p, (enum rn_field_form)row->form, row->aux,
			rn_bytes_part(b, off, size));
	}
	if (left_out)
		RN_PUT(p, ", ...");
}

void rn_print_fields(struct rn_print *p, const struct rn_fields *f, struct rn_bytes b)
{
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, f, 0, f->n, b);
	rn_put_u8(p->out, '}');
}
