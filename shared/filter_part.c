/* SPDX-License-Identifier: MIT */
/* One function per kind of part, in an array indexed by the kind. */
#include "shared/filter_part.h"

/* One call, asked about. */
struct question {
	const char *name;
	const struct rn_syscall *call;
};

static int select_none(const struct rn_part *part, struct question q, struct rn_error *err)
{
	(void)part, (void)q, (void)err;
	return 0;
}

static int select_all(const struct rn_part *part, struct question q, struct rn_error *err)
{
	(void)part, (void)q, (void)err;
	return 1;
}

static int select_name(const struct rn_part *part, struct question q, struct rn_error *err)
{
	(void)err;
	size_t n = strcspn(part->text, "@");
	return !strncmp(part->text, q.name, n) && !q.name[n];
}

static int select_class(const struct rn_part *part, struct question q, struct rn_error *err)
{
	(void)err;
	if (!q.call)
		return 0;
	return (q.call->classes & part->classes) || (part->file_io && rn_part_is_file_io(q.name));
}

static int select_regex(const struct rn_part *part, struct question q, struct rn_error *err)
{
	return rn_regex_search(part->regex, rn_bytes_str(q.name), err);
}

/* An ABI this build does not know is only meant where all are. */
static bool applies(const struct rn_part *part, enum rn_abi abi)
{
	return part->abis == RN_ABIS_ALL ||
		((unsigned)abi < RN_ABI_COUNT && part->abis >> abi & 1);
}

int rn_part_selects(const struct rn_part *part, enum rn_abi abi, const char *name,
	const struct rn_syscall *call, struct rn_error *err)
{
	static int (*const select[])(const struct rn_part *, struct question, struct rn_error *) = {
		[RN_PART_NONE] = select_none,
		[RN_PART_ALL] = select_all,
		[RN_PART_NAME] = select_name,
		[RN_PART_CLASS] = select_class,
		[RN_PART_REGEX] = select_regex,
	};
	if (!applies(part, abi))
		return 0;
	return select[part->kind](part, (struct question){ name, call }, err);
}
