/* SPDX-License-Identifier: MIT */
/*
 * One walk of the calls that a rule is about. Counts and times come from columns; of a call is unpacked what a
 * limit has to look at (paths, programs, peers), and what is shown as an example.
 */
#include "analyze/analysis/asked.h"
#include "analyze/analysis/latency_parts.h"
#include "analyze/check/check.h"
#include "analyze/model/call_argv.h"
#include "analyze/model/call_files.h"
#include "analyze/model/decode_model.h"
#include "analyze/num/quantile.h"
#include "shared/syscall.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define LATE (RN_WANT(ARGS) | RN_WANT(DATA))
#define ASKS (RN_MODEL_COMM | RN_MODEL_FDS | RN_MODEL_CWD)

struct judging {
	struct rn_rule *rule;
	struct rn_check *check;
	const struct rn_model *model;
	struct rn_values values;
	struct rn_latency_parts durations;
	struct rn_latency_sum sum; /* of them, after the walk */
	rn_weighed calls, errors, read_bytes, written_bytes;
	bool estimated;           /* calls were left out while recording; those kept count by their weight */
	struct rn_buffer scratch, text;
	bool looks;               /* some limit needs more than columns */
};

static double whole(rn_weighed sum)
{
	return (double)rn_weighed_round(sum);
}

/* ---- examples ---- */

static int make_example(struct judging *j, struct rn_limit *l, const struct rn_event *ev, uint64_t weight,
	struct rn_error *err)
{
	struct rn_decode_env env = rn_decode_env_of(j->model, NULL);
	struct rn_check_example x = { weight, ev->ts_ns, rn_model_pid(j->model, ev->utid),
		rn_model_tid(j->model, ev->utid, ev->ts_ns), NULL };
	rn_buffer_clear(&j->text);
	rn_put_call(&j->text, ev, &env);
	x.text = strdup(rn_buffer_cstr(&j->text));
	if (!x.text)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	unsigned at = l->n_examples;
	while (at && l->example[at - 1].weight < weight)
		at--;
	if (l->n_examples == RN_CHECK_EXAMPLES)
		free(l->example[--l->n_examples].text);
	memmove(&l->example[at + 1], &l->example[at], (l->n_examples - at) * sizeof(x));
	l->example[at] = x;
	l->n_examples++;
	return 0;
}

static bool wants_example(const struct rn_limit *l, uint64_t weight)
{
	return l->n_examples < RN_CHECK_EXAMPLES || weight > l->example[RN_CHECK_EXAMPLES - 1].weight;
}

/* Call k of the batch as an example, unless it cannot be read. */
static int keep_example(struct judging *j, struct rn_limit *l, const struct rn_batch *b, uint32_t k,
	uint64_t weight, struct rn_error *err)
{
	struct rn_event ev;
	int rc = rn_block_call(b->block, k, LATE, &ev, err);
	if (!rc)
		return make_example(j, l, &ev, weight, err);
	return rc == RN_E_CORRUPT || rc == RN_END ? 0 : rc;
}

/* How much call k has to do with a limit being exceeded; 0: nothing. */
static uint64_t weight_of(const struct judging *j, const struct rn_limit *l, const struct rn_core *c, uint32_t k)
{
	bool failed = c->flags[k] & RN_CALL_ERROR, returned = !(c->flags[k] & RN_CALL_UNFINISHED);
	uint64_t bytes = 0;
	switch (l->kind->measure) {
	case RN_MEASURE_CALLS:
		return whole(j->calls) > l->value; /* the first too many */
	case RN_MEASURE_ERRORS:
		return failed && whole(j->errors) > l->value;
	case RN_MEASURE_ERROR_RATE:
		return failed;
	case RN_MEASURE_TOTAL: case RN_MEASURE_MEAN: case RN_MEASURE_LONGEST: case RN_MEASURE_PERCENTILE:
		return returned ? c->dur_ns[k] : 0;
	case RN_MEASURE_READ: case RN_MEASURE_WRITTEN: case RN_MEASURE_MOVED:
		rn_call_bytes((enum rn_abi)c->abi[k], c->nr[k], c->flags[k], c->ret[k], &bytes);
		return bytes && (l->kind->measure == RN_MEASURE_MOVED ||
			(rn_io_of((enum rn_abi)c->abi[k], c->nr[k]) == RN_IO_READ) ==
				(l->kind->measure == RN_MEASURE_READ)) ? bytes : 0;
	default:
		return 0;
	}
}

