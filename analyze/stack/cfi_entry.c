/* SPDX-License-Identifier: MIT */
#include "analyze/stack/cfi_entry.h"

#include <dwarf.h>

/* LEB128 may be padded with zeros and be longer than rn_take_varint allows. */
uint64_t rn_cfi_uleb(struct rn_cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0;; shift += 7) {
		uint8_t b = rn_take_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
}

int64_t rn_cfi_sleb(struct rn_cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0;; shift += 7) {
		uint8_t b = rn_take_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		if (b & 0x80)
			continue;
		if (b & 0x40 && shift + 7 < 64)
			v |= ~(uint64_t)0 << (shift + 7);
		return (int64_t)v;
	}
}

static uint64_t signed_of(struct rn_cursor *c, unsigned nbytes)
{
	unsigned unused = 64 - 8 * nbytes;
	return (uint64_t)((int64_t)(rn_take_le(c, nbytes) << unused) >> unused);
}

static uint64_t take_form(const struct rn_cfi_section *s, struct rn_cursor *c, uint8_t form)
{
	switch (form) {
	case DW_EH_PE_absptr:
		return rn_take_le(c, s->word_bytes);
	case DW_EH_PE_uleb128:
		return rn_cfi_uleb(c);
	case DW_EH_PE_udata2:
		return rn_take_le(c, 2);
	case DW_EH_PE_udata4:
		return rn_take_le(c, 4);
	case DW_EH_PE_udata8:
		return rn_take_le(c, 8);
	case DW_EH_PE_signed:
		return signed_of(c, s->word_bytes);
	case DW_EH_PE_sleb128:
		return (uint64_t)rn_cfi_sleb(c);
	case DW_EH_PE_sdata2:
		return signed_of(c, 2);
	case DW_EH_PE_sdata4:
		return signed_of(c, 4);
	case DW_EH_PE_sdata8:
		return signed_of(c, 8);
	default:
		c->bad = true;
		return 0;
	}
}

uint64_t rn_cfi_address(const struct rn_cfi_section *s, struct rn_cursor *c, uint8_t encoding)
{
	uint64_t here = s->s.addr + (uint64_t)(c->p - s->s.bytes.p);
	uint64_t v = take_form(s, c, encoding & 0xf);
	switch (encoding & 0x70) {
	case 0:
		break;
	case DW_EH_PE_pcrel:
		v += here;
		break;
	case DW_EH_PE_datarel:
		v += s->data_base;
		break;
	default: /* relative to the text or the function: no compiler does this here */
		c->bad = true;
	}
	return s->word_bytes == 4 ? (uint32_t)v : v;
}

enum rn_cfi_kind rn_cfi_next(const struct rn_cfi_section *s, uint64_t *at, uint64_t *cie_at,
	struct rn_bytes *body)
{
	if (*at >= s->s.bytes.len)
		return RN_CFI_END;
	struct rn_cursor c = rn_cursor_of(s->s.bytes.p + *at, s->s.bytes.len - (size_t)*at);
	uint64_t len = rn_take_u32(&c);
	bool wide = len == UINT32_MAX;
	if (wide)
		len = rn_take_u64(&c);
	if (!rn_cursor_ok(&c) || len > rn_cursor_left(&c))
		return RN_CFI_END;
	const uint8_t *id_at = c.p;
	*at = (uint64_t)(c.p - s->s.bytes.p) + len;
	if (len == 0) /* ends what one input file gave to .eh_frame; others may follow */
		return RN_CFI_BAD;
	struct rn_cursor entry = rn_cursor_of(c.p, (size_t)len);
	unsigned id_bytes = wide && !s->is_eh ? 8 : 4;
	uint64_t id = rn_take_le(&entry, id_bytes);
	*body = rn_bytes_of(entry.p, rn_cursor_left(&entry));
	if (!rn_cursor_ok(&entry))
		return RN_CFI_BAD;
	if (s->is_eh ? id == 0 : id == (wide ? UINT64_MAX : UINT32_MAX))
		return RN_CFI_CIE;
	uint64_t where = (uint64_t)(id_at - s->s.bytes.p);
	if (s->is_eh && id > where)
		return RN_CFI_BAD;
	*cie_at = s->is_eh ? where - id : id;
	return RN_CFI_FDE;
}

