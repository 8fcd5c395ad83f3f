/* SPDX-License-Identifier: MIT */
/* Of what kind a call is, for the eye: one colour each, so few of them. Time in a call that waits says nothing
 * about what else it is. */
#include "analyze/listing/html_private.h"

#include "analyze/analysis/waiting.h"
#include "shared/syscall.h"

#define WAITING 6
#define OTHER 7

static const struct {
	uint32_t classes;
	uint8_t word;
} order[] = {
	{ RN_CLASS(NETWORK), 2 }, { RN_CLASS(PROCESS), 3 }, { RN_CLASS(MEMORY), 4 }, { RN_CLASS(SIGNAL), 5 },
	{ RN_CLASS(FILE), 0 }, { RN_CLASS(DESC), 1 },
};

const char *const rn_html_class_words[] = { "file", "descriptor", "network", "process", "memory", "signal", "waiting",
	"other", NULL };

unsigned rn_html_class(const struct rn_call *c)
{
	const struct rn_syscall *d = rn_syscall((enum rn_abi)c->abi, c->nr);
	if (rn_call_waits((enum rn_abi)c->abi, c->nr))
		return WAITING;
	for (size_t i = 0; d && i < sizeof(order) / sizeof(order[0]); i++)
		if (d->classes & order[i].classes)
			return order[i].word;
	return OTHER;
}
