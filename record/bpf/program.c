/* SPDX-License-Identifier: MIT */
#include "record/bpf/program.h"

#include "record/bpf/records.h"
#include <watch.skel.h> /* made by bpftool */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* The older ones, as the compiler left them, between two labels. */
#define TAKE_IN(kernel)                                                                   \
	asm(".pushsection .rodata\n.balign 16\n"                                          \
	    "rn_bpf_object_" #kernel ":\n.incbin \"" RN_BPF_OBJECTS #kernel ".bpf.o\"\n"  \
	    "rn_bpf_object_end_" #kernel ":\n.popsection\n");                             \
	extern const char rn_bpf_object_##kernel[] __attribute__((visibility("hidden"))); \
	extern const char rn_bpf_object_end_##kernel[] __attribute__((visibility("hidden")))

TAKE_IN(510);
TAKE_IN(517);

static const struct object {
	const char *begin, *end; /* NULL: the skeleton's own */
} objects[] = {
	[RN_BPF_510] = { rn_bpf_object_510, rn_bpf_object_end_510 },
	[RN_BPF_517] = { rn_bpf_object_517, rn_bpf_object_end_517 },
	[RN_BPF_602] = { NULL, NULL },
};

static bool has_helper(enum bpf_func_id helper)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper, NULL) > 0;
}

/* bpf_rdonly_cast is no helper; bpf_cgrp_storage_get came with it. Libraries' headers may be older than that. */
enum rn_bpf_program rn_bpf_program_best(void)
{
	enum { CGRP_STORAGE_GET = 210 };
	if (has_helper((enum bpf_func_id)CGRP_STORAGE_GET))
		return RN_BPF_602;
	return has_helper(BPF_FUNC_loop) ? RN_BPF_517 : RN_BPF_510;
}

/* What we share with the programs lies where the skeleton says: it must be the same for all of them. */
static bool is_laid_out_alike(const struct rn_watch *w)
{
	return bpf_map__value_size(w->maps.bss) >= sizeof(*w->bss) &&
		bpf_map__value_size(w->maps.rodata) >= sizeof(*w->rodata);
}

struct rn_watch *rn_bpf_program_open(enum rn_bpf_program which)
{
	struct rn_watch *w = calloc(1, sizeof(*w));
	const struct object *o = &objects[which];
	int r = w ? rn_watch__create_skeleton(w) : -ENOMEM;
	if (r == 0 && o->begin) {
		w->skeleton->data = (void *)o->begin; /* it is only read */
		w->skeleton->data_sz = (size_t)(o->end - o->begin);
	}
	if (r == 0)
		r = bpf_object__open_skeleton(w->skeleton, NULL);
	if (r == 0 && !is_laid_out_alike(w))
		r = -EINVAL;
	if (r == 0)
		return w;
	if (w)
		rn_watch__destroy(w);
	errno = -r;
	return NULL;
}
