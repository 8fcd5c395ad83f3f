/* SPDX-License-Identifier: MIT */
/* struct ifreq: a name of 16 bytes, then a union of which the command says what it is. */
#include "analyze/decode/ioctl.h"
#include "analyze/decode/sockets.h"

#define NAME_BYTES 16

enum member { NUMBER, INDEX, FLAGS, ADDRESS, HARDWARE, NAME, OTHER_NAME, MAP };

static const struct command {
	uint16_t number;
	uint8_t member;
	bool sets;
	const char *label;
} commands[] = {
	{ 0x8910, NAME, false, "" },                     /* SIOCGIFNAME */
	{ 0x8913, FLAGS, false, ", ifr_flags=" },        /* SIOCGIFFLAGS */
	{ 0x8914, FLAGS, true, ", ifr_flags=" },
	{ 0x8915, ADDRESS, false, ", ifr_addr=" },       /* SIOCGIFADDR */
	{ 0x8916, ADDRESS, true, ", ifr_addr=" },
	{ 0x8917, ADDRESS, false, ", ifr_dstaddr=" },    /* SIOCGIFDSTADDR */
	{ 0x8918, ADDRESS, true, ", ifr_dstaddr=" },
	{ 0x8919, ADDRESS, false, ", ifr_broadaddr=" },  /* SIOCGIFBRDADDR */
	{ 0x891a, ADDRESS, true, ", ifr_broadaddr=" },
	{ 0x891b, ADDRESS, false, ", ifr_netmask=" },    /* SIOCGIFNETMASK */
	{ 0x891c, ADDRESS, true, ", ifr_netmask=" },
	{ 0x891d, NUMBER, false, ", ifr_metric=" },      /* SIOCGIFMETRIC */
	{ 0x891e, NUMBER, true, ", ifr_metric=" },
	{ 0x8921, NUMBER, false, ", ifr_mtu=" },         /* SIOCGIFMTU */
	{ 0x8922, NUMBER, true, ", ifr_mtu=" },
	{ 0x8923, OTHER_NAME, true, ", ifr_newname=" },  /* SIOCSIFNAME */
	{ 0x8924, HARDWARE, true, ", ifr_hwaddr=" },     /* SIOCSIFHWADDR */
	{ 0x8927, HARDWARE, false, ", ifr_hwaddr=" },    /* SIOCGIFHWADDR */
	{ 0x8929, OTHER_NAME, false, ", ifr_slave=" },   /* SIOCGIFSLAVE */
	{ 0x8930, OTHER_NAME, true, ", ifr_slave=" },
	{ 0x8931, HARDWARE, true, ", ifr_hwaddr=" },     /* SIOCADDMULTI */
	{ 0x8932, HARDWARE, true, ", ifr_hwaddr=" },     /* SIOCDELMULTI */
	{ 0x8933, INDEX, false, ", ifr_ifindex=" },      /* SIOCGIFINDEX */
	{ 0x8937, HARDWARE, true, ", ifr_hwaddr=" },     /* SIOCSIFHWBROADCAST */
	{ 0x8942, NUMBER, false, ", ifr_qlen=" },        /* SIOCGIFTXQLEN */
	{ 0x8943, NUMBER, true, ", ifr_qlen=" },
	{ 0x8970, MAP, false, ", ifr_map=" },            /* SIOCGIFMAP */
	{ 0x8971, MAP, true, ", ifr_map=" },
};

static const struct command *find(uint32_t number)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].number == number)
			return &commands[i];
	return NULL;
}

bool rn_is_ifreq_command(uint32_t command)
{
	return find(command) != NULL;
}

static size_t ifreq_bytes(const struct rn_print *p)
{
	return p->word == 8 ? 40 : 32;
}

