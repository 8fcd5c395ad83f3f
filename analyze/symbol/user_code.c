/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/user_code.h"

#include "shared/regex.h"
#include "shared/syscall.h"

#include <stdlib.h>

struct rn_user_code {
	const struct rn_strings *words;
	struct rn_regex **regex; /* by word; NULL: it is a path */
};

static bool is_regex(const char *word)
{
	size_t len = strlen(word);
	return len > 1 && word[0] == '/' && word[len - 1] == '/' && strpbrk(word, "*.+?([{^$|\\");
}

int rn_user_code_new(struct rn_user_code **out, const struct rn_strings *words, struct rn_error *err)
{
	int rc = 0;
	struct rn_user_code *u = *out = calloc(1, sizeof(*u));
	if (!u || !(u->regex = calloc(words->n + 1, sizeof(*u->regex))))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (u)
		u->words = words;
	for (size_t i = 0; i < words->n && !rc; i++) {
		const char *word = words->item[i];
		if (is_regex(word))
			rc = rn_regex_new(&u->regex[i], rn_bytes_of(word + 1, strlen(word) - 2), err);
		if (rc == RN_E_USAGE)
			rn_error_prefix(err, "--user-code");
	}
	if (rc) {
		rn_user_code_free(u);
		*out = NULL;
	}
	return rc;
}

void rn_user_code_free(struct rn_user_code *u)
{
	if (!u)
		return;
	for (size_t i = 0; u->regex && i < u->words->n; i++)
		rn_regex_free(u->regex[i]);
	free(u->regex);
	free(u);
}

static bool begins_with(struct rn_bytes s, const char *start)
{
	size_t n = strlen(start);
	return s.len >= n && memcmp(s.p, start, n) == 0;
}

static bool begins_with_one(struct rn_bytes s, const char *const *starts)
{
	for (; *starts; starts++)
		if (begins_with(s, *starts))
			return true;
	return false;
}

static bool contains(struct rn_bytes s, const char *part)
{
	return s.len && memmem(s.p, s.len, part, strlen(part));
}

static bool fits_words(const struct rn_user_code *u, struct rn_bytes module, const struct rn_symbol *s)
{
	for (size_t i = 0; i < u->words->n; i++) {
		const struct rn_regex *regex = u->regex[i];
		if (!regex && (begins_with(module, u->words->item[i]) ||
			begins_with(s->file, u->words->item[i])))
			return true;
		/* What takes too long fits not. */
		if (regex && (rn_regex_search(regex, module, NULL) == 1 ||
			rn_regex_search(regex, s->file, NULL) == 1 ||
			rn_regex_search(regex, s->function, NULL) == 1))
			return true;
	}
	return false;
}

/* Programs live there, too: only shared libraries count. */
static bool is_system_library(struct rn_bytes path)
{
	static const char *const folders[] = { "/lib/", "/lib32/", "/lib64/", "/libx32/", "/usr/lib/",
		"/usr/lib32/", "/usr/lib64/", "/usr/libx32/", "/usr/local/lib/", "/nix/store/",
		"/snap/", NULL };
	size_t slash = path.len;
	if (begins_with(path, "[vdso"))
		return true;
	while (slash && path.p[slash - 1] != '/')
		slash--;
	return begins_with_one(path, folders) &&
		contains(rn_bytes_of(path.p + slash, path.len - slash), ".so");
}

static bool is_system_source(struct rn_bytes file)
{
	static const char *const starts[] = { "/rustc/", "/rust/deps/", "/usr/include/", "/usr/lib/", "/usr/local/go/",
		"../sysdeps/", "node:", "../csu/", "../nptl/", "../elf/", NULL };
	return begins_with_one(file, starts) || contains(file, "/.cargo/registry/") ||
		contains(file, "/rustlib/src/rust/");
}

static const char *const run_time_starts[] = { "std::", "core::", "alloc::", "__", "_IO_", "_dl_", "_init",
	"_fini", "_start", "rust_begin_", "rust_panic", "runtime.", "runtime/", "syscall.", "internal/",
	"Builtin:", "Builtins_", "BytecodeHandler:", "Stub:", "RegExp:",
	/* what Rust's library brings along */
	"addr2line::", "compiler_builtins::", "gimli::", "hashbrown::", "miniz_oxide::", "object::read::",
	"panic_abort::", "panic_unwind::", "rustc_demangle::", "std_detect::", NULL };

static size_t skip_one(struct rn_bytes s, const char *const *words)
{
	for (; *words; words++)
		if (begins_with(s, *words))
			return strlen(*words);
	return 0;
}

/* Of a Rust name the type that it is a method of: "std::x::Y" of "<&mut std::x::Y as a::B>::f". */
static struct rn_bytes method_of(struct rn_bytes name)
{
	static const char *const marks[] = { "<", "&", "mut ", "dyn ", "*const ", "*mut ", "(", NULL };
	size_t n;
	while ((n = skip_one(name, marks)))
		name = rn_bytes_of(name.p + n, name.len - n);
	if (begins_with(name, "for<")) {
		const uint8_t *end = memchr(name.p, '>', name.len);
		if (end && end + 2 <= name.p + name.len)
			return method_of(rn_bytes_of(end + 2, name.len - (size_t)(end + 2 - name.p)));
	}
	return name;
}

/* Types that are nobody's: a method of one is the library's, unless it is by a trait of somebody. */
static bool is_builtin(struct rn_bytes type)
{
	static const char *const words[] = { "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize",
		"i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", NULL };
	size_t n = skip_one(type, words);
	if (!n && type.len > 1 && type.p[0] >= 'A' && type.p[0] <= 'Z')
		n = 1; /* T */
	return n && n < type.len && (type.p[n] == ' ' || type.p[n] == '>');
}

static bool is_run_time_system(struct rn_bytes name)
{
	static const char *const traits[] = { " as core::", " as std::", " as alloc::", NULL };
	struct rn_bytes bare = name;
	if (begins_with(bare, "libc_"))
		bare = rn_bytes_of(bare.p + 5, bare.len - 5);
	if (begins_with_one(name, run_time_starts) || rn_syscall_number(RN_ABI_X86_64, bare) >= 0)
		return true;
	if (!begins_with(name, "<"))
		return false;
	struct rn_bytes type = method_of(name);
	if (begins_with_one(type, run_time_starts) || begins_with(name, "<["))
		return true;
	if (!is_builtin(type))
		return false;
	for (size_t i = 0; traits[i]; i++)
		if (contains(type, traits[i]))
			return true;
	return !contains(type, " as ");
}

bool rn_user_code_is(const struct rn_user_code *u, const struct rn_module *module,
	const struct rn_symbol *s, bool has_lines)
{
	struct rn_bytes path = module ? module->path : rn_bytes_of(NULL, 0);
	if (u->words->n)
		return fits_words(u, path, s);
	if (!module || is_system_library(path) || is_system_source(s->file))
		return false;
	if (has_lines && !s->file.len)
		return false;
	return s->function.len ? !is_run_time_system(s->function) : true;
}
