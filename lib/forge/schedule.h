/*
 * schedule.h - when schedules fire, and firing them.
 *
 * Each firing is a delivery under a key of the schedule and the minute for
 * which it was due, in the transaction that moves the schedule on: so none
 * fires twice, whatever is restarted. When clocks are set back nothing fires
 * again, for what comes next was known already.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_SCHEDULE_H
#define PAWL_FORGE_SCHEDULE_H

#include "lib/store/schedules.h"

/* What becomes of times that went by while nothing ran, or while the clock
 * jumped: the key "schedule-catch-up". */
enum catch_up {
	CATCH_UP_NONE, /* they are left out */
	CATCH_UP_ONCE, /* one for all of them */
	CATCH_UP_ALL,  /* each, of the last SCHEDULE_CATCH_UP_MS */
};

/* Later than this is missed. */
#define SCHEDULE_LATE_MS 120000
#define SCHEDULE_AHEAD_MS (2LL * 3600 * 1000)
#define SCHEDULE_CATCH_UP_MS (24LL * 3600 * 1000)

/*
 * The first time after `after_ms` at which an expression fires in a zone: 1; 0
 * never. -1 with ERR_INVALID: it is none, or the host does not know the zone.
 */
int
schedule_next(const char *cron, const char *timezone, int64_t after_ms,
    int64_t *next_ms, struct err *err);

/* Fire what is due by clock_now_ms(); *fired is how many did. What was due
 * more than once is due again at once. */
int
schedules_fire(struct store *st, enum catch_up policy, size_t *fired,
    struct err *err);

/*
 * For when the clock was set. It may have been ahead, when a host started with
 * a wrong one: what fired then is due when that time comes again. Let each go
 * on with its next time from now, or from the one for which it fired, unless
 * that is more than SCHEDULE_AHEAD_MS to come. No minute has two deliveries.
 */
int
schedules_recall(struct store *st, struct err *err);

/* Fire one now, out of its turn. `id` is of the delivery. */
int
schedule_run(struct store *st, const struct schedule *s, const char *actor,
    const char *by, char id[37], struct err *err);

/* Pause one, or with by NULL let it go on with its next time from now. */
int
schedule_hold(struct store *st, const struct schedule *s, const char *by,
    struct err *err);

#endif
