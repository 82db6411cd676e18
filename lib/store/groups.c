/*
 * groups.c - concurrency groups: one holder at a time, others in a line.
 *
 * A place is a row; the line is their order. The next in line becomes the
 * holder in the transaction in which the one before leaves, so that nobody
 * comes between, and its run is marked: it finds out when it is decided.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/groups.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/move.h"

/* The holder and all that wait, and one more that shows that there are too
 * many. */
#define LINE_MAX (GROUP_MAX_WAITING + 2)

struct place {
	int64_t id, repo;
	const char *name;
	int64_t run;
	const char *key;
	bool held;
	int64_t number; /* of the run */
};

static const struct field place_fields[] = {
	FIELD(INT64, place, id),
	FIELD(INT64, place, repo),
	FIELD(TEXT, place, name),
	FIELD(INT64, place, run),
	FIELD(TEXT, place, key),
	FIELD(BOOL, place, held),
	FIELD(INT64, place, number),
};
static const struct shape place_shape = { place_fields,
	ARRAY_LEN(place_fields), sizeof(struct place) };

struct line {
	struct place *places;
	size_t n;
};

static int
line_read(struct store *st, int64_t repo, const char *name, struct arena *a,
    struct line *out, struct err *err)
{
	return store_rows(st, SQL_GROUP_LINE, PARAMS(P_INT("repo", repo),
	    P_TEXT("name", name), P_INT("max", LINE_MAX)), &place_shape, a,
	    &out->places, &out->n, err);
}

static const struct place *
line_holder(const struct line *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (line->places[i].held)
			return &line->places[i];
	return NULL;
}

/* --- leaving -------------------------------------------------------------- */

static int
leave(struct store *st, const struct place *p, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int64_t now = clock_now_ms();
	struct line line = { 0 };
	int rc;

	rc = store_exec(st, SQL_GROUP_REMOVE, PARAMS(P_INT("id", p->id)), err)
	    == -1 || line_read(st, p->repo, p->name, &a, &line, err) == -1 ?
	    -1 : 0;
	if (rc == 0 && p->held && line.n > 0)
		rc = store_exec(st, SQL_GROUP_HOLD, PARAMS(
		    P_INT("id", line.places[0].id), P_TEXT("state", "held")),
		    err) == -1 ? -1 : 0;
	/* The new holder goes on; the next one says for whom it waits. */
	for (size_t i = 0; rc == 0 && i < line.n && i < 2; i++)
		rc = run_mark(st, line.places[i].run, now, NULL, err);
	arena_release(&a);
	return rc;
}

int
group_leave(struct store *st, int64_t run, const char *key, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct place p;
	int rc;

	rc = store_row(st, SQL_GROUP_PLACE, PARAMS(P_INT("run", run),
	    P_TEXT("key", key)), &place_shape, &a, &p, err);
	if (rc == 1)
		rc = leave(st, &p, err);
	arena_release(&a);
	return rc;
}

static int
places_of(struct store *st, int64_t run, struct arena *a, struct line *out,
    struct err *err)
{
	return store_rows(st, SQL_GROUP_PLACES_OF, PARAMS(P_INT("run", run)),
	    &place_shape, a, &out->places, &out->n, err);
}

int
group_leave_all(struct store *st, int64_t run, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct line own = { 0 };
	int rc;

	rc = places_of(st, run, &a, &own, err);
	for (size_t i = 0; rc == 0 && i < own.n; i++)
		rc = leave(st, &own.places[i], err);
	arena_release(&a);
	return rc;
}

/* Does a key belong to a place: the same, or of a job that is called below? */
static bool
stands_below(const char *key, const char *place)
{
	size_t len = strlen(place);

	return strncmp(key, place, len) == 0 &&
	    (key[len] == '\0' || key[len] == '/');
}

int
group_leave_calls(struct store *st, int64_t run, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head *open = NULL;
	struct line own = { 0 };
	size_t n = 0;
	int rc;

	rc = places_of(st, run, &a, &own, err);
	if (rc == 0 && own.n > 0)
		rc = store_rows(st, SQL_JOB_HEADS, PARAMS(P_INT("run", run)),
		    &job_head_shape, &a, &open, &n, err);
	for (size_t i = 0; rc == 0 && i < own.n; i++) {
		bool busy = *own.places[i].key == '\0';

		for (size_t k = 0; k < n && !busy; k++)
			busy = stands_below(open[k].key, own.places[i].key);
		if (!busy)
			rc = leave(st, &own.places[i], err);
	}
	arena_release(&a);
	return rc;
}

