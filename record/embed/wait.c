/* SPDX-License-Identifier: MIT */
#include "record/embed/wait.h"

#include "record/embed/embed.h"

void rn_embed_wait_begin(struct rn_embed_wait *w, struct rn_recording *rec,
	void (*perf_maps)(void *arg, struct rn_recording *rec), void *arg)
{
	pthread_mutex_lock(&rec->embeds.lock);
	if (rec->embeds.embedder && perf_maps)
		perf_maps(arg, rec);
	*w = (struct rn_embed_wait){ .due = rn_embed_given(rec->embeds.embedder) };
	pthread_mutex_unlock(&rec->embeds.lock);
}

/* An embedder that is gone has handed over everything before it went. */
bool rn_embed_wait_over(struct rn_embed_wait *w, struct rn_recording *rec)
{
	if (w->came)
		return true;
	pthread_mutex_lock(&rec->embeds.lock);
	w->came = !rec->embeds.embedder || rn_embed_done(rec->embeds.embedder) >= w->due;
	pthread_mutex_unlock(&rec->embeds.lock);
	return false;
}
