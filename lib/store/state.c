/*
 * state.c - the state machines, each one table of legal moves.
 *
 * What is not in a table is refused. Runs, jobs and steps never leave their
 * last states; a failed delivery or message is a dead letter, and may be
 * replayed. `event` is NULL where there is no run whose events could tell it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/state.h"

#include <assert.h>
#include <stddef.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

static const struct move run_moves[] = {
	/* from         on         to             event            */
	{ RUN_PENDING, "start",   RUN_RUNNING,   "run.started"   },
	{ RUN_PENDING, "fail",    RUN_FAILED,    "run.failed"    },
	{ RUN_PENDING, "cancel",  RUN_CANCELLED, "run.cancelled" },
	{ RUN_PENDING, "skip",    RUN_SKIPPED,   "run.skipped"   },
	{ RUN_RUNNING, "succeed", RUN_SUCCEEDED, "run.completed" },
	{ RUN_RUNNING, "fail",    RUN_FAILED,    "run.failed"    },
	{ RUN_RUNNING, "cancel",  RUN_CANCELLED, "run.cancelled" },
};

static const struct move job_moves[] = {
	/* from            on            to              event           */
	{ JOB_BLOCKED,    "unblock",    JOB_PENDING,    "job.queued"     },
	{ JOB_BLOCKED,    "hold",       JOB_WAITING,    "job.waiting"    },
	{ JOB_BLOCKED,    "skip",       JOB_SKIPPED,    "job.skipped"    },
	{ JOB_BLOCKED,    "cancel",     JOB_CANCELLED,  "job.cancelled"  },
	{ JOB_BLOCKED,    "fail",       JOB_FAILED,     "job.failed"     },
	{ JOB_WAITING,    "approve",    JOB_PENDING,    "job.approved"   },
	{ JOB_WAITING,    "pass",       JOB_SUCCEEDED,  "job.completed"  },
	{ JOB_WAITING,    "fail",       JOB_FAILED,     "job.failed"     },
	{ JOB_WAITING,    "skip",       JOB_SKIPPED,    "job.skipped"    },
	{ JOB_WAITING,    "cancel",     JOB_CANCELLED,  "job.cancelled"  },
	{ JOB_PENDING,    "claim",      JOB_ASSIGNED,   "job.assigned"   },
	{ JOB_PENDING,    "cancel",     JOB_CANCELLED,  "job.cancelled"  },
	{ JOB_ASSIGNED,   "start",      JOB_RUNNING,    "job.started"    },
	{ JOB_ASSIGNED,   "lease-lost", JOB_PENDING,    "job.requeued"   },
	{ JOB_ASSIGNED,   "retry",      JOB_PENDING,    "retry.attempted" },
	{ JOB_ASSIGNED,   "fail",       JOB_FAILED,     "job.failed"     },
	{ JOB_ASSIGNED,   "cancel",     JOB_CANCELLED,  "job.cancelled"  },
	{ JOB_RUNNING,    "complete",   JOB_COMPLETING, "job.completing" },
	{ JOB_RUNNING,    "lease-lost", JOB_PENDING,    "job.requeued"   },
	{ JOB_RUNNING,    "retry",      JOB_PENDING,    "retry.attempted" },
	{ JOB_RUNNING,    "fail",       JOB_FAILED,     "job.failed"     },
	{ JOB_RUNNING,    "cancel",     JOB_CANCELLED,  "job.cancelled"  },
	{ JOB_COMPLETING, "lease-lost", JOB_PENDING,    "job.requeued"   },
	{ JOB_COMPLETING, "retry",      JOB_PENDING,    "retry.attempted" },
	{ JOB_COMPLETING, "succeed",    JOB_SUCCEEDED,  "job.completed"  },
	{ JOB_COMPLETING, "fail",       JOB_FAILED,     "job.failed"     },
	{ JOB_COMPLETING, "cancel",     JOB_CANCELLED,  "job.cancelled"  },
};

static const struct move step_moves[] = {
	/* from          on         to              event             */
	{ STEP_QUEUED,  "start",   STEP_RUNNING,   "step.started"   },
	{ STEP_QUEUED,  "skip",    STEP_SKIPPED,   "step.skipped"   },
	{ STEP_QUEUED,  "cancel",  STEP_CANCELLED, "step.cancelled" },
	{ STEP_RUNNING, "succeed", STEP_SUCCEEDED, "step.completed" },
	{ STEP_RUNNING, "fail",    STEP_FAILED,    "step.failed"    },
	{ STEP_RUNNING, "cancel",  STEP_CANCELLED, "step.cancelled" },
};

