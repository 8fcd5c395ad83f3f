/* SPDX-License-Identifier: MIT */
/* A word is looked for as: all, none, %class, a call of 64-bit code, class, a call of 32-bit code,
 * syscall_N. The order makes `stat` the call, but `ipc` and `signal`, calls of i386 alone, the
 * classes. */
#include "shared/filter_part.h"

#include "shared/suggest.h"

#include <stdio.h>

#define BIT(abi) (1u << (abi))

enum {
	ABIS_64 = BIT(RN_ABI_X86_64) | BIT(RN_ABI_AARCH64),
	ABIS_32 = BIT(RN_ABI_I386),
};

/* Other spellings of class words. */
static const struct {
	const char *alias, *word;
} class_aliases[] = {
	{ "net", "network" },
};

/* What the word `file` adds to the class: the original tool counted these as work on files. */
static const char *const file_io[] = {
	"_llseek", "close", "close_range", "copy_file_range", "fadvise64", "fadvise64_64",
	"fallocate", "fchmod", "fchown", "fchown32", "fdatasync", "flock", "fstat", "fstat64",
	"fstatfs", "fstatfs64", "fsync", "ftruncate", "ftruncate64", "getdents", "getdents64",
	"lseek", "oldfstat", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2",
	"read", "readahead", "readdir", "readv", "sendfile", "sendfile64", "splice",
	"sync_file_range", "write", "writev",
};

bool rn_part_is_file_io(const char *name)
{
	for (size_t i = 0; i < sizeof(file_io) / sizeof(file_io[0]); i++)
		if (!strcmp(file_io[i], name))
			return true;
	return false;
}

static bool is(struct rn_bytes word, const char *text)
{
	return rn_bytes_equal(word, rn_bytes_str(text));
}

static const struct rn_class_desc *find_class(struct rn_bytes word)
{
	for (size_t i = 0; i < sizeof(class_aliases) / sizeof(class_aliases[0]); i++)
		if (is(word, class_aliases[i].alias))
			word = rn_bytes_str(class_aliases[i].word);
	for (size_t i = 0; i < RN_CLASSES; i++)
		if (is(word, rn_classes[i].word))
			return &rn_classes[i];
	return NULL;
}

static bool is_call(struct rn_bytes word, uint32_t abis)
{
	for (int abi = 0; abi < RN_ABI_COUNT; abi++)
		if (abis & BIT(abi) && rn_syscall_number((enum rn_abi)abi, word) >= 0)
			return true;
	return false;
}

/* syscall_N with N as rn_syscall_name writes it. */
static bool is_numbered(struct rn_bytes word)
{
	static const char prefix[] = "syscall_";
	const size_t n = sizeof(prefix) - 1;
	if (word.len <= n || word.len > n + 10 || memcmp(word.p, prefix, n))
		return false;
	uint64_t v = 0;
	for (size_t i = n; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		v = v * 10 + (word.p[i] - '0');
	}
	return v <= UINT32_MAX && (word.p[n] != '0' || word.len == n + 1);
}

/* Takes "@64" or "@32" off the end of word. */
static int take_suffix(struct rn_part *part, struct rn_bytes *word, struct rn_error *err)
{
	part->abis = RN_ABIS_ALL;
	const uint8_t *at = memrchr(word->p, '@', word->len);
	if (!at)
		return 0;
	struct rn_bytes suffix = rn_bytes_of(at + 1, word->len - (size_t)(at + 1 - word->p));
	if (is(suffix, "64"))
		part->abis = ABIS_64;
	else if (is(suffix, "32"))
		part->abis = ABIS_32;
	else
		return rn_fail(err, RN_E_USAGE,
			"\"%.*s\": what stands behind @ must be 64 or 32", RN_QUOTED(*word));
	word->len = (size_t)(at - word->p);
	return 0;
}

static int set_text(struct rn_part *part, struct rn_arena *arena, const char *percent,
	struct rn_bytes word, struct rn_error *err)
{
	char text[128];
	const char *suffix = part->abis == ABIS_64 ? "@64" : part->abis == ABIS_32 ? "@32" : "";
	snprintf(text, sizeof(text), "%s%.*s%s", percent, RN_QUOTED(word), suffix);
	part->text = rn_arena_dup(arena, rn_bytes_str(text));
	return part->text ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int be_class(struct rn_part *part, struct rn_arena *arena,
	const struct rn_class_desc *class, struct rn_error *err)
{
	part->kind = RN_PART_CLASS;
	part->classes = class->bit;
	return set_text(part, arena, "%", rn_bytes_str(class->word), err);
}

static void suggest_call(struct rn_suggest *s, uint32_t abis)
{
	for (int abi = 0; abi < RN_ABI_COUNT; abi++) {
		if (!(abis & BIT(abi)))
			continue;
		uint32_t limit = rn_syscall_limit((enum rn_abi)abi);
		for (uint32_t nr = 0; nr < limit; nr++) {
			const struct rn_syscall *call = rn_syscall((enum rn_abi)abi, nr);
			if (call)
				rn_suggest_try(s, call->name);
		}
	}
}

static void suggest_class(struct rn_suggest *s)
{
	for (size_t i = 0; i < RN_CLASSES; i++)
		rn_suggest_try(s, rn_classes[i].word);
}

static int unknown(const char *what, const char *percent, struct rn_bytes word,
	const struct rn_suggest *near, struct rn_error *err)
{
	return rn_fail(err, RN_E_NOT_FOUND, "unknown %s \"%s%.*s\"%s%s%s%s", what, percent,
		RN_QUOTED(word),
		near->best ? "; did you mean \"" : "", near->best ? percent : "",
		near->best ? near->best : "", near->best ? "\"?" : "");
}

static int read_class(struct rn_part *part, struct rn_arena *arena, struct rn_bytes word,
	struct rn_error *err)
{
	const struct rn_class_desc *class = find_class(word);
	if (class)
		return be_class(part, arena, class, err);
	struct rn_suggest near = rn_suggest_for(word);
	suggest_class(&near);
	return unknown("class", "%", word, &near, err);
}

static int read_name(struct rn_part *part, struct rn_arena *arena, struct rn_bytes word,
	struct rn_error *err)
{
	const struct rn_class_desc *class = find_class(word);
	if (class && !is_call(word, ABIS_64)) {
		if (class->bit != RN_CLASS(FILE))
			return be_class(part, arena, class, err);
		part->kind = RN_PART_CLASS;
		part->classes = class->bit;
		part->file_io = true;
		return set_text(part, arena, "", word, err);
	}
	if (is_call(word, part->abis) || is_numbered(word)) {
		part->kind = RN_PART_NAME;
		return set_text(part, arena, "", word, err);
	}
	struct rn_suggest near = rn_suggest_for(word);
	suggest_call(&near, part->abis);
	suggest_class(&near);
	return unknown("system call or class", "", word, &near, err);
}

int rn_part_word(struct rn_part *part, struct rn_arena *arena, struct rn_bytes word,
	struct rn_error *err)
{
	if (is(word, "all") || is(word, "none")) {
		part->abis = RN_ABIS_ALL;
		part->kind = is(word, "all") ? RN_PART_ALL : RN_PART_NONE;
		return set_text(part, arena, "", word, err);
	}
	int rc = take_suffix(part, &word, err);
	if (rc)
		return rc;
	if (word.len && word.p[0] == '%')
		return read_class(part, arena, rn_bytes_of(word.p + 1, word.len - 1), err);
	return read_name(part, arena, word, err);
}
