/* SPDX-License-Identifier: MIT */
/* ioctl: the command by name, else by the parts of its number (direction 2 bits, size 14, type and
 * number 8 each: <asm-generic/ioctl.h>); the argument by a row per command. What is not described
 * shows as a number. */
#include "analyze/decode/ioctl.h"

#include "analyze/decode/kinds.h"
#include "analyze/decode/results.h"

bool rn_kind_ioctl_cmd(struct rn_print *p, unsigned i)
{
	static const char *const direction[] = { "_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
		"_IOC_READ|_IOC_WRITE" };
	uint32_t v = (uint32_t)p->args[i];
	const char *name = rn_name_of(RN_NAMES_ioctl, p->abi, v);
	if (name) {
		rn_print_enum(p, RN_NAMES_ioctl, v);
		return true;
	}
	if (rn_print_numbers(p))
		rn_put_hex(p->out, v);
	if (!rn_print_named(p))
		return true;
	RN_PUT(p, "_IOC(");
	rn_put_text(p->out, direction[v >> 30]);
	RN_PUT(p, ", ");
	rn_put_hex(p->out, v >> 8 & 0xff);
	RN_PUT(p, ", ");
	rn_put_hex(p->out, v & 0xff);
	RN_PUT(p, ", ");
	rn_put_hex(p->out, v >> 16 & 0x3fff);
	rn_put_u8(p->out, ')');
	rn_print_named_end(p);
	return true;
}

/* Room for the largest structure described by rows. */
#define FIELDS_MAX 128

static bool read_phase(struct rn_print *p, uint64_t addr, void *to, size_t len, bool out)
{
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	return !(out && p->no_exit) && rn_print_read(p, addr, to, len);
}

