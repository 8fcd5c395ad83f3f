/* SPDX-License-Identifier: MIT */
/* The array of record printers: most records are rows of fields, a few are code, some a number. */
#include "analyze/decode/records.h"

#include "analyze/decode/fields.h"
#include "analyze/decode/time.h"

struct record {
	rn_record_printer *print;
	const struct rn_fields *fields;
	bool number;
	enum rn_field_form form;
};

#define CODE(f) { .print = f }
#define FIELDS(f) { .fields = &f }
#define NUMBER(f) { .number = true, .form = RN_FORM_##f }

static const struct record records[RN_RECORDS] = {
	[RN_REC_int] = NUMBER(DEC),
	[RN_REC_uint] = NUMBER(UDEC),
	[RN_REC_u64] = NUMBER(UDEC),
	[RN_REC_word] = NUMBER(HEX),
	[RN_REC_size] = NUMBER(UDEC),
	[RN_REC_pointer] = NUMBER(PTR),
	[RN_REC_loff] = NUMBER(DEC),
	[RN_REC_offset] = NUMBER(DEC),
	[RN_REC_socklen] = NUMBER(UDEC),
	[RN_REC_uid] = NUMBER(ID),
	[RN_REC_uid16] = NUMBER(UDEC),
	[RN_REC_time] = CODE(rn_record_time),
	[RN_REC_timer] = NUMBER(DEC),
	[RN_REC_timespec] = CODE(rn_record_timespec),
	[RN_REC_timespec64] = CODE(rn_record_timespec),
	[RN_REC_timeval] = CODE(rn_record_timeval),
	[RN_REC_timezone] = CODE(rn_record_timezone),
	[RN_REC_itimerval] = CODE(rn_record_itimerval),
	[RN_REC_itimerspec] = CODE(rn_record_itimerspec),
	[RN_REC_itimerspec64] = CODE(rn_record_itimerspec),
};

bool rn_record_is_number(enum rn_record_id id)
{
	return (unsigned)id < RN_RECORDS && records[id].number;
}

bool rn_record_known(enum rn_record_id id)
{
	const struct record *r = &records[(unsigned)id < RN_RECORDS ? id : RN_REC_none];
	return r->number || r->print || r->fields;
}

void rn_print_element(struct rn_print *p, enum rn_record_id id, struct rn_bytes b)
{
	const struct record *r = &records[(unsigned)id < RN_RECORDS ? id : RN_REC_none];
	if (r->number)
		rn_print_form(p, r->form, 0, b);
	else if (r->print)
		r->print(p, b);
	else if (r->fields)
		rn_print_fields(p, r->fields, b);
	else
		rn_print_quoted(p, b);
}

void rn_print_record(struct rn_print *p, enum rn_record_id id, struct rn_bytes b)
{
	bool number = rn_record_is_number(id);
	if (number)
		rn_put_u8(p->out, '[');
	rn_print_element(p, id, b);
	if (number)
		rn_put_u8(p->out, ']');
}
