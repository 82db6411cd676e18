/*
 * alert_check.c - looking at alerts: measure, fire or clear, tell.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/store/alert_rows.h"
#include "lib/store/notify.h"
#include "lib/store/outbox.h"

/* Looked at at once; more are seen in the next look. */
#define CHECK_MAX 32

/* One is asked so seldom: the cost of a look grows with its window. */
#define REST_MIN_MS 5000
#define REST_PART 200 /* of the window */

struct measure {
	int64_t samples, value, oldest_ms;
};

static int
measure(struct store *st, const struct alert *al, int64_t now,
    struct arena *a, struct measure *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, measure, samples),
		FIELD(INT64, measure, value),
		FIELD(INT64, measure, oldest_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct measure) };
	const struct alert_metric *m = alert_metric_find(al->metric);
	struct param p[6] = {
		P_TEXT("owner", al->owner),
		P_INT_UNLESS("repo", al->repo, 0),
	};
	size_t n = 2;

	if (m == NULL)
		return err_set(err, ERR_CORRUPT, "the alert \"%s\" has an "
		    "unknown number, \"%s\"", al->name, al->metric);
	if (!m->level) {
		p[n++] = (struct param)P_INT("since", now - al->window_ms);
		p[n++] = (struct param)P_TEXT("workflow", al->workflow);
	}
	if (!m->level && al->step != NULL)
		p[n++] = (struct param)P_TEXT("step", al->step);
	return store_row(st, al->step != NULL ? m->of_steps : m->of_runs, p,
	    &shape, a, out, err);
}

static bool
crossed(const struct alert *al, int64_t value)
{
	if (str_equal(al->op, ">"))
		return value > al->threshold;
	if (str_equal(al->op, ">="))
		return value >= al->threshold;
	if (str_equal(al->op, "<"))
		return value < al->threshold;
	return value <= al->threshold;
}

/* --- telling ------------------------------------------------------------------ */

static void
add_member(struct str *out, const char *name, const char *text)
{
	str_addf(out, ",\"%s\":", name);
	if (text == NULL)
		str_add(out, "null");
	else
		json_text(out, text);
}

/* How it stood when this happened: it may be different when it is sent. */
static void
write_data(const struct alert *al, bool firing, const struct measure *m,
    int64_t now, struct str *out)
{
	struct str text = STR_INIT;

	str_addf(out, "{\"alert\":{\"firing\":%s", firing ? "true" : "false");
	add_member(out, "name", al->name);
	add_member(out, "severity", al->severity);
	alert_condition_text(al, &text);
	add_member(out, "condition", text.s);
	str_clear(&text);
	alert_value_text(al, m->value, &text);
	add_member(out, "value", m->samples == 0 ? NULL : text.s);
	add_member(out, "workflow", al->workflow);
	add_member(out, "step", al->step);
	str_addf(out, ",\"window_ms\":%" PRId64 ",\"number\":%" PRId64
	    ",\"at_ms\":%" PRId64 "}}", al->window_ms, al->changes + 1, now);
	str_release(&text);
}

/* The rules of its place, and of those around it. */
static int
list_rules(struct store *st, const struct alert *al, struct arena *a,
    struct notify_rule **rules, size_t *n, struct err *err)
{
	struct repo repo;
	int rc;

	if (al->repo == 0)
		return notify_list_owner(st, al->owner, a, rules, n, err);
	rc = repo_find_id(st, al->repo, a, &repo, err);
	if (rc == 1)
		return notify_list_repo(st, &repo, a, rules, n, err);
	*n = 0;
	return rc;
}

static int
tell(struct store *st, const struct alert *al, bool firing,
    const struct measure *measured, int64_t now, struct arena *a,
    struct err *err)
{
	struct str data = STR_INIT;
	struct notify_rule *rules;
	size_t n;
	int rc = list_rules(st, al, a, &rules, &n, err);

	write_data(al, firing, measured, now, &data);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct message m = { .kind = rules[i].kind,
			.repo = al->repo, .rule = rules[i].id,
			.data = data.s, .host = rules[i].host,
			.topic = arena_printf(a, "%" PRId64 " alert %" PRId64
			    " %" PRId64, rules[i].id, al->id,
			    al->changes + 1) };

