/* SPDX-License-Identifier: MIT */
#include "shared/elf_image.h"

#include "shared/elf_layout.h"

#include <elf.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SEGMENTS 128u
#define MAX_NOTE_BYTES 65536u
#define MAX_NAMES_BYTES ((uint64_t)1 << 20)

/* The file and its headers. */
struct file {
	int fd;
	uint64_t size;
	const struct rn_elf_layout *l;
	struct rn_buffer ehdr, phdrs, shdrs, names;
	uint32_t n_segments, n_sections;
	enum rn_embed how;
};

/* len bytes at offset to the end of b; false: they are not all there. */
static bool read_at(const struct file *f, uint64_t offset, uint64_t len, struct rn_buffer *b)
{
	if (offset > f->size || len > f->size - offset)
		return false;
	uint8_t *to = rn_buffer_reserve(b, (size_t)len);
	if (!to || pread(f->fd, to, (size_t)len, (off_t)offset) != (ssize_t)len)
		return false;
	b->len += (size_t)len;
	return true;
}

static uint64_t section_at(const struct file *f, uint32_t i)
{
	return (uint64_t)i * f->l->shdr_bytes;
}

static uint64_t section_word(const struct file *f, uint32_t i, unsigned field)
{
	return rn_elf_number(rn_buffer_bytes(&f->shdrs), section_at(f, i) + field, f->l->word_bytes);
}

static uint32_t section_u32(const struct file *f, uint32_t i, unsigned field)
{
	return (uint32_t)rn_elf_number(rn_buffer_bytes(&f->shdrs), section_at(f, i) + field, 4);
}

static bool read_section_headers(struct file *f)
{
	struct rn_bytes e = rn_buffer_bytes(&f->ehdr);
	const struct rn_elf_layout *l = f->l;
	uint64_t at = rn_elf_number(e, l->shoff, l->word_bytes);
	uint64_t n = rn_elf_number(e, l->shnum, 2), names = rn_elf_number(e, l->shstrndx, 2);
	if (!at || rn_elf_number(e, l->shentsize, 2) != l->shdr_bytes)
		return false;
	struct rn_buffer first = RN_BUFFER_INIT;
	if (read_at(f, at, l->shdr_bytes, &first)) {
		struct rn_bytes s = rn_buffer_bytes(&first);
		if (!n)
			n = rn_elf_number(s, l->sh_size, l->word_bytes);
		if (names == SHN_XINDEX)
			names = rn_elf_number(s, l->sh_link, 4);
	}
	rn_buffer_fini(&first);
	if (n < 2 || n > RN_IMAGE_MAX_SECTIONS || names >= n ||
		!read_at(f, at, n * l->shdr_bytes, &f->shdrs))
		return false;
	f->n_sections = (uint32_t)n;
	uint64_t len = section_word(f, (uint32_t)names, l->sh_size);
	return len <= MAX_NAMES_BYTES &&
		read_at(f, section_word(f, (uint32_t)names, l->sh_offset), len, &f->names);
}

static bool read_headers(struct file *f)
{
	struct stat st;
	if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	f->size = (uint64_t)st.st_size;
	if (!read_at(f, 0, f->size < sizeof(Elf64_Ehdr) ? f->size : sizeof(Elf64_Ehdr), &f->ehdr))
		return false;
	f->l = rn_elf_layout(rn_buffer_bytes(&f->ehdr));
	if (!f->l)
		return false;
	struct rn_bytes e = rn_buffer_bytes(&f->ehdr);
	f->ehdr.len = f->l->ehdr_bytes;
	f->n_segments = (uint32_t)rn_elf_number(e, f->l->phnum, 2);
	if (f->n_segments > MAX_SEGMENTS || /* none: debug information alone, as dwz(1) puts it apart */
		(f->n_segments && (rn_elf_number(e, f->l->phentsize, 2) != f->l->phdr_bytes ||
			!read_at(f, rn_elf_number(e, f->l->phoff, f->l->word_bytes),
				(uint64_t)f->n_segments * f->l->phdr_bytes, &f->phdrs))))
		return false;
	if (!read_section_headers(f)) {
		f->n_sections = 0;
		rn_buffer_clear(&f->shdrs);
		rn_buffer_clear(&f->names);
	}
	return true;
}

