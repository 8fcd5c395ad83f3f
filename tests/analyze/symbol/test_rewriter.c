/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/rewriter.h"

#include <criterion/criterion.h>

TestSuite(rewriter, .timeout = 60);

static const char map[] = "{\"version\":1,\"source_language\":\"python\",\"source_file\":\"sim.py\","
	"\"generated_file\":\"src/sim.rs\",\"function_map\":{},\"mappings\":[{\"rust_line\":42,"
	"\"rust_function\":\"f\",\"python_line\":7,\"python_function\":\"g\",\"python_context\":\"\"}]}";

static struct rn_transpiler_maps *make_maps(void)
{
	struct rn_transpiler_maps *m = rn_transpiler_maps_new();
	cr_assert_eq(rn_transpiler_maps_parse(m, "m", rn_bytes_str(map), NULL), 0);
	return m;
}

Test(rewriter, places_of_compilers_panics_and_python)
{
	static const struct {
		const char *line, *becomes;
	} cases[] = {
		{ "thread 'main' panicked at 'x', src/sim.rs:42:5", "thread 'main' panicked at 'x', sim.py:7" },
		{ "thread 'main' panicked at src/sim.rs:42:5:", "thread 'main' panicked at sim.py:7:" },
		{ "  --> src/sim.rs:42:17", "  --> sim.py:7" },
		{ "/home/u/src/sim.rs:42: error", "sim.py:7: error" },
		{ "  File \"src/sim.rs\", line 42, in f", "  File \"sim.py\", line 7, in f" },
		{ "(src/sim.rs:42) and src/sim.rs:42", "(sim.py:7) and sim.py:7" },
		{ "src/sim.rs:43:5", NULL }, { "src/sim.rs", NULL }, { "src/sim.rs:", NULL },
		{ "src/sim.rs:42000000000000", NULL }, { "xsrc/sim.rs:42", NULL }, { "", NULL },
		{ ":42", NULL },
	};
	struct rn_transpiler_maps *m = make_maps();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rn_buffer out = RN_BUFFER_INIT;
		bool any = rn_rewrite_line(&out, m, rn_bytes_str(cases[i].line));
		cr_expect_eq(any, cases[i].becomes != NULL, "%s", cases[i].line);
		cr_expect_str_eq(rn_buffer_cstr(&out), any ? cases[i].becomes : cases[i].line);
		rn_buffer_fini(&out);
	}
	rn_transpiler_maps_free(m);
}

static void write_text(struct rn_rewriter *r, uint32_t process, const char *text, struct rn_buffer *out)
{
	struct rn_span span = { .addr = 0x1000, .wanted = (uint32_t)strlen(text),
		.len = (uint32_t)strlen(text), .arg = 1, .phase = RN_PHASE_ENTRY,
		.bytes = (const uint8_t *)text };
	struct rn_call call = { .abi = RN_ABI_X86_64, .nr = 1, .args = { 2, 0x1000, strlen(text) },
		.ret = (int64_t)strlen(text), .n_spans = 1, .spans = &span };
	cr_assert_eq(rn_rewriter_call(r, process, &call, out, NULL), 0);
}

Test(rewriter, a_line_written_in_pieces_is_one_and_processes_do_not_mix)
{
	struct rn_transpiler_maps *m = make_maps();
	struct rn_rewriter *r = rn_rewriter_new(m);
	struct rn_buffer out = RN_BUFFER_INIT;
	write_text(r, 1, "at src/si", &out);
	write_text(r, 2, "other\n", &out);
	write_text(r, 1, "m.rs:42", &out);
	write_text(r, 1, ":5", &out);
	cr_expect_eq(out.len, 0);
	write_text(r, 1, "\nnothing here\nsrc/sim.rs:42\nrest", &out);
	cr_expect_str_eq(rn_buffer_cstr(&out), "at sim.py:7\nsim.py:7\n");
	rn_buffer_clear(&out);
	write_text(r, 2, "src/sim.rs:42", &out);
	rn_rewriter_rest(r, &out);
	cr_expect_str_eq(rn_buffer_cstr(&out), "sim.py:7\n");
	rn_buffer_fini(&out);
	rn_rewriter_free(r);
	rn_transpiler_maps_free(m);
}
