/* SPDX-License-Identifier: MIT */
#include "analyze/decode/time.h"

#include "analyze/decode/kinds.h"

#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe

/* Days since 1970-01-01 to a date of the proleptic Gregorian calendar: count from a year that
 * begins in March, so that the leap day is the last of its year. */
static void put_date(struct rn_buffer *b, int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	uint64_t of_era = (uint64_t)(z - era * 146097);
	uint64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint64_t shifted = (5 * of_year + 2) / 153;
	uint64_t day = of_year - (153 * shifted + 2) / 5 + 1;
	uint64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
	int64_t year = (int64_t)year_of_era + era * 400 + (month <= 2);
	rn_put_dec(b, year);
	rn_put_u8(b, '-');
	rn_put_udec_padded(b, month, 2);
	rn_put_u8(b, '-');
	rn_put_udec_padded(b, day, 2);
}

static void put_moment(struct rn_print *p, int64_t sec, uint64_t part, unsigned digits,
	const char *before, const char *after)
{
	const int64_t limit = INT64_C(1) << 52; /* far beyond any date; arithmetic cannot wrap */
	if ((!sec && !part) || sec > limit || sec < -limit || part > 999999999)
		return;
	int64_t days = sec / 86400, rest = sec % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	rn_put_text(p->out, before);
	put_date(p->out, days);
	rn_put_u8(p->out, 'T');
	rn_put_udec_padded(p->out, (uint64_t)rest / 3600, 2);
	rn_put_u8(p->out, ':');
	rn_put_udec_padded(p->out, (uint64_t)rest / 60 % 60, 2);
	rn_put_u8(p->out, ':');
	rn_put_udec_padded(p->out, (uint64_t)rest % 60, 2);
	if (part) {
		rn_put_u8(p->out, '.');
		rn_put_udec_padded(p->out, part, digits);
	}
	RN_PUT(p, "+0000");
	rn_put_text(p->out, after);
}

void rn_print_date_comment(struct rn_print *p, int64_t sec, uint64_t nsec)
{
	put_moment(p, sec, nsec, 9, " /* ", " */");
}

void rn_print_microdate_comment(struct rn_print *p, int64_t sec, uint64_t usec)
{
	put_moment(p, sec, usec, 6, " /* ", " */");
}

void rn_print_date(struct rn_print *p, int64_t sec, const char *before, const char *after)
{
	put_moment(p, sec, 0, 9, before, after);
}

void rn_print_ticks_comment(struct rn_print *p, uint64_t ticks)
{
	if (!ticks || p->style->constants == RN_CONSTANTS_RAW)
		return;
	RN_PUT(p, " /* ");
	rn_put_udec(p->out, ticks / 100);
	rn_put_u8(p->out, '.');
	rn_put_udec_padded(p->out, ticks % 100, 2);
	RN_PUT(p, " s */");
}

void rn_print_two_times(struct rn_print *p, struct rn_bytes b, const char *fraction)
{
	unsigned half = (unsigned)(b.len / 2 > 8 ? 8 : b.len / 2);
	RN_PUT(p, "{tv_sec=");
	rn_put_dec(p->out, rn_field_i(b, 0, half));
	rn_put_text(p->out, fraction);
	rn_put_udec(p->out, rn_field_u(b, half, half));
	rn_put_u8(p->out, '}');
}

void rn_record_timespec(struct rn_print *p, struct rn_bytes b)
{
	rn_print_two_times(p, b, ", tv_nsec=");
}

void rn_record_timeval(struct rn_print *p, struct rn_bytes b)
{
	rn_print_two_times(p, b, ", tv_usec=");
}

static void put_interval(struct rn_print *p, struct rn_bytes b, const char *fraction)
{
	RN_PUT(p, "{it_interval=");
	rn_print_two_times(p, rn_bytes_part(b, 0, b.len / 2), fraction);
	RN_PUT(p, ", it_value=");
	rn_print_two_times(p, rn_bytes_part(b, b.len / 2, b.len / 2), fraction);
	rn_put_u8(p->out, '}');
}

void rn_record_itimerspec(struct rn_print *p, struct rn_bytes b)
{
	put_interval(p, b, ", tv_nsec=");
}

void rn_record_itimerval(struct rn_print *p, struct rn_bytes b)
{
	put_interval(p, b, ", tv_usec=");
}

static void put_utime(struct rn_print *p, struct rn_bytes b, bool nanoseconds)
{
	unsigned half = (unsigned)(b.len / 2);
	int64_t sec = rn_field_i(b, 0, half);
	uint64_t part = rn_field_u(b, half, half);
	bool named = nanoseconds && (part == UTIME_NOW || part == UTIME_OMIT);
	if (named && rn_print_numbers(p))
		rn_record_timespec(p, b);
	if (named && rn_print_named(p)) {
		rn_put_text(p->out, part == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
		rn_print_named_end(p);
	}
	if (named)
		return;
	if (nanoseconds) {
		rn_record_timespec(p, b);
		rn_print_date_comment(p, sec, part);
	} else {
		rn_record_timeval(p, b);
		if (part <= 999999)
			rn_print_microdate_comment(p, sec, part);
	}
}

/* Times of access and modification, for utimensat (timespec) and utimes (timeval). */
bool rn_kind_utimes(struct rn_print *p, unsigned i)
{
	uint8_t bytes[32];
	enum rn_record_id id = (enum rn_record_id)p->desc->arg[i].aux;
	uint32_t each = rn_record_bytes(id, p->abi);
	p->phase = RN_PHASE_ENTRY;
	if (each > sizeof(bytes) / 2 || !rn_print_read(p, p->args[i], bytes, 2 * each)) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	rn_put_u8(p->out, '[');
	put_utime(p, rn_bytes_of(bytes, each), id != RN_REC_timeval);
	RN_PUT(p, ", ");
	put_utime(p, rn_bytes_of(bytes + each, each), id != RN_REC_timeval);
	rn_put_u8(p->out, ']');
	return true;
}

void rn_record_timezone(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{tz_minuteswest=");
	rn_put_dec(p->out, rn_field_i(b, 0, 4));
	RN_PUT(p, ", tz_dsttime=");
	rn_put_dec(p->out, rn_field_i(b, 4, 4));
	rn_put_u8(p->out, '}');
}

/* What time(2) stores. */
void rn_record_time(struct rn_print *p, struct rn_bytes b)
{
	int64_t sec = rn_field_i(b, 0, (unsigned)b.len);
	rn_put_u8(p->out, '[');
	rn_put_dec(p->out, sec);
	rn_print_date_comment(p, sec, 0);
	rn_put_u8(p->out, ']');
}
