/* SPDX-License-Identifier: MIT */
/*
 * replay - runs a fuzz target over files, with no fuzzer linked.
 *
 *   fuzz_NAME [--mutate N] PATH...   each PATH a file or a folder of files, in order of name
 *
 * The empty input comes first. With --mutate, N changed copies of each file follow it: bits
 * flipped, bytes set to telling values, pieces cut, doubled, moved from another file. The changes
 * depend on the file's content and its turn alone, so that a failure shows itself again. What was
 * last tried is left in the file $RN_FUZZ_LAST, where that is set, for a crash to be studied.
 *
 * Exit: 0, 1 when no file was found or a file cannot be read, 2 usage; a crash is a crash.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_INPUT_BYTES (16u << 20)

struct input {
	uint8_t *bytes;
	size_t len;
};

static struct {
	struct input *at;
	size_t n;
} corpus;

/* A malloc of exactly the input's size, so that AddressSanitizer sees the first byte past it. */
static void try_bytes(const uint8_t *bytes, size_t len)
{
	const char *keep = getenv("RN_FUZZ_LAST");
	FILE *f = keep ? fopen(keep, "wb") : NULL;
	uint8_t *copy = malloc(len ? len : 1);

	if (f) {
		fwrite(bytes, 1, len, f);
		fclose(f);
	}
	if (!copy)
		abort();
	if (len)
		memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static int add_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct input in = { NULL, 0 };
	struct input *grown;

	if (!f) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		return -1;
	}
	in.bytes = malloc(MAX_INPUT_BYTES);
	grown = realloc(corpus.at, (corpus.n + 1) * sizeof(*grown));
	if (!in.bytes || !grown)
		abort();
	in.len = fread(in.bytes, 1, MAX_INPUT_BYTES, f);
	fclose(f);
	in.bytes = realloc(in.bytes, in.len ? in.len : 1);
	corpus.at = grown;
	corpus.at[corpus.n++] = in;
	return 0;
}

static int add_path(const char *path)
{
	struct dirent **names;
	struct stat st;
	int n, i, status = 0;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return add_file(path);
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		return -1;
	}
	for (i = 0; i < n; i++) {
		char *sub;

		if (names[i]->d_name[0] != '.') {
			if (asprintf(&sub, "%s/%s", path, names[i]->d_name) < 0)
				abort();
			if (add_path(sub) != 0)
				status = -1;
			free(sub);
		}
		free(names[i]);
	}
	free(names);
	return status;
}

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t n)
{
	return n ? (size_t)(next_random(state) % n) : 0;
}

/* Each change takes buf[len] with room for 2 * len + 4096 bytes and returns the new length. */

static size_t flip_bit(uint8_t *buf, size_t len, uint64_t *state)
{
	if (len)
		buf[below(state, len)] ^= (uint8_t)(1u << below(state, 8));
	return len;
}

/* Values at the edges of what lengths and counts can be, one to eight bytes wide. */
static size_t set_number(uint8_t *buf, size_t len, uint64_t *state)
{
	static const uint64_t telling[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff,
		0x80000000, 0xffffffff, INT64_MAX, UINT64_MAX };
	size_t width = (size_t)1 << below(state, 4);
	uint64_t v = telling[below(state, sizeof(telling) / sizeof(telling[0]))];

	if (len >= width)
		memcpy(buf + below(state, len - width + 1), &v, width);
	return len;
}

static size_t cut_end(uint8_t *buf, size_t len, uint64_t *state)
{
	(void)buf;
	return below(state, len + 1);
}

static size_t cut_piece(uint8_t *buf, size_t len, uint64_t *state)
{
	size_t at = below(state, len), n = below(state, len - at + 1);

	memmove(buf + at, buf + at + n, len - at - n);
	return len - n;
}

static size_t double_piece(uint8_t *buf, size_t len, uint64_t *state)
{
	size_t at = below(state, len), n = below(state, len - at + 1);

	memmove(buf + at + n, buf + at, len - at);
	return len + n;
}

static size_t take_piece(uint8_t *buf, size_t len, uint64_t *state)
{
	const struct input *from = &corpus.at[below(state, corpus.n)];
	size_t at = below(state, len + 1), n = below(state, from->len + 1), src;

	if (n > 4096)
		n = 4096;
	src = below(state, from->len - n + 1);
	if (n)
		memcpy(buf + at, from->bytes + src, n);
	return at + n > len ? at + n : len;
}

static size_t (*const changes[])(uint8_t *, size_t, uint64_t *) = {
	flip_bit, flip_bit, set_number, set_number, cut_end, cut_piece, double_piece, take_piece,
};

static void try_mutations(const struct input *in, unsigned long n)
{
	uint64_t state = in->len;
	uint8_t *buf = malloc((in->len * 2 + 4096) * 16);
	size_t i;

	if (!buf)
		abort();
	for (i = 0; i < in->len; i++)
		state = state * 31 + in->bytes[i];
	while (n--) {
		size_t len = in->len, rounds = 1 + below(&state, 4);

		if (len)
			memcpy(buf, in->bytes, len);
		while (rounds--)
			len = changes[below(&state, sizeof(changes) / sizeof(changes[0]))](
				buf, len, &state);
		try_bytes(buf, len);
	}
	free(buf);
}

int main(int argc, char **argv)
{
	unsigned long mutations = 0;
	size_t i;
	int arg = 1, status = 0;

	if (argc > 2 && strcmp(argv[1], "--mutate") == 0) {
		mutations = strtoul(argv[2], NULL, 10);
		arg = 3;
	}
	if (arg >= argc) {
		fprintf(stderr, "usage: %s [--mutate N] PATH...\n", argv[0]);
		return 2;
	}
	for (; arg < argc; arg++)
		if (add_path(argv[arg]) != 0)
			status = 1;
	if (corpus.n == 0) {
		fprintf(stderr, "replay: no inputs\n");
		status = 1;
	}
	try_bytes((const uint8_t *)"", 0);
	for (i = 0; i < corpus.n; i++) {
		try_bytes(corpus.at[i].bytes, corpus.at[i].len);
		if (mutations)
			try_mutations(&corpus.at[i], mutations);
	}
	printf("%zu inputs, %lu changed copies of each\n", corpus.n, mutations);
	for (i = 0; i < corpus.n; i++)
		free(corpus.at[i].bytes);
	free(corpus.at);
	return status;
}
