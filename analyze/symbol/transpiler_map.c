/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/transpiler_map.h"

#include "analyze/symbol/mapped_file.h"
#include "shared/arena.h"
#include "shared/intern.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a generated function; index is the number of its interned name. */
struct named {
	struct rn_bytes source_function, description;
};

struct map {
	struct rn_transpiler_map is;
	uint32_t *by_line;        /* indices of the mappings, by line, then place */
	struct rn_intern *names;
	struct named *named;
	size_t cap_named;
};

struct rn_transpiler_maps {
	struct map *map;
	size_t n;
	struct rn_arena text;
};

/* A member's names: the first is what messages call it. */
struct member {
	const char *name, *alias;
};

struct parse {
	struct rn_transpiler_maps *maps;
	const char *path;
	struct rn_error *err;
};

static int refuse(const struct parse *p, const char *what, const char *name, const char *where)
{
	return rn_fail(p->err, RN_E_USAGE, "transpiler map '%s': %s '%s'%s", p->path, what, name, where);
}

static json_t *get(json_t *object, const struct member *m)
{
	json_t *v = json_object_get(object, m->name);
	return v || !m->alias ? v : json_object_get(object, m->alias);
}

static const char *place(char buf[48], size_t index)
{
	if (index == SIZE_MAX)
		return "";
	snprintf(buf, 48, " in mapping %zu", index + 1);
	return buf;
}

static int no_memory(const struct parse *p)
{
	return rn_fail(p->err, RN_E_NOMEM, "out of memory for transpiler maps");
}

static int take_text(const struct parse *p, json_t *object, const struct member *m, size_t index,
	bool may_be_empty, struct rn_bytes *out)
{
	char buf[48];
	json_t *v = get(object, m);
	if (!v)
		return refuse(p, "missing field", m->name, place(buf, index));
	if (!json_is_string(v))
		return refuse(p, "not a string: field", m->name, place(buf, index));
	if (!json_string_length(v) && !may_be_empty)
		return refuse(p, "empty field", m->name, place(buf, index));
	struct rn_bytes text = rn_bytes_of(json_string_value(v), json_string_length(v));
	const char *kept = rn_arena_dup(&p->maps->text, text);
	if (!kept)
		return no_memory(p);
	*out = rn_bytes_of(kept, text.len);
	return 0;
}

static int take_line(const struct parse *p, json_t *object, const struct member *m, size_t index,
	uint32_t *out)
{
	char buf[48];
	json_t *v = get(object, m);
	if (!v)
		return refuse(p, "missing field", m->name, place(buf, index));
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > UINT32_MAX)
		return refuse(p, "not a line number: field", m->name, place(buf, index));
	*out = (uint32_t)json_integer_value(v);
	return 0;
}

static int take_mapping(const struct parse *p, json_t *object, size_t index, struct rn_mapping *out)
{
	static const struct member line = { "rust_line", "generated_line" },
		function = { "rust_function", "generated_function" },
		source_line = { "python_line", "source_line" },
		source_function = { "python_function", "source_function" },
		context = { "python_context", "source_context" };
	char buf[48];
	if (!json_is_object(object))
		return refuse(p, "not an object:", "mappings", place(buf, index));
	int rc = take_line(p, object, &line, index, &out->line);
	if (!rc)
		rc = take_text(p, object, &function, index, true, &out->function);
	if (!rc)
		rc = take_line(p, object, &source_line, index, &out->source_line);
	if (!rc)
		rc = take_text(p, object, &source_function, index, true, &out->source_function);
	if (!rc)
		rc = take_text(p, object, &context, index, true, &out->context);
	return rc;
}

static struct named *name_of(struct map *m, struct rn_bytes function)
{
	bool is_new;
	uint32_t id = rn_intern(m->names, function, &is_new);
	if (id == RN_INTERN_NONE)
		return NULL;
	if (id >= m->cap_named) {
		size_t cap = m->cap_named ? m->cap_named * 2 : 32;
		struct named *grown = realloc(m->named, cap * sizeof(*grown));
		if (!grown)
			return NULL;
		m->named = grown;
		m->cap_named = cap;
	}
	if (is_new)
		m->named[id] = (struct named){ { NULL, 0 }, { NULL, 0 } };
	return &m->named[id];
}

