/*
 * alerts.c - rules about numbers: what they say, adding, listing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/alerts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/alert_rows.h"
#include "lib/store/audit.h"

#define DURATION_MAX_MS (INT64_C(365) * 24 * 3600 * 1000)

static const struct field alert_fields[] = {
	FIELD(INT64, alert, id),
	FIELD(TEXT, alert, name),
	FIELD(TEXT, alert, place),
	FIELD(TEXT, alert, owner),
	FIELD(INT64, alert, repo),
	FIELD(TEXT, alert, workflow),
	FIELD(TEXT, alert, step),
	FIELD(TEXT, alert, metric),
	FIELD(TEXT, alert, op),
	FIELD(INT64, alert, threshold),
	FIELD(INT64, alert, window_ms),
	FIELD(TEXT, alert, severity),
	FIELD(BOOL, alert, firing),
	FIELD(INT64, alert, changes),
	FIELD(INT64, alert, changed_at_ms),
	FIELD(BOOL, alert, has_value),
	FIELD(INT64, alert, value),
	FIELD(INT64, alert, held_since_ms),
	FIELD(TEXT, alert, made_by),
	FIELD(INT64, alert, created_at_ms),
};
const struct shape alert_shape = { alert_fields, ARRAY_LEN(alert_fields),
	sizeof(struct alert) };

static const struct alert_metric metrics[] = {
	{ "error_rate", SQL_ALERT_ERROR_RATE, SQL_ALERT_STEP_ERROR_RATE,
	    false, 100, " %", 10000 },
	{ "duration_p99", SQL_ALERT_DURATION_P99, SQL_ALERT_STEP_DURATION_P99,
	    false, 0, "", DURATION_MAX_MS },
	{ "dead_letters", SQL_ALERT_DEAD_LETTERS, SQL_ALERT_DEAD_LETTERS,
	    true, 1, "", 1000000 },
};

const struct alert_metric *
alert_metric_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
		if (str_equal(metrics[i].name, name))
			return &metrics[i];
	return NULL;
}

/* --- conditions -------------------------------------------------------------- */

static const char *const ops[] = { ">=", "<=", ">", "<" }; /* longer first */

/* "5", "0.25", in units: up to as many digits behind the point as the unit has
 * zeros. */
static bool
read_number(const char *s, int64_t unit, int64_t max, int64_t *out)
{
	int64_t n = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9' && n <= max; p++)
		n = n * 10 + (*p - '0') * unit;
	if (p == s)
		return false;
	if (*p == '.' && unit > 1) {
		int64_t part = unit;

		for (p++; *p >= '0' && *p <= '9' && part > 1; p++) {
			part /= 10;
			n += (*p - '0') * part;
		}
	}
	p += strspn(p, " %");
	*out = n;
	return *p == '\0' && n <= max;
}

static bool
read_threshold(const struct alert_metric *m, const char *s, int64_t *out)
{
	if (m->unit == 0)
		return clock_parse_duration(s, 1, out) && *out <= m->max;
	return read_number(s, m->unit, m->max, out);
}

int
alert_condition_parse(const char *text, struct alert *out, struct arena *a,
    struct err *err)
{
	size_t len = strcspn(text, " <>=");
	const struct alert_metric *m = alert_metric_find(arena_strndup(a,
	    text, len));
	const char *p = text + len + strspn(text + len, " ");

	if (m == NULL)
		return err_set(err, ERR_INVALID, "\"%.100s\" begins with no "
		    "number that is known; there are error_rate, duration_p99 "
		    "and dead_letters", text);
	out->metric = m->name;
	out->op = NULL;
	for (size_t i = 0; out->op == NULL && i < ARRAY_LEN(ops); i++)
		if (str_starts_with(p, ops[i]))
			out->op = ops[i];
	if (out->op == NULL)
		return err_set(err, ERR_INVALID, "\"%.100s\" needs one of >, "
		    ">=, <, <= behind %s", text, m->name);
	p += strlen(out->op);
	p += strspn(p, " ");
	if (!read_threshold(m, p, &out->threshold))
		return err_set(err, ERR_INVALID, "\"%.100s\" is no limit of "
		    "%s; write %s", p, m->name, m->unit == 0 ?
		    "a duration: 90s, 2 min" : m->unit == 1 ?
		    "a whole number" : "percent: 5, 0.5");
	return 0;
}

