/* SPDX-License-Identifier: MIT */
#include "record/gaps.h"

#include "record/recording.h"

#define SWING_NS 250000000.0 /* of the limit's share: a gap and what is seen take half a second together */
#define SWING_MOST_NS 10e9
#define RETURNS 2.0 /* a swing is no less than so many times what returning costs */
#define DEEP_NS 500000000.0
#define DEBT_NS 2000000000.0 /* more is not paid back: nobody shall be blind for it */

static double swing_of(const struct rn_gaps *g, const struct rn_recording *rec)
{
	double least = g->share * SWING_NS, most = g->share * SWING_MOST_NS;
	double swing = RETURNS * (double)rec->return_ns;
	return swing < least ? least : swing > most ? most
						    : swing;
}

static void tell(struct rn_gaps *g, struct rn_recording *rec, uint64_t wait_ns)
{
	if (!g->told_from_ns)
		return;
	struct rn_event ev = { .ts_ns = g->over_ns, .kind = RN_EV_LOST };
	ev.LOST = (struct rn_ev_LOST){ .count = rec->n_unseen, .from_ns = g->told_from_ns, .cause = RN_LOST_CPU };
	if (rn_recording_put(rec, &ev, wait_ns, 0) == RN_E_LIMIT)
		return;
	rn_recording_count(&rec->n_lost, rec->n_unseen);
	rec->n_unseen = 0;
	g->told_from_ns = 0;
}

static void end(struct rn_gaps *g, struct rn_recording *rec, uint64_t now_ns)
{
	rec->unseen = false;
	if (!g->told_from_ns)
		g->told_from_ns = g->since_ns;
	rn_recording_count(&g->unseen_ns, now_ns - g->since_ns);
	g->since_ns = 0;
	g->over_ns = now_ns;
}

void rn_gaps_begin(struct rn_gaps *g, double share, uint64_t cpu_ns, uint64_t now_ns)
{
	*g = (struct rn_gaps){ .share = share, .cpu_ns = cpu_ns, .at_ns = now_ns };
}

void rn_gaps_look(struct rn_gaps *g, struct rn_recording *rec, uint64_t cpu_ns, uint64_t now_ns, bool wanted)
{
	double swing = swing_of(g, rec), most = swing + g->share * DEBT_NS;
	g->owed_ns += (double)(cpu_ns - g->cpu_ns) - g->share * (double)(now_ns - g->at_ns);
	g->owed_ns = g->owed_ns > most ? most : g->owed_ns < -2 * swing ? -2 * swing
									: g->owed_ns;
	if (!wanted && g->owed_ns < 0)
		g->owed_ns = 0; /* what was not used before cannot be saved for later */
	g->cpu_ns = cpu_ns;
	g->at_ns = now_ns;
	if (g->since_ns && (!wanted || g->owed_ns <= -swing))
		end(g, rec, now_ns);
	tell(g, rec, rec->ladder->waits ? RN_LADDER_FOREVER : 0);
	if (wanted && !g->since_ns && !g->told_from_ns && g->owed_ns >= swing) {
		g->since_ns = now_ns;
		rec->unseen = true;
	}
}

bool rn_gaps_is_deep(const struct rn_gaps *g)
{
	return g->owed_ns > g->share * DEEP_NS;
}

void rn_gaps_finish(struct rn_gaps *g, struct rn_recording *rec, uint64_t now_ns)
{
	if (g->since_ns)
		end(g, rec, now_ns);
	if (!g->told_from_ns && rec->n_unseen)
		g->told_from_ns = g->over_ns; /* made until the backend knew of the last gap's end */
	tell(g, rec, RN_LADDER_FOREVER);
}