static void put_hardware(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{sa_family=");
	rn_print_enum(p, RN_NAMES_arphrd, rn_field_u(b, 0, 2));
	RN_PUT(p, ", sa_data=");
	for (size_t i = 0; i < 6; i++) {
		if (i)
			rn_put_u8(p->out, ':');
		rn_put_hex_digits(p->out, rn_field_u(b, 2 + i, 1), 2);
	}
	rn_put_u8(p->out, '}');
}

/* struct ifmap: two words, a short, three bytes. */
static void put_map(struct rn_print *p, struct rn_bytes b)
{
	unsigned w = p->word;
	RN_PUT(p, "{mem_start=");
	rn_put_hex(p->out, rn_field_u(b, 0, w));
	RN_PUT(p, ", mem_end=");
	rn_put_hex(p->out, rn_field_u(b, w, w));
	RN_PUT(p, ", base_addr=");
	rn_put_hex(p->out, rn_field_u(b, 2 * w, 2));
	RN_PUT(p, ", irq=");
	rn_put_hex(p->out, rn_field_u(b, 2 * w + 2, 1));
	RN_PUT(p, ", dma=");
	rn_put_hex(p->out, rn_field_u(b, 2 * w + 3, 1));
	RN_PUT(p, ", port=");
	rn_put_hex(p->out, rn_field_u(b, 2 * w + 4, 1));
	rn_put_u8(p->out, '}');
}

static void put_member(struct rn_print *p, const struct command *c, struct rn_bytes b)
{
	rn_put_text(p->out, c->label);
	switch ((enum member)c->member) {
	case NUMBER:
	case INDEX:
		rn_put_dec(p->out, rn_field_i(b, 0, 4));
		break;
	case FLAGS:
		rn_print_flags(p, RN_NAMES_interface_flags, rn_field_u(b, 0, 2));
		break;
	case ADDRESS:
		rn_print_sockaddr_bytes(p, rn_bytes_part(b, 0, 16));
		break;
	case HARDWARE:
		put_hardware(p, b);
		break;
	case MAP:
		put_map(p, b);
		break;
	case OTHER_NAME:
		rn_print_quoted_name(p, rn_bytes_part(b, 0, NAME_BYTES));
		break;
	case NAME:
		break;
	}
}

static void put_index_to_name(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{ifr_ifindex=");
	rn_put_dec(p->out, rn_field_i(b, NAME_BYTES, 4));
	if (!p->no_exit) {
		RN_PUT(p, ", ifr_name=");
		rn_print_quoted_name(p, rn_bytes_part(b, 0, NAME_BYTES));
	}
	rn_put_u8(p->out, '}');
}

void rn_print_ifreq(struct rn_print *p, uint32_t command, uint64_t addr)
{
	uint8_t bytes[40];
	const struct command *c = find(command);
	bool answered = !c->sets && !p->no_exit;
	p->phase = answered ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	if (!rn_print_read(p, addr, bytes, ifreq_bytes(p))) {
		rn_print_addr(p, addr);
		return;
	}
	struct rn_bytes b = rn_bytes_of(bytes, ifreq_bytes(p));
	if (c->member == NAME) {
		put_index_to_name(p, b);
		return;
	}
	RN_PUT(p, "{ifr_name=");
	rn_print_quoted_name(p, rn_bytes_part(b, 0, NAME_BYTES));
	if (answered || c->sets)
		put_member(p, c, rn_bytes_part(b, NAME_BYTES, b.len));
	rn_put_u8(p->out, '}');
}

static void put_ifc_len(struct rn_print *p, int32_t len)
{
	int32_t each = (int32_t)ifreq_bytes(p);
	rn_put_dec(p->out, len);
	if (len > 0 && len % each == 0) {
		RN_PUT(p, " /* ");
		rn_put_dec(p->out, len / each);
		RN_PUT(p, " * sizeof(struct ifreq) */");
	} else if (len > 0) {
		RN_PUT(p, " /* ");
		rn_put_dec(p->out, len / each);
		RN_PUT(p, " * sizeof(struct ifreq) + ");
		rn_put_dec(p->out, len % each);
		RN_PUT(p, " */");
	}
}

static void put_interfaces(struct rn_print *p, uint64_t buf, int32_t len)
{
	uint8_t bytes[40];
	uint64_t each = ifreq_bytes(p);
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	if (!rn_print_read(p, buf, bytes, (size_t)each)) {
		rn_print_addr(p, buf);
		return;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t i = 0; (i + 1) * each <= (uint64_t)len; i++) {
		if (i)
			RN_PUT(p, ", ");
		if (i >= limit || !rn_print_read(p, buf + i * each, bytes, (size_t)each)) {
			RN_PUT(p, "...");
			break;
		}
		struct rn_bytes b = rn_bytes_of(bytes, (size_t)each);
		RN_PUT(p, "{ifr_name=");
		rn_print_quoted_name(p, rn_bytes_part(b, 0, NAME_BYTES));
		RN_PUT(p, ", ifr_addr=");
		rn_print_sockaddr_bytes(p, rn_bytes_part(b, NAME_BYTES, 16));
		rn_put_u8(p->out, '}');
	}
	rn_put_u8(p->out, ']');
}

void rn_print_ifconf(struct rn_print *p, uint64_t addr)
{
	uint8_t pair[16];
	uint64_t before = 0;
	p->phase = p->no_exit ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	if (!rn_print_read(p, addr, pair, 2 * p->word)) {
		rn_print_addr(p, addr);
		return;
	}
	struct rn_bytes b = rn_bytes_of(pair, 2 * p->word);
	int32_t len = (int32_t)rn_field_i(b, 0, 4);
	uint64_t buf = rn_field_u(b, p->word, p->word);
	bool known = rn_memory_uint(p->call, RN_PHASE_ENTRY, addr, 4, &before);
	RN_PUT(p, "{ifc_len=");
	if (known && !p->no_exit && buf && (int32_t)before != len) {
		put_ifc_len(p, (int32_t)before);
		RN_PUT(p, " => ");
	}
	put_ifc_len(p, len);
	RN_PUT(p, ", ifc_buf=");
	if (!buf || p->no_exit || len <= 0)
		rn_print_addr(p, buf);
	else
		put_interfaces(p, buf, len);
	rn_put_u8(p->out, '}');
}
