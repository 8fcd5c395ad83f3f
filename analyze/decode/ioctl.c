/* SPDX-License-Identifier: MIT */
/* ioctl: the command by name, else by the parts of its number (direction 2 bits, size 14, type and
 * number 8 each: <asm-generic/ioctl.h>); the argument by a row per command. What is not described
 * shows as a number. */
#include "analyze/decode/ioctl.h"

#include "analyze/decode/fields.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/sockets.h"

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

enum form {
	NOTHING, NUMBER, INT_IN, INT_OUT, UINT_OUT, LONG_OUT, U64_OUT, RECORD_IN, RECORD_OUT,
	NAMED, CHARACTER, IFREQ, IFCONF, FILE_FLAGS_IN, FILE_FLAGS_OUT
};

static const struct command {
	uint32_t number;
	uint8_t form;
	uint16_t aux; /* a record, or a table of names */
} commands[] = {
	{ 0x1260, LONG_OUT, 0 },                        /* BLKGETSIZE */
	{ 0x1261, NOTHING, 0 },                         /* BLKFLSBUF */
	{ 0x1268, INT_OUT, 0 },                         /* BLKSSZGET */
	{ 0x125e, INT_OUT, 0 },                         /* BLKROGET */
	{ 0x5401, RECORD_OUT, RN_REC_termios },         /* TCGETS */
	{ 0x5402, RECORD_IN, RN_REC_termios },          /* TCSETS, TCSETSW, TCSETSF */
	{ 0x5403, RECORD_IN, RN_REC_termios },
	{ 0x5404, RECORD_IN, RN_REC_termios },
	{ 0x5405, RECORD_OUT, RN_REC_termio },          /* TCGETA */
	{ 0x5406, RECORD_IN, RN_REC_termio },           /* TCSETA, TCSETAW, TCSETAF */
	{ 0x5407, RECORD_IN, RN_REC_termio },
	{ 0x5408, RECORD_IN, RN_REC_termio },
	{ 0x5409, NUMBER, 0 },                          /* TCSBRK */
	{ 0x540a, NAMED, 1 },                           /* TCXONC */
	{ 0x540b, NAMED, 0 },                           /* TCFLSH */
	{ 0x540c, NOTHING, 0 },                         /* TIOCEXCL */
	{ 0x540d, NOTHING, 0 },                         /* TIOCNXCL */
	{ 0x540e, NUMBER, 0 },                          /* TIOCSCTTY */
	{ 0x540f, INT_OUT, 0 },                         /* TIOCGPGRP */
	{ 0x5410, INT_IN, 0 },                          /* TIOCSPGRP */
	{ 0x5411, INT_OUT, 0 },                         /* TIOCOUTQ */
	{ 0x5412, CHARACTER, 0 },                       /* TIOCSTI */
	{ 0x5413, RECORD_OUT, RN_REC_winsize },         /* TIOCGWINSZ */
	{ 0x5414, RECORD_IN, RN_REC_winsize },          /* TIOCSWINSZ */
	{ 0x5419, INT_OUT, 0 },                         /* TIOCGSOFTCAR */
	{ 0x541a, INT_IN, 0 },                          /* TIOCSSOFTCAR */
	{ 0x541b, INT_OUT, 0 },                         /* FIONREAD */
	{ 0x541d, NOTHING, 0 },                         /* TIOCCONS */
	{ 0x5420, INT_IN, 0 },                          /* TIOCPKT */
	{ 0x5421, INT_IN, 0 },                          /* FIONBIO */
	{ 0x5422, NOTHING, 0 },                         /* TIOCNOTTY */
	{ 0x5423, INT_IN, 0 },                          /* TIOCSETD */
	{ 0x5424, INT_OUT, 0 },                         /* TIOCGETD */
	{ 0x5425, NUMBER, 0 },                          /* TCSBRKP */
	{ 0x5427, NOTHING, 0 },                         /* TIOCSBRK */
	{ 0x5428, NOTHING, 0 },                         /* TIOCCBRK */
	{ 0x5429, INT_OUT, 0 },                         /* TIOCGSID */
	{ 0x5437, NOTHING, 0 },                         /* TIOCVHANGUP */
	{ 0x5450, NOTHING, 0 },                         /* FIONCLEX */
	{ 0x5451, NOTHING, 0 },                         /* FIOCLEX */
	{ 0x5452, INT_IN, 0 },                          /* FIOASYNC */
	{ 0x5460, U64_OUT, 0 },                         /* FIOQSIZE */
	{ 0x802c542a, RECORD_OUT, RN_REC_termios2 },    /* TCGETS2 */
	{ 0x402c542b, RECORD_IN, RN_REC_termios2 },      /* TCSETS2, TCSETSW2, TCSETSF2 */
	{ 0x402c542c, RECORD_IN, RN_REC_termios2 },
	{ 0x402c542d, RECORD_IN, RN_REC_termios2 },
	{ 0x80045430, INT_OUT, 0 },                     /* TIOCGPTN */
	{ 0x40045431, INT_IN, 0 },                      /* TIOCSPTLCK */
	{ 0x80045438, INT_OUT, 0 },                     /* TIOCGPKT */
	{ 0x80045439, INT_OUT, 0 },                     /* TIOCGPTLCK */
	{ 0x80045440, INT_OUT, 0 },                     /* TIOCGEXCL */
	{ 0x8901, INT_IN, 0 },                          /* FIOSETOWN */
	{ 0x8902, INT_IN, 0 },                          /* SIOCSPGRP */
	{ 0x8903, INT_OUT, 0 },                         /* FIOGETOWN */
	{ 0x8904, INT_OUT, 0 },                         /* SIOCGPGRP */
	{ 0x8905, INT_OUT, 0 },                         /* SIOCATMARK */
	{ 0x8912, IFCONF, 0 },                          /* SIOCGIFCONF */
	{ 0x40049409, NUMBER, 0 },                      /* FICLONE: a descriptor */
	{ 0x80081272, U64_OUT, 0 },                     /* BLKGETSIZE64 */
	{ 0x80041272, U64_OUT, 0 },                     /* the same of a 32-bit program */
	{ 0x80086601, FILE_FLAGS_OUT, 0 },              /* FS_IOC_GETFLAGS */
	{ 0x40086602, FILE_FLAGS_IN, 0 },               /* FS_IOC_SETFLAGS */
	{ 0x80046601, FILE_FLAGS_OUT, 0 },
	{ 0x40046602, FILE_FLAGS_IN, 0 },
};

