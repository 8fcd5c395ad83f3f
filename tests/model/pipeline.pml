/* SPDX-License-Identifier: MIT */
/*
 * pipeline - the queue between the tracing thread and the writer (format/ring.c, format/pipeline.c), for spin.
 *
 * Every interleaving of a producer, a consumer and an embedder is explored: records of one or two units through a
 * ring of RING units, packed modules through the list, nudges, and the two futex words with which they sleep. Checked:
 *   records arrive in order, each once, none overwritten before it was released;
 *   modules arrive each once, those of one sender in order;
 *   a nudge is followed by a tick; whoever sleeps is woken (no state without a way on but the end).
 * What the code does is said by the names of its functions; who changes one changes the other. tests/model/run.sh
 * explores, and plants FORGETS_WAITING and RELEASES_EARLY to see that the model would notice.
 *
 * Memory: accesses are sequentially consistent, as atomic_load and atomic_store are, but for the consumer's store to
 * `head`, a release store: it may stay in a store buffer (head_kept) until the consumer's next atomic exchange
 * or store, and be seen by the producer at any moment before that. The producer's stores are all exchanges.
 * A futex wait compares and sleeps at once (futex(2)); one with a timeout may end at any time. The producer's is
 * modelled without: a push that gives up (rn_pipeline_push_within) takes `waiting` back and has changed nothing.
 */
#ifndef RECORDS
#define RECORDS 4
#endif
#ifndef MODULES
#define MODULES 2
#endif
#define RING 4          /* units; a power of two */
#define PAD 255

mtype = { AWAKE, IDLE, TIMED };

/* struct rn_ring */
byte unit[RING];        /* the record that begins here, PAD, or 0 within one */
byte units[RING];       /* its size */
byte tail, head;        /* positions, which only rise */
byte head_kept;         /* the consumer's own view of head; head itself follows */

/* struct rn_pipeline */
mtype sleep = AWAKE;
bool asleep;            /* in futex(&p->sleep, FUTEX_WAIT) */
byte room;
bool producer_asleep;   /* in futex(&p->room, FUTEX_WAIT) */
bool waiting, stop, nudged, open_block;
chan parcels = [MODULES + 1] of { byte };  /* the list; order is by sender, reversed when taken */

byte written;           /* records the consumer has appended */
byte modules_sent, modules_written;
bool ended;

#define FENCE head = head_kept

/* The store buffer empties by itself. */
active proctype memory()
{
end:	do
	:: atomic { head != head_kept -> FENCE }
	od
}

#define USED (tail - head_kept)

inline wake_consumer(anyway)
{
	/* one load, then a compare and exchange of what was seen */
	atomic { how = sleep };
	if
	:: how == AWAKE -> skip
	:: how == TIMED && !anyway && (tail - head) < 2 -> skip /* an eighth of a ring; here half */
	:: else ->
		atomic {
			if
			:: sleep == how -> sleep = AWAKE; swapped = true
			:: else -> swapped = false
			fi
		};
		if
		:: swapped -> atomic { asleep = false } /* FUTEX_WAKE */
		:: else -> skip
		fi
	fi;
	how = AWAKE; swapped = false
}

/* rn_ring_reserve: head_seen makes no difference but in cost. */
inline ring_reserve()
{
	atomic {
		to_end = RING - (tail % RING);
		pad = (need > to_end -> to_end : 0);
		fits = (tail + pad + need) - head <= RING
	}
}

inline ring_publish()
{
	/* the record's bytes are written before it is visible: nobody may still be in them */
	d_step {
		assert((tail + pad + need) - head_kept <= RING);
		if
		:: pad > 0 -> unit[tail % RING] = PAD; units[tail % RING] = pad
		:: else -> skip
		fi;
		unit[(tail + pad) % RING] = next;
		units[(tail + pad) % RING] = need
	};
	atomic { tail = tail + pad + need; to_end = 0; pad = 0; fits = false }
}

