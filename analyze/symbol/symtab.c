/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/symtab.h"

#include "shared/cursor.h"

#include <elf.h>
#include <stdlib.h>

#define ENTRIES_MAX ((size_t)1 << 26)

static int add(struct rn_symtab *t, const struct rn_symtab_entry *entry, struct rn_error *err)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 1024;
		struct rn_symtab_entry *grown = cap > ENTRIES_MAX ? NULL :
			realloc(t->entry, cap * sizeof(*grown));
		if (!grown)
			return rn_fail(err, RN_E_NOMEM, "out of memory for symbols");
		t->entry = grown;
		t->cap = cap;
	}
	t->entry[t->n] = *entry;
	t->entry[t->n].order = (uint32_t)t->n;
	t->n++;
	return 0;
}

struct symbol {
	uint32_t name;
	uint8_t info;
	uint16_t section;
	uint64_t value, size;
};

static struct symbol take_symbol(struct rn_cursor *c, bool is64)
{
	struct symbol s;
	s.name = rn_take_u32(c);
	if (is64) {
		s.info = rn_take_u8(c);
		rn_take_u8(c);
		s.section = rn_take_u16(c);
		s.value = rn_take_u64(c);
		s.size = rn_take_u64(c);
	} else {
		s.value = rn_take_u32(c);
		s.size = rn_take_u32(c);
		s.info = rn_take_u8(c);
		rn_take_u8(c);
		s.section = rn_take_u16(c);
	}
	return s;
}

static bool is_code(const struct rn_elf_view *e, const struct symbol *s)
{
	unsigned type = s->info & 0xf;
	if (s->section == SHN_UNDEF)
		return false;
	if (type == STT_FUNC || type == STT_GNU_IFUNC)
		return true;
	return type == STT_NOTYPE && s->section < e->n_sections &&
		e->section[s->section].flags & SHF_EXECINSTR;
}

static uint8_t rank_of(const struct symbol *s)
{
	unsigned binding = s->info >> 4;
	uint8_t by_binding = binding == STB_WEAK ? 1 : binding == STB_LOCAL ? 0 : 2;
	return (uint8_t)(by_binding + ((s->info & 0xf) == STT_NOTYPE ? 0 : 3));
}

/* Marks of the assembler: "$x" of aarch64, ".L12". */
static bool is_name(struct rn_bytes name)
{
	return name.len && name.p[0] != '$' && !(name.len > 1 && name.p[0] == '.' && name.p[1] == 'L');
}

/* Without the version that the linker puts behind it: "f@@GLIBC_2.34". */
static struct rn_bytes without_version(struct rn_bytes name)
{
	const uint8_t *at = name.len > 1 ? memchr(name.p + 1, '@', name.len - 1) : NULL;
	return at ? rn_bytes_of(name.p, (size_t)(at - name.p)) : name;
}

static int take_table(struct rn_symtab *t, const struct rn_elf_view *e,
	const struct rn_elf_section *s, struct rn_error *err)
{
	struct rn_cursor c = rn_cursor_of(s->data.p, s->data.len);
	struct rn_bytes names = s->link < e->n_sections ? e->section[s->link].data :
		rn_bytes_of(NULL, 0);
	size_t bytes = e->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	int rc = 0;
	while (rn_cursor_left(&c) >= bytes && !rc) {
		struct symbol sym = take_symbol(&c, e->is64);
		const uint8_t *nul;
		if (!is_code(e, &sym) || sym.name >= names.len)
			continue;
		nul = memchr(names.p + sym.name, 0, names.len - sym.name);
		struct rn_symtab_entry entry = { .addr = sym.value, .size = sym.size,
			.rank = rank_of(&sym) };
		if (nul)
			entry.name = without_version(rn_bytes_of(names.p + sym.name,
				(size_t)(nul - (names.p + sym.name))));
		if (is_name(entry.name))
			rc = add(t, &entry, err);
	}
	return rc;
}

