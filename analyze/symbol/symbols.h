/* SPDX-License-Identifier: MIT */
/**
 * symbols - what a frame is called and where its source is: functions, files, lines, inlining.
 *
 * Names come, in this order and only with the module's own build-id, from the image
 * in the trace, --debug-dir folders and the system's build-id folders, debuginfod where
 * that was allowed, the file itself (below --sysroot). Files, lines and inlined calls come
 * from DWARF where it is found, and only when they are wanted: names alone are the same
 * wherever a trace is read. C++ and Rust names are demangled. Transpiler maps are applied here,
 * so that every user of a frame sees the original language. One owner thread.
 */
#ifndef RN_ANALYZE_SYMBOL_SYMBOLS_H
#define RN_ANALYZE_SYMBOL_SYMBOLS_H

#include "analyze/stack/modules.h"
#include "analyze/stack/stacks.h"
#include "analyze/symbol/find.h"
#include "analyze/symbol/transpiler_map.h"

/* What a transpiler map says of a level. Strings live as long as the maps. */
struct rn_origin {
	struct rn_bytes file;        /* the original's */
	struct rn_bytes function;    /* empty: the map does not tell */
	uint32_t line;               /* 0: no mapping of this line */
	struct rn_bytes context;     /* the map's remark on this line; may be empty */
	struct rn_bytes description; /* of the function; may be empty */
	struct rn_bytes language;
};

/* One level of a frame: the function itself, or one inlined there. Strings live as long as the
 * symbols; empty: unknown. */
struct rn_symbol {
	struct rn_bytes function;  /* demangled, without parameters; empty: no name known */
	struct rn_bytes signature; /* the same with parameters (C++) */
	struct rn_bytes linkage;   /* as in the symbol table */
	struct rn_bytes file;      /* as the compiler was told */
	uint32_t line;             /* 0: unknown */
	uint32_t column;
	uint64_t offset;           /* of the pc within the function */
	bool inlined;              /* into the next level */
	const struct rn_origin *origin; /* NULL: no map speaks of it */
};

struct rn_symbols;
/** Everything borrowed; maps may be NULL. NULL: no memory. */
struct rn_symbols *rn_symbols_new(struct rn_reader *reader, struct rn_modules_table *modules,
	const struct rn_symbol_options *options, const struct rn_transpiler_maps *maps);
void rn_symbols_free(struct rn_symbols *s);

/** The levels of a frame, innermost first; at least one, whose function may be empty. Looked up
 *  once per frame. 0 or RN_E_NOMEM. */
int rn_symbols_of(struct rn_symbols *s, const struct rn_frame *frame,
	const struct rn_symbol **levels, unsigned *n, struct rn_error *err);

/* Levels that were looked up in another run, by the same frames. */
struct rn_known_symbols {
	/** Of a frame whose module's names and lines come from where they came from then. False: not known. The
	 *  levels are without origins. */
	bool (*of)(void *arg, struct rn_symbols *s, const struct rn_frame *frame, const struct rn_symbol **levels,
		unsigned *n);
	void *arg;
};
/** Before anything is asked. Borrowed, with the strings of the levels, for the life of the symbols. */
void rn_symbols_know(struct rn_symbols *s, const struct rn_known_symbols *known);
/** How many frames were looked up that were not known, and all of those looked up: module, addr and pc_addr of
 *  each. */
uint32_t rn_symbols_n_new(const struct rn_symbols *s);
uint32_t rn_symbols_n(const struct rn_symbols *s);
void rn_symbols_at(const struct rn_symbols *s, uint32_t i, struct rn_frame *frame, const struct rn_symbol **levels,
	unsigned *n);
/** Whether it looks for files and lines, too. */
bool rn_symbols_wants_lines(const struct rn_symbols *s);

/** Whether lines are wanted and the module of a frame asked about before has them. */
bool rn_symbols_has_lines(const struct rn_symbols *s, uint32_t module);

/** What to set as the modules' finder (arg: the symbols): the code of a module that the trace has no image of. */
int rn_symbols_find_image(void *symbols, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err);

/** The same, but where it lies: *path NULL: nowhere. Lives as long as the symbols. */
int rn_symbols_find_image_path(struct rn_symbols *s, const struct rn_module *module, const char **path,
	struct rn_error *err);

enum rn_symbols_from { RN_FROM_NOWHERE, RN_FROM_TRACE, RN_FROM_FILE };

/* A file that had the right name and the wrong build-id. */
struct rn_refused {
	const char *path;
	struct rn_bytes build_id; /* its own; empty: none */
	const struct rn_refused *next;
};

/* How it stands with a module's symbols, after having looked for both names and lines. */
struct rn_symbols_facts {
	enum rn_symbols_from names_from, lines_from;
	const char *names_path, *lines_path; /* of files; else NULL */
	const char *alt_path;         /* what the lines' file shares with others (dwz(1)); NULL: nothing, or it
	                               * is in the trace, or missing */
	struct rn_bytes alt_build_id; /* empty: there is no such file */
	bool alt_missing;             /* there is, but it was not found */
	size_t n_names;
	bool exported_only;      /* the names are those of .dynsym */
	const struct rn_refused *refused; /* NULL: none */
	struct rn_bytes debug_link;
};
int rn_symbols_facts(struct rn_symbols *s, uint32_t module, struct rn_symbols_facts *out,
	struct rn_error *err);
/** The same, but lines are looked for only where they are wanted. */
int rn_symbols_sources(struct rn_symbols *s, uint32_t module, struct rn_symbols_facts *out,
	struct rn_error *err);

#endif