/* ---- offenders: what is listed, or is not ---- */

static int offend(struct judging *j, struct rn_limit *l, const struct rn_event *ev, struct rn_bytes what,
	struct rn_error *err)
{
	l->n_offenders++;
	if (!l->offender) {
		struct rn_buffer shown = RN_BUFFER_INIT;
		rn_put_bytes(&shown, what.p, what.len);
		l->offender = rn_buffer_ok(&shown) ? rn_arena_dup(&j->check->arena, rn_buffer_bytes(&shown)) : NULL;
		rn_buffer_fini(&shown);
	}
	return wants_example(l, 1) && l->n_examples < RN_CHECK_EXAMPLES ? make_example(j, l, ev, 1, err) : 0;
}

/* 1: the place is one that offends. */
static int judge_place(struct rn_limit *l, struct rn_bytes place, struct rn_error *err)
{
	if (!place.len || place.p[0] != '/')
		return 0; /* a pipe, a socket, or nobody knows where it lies */
	int rc = rn_patterns_match(l->patterns, place, err);
	return rc < 0 ? rc : rc == (l->kind->bound == RN_FORBIDDEN);
}

struct places {
	struct rn_limit *l;
	struct rn_error *err;
	struct rn_bytes found;
};

static int visit_place(void *arg, struct rn_bytes place)
{
	struct places *p = arg;
	int rc = judge_place(p->l, place, p->err);
	p->found = place;
	return rc;
}

static int look_at_paths(struct judging *j, struct rn_limit *l, const struct rn_event *ev, struct rn_error *err)
{
	struct places p = { l, err, { NULL, 0 } };
	if (!rn_file_uses((enum rn_abi)ev->call.abi, ev->call.nr))
		return 0;
	int rc = rn_call_places(j->model, ev, &j->scratch, visit_place, &p);
	return rc > 0 ? offend(j, l, ev, p.found, err) : rc;
}

static int look_at_program(struct judging *j, struct rn_limit *l, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_bytes path;
	bool found = false;
	if (!rn_executes((enum rn_abi)ev->call.abi, ev->call.nr) ||
		ev->call.flags & (RN_CALL_ERROR | RN_CALL_UNFINISHED))
		return 0;
	rn_buffer_clear(&j->scratch);
	for (unsigned i = 0; i < 6 && !found; i++)
		found = rn_call_path_absolute(j->model, ev, i, &j->scratch, &path);
	if (!found)
		return 0;
	int rc = rn_patterns_match(l->patterns, path, err);
	if (rc < 0)
		return rc;
	return rc == (l->kind->bound == RN_FORBIDDEN) ? offend(j, l, ev, path, err) : 0;
}

static int look_at_peer(struct judging *j, struct rn_limit *l, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_peer peer;
	struct rn_buffer shown = RN_BUFFER_INIT;
	if (!rn_call_peer(ev, &j->scratch, &peer) ||
		(peer.family == AF_UNIX && !rn_addresses_about_unix(l->addresses)) ||
		rn_addresses_match(l->addresses, &peer) != (l->kind->bound == RN_FORBIDDEN))
		return 0;
	rn_put_peer(&shown, &peer);
	int rc = offend(j, l, ev, rn_buffer_bytes(&shown), err);
	rn_buffer_fini(&shown);
	return rc;
}

static int look_at_name(struct judging *j, struct rn_limit *l, const struct rn_event *ev, struct rn_error *err)
{
	char number[24];
	const char *name = rn_syscall_name((enum rn_abi)ev->call.abi, ev->call.nr, number);
	if (rn_filter_match(l->names, (enum rn_abi)ev->call.abi, ev->call.nr) != (l->kind->bound == RN_FORBIDDEN))
		return 0;
	return offend(j, l, ev, rn_bytes_str(name), err);
}

typedef int looker(struct judging *j, struct rn_limit *l, const struct rn_event *ev, struct rn_error *err);
static looker *const lookers[RN_MEASURES] = {
	[RN_MEASURE_PATHS] = look_at_paths,
	[RN_MEASURE_PROGRAMS] = look_at_program,
	[RN_MEASURE_HOSTS] = look_at_peer,
	[RN_MEASURE_NAMES] = look_at_name,
};

