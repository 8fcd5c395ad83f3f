/* SPDX-License-Identifier: MIT */
/*
 * One walk: each call gets a number for every aspect (looked up by what costs least: its number, its path as it
 * stands, its stack), is counted in those groups, and its latency kept there. Percentiles and blocks are made at
 * the end, when the values of the groups are all there, and the values given back.
 */
#include "analyze/compare/run.h"

#include "analyze/analysis/asked.h"
#include "analyze/analysis/grouping.h"
#include "analyze/analysis/waiting.h"
#include "analyze/model/call_argv.h"
#include "analyze/model/call_files.h"
#include "analyze/num/quantile.h"
#include "analyze/num/values.h"
#include "analyze/symbol/show.h"
#include "shared/names.h"
#include "shared/syscall.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NONE RN_INTERN_NONE

const double rn_shift_percents[RN_SHIFTS] = { 10, 25, 50, 75, 90, 95, 99 };

struct gathering {
	struct rn_run *run;
	struct rn_subjects *s;
	const struct rn_run_trace *trace;
	const struct rn_run_wants *wants;
	struct rn_values values;
	struct rn_values_group **of[RN_TIMED_ASPECTS]; /* by number */
	uint32_t cap[RN_ASPECTS], cap_of[RN_TIMED_ASPECTS];
	uint32_t *by_stack;            /* function + 1 */
	uint32_t n_stacks;
	struct { uint8_t abi; uint32_t call; } known[1024]; /* call + 1, by number */
	struct rn_buffer scratch, text, program;
	size_t cap_steps;
};

/* What the command's own file is called in every run: two versions of a program are compared. */
#define PROGRAM "(the program)"


static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory to compare");
}

/* Room for item i of an array, zeroed. */
static int reach(void *items, uint32_t *cap, uint32_t i, size_t size, struct rn_error *err)
{
	void **array = items;
	if (i < *cap)
		return 0;
	uint32_t more = i + i / 2 + 32;
	char *grown = realloc(*array, more * size);
	if (!grown)
		return no_memory(err);
	memset(grown + *cap * size, 0, (more - *cap) * size);
	*array = grown;
	*cap = more;
	return 0;
}

static int intern(struct rn_intern *t, struct rn_bytes text, uint32_t *number, struct rn_error *err)
{
	*number = rn_intern(t, text, NULL);
	return *number == NONE ? no_memory(err) : 0;
}

static struct rn_call_traits traits_of(const struct rn_call *c)
{
	static const char *const chance[] = { "rt_sigreturn", "sigreturn", "sched_yield" };
	static const char *const sleep[] = { "nanosleep", "clock_nanosleep", "clock_nanosleep_time64" };
	const struct rn_syscall *d = rn_syscall((enum rn_abi)c->abi, c->nr);
	bool waits = rn_call_waits((enum rn_abi)c->abi, c->nr), by_chance = waits, sleeps = false;
	for (size_t i = 0; d && i < sizeof(chance) / sizeof(*chance); i++)
		by_chance |= strcmp(d->name, chance[i]) == 0;
	for (size_t i = 0; d && i < sizeof(sleep) / sizeof(*sleep); i++)
		sleeps |= strcmp(d->name, sleep[i]) == 0;
	return (struct rn_call_traits){ waits, sleeps, by_chance };
}

static int call_of(struct gathering *g, const struct rn_call *c, uint32_t *number, struct rn_error *err)
{
	char buf[64];
	bool small = c->nr < 1024;
	if (small && g->known[c->nr].call && g->known[c->nr].abi == c->abi) {
		*number = g->known[c->nr].call - 1;
		return 0;
	}
	int rc = intern(g->s->of[RN_ASPECT_CALL], rn_bytes_str(rn_call_shown(g->trace->machine, c->abi, c->nr, buf)),
		number, err);
	if (!rc)
		rc = reach(&g->s->traits, &g->s->cap_traits, *number, sizeof(*g->s->traits), err);
	if (rc)
		return rc;
	g->s->traits[*number] = traits_of(c);
	if (small) {
		g->known[c->nr].abi = c->abi;
		g->known[c->nr].call = *number + 1;
	}
	return 0;
}

static void note_program(struct gathering *g, const struct rn_event *ev, struct rn_bytes target)
{
	if (rn_executes((enum rn_abi)ev->call.abi, ev->call.nr))
		rn_put_bytes(&g->program, target.p, target.len);
}

