/* SPDX-License-Identifier: MIT */
/* Filter expressions, one a line: refused with a message, or the canonical form is accepted, is its
 * own canonical form and decides alike. */
#include "shared/filter.h"
#include "shared/syscall.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

enum { MAX_LINES = 16, BEYOND = 8 };

static struct rn_filter *filter_of_text(char *text)
{
	const char *item[MAX_LINES];
	struct rn_strings lines = { item, 0 };
	struct rn_error err = { 0 };
	struct rn_filter *f;
	char *rest = text;
	while (rest && lines.n < MAX_LINES)
		item[lines.n++] = strsep(&rest, "\n");
	int rc = rn_filter_of(&f, &lines, &err);
	check(rc <= 0 && (rc == 0) == (f != NULL));
	check(rc == 0 || (err.code == rc && err.message[0]));
	return f;
}

static void check_alike(const struct rn_filter *a, const struct rn_filter *b)
{
	for (int abi = 0; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < rn_syscall_limit((enum rn_abi)abi) + BEYOND; nr++)
			check(rn_filter_match(a, (enum rn_abi)abi, nr) ==
				rn_filter_match(b, (enum rn_abi)abi, nr));
	check(!rn_filter_is_all(a) || rn_filter_match(a, RN_ABI_X86_64, UINT32_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_buffer text = RN_BUFFER_INIT, first = RN_BUFFER_INIT, second = RN_BUFFER_INIT;
	rn_put_bytes(&text, data, strnlen((const char *)data, size));
	rn_buffer_cstr(&text);
	struct rn_filter *a = filter_of_text((char *)text.p);
	if (a) {
		rn_filter_canonical(a, &first);
		rn_filter_canonical(a, &second);
		rn_buffer_cstr(&second);
		struct rn_filter *b = filter_of_text((char *)second.p);
		check(b != NULL);
		check_alike(a, b);
		rn_buffer_clear(&second);
		rn_filter_canonical(b, &second);
		check(rn_bytes_equal(rn_buffer_bytes(&first), rn_buffer_bytes(&second)));
		rn_filter_free(b);
	}
	rn_filter_free(a);
	rn_buffer_fini(&text);
	rn_buffer_fini(&first);
	rn_buffer_fini(&second);
	return 0;
}