static bool begins(const struct file *f, uint32_t name, const char *with)
{
	size_t len = strlen(with);
	return name < f->names.len && len <= f->names.len - name &&
		memcmp(f->names.p + name, with, len) == 0;
}

static bool is_named(const struct file *f, uint32_t i, const char *const *names)
{
	uint32_t name = section_u32(f, i, 0);
	for (; *names; names++)
		if (rn_elf_is_named(rn_buffer_bytes(&f->names), name, *names))
			return true;
	return false;
}

enum worth { LEFT_OUT, SYMBOLS, DEBUG, TABLES };

static enum worth worth_of(const struct file *f, uint32_t i)
{
	static const char *const tables[] = { ".eh_frame", ".eh_frame_hdr", ".debug_frame",
		".zdebug_frame", ".gnu_debuglink", ".gnu_debugaltlink", ".shstrtab", NULL };
	static const char *const symbols[] = { ".gnu_debugdata", NULL };
	uint32_t name = section_u32(f, i, 0), type = section_u32(f, i, 4);
	if (type == SHT_NOBITS || type == SHT_NULL || !section_word(f, i, f->l->sh_size))
		return LEFT_OUT;
	if (type == SHT_NOTE)
		return section_word(f, i, f->l->sh_size) <= MAX_NOTE_BYTES ? TABLES : LEFT_OUT;
	if (is_named(f, i, tables))
		return TABLES;
	if (type == SHT_DYNSYM || type == SHT_SYMTAB || type == SHT_SYMTAB_SHNDX ||
		is_named(f, i, symbols))
		return SYMBOLS;
	if (begins(f, name, ".debug_") || begins(f, name, ".zdebug_"))
		return f->how == RN_EMBED_DEBUG ? DEBUG : LEFT_OUT;
	return LEFT_OUT;
}

/* What each section is worth; strings as much as the symbols that use them. */
static void judge(const struct file *f, uint8_t *worth)
{
	for (uint32_t i = 1; i < f->n_sections; i++)
		worth[i] = (uint8_t)worth_of(f, i);
	for (uint32_t i = 1; i < f->n_sections; i++) {
		uint32_t type = section_u32(f, i, 4), link = section_u32(f, i, f->l->sh_link);
		if (worth[i] == SYMBOLS && (type == SHT_DYNSYM || type == SHT_SYMTAB) &&
			link && link < f->n_sections && worth[link] == LEFT_OUT &&
			section_u32(f, link, 4) == SHT_STRTAB)
			worth[link] = SYMBOLS;
	}
	/* Until it fits: symbols go first, then debug information. */
	uint64_t cap = f->how == RN_EMBED_DEBUG ? (uint64_t)1 << 29 : RN_IMAGE_MAX_BYTES;
	for (enum worth drop = SYMBOLS; drop <= TABLES; drop++) {
		uint64_t total = 0;
		for (uint32_t i = 1; i < f->n_sections; i++) {
			uint64_t at = section_word(f, i, f->l->sh_offset);
			uint64_t len = section_word(f, i, f->l->sh_size);
			if (worth[i] && (at > f->size || len > f->size - at))
				worth[i] = LEFT_OUT;
			total += worth[i] ? len : 0;
		}
		for (uint32_t i = 1; total > cap && i < f->n_sections; i++)
			worth[i] = worth[i] == drop ? LEFT_OUT : worth[i];
	}
}

static int by_offset(const void *a, const void *b, void *arg)
{
	const struct file *f = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint64_t ox = section_word(f, x, f->l->sh_offset), oy = section_word(f, y, f->l->sh_offset);
	return ox < oy ? -1 : ox > oy ? 1 : x < y ? -1 : x > y;
}