static int path_of(struct gathering *g, const struct rn_event *ev, uint32_t *path, uint32_t *class,
	struct rn_error *err)
{
	struct rn_bytes target, normal;
	*path = *class = NONE;
	rn_buffer_clear(&g->scratch);
	if (!rn_file_uses((enum rn_abi)ev->call.abi, ev->call.nr) ||
		!rn_call_target(g->trace->model, ev, &g->scratch, &target) || !target.len)
		return 0;
	if (!g->run->calls) /* the first call is the command's execve, where its beginning was recorded */
		note_program(g, ev, target);
	if (g->program.len && rn_bytes_equal(target, rn_buffer_bytes(&g->program)))
		target = rn_bytes_str(PROGRAM);
	int rc = rn_normal_path(g->s->normal, target, &normal, err);
	if (!rc)
		rc = intern(g->s->paths, normal, path, err);
	if (!rc)
		rc = reach(&g->s->class_of, &g->s->cap_classes, *path, sizeof(*g->s->class_of), err);
	if (!rc && !g->s->class_of[*path]) {
		rn_buffer_clear(&g->text);
		rn_put_path_class(&g->text, normal);
		rc = rn_buffer_ok(&g->text) ? intern(g->s->of[RN_ASPECT_PATH], rn_buffer_bytes(&g->text), class, err) :
			no_memory(err);
		g->s->class_of[*path] = rc ? 0 : *class + 1;
	}
	if (!rc)
		*class = g->s->class_of[*path] - 1;
	return rc;
}

/* The innermost level of the user's own code, else the innermost module. */
static int name_stack(struct gathering *g, uint32_t stack, uint32_t *function, struct rn_error *err)
{
	struct rn_level level;
	struct rn_level_walk walk = rn_level_walk_of(stack);
	bool own = rn_frames_user(g->trace->frames, stack, &level) && level.symbol->function.len;
	int rc = own ? 0 : rn_frames_next(g->trace->frames, &walk, &level, err);
	const struct rn_symbol nameless = { .line = 0 };
	if (rc)
		return rc == RN_END ? 0 : rc;
	if (!own)
		level.symbol = &nameless;
	rn_buffer_clear(&g->text);
	rn_put_level_name(&g->text, g->trace->frames, &level);
	return rn_buffer_ok(&g->text) ? intern(g->s->of[RN_ASPECT_FUNCTION],
		rn_normal_function(rn_buffer_bytes(&g->text)), function, err) : no_memory(err);
}

static int function_of(struct gathering *g, const struct rn_event *ev, uint32_t *function, struct rn_error *err)
{
	enum rn_stack_end end;
	uint32_t stack;
	*function = NONE;
	if (!g->trace->frames)
		return 0;
	int rc = rn_frames_of(g->trace->frames, ev, &stack, &end, err);
	if (rc || !stack)
		return rc;
	rc = reach(&g->by_stack, &g->n_stacks, stack, sizeof(*g->by_stack), err);
	if (!rc && !g->by_stack[stack]) {
		rc = name_stack(g, stack, function, err);
		g->by_stack[stack] = rc ? 0 : *function + 1; /* NONE + 1 is 0: looked up again, it is rare */
	}
	*function = rc ? NONE : g->by_stack[stack] - 1;
	g->run->has_functions |= *function != NONE;
	return rc;
}

static int error_of(struct gathering *g, const struct rn_call *c, uint32_t call, uint32_t *error,
	struct rn_error *err)
{
	*error = NONE;
	if (!(c->flags & RN_CALL_ERROR))
		return 0;
	struct rn_bytes name = rn_intern_get(g->s->of[RN_ASPECT_CALL], call);
	const char *word = c->ret < 0 && c->ret > -65536 ? rn_errno_name((int)-c->ret) : NULL;
	rn_buffer_clear(&g->text);
	rn_put_bytes(&g->text, name.p, name.len);
	if (word)
		rn_put_format(&g->text, " %s", word);
	else
		rn_put_format(&g->text, " error %lld", (long long)-(uint64_t)c->ret);
	return rn_buffer_ok(&g->text) ? intern(g->s->of[RN_ASPECT_ERROR], rn_buffer_bytes(&g->text), error, err) :
		no_memory(err);
}

