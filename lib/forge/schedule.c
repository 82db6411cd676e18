/*
 * schedule.c - see schedule.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/zone.h"
#include "lib/forge/dispatch.h"
#include "lib/pipeline/cron.h"

/* Fired in one call, so that nothing else is kept waiting. */
#define FIRE_MAX 64

/* github.actor of what nobody started. */
#define CLOCK_NAME "schedule"

/*
 * Clocks are changed at quarters of hours. The search for "* * * * *" asks for
 * each minute of two days, and what the zone says costs a file to be read:
 * each quarter of them is asked for once.
 */
#define QUARTER_S 900
#define QUARTERS 512 /* of more than five days */

struct quarters {
	const char *zone;
	int64_t known[QUARTERS]; /* its start in seconds, or -1 */
	int offset_s[QUARTERS];
};

static int
offset_of(const void *ctx, int64_t utc_s)
{
	struct quarters *q = *(struct quarters *const *)ctx;
	int64_t start = utc_s - utc_s % QUARTER_S;
	size_t i = (size_t)(start / QUARTER_S) % QUARTERS;

	if (q->known[i] != start) {
		q->known[i] = start;
		q->offset_s[i] = zone_offset_s(q->zone, start);
	}
	return q->offset_s[i];
}

int
schedule_next(const char *cron, const char *timezone, int64_t after_ms,
    int64_t *next_ms, struct err *err)
{
	struct quarters q = { .zone = timezone }, *const asked = &q;
	const struct cron_zone zone = { offset_of, &asked };
	struct cron c;
	size_t at, len;
	int64_t next;

	if (!zone_known(timezone))
		return err_set(err, ERR_INVALID, "this host knows no time "
		    "zone \"%.64s\" (its names are those of tzdata, such as "
		    "Europe/Berlin)", timezone);
	if (cron_parse(cron, strlen(cron), &c, &at, &len, err) == -1)
		return err_wrap(err, "schedule \"%.100s\"", cron);
	memset(q.known, -1, sizeof(q.known));
	if (!cron_next(&c, after_ms / 1000, strcmp(timezone, "UTC") == 0 ?
	    NULL : &zone, &next))
		return 0;
	*next_ms = next * 1000;
	return 1;
}

/* --- firing ------------------------------------------------------------------- */

static int
send(struct store *st, const struct schedule *s, const struct dispatch *d,
    char id[37], struct err *err)
{
	json_t *inputs = NULL;
	int rc;

	if (s->added_by == NULL)
		return dispatch_schedule(st, d, s->workflow, s->cron,
		    s->timezone, id, err);
	if (s->inputs != NULL)
		inputs = json_loads(s->inputs, 0, NULL);
	rc = dispatch_workflow(st, d, s->workflow, s->ref, inputs, id, err);
	json_decref(inputs);
	return rc;
}

static int
send_as(struct store *st, const struct schedule *s, const char *actor,
    const char *by, const char *key, char id[37], struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct repo repo;
	struct dispatch d = { &repo, actor, by, key };
	int rc = repo_find_id(st, s->repo, &a, &repo, err);

	if (rc == 0)
		rc = err_set(err, ERR_NOT_FOUND, "its repository was "
		    "removed");
	if (rc == 1)
		rc = send(st, s, &d, id, err);
	arena_release(&a);
	return rc;
}

/* The first time behind all that count as done. */
static int
find_next(const struct schedule *s, enum catch_up policy, int64_t now,
    int64_t *next, struct err *err)
{
	int64_t after = s->due_at_ms;
	int rc;

	if (policy == CATCH_UP_ALL && after < now - SCHEDULE_CATCH_UP_MS)
		after = now - SCHEDULE_CATCH_UP_MS;
	else if (policy != CATCH_UP_ALL && after < now)
		after = now;
	rc = schedule_next(s->cron, s->timezone, after, next, err);
	if (rc == 0)
		*next = 0;
	return rc;
}

static bool
counts(const struct schedule *s, enum catch_up policy, int64_t now)
{
	int64_t late = now - s->due_at_ms;

	switch (policy) {
	case CATCH_UP_NONE:
		return late <= SCHEDULE_LATE_MS;
	case CATCH_UP_ONCE:
		return true;
	case CATCH_UP_ALL:
		break;
	}
	return late <= SCHEDULE_CATCH_UP_MS;
}