static const struct move delivery_moves[] = {
	/* from               on        to                 event */
	{ DELIVERY_RECEIVED, "plan",   DELIVERY_PLANNED,  NULL },
	{ DELIVERY_RECEIVED, "ignore", DELIVERY_IGNORED,  NULL },
	{ DELIVERY_RECEIVED, "fail",   DELIVERY_FAILED,   NULL },
	{ DELIVERY_FAILED,   "replay", DELIVERY_RECEIVED, NULL },
};

static const struct move message_moves[] = {
	/* from            on        to              event */
	{ MESSAGE_QUEUED, "send",   MESSAGE_SENT,   NULL },
	{ MESSAGE_QUEUED, "fail",   MESSAGE_FAILED, NULL },
	{ MESSAGE_FAILED, "replay", MESSAGE_QUEUED, NULL },
};

/* The stored words. A CHECK in sql/migrations holds each list a second time;
 * t/unit/state-t.c compares the two. */
static const char *const run_words[] = {
	[RUN_PENDING] = "pending",
	[RUN_RUNNING] = "running",
	[RUN_SUCCEEDED] = "succeeded",
	[RUN_FAILED] = "failed",
	[RUN_CANCELLED] = "cancelled",
	[RUN_SKIPPED] = "skipped",
};

static const char *const job_words[] = {
	[JOB_BLOCKED] = "blocked",
	[JOB_WAITING] = "waiting",
	[JOB_PENDING] = "pending",
	[JOB_ASSIGNED] = "assigned",
	[JOB_RUNNING] = "running",
	[JOB_COMPLETING] = "completing",
	[JOB_SUCCEEDED] = "succeeded",
	[JOB_FAILED] = "failed",
	[JOB_CANCELLED] = "cancelled",
	[JOB_SKIPPED] = "skipped",
};

static const char *const step_words[] = {
	[STEP_QUEUED] = "queued",
	[STEP_RUNNING] = "running",
	[STEP_SUCCEEDED] = "succeeded",
	[STEP_FAILED] = "failed",
	[STEP_SKIPPED] = "skipped",
	[STEP_CANCELLED] = "cancelled",
};

static const char *const delivery_words[] = {
	[DELIVERY_RECEIVED] = "received",
	[DELIVERY_PLANNED] = "planned",
	[DELIVERY_IGNORED] = "ignored",
	[DELIVERY_FAILED] = "failed",
};

static const char *const message_words[] = {
	[MESSAGE_QUEUED] = "queued",
	[MESSAGE_SENT] = "sent",
	[MESSAGE_FAILED] = "failed",
};

static_assert(ARRAY_LEN(run_words) == RUN_SKIPPED + 1, "run words");
static_assert(ARRAY_LEN(job_words) == JOB_SKIPPED + 1, "job words");
static_assert(ARRAY_LEN(step_words) == STEP_CANCELLED + 1, "step words");
static_assert(ARRAY_LEN(delivery_words) == DELIVERY_FAILED + 1,
    "delivery words");
static_assert(ARRAY_LEN(message_words) == MESSAGE_FAILED + 1,
    "message words");

#define MACHINE(name, moves_, words_) \
	{ name, moves_, (int)ARRAY_LEN(moves_), words_, \
		(int)ARRAY_LEN(words_) }

static const struct {
	const char *name;
	const struct move *moves;
	int n_moves;
	const char *const *words;
	int n_words;
} machines[] = {
	[MACHINE_RUN] = MACHINE("run", run_moves, run_words),
	[MACHINE_JOB] = MACHINE("job", job_moves, job_words),
	[MACHINE_STEP] = MACHINE("step", step_moves, step_words),
	[MACHINE_DELIVERY] = MACHINE("delivery", delivery_moves,
	    delivery_words),
	[MACHINE_MESSAGE] = MACHINE("message", message_moves, message_words),
};

const struct move *
machine_move(enum machine m, int from, const char *on)
{
	for (int i = 0; i < machines[m].n_moves; i++) {
		const struct move *mv = &machines[m].moves[i];

		if (mv->from == from && str_equal(mv->on, on))
			return mv;
	}
	return NULL;
}

const struct move *
machine_moves(enum machine m, int *n)
{
	*n = machines[m].n_moves;
	return machines[m].moves;
}

const char *
machine_name(enum machine m)
{
	return machines[m].name;
}

const char *
machine_state_name(enum machine m, int state)
{
	if (state < 0 || state >= machines[m].n_words)
		return "unknown";
	return machines[m].words[state];
}

int
machine_state_parse(enum machine m, const char *word)
{
	for (int i = 0; i < machines[m].n_words; i++)
		if (str_equal(machines[m].words[i], word))
			return i;
	return -1;
}

int
machine_n_states(enum machine m)
{
	return machines[m].n_words;
}

bool
machine_terminal(enum machine m, int state)
{
	for (int i = 0; i < machines[m].n_moves; i++)
		if (machines[m].moves[i].from == state)
			return false;
	return true;
}
