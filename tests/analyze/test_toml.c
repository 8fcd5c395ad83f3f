/* SPDX-License-Identifier: MIT */
/* Documents of TOML 1.0 and what is in them; documents that are none, and the line that says so. */
#include "analyze/toml/toml.h"
#include "shared/buffer.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

static struct rn_arena arena;
static struct rn_buffer out;

static void finish(void)
{
	rn_arena_fini(&arena);
	rn_buffer_fini(&out);
}

TestSuite(toml, .fini = finish);

/* A value on one line: strings as <text>, the rest as it is understood. */
static void put(const struct rn_toml *v)
{
	switch (v->kind) {
	case RN_TOML_STRING:
		rn_put_format(&out, "<%.*s>", (int)v->text.len, (const char *)v->text.p);
		break;
	case RN_TOML_INTEGER:
		rn_put_format(&out, "%lld", (long long)v->integer);
		break;
	case RN_TOML_FLOAT:
		rn_put_format(&out, "%gf", v->real);
		break;
	case RN_TOML_BOOLEAN:
		rn_put_text(&out, v->boolean ? "yes" : "no");
		break;
	case RN_TOML_DATE:
		rn_put_format(&out, "@%.*s", (int)v->text.len, (const char *)v->text.p);
		break;
	default:
		rn_put_text(&out, v->kind == RN_TOML_ARRAY ? "[" : "{");
		for (const struct rn_toml *c = v->first; c; c = c->next) {
			if (v->kind == RN_TOML_TABLE)
				rn_put_format(&out, "%.*s=", (int)c->key.len, (const char *)c->key.p);
			put(c);
			rn_put_text(&out, c->next ? " " : "");
		}
		rn_put_text(&out, v->kind == RN_TOML_ARRAY ? "]" : "}");
	}
}

struct pair { const char *document, *means; };

static void expect(const struct pair *pair, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rn_toml *root;
		struct rn_error err = { 0 };
		rn_buffer_clear(&out);
		int rc = rn_toml_parse(&root, rn_bytes_str(pair[i].document), &arena, &err);
		cr_assert_eq(rc, 0, "%s\n%s", pair[i].document, err.message);
		put(root);
		cr_assert_str_eq(rn_buffer_cstr(&out), pair[i].means, "%s\n%s", pair[i].document,
			rn_buffer_cstr(&out));
	}
}
#define EXPECT(...) do { \
	static const struct pair pairs[] = { __VA_ARGS__ }; \
	expect(pairs, sizeof(pairs) / sizeof(pairs[0])); \
} while (0)

Test(toml, names_are_bare_quoted_and_dotted)
{
	EXPECT({ "", "{}" }, { "# nothing\n\r\n", "{}" }, { "a=1", "{a=1}" }, { "\xef\xbb\xbf" "a=1", "{a=1}" },
		{ "a-b_3 = 1 # remark\n\"c d\" = 2\n'e\"' = 3", "{a-b_3=1 c d=2 e\"=3}" },
		{ "\"\" = 1", "{=1}" }, { "3.14 = 1", "{3={14=1}}" },
		{ "a . \"b.c\" . d = 1\na.e = 2", "{a={b.c={d=1} e=2}}" });
}

Test(toml, strings_have_four_spellings)
{
	EXPECT({ "a = \"\\b\\t\\n\\f\\r\\\"\\\\\"", "{a=<\b\t\n\f\r\"\\>}" },
		{ "a = \"\\u00e9\\U0001F600\"", "{a=<\xc3\xa9\xf0\x9f\x98\x80>}" },
		{ "a = 'C:\\n\"'", "{a=<C:\\n\">}" }, { "a = \"\"", "{a=<>}" },
		{ "a = \"\"\"\none\r\ntwo\"\"\"", "{a=<one\ntwo>}" },
		{ "a = \"\"\"x \\  \n\n\t y\"\"\"", "{a=<x y>}" },
		{ "a = \"\"\"\"two\"\"\"\"\"", "{a=<\"two\"\">}" }, { "a = ''''a'''''", "{a=<'a''>}" },
		{ "a = '''\n\\x\n'''", "{a=<\\x\n>}" });
}

Test(toml, numbers_booleans_and_dates)
{
	EXPECT({ "a = [+99, -17, 0, 1_000, 0xDEAD_beef, 0o755, 0b11, -0]", "{a=[99 -17 0 1000 3735928559 493 3 0]}" },
		{ "a = [9223372036854775807, -9223372036854775808]", "{a=[9223372036854775807 -9223372036854775808]}" },
		{ "a = [1.5, -0.0, 5e+22, 1E06, 6.25e-2, 1_0.2_5, inf, -inf, nan]",
			"{a=[1.5f -0f 5e+22f 1e+06f 0.0625f 10.25f inff -inff nanf]}" },
		{ "a = [true, false]", "{a=[yes no]}" },
		{ "a = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00.999-07:00, 2000-02-29, 07:32:00.5, "
			"1979-05-27t07:32:00]", "{a=[@1979-05-27T07:32:00Z @1979-05-27 00:32:00.999-07:00 "
			"@2000-02-29 @07:32:00.5 @1979-05-27t07:32:00]}" });
}

