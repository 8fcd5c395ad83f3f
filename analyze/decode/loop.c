/* SPDX-License-Identifier: MIT */
/* Loop devices, <linux/loop.h>: struct loop_info in words of the ABI, loop_info64, loop_config.
 * Without -v the device behind and, where nothing is encrypted, all about keys is left out. */
#include "analyze/decode/ioctl.h"

#define NAME_BYTES 64
#define KEY_BYTES 32

/* Where the members of either structure lie. */
struct layout {
	uint16_t device, inode, rdevice, offset, sizelimit, number, encryption, key_size, flags, name,
		crypt_name, key, init, reserved, bytes;
	uint8_t device_bytes, word, offset_bytes;
};

static const struct layout info_64 = { .device = 8, .inode = 16, .rdevice = 24, .offset = 32,
	.encryption = 36, .key_size = 40, .flags = 44, .name = 48, .key = 112, .init = 144,
	.reserved = 160, .bytes = 168, .device_bytes = 8, .word = 8, .offset_bytes = 4 };
static const struct layout info_32 = { .device = 4, .inode = 8, .rdevice = 12, .offset = 16,
	.encryption = 20, .key_size = 24, .flags = 28, .name = 32, .key = 96, .init = 128,
	.reserved = 136, .bytes = 140, .device_bytes = 2, .word = 4, .offset_bytes = 4 };
static const struct layout info64 = { .device = 0, .inode = 8, .rdevice = 16, .offset = 24,
	.sizelimit = 32, .number = 40, .encryption = 44, .key_size = 48, .flags = 52, .name = 56,
	.crypt_name = 120, .key = 184, .init = 216, .bytes = 232, .device_bytes = 8, .word = 8,
	.offset_bytes = 8 };

static void put_label(struct rn_print *p, const char *label)
{
	if (p->out->p[p->out->len - 1] != '{')
		RN_PUT(p, ", ");
	rn_put_text(p->out, label);
	rn_put_u8(p->out, '=');
}

static void put_device(struct rn_print *p, const struct layout *l, struct rn_bytes b)
{
	if (!p->style->verbose)
		return;
	put_label(p, "lo_device");
	rn_print_dev(p, rn_field_u(b, l->device, l->device_bytes));
	put_label(p, "lo_inode");
	rn_put_udec(p->out, rn_field_u(b, l->inode, l->word));
	put_label(p, "lo_rdevice");
	rn_print_dev(p, rn_field_u(b, l->rdevice, l->device_bytes));
}

static void put_key(struct rn_print *p, const struct layout *l, struct rn_bytes b)
{
	uint64_t size = rn_field_u(b, l->key_size, 4);
	put_label(p, "lo_encrypt_key");
	rn_print_quoted(p, rn_bytes_part(b, l->key, size < KEY_BYTES ? (size_t)size : KEY_BYTES));
}

static void put_rest(struct rn_print *p, const struct layout *l, struct rn_bytes b)
{
	if (!p->style->verbose) {
		RN_PUT(p, ", ...");
		return;
	}
	put_label(p, "lo_init");
	rn_print_form(p, RN_FORM_HEXES, 2, rn_bytes_part(b, l->init, 2u * l->word));
	if (l->reserved) {
		put_label(p, "reserved");
		rn_print_form(p, RN_FORM_HEXES, 4, rn_bytes_part(b, l->reserved, 4));
	}
}

static void put_info(struct rn_print *p, const struct layout *l, struct rn_bytes b)
{
	bool wide = l->crypt_name;
	bool secret = p->style->verbose || rn_field_u(b, l->encryption, 4);
	rn_put_u8(p->out, '{');
	if (!wide) {
		put_label(p, "lo_number");
		rn_put_dec(p->out, rn_field_i(b, l->number, 4));
	}
	put_device(p, l, b);
	put_label(p, "lo_offset");
	rn_put_hex(p->out, rn_field_u(b, l->offset, l->offset_bytes));
	if (wide && p->style->verbose) {
		put_label(p, "lo_sizelimit");
		rn_put_udec(p->out, rn_field_u(b, l->sizelimit, 8));
	}
	if (wide) {
		put_label(p, "lo_number");
		rn_put_udec(p->out, rn_field_u(b, l->number, 4));
	}
	if (secret) {
		put_label(p, "lo_encrypt_type");
		rn_print_enum(p, RN_NAMES_loop_crypt, rn_field_u(b, l->encryption, 4));
		put_label(p, "lo_encrypt_key_size");
		rn_put_udec(p->out, rn_field_u(b, l->key_size, 4));
	}
	put_label(p, "lo_flags");
	rn_print_flags(p, RN_NAMES_loop_flags, rn_field_u(b, l->flags, 4));
	put_label(p, wide ? "lo_file_name" : "lo_name");
	rn_print_quoted_name(p, rn_bytes_part(b, l->name, NAME_BYTES));
	if (wide && secret) {
		put_label(p, "lo_crypt_name");
		rn_print_quoted_name(p, rn_bytes_part(b, l->crypt_name, NAME_BYTES));
	}
	if (secret)
		put_key(p, l, b);
	put_rest(p, l, b);
	rn_put_u8(p->out, '}');
}

/* The commands that ask are those with an odd number. */
static void put_status(struct rn_print *p, uint64_t addr, const struct layout *l)
{
	uint8_t bytes[232];
	bool asks = p->args[1] & 1;
	p->phase = asks ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if ((asks && p->no_exit) || !rn_print_read(p, addr, bytes, l->bytes))
		rn_print_addr(p, addr);
	else
		put_info(p, l, rn_bytes_of(bytes, l->bytes));
}

void rn_print_loop_status(struct rn_print *p, uint64_t addr)
{
	put_status(p, addr, p->word == 8 ? &info_64 : &info_32);
}

void rn_print_loop_status64(struct rn_print *p, uint64_t addr)
{
	put_status(p, addr, &info64);
}

/* A descriptor, a size, a loop_info64, eight words that should be zero. */
void rn_print_loop_config(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[304];
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	bool reserved = false;
	p->phase = RN_PHASE_ENTRY;
	if (!rn_print_read(p, addr, bytes, sizeof(bytes))) {
		rn_print_addr(p, addr);
		return;
	}
	RN_PUT(p, "{fd=");
	rn_print_fd(p, rn_field_i(b, 0, 4));
	RN_PUT(p, ", block_size=");
	rn_put_udec(p->out, rn_field_u(b, 4, 4));
	RN_PUT(p, ", info=");
	put_info(p, &info64, rn_bytes_part(b, 8, 232));
	for (size_t i = 240; i < sizeof(bytes); i++)
		reserved |= bytes[i] != 0;
	if (reserved) {
		RN_PUT(p, ", __reserved=");
		rn_print_form(p, RN_FORM_HEXES, 8, rn_bytes_part(b, 240, 64));
	}
	rn_put_u8(p->out, '}');
}
