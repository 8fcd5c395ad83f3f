/* SPDX-License-Identifier: MIT */
/**
 * cfi_entry - one description (FDE) with what it shares with others (CIE), and its program.
 *
 * Private to cfi*.c.
 */
#ifndef RN_ANALYZE_STACK_CFI_ENTRY_H
#define RN_ANALYZE_STACK_CFI_ENTRY_H

#include "analyze/stack/cfi.h"
#include "shared/cursor.h"

/* A section of entries. */
struct rn_cfi_section {
	struct rn_code_section s;
	bool is_eh;          /* .eh_frame: lengths, ids and addresses are written otherwise */
	uint8_t word_bytes;
	uint64_t data_base;  /* of DW_EH_PE_datarel */
};

struct rn_cie {
	uint64_t code_align;
	int64_t data_align;
	uint8_t ra_column;
	uint8_t encoding;    /* of addresses: DW_EH_PE_* */
	bool has_length;     /* augmentation data has one ('z') */
	bool signal_frame;
	struct rn_bytes program;
};

struct rn_fde {
	struct rn_cie cie;
	uint64_t begin, len; /* addresses */
	struct rn_bytes program;
};

enum rn_cfi_kind { RN_CFI_END, RN_CFI_CIE, RN_CFI_FDE, RN_CFI_BAD };

/** What stands at *at of the section, which is moved behind it. *cie_at: of an FDE, where its CIE
 *  stands. body: behind the id. RN_CFI_BAD: pass over it; RN_CFI_END: nothing more can be read. */
enum rn_cfi_kind rn_cfi_next(const struct rn_cfi_section *s, uint64_t *at, uint64_t *cie_at,
	struct rn_bytes *body);
bool rn_cfi_cie(const struct rn_cfi_section *s, uint64_t at, struct rn_cie *out);
/** From the body of an FDE whose CIE is in out->cie. */
bool rn_cfi_fde(const struct rn_cfi_section *s, struct rn_bytes body, struct rn_fde *out);
/** Runs the programs up to addr. False: they make no sense. */
bool rn_cfi_run(const struct rn_cfi_section *s, const struct rn_fde *f, uint64_t addr,
	struct rn_cfi_row *row);

uint64_t rn_cfi_uleb(struct rn_cursor *c);
int64_t rn_cfi_sleb(struct rn_cursor *c);
/** An address as `encoding` writes it. */
uint64_t rn_cfi_address(const struct rn_cfi_section *s, struct rn_cursor *c, uint8_t encoding);

#endif
