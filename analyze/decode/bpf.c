/* SPDX-License-Identifier: MIT */
/* bpf(2): the attributes of each command, by <linux/bpf.h>. They grew with time: a member is shown
 * when the size given reaches beyond `since`, and reads as zero where it is cut; what lies behind those
 * known is told, too. One layout on all ABIs. */
#include "analyze/decode/fields.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"

enum { STRING = 100, VERSION, REPLACED, ELEMENT, PROGRAM };

struct row {
	const char *name;
	uint8_t form; /* enum rn_field_form, or one of those above */
	uint8_t off, size;
	uint16_t aux;
	uint8_t since;
};

static const struct row rows_0[] = {
	{ "map_type", RN_FORM_ENUM, 0, 4, RN_NAMES_bpf_map_type, 0 },
	{ "key_size", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "value_size", RN_FORM_UDEC, 8, 4, 0, 0 },
	{ "max_entries", RN_FORM_UDEC, 12, 4, 0, 0 },
	{ "map_flags", RN_FORM_FLAGS, 16, 4, RN_NAMES_bpf_map_flags, 16 },
	{ "inner_map_fd", RN_FORM_FD, 20, 4, 0, 20 },
	{ "map_name", RN_FORM_NAME, 28, 16, 0, 28 },
	{ "map_ifindex", RN_FORM_IFINDEX, 44, 4, 0, 44 },
	{ "btf_fd", RN_FORM_FD, 48, 4, 0, 48 },
	{ "btf_key_type_id", RN_FORM_UDEC, 52, 4, 0, 48 },
	{ "btf_value_type_id", RN_FORM_UDEC, 56, 4, 0, 48 },
	{ "btf_vmlinux_value_type_id", RN_FORM_UDEC, 60, 4, 0, 60 },
	{ "map_extra", RN_FORM_UDEC, 64, 8, 0, 64 },
};
static const struct row rows_1[] = {
	{ "map_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "key", RN_FORM_PTR, 8, 8, 0, 0 },
	{ "value", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "flags", ELEMENT, 24, 8, RN_NAMES_bpf_element, 24 },
};
static const struct row rows_2[] = {
	{ "map_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "key", RN_FORM_PTR, 8, 8, 0, 0 },
	{ "value", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "flags", ELEMENT, 24, 8, RN_NAMES_bpf_element, 0 },
};
static const struct row rows_3[] = {
	{ "map_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "key", RN_FORM_PTR, 8, 8, 0, 0 },
};
static const struct row rows_4[] = {
	{ "map_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "key", RN_FORM_PTR, 8, 8, 0, 0 },
	{ "next_key", RN_FORM_PTR, 16, 8, 0, 0 },
};
static const struct row rows_5[] = {
	{ "prog_type", RN_FORM_ENUM, 0, 4, RN_NAMES_bpf_prog_type, 0 },
	{ "insn_cnt", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "insns", PROGRAM, 8, 8, 0, 0 },
	{ "license", STRING, 16, 8, 0, 0 },
	{ "log_level", RN_FORM_UDEC, 24, 4, 0, 24 },
	{ "log_size", RN_FORM_UDEC, 28, 4, 0, 24 },
	{ "log_buf", RN_FORM_PTR, 32, 8, 0, 24 },
	{ "kern_version", VERSION, 40, 4, 0, 40 },
	{ "prog_flags", RN_FORM_FLAGS, 44, 4, RN_NAMES_bpf_prog_flags, 44 },
	{ "prog_name", RN_FORM_NAME, 48, 16, 0, 48 },
	{ "prog_ifindex", RN_FORM_IFINDEX, 64, 4, 0, 64 },
	{ "expected_attach_type", RN_FORM_ENUM, 68, 4, RN_NAMES_bpf_attach_type, 68 },
	{ "prog_btf_fd", RN_FORM_FD, 72, 4, 0, 72 },
	{ "func_info_rec_size", RN_FORM_UDEC, 76, 4, 0, 72 },
	{ "func_info", RN_FORM_PTR, 80, 8, 0, 72 },
	{ "func_info_cnt", RN_FORM_UDEC, 88, 4, 0, 72 },
	{ "line_info_rec_size", RN_FORM_UDEC, 92, 4, 0, 72 },
	{ "line_info", RN_FORM_PTR, 96, 8, 0, 72 },
	{ "line_info_cnt", RN_FORM_UDEC, 104, 4, 0, 72 },
	{ "attach_btf_id", RN_FORM_UDEC, 108, 4, 0, 108 },
	{ "attach_prog_fd", RN_FORM_FD, 112, 4, 0, 112 },
	{ "fd_array", RN_FORM_PTR, 120, 8, 0, 120 },
};
static const struct row rows_6[] = {
	{ "pathname", STRING, 0, 8, 0, 0 },
	{ "bpf_fd", RN_FORM_FD, 8, 4, 0, 0 },
	{ "file_flags", RN_FORM_FLAGS, 12, 4, RN_NAMES_bpf_open_flags, 12 },
};
static const struct row rows_8[] = {
	{ "target_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "attach_bpf_fd", RN_FORM_FD, 4, 4, 0, 0 },
	{ "attach_type", RN_FORM_ENUM, 8, 4, RN_NAMES_bpf_attach_type, 0 },
	{ "attach_flags", RN_FORM_FLAGS, 12, 4, RN_NAMES_bpf_attach_flags, 0 },
	{ "replace_bpf_fd", RN_FORM_FD, 16, 4, 0, 16 },
};
static const struct row rows_9[] = {
	{ "target_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "attach_type", RN_FORM_ENUM, 8, 4, RN_NAMES_bpf_attach_type, 0 },
};
static const struct row rows_a[] = {
	{ "prog_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "retval", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "data_size_in", RN_FORM_UDEC, 8, 4, 0, 0 },
	{ "data_size_out", RN_FORM_UDEC, 12, 4, 0, 0 },
	{ "data_in", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "data_out", RN_FORM_PTR, 24, 8, 0, 0 },
	{ "repeat", RN_FORM_UDEC, 32, 4, 0, 0 },
	{ "duration", RN_FORM_UDEC, 36, 4, 0, 0 },
	{ "ctx_size_in", RN_FORM_UDEC, 40, 4, 0, 40 },
	{ "ctx_size_out", RN_FORM_UDEC, 44, 4, 0, 40 },
	{ "ctx_in", RN_FORM_PTR, 48, 8, 0, 40 },
	{ "ctx_out", RN_FORM_PTR, 56, 8, 0, 40 },
	{ "flags", RN_FORM_FLAGS, 64, 4, RN_NAMES_bpf_test_flags, 64 },
	{ "cpu", RN_FORM_UDEC, 68, 4, 0, 64 },
	{ "batch_size", RN_FORM_UDEC, 72, 4, 0, 72 },
};
static const struct row rows_b[] = {
	{ "start_id", RN_FORM_UDEC, 0, 4, 0, 0 },
	{ "next_id", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "open_flags", RN_FORM_FLAGS, 8, 4, RN_NAMES_bpf_open_flags, 8 },
};
static const struct row rows_d[] = {
	{ "prog_id", RN_FORM_UDEC, 0, 4, 0, 0 },
	{ "next_id", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "open_flags", RN_FORM_FLAGS, 8, 4, RN_NAMES_bpf_open_flags, 8 },
};
static const struct row rows_e[] = {
	{ "map_id", RN_FORM_UDEC, 0, 4, 0, 0 },
	{ "next_id", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "open_flags", RN_FORM_FLAGS, 8, 4, RN_NAMES_bpf_open_flags, 8 },
};
static const struct row rows_f[] = {
	{ "bpf_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "info_len", RN_FORM_UDEC, 4, 4, 0, 0 },
	{ "info", RN_FORM_PTR, 8, 8, 0, 0 },
};
static const struct row rows_10[] = {
	{ "target_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "attach_type", RN_FORM_ENUM, 4, 4, RN_NAMES_bpf_attach_type, 0 },
	{ "query_flags", RN_FORM_FLAGS, 8, 4, RN_NAMES_bpf_query_flags, 0 },
	{ "attach_flags", RN_FORM_FLAGS, 12, 4, RN_NAMES_bpf_attach_flags, 0 },
	{ "prog_ids", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "prog_cnt", RN_FORM_UDEC, 24, 4, 0, 0 },
};
static const struct row rows_11[] = {
	{ "name", STRING, 0, 8, 0, 0 },
	{ "prog_fd", RN_FORM_FD, 8, 4, 0, 0 },
};
static const struct row rows_12[] = {
	{ "btf", RN_FORM_PTR, 0, 8, 0, 0 },
	{ "btf_log_buf", RN_FORM_PTR, 8, 8, 0, 0 },
	{ "btf_size", RN_FORM_UDEC, 16, 4, 0, 0 },
	{ "btf_log_size", RN_FORM_UDEC, 20, 4, 0, 0 },
	{ "btf_log_level", RN_FORM_UDEC, 24, 4, 0, 0 },
};
static const struct row rows_13[] = {
	{ "btf_id", RN_FORM_UDEC, 0, 4, 0, 0 },
};
static const struct row rows_14[] = {
	{ "pid", RN_FORM_DEC, 0, 4, 0, 0 },
	{ "fd", RN_FORM_FD, 4, 4, 0, 0 },
	{ "flags", RN_FORM_UDEC, 8, 4, 0, 0 },
	{ "buf_len", RN_FORM_UDEC, 12, 4, 0, 0 },
	{ "buf", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "prog_id", RN_FORM_UDEC, 24, 4, 0, 0 },
	{ "fd_type", RN_FORM_ENUM, 28, 4, RN_NAMES_bpf_fd_type, 0 },
	{ "probe_offset", RN_FORM_HEX, 32, 8, 0, 0 },
	{ "probe_addr", RN_FORM_HEX, 40, 8, 0, 0 },
};
static const struct row rows_16[] = {
	{ "map_fd", RN_FORM_FD, 0, 4, 0, 0 },
};
static const struct row rows_18[] = {
	{ "in_batch", RN_FORM_PTR, 0, 8, 0, 0 },
	{ "out_batch", RN_FORM_PTR, 8, 8, 0, 0 },
	{ "keys", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "values", RN_FORM_PTR, 24, 8, 0, 0 },
	{ "count", RN_FORM_UDEC, 32, 4, 0, 0 },
	{ "map_fd", RN_FORM_FD, 36, 4, 0, 0 },
	{ "elem_flags", ELEMENT, 40, 8, RN_NAMES_bpf_element, 0 },
	{ "flags", RN_FORM_HEX, 48, 8, 0, 0 },
};
static const struct row rows_1a[] = {
	{ "keys", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "values", RN_FORM_PTR, 24, 8, 0, 0 },
	{ "count", RN_FORM_UDEC, 32, 4, 0, 0 },
	{ "map_fd", RN_FORM_FD, 36, 4, 0, 0 },
	{ "elem_flags", ELEMENT, 40, 8, RN_NAMES_bpf_element, 0 },
	{ "flags", RN_FORM_HEX, 48, 8, 0, 0 },
};
static const struct row rows_1b[] = {
	{ "keys", RN_FORM_PTR, 16, 8, 0, 0 },
	{ "count", RN_FORM_UDEC, 32, 4, 0, 0 },
	{ "map_fd", RN_FORM_FD, 36, 4, 0, 0 },
	{ "elem_flags", ELEMENT, 40, 8, RN_NAMES_bpf_element, 0 },
	{ "flags", RN_FORM_HEX, 48, 8, 0, 0 },
};
static const struct row rows_1c[] = {
	{ "prog_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "target_fd", RN_FORM_FD, 4, 4, 0, 0 },
	{ "attach_type", RN_FORM_ENUM, 8, 4, RN_NAMES_bpf_attach_type, 0 },
	{ "flags", RN_FORM_HEX, 12, 4, 0, 0 },
};
static const struct row rows_1d[] = {
	{ "link_fd", RN_FORM_FD, 0, 4, 0, 0 },
	{ "new_prog_fd", RN_FORM_FD, 4, 4, 0, 0 },
	{ "flags", RN_FORM_FLAGS, 8, 4, RN_NAMES_bpf_attach_flags, 0 },
	{ "old_prog_fd", REPLACED, 12, 4, 0, 0 },
};
static const struct row rows_1e[] = {
	{ "link_id", RN_FORM_UDEC, 0, 4, 0, 0 },
};

#define ROWS(rows) rows, sizeof(rows) / sizeof((rows)[0])

static const struct command {
	uint32_t number;
	const char *group;
	const struct row *row;
	unsigned n;
	uint16_t size; /* of what is known */
} commands[] = {
	{ 0x0, NULL, ROWS(rows_0), 72 },
	{ 0x1, NULL, ROWS(rows_1), 32 },
	{ 0x2, NULL, ROWS(rows_2), 32 },
	{ 0x3, NULL, ROWS(rows_3), 16 },
	{ 0x4, NULL, ROWS(rows_4), 24 },
	{ 0x5, NULL, ROWS(rows_5), 128 },
	{ 0x6, NULL, ROWS(rows_6), 16 },
	{ 0x7, NULL, ROWS(rows_6), 16 },
	{ 0x8, NULL, ROWS(rows_8), 20 },
	{ 0x9, NULL, ROWS(rows_9), 12 },
	{ 0xa, "test", ROWS(rows_a), 76 },
	{ 0xb, NULL, ROWS(rows_b), 12 },
	{ 0xc, NULL, ROWS(rows_b), 12 },
	{ 0xd, NULL, ROWS(rows_d), 12 },
	{ 0xe, NULL, ROWS(rows_e), 12 },
	{ 0xf, "info", ROWS(rows_f), 16 },
	{ 0x10, "query", ROWS(rows_10), 28 },
	{ 0x11, "raw_tracepoint", ROWS(rows_11), 12 },
	{ 0x12, NULL, ROWS(rows_12), 28 },
	{ 0x13, NULL, ROWS(rows_13), 4 },
	{ 0x14, "task_fd_query", ROWS(rows_14), 48 },
	{ 0x15, NULL, ROWS(rows_1), 32 },
	{ 0x16, NULL, ROWS(rows_16), 4 },
	{ 0x17, NULL, ROWS(rows_b), 12 },
	{ 0x18, "batch", ROWS(rows_18), 56 },
	{ 0x19, "batch", ROWS(rows_18), 56 },
	{ 0x1a, "batch", ROWS(rows_1a), 56 },
	{ 0x1b, "batch", ROWS(rows_1b), 56 },
	{ 0x1c, "link_create", ROWS(rows_1c), 16 },
	{ 0x1d, "link_update", ROWS(rows_1d), 16 },
	{ 0x1e, NULL, ROWS(rows_1e), 4 },
	{ 0x1f, NULL, ROWS(rows_b), 12 },
};

static void put_version(struct rn_print *p, uint64_t v)
{
	if (rn_print_numbers(p))
		rn_put_hex(p->out, v);
	if (rn_print_numbers(p) && !rn_print_named(p))
		return;
	rn_put_format(p->out, "KERNEL_VERSION(%u, %u, %u)", (unsigned)(v >> 16), (unsigned)(v >> 8 & 0xff),
		(unsigned)(v & 0xff));
	rn_print_named_end(p);
}

static void put_row(struct rn_print *p, const struct row *row, struct rn_bytes b)
{
	uint64_t v = rn_field_u(b, row->off, row->size > 8 ? 8 : row->size);
	rn_put_text(p->out, row->name);
	rn_put_u8(p->out, '=');
	switch (row->form) {
	case STRING:
		rn_print_string(p, v, row->off ? rn_string_limit(p) : RN_PATH_MAX);
		break;
	case VERSION:
		put_version(p, v);
		break;
	case ELEMENT: /* a number of its own, or flags */
		if (rn_name_of(RN_NAMES_bpf_element_way, p->abi, v))
			rn_print_enum(p, RN_NAMES_bpf_element_way, v);
		else
			rn_print_flags(p, RN_NAMES_bpf_element, v);
		break;
	case PROGRAM: /* behind how many instructions it has */
		rn_print_bpf_program(p, v, rn_field_u(b, row->off - 4u, 4));
		break;
	case REPLACED:
		rn_print_fd(p, (int32_t)v);
		break;
	default:
		rn_print_form(p, (enum rn_field_form)row->form, row->aux,
			rn_bytes_part(b, row->off, row->size));
	}
}

static bool is_shown(const struct row *row, struct rn_bytes b, uint64_t said)
{
	const uint64_t replaces = 4; /* BPF_F_REPLACE */
	if (row->form == REPLACED && !(rn_field_u(b, 8, 4) & replaces))
		return false;
	return !row->since || said > row->since;
}

/* What the caller gave beyond the members known, when it is not zero. */
static void put_extra(struct rn_print *p, uint64_t addr, uint64_t known, uint64_t said)
{
	uint8_t bytes[4096];
	bool zero = true;
	uint64_t n = said - known < sizeof(bytes) ? said - known : sizeof(bytes);
	if (!rn_print_read(p, addr + known, bytes, (size_t)n))
		return;
	for (uint64_t i = 0; i < n; i++)
		zero = zero && !bytes[i];
	if (zero)
		return;
	if (!p->style->verbose) {
		RN_PUT(p, ", ...");
		return;
	}
	RN_PUT(p, ", extra_data=");
	rn_print_quoted_hex(p, rn_bytes_of(bytes, (size_t)n));
	rn_put_format(p->out, " /* bytes %u..%u */", (unsigned)known, (unsigned)(known + n - 1));
}

static void put_command(struct rn_print *p, const struct command *c, uint64_t addr, uint64_t said)
{
	uint8_t bytes[RN_RECORD_MAX] = { 0 };
	const char *between = "";
	size_t given = said < c->size ? (size_t)said : c->size;
	if (!given || given > sizeof(bytes) || !rn_print_read(p, addr, bytes, given)) {
		rn_print_addr(p, addr);
		return;
	}
	struct rn_bytes b = rn_bytes_of(bytes, c->size);
	rn_put_u8(p->out, '{');
	if (c->group) {
		rn_put_text(p->out, c->group);
		RN_PUT(p, "={");
	}
	for (unsigned i = 0; i < c->n; i++) {
		if (!is_shown(&c->row[i], b, said))
			continue;
		rn_put_text(p->out, between);
		put_row(p, &c->row[i], b);
		between = ", ";
	}
	if (c->group)
		rn_put_u8(p->out, '}');
	if (said > c->size)
		put_extra(p, addr, c->size, said);
	rn_put_u8(p->out, '}');
}

bool rn_kind_bpf_attr(struct rn_print *p, unsigned i)
{
	uint32_t number = (uint32_t)p->args[0];
	uint64_t said = (uint32_t)p->args[2];
	p->phase = RN_PHASE_ENTRY;
	for (size_t k = 0; k < sizeof(commands) / sizeof(commands[0]); k++) {
		if (commands[k].number == number && said <= 4096) {
			put_command(p, &commands[k], p->args[i], said);
			return true;
		}
	}
	rn_print_addr(p, p->args[i]);
	return true;
}