static uint64_t aligned(uint64_t at, uint64_t to)
{
	return to > 1 && to <= 64 && !(to & (to - 1)) ? (at + to - 1) & ~(to - 1) : at;
}

static void set_section(struct file *f, uint32_t i, unsigned field, unsigned nbytes, uint64_t v)
{
	rn_elf_set_number(f->shdrs.p, f->shdrs.len, section_at(f, i) + field, nbytes, v);
}

/* The kept sections in order of the file; their headers say where they are in the image. */
static bool lay_out(struct rn_image_plan *p, struct file *f, const uint8_t *worth)
{
	uint32_t *order = malloc(f->n_sections * sizeof(*order)), n = 0;
	p->piece = malloc(f->n_sections * sizeof(*p->piece));
	if (!order || !p->piece) {
		free(order);
		return false;
	}
	for (uint32_t i = 1; i < f->n_sections; i++)
		if (worth[i])
			order[n++] = i;
	qsort_r(order, n, sizeof(*order), by_offset, f);
	p->bytes = f->l->ehdr_bytes + f->phdrs.len;
	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = order[k];
		uint64_t len = section_word(f, i, f->l->sh_size);
		p->bytes = aligned(p->bytes, section_word(f, i, f->l->sh_addralign));
		p->piece[p->n_pieces++] = (struct rn_image_piece){
			section_word(f, i, f->l->sh_offset), p->bytes, len };
		set_section(f, i, f->l->sh_offset, f->l->word_bytes, p->bytes);
		p->bytes += len;
	}
	free(order);
	for (uint32_t i = 1; i < f->n_sections; i++)
		if (!worth[i])
			set_section(f, i, 4, 4, SHT_NOBITS);
	return n > 0;
}

/* Where a run of the file is in the image; false: not all of it is there in one piece. */
static bool moved(const struct rn_image_plan *p, uint64_t from, uint64_t len, uint64_t *to)
{
	uint64_t at = 0, left = 0;
	for (uint32_t k = 0; k < p->n_pieces; k++) {
		const struct rn_image_piece *q = &p->piece[k];
		if (!left && from >= q->from && from - q->from < q->len) {
			*to = at = q->to + (from - q->from);
			left = len;
		} else if (!left || q->from != from + (at - *to) || q->to != at) {
			continue;
		}
		uint64_t here = q->to + q->len - at;
		if (left <= here)
			return true;
		left -= here;
		at += here;
	}
	return false;
}

/* Segments that are mapped speak of the original file: a mapping's offset leads to an address by
 * them. Others point into the image, or are left out. */
static void patch_segments(const struct rn_image_plan *p, struct file *f)
{
	struct rn_bytes h = rn_buffer_bytes(&f->phdrs);
	unsigned w = f->l->word_bytes;
	for (uint32_t i = 0; i < f->n_segments; i++) {
		uint64_t at = (uint64_t)i * f->l->phdr_bytes, to;
		uint32_t type = (uint32_t)rn_elf_number(h, at, 4);
		uint64_t offset = rn_elf_number(h, at + f->l->p_offset, w);
		uint64_t len = rn_elf_number(h, at + f->l->p_filesz, w);
		if (type == PT_LOAD || type == PT_GNU_STACK)
			continue;
		if (type != PT_PHDR && len && moved(p, offset, len, &to))
			rn_elf_set_number(f->phdrs.p, f->phdrs.len, at + f->l->p_offset, w, to);
		else
			rn_elf_set_number(f->phdrs.p, f->phdrs.len, at, 4, PT_NULL);
	}
}

/* A file without section headers: sections for its notes and its unwind table, as its program
 * headers tell of them. */

