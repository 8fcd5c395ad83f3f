/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/transpiler_map.h"
#include "shared/buffer.h"

#include <criterion/criterion.h>

TestSuite(transpiler_map, .timeout = 60);

#define MAPPING "{\"rust_line\": 5, \"rust_function\": \"process\", \"python_line\": 2, " \
	"\"python_function\": \"process_data\", \"python_context\": \"x = f(y)\"}"
#define MAP(mappings, functions) "{\"version\": 1, \"source_language\": \"python\", " \
	"\"source_file\": \"sim.py\", \"generated_file\": \"src/sim.rs\", \"mappings\": [" mappings \
	"], \"function_map\": {" functions "}, \"later\": [1]}"

static int parse(struct rn_transpiler_maps *m, const char *text, struct rn_error *err)
{
	return rn_transpiler_maps_parse(m, "map.json", rn_bytes_str(text), err);
}

static struct rn_transpiler_maps *maps_of(const char *text)
{
	struct rn_error err = { 0 };
	struct rn_transpiler_maps *m = rn_transpiler_maps_new();
	cr_assert_eq(parse(m, text, &err), 0, "%s", err.message);
	return m;
}

static void expect_text(struct rn_bytes got, const char *wanted)
{
	cr_expect(rn_bytes_equal(got, rn_bytes_str(wanted)), "'%.*s' is not '%s'", (int)got.len,
		(const char *)got.p, wanted);
}

Test(transpiler_map, a_line_leads_back_to_its_source)
{
	struct rn_transpiler_maps *m = maps_of(MAP(MAPPING ", {\"rust_line\": 5, \"rust_function\": "
		"\"x\", \"python_line\": 99, \"python_function\": \"late\", \"python_context\": \"\"}", ""));
	const struct rn_transpiler_map *map = rn_transpiler_maps_of(m, rn_bytes_str("/a/b/src/sim.rs"));
	cr_assert_not_null(map);
	expect_text(map->source_file, "sim.py");
	expect_text(map->language, "python");
	const struct rn_mapping *line = rn_transpiler_map_line(map, 5);
	cr_assert_not_null(line);
	cr_expect_eq(line->source_line, 2, "the first mapping of a line counts");
	expect_text(line->source_function, "process_data");
	expect_text(line->context, "x = f(y)");
	cr_expect_null(rn_transpiler_map_line(map, 4));
	cr_expect_null(rn_transpiler_map_line(map, 6));
	rn_transpiler_maps_free(m);
}

Test(transpiler_map, the_generated_file_matches_by_whole_parts_of_the_path)
{
	struct rn_transpiler_maps *m = maps_of(MAP(MAPPING, ""));
	cr_expect_not_null(rn_transpiler_maps_of(m, rn_bytes_str("src/sim.rs")));
	cr_expect_not_null(rn_transpiler_maps_of(m, rn_bytes_str("./src/sim.rs")));
	cr_expect_not_null(rn_transpiler_maps_of(m, rn_bytes_str("sim.rs")));
	cr_expect_null(rn_transpiler_maps_of(m, rn_bytes_str("src/xsim.rs")));
	cr_expect_null(rn_transpiler_maps_of(m, rn_bytes_str("xsrc/sim.rs")));
	cr_expect_null(rn_transpiler_maps_of(m, rn_bytes_str("other/sim.rs")));
	cr_expect_null(rn_transpiler_maps_of(m, rn_bytes_str("")));
	rn_transpiler_maps_free(m);
}

Test(transpiler_map, of_several_maps_the_one_with_most_of_the_path_counts)
{
	struct rn_transpiler_maps *m = maps_of("{\"version\":1,\"source_language\":\"c\",\"source_file\":"
		"\"a.c\",\"generated_file\":\"lib.rs\",\"mappings\":[],\"function_map\":{}}");
	cr_assert_eq(parse(m, "{\"version\":1,\"source_language\":\"c\",\"source_file\":"
		"\"b.c\",\"generated_file\":\"b/lib.rs\",\"mappings\":[],\"function_map\":{}}", NULL), 0);
	expect_text(rn_transpiler_maps_of(m, rn_bytes_str("/x/b/lib.rs"))->source_file, "b.c");
	expect_text(rn_transpiler_maps_of(m, rn_bytes_str("/x/c/lib.rs"))->source_file, "a.c");
	rn_transpiler_maps_free(m);
}