static int count(struct gathering *g, enum rn_aspect aspect, uint32_t number, const struct rn_call *c, bool timed,
	struct rn_error *err)
{
	struct rn_run *r = g->run;
	if (number == NONE)
		return 0;
	int rc = reach(&r->group[aspect], &g->cap[aspect], number, sizeof(*r->group[aspect]), err);
	if (rc)
		return rc;
	struct rn_run_group *group = &r->group[aspect][number];
	r->n[aspect] = number >= r->n[aspect] ? number + 1 : r->n[aspect];
	group->calls++;
	group->errors += (c->flags & RN_CALL_ERROR) != 0;
	if (!timed)
		return 0;
	group->timed++;
	group->total_ns += c->dur_ns;
	if (aspect >= RN_TIMED_ASPECTS)
		return 0;
	rc = reach(&g->of[aspect], &g->cap_of[aspect], number, sizeof(*g->of[aspect]), err);
	if (!rc && !g->of[aspect][number] && !(g->of[aspect][number] = rn_values_add_group(&g->values)))
		rc = no_memory(err);
	return rc ? rc : rn_values_add(&g->values, g->of[aspect][number], c->dur_ns, err);
}

static int add_step(struct gathering *g, const struct rn_event *ev, const uint32_t what[3], struct rn_error *err)
{
	struct rn_run *r = g->run;
	uint32_t number;
	if (r->n_steps == RN_STEPS_MAX) {
		r->steps_cut = true;
		return 0;
	}
	int rc = intern(g->s->steps, rn_bytes_of(what, 3 * sizeof(*what)), &number, err);
	if (!rc && r->n_steps == g->cap_steps) {
		size_t cap = g->cap_steps ? g->cap_steps * 2 : 1024;
		struct rn_step *grown = realloc(r->step, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		r->step = grown;
		g->cap_steps = cap;
	}
	if (!rc)
		r->step[r->n_steps++] = (struct rn_step){ number, ev->utid, ev->ts_ns };
	return rc;
}

static void sum_up(struct rn_run *r, const struct rn_event *ev, bool returned, bool waits)
{
	const struct rn_call *c = &ev->call;
	uint64_t end = returned && c->dur_ns <= UINT64_MAX - ev->ts_ns ? ev->ts_ns + c->dur_ns : ev->ts_ns;
	r->first_ns = !r->calls || ev->ts_ns < r->first_ns ? ev->ts_ns : r->first_ns;
	r->last_ns = end > r->last_ns ? end : r->last_ns;
	r->calls++;
	r->errors += (c->flags & RN_CALL_ERROR) != 0;
	if (returned)
		*(waits ? &r->waiting_ns : &r->time_ns) += c->dur_ns;
}

static int add_call(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct gathering *g = arg;
	const struct rn_call *c = &ev->call;
	uint32_t of[RN_ASPECTS], path = NONE;
	int rc = call_of(g, c, &of[RN_ASPECT_CALL], err);
	if (!rc)
		rc = path_of(g, ev, &path, &of[RN_ASPECT_PATH], err);
	if (!rc)
		rc = function_of(g, ev, &of[RN_ASPECT_FUNCTION], err);
	if (!rc)
		rc = error_of(g, c, of[RN_ASPECT_CALL], &of[RN_ASPECT_ERROR], err);
	const uint32_t behaviour[] = { of[RN_ASPECT_CALL], path, of[RN_ASPECT_FUNCTION] };
	const uint32_t step[] = { of[RN_ASPECT_CALL], path, of[RN_ASPECT_ERROR] };
	if (!rc)
		rc = intern(g->s->of[RN_ASPECT_BEHAVIOUR], rn_bytes_of(behaviour, sizeof(behaviour)),
			&of[RN_ASPECT_BEHAVIOUR], err);
	if (rc)
		return rc;
	bool returned = !(c->flags & RN_CALL_UNFINISHED);
	bool waits = g->s->traits[of[RN_ASPECT_CALL]].waits && !g->wants->waiting;
	sum_up(g->run, ev, returned, waits);
	for (unsigned i = 0; i < RN_ASPECTS && !rc; i++)
		rc = count(g, (enum rn_aspect)i, of[i], c, returned && (!waits || i == RN_ASPECT_CALL), err);
	return rc || !g->wants->steps || g->s->traits[of[RN_ASPECT_CALL]].by_chance ? rc : add_step(g, ev, step, err);
}

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int percentiles(struct gathering *g, const struct rn_values_group *values, double *out, struct rn_error *err)
{
	struct rn_quantile_place place[RN_SHIFTS];
	uint64_t ranks[2 * RN_SHIFTS], value[2 * RN_SHIFTS];
	for (unsigned i = 0; i < RN_SHIFTS; i++) {
		place[i] = rn_percentile_place(values->moments.n, rn_shift_percents[i]);
		ranks[2 * i] = place[i].low;
		ranks[2 * i + 1] = place[i].low + (place[i].fraction > 0);
	}
	qsort(ranks, 2 * RN_SHIFTS, sizeof(*ranks), by_u64);
	int rc = rn_values_ranks(&g->values, values, ranks, 2 * RN_SHIFTS, value, err);
	for (unsigned i = 0; i < RN_SHIFTS && !rc; i++) {
		uint64_t low = place[i].low, high = low + (place[i].fraction > 0);
		const uint64_t *a = bsearch(&low, ranks, 2 * RN_SHIFTS, sizeof(*ranks), by_u64);
		const uint64_t *b = bsearch(&high, ranks, 2 * RN_SHIFTS, sizeof(*ranks), by_u64);
		out[i] = rn_quantile_between(value[a - ranks], value[b - ranks], place[i].fraction);
	}
	return rc;
}

/* Values come in the order of time; a block is `each` of them. */
struct cutting {
	struct rn_run_group *group;
	uint64_t each, seen;
	struct rn_error *err;
};

static int cut(void *arg, const uint64_t *values, size_t n)
{
	struct cutting *c = arg;
	int rc = 0;
	for (size_t i = 0; i < n && !rc; i++) {
		uint64_t block = c->seen++ / c->each;
		uint32_t last = c->group->n_blocks - 1;
		rc = rn_sketch_add(&c->group->block[block < last ? block : last], values[i], c->err);
	}
	return rc;
}

/* Blocks of about the cube root of n, longer where there would be too many. */
static int make_blocks(struct gathering *g, struct rn_run_group *group, const struct rn_values_group *values,
	uint32_t most, struct rn_error *err)
{
	uint64_t n = values->moments.n, each = (uint64_t)ceil(cbrt((double)n));
	uint64_t blocks = n / each;
	group->n_blocks = (uint32_t)(blocks < most ? blocks : most);
	group->block = calloc(group->n_blocks, sizeof(*group->block));
	if (!group->block)
		return no_memory(err);
	for (uint32_t i = 0; i < group->n_blocks; i++)
		rn_sketch_init(&group->block[i], RN_RUN_ALPHA);
	struct cutting c = { group, n / group->n_blocks, 0, err };
	return rn_values_each(&g->values, values, cut, &c, err);
}

static int finish(struct gathering *g, struct rn_error *err)
{
	int rc = 0;
	for (unsigned a = 0; a < RN_TIMED_ASPECTS; a++)
		for (uint32_t i = 0; i < g->run->n[a] && !rc; i++) {
			struct rn_run_group *group = &g->run->group[a][i];
			for (unsigned p = 0; p < RN_SHIFTS; p++)
				group->percentile[p] = NAN;
			if (!group->timed)
				continue;
			rc = percentiles(g, g->of[a][i], group->percentile, err);
			if (!rc)
				rc = make_blocks(g, group, g->of[a][i], g->wants->blocks ? RN_RUN_BLOCKS : 1, err);
		}
	return rc;
}

/* Threads are known when the whole trace is: their numbers take the place of the trace's. */
static int name_tasks(struct gathering *g, struct rn_error *err)
{
	struct rn_run *r = g->run;
	int rc = g->wants->steps ? rn_descent_init(&r->tree, g->trace->model, g->s->kinds, err) : 0;
	for (size_t i = 0; i < r->n_steps && !rc; i++)
		r->step[i].task = rn_descent_number(&r->tree, r->step[i].task);
	return rc;
}

static int walk(struct gathering *g, rn_source_feed *each, void *arg, struct rn_error *err)
{
	unsigned want = RN_CALL_FILES_WANT | (g->trace->frames ? RN_WANT(REGS) | RN_WANT(STACK) : 0);
	struct rn_batch batch;
	int rc;
	rn_batch_init(&batch);
	while ((rc = rn_source_next(g->trace->source, &batch, err)) == 0) {
		rc = rn_batch_each(&batch, want, add_call, g, err);
		if (!rc && each)
			rc = each(arg, &batch, err);
		if (rc)
			break;
	}
	rn_batch_fini(&batch);
	return rc == RN_END ? 0 : rc;
}

int rn_run_gather(struct rn_run *r, struct rn_subjects *s, const struct rn_run_trace *trace,
	const struct rn_run_wants *wants, rn_source_feed *each, void *arg, struct rn_error *err)
{
	struct gathering *g = calloc(1, sizeof(*g));
	if (!g)
		return no_memory(err);
	g->run = r;
	g->s = s;
	g->trace = trace;
	g->wants = wants;
	rn_values_init(&g->values, 0);
	int rc = walk(g, each, arg, err);
	if (!rc)
		rc = finish(g, err);
	if (!rc)
		rc = name_tasks(g, err);
	rn_values_fini(&g->values);
	for (unsigned a = 0; a < RN_TIMED_ASPECTS; a++)
		free(g->of[a]);
	free(g->by_stack);
	rn_buffer_fini(&g->scratch);
	rn_buffer_fini(&g->text);
	rn_buffer_fini(&g->program);
	free(g);
	return rc;
}

static void drop_groups(struct rn_run *r, unsigned aspect)
{
	for (uint32_t i = 0; i < r->n[aspect]; i++) {
		struct rn_run_group *g = &r->group[aspect][i];
		for (uint32_t k = 0; g->block && k < g->n_blocks; k++)
			rn_sketch_fini(&g->block[k]);
		free(g->block);
	}
	free(r->group[aspect]);
	r->group[aspect] = NULL;
	r->n[aspect] = 0;
}

void rn_run_fini(struct rn_run *r)
{
	for (unsigned a = 0; a < RN_ASPECTS; a++)
		drop_groups(r, a);
	rn_descent_fini(&r->tree);
	free(r->step);
}

const struct rn_run_group *rn_run_group(const struct rn_run *r, enum rn_aspect aspect, uint32_t number)
{
	static const struct rn_run_group none = { .percentile = { NAN, NAN, NAN, NAN, NAN, NAN, NAN } };
	return number < r->n[aspect] ? &r->group[aspect][number] : &none;
}

int rn_runs_forget_functions(struct rn_run *const *run, size_t n, struct rn_subjects *s, struct rn_error *err)
{
	struct rn_intern *before = s->of[RN_ASPECT_BEHAVIOUR], *after = rn_intern_new();
	uint32_t most = rn_intern_count(before), *to = malloc((most + 1) * sizeof(*to));
	int rc = after && to ? 0 : no_memory(err);
	for (uint32_t i = 0; i < most && !rc; i++) {
		struct rn_behaviour b = rn_behaviour_of(s, i);
		const uint32_t key[] = { b.call, b.path, NONE };
		rc = intern(after, rn_bytes_of(key, sizeof(key)), &to[i], err);
	}
	for (size_t k = 0; k < n && !rc; k++) {
		struct rn_run_group *group = calloc(rn_intern_count(after) + 1, sizeof(*group));
		rc = group ? 0 : no_memory(err);
		for (uint32_t i = 0; i < run[k]->n[RN_ASPECT_BEHAVIOUR] && !rc; i++) {
			const struct rn_run_group *from = &run[k]->group[RN_ASPECT_BEHAVIOUR][i];
			group[to[i]].calls += from->calls;
			group[to[i]].errors += from->errors;
			group[to[i]].timed += from->timed;
			group[to[i]].total_ns += from->total_ns;
		}
		if (!rc) {
			drop_groups(run[k], RN_ASPECT_FUNCTION);
			drop_groups(run[k], RN_ASPECT_BEHAVIOUR);
			run[k]->group[RN_ASPECT_BEHAVIOUR] = group;
			run[k]->n[RN_ASPECT_BEHAVIOUR] = rn_intern_count(after);
		}
	}
	free(to);
	if (!rc) {
		s->of[RN_ASPECT_BEHAVIOUR] = after;
		after = before;
	}
	rn_intern_free(after);
	return rc;
}
