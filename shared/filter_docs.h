/* SPDX-License-Identifier: MIT */
/**
 * filter_docs - the classes of the filter as a piece of a man page.
 */
#ifndef RN_SHARED_FILTER_DOCS_H
#define RN_SHARED_FILTER_DOCS_H

#include <stdio.h>

/** A .TP paragraph for each class: its words and what it means, in man(7). */
void rn_filter_man_classes(FILE *out);

#endif
