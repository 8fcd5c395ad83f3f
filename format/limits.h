/* SPDX-License-Identifier: MIT */
/**
 * limits - caps on what a trace may ask a reader to do; part of the format (docs/format.md,
 * "Limits": change both). A writer stays far below them.
 */
#ifndef RN_FORMAT_LIMITS_H
#define RN_FORMAT_LIMITS_H

#include <stdint.h>

#define RN_MAX_BLOCK_EVENTS ((uint32_t)1 << 18)      /* calls, and as many meta events */
#define RN_MAX_SECTION_BYTES ((uint32_t)64 << 20)    /* raw, and on disk */
#define RN_MAX_BLOCK_SECTIONS 64
#define RN_MAX_EVENT_BYTES ((uint32_t)8 << 20)       /* stack, spans or fields of one event */
#define RN_MAX_STACK_BYTES ((uint32_t)1 << 20)
#define RN_MAX_BLOCK_STACK_BYTES ((uint64_t)128 << 20) /* of all snapshots, unpacked */
#define RN_MAX_SPANS 4096                            /* of one call */
#define RN_MAX_BLOCK_SPANS ((uint32_t)1 << 21)
#define RN_MAX_MODULE_BYTES ((uint64_t)1 << 30)      /* raw */
#define RN_MAX_WINDOW_LOG 27                         /* of a zstd frame */
/* A zstd frame cannot expand further than this; larger claims are lies. */
#define RN_MAX_EXPANSION 65536

#endif
