/* SPDX-License-Identifier: MIT */
/**
 * fdwatch - what a tracee's descriptors are: FD and FD_CLOSE events.
 *
 * Which numbers are open is remembered (fd_table.h), no more: what they are is
 * the analyzer's to follow by the events (a child has its parent's descriptors, an
 * exec keeps what is not closed). Targets are what readlink of /proc/TID/fd/N says at
 * that moment.
 */
#ifndef RN_RECORD_TRACEE_FDWATCH_H
#define RN_RECORD_TRACEE_FDWATCH_H

#include "record/recording.h"
#include "record/tracee/tracee.h"

/** Tells that t has of its own what it shared: enum rn_apart, bits; 0: nothing. */
void rn_fdwatch_apart(struct rn_recording *rec, struct rn_tracee *t, uint64_t what);
/** Makes what was told of the tracee's descriptors agree with what is open: those not told of yet
 *  are, those that closed by themselves (on exec) too. */
void rn_fdwatch_table(struct rn_recording *rec, struct rn_tracee *t);
/** The same, and those that were told of are told anew: their numbers may have come to mean something else. */
void rn_fdwatch_again(struct rn_recording *rec, struct rn_tracee *t);
/** The descriptors that t's call, just done with ret, made, closed or changed. */
void rn_fdwatch_after(struct rn_recording *rec, struct rn_tracee *t, int64_t ret);

/* For backends that are told what a descriptor is: */
/** By st_mode. */
enum rn_fd_kind rn_fd_kind_of_mode(unsigned mode);
/** fd is what ev says from here on. named: a file that has a name, which it may lose. */
void rn_fdwatch_told(struct rn_recording *rec, struct rn_tracee *t, const struct rn_ev_FD *ev,
	uint64_t ts_ns, bool named);
/** Whether fd is known to be a file that has a name. */
bool rn_fdwatch_is_named(const struct rn_tracee *t, int64_t fd);
/** The descriptors that t's call, just done, closed, and whether it set the thread apart. */
void rn_fdwatch_closed(struct rn_recording *rec, struct rn_tracee *t);
/** Of the first RN_TRACKED_FDS those are open, no others: the rest closed by themselves (on exec). */
void rn_fdwatch_keep(struct rn_recording *rec, struct rn_tracee *t, const uint64_t *open);
/** What is open in a command that waits for its exec, but for what that will close. */
void rn_fdwatch_command(struct rn_recording *rec, struct rn_tracee *t);
/** Whether fd is known to be a netlink socket. */
bool rn_fdwatch_is_netlink(const struct rn_tracee *t, int64_t fd);

#endif
