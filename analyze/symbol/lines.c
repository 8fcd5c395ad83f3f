/* SPDX-License-Identifier: MIT */
/*
 * Three steps: the unit by a sorted table of ranges; the function by the unit's own table, made in one
 * walk over its tree; the inlined calls by walking down that function only. A place in a unit's tree
 * only ever moves forward, so that a tree which points back into itself ends.
 */
#include "analyze/symbol/lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

#define RANGES_MAX ((size_t)1 << 22)
#define DEPTH_MAX 64
#define DIES_MAX ((uint64_t)1 << 26) /* visited, of one unit or function */

struct range {
	uint64_t low, high;
	uint32_t owner;
};

struct ranges {
	struct range *item; /* by low once sorted */
	size_t n, cap;
	bool failed;
};

struct function {
	Dwarf_Die die;
	uint64_t entry;
};

struct unit {
	Dwarf_Die die;
	Dwarf_Die tree; /* the same, or its other half in a file beside: functions are there */
	bool read;
	struct function *function;
	uint32_t n, cap;
	struct ranges ranges; /* owner: index of the function */
	const char *directory;
};

struct dwarf_file {
	uint8_t *copy; /* of the file; NULL: read where it is */
	Elf *elf;
	Dwarf *dwarf;
};

struct rn_lines {
	struct dwarf_file main, alt;
	bool beside;
	struct unit *unit;
	uint32_t n_units, cap_units;
	struct ranges ranges; /* owner: index of the unit */
};

static void add_range(struct ranges *r, uint64_t low, uint64_t high, uint32_t owner)
{
	if (high <= low || r->failed)
		return;
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct range *grown = cap > RANGES_MAX ? NULL :
			realloc(r->item, cap * sizeof(*grown));
		if (!grown) {
			r->failed = true;
			return;
		}
		r->item = grown;
		r->cap = cap;
	}
	r->item[r->n++] = (struct range){ low, high, owner };
}

static int by_low(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	if (x->high != y->high)
		return x->high > y->high ? -1 : 1;
	return x->owner < y->owner ? -1 : x->owner > y->owner;
}

static void sort_ranges(struct ranges *r)
{
	if (r->n)
		qsort(r->item, r->n, sizeof(*r->item), by_low);
}

/* The innermost range around an address: ranges nest at most, or a few overlap. */
static bool find_range(const struct ranges *r, uint64_t addr, uint32_t *owner)
{
	size_t low = 0, high = r->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->item[mid].low <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	for (unsigned tries = 0; low-- > 0 && tries < 256; tries++)
		if (addr < r->item[low].high) {
			*owner = r->item[low].owner;
			return true;
		}
	return false;
}

static void add_die_ranges(struct ranges *to, Dwarf_Die *die, uint32_t owner)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;
	for (size_t n = 0; n < RANGES_MAX && (at = dwarf_ranges(die, at, &base, &low, &high)) > 0; n++)
		add_range(to, low, high, owner);
}

static struct unit *add_unit(struct rn_lines *l, const Dwarf_Die *die)
{
	if (l->n_units == l->cap_units) {
		uint32_t cap = l->cap_units ? l->cap_units * 2 : 64;
		struct unit *grown = realloc(l->unit, cap * sizeof(*grown));
		if (!grown)
			return NULL;
		l->unit = grown;
		l->cap_units = cap;
	}
	struct unit *u = &l->unit[l->n_units++];
	*u = (struct unit){ .die = *die, .tree = *die };
	return u;
}

/* Units without ranges of their own (some assemblers, old compilers): their functions' stand for them. */
static int read_units(struct rn_lines *l)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t kind;
	while (dwarf_get_units(l->main.dwarf, cu, &cu, NULL, &kind, &die, NULL) == 0) {
		if (kind != DW_UT_compile && kind != DW_UT_skeleton)
			continue;
		struct unit *u = add_unit(l, &die);
		if (!u)
			return RN_E_NOMEM;
		size_t before = l->ranges.n;
		add_die_ranges(&l->ranges, &die, l->n_units - 1);
		if (l->ranges.failed)
			return RN_E_NOMEM;
		if (before == l->ranges.n)
			l->n_units--;
	}
	sort_ranges(&l->ranges);
	return 0;
}

/* libelf notes in the file's section heads what it has unpacked: such a file is read from a copy. */
static bool is_written_to(const struct rn_elf_view *e)
{
	for (uint32_t i = 0; i < e->n_sections; i++)
		if (e->section[i].flags & SHF_COMPRESSED || (e->section[i].name.len > 2 &&
			memcmp(e->section[i].name.p, ".z", 2) == 0))
			return true;
	return false;
}