Test(toml, arrays_and_tables_hold_values)
{
	EXPECT({ "a = [ ]", "{a=[]}" }, { "a = [ # one\n 1 ,\n\n 'b', # two\n]", "{a=[1 <b>]}" },
		{ "a = [[1],[{b=2}]]", "{a=[[1] [{b=2}]]}" }, { "a = {}", "{a={}}" },
		{ "a = { b.c = 1, d = [\n1\n], b.e = 2 }", "{a={b={c=1 e=2} d=[1]}}" },
		{ "[a]\nb=1\n[ c . 'd' ]\ne=2\n[c]\nf=3", "{a={b=1} c={d={e=2} f=3}}" },
		{ "[[a]]\nb=1\n[[a]]\n[a.c]\nd=2\n[[a.e]]\n[[a.e]]", "{a=[{b=1} {c={d=2} e=[{} {}]}]}" },
		{ "[a.b.c]\nx=1\n[a]\ny=2", "{a={b={c={x=1}} y=2}}" },
		{ "[fruit]\napple.color=1\n[fruit.apple.taste]\nx=2", "{fruit={apple={color=1 taste={x=2}}}}" });
}

struct wrong { char document[80]; char words[64]; };

ParameterizedTestParameters(toml, refused)
{
	static struct wrong wrong[] = {
		{ "a", "line 1: there should be a =" },
		{ "\n\n= 1", "line 3: there should be a name" },
		{ "a =", "line 1: there should be a value" },
		{ "a = 1 b = 2", "line 1: the line should end" },
		{ "a = 1\na = 2", "line 2: 'a' is defined already, in line 1" },
		{ "a.b = 1\na = 2", "line 2: 'a' is defined already" },
		{ "a = 1\na.b = 2", "line 2: 'a' is defined already" },
		{ "[a]\n[a]", "line 2: 'a' is defined already, in line 1" },
		{ "[a]\nb.c=1\n[a.b]", "line 3: 'b' is defined already" },
		{ "[a.b]\n[a]\nb.c=1", "line 3: 'b' is defined already" },
		{ "a = {b=1}\n[a.c]", "line 2: 'a' is no table that could be added to" },
		{ "a = [1]\n[[a]]", "line 2: 'a' is defined already" },
		{ "[[a]]\n[a]", "line 2: 'a' is defined already" },
		{ "[a]\n[[a]]", "line 2: 'a' is defined already" },
		{ "[a", "line 1: a header should end with ]" },
		{ "[[a] ]", "line 1: a header should end with ]]" },
		{ "[]", "line 1: there should be a name" },
		{ "a = 01", "line 1: '01' is no value" },
		{ "a = 1__0", "is no value" },
		{ "a = _1", "is no value" },
		{ "a = 1.", "is no value" },
		{ "a = .5", "is no value" },
		{ "a = +0x1", "is no value" },
		{ "a = 0xg", "is no value" },
		{ "a = 9223372036854775808", "out of range" },
		{ "a = yes", "text has quotes around it" },
		{ "a = 2001-02-29", "is no value" },
		{ "a = 24:00:00", "is no value" },
		{ "a = 1979-05-27T07:32", "is no value" },
		{ "a = \"b", "line 1: a string without its end" },
		{ "a = \"b\n\"", "line 1: a string ends on its line" },
		{ "a = \"\"\"\nb", "line 1: a string without its end" },
		{ "a = \"\\x41\"", "no such escape" },
		{ "a = \"\\ud800\"", "is no character" },
		{ "a = \"\\u12\"", "takes 4 hexadecimal digits" },
		{ "a = \"\x01\"", "control character" },
		{ "# \x7f", "control character" },
		{ "a = [1 2]", "comma or ]" },
		{ "a = [1", "comma or ]" },
		{ "a = [,]", "there should be a value" },
		{ "a = {b=1,}", "there should be a name" },
		{ "a = {b=1\n}", "comma or }" },
		{ "a = \"\xff\"", "line 1: bytes that are no UTF-8" },
		{ "\n\xed\xa0\x80 = 1", "line 2: bytes that are no UTF-8" },
		{ "a = 1\r", "line 1" },
	};
	return cr_make_param_array(struct wrong, wrong, sizeof(wrong) / sizeof(wrong[0]));
}

ParameterizedTest(struct wrong *w, toml, refused)
{
	const struct rn_toml *root;
	struct rn_error err = { 0 };
	int rc = rn_toml_parse(&root, rn_bytes_str(w->document), &arena, &err);
	cr_assert_eq(rc, RN_E_USAGE, "%s", w->document);
	cr_assert(strstr(err.message, w->words), "%s: %s", w->document, err.message);
}

Test(toml, depth_and_length_have_ends)
{
	const struct rn_toml *root;
	struct rn_error err = { 0 };
	rn_put_text(&out, "a=");
	for (int i = 0; i < 100000; i++)
		rn_put_u8(&out, '[');
	cr_assert_eq(rn_toml_parse(&root, rn_buffer_bytes(&out), &arena, &err), RN_E_USAGE);
	cr_assert(strstr(err.message, "within each other"));
	rn_buffer_clear(&out);
	rn_put_zeros(&out, RN_TOML_MAX_BYTES + 1);
	cr_assert_eq(rn_toml_parse(&root, rn_buffer_bytes(&out), &arena, &err), RN_E_LIMIT);
}

Test(toml, values_know_their_lines)
{
	const struct rn_toml *root;
	cr_assert_eq(rn_toml_parse(&root, rn_bytes_str("x = \"\"\"\n\n\"\"\"\n\n[t]\ny = [\n1]\n"), &arena, NULL), 0);
	cr_assert_eq(rn_toml_get(root, "x")->line, 1);
	cr_assert_eq(rn_toml_get(root, "t")->line, 5);
	cr_assert_eq(rn_toml_get(rn_toml_get(root, "t"), "y")->first->line, 7);
	cr_assert_null(rn_toml_get(root, "z"));
}
