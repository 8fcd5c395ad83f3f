/* SPDX-License-Identifier: MIT */
#include "analyze/stack/unwinder.h"

#include "shared/buffer.h"

static const struct rn_unwinder own = { .name = "own", .help = "by unwind tables, else frame pointers" };

const struct rn_unwinder *const rn_unwinders[] = { &own, &rn_unwinder_libunwind, NULL };

int rn_unwinder_choose(const struct rn_unwinder **out, const char *name, struct rn_error *err)
{
	struct rn_buffer known = RN_BUFFER_INIT;
	for (size_t i = 0; rn_unwinders[i]; i++) {
		*out = rn_unwinders[i];
		if (strcmp((*out)->name, name) == 0) {
			rn_buffer_fini(&known);
			return 0;
		}
		rn_put_format(&known, "%s%s", i ? ", " : "", (*out)->name);
	}
	int rc = rn_fail(err, RN_E_USAGE, "no unwinder '%s'; there are %s", name, rn_buffer_cstr(&known));
	rn_buffer_fini(&known);
	return rc;
}
