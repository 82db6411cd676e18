/*
 * numbers.c - the table of what is counted and measured, and reading it.
 *
 * Names follow the conventions of Prometheus: base units, the unit at the end.
 * doc/metrics.md is compared with this table by a test.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/numbers.h"

#include <assert.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/statement.h"

const int64_t number_bounds[NUMBER_BOUNDS] = {
	100, 500, 1000, 5000, 10000, 30000, 60000, 120000, 300000, 600000,
	1800000, 3600000, 7200000, 21600000,
};

static const struct number_row rows[] = {
	[NUMBER_EVENTS] = { "events", TYPE_COUNTER, "", false,
	    { "type", "from", "to" },
	    "What happened in runs; where a state changed, from which to "
	    "which." },
	[NUMBER_RUNS] = { "runs", TYPE_COUNTER, "", true, { "result" },
	    "Runs that ended." },
	[NUMBER_JOBS] = { "jobs", TYPE_COUNTER, "", true, { "result" },
	    "Jobs that ended." },
	[NUMBER_RETRIES] = { "job_retries", TYPE_COUNTER, "", false,
	    { NULL }, "Further attempts of jobs that asked for them." },
	[NUMBER_LEASES_LOST] = { "job_leases_lost", TYPE_COUNTER, "", false,
	    { NULL }, "Attempts of jobs that were lost and given back." },
	[NUMBER_DELIVERIES] = { "deliveries", TYPE_COUNTER, "", false,
	    { "forge" }, "Deliveries that were taken in." },
	[NUMBER_SETTLED] = { "deliveries_settled", TYPE_COUNTER, "", false,
	    { "forge", "verdict" }, "What became of deliveries." },
	[NUMBER_REFUSALS] = { "webhooks_refused", TYPE_COUNTER, "", false,
	    { "status" }, "Requests that did not become a delivery." },
	[NUMBER_SENDINGS] = { "outbox_tries", TYPE_COUNTER, "", false,
	    { "kind", "result" }, "Tries to send a message." },
	[NUMBER_CACHE_LOOKUPS] = { "cache_lookups", TYPE_COUNTER, "", false,
	    { "result" }, "What jobs found when they looked for a cache." },
	[NUMBER_LEFTOVERS] = { "janitor_removals", TYPE_COUNTER, "", false,
	    { "kind" }, "What the janitor removed." },

	[NUMBER_RUN_TOOK] = { "run_duration_seconds", TYPE_HISTOGRAM,
	    "seconds", false, { "result" },
	    "Time from the start of a run's first job to its end." },
	[NUMBER_JOB_WAITED] = { "job_wait_seconds", TYPE_HISTOGRAM,
	    "seconds", false, { NULL },
	    "Time that jobs waited in the queue for their first attempt." },
	[NUMBER_JOB_TOOK] = { "job_duration_seconds", TYPE_HISTOGRAM,
	    "seconds", false, { "result" },
	    "Time that the last attempt of a job ran." },
	[NUMBER_STEP_TOOK] = { "step_duration_seconds", TYPE_HISTOGRAM,
	    "seconds", false, { "result" }, "Time that a step ran." },

	[NUMBER_QUEUE_JOBS] = { "queue_jobs", TYPE_GAUGE, "", false,
	    { "state" }, "Jobs that wait in the queue or hold a slot." },
	[NUMBER_QUEUE_OLDEST] = { "queue_oldest_seconds", TYPE_GAUGE,
	    "seconds", false, { NULL },
	    "How long the first job of the queue has waited." },
	[NUMBER_QUEUE_STOPPED] = { "queue_stopped", TYPE_GAUGE, "", false,
	    { "what" }, "1: the queue is paused, the host is drained." },
	[NUMBER_LEASES_OVER] = { "job_leases_over", TYPE_GAUGE, "", false,
	    { NULL }, "Active jobs whose lease was not renewed in time." },
	[NUMBER_RUNS_ACTIVE] = { "active_runs", TYPE_GAUGE, "", false,
	    { "state" }, "Runs that are not over." },
	[NUMBER_GATES_OPEN] = { "gates_open", TYPE_GAUGE, "", false,
	    { NULL }, "Gates that wait for people or for a time." },
	[NUMBER_DELIVERIES_WAITING] = { "deliveries_waiting", TYPE_GAUGE, "",
	    false, { NULL }, "Deliveries that are not planned yet." },
	[NUMBER_DELIVERIES_OLDEST] = { "deliveries_oldest_seconds",
	    TYPE_GAUGE, "seconds", false, { NULL },
	    "How long the first of them has waited." },
	[NUMBER_OUTBOX_QUEUED] = { "outbox_messages", TYPE_GAUGE, "", false,
	    { "kind" }, "Messages that wait to be sent." },
	[NUMBER_OUTBOX_OLDEST] = { "outbox_oldest_seconds", TYPE_GAUGE,
	    "seconds", false, { NULL },
	    "How long the first of them has waited." },
	[NUMBER_OUTBOX_DEAD] = { "outbox_dead_letters", TYPE_GAUGE, "",
	    false, { NULL }, "Messages that were given up." },
	[NUMBER_HOSTS_LEFT] = { "outbox_hosts_left_alone", TYPE_GAUGE, "",
	    false, { NULL }, "Hosts that nothing is sent to for now." },
	[NUMBER_SCHEDULES_DUE] = { "schedules_due", TYPE_GAUGE, "", false,
	    { NULL }, "Schedules whose time has come and that did not fire." },
	[NUMBER_ENGINES_UP] = { "engine_up", TYPE_GAUGE, "", false,
	    { "engine" }, "1: the engine answered when it was asked last." },
};
static_assert(ARRAY_LEN(rows) == NUMBER_N, "rows of numbers");

/* How a gauge is read. */
static const struct {
	enum sql_id sql;
	bool now; /* it has the parameter */
} gauges[NUMBER_N] = {
	[NUMBER_QUEUE_JOBS] = { SQL_NUMBER_QUEUE_JOBS, false },
	[NUMBER_QUEUE_OLDEST] = { SQL_NUMBER_QUEUE_OLDEST, true },
	[NUMBER_QUEUE_STOPPED] = { SQL_NUMBER_QUEUE_STOPPED, false },
	[NUMBER_LEASES_OVER] = { SQL_NUMBER_LEASES_OVER, true },
	[NUMBER_RUNS_ACTIVE] = { SQL_NUMBER_RUNS_ACTIVE, false },
	[NUMBER_GATES_OPEN] = { SQL_NUMBER_GATES_OPEN, false },
	[NUMBER_DELIVERIES_WAITING] = { SQL_NUMBER_DELIVERIES_WAITING,
	    false },
	[NUMBER_DELIVERIES_OLDEST] = { SQL_NUMBER_DELIVERIES_OLDEST, true },
	[NUMBER_OUTBOX_QUEUED] = { SQL_NUMBER_OUTBOX_QUEUED, false },
	[NUMBER_OUTBOX_OLDEST] = { SQL_NUMBER_OUTBOX_OLDEST, true },
	[NUMBER_OUTBOX_DEAD] = { SQL_NUMBER_OUTBOX_DEAD, false },
	[NUMBER_HOSTS_LEFT] = { SQL_NUMBER_HOSTS_LEFT, true },
	[NUMBER_SCHEDULES_DUE] = { SQL_NUMBER_SCHEDULES_DUE, true },
	[NUMBER_ENGINES_UP] = { SQL_NUMBER_ENGINES_UP, false },
};

const struct number_row *
number_row(enum number number)
{
	return &rows[number];
}

static int
read_gauge(struct store *st, enum number number, struct arena *a,
    struct sample **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, sample, labels),
		FIELD(INT64, sample, n),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct sample) };

	return store_rows(st, gauges[number].sql, gauges[number].now ?
	    PARAMS(P_INT("now", clock_now_ms())) : NULL, &shape, a, out, n,
	    err);
}

int
number_read(struct store *st, enum number number, bool by_repo,
    const char *sees, struct arena *a, struct sample **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, sample, labels),
		FIELD(INT64, sample, bucket),
		FIELD(INT64, sample, n),
		FIELD(INT64, sample, total_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct sample) };

	if (rows[number].type == TYPE_GAUGE)
		return read_gauge(st, number, a, out, n, err);
	if (by_repo && rows[number].by_repo)
		return store_rows(st, SQL_NUMBER_COUNTED_BY_REPO, PARAMS(
		    P_TEXT("name", rows[number].name), P_TEXT("sees", sees)),
		    &shape, a, out, n, err);
	return store_rows(st, SQL_NUMBER_COUNTED, PARAMS(
	    P_TEXT("name", rows[number].name)), &shape, a, out, n, err);
}