static void add_section(struct file *f, const char *name, uint32_t type, uint64_t addr,
	uint64_t offset, uint64_t size)
{
	uint32_t i = f->n_sections++;
	rn_put_zeros(&f->shdrs, f->l->shdr_bytes);
	set_section(f, i, 0, 4, f->names.len);
	set_section(f, i, 4, 4, type);
	set_section(f, i, f->l->sh_addr, f->l->word_bytes, addr);
	set_section(f, i, f->l->sh_offset, f->l->word_bytes, offset);
	set_section(f, i, f->l->sh_size, f->l->word_bytes, size);
	set_section(f, i, f->l->sh_addralign, f->l->word_bytes, 8);
	rn_put_bytes(&f->names, name, strlen(name) + 1);
}

static uint64_t segment_word(const struct file *f, uint32_t i, unsigned field)
{
	return rn_elf_number(rn_buffer_bytes(&f->phdrs), (uint64_t)i * f->l->phdr_bytes + field,
		f->l->word_bytes);
}

/* .eh_frame_hdr begins with its version (1), three encodings and, as a rule, the distance to
 * .eh_frame in 4 bytes. .eh_frame reaches to the end of its segment: it ends with a zero before. */
static void add_unwind_table(struct file *f, uint32_t segment)
{
	uint64_t offset = segment_word(f, segment, f->l->p_offset);
	uint64_t addr = segment_word(f, segment, f->l->p_vaddr);
	struct rn_buffer h = RN_BUFFER_INIT;
	bool usual = read_at(f, offset, 8, &h) && h.p[0] == 1 && h.p[1] == 0x1b;
	uint64_t table = usual ? addr + 4 + (uint64_t)(int64_t)(int32_t)rn_elf_number(
		rn_buffer_bytes(&h), 4, 4) : 0;
	rn_buffer_fini(&h);
	if (!usual)
		return;
	for (uint32_t i = 0; i < f->n_segments; i++) {
		uint64_t low = segment_word(f, i, f->l->p_vaddr);
		uint64_t len = segment_word(f, i, f->l->p_filesz);
		if (rn_elf_number(rn_buffer_bytes(&f->phdrs), (uint64_t)i * f->l->phdr_bytes, 4) !=
			PT_LOAD || table < low || table - low >= len)
			continue;
		add_section(f, ".eh_frame_hdr", SHT_PROGBITS, addr, offset,
			segment_word(f, segment, f->l->p_filesz));
		add_section(f, ".eh_frame", SHT_PROGBITS, table,
			segment_word(f, i, f->l->p_offset) + (table - low), len - (table - low));
		return;
	}
}

static void make_sections(struct file *f)
{
	add_section(f, "", SHT_NULL, 0, 0, 0);
	for (uint32_t i = 0; i < f->n_segments; i++) {
		uint64_t at = (uint64_t)i * f->l->phdr_bytes;
		uint32_t type = (uint32_t)rn_elf_number(rn_buffer_bytes(&f->phdrs), at, 4);
		if (type == PT_NOTE)
			add_section(f, ".note", SHT_NOTE, segment_word(f, i, f->l->p_vaddr),
				segment_word(f, i, f->l->p_offset),
				segment_word(f, i, f->l->p_filesz));
		else if (type == PT_GNU_EH_FRAME)
			add_unwind_table(f, i);
	}
}