static void put_number(struct rn_print *p, uint64_t addr, bool out, unsigned size,
	enum rn_field_form form, uint16_t aux)
{
	uint8_t bytes[8];
	if (!read_phase(p, addr, bytes, size, out)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_print_form(p, form, aux, rn_bytes_of(bytes, size));
	rn_put_u8(p->out, ']');
}

static void put_change(struct rn_print *p, uint64_t addr)
{
	put_number(p, addr, false, 4, RN_FORM_DEC, 0);
	if (p->no_exit)
		return;
	RN_PUT(p, " => ");
	put_number(p, addr, true, 4, RN_FORM_DEC, 0);
}

static void put_pair(struct rn_print *p, uint64_t addr, size_t each, bool out)
{
	uint8_t bytes[16];
	if (read_phase(p, addr, bytes, 2 * each, out))
		rn_print_form(p, RN_FORM_UDECS, 2, rn_bytes_of(bytes, 2 * each));
	else
		rn_print_addr(p, addr);
}

static void put_flags64(struct rn_print *p, const struct rn_ioctl *row, uint64_t addr)
{
	uint8_t bytes[8];
	if (read_phase(p, addr, bytes, sizeof(bytes), row->form == RN_IOCTL_FLAGS64_OUT))
		rn_print_form(p, RN_FORM_FLAGS, row->aux, rn_bytes_of(bytes, sizeof(bytes)));
	else
		rn_print_addr(p, addr);
}

static void put_bytes(struct rn_print *p, const struct rn_ioctl *row, uint64_t addr)
{
	bool out = row->form == RN_IOCTL_BYTES_OUT;
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if (out && p->no_exit)
		rn_print_addr(p, addr);
	else
		rn_print_hex_buffer(p, addr, row->aux);
}

static void put_numbered(struct rn_print *p, enum rn_names_id names, uint64_t v)
{
	if (rn_name_of(names, p->abi, v)) {
		rn_print_enum(p, names, v);
		return;
	}
	rn_put_udec(p->out, v);
	RN_PUT(p, " /* ");
	rn_put_text(p->out, rn_names(names, p->abi)->unknown);
	RN_PUT(p, " */");
}

static void put_numbered_behind(struct rn_print *p, const struct rn_ioctl *row, uint64_t addr)
{
	uint8_t bytes[4];
	if (!read_phase(p, addr, bytes, sizeof(bytes), true)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	put_numbered(p, (enum rn_names_id)row->aux, rn_field_u(rn_bytes_of(bytes, 4), 0, 4));
	rn_put_u8(p->out, ']');
}

static void put_record(struct rn_print *p, uint64_t addr, enum rn_record_id id, bool out)
{
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if (out && p->no_exit)
		rn_print_addr(p, addr);
	else
		rn_print_record_at(p, id, addr);
}

static void put_fields(struct rn_print *p, uint64_t addr, const struct rn_ioctl *row)
{
	uint8_t bytes[FIELDS_MAX];
	size_t len = p->word == 4 ? row->bytes32 : row->bytes;
	if (len <= sizeof(bytes) &&
	    read_phase(p, addr, bytes, len, row->form == RN_IOCTL_FIELDS_OUT))
		rn_print_fields(p, row->fields, rn_bytes_of(bytes, len));
	else
		rn_print_addr(p, addr);
}

/* What was given, then, when the call succeeded, what it added. */
static void put_growing(struct rn_print *p, uint64_t addr, const struct rn_ioctl *row)
{
	uint8_t bytes[FIELDS_MAX];
	size_t len = p->word == 4 ? row->bytes32 : row->bytes;
	if (len > sizeof(bytes) || !read_phase(p, addr, bytes, len, false)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, row->fields, 0, row->aux, rn_bytes_of(bytes, len));
	if (read_phase(p, addr, bytes, len, true))
		rn_print_field_rows(p, row->fields, row->aux, row->fields->n,
			rn_bytes_of(bytes, len));
	rn_put_u8(p->out, '}');
}

/* tcflush(3), tcflow(3) */
static void put_queue(struct rn_print *p, uint64_t v, unsigned which)
{
	static const char *const queue[] = { "TCIFLUSH", "TCOFLUSH", "TCIOFLUSH" };
	static const char *const flow[] = { "TCOOFF", "TCOON", "TCIOFF", "TCION" };
	if (which == 0 && v < 3)
		rn_put_text(p->out, queue[v]);
	else if (which == 1 && v < 4)
		rn_put_text(p->out, flow[v]);
	else
		rn_put_hex(p->out, v), RN_PUT(p, " /* TC??? */");
}

static void put_string(struct rn_print *p, uint64_t addr, uint64_t most)
{
	uint64_t limit = rn_string_limit(p);
	p->phase = RN_PHASE_ENTRY;
	rn_print_string(p, addr, most && most < limit ? most : limit);
}

/* True when the form was one of those by value. */
static bool put_value(struct rn_print *p, const struct rn_ioctl *row, uint64_t v)
{
	switch ((enum rn_ioctl_form)row->form) {
	case RN_IOCTL_HEX:
		rn_put_hex(p->out, v);
		return true;
	case RN_IOCTL_ADDRESS:
		rn_print_addr(p, v);
		return true;
	case RN_IOCTL_INT:
		rn_put_dec(p->out, (int32_t)v);
		return true;
	case RN_IOCTL_ULONG:
		rn_put_udec(p->out, v);
		return true;
	case RN_IOCTL_FD:
		rn_print_fd(p, (int32_t)v);
		return true;
	case RN_IOCTL_NAME:
		rn_print_enum(p, (enum rn_names_id)row->aux, v);
		return true;
	case RN_IOCTL_NAME32:
		rn_print_enum(p, (enum rn_names_id)row->aux, (uint32_t)v);
		return true;
	case RN_IOCTL_NUMBERED:
		put_numbered(p, (enum rn_names_id)row->aux, (uint32_t)v);
		return true;
	case RN_IOCTL_FLAGS8:
		rn_print_flags(p, (enum rn_names_id)row->aux, (uint8_t)v);
		return true;
	case RN_IOCTL_FLAGS:
		rn_print_flags(p, (enum rn_names_id)row->aux, v);
		return true;
	case RN_IOCTL_FLAGS32:
		rn_print_flags(p, (enum rn_names_id)row->aux, (uint32_t)v);
		return true;
	case RN_IOCTL_QUEUE:
		put_queue(p, v, row->aux);
		return true;
	default:
		return false;
	}
}

static const struct {
	uint8_t form, size, field;
	bool out;
} numbers[] = {
	{ RN_IOCTL_INT_IN, 4, RN_FORM_DEC, false },
	{ RN_IOCTL_INT_OUT, 4, RN_FORM_DEC, true },
	{ RN_IOCTL_UINT_OUT, 4, RN_FORM_UDEC, true },
	{ RN_IOCTL_USHORT_OUT, 2, RN_FORM_UDEC, true },
	{ RN_IOCTL_LONG_OUT, 0, RN_FORM_UDEC, true },
	{ RN_IOCTL_U64_IN, 8, RN_FORM_UDEC, false },
	{ RN_IOCTL_U64_OUT, 8, RN_FORM_UDEC, true },
	{ RN_IOCTL_HEX64_IN, 8, RN_FORM_HEX, false },
	{ RN_IOCTL_UINT_IN, 4, RN_FORM_UDEC, false },
	{ RN_IOCTL_HEX_IN, 4, RN_FORM_HEX, false },
	{ RN_IOCTL_HEX_OUT, 4, RN_FORM_HEX, true },
	{ RN_IOCTL_S64_IN, 8, RN_FORM_DEC, false },
	{ RN_IOCTL_HEX64_OUT, 8, RN_FORM_HEX, true },
	{ RN_IOCTL_NAME_IN, 4, RN_FORM_ENUM, false },
	{ RN_IOCTL_NAME_OUT, 4, RN_FORM_ENUM, true },
	{ RN_IOCTL_FLAGS8_OUT, 1, RN_FORM_FLAGS, true },
	{ RN_IOCTL_FLAGS_IN, 4, RN_FORM_FLAGS, false },
	{ RN_IOCTL_FLAGS_OUT, 4, RN_FORM_FLAGS, true },
};

static bool put_one_number(struct rn_print *p, const struct rn_ioctl *row, uint64_t addr)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].form != row->form)
			continue;
		put_number(p, addr, numbers[i].out, numbers[i].size ? numbers[i].size : p->word,
			(enum rn_field_form)numbers[i].field, row->aux);
		return true;
	}
	return false;
}