void
alert_value_text(const struct alert *alert, int64_t value, struct str *out)
{
	const struct alert_metric *m = alert_metric_find(alert->metric);
	char buf[CLOCK_TEXT_SIZE];

	if (m == NULL || m->unit == 0)
		str_add(out, clock_duration(value, buf));
	else if (m->unit > 1 && value % m->unit != 0)
		str_addf(out, "%" PRId64 ".%02" PRId64 "%s", value / m->unit,
		    value % m->unit, m->suffix);
	else
		str_addf(out, "%" PRId64 "%s", value / m->unit, m->suffix);
}

void
alert_condition_text(const struct alert *alert, struct str *out)
{
	str_addf(out, "%s %s ", alert->metric, alert->op);
	alert_value_text(alert, alert->threshold, out);
}

/* --- adding ------------------------------------------------------------------ */

static bool
is_name(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= ALERT_NAME_MAX && s[0] != '-' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.") == len;
}

static int
check_alert(const struct alert *alert, struct err *err)
{
	const struct alert_metric *m = alert_metric_find(alert->metric);

	if (!is_name(alert->name))
		return err_set(err, ERR_INVALID, "\"%.100s\" is no name of an "
		    "alert: up to %d letters, digits, \"-\", \"_\" and \".\"",
		    alert->name, ALERT_NAME_MAX);
	if (alert->window_ms < ALERT_WINDOW_MIN_MS ||
	    alert->window_ms > ALERT_WINDOW_MAX_MS)
		return err_set(err, ERR_INVALID, "a window is one second to "
		    "seven days long");
	if (m->level && (alert->step != NULL || alert->workflow != NULL))
		return err_set(err, ERR_INVALID, "%s are not told apart by "
		    "workflow or step", alert->metric);
	return 0;
}

static int
do_add(struct store *st, const struct alert *alert, struct err *err)
{
	int64_t n;

	if (store_number(st, SQL_ALERT_COUNT, NULL, &n, err) == -1)
		return -1;
	if (n >= ALERTS_MAX)
		return err_set(err, ERR_CONFLICT, "there are %d alerts "
		    "already; remove some", ALERTS_MAX);
	return store_exec(st, SQL_ALERT_INSERT, PARAMS(
	    P_TEXT("name", alert->name), P_TEXT("place", alert->place),
	    P_TEXT("owner", alert->owner),
	    P_INT_UNLESS("repo", alert->repo, 0),
	    P_TEXT("workflow", alert->workflow), P_TEXT("step", alert->step),
	    P_TEXT("metric", alert->metric), P_TEXT("op", alert->op),
	    P_INT("threshold", alert->threshold),
	    P_INT("window_ms", alert->window_ms),
	    P_TEXT("severity", alert->severity),
	    P_TEXT("made_by", alert->made_by),
	    P_INT("now", clock_now_ms())), err);
}

int
alert_add(struct store *st, const struct alert *alert, struct err *err)
{
	int rc;

	if (check_alert(alert, err) == -1 || store_begin(st, err) == -1)
		return -1;
	rc = do_add(st, alert, err);
	if (rc == -1 && err->code == ERR_EXISTS)
		err_set(err, ERR_EXISTS, "there is an alert \"%s\" already",
		    alert->name);
	rc = audit_done(st, rc, "alert.add", alert->repo, err, "alert %s",
	    alert->name);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
alert_remove(struct store *st, const char *name, struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_ALERT_DELETE, PARAMS(P_TEXT("name", name)),
	    err);
	if (n == 0)
		n = err_set(err, ERR_NOT_FOUND, "there is no alert "
		    "\"%.100s\"", name);
	n = audit_done(st, n, "alert.remove", 0, err, "alert %s", name);
	return store_end(st, n, err) == -1 ? -1 : 0;
}

int
alert_list(struct store *st, struct arena *a, struct alert **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_ALERT_LIST, NULL, &alert_shape, a, out, n,
	    err);
}
