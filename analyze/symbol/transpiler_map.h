/* SPDX-License-Identifier: MIT */
/**
 * transpiler_map - from lines of generated code back to the source it was generated from.
 *
 * A map is a JSON file, version 1: version, source_language, source_file, generated_file,
 * mappings [{rust_line, rust_function, python_line, python_function, python_context}] and
 * function_map {generated name: description}. Whatever the languages, these names serve;
 * generated_line, generated_function, source_line, source_function and source_context mean the
 * same. Unknown members are ignored. A map is for the files that end in its generated_file, by whole
 * parts of the path; of several mappings of a line the first counts.
 */
#ifndef RN_ANALYZE_SYMBOL_TRANSPILER_MAP_H
#define RN_ANALYZE_SYMBOL_TRANSPILER_MAP_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>

#define RN_MAP_MAX_BYTES ((uint64_t)256 << 20)

struct rn_mapping {
	uint32_t line;            /* of the generated file */
	uint32_t source_line;
	struct rn_bytes function; /* generated */
	struct rn_bytes source_function, context;
};

/* Texts live as long as the maps. */
struct rn_transpiler_map {
	struct rn_bytes path;     /* of the map */
	struct rn_bytes language, source_file, generated_file;
	const struct rn_mapping *mapping; /* in the order of the file */
	size_t n;
};

struct rn_transpiler_maps;

struct rn_transpiler_maps *rn_transpiler_maps_new(void); /* NULL: no memory */
void rn_transpiler_maps_free(struct rn_transpiler_maps *m);
/** Every error names the file: RN_E_USAGE with a message of its own for a file that is not there, that
 *  is no JSON, that lacks a member, has an empty one or one of the wrong type, or has another version;
 *  RN_E_NOMEM. */
int rn_transpiler_maps_add(struct rn_transpiler_maps *m, const char *path, struct rn_error *err);
/** The same from text; path is for messages. */
int rn_transpiler_maps_parse(struct rn_transpiler_maps *m, const char *path, struct rn_bytes json,
	struct rn_error *err);

/** The map of a generated file: the one whose generated_file has most of the path in common. NULL. */
const struct rn_transpiler_map *rn_transpiler_maps_of(const struct rn_transpiler_maps *m,
	struct rn_bytes file);
/** The first mapping of a line; NULL: none. */
const struct rn_mapping *rn_transpiler_map_line(const struct rn_transpiler_map *map, uint32_t line);

/* What the maps know of a function. */
struct rn_mapped_function {
	const struct rn_transpiler_map *map;
	struct rn_bytes source_function; /* empty: only described */
	struct rn_bytes description;     /* empty: none */
};
/** By its name, or by the last part of a qualified one ("crate::module::f"). file empty: in any map; else
 *  in that file's. False: no map mentions it. */
bool rn_transpiler_maps_function(const struct rn_transpiler_maps *m, struct rn_bytes file,
	struct rn_bytes function, struct rn_mapped_function *out);
size_t rn_transpiler_maps_n(const struct rn_transpiler_maps *m);

#endif