static int by_line(const void *a, const void *b, void *mappings)
{
	const struct rn_mapping *x = (const struct rn_mapping *)mappings + *(const uint32_t *)a;
	const struct rn_mapping *y = (const struct rn_mapping *)mappings + *(const uint32_t *)b;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int take_mappings(const struct parse *p, struct map *m, json_t *list)
{
	size_t n = json_array_size(list);
	struct rn_mapping *mapping = rn_arena_zalloc(&p->maps->text, n + 1, sizeof(*mapping));
	m->by_line = malloc((n + 1) * sizeof(*m->by_line));
	if (!mapping || !m->by_line || n > UINT32_MAX)
		return no_memory(p);
	m->is.mapping = mapping;
	m->is.n = n;
	for (size_t i = 0; i < n; i++) {
		int rc = take_mapping(p, json_array_get(list, i), i, &mapping[i]);
		if (rc)
			return rc;
		m->by_line[i] = (uint32_t)i;
		struct named *named = mapping[i].function.len && mapping[i].source_function.len ?
			name_of(m, mapping[i].function) : NULL;
		if (named && !named->source_function.len)
			named->source_function = mapping[i].source_function;
	}
	qsort_r(m->by_line, n, sizeof(*m->by_line), by_line, mapping);
	return 0;
}

static int take_functions(const struct parse *p, struct map *m, json_t *object)
{
	const char *key;
	json_t *v;
	json_object_foreach(object, key, v) {
		if (!json_is_string(v))
			return refuse(p, "not a string: member", key, " of 'function_map'");
		struct rn_bytes text = rn_bytes_of(json_string_value(v), json_string_length(v));
		const char *kept = rn_arena_dup(&p->maps->text, text);
		struct named *named = kept ? name_of(m, rn_bytes_str(key)) : NULL;
		if (!named)
			return no_memory(p);
		named->description = rn_bytes_of(kept, text.len);
	}
	return 0;
}

static int take_version(const struct parse *p, json_t *root)
{
	json_t *v = json_object_get(root, "version");
	if (!v)
		return refuse(p, "missing field", "version", "");
	if (!json_is_integer(v))
		return refuse(p, "not a number: field", "version", "");
	if (json_integer_value(v) != 1)
		return rn_fail(p->err, RN_E_USAGE, "transpiler map '%s': unsupported version %lld (this "
			"program reads version 1)", p->path, (long long)json_integer_value(v));
	return 0;
}

static int take_heads(const struct parse *p, struct map *m, json_t *root)
{
	static const struct member language = { "source_language", NULL },
		source = { "source_file", NULL }, generated = { "generated_file", NULL };
	int rc = take_version(p, root);
	if (!rc)
		rc = take_text(p, root, &language, SIZE_MAX, false, &m->is.language);
	if (!rc)
		rc = take_text(p, root, &source, SIZE_MAX, false, &m->is.source_file);
	if (!rc)
		rc = take_text(p, root, &generated, SIZE_MAX, false, &m->is.generated_file);
	return rc;
}

static int take_root(const struct parse *p, struct map *m, json_t *root)
{
	if (!json_is_object(root))
		return rn_fail(p->err, RN_E_USAGE, "transpiler map '%s': not a JSON object", p->path);
	int rc = take_heads(p, m, root);
	if (rc)
		return rc;
	json_t *mappings = json_object_get(root, "mappings");
	json_t *functions = json_object_get(root, "function_map");
	if (!mappings)
		return refuse(p, "missing field", "mappings", "");
	if (!json_is_array(mappings))
		return refuse(p, "not an array: field", "mappings", "");
	if (!functions)
		return refuse(p, "missing field", "function_map", "");
	if (!json_is_object(functions))
		return refuse(p, "not an object: field", "function_map", "");
	rc = take_mappings(p, m, mappings);
	return rc ? rc : take_functions(p, m, functions);
}

static void map_fini(struct map *m)
{
	free(m->by_line);
	rn_intern_free(m->names);
	free(m->named);
}

struct rn_transpiler_maps *rn_transpiler_maps_new(void)
{
	struct rn_transpiler_maps *m = calloc(1, sizeof(*m));
	if (m)
		rn_arena_init(&m->text);
	return m;
}

void rn_transpiler_maps_free(struct rn_transpiler_maps *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		map_fini(&m->map[i]);
	free(m->map);
	rn_arena_fini(&m->text);
	free(m);
}

int rn_transpiler_maps_parse(struct rn_transpiler_maps *m, const char *path, struct rn_bytes json,
	struct rn_error *err)
{
	const struct parse p = { m, path, err };
	json_error_t where;
	struct map *grown = realloc(m->map, (m->n + 1) * sizeof(*grown));
	if (!grown)
		return no_memory(&p);
	m->map = grown;
	struct map *map = &grown[m->n];
	*map = (struct map){ .names = rn_intern_new() };
	const char *kept = rn_arena_dup(&m->text, rn_bytes_str(path));
	if (!map->names || !kept) {
		map_fini(map);
		return no_memory(&p);
	}
	map->is.path = rn_bytes_str(kept);
	json_t *root = json_loadb((const char *)json.p, json.len, JSON_DECODE_ANY, &where);
	int rc = root ? take_root(&p, map, root) : rn_fail(err, RN_E_USAGE,
		"transpiler map '%s': invalid JSON, line %d, column %d: %s", path, where.line,
		where.column, where.text);
	json_decref(root);
	if (rc)
		map_fini(map);
	else
		m->n++;
	return rc;
}

int rn_transpiler_maps_add(struct rn_transpiler_maps *m, const char *path, struct rn_error *err)
{
	struct rn_mapped_file file;
	int rc = rn_mapped_file_open(&file, path, err);
	if (rc) {
		if (err) {
			err->code = RN_E_USAGE;
			rn_error_prefix(err, "transpiler map");
		}
		return RN_E_USAGE;
	}
	if (file.bytes.len > RN_MAP_MAX_BYTES)
		rc = rn_fail(err, RN_E_USAGE, "transpiler map '%s' is larger than %llu MiB", path,
			(unsigned long long)(RN_MAP_MAX_BYTES >> 20));
	else
		rc = rn_transpiler_maps_parse(m, path, file.bytes, err);
	rn_mapped_file_close(&file);
	return rc;
}

static struct rn_bytes without_dots(struct rn_bytes path)
{
	while (path.len > 1 && path.p[0] == '.' && path.p[1] == '/')
		path = rn_bytes_of(path.p + 2, path.len - 2);
	return path;
}

/* Bytes that two paths have in common at their ends, when one of them is the other's end by whole parts;
 * 0: it is not. */
static size_t common_end(struct rn_bytes a, struct rn_bytes b)
{
	a = without_dots(a);
	b = without_dots(b);
	if (a.len > b.len) {
		struct rn_bytes t = a;
		a = b;
		b = t;
	}
	if (!a.len || memcmp(a.p, b.p + (b.len - a.len), a.len) != 0)
		return 0;
	return a.len == b.len || a.p[0] == '/' || b.p[b.len - a.len - 1] == '/' ? a.len : 0;
}

static const struct map *map_of(const struct rn_transpiler_maps *m, struct rn_bytes file)
{
	const struct map *best = NULL;
	size_t best_len = 0;
	for (size_t i = 0; i < m->n; i++) {
		size_t len = common_end(m->map[i].is.generated_file, file);
		if (len > best_len) {
			best = &m->map[i];
			best_len = len;
		}
	}
	return best;
}

const struct rn_transpiler_map *rn_transpiler_maps_of(const struct rn_transpiler_maps *m,
	struct rn_bytes file)
{
	const struct map *map = map_of(m, file);
	return map ? &map->is : NULL;
}

const struct rn_mapping *rn_transpiler_map_line(const struct rn_transpiler_map *is, uint32_t line)
{
	const struct map *m = (const struct map *)is;
	size_t low = 0, high = is->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (is->mapping[m->by_line[mid]].line < line)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == is->n || is->mapping[m->by_line[low]].line != line)
		return NULL;
	return &is->mapping[m->by_line[low]];
}

static struct rn_bytes last_part(struct rn_bytes name)
{
	for (size_t i = name.len; i > 2; i--)
		if (name.p[i - 1] == ':' && name.p[i - 2] == ':')
			return rn_bytes_of(name.p + i, name.len - i);
	return name;
}

static bool find_function(const struct map *m, struct rn_bytes function,
	struct rn_mapped_function *out)
{
	uint32_t id = rn_intern_find(m->names, function);
	if (id == RN_INTERN_NONE)
		id = rn_intern_find(m->names, last_part(function));
	if (id == RN_INTERN_NONE)
		return false;
	*out = (struct rn_mapped_function){ &m->is, m->named[id].source_function,
		m->named[id].description };
	return true;
}

bool rn_transpiler_maps_function(const struct rn_transpiler_maps *m, struct rn_bytes file,
	struct rn_bytes function, struct rn_mapped_function *out)
{
	if (!function.len)
		return false;
	if (file.len) {
		const struct map *map = map_of(m, file);
		return map && find_function(map, function, out);
	}
	for (size_t i = 0; i < m->n; i++)
		if (find_function(&m->map[i], function, out))
			return true;
	return false;
}

size_t rn_transpiler_maps_n(const struct rn_transpiler_maps *m)
{
	return m->n;
}
