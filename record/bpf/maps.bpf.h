/* SPDX-License-Identifier: MIT */
/**
 * maps - executable mappings of files, as they are made: by mmap, by mprotect, by exec.
 */
#ifndef RN_RECORD_BPF_MAPS_BPF_H
#define RN_RECORD_BPF_MAPS_BPF_H

#include "record/bpf/fds.bpf.h"

#define VM_PROT 7ul /* VM_READ, VM_WRITE, VM_EXEC have the bits of PROT_* */
#define VM_EXEC 4ul

static __always_inline void tell_map(struct file *file, __u64 low, __u64 high, __u64 offset,
	__u32 prot)
{
	struct side *side = get_side();
	if (!side || !file)
		return;
	struct rn_bpf_map *m = &side->map;
	begin_record(&m->r, RN_BPF_MAP, 0);
	m->addr = low;
	m->len = high - low;
	m->offset = offset;
	m->prot = prot;
	m->pad = 0;
	read_file(side, file);
	emit_with_path(side, sizeof(*m));
}

static long tell_vma(struct task_struct *task, struct vm_area_struct *vma, void *unused)
{
	unsigned long flags = READ(vma, vm_flags);
	if (flags & VM_EXEC)
		tell_map(READ(vma, vm_file), READ(vma, vm_start),
			READ(vma, vm_end), READ(vma, vm_pgoff) * 4096,
			(__u32)(flags & VM_PROT));
	return 0;
}

/* mmap of a file: what is where, the call itself says. Memory made executable: the mapping does. */
static __always_inline void tell_mapped(const struct rn_bpf_rule *rule, const struct rn_bpf_task *c)
{
	enum { MAP_ANONYMOUS = 0x20 };
	if (!(c->args[2] & VM_EXEC))
		return;
	if (rule->map_way == RN_BPF_MAPS_MPROTECT) {
		__u64 none = 0;
		if (CAN_CALL_BACK)
			bpf_find_vma(bpf_get_current_task_btf(), c->args[0], tell_vma, &none, 0);
	} else if (!(c->args[3] & MAP_ANONYMOUS)) {
		__u64 offset = rule->map_way == RN_BPF_MAPS_MMAP2 ? c->args[5] * 4096 : c->args[5];
		tell_map(file_of((__s32)c->args[4]), (__u64)c->ret,
			(__u64)c->ret + ((c->args[1] + 4095) & ~4095ull), offset,
			(__u32)(c->args[2] & VM_PROT));
	}
}

#if RN_BPF_KERNEL >= 602
struct bpf_iter_task_vma {
	__u64 opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_task_vma_new(struct bpf_iter_task_vma *it, struct task_struct *task, __u64 addr)
	__weak __ksym;
extern struct vm_area_struct *bpf_iter_task_vma_next(struct bpf_iter_task_vma *it) __weak __ksym;
extern void bpf_iter_task_vma_destroy(struct bpf_iter_task_vma *it) __weak __ksym;

#define CAN_ITERATE_MAPS bpf_core_type_exists(struct bpf_iter_task_vma)

/* All there are, after an exec. Linux 6.7 has the iterator; before, the recorder looks in /proc. */
static __always_inline bool tell_all_maps(struct task_struct *task)
{
	struct bpf_iter_task_vma it;
	struct vm_area_struct *vma;
	if (!CAN_ITERATE_MAPS)
		return false;
	bpf_iter_task_vma_new(&it, task, 0);
	while ((vma = bpf_iter_task_vma_next(&it)))
		tell_vma(task, vma, NULL);
	bpf_iter_task_vma_destroy(&it);
	return true;
}
#else
#define CAN_ITERATE_MAPS false

static __always_inline bool tell_all_maps(struct task_struct *task)
{
	return false;
}
#endif

#endif