Test(transpiler_map, functions_are_known_by_their_last_part_and_described)
{
	struct rn_mapped_function f;
	struct rn_bytes none = rn_bytes_of(NULL, 0);
	struct rn_transpiler_maps *m = maps_of(MAP(MAPPING, "\"helper\": \"sorts the list\""));
	cr_assert(rn_transpiler_maps_function(m, none, rn_bytes_str("sim::process"), &f));
	expect_text(f.source_function, "process_data");
	cr_expect_eq(f.description.len, 0);
	cr_assert(rn_transpiler_maps_function(m, rn_bytes_str("src/sim.rs"), rn_bytes_str("helper"), &f));
	expect_text(f.description, "sorts the list");
	cr_expect_eq(f.source_function.len, 0);
	cr_expect_not(rn_transpiler_maps_function(m, rn_bytes_str("x.rs"), rn_bytes_str("helper"), &f));
	cr_expect_not(rn_transpiler_maps_function(m, none, rn_bytes_str("process2"), &f));
	rn_transpiler_maps_free(m);
}

Test(transpiler_map, neutral_names_mean_the_same)
{
	struct rn_transpiler_maps *m = maps_of(MAP("{\"generated_line\": 7, \"generated_function\": \"f\", "
		"\"source_line\": 3, \"source_function\": \"g\", \"source_context\": \"c\"}", ""));
	const struct rn_transpiler_map *map = rn_transpiler_maps_of(m, rn_bytes_str("src/sim.rs"));
	const struct rn_mapping *line = rn_transpiler_map_line(map, 7);
	cr_assert_not_null(line);
	cr_expect_eq(line->source_line, 3);
	expect_text(line->source_function, "g");
	rn_transpiler_maps_free(m);
}

/* Every way to be wrong has words of its own. */
Test(transpiler_map, every_error_is_told_apart)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "invalid JSON" }, { "{\"version\": 1,", "invalid JSON" }, { "[]", "not a JSON object" },
		{ "{}", "missing field 'version'" }, { "{\"version\": 999}", "unsupported version 999" },
		{ "{\"version\": \"1\"}", "not a number: field 'version'" },
		{ "{\"version\": 1}", "missing field 'source_language'" },
		{ "{\"version\":1,\"source_language\":\"\"}", "empty field 'source_language'" },
		{ "{\"version\":1,\"source_language\":7}", "not a string: field 'source_language'" },
		{ "{\"version\":1,\"source_language\":\"c\",\"source_file\":\"\"}",
			"empty field 'source_file'" },
		{ "{\"version\":1,\"source_language\":\"c\",\"source_file\":\"a\"}",
			"missing field 'generated_file'" },
		{ "{\"version\":1,\"source_language\":\"c\",\"source_file\":\"a\",\"generated_file\":\"b\"}",
			"missing field 'mappings'" },
		{ "{\"version\":1,\"source_language\":\"c\",\"source_file\":\"a\",\"generated_file\":\"b\","
			"\"mappings\":[]}", "missing field 'function_map'" },
		{ MAP("{}", ""), "missing field 'rust_line' in mapping 1" },
		{ MAP("{\"rust_line\": -1}", ""), "not a line number: field 'rust_line' in mapping 1" },
		{ MAP(MAPPING ", 5", ""), "not an object: 'mappings' in mapping 2" },
		{ MAP("", "\"f\": 5"), "not a string: member 'f'" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rn_transpiler_maps *m = rn_transpiler_maps_new();
		struct rn_error err = { 0 };
		cr_expect_eq(parse(m, cases[i].text, &err), RN_E_USAGE, "%s", cases[i].text);
		cr_expect(strstr(err.message, cases[i].words), "'%s' is not '%s'", err.message,
			cases[i].words);
		cr_expect(strstr(err.message, "map.json"));
		cr_expect_eq(rn_transpiler_maps_n(m), 0);
		rn_transpiler_maps_free(m);
	}
	struct rn_error err = { 0 };
	struct rn_transpiler_maps *m = rn_transpiler_maps_new();
	cr_expect_eq(rn_transpiler_maps_add(m, "/no/such/map.json", &err), RN_E_USAGE);
	cr_expect(strstr(err.message, "/no/such/map.json") && strstr(err.message, "No such file"));
	rn_transpiler_maps_free(m);
}
