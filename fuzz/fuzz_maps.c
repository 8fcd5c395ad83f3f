/* SPDX-License-Identifier: MIT */
/* Transpiler maps: refused with a message of their own, or every line and name they know leads somewhere. */
#include "analyze/symbol/rewriter.h"
#include "analyze/symbol/transpiler_map.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

static void look_up(const struct rn_transpiler_maps *m, struct rn_bytes text)
{
	struct rn_mapped_function f;
	struct rn_buffer out = RN_BUFFER_INIT;
	const struct rn_transpiler_map *map = rn_transpiler_maps_of(m, rn_bytes_str("src/a.rs"));
	for (uint32_t line = 0; map && line < 64; line++) {
		const struct rn_mapping *found = rn_transpiler_map_line(map, line);
		check(!found || found->line == line);
	}
	for (size_t i = 0; map && i < map->n && i < 64; i++) {
		const struct rn_mapping *found = rn_transpiler_map_line(map, map->mapping[i].line);
		check(found && found <= &map->mapping[i]);
		if (map->mapping[i].function.len && map->mapping[i].source_function.len)
			check(rn_transpiler_maps_function(m, map->generated_file,
				map->mapping[i].function, &f));
	}
	rn_rewrite_line(&out, m, text);
	rn_buffer_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_transpiler_maps *m = rn_transpiler_maps_new();
	struct rn_error err = { 0 };
	int rc = rn_transpiler_maps_parse(m, "fuzz", rn_bytes_of(data, size), &err);
	check(rc == 0 || (rc == RN_E_USAGE && err.message[0]));
	check(rn_transpiler_maps_n(m) == (rc == 0));
	look_up(m, rn_bytes_of(data, size < 4096 ? size : 4096));
	rn_transpiler_maps_free(m);
	return 0;
}