active proctype producer()
{
	mtype how = AWAKE;
	byte next = 1, need, to_end, pad, seen;
	bool swapped, fits;
	do
	:: next <= RECORDS ->
		if :: need = 1 :: need = 2 fi;
		/* reserve */
		do
		:: ring_reserve();
			if :: fits -> break :: else -> skip fi;
			atomic { seen = room };
			atomic { waiting = true };
			ring_reserve();
			if :: fits -> atomic { waiting = false }; break :: else -> skip fi;
			wake_consumer(true);
			/* FUTEX_WAIT on room, unless it changed */
			atomic {
				if
				:: room == seen -> producer_asleep = true
				:: else -> skip
				fi
			};
			!producer_asleep
		od;
		seen = 0;
		ring_publish();
		wake_consumer(false);
		next++
	:: next > RECORDS -> break
	od;
	/* rn_pipeline_stop, when the embedder has ended */
	(modules_sent == MODULES);
	atomic { stop = true };
	wake_consumer(true);
	(ended); /* pthread_join */
	assert(written == RECORDS);
	assert(modules_written == MODULES);
	assert(tail == head_kept && empty(parcels))
}

active proctype embedder()
{
	mtype how = AWAKE;
	bool swapped;
	byte m = 1;
	do
	:: m <= MODULES ->
		atomic { parcels!m };  /* the compare and exchange that succeeds */
		wake_consumer(true);
		/* rn_pipeline_nudge */
		atomic { nudged = true };
		wake_consumer(true);
		assert(!(asleep && nudged && sleep != AWAKE)); /* or the keeper would not have its tick */
		atomic { modules_sent = m; m++ }
	:: m > MODULES -> break
	od
}

inline answer_producer()
{
	if
	:: atomic { waiting -> waiting = false; FENCE };
		atomic { room++; FENCE };
		atomic { producer_asleep = false } /* FUTEX_WAKE */
	:: else -> skip
	fi
}

/* Those that are held back for a while are the consumer's own business: here all are written when taken. */
inline write_parcels()
{
	do
	:: atomic { nempty(parcels) -> parcels?got; modules_written++; assert(got == modules_written); got = 0; FENCE }
	:: empty(parcels) -> break
	od
}

inline drain()
{
	do
	:: atomic { head_kept != tail ->
			/* rn_ring_peek */
			if
			:: unit[head_kept % RING] == PAD -> head_kept = head_kept + units[head_kept % RING]
			:: else -> skip
			fi };
#ifdef RELEASES_EARLY /* a mistake: what is read may be overwritten meanwhile */
		atomic { from = head_kept; head_kept = head_kept + units[head_kept % RING] };
#else
		atomic { from = head_kept };
#endif
		/* consume: the record is read where it lies */
		atomic {
			assert(unit[from % RING] == written + 1);
			written++;
			open_block = true
		};
#ifndef RELEASES_EARLY
		/* rn_ring_release */
		atomic { head_kept = head_kept + units[head_kept % RING] };
#endif
		atomic { from = 0 };
		if
		:: USED <= RING / 2 -> answer_producer()
		:: else -> skip
		fi;
		write_parcels()
	:: head_kept == tail -> break
	od;
	answer_producer();
	write_parcels()
}

active proctype consumer()
{
	bool last, may;
	byte got, from;
	do
	:: atomic { last = stop };
		drain();
		if :: last -> break :: else -> skip fi;
		/* tick: a block may be old enough to be closed */
		if :: open_block -> open_block = false :: skip fi;
		/* sleep_until_needed */
		atomic { sleep = (open_block -> TIMED : IDLE); FENCE };
		/* one load after the other, as && has it */
		atomic { may = USED < (open_block -> 2 : 1) };
		atomic { may = may && !stop };
#ifndef FORGETS_WAITING
		atomic { may = may && !waiting };
#endif
		atomic { may = may && empty(parcels) };
		if
		:: may ->
			atomic { may = !nudged; nudged = false; FENCE };
			if
			:: may ->
				/* FUTEX_WAIT on sleep, unless it changed */
				atomic {
					if
					:: sleep != AWAKE -> asleep = true
					:: else -> skip
					fi
				};
				if
				:: !asleep -> skip
				:: atomic { asleep && open_block -> asleep = false } /* the time is up */
				fi
			:: else -> skip
			fi
		:: else -> skip
		fi;
		may = false;
		atomic { sleep = AWAKE; FENCE }
	od;
	write_parcels();
	ended = true
}