int
group_run_waits(struct store *st, int64_t run, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct place p;
	int rc;

	rc = store_row(st, SQL_GROUP_PLACE, PARAMS(P_INT("run", run),
	    P_TEXT("key", "")), &place_shape, &a, &p, err);
	if (rc == 1)
		rc = !p.held;
	arena_release(&a);
	return rc;
}

/* --- displacing ----------------------------------------------------------- */

/* End the jobs of a place that is a job's or a call's. */
static int
stop_jobs(struct store *st, const struct place *p, const char *reason,
    const char *by, struct arena *a, struct err *err)
{
	struct job_head *open = NULL;
	size_t n;

	if (store_rows(st, SQL_JOB_HEADS, PARAMS(P_INT("run", p->run)),
		&job_head_shape, a, &open, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (stands_below(open[i].key, p->key) &&
		    job_cancel(st, open[i].id, reason, by, err) == -1)
			return -1;
	return 0;
}

/* What waits ends at once, what holds is asked to. */
static int
displace(struct store *st, const struct place *p,
    const struct decision_snapshot *s, struct arena *a, struct err *err)
{
	const char *by = arena_printf(a, "run %" PRId64 " (concurrency group "
	    "\"%s\")", s->number, p->name);
	const char *reason = p->held ? NULL : arena_printf(a, "superseded by "
	    "run %" PRId64 " in group \"%s\"", s->number, p->name);

	if (*p->key != '\0')
		return stop_jobs(st, p, reason, by, a, err) == -1 ||
		    (!p->held && group_leave(st, p->run, p->key, err) == -1) ?
		    -1 : 0;
	if (store_exec(st, SQL_RUN_SET_SUPERSEDED, PARAMS(P_INT("id", p->run),
		P_INT("run", s->id)), err) == -1)
		return -1;
	if (p->held)
		return run_cancel(st, p->run, by, err) == -1 ? -1 : 0;
	return run_cancel_jobs(st, p->run, reason, by, err) == -1 ||
	    group_leave(st, p->run, "", err) == -1 ? -1 : 0;
}

static int
displace_all(struct store *st, const struct line *line,
    const struct decision_snapshot *s, const struct group_wish *wish,
    struct arena *a, struct err *err)
{
	for (size_t i = 0; i < line->n; i++) {
		const struct place *p = &line->places[i];

		if ((p->held ? wish->cancel_in_progress : !wish->queue_max) &&
		    displace(st, p, s, a, err) == -1)
			return -1;
	}
	return 0;
}

/* --- entering ------------------------------------------------------------- */

static int
wait_text(const struct line *line, int64_t run, const struct place *own,
    const struct group_wish *wish, struct str *why)
{
	const struct place *holder = line_holder(line);
	size_t before = 0;

	for (size_t i = 0; i < line->n; i++)
		before += !line->places[i].held &&
		    (own == NULL || line->places[i].id < own->id);
	str_addf(why, "waits for group \"%s\"", wish->name);
	if (holder != NULL && holder->run == run)
		str_addf(why, ", held by \"%s\" of this run", holder->key);
	else if (holder != NULL)
		str_addf(why, ", held by run %" PRId64, holder->number);
	if (before > 0)
		str_add(why, ", behind others");
	return GROUP_WAITS;
}

/* A place that can never be had. */
static bool
is_refused(const struct line *line, const struct decision_snapshot *s,
    const struct group_wish *wish, struct str *why)
{
	const struct place *holder = line_holder(line);

	if (holder != NULL && holder->run == s->id &&
	    (*holder->key == '\0' || stands_below(wish->key, holder->key))) {
		str_addf(why, "the group \"%s\" is held by %s, which waits "
		    "for this job: give them different groups", wish->name,
		    *holder->key == '\0' ? "the run itself" :
		    "the job that calls this one");
		return true;
	}
	return false;
}

/* What a look for a circle may cost; one that is longer is not found. */
#define CIRCLE_MAX_LEVELS 8
#define CIRCLE_MAX_LOOKS 200

/* Does a holder wait, by way of other groups, for one that is held around this
 * wish? A run or a call holds its group while its jobs wait for theirs, so two
 * of them could wait for each other for ever. 1, 0, -1. */
static int
leads_back(struct store *st, const struct place *holder,
    const struct decision_snapshot *s, const struct group_wish *wish,
    int level, int *looks, struct arena *a, struct err *err)
{
	struct line own = { 0 }, line = { 0 };
	int rc;

	if (holder->run == s->id && (*holder->key == '\0' ||
	    stands_below(wish->key, holder->key)))
		return 1;
	if (level == CIRCLE_MAX_LEVELS)
		return 0;
	rc = places_of(st, holder->run, a, &own, err);
	for (size_t i = 0; rc == 0 && i < own.n; i++) {
		const struct place *p = &own.places[i], *next;

		if (p->held || (*holder->key != '\0' &&
		    !stands_below(p->key, holder->key)))
			continue;
		if (++*looks > CIRCLE_MAX_LOOKS)
			return 0;
		rc = line_read(st, p->repo, p->name, a, &line, err);
		next = line_holder(&line);
		if (rc == 0 && next != NULL)
			rc = leads_back(st, next, s, wish, level + 1, looks,
			    a, err);
	}
	return rc;
}

static int
is_circle(struct store *st, const struct line *line,
    const struct decision_snapshot *s, const struct group_wish *wish,
    struct arena *a, struct str *why, struct err *err)
{
	const struct place *holder = line_holder(line);
	int looks = 0, rc;

	if (holder == NULL || wish->cancel_in_progress) /* then it ends */
		return 0;
	rc = leads_back(st, holder, s, wish, 0, &looks, a, err);
	if (rc == 1)
		str_addf(why, "the group \"%s\" is held by run %" PRId64
		    ", which waits for a group that is held here: take groups "
		    "in the same order everywhere", wish->name,
		    holder->number);
	return rc;
}

static bool
is_full(const struct line *line, const struct group_wish *wish,
    struct str *why)
{
	if (!wish->queue_max || line->n <= GROUP_MAX_WAITING)
		return false;
	str_addf(why, "%d wait for the group \"%s\" already",
	    GROUP_MAX_WAITING, wish->name);
	return true;
}

static int
insert(struct store *st, const struct decision_snapshot *s,
    const struct group_wish *wish, const char *state, struct err *err)
{
	return store_exec(st, SQL_GROUP_INSERT, PARAMS(P_INT("repo", s->repo),
	    P_TEXT("name", wish->name), P_INT("run", s->id),
	    P_TEXT("key", wish->key), P_TEXT("state", state)), err) == -1 ?
	    -1 : 0;
}

static int
enter(struct store *st, const struct decision_snapshot *s,
    const struct group_wish *wish, struct arena *a, struct str *why,
    struct err *err)
{
	struct line line = { 0 };
	struct place own;
	int rc;

	if (strlen(wish->name) > GROUP_MAX_NAME) {
		str_addf(why, "the name of its concurrency group has more "
		    "than %d bytes", GROUP_MAX_NAME);
		return GROUP_REFUSED;
	}
	rc = store_row(st, SQL_GROUP_PLACE, PARAMS(P_INT("run", s->id),
	    P_TEXT("key", wish->key)), &place_shape, a, &own, err);
	if (rc == -1 || line_read(st, s->repo, wish->name, a, &line,
	    err) == -1)
		return -1;
	if (rc == 1 && own.held)
		return GROUP_HELD;
	if (rc == 1) {
		rc = is_circle(st, &line, s, wish, a, why, err);
		return rc == -1 ? -1 : rc == 1 ? GROUP_REFUSED :
		    wait_text(&line, s->id, &own, wish, why);
	}
	if (line.n == 0)
		return insert(st, s, wish, "held", err) == -1 ? -1 :
		    GROUP_HELD;
	if (is_refused(&line, s, wish, why))
		return GROUP_REFUSED;
	rc = is_circle(st, &line, s, wish, a, why, err);
	if (rc != 0)
		return rc == -1 ? -1 : GROUP_REFUSED;
	if (is_full(&line, wish, why))
		return GROUP_FULL;
	if (insert(st, s, wish, "waiting", err) == -1 ||
	    displace_all(st, &line, s, wish, a, err) == -1)
		return -1;
	return wait_text(&(struct line){ (struct place *)(uintptr_t)
	    line_holder(&line), line_holder(&line) != NULL }, s->id, NULL,
	    wish, why);
}

int
group_enter(struct store *st, const struct decision_snapshot *s,
    const struct group_wish *wish, struct str *why, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc = enter(st, s, wish, &a, why, err);

	arena_release(&a);
	return rc;
}
