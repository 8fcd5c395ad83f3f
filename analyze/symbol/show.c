/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/show.h"

#include "analyze/report/cell.h"

#include <stdlib.h>

static void put_file_line(struct rn_buffer *out, struct rn_bytes file, uint32_t line)
{
	rn_put_shown(out, file);
	if (line) {
		rn_put_u8(out, ':');
		rn_put_decimal(out, line);
	}
}

static void put_place(struct rn_buffer *out, struct rn_bytes file, uint32_t line,
	struct rn_bytes function)
{
	if (file.len)
		put_file_line(out, file, line);
	if (function.len) {
		rn_put_text(out, file.len ? " in " : "in ");
		rn_put_shown(out, function);
	}
}

/* What the map adds: the original where it does not stand in the generated one's place, the remark. */
static void put_origin(struct rn_buffer *out, const struct rn_frames *f, const struct rn_symbol *s)
{
	const struct rn_frame_options *o = rn_frames_options(f);
	if (!s->origin)
		return;
	if (!o->rewrite && (s->origin->line || s->origin->function.len)) {
		rn_put_text(out, ", from ");
		put_place(out, s->origin->line ? s->origin->file : rn_bytes_of(NULL, 0),
			s->origin->line, s->origin->function);
	}
	if (o->context && s->origin->context.len) {
		rn_put_text(out, ": ");
		rn_put_shown(out, s->origin->context);
	}
}

void rn_show_source(struct rn_buffer *out, struct rn_frames *f, uint32_t stack)
{
	struct rn_level level;
	if (!rn_frames_user(f, stack, &level))
		return;
	struct rn_place_shown p = rn_frames_shown(f, level.symbol);
	put_place(out, p.file, p.line, p.function);
	put_origin(out, f, level.symbol);
}

/* C++ with its parameters, as strace has it. */
static struct rn_bytes long_name(const struct rn_frames *f, const struct rn_symbol *s)
{
	struct rn_place_shown p = rn_frames_shown(f, s);
	return rn_bytes_equal(p.function, s->function) ? s->signature : p.function;
}

static void put_stack_line(struct rn_buffer *out, struct rn_frames *f, const struct rn_level *level,
	bool as_strace)
{
	const struct rn_frame_options *o = rn_frames_options(f);
	struct rn_place_shown p = rn_frames_shown(f, level->symbol);
	struct rn_bytes name = long_name(f, level->symbol);
	rn_put_text(out, " > ");
	rn_put_shown(out, level->module ? level->module->path : rn_bytes_str("?"));
	rn_put_u8(out, '(');
	rn_put_shown(out, name);
	if (name.len && !level->symbol->inlined)
		rn_put_format(out, "+0x%llx", (unsigned long long)level->symbol->offset);
	rn_put_format(out, ") [0x%llx]", (unsigned long long)level->frame->pc_addr);
	if (o->source && p.file.len) {
		rn_put_u8(out, ' ');
		put_file_line(out, p.file, p.line);
	} else if (level->symbol->origin && level->symbol->origin->line && o->rewrite) {
		rn_put_u8(out, ' ');
		put_file_line(out, p.file, p.line);
	}
	put_origin(out, f, level->symbol);
	if (level->symbol->inlined && !as_strace)
		rn_put_text(out, " (inlined)");
	if (level->frame->flags & RN_FRAME_GUESSED && !as_strace)
		rn_put_text(out, " (guessed)");
	rn_put_u8(out, '\n');
}

/* Lines of their own for inlined calls only where lines are wanted. */
static bool is_told(const struct rn_frames *f, const struct rn_level *level)
{
	return !level->symbol->inlined || rn_frames_options(f)->source ||
		(level->symbol->origin && level->symbol->origin->line);
}

static const char *const ends[RN_STACK_ENDS] = { [RN_STACK_CUT] = "cut", [RN_STACK_LOST] = "lost",
	[RN_STACK_DEEP] = "deep" };

/* Lines of frames as they were shown before. */
struct rn_shown_lines {
	struct rn_buffer text;
	struct shown_line {
		size_t at, len; /* in text; 0: not shown yet */
	} *line[2];             /* by frame, and whether as strace does */
	uint32_t n[2];
};
#define SHOWN_BYTES_MAX ((size_t)64 << 20)

void rn_shown_lines_free(struct rn_shown_lines *l)
{
	if (!l)
		return;
	rn_buffer_fini(&l->text);
	free(l->line[0]);
	free(l->line[1]);
	free(l);
}

