/* SPDX-License-Identifier: MIT */
/**
 * print - what the printers of this folder share: the event under way and the
 * small writers they are made of. Internal to analyze/decode.
 *
 * Everything appends to p->out and never fails; what was not captured prints as
 * its address. Record printers get the record's bytes, already read; a field
 * beyond their end reads as 0, so that a short record can never be overrun.
 */
#ifndef RN_ANALYZE_DECODE_PRINT_H
#define RN_ANALYZE_DECODE_PRINT_H

#include "analyze/decode/decode.h"
#include "analyze/decode/memory.h"
#include "analyze/decode/number.h"
#include "shared/names.h"
#include "shared/syscall.h"

/* The largest record a printer asks for; larger ones are read in parts. */
#define RN_RECORD_MAX 512

struct rn_print {
	struct rn_buffer *out;
	const struct rn_event *ev;
	const struct rn_call *call;
	const struct rn_syscall *desc;       /* NULL: a number nobody knows */
	const struct rn_decode_env *env;     /* never NULL */
	const struct rn_decode_style *style; /* never NULL */
	enum rn_abi abi;
	unsigned word;                       /* bytes of a pointer and a long: 4 or 8 */
	uint64_t args[6];                    /* as the abi sees them: cut to 32 bits for i386 */
	enum rn_span_phase phase;            /* where memory is looked up */
	bool alone;                          /* one argument for itself, its neighbours not shown */
	bool no_exit;                        /* failed, or never returned: no memory at exit */
	bool raw;                            /* arguments and result as numbers */
	bool unfollowed;                     /* structures are addresses */
	struct rn_decode_style own_style;    /* of this call, where it is not env's */
	struct rn_decode_style named_style;  /* room for rn_print_names_only */
};

#define RN_PUT(p, literal) rn_put_bytes((p)->out, literal, sizeof(literal) - 1)

static inline void rn_print_dec(struct rn_print *p, int64_t v)
{
	rn_put_dec(p->out, v);
}

static inline void rn_print_udec(struct rn_print *p, uint64_t v)
{
	rn_put_udec(p->out, v);
}

/** "NULL" or 0x...: an address that is not followed. */
void rn_print_addr(struct rn_print *p, uint64_t addr);

/** Reads a record of the current phase. False: it is not there (print its address). */
static inline bool rn_print_read(struct rn_print *p, uint64_t addr, void *to, size_t len)
{
	return addr && !p->unfollowed && rn_memory_read(p->call, p->phase, addr, to, len);
}

/** A pointer-sized integer of the tracee. */
static inline bool rn_print_read_word(struct rn_print *p, uint64_t addr, uint64_t *out)
{
	return addr && !p->unfollowed &&
		rn_memory_uint(p->call, p->phase, addr, p->word, out);
}

/** Any other integer. */
static inline bool rn_print_read_uint(struct rn_print *p, uint64_t addr, unsigned nbytes, uint64_t *out)
{
	return addr && !p->unfollowed && rn_memory_uint(p->call, p->phase, addr, nbytes, out);
}

/* Strings (string.c). */
/** Bytes in quotes, escaped, all of them. */
void rn_print_quoted(struct rn_print *p, struct rn_bytes s);
/** The same without quotes, for what stands between < and >. */
void rn_print_angled(struct rn_print *p, struct rn_bytes s);
/** The same, every byte as \xNN. */
void rn_print_quoted_hex(struct rn_print *p, struct rn_bytes s);
/** A name in a fixed array, up to the first NUL; when there is none, all but the byte where it should
 *  stand, and "..." behind it. */
void rn_print_quoted_name(struct rn_print *p, struct rn_bytes s);
/** len bytes at addr, cut at the -s limit. */
void rn_print_buffer(struct rn_print *p, uint64_t addr, uint64_t len);
/** The same, every byte as \xNN. */
void rn_print_hex_buffer(struct rn_print *p, uint64_t addr, uint64_t len);
/** A NUL-terminated string at addr, cut at limit. */
void rn_print_string(struct rn_print *p, uint64_t addr, uint64_t limit);
void rn_print_path(struct rn_print *p, uint64_t addr);
static inline uint64_t rn_string_limit(const struct rn_print *p)
{
	return p->style->string_limit;
}

/* Names (flags.c). */
/** One of a table, or 0x99 with the table's marker (MSG_???) in a comment. */
void rn_print_enum(struct rn_print *p, enum rn_names_id id, uint64_t v);
/** Or-ed names; what nobody knows behind them in hex. */
void rn_print_flags(struct rn_print *p, enum rn_names_id id, uint64_t v);
/** -X: a number stands in front of its name, or instead of it. */
static inline bool rn_print_numbers(const struct rn_print *p)
{
	return p->style->constants != RN_CONSTANTS_NAMED;
}
/** Behind the number of what has a name: opens the comment the name goes into. False: no name is to be
 *  written. */
bool rn_print_named(struct rn_print *p);
/** Closes it, when numbers are shown at all. */
void rn_print_named_end(struct rn_print *p);
/** Where -X is not heeded: names alone from here on. Returns the style to be put back. */
const struct rn_decode_style *rn_print_names_only(struct rn_print *p);
/** The flags alone, each with '|' in front unless first; returns the unknown rest, not printed. */
uint64_t rn_print_known_flags(struct rn_print *p, enum rn_names_id id, uint64_t v, bool *first);

/* Single values (scalar.c). */
void rn_print_fd(struct rn_print *p, int64_t fd);
/** A descriptor as it is when the call ends: a result, the pair of a pipe. */
void rn_print_fd_at(struct rn_print *p, int64_t fd, enum rn_span_phase phase);
/** What -y and -yy have behind a descriptor: <path>, <TCP:[..]>, </dev/null<char 1:3>> (fd_detail.c). */
void rn_print_fd_facts(struct rn_print *p, const struct rn_fd_facts *facts);
void rn_print_dirfd(struct rn_print *p, int64_t fd);
/** A process or thread as the traced one knows it, now or, at RN_PHASE_EXIT, when the call is over. */
void rn_print_pid(struct rn_print *p, int64_t pid);
void rn_print_pid_at(struct rn_print *p, int64_t pid, enum rn_span_phase phase);
/** A group or a session: the id of the process that made it, which may be gone. */
void rn_print_pgid_at(struct rn_print *p, int64_t pgid, enum rn_span_phase phase);
void rn_print_id(struct rn_print *p, uint32_t id);
void rn_print_file_mode(struct rn_print *p, uint32_t mode);
void rn_print_dev(struct rn_print *p, uint64_t dev);
void rn_print_signo(struct rn_print *p, int64_t signo);

#endif
