/* SPDX-License-Identifier: MIT */
#include "analyze/report/cell.h"
#include "analyze/report/json_writer.h"
#include "analyze/report/utf8.h"

#include <math.h>

void rn_cell_plain(struct rn_buffer *out, const struct rn_cell *cell)
{
	if (cell->type == RN_T_TEXT) {
		rn_put_bytes(out, cell->text.p, cell->text.len);
	} else if (cell->type != RN_T_NULL && !(cell->type == RN_T_REAL && !isfinite(cell->real))) {
		struct rn_json json;
		rn_json_init(&json, out, 0);
		rn_cell_json(&json, cell);
	}
}

void rn_cell_json(struct rn_json *json, const struct rn_cell *cell)
{
	switch (cell->type) {
	case RN_T_TEXT:
		rn_json_bytes(json, cell->text);
		break;
	case RN_T_U64:
		rn_json_u64(json, cell->u64);
		break;
	case RN_T_I64:
		rn_json_i64(json, cell->i64);
		break;
	case RN_T_REAL:
		rn_json_real(json, cell->real);
		break;
	case RN_T_BOOL:
		rn_json_bool(json, cell->boolean);
		break;
	case RN_T_NULL:
		rn_json_null(json);
		break;
	}
}

static uint64_t power_of_10(unsigned n)
{
	uint64_t p = 1;
	while (n--)
		p *= 10;
	return p;
}

/* v / 10^shift with `decimals` digits behind the point, in integers. shift is below 20. */
static void put_shifted(struct rn_buffer *out, uint64_t v, unsigned shift, unsigned decimals)
{
	if (decimals < shift) {
		uint64_t step = power_of_10(shift - decimals);
		v = v / step + (v % step >= step - step / 2);
		shift = decimals;
	}
	uint64_t unit = power_of_10(shift);
	rn_put_decimal(out, v / unit);
	if (!decimals)
		return;
	rn_put_u8(out, '.');
	if (shift)
		rn_put_format(out, "%0*llu", (int)shift, (unsigned long long)(v % unit));
	for (unsigned i = shift; i < decimals; i++)
		rn_put_u8(out, '0');
}

static double shifted(double v, unsigned shift)
{
	while (shift--)
		v /= 10;
	return v;
}

static bool is_zero(const struct rn_cell *cell)
{
	return ((cell->type == RN_T_U64 || cell->type == RN_T_I64) && !cell->u64) ||
		(cell->type == RN_T_REAL && cell->real == 0);
}

void rn_cell_shown(struct rn_buffer *out, const struct rn_cell *cell, const struct rn_column *col)
{
	if (col->blank_zero && is_zero(cell))
		return;
	switch (cell->type) {
	case RN_T_TEXT:
		(col->listed ? rn_put_listed : rn_put_shown)(out, cell->text);
		break;
	case RN_T_I64:
		if (cell->i64 < 0)
			rn_put_u8(out, '-');
		put_shifted(out, cell->i64 < 0 ? -(uint64_t)cell->i64 : (uint64_t)cell->i64,
			col->shift, col->decimals);
		break;
	case RN_T_U64:
		put_shifted(out, cell->u64, col->shift, col->decimals);
		break;
	case RN_T_REAL:
		if (isfinite(cell->real))
			rn_put_format(out, "%.*f", col->decimals, shifted(cell->real, col->shift));
		break;
	case RN_T_BOOL:
		rn_put_text(out, cell->boolean ? "yes" : "no");
		break;
	case RN_T_NULL:
		break;
	}
}

static void put_octal(struct rn_buffer *out, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rn_put_format(out, "\\%03o", p[i]);
}

static void put_safe(struct rn_buffer *out, struct rn_bytes s, const char *backslash)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t code;
		size_t n = rn_utf8_take(rn_bytes_of(s.p + i, s.len - i), &code);
		if (code == '\\')
			rn_put_text(out, backslash);
		else if (rn_utf8_unsafe(code) || (code & ~0xffu) == RN_UTF8_RAW)
			put_octal(out, s.p + i, n);
		else
			rn_put_bytes(out, s.p + i, n);
		i += n;
	}
}

void rn_put_shown(struct rn_buffer *out, struct rn_bytes s)
{
	put_safe(out, s, "\\\\");
}

void rn_put_listed(struct rn_buffer *out, struct rn_bytes s)
{
	put_safe(out, s, "\\");
}

size_t rn_shown_width(struct rn_bytes s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

const char *rn_type_name(enum rn_type type)
{
	static const char *const names[] = {
		[RN_T_NULL] = "null", [RN_T_TEXT] = "text", [RN_T_U64] = "integer",
		[RN_T_I64] = "integer", [RN_T_REAL] = "real", [RN_T_BOOL] = "boolean",
	};
	return names[type];
}

const char *rn_unit_name(enum rn_unit unit)
{
	static const char *const names[] = {
		[RN_U_NONE] = "", [RN_U_NS] = "ns", [RN_U_BYTES] = "bytes",
		[RN_U_COUNT] = "count", [RN_U_RATIO] = "ratio", [RN_U_PERCENT] = "percent",
	};
	return names[unit];
}