static const struct command *find(uint32_t number)
{
	static const struct command ifreq = { 0, IFREQ, 0 };
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].number == number)
			return &commands[i];
	return rn_is_ifreq_command(number) ? &ifreq : NULL;
}

static void put_number(struct rn_print *p, uint64_t addr, bool out, unsigned size, bool is_signed)
{
	uint64_t v;
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if ((out && p->no_exit) || !addr || !rn_print_read_uint(p, addr, size, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	if (is_signed)
		rn_put_dec(p->out, (int32_t)v);
	else
		rn_put_udec(p->out, v);
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

/* tcflush(3), tcflow(3) */
static void put_named(struct rn_print *p, uint64_t v, unsigned which)
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

static void put_file_flags(struct rn_print *p, uint64_t addr, bool out)
{
	uint64_t v;
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if ((out && p->no_exit) || !addr || !rn_print_read_uint(p, addr, 4, &v)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	rn_print_flags(p, RN_NAMES_inode_flags, v);
	rn_put_u8(p->out, ']');
}

bool rn_kind_ioctl_arg(struct rn_print *p, unsigned i)
{
	uint64_t v = p->args[i];
	const struct command *c = find((uint32_t)p->args[1]);
	if (!c) {
		rn_put_hex(p->out, v);
		return true;
	}
	switch ((enum form)c->form) {
	case NOTHING:
		return false;
	case NUMBER:
		rn_put_dec(p->out, (int32_t)v);
		break;
	case INT_IN:
	case INT_OUT:
		put_number(p, v, c->form == INT_OUT, 4, true);
		break;
	case UINT_OUT:
		put_number(p, v, true, 4, false);
		break;
	case LONG_OUT:
		put_number(p, v, true, p->word, false);
		break;
	case U64_OUT:
		put_number(p, v, true, 8, false);
		break;
	case RECORD_IN:
	case RECORD_OUT:
		put_record(p, v, (enum rn_record_id)c->aux, c->form == RECORD_OUT);
		break;
	case NAMED:
		put_named(p, v, c->aux);
		break;
	case CHARACTER:
		p->phase = RN_PHASE_ENTRY;
		rn_print_buffer(p, v, 1);
		break;
	case IFREQ:
		rn_print_ifreq(p, (uint32_t)p->args[1], v);
		break;
	case IFCONF:
		rn_print_ifconf(p, v);
		break;
	case FILE_FLAGS_IN:
	case FILE_FLAGS_OUT:
		put_file_flags(p, v, c->form == FILE_FLAGS_OUT);
		break;
	}
	return true;
}
