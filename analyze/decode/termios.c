/* SPDX-License-Identifier: MIT */
/* Terminals. struct termios of the kernel: four words of 4 bytes, line discipline, 19 control
 * characters; struct termio: the same with shorts and 8 characters (termios(3), ioctl_tty(2)). */
#include "analyze/decode/ioctl.h"

#define CBAUD 0x100f
#define CSIZE 0x30
#define IBSHIFT 16

static void put_rest(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	bool first = true;
	if (rn_print_numbers(p)) {
		rn_print_flags(p, id, v);
		return;
	}
	uint64_t rest = v ? rn_print_known_flags(p, id, v, &first) : 0;
	if (!rest)
		return;
	if (!first)
		rn_put_u8(p->out, '|');
	rn_put_hex(p->out, rest);
}

static void put_field(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	rn_print_enum(p, id, v);
	rn_put_u8(p->out, '|');
}

static void put_output(struct rn_print *p, uint64_t v)
{
	put_field(p, RN_NAMES_termios_nl, v & 0x100);
	put_field(p, RN_NAMES_termios_cr, v & 0x600);
	put_field(p, RN_NAMES_termios_tab, v & 0x1800);
	put_field(p, RN_NAMES_termios_bs, v & 0x2000);
	put_field(p, RN_NAMES_termios_vt, v & 0x4000);
	put_field(p, RN_NAMES_termios_ff, v & 0x8000);
	put_rest(p, RN_NAMES_termios_oflag, v & ~(uint64_t)0xff00);
}

static void put_control(struct rn_print *p, uint64_t v)
{
	uint64_t input_speed = v >> IBSHIFT & CBAUD;
	put_field(p, RN_NAMES_termios_baud, v & CBAUD);
	if (input_speed) {
		rn_print_enum(p, RN_NAMES_termios_baud, input_speed);
		RN_PUT(p, "<<IBSHIFT|");
	}
	put_field(p, RN_NAMES_termios_size, v & CSIZE);
	put_rest(p, RN_NAMES_termios_cflag,
		v & ~(uint64_t)(CBAUD | (uint64_t)CBAUD << IBSHIFT | CSIZE));
}

static void put_characters(struct rn_print *p, struct rn_bytes cc)
{
	static const char *const index[] = { "VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME",
		"VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL", "VREPRINT", "VDISCARD",
		"VWERASE", "VLNEXT", "VEOL2" };
	RN_PUT(p, "c_cc=[");
	for (size_t i = 0; i < cc.len; i++) {
		rn_put_text(p->out, i ? ", [" : "[");
		if (i < sizeof(index) / sizeof(index[0]))
			rn_put_text(p->out, index[i]);
		else
			rn_put_udec(p->out, i);
		RN_PUT(p, "]=");
		rn_put_hex(p->out, cc.p[i]);
	}
	rn_put_u8(p->out, ']');
}

/* The line discipline: N_TTY nearly always. */
static void put_line(struct rn_print *p, uint64_t v)
{
	static const char *const names[] = { "N_TTY", "N_SLIP", "N_MOUSE", "N_PPP", "N_STRIP",
		"N_AX25", "N_X25", "N_6PACK", "N_MASC", "N_R3964", "N_PROFIBUS_FDL", "N_IRDA",
		"N_SMSBLOCK", "N_HDLC", "N_SYNC_PPP", "N_HCI", "N_GIGASET_M101", "N_SLCAN", "N_PPS",
		"N_V253", "N_CAIF", "N_GSM0710", "N_TI_WL", "N_TRACESINK", "N_TRACEROUTER",
		"N_NCI" };
	if (v < sizeof(names) / sizeof(names[0]))
		rn_put_text(p->out, names[v]);
	else
		rn_put_hex(p->out, v), RN_PUT(p, " /* N_??? */");
}

static void put_speeds(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, ", c_ispeed=");
	rn_put_udec(p->out, rn_field_u(b, 36, 4));
	RN_PUT(p, ", c_ospeed=");
	rn_put_udec(p->out, rn_field_u(b, 40, 4));
}

static void put_terminal(struct rn_print *p, struct rn_bytes b, unsigned size, unsigned n_chars)
{
	RN_PUT(p, "{c_iflag=");
	put_rest(p, RN_NAMES_termios_iflag, rn_field_u(b, 0, size));
	RN_PUT(p, ", c_oflag=");
	put_output(p, rn_field_u(b, size, size));
	RN_PUT(p, ", c_cflag=");
	put_control(p, rn_field_u(b, 2 * size, size));
	RN_PUT(p, ", c_lflag=");
	put_rest(p, RN_NAMES_termios_lflag, rn_field_u(b, 3 * size, size));
	RN_PUT(p, ", ");
	if (p->style->verbose) {
		RN_PUT(p, "c_line=");
		put_line(p, rn_field_u(b, 4 * size, 1));
		RN_PUT(p, ", ");
		put_characters(p, rn_bytes_part(b, 4 * size + 1, n_chars));
		if (b.len >= 44)
			put_speeds(p, b);
	} else {
		RN_PUT(p, "...");
	}
	rn_put_u8(p->out, '}');
}

void rn_record_termios(struct rn_print *p, struct rn_bytes b)
{
	put_terminal(p, b, 4, 19);
}

void rn_record_termio(struct rn_print *p, struct rn_bytes b)
{
	put_terminal(p, b, 2, 8);
}

void rn_record_winsize(struct rn_print *p, struct rn_bytes b)
{
	static const char *const names[] = { "{ws_row=", ", ws_col=", ", ws_xpixel=",
		", ws_ypixel=" };
	for (unsigned i = 0; i < 4; i++) {
		rn_put_text(p->out, names[i]);
		rn_put_udec(p->out, rn_field_u(b, 2 * i, 2));
	}
	rn_put_u8(p->out, '}');
}
