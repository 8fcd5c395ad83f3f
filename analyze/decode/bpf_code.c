/* SPDX-License-Identifier: MIT */
/* Programs of the packet filter, classic (struct sock_fprog) and extended (struct bpf_insn), as strace 6.1 has them.
 * <linux/filter.h>, <linux/bpf_common.h>, <linux/bpf.h>, <linux/seccomp.h>. */
#include "analyze/decode/fields.h"
#include "analyze/decode/records.h"
#include "analyze/decode/sockets.h"

enum class { LD, LDX, ST, STX, ALU, JMP, RET, MISC };
enum { MOST = 4096 }; /* BPF_MAXINSNS */

/* What an instruction's number says, part by part, behind its class. */
struct part {
	enum rn_names_id names;
	uint8_t mask;
};

/* The low three bits of an instruction's number name its class. */
struct code {
	enum rn_names_id classes;
	struct part parts[8][2];
	uint8_t told; /* classes of which bits beyond the parts are shown */
};

#define ACCESS(modes) { { RN_NAMES_bpf_size, 0x18 }, { modes, 0xe0 } }
#define OPERATION(names) { { RN_NAMES_bpf_source, 0x08 }, { names, 0xf0 } }

static const struct code classic = {
	RN_NAMES_classic_class,
	{
		[LD] = ACCESS(RN_NAMES_classic_mode), [LDX] = ACCESS(RN_NAMES_classic_mode),
		[ALU] = OPERATION(RN_NAMES_bpf_operation), [JMP] = OPERATION(RN_NAMES_bpf_jump),
		[RET] = { { RN_NAMES_classic_result, 0x18 } }, [MISC] = { { RN_NAMES_classic_misc, 0xf8 } },
	},
	1 << ST | 1 << STX | 1 << RET | 1 << MISC,
};

/* BPF_JMP32 and BPF_ALU64 stand where the classic RET and MISC do. */
enum { JMP32 = RET, ALU64 = MISC };
static const struct code extended = {
	RN_NAMES_extended_class,
	{
		[LD] = ACCESS(RN_NAMES_extended_mode), [LDX] = ACCESS(RN_NAMES_extended_mode),
		[ST] = ACCESS(RN_NAMES_extended_mode), [STX] = ACCESS(RN_NAMES_extended_mode),
		[ALU] = OPERATION(RN_NAMES_bpf_operation), [ALU64] = OPERATION(RN_NAMES_bpf_operation),
		[JMP] = OPERATION(RN_NAMES_bpf_jump),
	},
	1 << JMP32,
};

static void put_code(struct rn_print *p, const struct code *c, uint16_t code)
{
	unsigned class = code & 7;
	uint16_t rest = code & ~7u;
	rn_print_enum(p, c->classes, class);
	for (unsigned i = 0; i < 2 && c->parts[class][i].mask; i++) {
		rn_put_u8(p->out, '|');
		rn_print_enum(p, c->parts[class][i].names, code & c->parts[class][i].mask);
		rest &= (uint16_t)~c->parts[class][i].mask;
	}
	if (!rest || !(c->told >> class & 1))
		return;
	rn_put_u8(p->out, '|');
	rn_put_hex(p->out, rest);
	RN_PUT(p, " /* BPF_??? */");
}

/* What a packet has beside its bytes is behind addresses that none of them has. */
static bool put_place(struct rn_print *p, uint16_t code, uint32_t k)
{
	enum { ABS = 0x20 };
	const uint32_t extras = (uint32_t)-0x1000, network = (uint32_t)-0x100000, link = (uint32_t)-0x200000;
	if ((code & 7) != LD || (code & 0xe0) != ABS || k < link)
		return false;
	uint32_t from = k >= extras ? extras : k >= network ? network : link;
	rn_print_enum(p, RN_NAMES_classic_place, from);
	rn_put_u8(p->out, '+');
	if (from == extras)
		rn_print_enum(p, RN_NAMES_classic_extra, k - extras);
	else
		rn_put_udec(p->out, k - from);
	return true;
}

