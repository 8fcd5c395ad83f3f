/* SPDX-License-Identifier: MIT */
/* Specifications of chaos and rules of injection, one a line: a first byte of '+' makes a line one of --inject, '!' of
 * --fault, anything else of --chaos. Refused with a message, or each call meets a fate that can be carried out, and
 * the same one again. */
#include "record/chaos/chaos.h"
#include "record/chaos/spec.h"
#include "shared/syscall.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)
enum { MAX_BYTES = 2000, CALLS = 60 };

static bool is_socket(void *arg)
{
	return arg != NULL;
}

static void decide(const struct rn_chaos *c)
{
	static int anything;
	for (uint32_t i = 0; i < CALLS; i++) {
		const struct rn_chaos_call call = { RN_ABI_X86_64, i * 7 % 460, 1 + i % 3, 1 + i, i * 100, i % 2 };
		struct rn_chaos_fate fate, again;
		memset(&fate, 0, sizeof(fate));
		memset(&again, 0, sizeof(again));
		bool meant = rn_chaos_decide(c, &call, is_socket, i % 5 ? &anything : NULL, &fate);
		check(meant == rn_chaos_decide(c, &call, is_socket, i % 5 ? &anything : NULL, &again));
		check(!meant || memcmp(&fate, &again, sizeof(fate)) == 0);
		check(fate.signo >= 0 && fate.signo <= 64);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MAX_BYTES + 1] = "", *rest = text, *line;
	struct rn_error err = { 0 };
	struct rn_chaos c;
	int rc = 0;
	memcpy(text, data, size < MAX_BYTES ? size : MAX_BYTES);
	rn_chaos_init(&c);
	while ((line = strsep(&rest, "\n")) && !rc) {
		if (*line == '+' || *line == '!')
			rn_chaos_inject(&c, line + 1, *line == '!');
		else
			rc = rn_chaos_parse(&c, line, &err);
		check(rc == 0 || err.message[0]);
	}
	if (!rc)
		rc = rn_chaos_build(&c, &err);
	check(rc == 0 || err.message[0]);
	if (!rc && rn_chaos_is_active(&c))
		decide(&c);
	rn_chaos_fini(&c);
	return 0;
}