static void put_pointed(struct rn_print *p, const struct rn_ioctl *row, uint64_t v)
{
	switch ((enum rn_ioctl_form)row->form) {
	case RN_IOCTL_INT_CHANGED:
		put_change(p, v);
		break;
	case RN_IOCTL_U64_PAIR_IN:
		put_pair(p, v, 8, false);
		break;
	case RN_IOCTL_PAIR_IN:
	case RN_IOCTL_PAIR_OUT:
		put_pair(p, v, 4, row->form == RN_IOCTL_PAIR_OUT);
		break;
	case RN_IOCTL_FLAGS64_IN:
	case RN_IOCTL_FLAGS64_OUT:
		put_flags64(p, row, v);
		break;
	case RN_IOCTL_BYTES_IN:
	case RN_IOCTL_BYTES_OUT:
		put_bytes(p, row, v);
		break;
	case RN_IOCTL_NUMBERED_OUT:
		put_numbered_behind(p, row, v);
		break;
	case RN_IOCTL_CHARACTER:
		p->phase = RN_PHASE_ENTRY;
		rn_print_buffer(p, v, 1);
		break;
	case RN_IOCTL_STRING_IN:
		put_string(p, v, row->aux);
		break;
	case RN_IOCTL_RECORD_IN:
	case RN_IOCTL_RECORD_OUT:
		put_record(p, v, (enum rn_record_id)row->aux, row->form == RN_IOCTL_RECORD_OUT);
		break;
	case RN_IOCTL_FIELDS_IN:
	case RN_IOCTL_FIELDS_OUT:
		put_fields(p, v, row);
		break;
	case RN_IOCTL_FIELDS_GROW:
		put_growing(p, v, row);
		break;
	case RN_IOCTL_CODE:
		row->print(p, v);
		break;
	default:
		rn_print_addr(p, v);
	}
}

bool rn_kind_ioctl_arg(struct rn_print *p, unsigned i)
{
	static const struct rn_ioctl unknown = { .form = RN_IOCTL_HEX };
	uint32_t command = (uint32_t)p->args[1];
	const struct rn_ioctl *row = rn_ioctl_row(command);
	if (rn_is_ifreq_command(command)) {
		rn_print_ifreq(p, command, p->args[i]);
		return true;
	}
	if (!row)
		row = &unknown;
	if (row->form == RN_IOCTL_NOTHING)
		return false;
	if (!put_value(p, row, p->args[i]) && !put_one_number(p, row, p->args[i]))
		put_pointed(p, row, p->args[i]);
	return true;
}

void rn_result_ioctl(struct rn_print *p, int64_t ret)
{
	const uint32_t ns_get_userns = 0xb701, ns_get_parent = 0xb702, ns_get_nstype = 0xb703;
	uint32_t command = (uint32_t)p->args[1];
	if (command == ns_get_userns || command == ns_get_parent) {
		rn_print_fd_at(p, ret, RN_PHASE_EXIT);
		return;
	}
	rn_put_dec(p->out, ret);
	if (command == ns_get_nstype) {
		RN_PUT(p, " (");
		rn_print_enum(p, RN_NAMES_setns, (uint64_t)ret);
		rn_put_u8(p->out, ')');
	}
}