/* NULL: no memory to remember it, or too many. */
static struct shown_line *shown_line(struct rn_frames *f, uint32_t frame, bool as_strace)
{
	struct rn_shown_lines **all = rn_frames_shown_lines(f), *l = *all ? *all : calloc(1, sizeof(*l));
	*all = l;
	if (!l || l->text.len > SHOWN_BYTES_MAX)
		return NULL;
	if (frame >= l->n[as_strace]) {
		uint32_t n = frame + frame / 2 + 256;
		struct shown_line *more = realloc(l->line[as_strace], n * sizeof(*more));
		if (!more)
			return NULL;
		memset(more + l->n[as_strace], 0, (n - l->n[as_strace]) * sizeof(*more));
		l->line[as_strace] = more;
		l->n[as_strace] = n;
	}
	return &l->line[as_strace][frame];
}

/* All lines of a node's frame. */
static int put_frame_lines(struct rn_buffer *out, struct rn_frames *f, uint32_t node, bool as_strace,
	struct rn_error *err)
{
	struct shown_line *known = shown_line(f, rn_stacks_node(rn_frames_stacks(f), node)->frame, as_strace);
	struct rn_level_walk walk = rn_level_walk_of(node);
	struct rn_level level;
	size_t at = out->len;
	int rc = 0;
	if (known && known->len) {
		rn_put_bytes(out, (*rn_frames_shown_lines(f))->text.p + known->at, known->len);
		return 0;
	}
	while (walk.stack == node && (rc = rn_frames_next(f, &walk, &level, err)) == 0)
		if (is_told(f, &level))
			put_stack_line(out, f, &level, as_strace);
	if (known && !rc && rn_buffer_ok(out)) {
		struct rn_buffer *text = &(*rn_frames_shown_lines(f))->text;
		size_t from = text->len;
		rn_put_bytes(text, out->p + at, out->len - at);
		if (rn_buffer_ok(text))
			*known = (struct shown_line){ from, out->len - at };
	}
	return rc == RN_END ? 0 : rc;
}

int rn_show_stack(struct rn_buffer *out, struct rn_frames *f, uint32_t stack, enum rn_stack_end end,
	bool as_strace, struct rn_error *err)
{
	static const char *const words[RN_STACK_ENDS] = {
		[RN_STACK_CUT] = " > (the recorded part of the stack ends here)\n",
		[RN_STACK_LOST] = " > (the rest of the stack is unknown)\n",
		[RN_STACK_DEEP] = " > (the stack is too deep)\n",
	};
	int rc = 0;
	for (uint32_t at = stack; at && !rc; at = rn_stacks_node(rn_frames_stacks(f), at)->parent)
		rc = put_frame_lines(out, f, at, as_strace, err);
	if (!rc && stack && end < RN_STACK_ENDS && words[end] && !as_strace)
		rn_put_text(out, words[end]);
	return rc;
}

static void member_text(struct rn_json *j, const char *key, struct rn_bytes text)
{
	if (!text.len)
		return;
	rn_json_key(j, key);
	rn_json_bytes(j, text);
}

static void member_u64(struct rn_json *j, const char *key, uint64_t v)
{
	if (!v)
		return;
	rn_json_key(j, key);
	rn_json_u64(j, v);
}

static void member_true(struct rn_json *j, const char *key, bool v)
{
	if (!v)
		return;
	rn_json_key(j, key);
	rn_json_bool(j, true);
}

/* What the map leads to or, where that stands in front, what it was generated to. */
static void put_other_side(struct rn_json *j, const struct rn_frames *f, const struct rn_symbol *s)
{
	const struct rn_frame_options *o = rn_frames_options(f);
	const struct rn_origin *from = s->origin;
	if (!from)
		return;
	rn_json_key(j, o->rewrite ? "generated" : "original");
	rn_json_object_begin(j);
	member_text(j, "file", o->rewrite ? s->file : from->file);
	member_u64(j, "line", o->rewrite ? s->line : from->line);
	member_text(j, "function", o->rewrite ? s->function : from->function);
	rn_json_object_end(j);
	member_text(j, "language", from->language);
	member_text(j, "description", from->description);
	if (o->context)
		member_text(j, "context", from->context);
}

static void put_place_members(struct rn_json *j, const struct rn_frames *f, const struct rn_symbol *s)
{
	struct rn_place_shown p = rn_frames_shown(f, s);
	member_text(j, "file", p.file);
	member_u64(j, "line", p.line);
	if (p.line == s->line)
		member_u64(j, "column", s->column);
	member_text(j, "function", p.function);
	put_other_side(j, f, s);
}

