/* SPDX-License-Identifier: MIT */
/* Arguments that point to a string, a buffer, a record or an array of records. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"

bool rn_kind_path(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	if (!rn_arg_phase(p, a))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_path(p, p->args[i]);
	return true;
}

bool rn_kind_str(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t limit = rn_string_limit(p);
	if (a->n && a->n < limit)
		limit = a->n;
	if (!rn_arg_phase(p, a))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_string(p, p->args[i], limit);
	return true;
}

bool rn_kind_buf(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	if (!rn_arg_phase(p, a))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_buffer(p, p->args[i], rn_arg_length(p, a));
	return true;
}

void rn_print_record_at(struct rn_print *p, enum rn_record_id id, uint64_t addr)
{
	uint8_t bytes[RN_RECORD_MAX];
	uint32_t size = rn_record_bytes(id, p->abi);
	if (!rn_record_known(id) || !size || size > sizeof(bytes) ||
	    !rn_print_read(p, addr, bytes, size))
		rn_print_addr(p, addr);
	else
		rn_print_record(p, id, rn_bytes_of(bytes, size));
}

static void print_changed(struct rn_print *p, enum rn_record_id id, uint64_t addr)
{
	uint8_t before[RN_RECORD_MAX], after[RN_RECORD_MAX];
	uint32_t size = rn_record_bytes(id, p->abi);
	p->phase = RN_PHASE_ENTRY;
	if (!rn_record_known(id) || !size || size > sizeof(before) ||
	    !rn_print_read(p, addr, before, size)) {
		rn_print_record_at(p, id, addr);
		return;
	}
	p->phase = RN_PHASE_EXIT;
	bool known = rn_print_read(p, addr, after, size);
	bool changed = known && memcmp(before, after, size) != 0;
	if (rn_record_is_number(id)) {
		rn_put_u8(p->out, '[');
		rn_print_element(p, id, rn_bytes_of(before, size));
		if (changed) {
			RN_PUT(p, " => ");
			rn_print_element(p, id, rn_bytes_of(after, size));
		}
		rn_put_u8(p->out, ']');
		return;
	}
	rn_print_record(p, id, rn_bytes_of(before, size));
	if (changed) {
		RN_PUT(p, " => ");
		rn_print_record(p, id, rn_bytes_of(after, size));
	}
}

bool rn_kind_rec(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	bool both = a->dir & RN_IN && a->dir & (RN_OUT | RN_OUT_ALWAYS);
	if (!rn_arg_phase(p, a))
		rn_print_addr(p, p->args[i]);
	else if (both && p->phase == RN_PHASE_EXIT)
		print_changed(p, (enum rn_record_id)a->aux, p->args[i]);
	else
		rn_print_record_at(p, (enum rn_record_id)a->aux, p->args[i]);
	return true;
}

/* What is left of a sleep that a signal cut short. */
bool rn_kind_rem(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	p->phase = RN_PHASE_EXIT;
	if (p->call->flags & RN_CALL_ERROR)
		rn_print_record_at(p, (enum rn_record_id)a->aux, p->args[i]);
	else
		rn_print_addr(p, p->args[i]);
	return true;
}

void rn_print_record_array(struct rn_print *p, enum rn_record_id id, uint64_t addr, uint64_t n)
{
	uint8_t bytes[RN_RECORD_MAX];
	uint32_t size = rn_record_bytes(id, p->abi);
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	if (!addr || !size || size > sizeof(bytes) || !rn_record_known(id)) {
		rn_print_addr(p, addr);
		return;
	}
	if (n && !rn_print_read(p, addr, bytes, size)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t k = 0; k < n; k++) {
		if (k)
			RN_PUT(p, ", ");
		if (k >= limit) {
			RN_PUT(p, "...");
			break;
		}
		if (!rn_print_read(p, addr + k * size, bytes, size)) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, addr + k * size);
			RN_PUT(p, " */");
			break;
		}
		rn_print_element(p, id, rn_bytes_of(bytes, size));
	}
	rn_put_u8(p->out, ']');
}

bool rn_kind_arr(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	if (!rn_arg_phase(p, a)) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	uint64_t n = rn_arg_length(p, a);
	if (a->dir & RN_IN)
		p->phase = RN_PHASE_ENTRY;
	rn_print_record_array(p, (enum rn_record_id)a->aux, p->args[i], n);
	return true;
}

/* A structure that says its own size: as much of it as we know, and that there is more. */
bool rn_kind_vrec(struct rn_print *p, unsigned i)
{
	uint8_t bytes[RN_RECORD_MAX];
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t addr = p->args[i];
	if (!rn_arg_phase(p, a)) {
		rn_print_addr(p, addr);
		return true;
	}
	uint64_t said = rn_arg_length(p, a);
	uint32_t known = rn_record_bytes((enum rn_record_id)a->aux, p->abi);
	uint64_t size = said < known ? said : known;
	if (a->dir & RN_IN)
		p->phase = RN_PHASE_ENTRY;
	if (!rn_record_known((enum rn_record_id)a->aux) || !size || size > sizeof(bytes) ||
	    !rn_print_read(p, addr, bytes, (size_t)size)) {
		rn_print_addr(p, addr);
		return true;
	}
	rn_print_record(p, (enum rn_record_id)a->aux, rn_bytes_of(bytes, (size_t)size));
	return true;
}

bool rn_kind_fdpair(struct rn_print *p, unsigned i)
{
	uint8_t pair[8];
	if (!rn_arg_phase(p, &p->desc->arg[i]) || !rn_print_read(p, p->args[i], pair, sizeof(pair))) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	rn_put_u8(p->out, '[');
	rn_print_fd_at(p, rn_field_i(rn_bytes_of(pair, 8), 0, 4), RN_PHASE_EXIT);
	RN_PUT(p, ", ");
	rn_print_fd_at(p, rn_field_i(rn_bytes_of(pair, 8), 4, 4), RN_PHASE_EXIT);
	rn_put_u8(p->out, ']');
	return true;
}