/* A zone that the host no longer knows stops the schedule and nothing else. */
static int
move_on(struct store *st, const struct schedule *s, enum catch_up policy,
    int64_t now, bool fires, struct err *err)
{
	struct err why = { 0 };
	int64_t next = 0;

	if (find_next(s, policy, now, &next, &why) == -1)
		log_err("a schedule was stopped", &why);
	return schedule_move(st, s->id, next, fires ? s->due_at_ms : 0, err);
}

static int
do_fire(struct store *st, const struct schedule *s, enum catch_up policy,
    int64_t now, char id[37], struct err *err)
{
	bool fires = counts(s, policy, now);
	char key[64];

	if (move_on(st, s, policy, now, fires, err) == -1)
		return -1;
	snprintf(key, sizeof(key), "schedule-%" PRId64 "-%" PRId64, s->id,
	    s->due_at_ms / 1000);
	if (fires && send_as(st, s, CLOCK_NAME, CLOCK_NAME, key, id, err) ==
	    -1)
		return -1;
	return fires;
}

/* In a transaction of its own: one that cannot fire, such as one of a ref that
 * is none, must not keep the others from it. */
static int
fire(struct store *st, const struct schedule *s, enum catch_up policy,
    int64_t now, size_t *fired, struct err *err)
{
	struct err why = { 0 };
	char id[37] = "";
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = do_fire(st, s, policy, now, id, &why);
	if (rc == -1)
		store_rollback(st);
	else if (store_commit(st, &why) == -1)
		rc = -1;
	if (rc == -1 && err_kind(why.code) == ERR_KIND_INFRA)
		return err_set(err, why.code, "%s", why.text);
	if (rc == -1) {
		err_wrap(&why, "schedule %" PRId64, s->id);
		log_err("a schedule could not fire", &why);
		return move_on(st, s, policy, now, false, err);
	}
	*fired += (size_t)rc;
	log_info(rc == 1 ? "schedule is due" : "schedule was missed",
	    LOG_INT("schedule", s->id), LOG_STR("workflow", s->workflow),
	    LOG_STR("cron", s->cron), LOG_STR("delivery", id));
	return 0;
}

int
schedules_fire(struct store *st, enum catch_up policy, size_t *fired,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct schedule *list;
	int64_t now = clock_now_ms(), next;
	size_t n = 0;
	int rc;

	*fired = 0;
	if (schedule_next_due(st, &next, err) == -1)
		return -1;
	if (next == 0 || next > now)
		return 0;
	rc = schedule_list_due(st, now, FIRE_MAX, &a, &list, &n, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = fire(st, &list[i], policy, now, fired, err);
	arena_release(&a);
	return rc;
}

/* Is it due later than it should be? Then let it go on. */
static int
recall(struct store *st, const struct schedule *s, int64_t now,
    struct err *err)
{
	bool ahead = s->fired_at_ms > now + SCHEDULE_AHEAD_MS;
	int64_t after = s->fired_at_ms > now && !ahead ? s->fired_at_ms : now;
	struct err why = { 0 };
	int64_t next;

	if (s->paused_by != NULL || s->due_at_ms <= now)
		return 0;
	if (schedule_next(s->cron, s->timezone, after, &next, &why) != 1 ||
	    next >= s->due_at_ms)
		return 0;
	log_info("schedule goes on: the clock was ahead",
	    LOG_INT("schedule", s->id));
	return schedule_move(st, s->id, next, ahead ? now : 0, err);
}

int
schedules_recall(struct store *st, struct err *err)
{
	int64_t now = clock_now_ms(), last = 0;
	struct arena a = ARENA_INIT(0);
	struct schedule *list;
	size_t n;
	int rc;

	do {
		rc = schedule_list(st, 0, last, FIRE_MAX, &a, &list, &n, err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = recall(st, &list[i], now, err);
		if (rc == 0 && n > 0)
			last = list[n - 1].id;
		arena_release(&a);
	} while (rc == 0 && n == FIRE_MAX);
	return rc;
}

int
schedule_run(struct store *st, const struct schedule *s, const char *actor,
    const char *by, char id[37], struct err *err)
{
	return send_as(st, s, actor, by, NULL, id, err);
}

int
schedule_hold(struct store *st, const struct schedule *s, const char *by,
    struct err *err)
{
	int64_t next = 0;

	if (by == NULL && schedule_next(s->cron, s->timezone, clock_now_ms(),
	    &next, err) == -1)
		return -1;
	return schedule_pause(st, s->id, by, next, err);
}