static int look(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct judging *j = arg;
	int rc = 0;
	for (size_t i = 0; i < j->rule->n_limits && !rc; i++) {
		looker *f = lookers[j->rule->limit[i].kind->measure];
		rc = f ? f(j, &j->rule->limit[i], ev, err) : 0;
	}
	return rc;
}

/* ---- counts ---- */

static int count(struct judging *j, const struct rn_batch *b, uint32_t k, struct rn_error *err)
{
	const struct rn_core *c = b->core;
	uint64_t bytes, w = rn_weight_of(b->weights, c->abi[k], c->nr[k], c->flags[k]);
	bool failed = c->flags[k] & RN_CALL_ERROR;
	j->estimated |= w != RN_WEIGHT_ONE;
	j->calls += w;
	j->errors += failed ? w : 0;
	if (rn_call_bytes((enum rn_abi)c->abi[k], c->nr[k], c->flags[k], c->ret[k], &bytes))
		*(rn_io_of((enum rn_abi)c->abi[k], c->nr[k]) == RN_IO_READ ? &j->read_bytes : &j->written_bytes) +=
			rn_weighed_of(bytes, w);
	if (c->flags[k] & RN_CALL_UNFINISHED)
		return 0;
	return rn_latency_parts_add(&j->durations, &j->values, w, failed, c->dur_ns[k], err);
}

static int take_call(struct judging *j, const struct rn_batch *b, uint32_t k, struct rn_error *err)
{
	int rc = count(j, b, k, err);
	for (size_t i = 0; i < j->rule->n_limits && !rc; i++) {
		struct rn_limit *l = &j->rule->limit[i];
		uint64_t weight = weight_of(j, l, b->core, k);
		if (weight && wants_example(l, weight))
			rc = keep_example(j, l, b, k, weight, err);
	}
	return rc;
}

static int take_batch(struct judging *j, const struct rn_batch *b, struct rn_error *err)
{
	int rc = 0;
	for (uint32_t i = 0; i < b->n_selected && !rc; i++)
		rc = take_call(j, b, b->selected[i], err);
	j->calls += rn_weighed_of(b->n_unfinished, RN_WEIGHT_ONE);
	return rc || !j->looks ? rc : rn_batch_each(b, LATE, look, j, err);
}

static int walk(struct judging *j, struct rn_source *source, struct rn_error *err)
{
	struct rn_batch b;
	int rc;
	rn_batch_init(&b);
	while ((rc = rn_source_next(source, &b, err)) == 0)
		if ((rc = take_batch(j, &b, err)) != 0)
			break;
	rn_batch_fini(&b);
	return rc == RN_END ? 0 : rc;
}

/* ---- what was seen ---- */

static int percentile(struct judging *j, struct rn_limit *l, struct rn_error *err)
{
	struct rn_quantile_place p = rn_percentile_place(j->sum.n, l->percent);
	uint64_t ranks[2] = { p.low, p.low + (p.fraction > 0) }, value[2];
	size_t n = 1 + (p.fraction > 0);
	int rc = rn_latency_parts_ranks(&j->durations, &j->values, false, ranks, n, value, err);
	if (!rc)
		l->seen = rn_quantile_between(value[0], value[n - 1], p.fraction);
	return rc;
}

static void judge_status(struct judging *j, struct rn_limit *l)
{
	struct rn_model_end end;
	char text[16] = "unknown";
	rn_model_end(j->model, &end);
	l->n_offenders = 1;
	if (end.has_status) {
		l->seen = rn_exit_code_of(end.status);
		snprintf(text, sizeof(text), "%.0f", l->seen);
	}
	for (size_t i = 0; i < l->list.n; i++)
		if (!strcmp(l->list.item[i], text))
			l->n_offenders = 0;
	l->offender = rn_arena_dup(&j->check->arena, rn_bytes_str(text));
}

