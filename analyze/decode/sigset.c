/* SPDX-License-Identifier: MIT */
/* Sets of signals: [INT TERM], and what is missing where most are in: ~[KILL STOP]. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/signals.h"

#define SIGSET_BYTES 8

static void put_short_name(struct rn_print *p, unsigned signo)
{
	char buf[16];
	const char *name = rn_signal_name((int)signo, buf);
	if (!name || rn_print_numbers(p))
		rn_put_udec(p->out, signo);
	if (!name || !rn_print_named(p))
		return;
	rn_put_text(p->out, name + 3);
	rn_print_named_end(p);
}

void rn_print_sigset_bits(struct rn_print *p, uint64_t bits, unsigned n)
{
	if (n < 64)
		bits &= ((uint64_t)1 << n) - 1;
	if ((unsigned)__builtin_popcountll(bits) >= n * 2 / 3) {
		rn_put_u8(p->out, '~');
		bits = ~bits;
		if (n < 64)
			bits &= ((uint64_t)1 << n) - 1;
	}
	char separator = '[';
	for (; bits; bits &= bits - 1) {
		rn_put_u8(p->out, (uint8_t)separator);
		separator = ' ';
		put_short_name(p, (unsigned)__builtin_ctzll(bits) + 1);
	}
	if (separator == '[')
		rn_put_u8(p->out, '[');
	rn_put_u8(p->out, ']');
}

void rn_print_sigset(struct rn_print *p, uint64_t addr, uint64_t len)
{
	uint64_t bits;
	if (len != SIGSET_BYTES && len != p->word) {
		rn_print_addr(p, addr);
		return;
	}
	if (!rn_print_read_uint(p, addr, (unsigned)len, &bits)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_print_sigset_bits(p, bits, (unsigned)len * 8);
}

bool rn_kind_sigset(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	bool late = a->flags & RN_ARG_LATE && p->call->flags & RN_CALL_ERROR;
	bool known = rn_arg_phase(p, a) && !late;
	uint64_t len = rn_arg_length(p, a), bits;
	if (known && a->flags & RN_ARG_SHORT && len && len < SIGSET_BYTES &&
	    rn_print_read_uint(p, p->args[i], (unsigned)len, &bits))
		rn_print_sigset_bits(p, bits, (unsigned)len * 8);
	else if (known)
		rn_print_sigset(p, p->args[i], len);
	else
		rn_print_addr(p, p->args[i]);
	return true;
}

bool rn_kind_sigset_ptrlen(struct rn_print *p, unsigned i)
{
	uint8_t pair[16];
	uint64_t addr = p->args[i];
	if (!rn_print_read(p, addr, pair, 2 * p->word)) {
		rn_print_addr(p, addr);
		return true;
	}
	uint64_t set = rn_field_u(rn_bytes_of(pair, sizeof(pair)), 0, p->word);
	uint64_t len = rn_field_u(rn_bytes_of(pair, sizeof(pair)), p->word, p->word);
	RN_PUT(p, "{sigmask=");
	rn_print_sigset(p, set, len);
	RN_PUT(p, ", sigsetsize=");
	rn_put_udec(p->out, len);
	rn_put_u8(p->out, '}');
	return true;
}

/* The mask that the return from a handler puts back; it lies in the frame on the stack. */
bool rn_kind_sigframe(struct rn_print *p, unsigned i)
{
	for (uint32_t k = 0; k < p->call->n_spans; k++) {
		const struct rn_span *s = &p->call->spans[k];
		if (s->arg != i || s->phase != RN_PHASE_ENTRY || s->len < SIGSET_BYTES)
			continue;
		RN_PUT(p, "{mask=");
		rn_print_sigset_bits(p, rn_field_u(rn_bytes_of(s->bytes, s->len), 0, 8), 64);
		rn_put_u8(p->out, '}');
		return true;
	}
	return false;
}

bool rn_kind_sigmask(struct rn_print *p, unsigned i)
{
	rn_print_sigset_bits(p, (uint32_t)p->args[i], 32);
	return true;
}

void rn_print_handler(struct rn_print *p, uint64_t v)
{
	const char *name = NULL;
	if (v <= 1)
		name = v ? "SIG_IGN" : "SIG_DFL";
	else if (v == UINT64_MAX)
		name = "SIG_ERR";
	else
		rn_print_addr(p, v);
	if (name && rn_print_numbers(p))
		rn_put_hex(p->out, v);
	if (!name || !rn_print_named(p))
		return;
	rn_put_text(p->out, name);
	rn_print_named_end(p);
}

bool rn_kind_sighandler(struct rn_print *p, unsigned i)
{
	rn_print_handler(p, p->args[i]);
	return true;
}
