/*
 * supervisor.h - pawl-workerd: the state that its files share.
 *
 * Everything that matters stands in the database; what is here can be lost
 * at any moment. Something happens (a datagram, a write to the database, a
 * child's end, a timer), and the supervisor looks: supervisor_look() asks the
 * database for all that is to be done and does it. So there is one path for
 * news, for restarts and for lost wake-ups.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_SUPERVISOR_H
#define PAWL_WORKERD_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/loop.h"
#include "lib/base/proc.h"
#include "workerd/program.h"

enum child_kind {
	CHILD_JOB, CHILD_PLANNER, CHILD_DECIDER, CHILD_JANITOR, CHILD_NOTIFIER,
	CHILD_RECONCILER,
};

/* A process that is watched; jobs may have been started by the supervisor
 * before us, and then nobody tells us how they ended. */
struct child {
	enum child_kind kind;
	struct proc proc;
	bool ours;
	int fd;            /* of proc_watch() */
	int64_t job;       /* CHILD_JOB */
	int attempt;
	bool told;         /* SIGTERM was sent: cancelled */
	bool killed;       /* SIGKILL was sent: its lease ended */
	int64_t over_ms;   /* monotonic: since when its lease is; 0: it is not */
	char delivery[37]; /* CHILD_PLANNER */
	int64_t repo;      /* CHILD_RECONCILER, too */
	int planning;      /* which attempt */
	int64_t run;       /* CHILD_DECIDER */
};

/* A delivery whose planner failed, until it may be tried again. */
struct retry {
	char delivery[37];
	int64_t not_before_ms; /* monotonic */
	char why[200];
};

struct supervisor {
	struct program program;
	struct loop *loop;
	struct child **children;
	size_t n_children, cap_children;
	struct retry *retries;
	size_t n_retries, cap_retries;
	char worker[80];     /* which pawl-workerd this is: no other has the
	                        same, on any host at any time */
	int wake_fd, wal_fd, clock_fd;
	bool clock_set; /* since the last look, or this is the first */
	int lock_fd;         /* of the state directory */
	bool wal_told;       /* of a write, since the last look */
	bool stopping;
	bool failed;         /* something did in the last look */
	bool activity;       /* something was done since the last look */
	size_t hooks_refused; /* how many were told of */
	int look_timer, due_timer, sweep_timer, idle_timer; /* 0: not set */
	int64_t last_look_ms;
	int64_t reconcile_ms;  /* monotonic: ask who was not compared for long */
	int64_t reconciler_ms; /* monotonic: one failed, not before */
	int64_t notify_ms;   /* monotonic: pawl-notifier failed, not before */
	int64_t locked_ms;   /* monotonic: the database was locked then */
	int64_t due_ms;      /* monotonic: look again then; 0: no need */
};

/* --- supervisor.c --------------------------------------------------------- */

/* Look soon: at once, or a little later when we have just looked. */
void
supervisor_look_soon(struct supervisor *s);

/* While looking: there will be something to do at this monotonic time. */
void
supervisor_due(struct supervisor *s, int64_t mono_ms);
/* The same for a time of the database, by the clock. */
void
supervisor_due_at(struct supervisor *s, int64_t at_ms);

/* Run the janitor after so long, unless it will run earlier. */
void
supervisor_sweep(struct supervisor *s, int64_t delay_ms);

/* --- children.c ----------------------------------------------------------- */

/* Start a program of Pawl in its own session and watch it. `log` is the file
 * its output goes to (NULL: ours). The new child is filled in by the caller;
 * NULL with err. */
struct child *
child_start(struct supervisor *s, enum child_kind kind,
    const char *const *command, const char *log, struct err *err);

/* Watch a process that somebody else started. */
struct child *
child_adopt(struct supervisor *s, enum child_kind kind,
    const struct proc *proc, struct err *err);

size_t
children_count(const struct supervisor *s, enum child_kind kind);
struct child *
child_of_job(const struct supervisor *s, int64_t job, int attempt);

void
children_release(struct supervisor *s);

/* --- jobs.c --------------------------------------------------------------- */

/* Watch active jobs, end what is cancelled or has lost its lease, start what
 * is pending. */
int
jobs_look(struct supervisor *s, struct err *err);

/* A job's process has ended. */
void
jobs_ended(struct supervisor *s, const struct child *c,
    const struct proc_end *end);

/* --- planners.c ----------------------------------------------------------- */

/* Start planners for deliveries that wait; `*waiting` is how many do. */
int
planners_look(struct supervisor *s, size_t *waiting, struct err *err);
void
planners_ended(struct supervisor *s, const struct child *c,
    const struct proc_end *end);

/* --- gates.c -------------------------------------------------------------- */

/* Decide gates whose time is over, and wake up for the next. */
int
gates_look(struct supervisor *s, struct err *err);

/* --- deciders.c ----------------------------------------------------------- */

/* Start planners for runs that are to be decided and that nobody decides. */
int
deciders_look(struct supervisor *s, struct err *err);
void
deciders_ended(const struct child *c, const struct proc_end *end);

/* --- schedules.c ---------------------------------------------------------- */

/* Fire what is due by the clock. */
int
schedules_look(struct supervisor *s, struct err *err);

/* --- alerts.c ------------------------------------------------------------- */

/* Fire and clear alerts whose numbers may have changed. */
int
alerts_look(struct supervisor *s, struct err *err);

/* --- clock_linux.c -------------------------------------------------------- */

/* A descriptor that polls readable when the wall clock has jumped, or -1 with
 * err. clock_drain() forgets it, and watches on. */
int
clock_watch(struct err *err);
void
clock_drain(int fd);

/* --- hooks.c -------------------------------------------------------------- */

/* Which hooks there are, for whoever appends an event. */
int
hooks_look(struct supervisor *s, struct err *err);

/* --- reconciles.c --------------------------------------------------------- */

/* We have begun, and nobody was there for so long. */
void
reconciles_begin(struct supervisor *s, int64_t away_ms);
/* Compare repositories with their forges. */
int
reconciles_look(struct supervisor *s, struct err *err);
void
reconciles_ended(struct supervisor *s, const struct proc_end *end);

/* --- outbox.c ------------------------------------------------------------- */

/* Send what is due, by pawl-notifier what goes to others. */
int
outbox_look(struct supervisor *s, struct err *err);
void
outbox_ended(struct supervisor *s, const struct proc_end *end);
/* Tell pawl-notifier to stop. */
void
outbox_stop(struct supervisor *s);

/* --- state_dir.c --------------------------------------------------------- */

/* The folders that everything else takes for granted. */
int
state_make_folders(const struct config *config, struct err *err);

/* One supervisor for each state directory: a descriptor that holds the lock,
 * which goes with the process and is not inherited; -1 with err. */
int
state_lock(const struct config *config, struct err *err);

/* --- wal_linux.c ---------------------------------------------------------- */

/* A descriptor that polls readable when the database was written, or -1 with
 * err. wal_drain() forgets what has come; false when the file is another one
 * now and must be watched anew. */
int
wal_watch(const char *db_path, struct err *err);
bool
wal_drain(int fd);

#endif