		if (str_equal(rules[i].cause, "alert") &&
		    (rules[i].alert == NULL ||
		    str_equal(rules[i].alert, al->name)))
			rc = outbox_add(st, &m, err);
	}
	str_release(&data);
	return rc;
}

/* --- looking ------------------------------------------------------------------ */

/* Does it fire now? A level must have held for the whole window. */
static bool
fires(const struct alert *al, const struct measure *m, int64_t now,
    int64_t *held_since)
{
	bool over = m->samples > 0 && crossed(al, m->value);

	*held_since = 0;
	if (!alert_metric_find(al->metric)->level)
		return over;
	if (over)
		*held_since = al->held_since_ms != 0 &&
		    al->held_since_ms <= now ? al->held_since_ms : now;
	return over && (al->firing || now - *held_since >= al->window_ms);
}

/* When a look can see something else though nothing has happened; 0: never. */
static int64_t
next_look(const struct alert *al, const struct measure *m, bool firing,
    int64_t held_since)
{
	if (held_since != 0 && !firing)
		return held_since + al->window_ms;
	return m->oldest_ms != 0 ? m->oldest_ms + al->window_ms : 0;
}

static int
record(struct store *st, const struct alert *al, const struct measure *m,
    int64_t held_since, int64_t next, int64_t now, struct err *err)
{
	int64_t rest = now + (al->window_ms / REST_PART > REST_MIN_MS ?
	    al->window_ms / REST_PART : REST_MIN_MS);

	if (al->window_ms < REST_MIN_MS)
		rest = now + al->window_ms;
	if (next != 0 && next < rest)
		next = rest;
	return store_exec(st, SQL_ALERT_CHECKED, PARAMS(P_INT("id", al->id),
	    { m->samples == 0 ? PARAM_NULL : PARAM_INT, ":value", m->value,
		NULL, 0 },
	    P_INT_UNLESS("held_since_ms", held_since, 0),
	    P_INT("rest_until_ms", rest),
	    P_INT_UNLESS("check_at_ms", next, 0)), err);
}

/* 1 when it has fired or cleared. */
static int
check_one(struct store *st, const struct alert *al, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int64_t now = clock_now_ms(), held_since;
	struct measure m;
	bool firing;
	int rc = measure(st, al, now, &a, &m, err);

	if (rc == 1) {
		firing = fires(al, &m, now, &held_since);
		rc = record(st, al, &m, held_since, next_look(al, &m, firing,
		    held_since), now, err);
		if (rc != -1 && firing != al->firing) {
			rc = store_exec(st, SQL_ALERT_CHANGED, PARAMS(
			    P_INT("id", al->id), P_INT("firing", firing),
			    P_INT("now", now)), err);
			if (rc != -1)
				rc = tell(st, al, firing, &m, now, &a, err);
			rc = rc == -1 ? -1 : 1;
		} else {
			rc = rc == -1 ? -1 : 0;
		}
	}
	arena_release(&a);
	return rc;
}

static int
check_due(struct store *st, size_t *changed, struct arena *a, struct err *err)
{
	struct alert *list;
	size_t n;
	int rc = store_rows(st, SQL_ALERT_DUE, PARAMS(
	    P_INT("now", clock_now_ms()), P_INT("limit", CHECK_MAX)),
	    &alert_shape, a, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = check_one(st, &list[i], err);
		if (rc == 1)
			(*changed)++;
		rc = rc == -1 ? -1 : 0;
	}
	return rc;
}

int
alerts_next(struct store *st, int64_t *at_ms, struct err *err)
{
	int rc = store_number(st, SQL_ALERT_NEXT, NULL, at_ms, err);

	if (rc == 0)
		*at_ms = 0;
	return rc == -1 ? -1 : 0;
}

int
alerts_check(struct store *st, size_t *changed, int64_t *next_ms,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	*changed = 0;
	rc = alerts_next(st, next_ms, err);
	if (rc == 0 && *next_ms != 0 && *next_ms <= clock_now_ms()) {
		if (store_begin(st, err) == -1)
			return -1;
		rc = store_end(st, check_due(st, changed, &a, err), err);
		if (rc != -1)
			rc = alerts_next(st, next_ms, err);
	}
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
alerts_recall(struct store *st, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_ALERT_RECALL, PARAMS(P_INT("latest",
	    clock_now_ms() + ALERT_WINDOW_MAX_MS)), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}
