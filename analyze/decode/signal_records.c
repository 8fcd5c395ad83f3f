/* SPDX-License-Identifier: MIT */
#include "analyze/decode/signals.h"

#define SA_RESTORER 0x04000000

struct action {
	uint64_t handler, flags, restorer, mask;
	unsigned mask_bits;
};

static void put_action(struct rn_print *p, const struct action *a)
{
	RN_PUT(p, "{sa_handler=");
	rn_print_handler(p, a->handler);
	RN_PUT(p, ", sa_mask=");
	rn_print_sigset_bits(p, a->mask, a->mask_bits);
	RN_PUT(p, ", sa_flags=");
	rn_print_flags(p, RN_NAMES_sigaction, a->flags);
	if (a->flags & SA_RESTORER) {
		RN_PUT(p, ", sa_restorer=");
		rn_print_addr(p, a->restorer);
	}
	rn_put_u8(p->out, '}');
}

/* The kernel's: handler, flags, restorer, mask of 64 signals. */
void rn_record_sigaction(struct rn_print *p, struct rn_bytes b)
{
	unsigned w = p->word;
	struct action a = {
		.handler = rn_field_u(b, 0, w),
		.flags = rn_field_u(b, w, w),
		.restorer = rn_field_u(b, 2 * w, w),
		.mask = rn_field_u(b, 3 * w, 8),
		.mask_bits = 64,
	};
	put_action(p, &a);
}

/* Of i386 before real-time signals: handler, mask of 32, flags, restorer. */
void rn_record_old_sigaction(struct rn_print *p, struct rn_bytes b)
{
	struct action a = {
		.handler = rn_field_u(b, 0, 4),
		.mask = rn_field_u(b, 4, 4),
		.flags = rn_field_u(b, 8, 4),
		.restorer = rn_field_u(b, 12, 4),
		.mask_bits = 32,
	};
	put_action(p, &a);
}

void rn_record_sigstack(struct rn_print *p, struct rn_bytes b)
{
	unsigned w = p->word;
	RN_PUT(p, "{ss_sp=");
	rn_print_addr(p, rn_field_u(b, 0, w));
	RN_PUT(p, ", ss_flags=");
	rn_print_flags(p, RN_NAMES_sigaltstack, rn_field_u(b, w, 4));
	RN_PUT(p, ", ss_size=");
	rn_put_udec(p->out, rn_field_u(b, 2 * w, w));
	rn_put_u8(p->out, '}');
}

enum { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID = 4 };

void rn_record_sigevent(struct rn_print *p, struct rn_bytes b)
{
	unsigned w = p->word;
	uint64_t value = rn_field_u(b, 0, w);
	uint32_t signo = (uint32_t)rn_field_u(b, w, 4), notify = (uint32_t)rn_field_u(b, w + 4, 4);
	rn_put_u8(p->out, '{');
	if (value) {
		RN_PUT(p, "sigev_value={sival_int=");
		rn_put_dec(p->out, (int32_t)value);
		RN_PUT(p, ", sival_ptr=");
		rn_print_addr(p, value);
		RN_PUT(p, "}, ");
	}
	RN_PUT(p, "sigev_signo=");
	if (notify == SIGEV_SIGNAL || notify == SIGEV_THREAD || notify == SIGEV_THREAD_ID)
		rn_print_signo(p, (int32_t)signo);
	else
		rn_put_udec(p->out, signo);
	RN_PUT(p, ", sigev_notify=");
	rn_print_enum(p, RN_NAMES_sigev_notify, notify);
	if (notify == SIGEV_THREAD_ID) {
		RN_PUT(p, ", sigev_notify_thread_id=");
		rn_put_dec(p->out, rn_field_i(b, w + 8, 4));
	} else if (notify == SIGEV_THREAD) {
		RN_PUT(p, ", sigev_notify_function=");
		rn_print_addr(p, rn_field_u(b, w + 8, w));
		RN_PUT(p, ", sigev_notify_attributes=");
		rn_print_addr(p, rn_field_u(b, w + 8 + w, w));
	}
	rn_put_u8(p->out, '}');
}
