/* SPDX-License-Identifier: MIT */
#include "format/damage.h"

#include <stdio.h>
#include <stdlib.h>

void rn_damage_log_init(struct rn_damage_log *log)
{
	*log = (struct rn_damage_log){ .n = 0 };
	pthread_mutex_init(&log->lock, NULL);
}

void rn_damage_log_fini(struct rn_damage_log *log)
{
	free(log->kept);
	pthread_mutex_destroy(&log->lock);
}

/* A block loaded twice has its damage once. */
static bool is_known(const struct rn_damage_log *log, const struct rn_damage *d)
{
	for (uint32_t i = 0; i < log->n_kept; i++)
		if (log->kept[i].offset == d->offset && log->kept[i].code == d->code &&
			strcmp(log->kept[i].text, d->text) == 0)
			return true;
	return false;
}

static void insert(struct rn_damage_log *log, const struct rn_damage *d)
{
	if (is_known(log, d))
		return;
	log->n++;
	if (!log->kept)
		log->kept = malloc(RN_DAMAGE_KEPT * sizeof(*log->kept));
	if (!log->kept || log->n_kept == RN_DAMAGE_KEPT)
		return;
	uint32_t i = log->n_kept++;
	for (; i > 0 && log->kept[i - 1].offset > d->offset; i--)
		log->kept[i] = log->kept[i - 1];
	log->kept[i] = *d;
}

void rn_damage_add(struct rn_damage_log *log, uint64_t offset, uint64_t bytes, int code,
	const char *fmt, ...)
{
	struct rn_damage d = { .offset = offset, .bytes = bytes, .code = code };
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(d.text, sizeof(d.text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&log->lock);
	insert(log, &d);
	pthread_mutex_unlock(&log->lock);
}
