/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/scrub_image.h"

#include "shared/elf_image.h"
#include "shared/elf_layout.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int data_that_nobody_is_told_of = 7; /* the name of a thing that is no function */

/* Bytes of their own, so that a step beyond them is seen. */
static struct rn_bytes image_of(const char *file)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	int fd = open(file, O_RDONLY);
	cr_assert(rn_image_make(&b, fd, RN_EMBED_SYMBOLS));
	close(fd);
	uint8_t *own = malloc(b.len);
	memcpy(own, b.p, b.len);
	struct rn_bytes image = rn_bytes_of(own, b.len);
	rn_buffer_fini(&b);
	return image;
}

static bool has(struct rn_bytes b, const char *word)
{
	return memmem(b.p, b.len, word, strlen(word));
}

Test(scrub_image, of_names_those_of_functions_stay)
{
	struct rn_bytes image = image_of("/proc/self/exe");
	uint8_t *out = calloc(1, image.len);
	struct rn_bytes scrubbed = rn_bytes_of(out, image.len);
	cr_assert(rn_scrub_image(out, image));
	cr_expect(has(image, "data_that_nobody_is_told_of") && has(image, "test_scrub_image.c"));
	cr_expect(!has(scrubbed, "data_that_nobody_is_told_of") && !has(scrubbed, "test_scrub_image.c"));
	cr_expect(has(scrubbed, "rn_scrub_image"));
	uint8_t *again = calloc(1, image.len);
	cr_assert(rn_scrub_image(again, scrubbed), "a valid file of its own");
	cr_expect_eq(memcmp(again, out, image.len), 0);
	free((void *)image.p), free(out), free(again);
}

Test(scrub_image, what_is_cut_or_wrong_does_no_harm)
{
	struct rn_bytes image = image_of("/bin/true");
	uint8_t *bytes = (uint8_t *)(uintptr_t)image.p, *out = malloc(image.len);
	const struct rn_elf_layout *l = rn_elf_layout(image);
	uint64_t sections = rn_elf_number(image, l->shoff, l->word_bytes);
	for (unsigned i = 0; i < 3000; i++) {
		/* Anywhere in the headers: of the file, of segments, of sections. */
		size_t at = i % 3 ? (size_t)(sections + i * 7919u % (image.len - sections)) : i / 3 % 800;
		uint8_t was = bytes[at];
		bytes[at] = (uint8_t)(i * 37);
		memset(out, 0, image.len);
		rn_scrub_image(out, image);
		bytes[at] = was;
	}
	for (size_t len = 0; len < image.len; len += 97) {
		uint8_t *cut = malloc(len + 1), *to = calloc(1, len + 1);
		memcpy(cut, image.p, len);
		rn_scrub_image(to, rn_bytes_of(cut, len));
		free(cut), free(to);
	}
	free(bytes), free(out);
}