static int by_address(const void *a, const void *b)
{
	const struct rn_symtab_entry *x = a, *y = b;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* One name for each address: the first of the sorted, with the greatest size of all. */
static void settle(struct rn_symtab *t)
{
	size_t kept = 0;
	if (t->n)
		qsort(t->entry, t->n, sizeof(*t->entry), by_address);
	for (size_t i = 0; i < t->n; i++) {
		struct rn_symtab_entry *last = kept ? &t->entry[kept - 1] : NULL;
		if (last && last->addr == t->entry[i].addr) {
			if (t->entry[i].size > last->size)
				last->size = t->entry[i].size;
			continue;
		}
		t->entry[kept++] = t->entry[i];
	}
	t->n = kept;
	for (size_t i = 0; i < kept; i++) {
		struct rn_symtab_entry *s = &t->entry[i];
		if (!s->size)
			s->size = i + 1 < kept ? t->entry[i + 1].addr - s->addr : 4096;
		if (s->size > t->max_size)
			t->max_size = s->size;
	}
}

int rn_symtab_init(struct rn_symtab *t, const struct rn_elf_view *e, const struct rn_elf_view *more,
	struct rn_error *err)
{
	int rc = 0;
	*t = (struct rn_symtab){ .n = 0 };
	const struct rn_elf_section *s = rn_elf_section(e, ".symtab");
	if (s && s->data.len)
		rc = take_table(t, e, s, err);
	if (!rc && !t->n) {
		s = rn_elf_section(e, ".dynsym");
		t->is_dynamic = true;
		if (s)
			rc = take_table(t, e, s, err);
	}
	s = more ? rn_elf_section(more, ".symtab") : NULL;
	if (!rc && s && s->data.len) {
		rc = take_table(t, more, s, err);
		t->is_dynamic = false;
	}
	settle(t);
	return rc;
}

void rn_symtab_fini(struct rn_symtab *t)
{
	free(t->entry);
	*t = (struct rn_symtab){ .n = 0 };
}

/* Functions may nest (hand-written assembly): the nearest start whose end is behind the address. */
const struct rn_symtab_entry *rn_symtab_find(const struct rn_symtab *t, uint64_t addr)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (t->entry[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	for (unsigned tries = 0; low-- > 0 && tries < 64; tries++) {
		const struct rn_symtab_entry *s = &t->entry[low];
		if (addr - s->addr < s->size)
			return s;
		if (addr - s->addr >= t->max_size)
			return NULL;
	}
	return NULL;
}

static bool take_hex(struct rn_cursor *c, uint64_t *v)
{
	unsigned digits = 0;
	*v = 0;
	if (c->end - c->p > 2 && c->p[0] == '0' && (c->p[1] | 32) == 'x')
		c->p += 2;
	for (; c->p < c->end; c->p++, digits++) {
		uint8_t d = *c->p | 32;
		if (d >= '0' && d <= '9')
			d -= '0';
		else if (d >= 'a' && d <= 'f')
			d -= 'a' - 10;
		else
			break;
		if (digits >= 16)
			return false;
		*v = *v << 4 | d;
	}
	bool blank = digits && c->p < c->end && *c->p == ' ';
	c->p += blank;
	return blank;
}

int rn_symtab_init_jit(struct rn_symtab *t, struct rn_bytes map, struct rn_error *err)
{
	const uint8_t *p = map.p, *end = map.p + map.len;
	int rc = 0;
	*t = (struct rn_symtab){ .n = 0 };
	while (p < end && !rc) {
		const uint8_t *nl = memchr(p, '\n', (size_t)(end - p));
		const uint8_t *stop = nl ? nl : end;
		struct rn_cursor c = rn_cursor_of(p, (size_t)(stop - p));
		/* Later lines replace earlier ones of the same start. */
		struct rn_symtab_entry s = { .rank = 0 };
		if (take_hex(&c, &s.addr) && take_hex(&c, &s.size) && c.p < stop && s.size) {
			s.name = rn_bytes_of(c.p, (size_t)(stop - c.p));
			rc = add(t, &s, err);
			if (!rc)
				t->entry[t->n - 1].order = UINT32_MAX - t->entry[t->n - 1].order;
		}
		p = nl ? nl + 1 : end;
	}
	settle(t);
	return rc;
}