void rn_show_source_json(struct rn_json *j, struct rn_frames *f, uint32_t stack)
{
	struct rn_level level;
	if (!rn_frames_user(f, stack, &level))
		return;
	if (!level.symbol->file.len && !level.symbol->function.len)
		return;
	rn_json_key(j, "source");
	rn_json_object_begin(j);
	put_place_members(j, f, level.symbol);
	rn_json_object_end(j);
}

static void put_level_json(struct rn_json *j, const struct rn_frames *f, const struct rn_level *level)
{
	rn_json_object_begin(j);
	if (level->module)
		member_text(j, "module", level->module->path);
	rn_json_key(j, "address");
	rn_json_hex(j, level->frame->pc_addr);
	put_place_members(j, f, level->symbol);
	if (level->symbol->function.len) {
		rn_json_key(j, "offset");
		rn_json_u64(j, level->symbol->offset);
	}
	member_true(j, "inlined", level->symbol->inlined);
	member_true(j, "user_code", level->user);
	member_true(j, "signal", level->frame->flags & RN_FRAME_SIGNAL);
	member_true(j, "guessed", level->frame->flags & RN_FRAME_GUESSED);
	rn_json_object_end(j);
}

int rn_show_stack_json(struct rn_json *j, struct rn_frames *f, uint32_t stack, enum rn_stack_end end,
	struct rn_error *err)
{
	struct rn_level_walk walk = rn_level_walk_of(stack);
	struct rn_level level;
	int rc;
	rn_json_key(j, "stack");
	rn_json_array_begin(j);
	while ((rc = rn_frames_next(f, &walk, &level, err)) == 0)
		if (is_told(f, &level))
			put_level_json(j, f, &level);
	rn_json_array_end(j);
	if (stack && end < RN_STACK_ENDS && ends[end]) {
		rn_json_key(j, "stack_end");
		rn_json_text(j, ends[end]);
	}
	return rc == RN_END ? 0 : rc;
}

static struct rn_bytes base_name(struct rn_bytes path)
{
	size_t slash = path.len;
	while (slash && path.p[slash - 1] != '/')
		slash--;
	return rn_bytes_of(path.p + slash, path.len - slash);
}

void rn_put_level_name(struct rn_buffer *out, const struct rn_frames *f, const struct rn_level *level)
{
	const struct rn_symbol *s = level->symbol;
	struct rn_bytes name = s->origin && s->origin->function.len ? s->origin->function :
		rn_frames_shown(f, s).function;
	if (name.len) {
		rn_put_bytes(out, name.p, name.len);
	} else if (level->module) {
		struct rn_bytes base = base_name(level->module->path);
		bool bracketed = base.len && base.p[0] == '[';
		if (!bracketed)
			rn_put_u8(out, '[');
		rn_put_bytes(out, base.p, base.len);
		if (!bracketed)
			rn_put_u8(out, ']');
	} else {
		rn_put_text(out, "[unknown]");
	}
}

/* "f 12" would be read as a count, "a;b" as two frames. */
void rn_put_folded_name(struct rn_buffer *out, struct rn_bytes name)
{
	size_t digits = name.len;
	while (digits && name.p[digits - 1] >= '0' && name.p[digits - 1] <= '9')
		digits--;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.p[i];
		if (c == ';' || c == '\n' || c == '\r' || c == '\0')
			c = ':';
		else if (c < 0x20 || c == 0x7f)
			c = '?';
		else if (c == ' ' && i + 1 >= digits)
			c = '_';
		rn_put_u8(out, c);
	}
	if (!name.len)
		rn_put_text(out, "[unknown]");
}

int rn_show_folded(struct rn_buffer *out, struct rn_frames *f, uint32_t stack, struct rn_error *err)
{
	struct rn_level_walk walk = rn_level_walk_of(stack);
	struct rn_level level, *levels = NULL;
	struct rn_buffer name = RN_BUFFER_INIT;
	size_t n = 0, cap = 0;
	int rc;
	while ((rc = rn_frames_next(f, &walk, &level, err)) == 0) {
		if (!is_told(f, &level))
			continue;
		if (n == cap) {
			cap = cap ? cap * 2 : 64;
			struct rn_level *grown = realloc(levels, cap * sizeof(*grown));
			if (!grown) {
				rc = rn_fail(err, RN_E_NOMEM, "out of memory");
				break;
			}
			levels = grown;
		}
		levels[n++] = level;
	}
	for (size_t i = n; i-- > 0 && rc == RN_END;) {
		rn_buffer_clear(&name);
		rn_put_level_name(&name, f, &levels[i]);
		rn_put_folded_name(out, rn_buffer_bytes(&name));
		if (i)
			rn_put_u8(out, ';');
	}
	rn_buffer_fini(&name);
	free(levels);
	return rc == RN_END ? 0 : rc;
}