static int open_file(struct dwarf_file *f, const struct rn_elf_view *e)
{
	const uint8_t *file = e->file.p;
	if (is_written_to(e)) {
		f->copy = malloc(e->file.len);
		if (!f->copy)
			return RN_E_NOMEM;
		file = memcpy(f->copy, e->file.p, e->file.len);
	}
	elf_version(EV_CURRENT);
	f->elf = elf_memory((char *)(uintptr_t)file, e->file.len);
	f->dwarf = f->elf ? dwarf_begin_elf(f->elf, DWARF_C_READ, NULL) : NULL;
	return 0;
}

static void close_file(struct dwarf_file *f)
{
	if (f->dwarf)
		dwarf_end(f->dwarf);
	if (f->elf)
		elf_end(f->elf);
	free(f->copy);
}

int rn_lines_new(struct rn_lines **out, const struct rn_elf_view *e, bool beside, struct rn_error *err)
{
	*out = NULL;
	if (!rn_elf_has_debug(e, "debug_info") || !rn_elf_has_debug(e, "debug_abbrev"))
		return 0;
	struct rn_lines *l = calloc(1, sizeof(*l));
	if (!l)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	l->beside = beside;
	int rc = open_file(&l->main, e);
	if (!rc && l->main.dwarf)
		rc = read_units(l);
	if (!rc && l->n_units) {
		*out = l;
		return 0;
	}
	rn_lines_free(l);
	return rc ? rn_fail(err, RN_E_NOMEM, "out of memory for line numbers") : 0;
}

int rn_lines_use_alt(struct rn_lines *l, const struct rn_elf_view *alt, struct rn_error *err)
{
	if (l->alt.elf || open_file(&l->alt, alt))
		return rn_fail(err, RN_E_NOMEM, "out of memory for line numbers");
	if (l->alt.dwarf)
		dwarf_setalt(l->main.dwarf, l->alt.dwarf);
	return 0;
}

void rn_lines_free(struct rn_lines *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->n_units; i++) {
		free(l->unit[i].function);
		free(l->unit[i].ranges.item);
	}
	free(l->unit);
	free(l->ranges.item);
	close_file(&l->main);
	close_file(&l->alt);
	free(l);
}

/* Goes on to the next sibling; a sibling that is not behind this one is a lie. */
static bool next_sibling(Dwarf_Die *die)
{
	Dwarf_Die next;
	Dwarf_Off here = dwarf_dieoffset(die);
	if (dwarf_siblingof(die, &next) != 0 || dwarf_dieoffset(&next) <= here)
		return false;
	*die = next;
	return true;
}

static bool first_child(Dwarf_Die *die, Dwarf_Die *child)
{
	return dwarf_child(die, child) == 0 && dwarf_dieoffset(child) > dwarf_dieoffset(die);
}

static bool add_function(struct unit *u, Dwarf_Die *die)
{
	Dwarf_Addr entry = 0;
	size_t before = u->ranges.n;
	if (u->n == u->cap) {
		uint32_t cap = u->cap ? u->cap * 2 : 64;
		struct function *grown = realloc(u->function, cap * sizeof(*grown));
		if (!grown)
			return false;
		u->function = grown;
		u->cap = cap;
	}
	add_die_ranges(&u->ranges, die, u->n);
	if (u->ranges.n == before)
		return true;
	if (dwarf_entrypc(die, &entry) != 0)
		entry = u->ranges.item[before].low;
	u->function[u->n++] = (struct function){ *die, entry };
	return true;
}

static bool holds_functions(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_structure_type ||
		tag == DW_TAG_class_type || tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type ||
		tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block;
}

/* False: no memory, or too much of it all. */
static bool walk_functions(struct unit *u, Dwarf_Die *parent, unsigned depth, uint64_t *visited)
{
	Dwarf_Die die;
	if (depth > DEPTH_MAX || !first_child(parent, &die))
		return true;
	do {
		int tag = dwarf_tag(&die);
		if (++*visited > DIES_MAX)
			return false;
		if (tag == DW_TAG_subprogram && !add_function(u, &die))
			return false;
		if (holds_functions(tag) && !walk_functions(u, &die, depth + 1, visited))
			return false;
	} while (next_sibling(&die));
	return true;
}

/* A unit may be a skeleton: ranges and lines here, everything else in a .dwo file. */
static void find_tree(struct unit *u)
{
	uint8_t kind;
	Dwarf_Die split;
	if (dwarf_cu_info(u->die.cu, NULL, &kind, NULL, &split, NULL, NULL, NULL) == 0 &&
		kind == DW_UT_skeleton && split.addr)
		u->tree = split;
}