static int conclude(struct judging *j, struct rn_limit *l, struct rn_error *err)
{
	struct rn_model_end end;
	const struct rn_latency_sum *times = &j->sum;
	l->nothing = false;
	l->estimated = j->estimated && l->kind->measure <= RN_MEASURE_MOVED &&
		l->kind->measure != RN_MEASURE_LONGEST;
	switch (l->kind->measure) {
	case RN_MEASURE_CALLS: l->seen = whole(j->calls); break;
	case RN_MEASURE_ERRORS: l->seen = whole(j->errors); break;
	case RN_MEASURE_ERROR_RATE:
		l->nothing = !times->n;
		l->seen = times->n ? whole(j->errors) / (double)times->n : 0;
		break;
	case RN_MEASURE_TOTAL: l->seen = (double)times->total_ns; break;
	case RN_MEASURE_MEAN:
		l->nothing = !times->n;
		l->seen = times->n ? (double)times->total_ns / (double)times->n : 0;
		break;
	case RN_MEASURE_LONGEST:
		l->nothing = !times->n;
		l->seen = (double)times->max_ns;
		break;
	case RN_MEASURE_PERCENTILE:
		l->nothing = !times->n;
		return times->n ? percentile(j, l, err) : 0;
	case RN_MEASURE_READ: l->seen = whole(j->read_bytes); break;
	case RN_MEASURE_WRITTEN: l->seen = whole(j->written_bytes); break;
	case RN_MEASURE_MOVED: l->seen = whole(j->read_bytes) + whole(j->written_bytes); break;
	case RN_MEASURE_STATUS: judge_status(j, l); break;
	case RN_MEASURE_LOST:
		rn_model_end(j->model, &end);
		l->seen = (double)end.lost_events;
		break;
	default:
		l->seen = (double)l->n_offenders;
	}
	return 0;
}

static void forget(struct rn_limit *l)
{
	for (unsigned i = 0; i < l->n_examples; i++)
		free(l->example[i].text);
	l->n_examples = 0;
	l->n_offenders = 0;
	l->offender = NULL;
	l->seen = 0;
}

static int judge(struct judging *j, struct rn_inquiry *q, struct rn_error *err)
{
	struct rn_rule *rule = j->rule;
	struct rn_source *source = rn_inquiry_source(q, err);
	int rc = source ? 0 : RN_E_NOMEM;
	j->model = q->model;
	for (size_t i = 0; i < rule->n_limits; i++) {
		forget(&rule->limit[i]);
		j->looks |= lookers[rule->limit[i].kind->measure] != NULL;
	}
	rn_values_init(&j->values, 0);
	if (!rc)
		rc = walk(j, source, err);
	rn_latency_parts_sum(&j->durations, &j->sum);
	for (size_t i = 0; i < rule->n_limits && !rc; i++)
		rc = conclude(j, &rule->limit[i], err);
	rule->n_calls = rn_weighed_round(j->calls);
	rn_source_free(source);
	rn_latency_parts_fini(&j->durations);
	rn_values_fini(&j->values);
	rn_buffer_fini(&j->scratch);
	rn_buffer_fini(&j->text);
	return rc;
}

static int note_circumstances(struct rn_check *c, const struct rn_header *h, struct rn_error *err)
{
	c->chaos = rn_arena_dup(&c->arena, h->chaos);
	c->sampling = rn_arena_dup(&c->arena, h->sampling);
	return c->chaos && c->sampling ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int judge_rule(struct rn_check *c, struct rn_rule *rule, const char *trace, struct rn_diag *diag,
	bool warn, struct rn_error *err)
{
	struct judging j = { .rule = rule, .check = c };
	struct rn_inquiry q;
	unsigned wants = ASKS | (rn_frame_options_select(&rule->filters.frames) ? RN_INQUIRY_FRAMES : 0);
	int rc = rn_inquiry_init(&q, &rule->filters, err);
	if (!rc)
		rc = rn_inquiry_open_indexed(&q, trace, wants, false, diag, err);
	if (!rc && !rn_reader_seekable(q.reader))
		rc = rn_fail(err, RN_E_USAGE, "'%s' is a pipe: each rule reads the trace, which has to be a file", trace);
	if (!rc && warn)
		rc = note_circumstances(c, rn_reader_header(q.reader), err);
	if (!rc)
		rc = judge(&j, &q, err);
	q.asked = false; /* that no call fits is what many rules are there for */
	if (!rc && warn)
		rn_inquiry_warn(&q, diag);
	rn_inquiry_fini(&q);
	return rc;
}

int rn_check_judge(struct rn_check *c, const char *trace, struct rn_diag *diag, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < c->n_rules && !rc; i++)
		rc = judge_rule(c, &c->rule[i], trace, diag, !i, err);
	return rc;
}
