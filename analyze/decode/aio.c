/* SPDX-License-Identifier: MIT */
/* io_submit and io_cancel: control blocks of <linux/aio_abi.h>, one layout on all ABIs: data, key,
 * rw_flags, command, priority, descriptor, buffer, length, offset, reserved, flags, resfd. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/sockets.h"
#include "analyze/decode/system.h"

#define IOCB_BYTES 64

enum { PREAD = 0, PWRITE = 1, POLL = 5, PREADV = 7, PWRITEV = 8 };
enum { RESFD = 1, HAS_PRIORITY = 2 };

static bool is_vector(uint64_t command)
{
	return command == PREADV || command == PWRITEV;
}

static void put_command(struct rn_print *p, uint64_t command)
{
	if (rn_name_of(RN_NAMES_aio_command, p->abi, command)) {
		rn_print_enum(p, RN_NAMES_aio_command, command);
		return;
	}
	rn_put_udec(p->out, command);
	RN_PUT(p, " /* IOCB_CMD_??? */");
}

/* What all commands have. */
static void put_head(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{aio_data=");
	rn_put_hex(p->out, rn_field_u(b, 0, 8));
	if (rn_field_u(b, 8, 4)) {
		RN_PUT(p, ", aio_key=");
		rn_put_udec(p->out, rn_field_u(b, 8, 4));
	}
	if (rn_field_u(b, 12, 4)) {
		RN_PUT(p, ", aio_rw_flags=");
		rn_print_flags(p, RN_NAMES_rwf, rn_field_u(b, 12, 4));
	}
	RN_PUT(p, ", aio_lio_opcode=");
	put_command(p, rn_field_u(b, 16, 2));
	if (rn_field_u(b, 56, 4) & HAS_PRIORITY) {
		RN_PUT(p, ", aio_reqprio=");
		rn_print_ioprio(p, rn_field_u(b, 18, 2));
	} else if (rn_field_u(b, 18, 2)) {
		RN_PUT(p, ", aio_reqprio=");
		rn_put_dec(p->out, rn_field_i(b, 18, 2));
	}
	RN_PUT(p, ", aio_fildes=");
	rn_print_fd(p, rn_field_i(b, 20, 4));
}

static void put_buffer(struct rn_print *p, struct rn_bytes b, uint64_t command)
{
	uint64_t addr = rn_field_u(b, 24, 8), n = rn_field_u(b, 32, 8);
	RN_PUT(p, ", aio_buf=");
	if (command == POLL) {
		rn_print_flags(p, RN_NAMES_poll_events, addr);
		return;
	}
	if (is_vector(command)) {
		rn_print_iovec(p, addr, n, UINT64_MAX, command == PWRITEV);
	} else {
		if (command == PWRITE)
			rn_print_buffer(p, addr, n);
		else
			rn_print_addr(p, addr);
		RN_PUT(p, ", aio_nbytes=");
		rn_put_udec(p->out, n);
	}
	RN_PUT(p, ", aio_offset=");
	rn_put_dec(p->out, rn_field_i(b, 40, 8));
}

static void put_tail(struct rn_print *p, struct rn_bytes b)
{
	uint64_t flags = rn_field_u(b, 56, 4), resfd = rn_field_u(b, 60, 4);
	if (flags) {
		RN_PUT(p, ", aio_flags=");
		rn_print_flags(p, RN_NAMES_aio_flags, flags);
	}
	if (flags & RESFD) {
		RN_PUT(p, ", aio_resfd=");
		rn_print_fd(p, (int32_t)resfd);
	} else if (resfd) {
		RN_PUT(p, ", aio_resfd=");
		rn_put_hex(p->out, resfd);
	}
}

void rn_record_iocb(struct rn_print *p, struct rn_bytes b)
{
	put_head(p, b);
	rn_put_u8(p->out, '}');
}

static bool put_iocb(struct rn_print *p, uint64_t addr)
{
	uint8_t bytes[IOCB_BYTES];
	struct rn_bytes b = rn_bytes_of(bytes, sizeof(bytes));
	if (!rn_print_read(p, addr, bytes, sizeof(bytes))) {
		rn_print_addr(p, addr);
		return false;
	}
	uint64_t command = rn_field_u(b, 16, 2);
	put_head(p, b);
	if (command == PREAD || command == PWRITE || command == POLL || is_vector(command)) {
		put_buffer(p, b, command);
		put_tail(p, b);
	}
	rn_put_u8(p->out, '}');
	return true;
}

bool rn_kind_iocbs(struct rn_print *p, unsigned i)
{
	uint64_t addr = p->args[i], n = rn_arg_length(p, &p->desc->arg[i]), at;
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	unsigned w = p->word;
	p->phase = RN_PHASE_ENTRY;
	bool negative = w == 4 && (int32_t)p->args[i - 1] < 0;
	if (!addr || negative || rn_array_wraps(addr, n, w) || (n && !rn_print_read_word(p, addr, &at))) {
		rn_print_addr(p, addr);
		return true;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t k = 0; k < n; k++) {
		if (k)
			RN_PUT(p, ", ");
		if (!rn_print_read_word(p, addr + k * w, &at)) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, addr + k * w);
			RN_PUT(p, " */");
			break;
		}
		if (k >= limit) {
			RN_PUT(p, "...");
			break;
		}
		put_iocb(p, at);
	}
	rn_put_u8(p->out, ']');
	return true;
}

/* kcmp(2): what of the two processes is compared. */
bool rn_kind_kcmp_arg(struct rn_print *p, unsigned i)
{
	enum { FILES_OF_BOTH = 0, NUMBERED = 7 };
	uint8_t slot[12];
	struct rn_bytes b = rn_bytes_of(slot, sizeof(slot));
	uint64_t type = (uint32_t)p->args[2];
	p->phase = RN_PHASE_ENTRY;
	if (type == FILES_OF_BOTH || (type == NUMBERED && i == 3)) {
		rn_print_fd(p, (int32_t)p->args[i]);
	} else if (type == NUMBERED && rn_print_read(p, p->args[i], slot, sizeof(slot))) {
		RN_PUT(p, "{efd=");
		rn_print_fd(p, rn_field_i(b, 0, 4));
		RN_PUT(p, ", tfd=");
		rn_print_fd(p, rn_field_i(b, 4, 4));
		RN_PUT(p, ", toff=");
		rn_put_udec(p->out, rn_field_u(b, 8, 4));
		rn_put_u8(p->out, '}');
	} else if (type < NUMBERED) {
		return false;
	} else if (type == NUMBERED) {
		rn_print_addr(p, p->args[i]);
	} else {
		rn_put_hex(p->out, p->args[i]);
	}
	return true;
}