static void read_unit(const struct rn_lines *l, struct unit *u)
{
	Dwarf_Attribute attr;
	uint64_t visited = 0;
	if (u->read)
		return;
	u->read = true;
	if (l->beside)
		find_tree(u);
	walk_functions(u, &u->tree, 0, &visited);
	sort_ranges(&u->ranges);
	u->directory = dwarf_formstring(dwarf_attr(&u->die, DW_AT_comp_dir, &attr));
}

/* What the compiler was told: libdw puts the unit's directory in front. */
static struct rn_bytes as_told(const struct unit *u, const char *file)
{
	size_t n = u->directory ? strlen(u->directory) : 0;
	if (!file)
		return rn_bytes_of(NULL, 0);
	if (n && strncmp(file, u->directory, n) == 0 && (file[n] == '/' || u->directory[n - 1] == '/')) {
		file += n;
		while (*file == '/')
			file++;
	}
	while (file[0] == '.' && file[1] == '/')
		file += 2;
	return rn_bytes_str(file);
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	return dwarf_formstring(dwarf_attr_integrate(die, name, &attr));
}

static void name_level(struct rn_line *level, Dwarf_Die *die, uint64_t entry)
{
	level->function = string_of(die, DW_AT_name);
	level->linkage = string_of(die, DW_AT_linkage_name);
	if (!level->linkage)
		level->linkage = string_of(die, DW_AT_MIPS_linkage_name);
	level->entry = entry;
}

static uint32_t number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	Dwarf_Word v;
	if (dwarf_formudata(dwarf_attr(die, name, &attr), &v) != 0 || v > UINT32_MAX)
		return 0;
	return (uint32_t)v;
}

/* The inlined calls around an address, outermost first. */
struct nest {
	Dwarf_Die die[RN_LINES_LEVELS];
	unsigned n;
};

static void walk_inlined(struct nest *nest, Dwarf_Die *parent, uint64_t addr, unsigned depth,
	uint64_t *visited)
{
	Dwarf_Die die;
	if (depth > DEPTH_MAX || !first_child(parent, &die))
		return;
	do {
		int tag = dwarf_tag(&die);
		if (++*visited > DIES_MAX)
			return;
		if ((tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) ||
			dwarf_haspc(&die, addr) != 1)
			continue;
		if (tag == DW_TAG_inlined_subroutine && nest->n < RN_LINES_LEVELS - 1)
			nest->die[nest->n++] = die;
		walk_inlined(nest, &die, addr, depth + 1, visited);
		return;
	} while (next_sibling(&die));
}

/* Where the call stands that was replaced by the inlined function's body. */
static void place_call(struct rn_line *level, const struct unit *u, Dwarf_Die *call)
{
	Dwarf_Files *files;
	Dwarf_Die unit = u->tree;
	uint32_t file = number_of(call, DW_AT_call_file);
	level->line = number_of(call, DW_AT_call_line);
	level->column = number_of(call, DW_AT_call_column);
	if (file && dwarf_getsrcfiles(&unit, &files, NULL) == 0)
		level->file = as_told(u, dwarf_filesrc(files, file, NULL, NULL));
}

static bool place_address(struct rn_line *level, const struct unit *u, uint64_t addr)
{
	Dwarf_Die unit = u->die;
	int line = 0, column = 0;
	Dwarf_Line *row = dwarf_getsrc_die(&unit, addr);
	if (!row || dwarf_lineno(row, &line) != 0)
		return false;
	dwarf_linecol(row, &column);
	level->file = as_told(u, dwarf_linesrc(row, NULL, NULL));
	level->line = line > 0 ? (uint32_t)line : 0;
	level->column = column > 0 ? (uint32_t)column : 0;
	return true;
}

unsigned rn_lines_of(struct rn_lines *l, uint64_t addr, struct rn_line levels[RN_LINES_LEVELS])
{
	struct nest nest = { .n = 0 };
	uint32_t which, function;
	uint64_t visited = 0;
	if (!find_range(&l->ranges, addr, &which))
		return 0;
	struct unit *u = &l->unit[which];
	read_unit(l, u);
	memset(&levels[0], 0, sizeof(levels[0]));
	bool placed = place_address(&levels[0], u, addr);
	if (!find_range(&u->ranges, addr, &function))
		return placed ? 1 : 0;
	struct function *f = &u->function[function];
	walk_inlined(&nest, &f->die, addr, 0, &visited);
	unsigned n = 0;
	while (nest.n) {
		Dwarf_Die *die = &nest.die[--nest.n];
		Dwarf_Addr entry = 0;
		if (dwarf_entrypc(die, &entry) != 0)
			entry = addr;
		name_level(&levels[n], die, entry);
		levels[n++].inlined = true;
		memset(&levels[n], 0, sizeof(levels[n]));
		place_call(&levels[n], u, die);
	}
	name_level(&levels[n], &f->die, f->entry);
	return n + 1;
}
