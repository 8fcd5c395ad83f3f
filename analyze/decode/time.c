/* SPDX-License-Identifier: MIT */
#include "analyze/decode/time.h"

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

void rn_print_date_comment(struct rn_print *p, int64_t sec, uint64_t nsec)
{
	const int64_t limit = INT64_C(1) << 52; /* years of seven digits; beyond, arithmetic may wrap */
	if ((!sec && !nsec) || sec > limit || sec < -limit || nsec > 999999999)
		return;
	int64_t days = sec / 86400, rest = sec % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	RN_PUT(p, " /* ");
	put_date(p->out, days);
	rn_put_u8(p->out, 'T');
	rn_put_udec_padded(p->out, (uint64_t)rest / 3600, 2);
	rn_put_u8(p->out, ':');
	rn_put_udec_padded(p->out, (uint64_t)rest / 60 % 60, 2);
	rn_put_u8(p->out, ':');
	rn_put_udec_padded(p->out, (uint64_t)rest % 60, 2);
	if (nsec) {
		rn_put_u8(p->out, '.');
		rn_put_udec_padded(p->out, nsec, 9);
	}
	RN_PUT(p, "+0000 */");
}

void rn_print_ticks_comment(struct rn_print *p, int64_t ticks)
{
	if (!ticks)
		return;
	uint64_t v = ticks < 0 ? 0 - (uint64_t)ticks : (uint64_t)ticks;
	rn_put_text(p->out, ticks < 0 ? " /* -" : " /* ");
	rn_put_udec(p->out, v / 100);
	rn_put_u8(p->out, '.');
	rn_put_udec_padded(p->out, v % 100, 2);
	RN_PUT(p, " s */");
}

void rn_print_two_times(struct rn_print *p, struct rn_bytes b, const char *fraction)
{
	unsigned half = (unsigned)(b.len / 2 > 8 ? 8 : b.len / 2);
	RN_PUT(p, "{tv_sec=");
	rn_put_dec(p->out, rn_field_i(b, 0, half));
	rn_put_text(p->out, fraction);
	rn_put_dec(p->out, rn_field_i(b, half, half));
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

static void put_utime(struct rn_print *p, struct rn_bytes b)
{
	unsigned half = (unsigned)(b.len / 2);
	int64_t sec = rn_field_i(b, 0, half);
	uint64_t nsec = rn_field_u(b, half, half);
	if (nsec == UTIME_NOW)
		RN_PUT(p, "UTIME_NOW");
	else if (nsec == UTIME_OMIT)
		RN_PUT(p, "UTIME_OMIT");
	else {
		rn_record_timespec(p, b);
		rn_print_date_comment(p, sec, nsec);
	}
}

/* Access and modification time of utimensat. */
void rn_record_utimes(struct rn_print *p, struct rn_bytes b)
{
	size_t half = b.len / 2 > 16 ? 16 : b.len / 2;
	rn_put_u8(p->out, '[');
	put_utime(p, rn_bytes_part(b, 0, half));
	RN_PUT(p, ", ");
	put_utime(p, rn_bytes_part(b, half, half));
	rn_put_u8(p->out, ']');
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
