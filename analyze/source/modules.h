/* SPDX-License-Identifier: MIT */
/**
 * modules - tells the table of modules what a trace that cannot be scanned says of them, block by
 * block, before anyone else sees the block.
 */
#ifndef RN_ANALYZE_SOURCE_MODULES_H
#define RN_ANALYZE_SOURCE_MODULES_H

#include "analyze/source/source.h"
#include "analyze/stack/modules.h"

/** Borrows modules. NULL: no memory, inner is freed. */
struct rn_source *rn_source_modules(struct rn_source *inner, struct rn_modules_table *modules);

#endif
