/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/scrub_image.h"

#include "shared/elf_layout.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#define MAX_SEGMENTS 128u

struct scrub {
	struct rn_bytes image;
	uint8_t *out;
	const struct rn_elf_layout *l;
	uint64_t sections_at;
	uint32_t n_sections;
	uint64_t budget; /* bytes: sections and strings of a hostile file may all overlap */
};
#define BUDGET_TIMES 16 /* as much as the image has; honest ones share a string now and then */

static uint64_t word(const struct scrub *s, uint64_t at)
{
	return rn_elf_number(s->image, at, s->l->word_bytes);
}

static void keep(struct scrub *s, uint64_t at, uint64_t len)
{
	if (at >= s->image.len || len > s->image.len - at || len > s->budget)
		return;
	memcpy(s->out + at, s->image.p + at, (size_t)len);
	s->budget -= len;
}

struct section {
	uint64_t header, at, len;
	uint32_t name, type, link;
};

/* Of bytes that are not all there are none. */
static struct section section(const struct scrub *s, uint64_t i)
{
	const struct rn_elf_layout *l = s->l;
	uint64_t h = s->sections_at + i * l->shdr_bytes;
	struct section x = { .header = h, .at = word(s, h + l->sh_offset), .len = word(s, h + l->sh_size),
		.name = (uint32_t)rn_elf_number(s->image, h, 4), .type = (uint32_t)rn_elf_number(s->image, h + 4, 4),
		.link = (uint32_t)rn_elf_number(s->image, h + l->sh_link, 4) };
	if (x.type == SHT_NOBITS || x.at > s->image.len || x.len > s->image.len - x.at)
		x.len = 0;
	return x;
}

static struct rn_bytes bytes_of(const struct scrub *s, const struct section *x)
{
	return rn_bytes_of(s->image.p + (x->len ? x->at : 0), (size_t)x->len);
}

/* The string of a section; behind it there are zeros. */
static void keep_string(struct scrub *s, const struct section *strings, uint32_t at)
{
	if (at >= strings->len)
		return;
	const uint8_t *from = s->image.p + strings->at + at;
	uint64_t most = strings->len - at < s->budget ? strings->len - at : s->budget;
	keep(s, strings->at + at, strnlen((const char *)from, (size_t)most));
}

/* As the analyzer looks functions up: what assemblers make has no type. */
static bool is_function(const struct scrub *s, uint64_t symbol)
{
	bool is64 = s->l->word_bytes == 8;
	unsigned type = s->image.p[symbol + (is64 ? offsetof(Elf64_Sym, st_info) : offsetof(Elf32_Sym, st_info))] & 15;
	uint64_t in = rn_elf_number(s->image,
		symbol + (is64 ? offsetof(Elf64_Sym, st_shndx) : offsetof(Elf32_Sym, st_shndx)), 2);
	if (type == STT_NOTYPE)
		return in && in < s->n_sections &&
			word(s, s->sections_at + in * s->l->shdr_bytes + s->l->sh_flags) & SHF_EXECINSTR;
	return type == STT_FUNC || type == STT_GNU_IFUNC;
}

/* Others become entries of zeros. */
static void keep_symbols(struct scrub *s, const struct section *x)
{
	uint64_t entry = s->l->word_bytes == 8 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct section strings = x->link < s->n_sections ? section(s, x->link) : (struct section){ 0 };
	if (strings.type != SHT_STRTAB)
		strings.len = 0;
	s->budget -= x->len < s->budget ? x->len : s->budget; /* of the walk */
	for (uint64_t at = x->at; s->budget && x->at + x->len - at >= entry; at += entry) {
		if (!is_function(s, at))
			continue;
		keep(s, at, entry);
		keep_string(s, &strings, (uint32_t)rn_elf_number(s->image, at, 4));
	}
}

static bool is_one_of(struct rn_bytes names, uint32_t name, const char *const *list)
{
	for (; *list; list++)
		if (rn_elf_is_named(names, name, *list))
			return true;
	return false;
}

static void keep_section(struct scrub *s, const struct section *x, const struct section *names)
{
	static const char *const whole[] = { ".eh_frame", ".eh_frame_hdr", ".debug_frame", ".zdebug_frame",
		".note.gnu.build-id", NULL };
	static const char *const known[] = { ".init", ".plt", ".plt.got", ".plt.sec", ".text", ".fini", ".rodata",
		".data", ".bss", ".dynsym", ".dynstr", ".symtab", ".strtab", ".shstrtab", ".symtab_shndx", NULL };
	bool is_whole = is_one_of(bytes_of(s, names), x->name, whole);
	if (is_whole || is_one_of(bytes_of(s, names), x->name, known))
		keep_string(s, names, x->name);
	if (x->type == SHT_SYMTAB || x->type == SHT_DYNSYM)
		keep_symbols(s, x);
	else if (is_whole || x->type == SHT_SYMTAB_SHNDX)
		keep(s, x->at, x->len);
	else if (x->type != SHT_STRTAB && x->type != SHT_NULL)
		rn_elf_set_number(s->out, s->image.len, x->header + 4, 4, SHT_NOBITS);
}

static void keep_headers(struct scrub *s)
{
	const struct rn_elf_layout *l = s->l;
	uint64_t n = rn_elf_number(s->image, l->phnum, 2);
	keep(s, 0, l->ehdr_bytes);
	if (n <= MAX_SEGMENTS)
		keep(s, word(s, l->phoff), n * l->phdr_bytes);
	keep(s, s->sections_at, (uint64_t)s->n_sections * l->shdr_bytes);
}

bool rn_scrub_image(uint8_t *out, struct rn_bytes image)
{
	struct scrub s = { .image = image, .out = out, .l = rn_elf_layout(image),
		.budget = (uint64_t)image.len * BUDGET_TIMES };
	if (!s.l)
		return false;
	s.sections_at = word(&s, s.l->shoff);
	uint64_t n = rn_elf_number(image, s.l->shnum, 2), names = rn_elf_number(image, s.l->shstrndx, 2);
	if (!n && s.sections_at)
		n = word(&s, s.sections_at + s.l->sh_size);
	if (names == SHN_XINDEX)
		names = rn_elf_number(image, s.sections_at + s.l->sh_link, 4);
	if (s.sections_at > image.len || n > (image.len - s.sections_at) / s.l->shdr_bytes || names >= n)
		return false;
	s.n_sections = (uint32_t)n;
	keep_headers(&s);
	struct section of_names = section(&s, names);
	for (uint32_t i = 1; i < s.n_sections; i++) {
		struct section x = section(&s, i);
		keep_section(&s, &x, &of_names);
	}
	return true;
}
