/* SPDX-License-Identifier: MIT */
/**
 * fetch - inside of capture: how walkers ask for memory.
 *
 * A walker is called once per argument and phase and asks for ranges. A range
 * may name a step that looks at what was read and asks for the next level. Spans
 * and bytes come from the event's budget; a walker need not care when it is used up.
 */
#ifndef RN_RECORD_CAPTURE_FETCH_H
#define RN_RECORD_CAPTURE_FETCH_H

#include "record/capture/capture.h"

/* What happens with a range once it was read. */
enum rn_step {
	RN_STEP_NONE,
	RN_STEP_STRING,   /* look for the NUL, read on where there is none; left: the cap */
	RN_STEP_CLAMP,    /* cut to the 32-bit length at address aux as it is now */
	RN_STEP_IOV,      /* headers: read payloads; left: bytes for all of them together */
	RN_STEP_MSG,      /* msghdr: name, control, iovec; left: as IOV */
	RN_STEP_MMSG,     /* several of them */
	RN_STEP_ARGV,     /* pointers: read strings, read on where no NULL; left: pointers allowed */
	RN_STEP_ENVP,     /* pointers: read on where no NULL */
	RN_STEP_SIGSET,   /* { pointer, length } */
	RN_STEP_FPROG,    /* { unsigned short n, filter[n] * } */
	RN_STEP_BLKPG,    /* three ints, a pointer to a struct blkpg_partition */
	RN_STEP_CLONE3,   /* struct clone_args: set_tid at entry; pidfd and parent_tid at exit */
	RN_STEP_IOCBS,    /* pointers to struct iocb */
	RN_STEP_IOCB,     /* struct iocb: what it writes, or the vector of it */
	RN_STEP_BPF,      /* attributes of bpf(2): the string that some point to */
	RN_STEP_INNER,    /* the arguments of the call that this one carries */
	RN_STEPS
};

struct rn_fetch {
	struct rn_capturer *k;
	struct rn_capture *c;
	const struct rn_capture_call *call;
	uint64_t inner_args[6];
	struct rn_capture_call inner; /* the call carried by another; call points here then */
	enum rn_span_phase phase;
	unsigned arg;         /* the argument being walked */
	unsigned pointer_bytes;
};

/* Looks at what a range brought (into p->span) and may ask for more. */
typedef void rn_step_function(struct rn_fetch *w, const struct rn_pending *p);
/** By enum rn_step; NULL: nothing to do. */
extern rn_step_function *const rn_steps[RN_STEPS];
/* Those that the table takes from elsewhere: capture/fetch.c, capture.c. */
rn_step_function rn_step_string, rn_step_inner;

typedef void rn_walker(struct rn_fetch *w, const struct rn_arg *arg);
/** By kind; NULL: no memory behind it. */
extern rn_walker *const rn_walkers[RN_ARG_KINDS];

/** Asks for `wanted` bytes at addr, at most cap of them. Nothing for NULL or 0 bytes. */
struct rn_pending *rn_fetch_want(struct rn_fetch *w, uint64_t addr, uint64_t wanted, uint32_t cap);
/** A range of its own, outside of the budget; span NULL: nobody's (the stack). */
struct rn_pending *rn_fetch_range(struct rn_capturer *k, struct rn_span *span, uint64_t addr,
	uint8_t *into, uint32_t wanted);
/** What was read but not needed goes back to the budget, when nothing lies behind it. */
void rn_fetch_give_back(struct rn_capture *c, const struct rn_span *s, uint32_t reserved);
/** Asks for a NUL-terminated string of at most cap bytes. */
void rn_fetch_string(struct rn_fetch *w, uint64_t addr, uint32_t cap);
/** The length an argument's rule gives now, in elements or bytes; 0 when there is none. */
uint64_t rn_fetch_len(const struct rn_fetch *w, const struct rn_arg *arg);
/** How much of a buffer is kept. */
uint32_t rn_fetch_buffer_cap(const struct rn_fetch *w);
/** A pointer or size_t of the call's ABI. */
uint64_t rn_fetch_word(const struct rn_fetch *w, const uint8_t *p);
/** Payload bytes of an iovec in this phase: all at entry, what the call moved at exit. */
uint32_t rn_fetch_payload(const struct rn_fetch *w);

/* Walkers of arguments whose meaning another argument decides: capture/command.c. */
rn_walker rn_fetch_ioctl, rn_fetch_fcntl, rn_fetch_prctl, rn_fetch_arch_prctl, rn_fetch_futex,
	rn_fetch_bpf, rn_fetch_keyctl, rn_fetch_seccomp, rn_fetch_sem, rn_fetch_quotactl, rn_fetch_ptrace,
	rn_fetch_kcmp;

/* What a command of ioctl, fcntl, .. has behind an argument: the rows of capture/command.c. */
enum rn_rule_how {
	RN_RULE_BYTES,   /* n bytes */
	RN_RULE_WORDS,   /* n words of the ABI */
	RN_RULE_STRING,  /* NUL-terminated, at most n bytes */
	RN_RULE_LEN_ARG, /* as many bytes as argument n says */
	RN_RULE_RET,     /* as many bytes as the result says */
	RN_RULE_FPROG,   /* a seccomp program */
	RN_RULE_BLKPG,   /* struct blkpg_ioctl_arg and the partition it points to */
	RN_RULE_SOME,    /* as much as is shown of a buffer: its length lies in another structure */
	RN_RULE_IOVEC,   /* one struct iovec and its buffer */
};

struct rn_command_rule {
	uint32_t command;
	uint8_t arg;
	uint8_t dir;
	uint8_t how;
	uint16_t n;
};

/* All rows there are, for whoever walks without the walkers (the bpf backend). */
struct rn_command_table {
	enum rn_arg_kind kind; /* of the arguments it is for */
	enum rn_abi abi;       /* NONE: any */
	uint8_t arg;           /* that stands in for the rows'; 0: theirs */
	const struct rn_command_rule *rules;
	size_t n;
};
extern const struct rn_command_table rn_command_tables[];
extern const size_t rn_n_command_tables;

#endif