static void take_augmentation(const struct rn_cfi_section *s, struct rn_cursor *c, const uint8_t *aug,
	size_t len, struct rn_cie *out)
{
	for (size_t i = 1; i < len; i++) {
		switch (aug[i]) {
		case 'R':
			out->encoding = rn_take_u8(c);
			break;
		case 'P':
			take_form(s, c, rn_take_u8(c) & 0xf);
			break;
		case 'L':
			rn_take_u8(c);
			break;
		case 'S':
			out->signal_frame = true;
			break;
		case 'B': /* of aarch64: which key signs return addresses */
		case 'G':
			break;
		default: /* the length tells where the program begins all the same */
			return;
		}
	}
}

bool rn_cfi_cie(const struct rn_cfi_section *s, uint64_t at, struct rn_cie *out)
{
	struct rn_bytes body;
	uint64_t unused;
	*out = (struct rn_cie){ .encoding = DW_EH_PE_absptr };
	if (rn_cfi_next(s, &at, &unused, &body) != RN_CFI_CIE)
		return false;
	struct rn_cursor c = rn_cursor_of(body.p, body.len);
	uint8_t version = rn_take_u8(&c);
	const uint8_t *aug = c.p;
	const uint8_t *nul = rn_cursor_left(&c) ? memchr(aug, 0, rn_cursor_left(&c)) : NULL;
	if (!nul || (version != 1 && version != 3 && version != 4))
		return false;
	size_t aug_len = (size_t)(nul - aug);
	c.p = nul + 1;
	if (version == 4 && (rn_take_u8(&c) != s->word_bytes || rn_take_u8(&c) != 0))
		return false;
	if (aug_len >= 2 && memcmp(aug, "eh", 2) == 0)
		rn_take_le(&c, s->word_bytes);
	out->code_align = rn_cfi_uleb(&c);
	out->data_align = rn_cfi_sleb(&c);
	uint64_t ra = version == 1 ? rn_take_u8(&c) : rn_cfi_uleb(&c);
	if (ra >= RN_CFI_COLUMNS)
		return false;
	out->ra_column = (uint8_t)ra;
	if (aug_len && aug[0] == 'z') {
		out->has_length = true;
		uint64_t len = rn_cfi_uleb(&c);
		struct rn_bytes data = rn_take_bytes(&c, len);
		struct rn_cursor d = rn_cursor_of(data.p, data.len);
		take_augmentation(s, &d, aug, aug_len, out);
		if (!rn_cursor_ok(&d))
			return false;
	}
	out->program = rn_bytes_of(c.p, rn_cursor_left(&c));
	return rn_cursor_ok(&c);
}

bool rn_cfi_fde(const struct rn_cfi_section *s, struct rn_bytes body, struct rn_fde *out)
{
	struct rn_cursor c = rn_cursor_of(body.p, body.len);
	uint8_t encoding = s->is_eh ? out->cie.encoding : DW_EH_PE_absptr;
	if (encoding & DW_EH_PE_indirect)
		return false;
	out->begin = rn_cfi_address(s, &c, encoding);
	out->len = take_form(s, &c, encoding & 0xf);
	if (s->word_bytes == 4)
		out->len = (uint32_t)out->len;
	if (out->cie.has_length)
		rn_take_bytes(&c, rn_cfi_uleb(&c));
	out->program = rn_bytes_of(c.p, rn_cursor_left(&c));
	return rn_cursor_ok(&c) && out->len > 0 && out->begin + out->len > out->begin;
}
