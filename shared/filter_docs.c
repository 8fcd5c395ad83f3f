/* SPDX-License-Identifier: MIT */
#include "shared/filter_docs.h"

#include "shared/syscall.h"

void rn_filter_man_classes(FILE *out)
{
	for (size_t i = 0; i < RN_CLASSES; i++)
		fprintf(out, ".TP\n\\fB%%%s\\fR\n%s\n", rn_classes[i].word, rn_classes[i].help);
}