static bool put_verdict(struct rn_print *p, uint16_t code, uint32_t k)
{
	if ((code & 7) != RET)
		return false;
	rn_print_enum(p, RN_NAMES_seccomp_action, k & 0xffff0000u);
	if (k & 0xffff) {
		rn_put_u8(p->out, '|');
		rn_put_hex(p->out, k & 0xffff);
	}
	return true;
}

/* How the operand k of a classic instruction that jumps nowhere is told; false: as a number. */
typedef bool put_operand(struct rn_print *p, uint16_t code, uint32_t k);
typedef void put_instruction(struct rn_print *p, struct rn_bytes b, put_operand *put);

static void put_classic(struct rn_print *p, struct rn_bytes b, put_operand *put)
{
	uint16_t code = (uint16_t)rn_field_u(b, 0, 2);
	uint32_t k = (uint32_t)rn_field_u(b, 4, 4);
	bool jumps = b.p[2] || b.p[3];
	rn_put_text(p->out, jumps ? "BPF_JUMP(" : "BPF_STMT(");
	put_code(p, &classic, code);
	RN_PUT(p, ", ");
	if (jumps || !put(p, code, k))
		rn_put_hex(p->out, k);
	for (unsigned i = 2; jumps && i < 4; i++) {
		RN_PUT(p, ", ");
		rn_put_hex(p->out, b.p[i]);
	}
	rn_put_u8(p->out, ')');
}

static void put_extended(struct rn_print *p, struct rn_bytes b, put_operand *put)
{
	(void)put;
	RN_PUT(p, "{code=");
	put_code(p, &extended, b.p[0]);
	RN_PUT(p, ", dst_reg=");
	rn_print_enum(p, RN_NAMES_bpf_register, b.p[1] & 15);
	RN_PUT(p, ", src_reg=");
	rn_print_enum(p, RN_NAMES_bpf_register, b.p[1] >> 4);
	RN_PUT(p, ", off=");
	rn_put_dec(p->out, rn_field_i(b, 2, 2));
	RN_PUT(p, ", imm=");
	rn_put_hex(p->out, rn_field_u(b, 4, 4));
	rn_put_u8(p->out, '}');
}

/* Instructions of both kinds take 8 bytes. */
static void put_program(struct rn_print *p, uint64_t addr, uint64_t n, put_instruction *put, put_operand *put_k)
{
	uint8_t bytes[8];
	if (!addr || !p->style->verbose || (n && !rn_print_read(p, addr, bytes, sizeof(bytes)))) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t i = 0; i < n; i++) {
		if (i)
			RN_PUT(p, ", ");
		if (i == MOST) {
			RN_PUT(p, "...");
			break;
		}
		if (!rn_print_read(p, addr + 8 * i, bytes, sizeof(bytes))) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, addr + 8 * i);
			RN_PUT(p, " */");
			break;
		}
		put(p, rn_bytes_of(bytes, sizeof(bytes)), put_k);
	}
	rn_put_u8(p->out, ']');
}

void rn_print_bpf_program(struct rn_print *p, uint64_t addr, uint64_t n)
{
	put_program(p, addr, n, put_extended, NULL);
}

void rn_print_filter_program(struct rn_print *p, uint64_t addr, uint64_t n)
{
	put_program(p, addr, n, put_classic, put_place);
}

static void put_fprog(struct rn_print *p, struct rn_bytes b, put_operand *put)
{
	uint64_t n = rn_field_u(b, 0, 2);
	RN_PUT(p, "{len=");
	rn_put_udec(p->out, n);
	RN_PUT(p, ", filter=");
	put_program(p, rn_field_u(b, p->word, p->word), n, put_classic, put);
	rn_put_u8(p->out, '}');
}

void rn_record_sock_fprog(struct rn_print *p, struct rn_bytes b)
{
	put_fprog(p, b, put_place);
}

void rn_print_seccomp_fprog(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[16];
	if (rn_print_read(p, addr, bytes, 2 * p->word))
		put_fprog(p, rn_bytes_of(bytes, 2 * p->word), put_verdict);
	else
		rn_print_addr(p, addr);
}