/* Section headers, and behind them the names when we made them. */
static void finish(struct rn_image_plan *p, struct file *f, bool made)
{
	const struct rn_elf_layout *l = f->l;
	p->tail_at = aligned(p->bytes, 8);
	if (made) {
		uint64_t at = p->tail_at + (f->n_sections + 1) * (uint64_t)l->shdr_bytes;
		uint32_t names = f->n_sections;
		add_section(f, ".shstrtab", SHT_STRTAB, 0, at, 0);
		set_section(f, names, l->sh_size, l->word_bytes, f->names.len);
		rn_elf_set_number(f->ehdr.p, f->ehdr.len, l->shentsize, 2, l->shdr_bytes);
		rn_elf_set_number(f->ehdr.p, f->ehdr.len, l->shnum, 2, f->n_sections);
		rn_elf_set_number(f->ehdr.p, f->ehdr.len, l->shstrndx, 2, names);
	}
	rn_elf_set_number(f->ehdr.p, f->ehdr.len, l->phoff, l->word_bytes, l->ehdr_bytes);
	rn_elf_set_number(f->ehdr.p, f->ehdr.len, l->shoff, l->word_bytes, p->tail_at);
	rn_put_bytes(&p->head, f->ehdr.p, f->ehdr.len);
	rn_put_bytes(&p->head, f->phdrs.p, f->phdrs.len);
	rn_put_bytes(&p->tail, f->shdrs.p, f->shdrs.len);
	if (made)
		rn_put_bytes(&p->tail, f->names.p, f->names.len);
	p->bytes = p->tail_at + p->tail.len;
}

static bool plan(struct rn_image_plan *p, struct file *f)
{
	if (!read_headers(f))
		return false;
	bool made = f->n_sections == 0;
	if (made)
		make_sections(f);
	uint8_t *worth = calloc(f->n_sections, 1);
	bool good = worth && rn_buffer_ok(&f->shdrs) && rn_buffer_ok(&f->names);
	if (good) {
		judge(f, worth);
		good = lay_out(p, f, worth);
	}
	free(worth);
	if (!good)
		return false;
	patch_segments(p, f);
	finish(p, f, made);
	return rn_buffer_ok(&p->head) && rn_buffer_ok(&p->tail);
}

bool rn_image_plan_init(struct rn_image_plan *p, int fd, enum rn_embed how)
{
	struct file f = { .fd = fd, .how = how, .ehdr = RN_BUFFER_INIT, .phdrs = RN_BUFFER_INIT,
		.shdrs = RN_BUFFER_INIT, .names = RN_BUFFER_INIT };
	*p = (struct rn_image_plan){ .head = RN_BUFFER_INIT, .tail = RN_BUFFER_INIT };
	bool good = plan(p, &f);
	if (!good)
		rn_image_plan_fini(p);
	rn_buffer_fini(&f.ehdr);
	rn_buffer_fini(&f.phdrs);
	rn_buffer_fini(&f.shdrs);
	rn_buffer_fini(&f.names);
	return good;
}

void rn_image_plan_fini(struct rn_image_plan *p)
{
	rn_buffer_fini(&p->head);
	rn_buffer_fini(&p->tail);
	free(p->piece);
	*p = (struct rn_image_plan){ .head = RN_BUFFER_INIT, .tail = RN_BUFFER_INIT };
}

/* A file cut short meanwhile gives zeros. */
static void put_piece(struct rn_buffer *out, int fd, const struct rn_image_piece *q)
{
	uint8_t *to = rn_buffer_reserve(out, (size_t)q->len);
	size_t done = 0;
	while (to && done < q->len) {
		ssize_t n = pread(fd, to + done, (size_t)q->len - done, (off_t)(q->from + done));
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (to) {
		memset(to + done, 0, (size_t)q->len - done);
		out->len += (size_t)q->len;
	}
}

bool rn_image_make(struct rn_buffer *out, int fd, enum rn_embed how)
{
	struct rn_image_plan p;
	size_t start = out->len;
	if (!rn_image_plan_init(&p, fd, how))
		return false;
	rn_put_bytes(out, p.head.p, p.head.len);
	for (uint32_t i = 0; i < p.n_pieces; i++) {
		rn_put_zeros(out, (size_t)p.piece[i].to - (out->len - start));
		put_piece(out, fd, &p.piece[i]);
	}
	rn_put_zeros(out, (size_t)p.tail_at - (out->len - start));
	rn_put_bytes(out, p.tail.p, p.tail.len);
	rn_image_plan_fini(&p);
	return rn_buffer_ok(out);
}
