/* SPDX-License-Identifier: MIT */
#include "analyze/command/command.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct rn_error err = { 0 };
	const struct rn_command *c = argc > 1 ? rn_command_find(argv[1]) : NULL;
	if (!c) {
		fprintf(stderr, "renacer-analyze: no such command\n");
		return RN_EXIT_USAGE;
	}
	int rc = c->run(NULL, argc - 2, argv + 2, &err);
	if (rc >= 0)
		return rc;
	fprintf(stderr, "renacer-analyze: %s\n", err.message);
	return rc == RN_E_USAGE ? RN_EXIT_USAGE : RN_EXIT_UNREADABLE;
}
