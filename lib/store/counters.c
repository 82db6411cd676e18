/*
 * counters.c - counting: upserts of sums, and one table from types of events
 * to what they count besides themselves.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/counters.h"

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/statement.h"

/* One that is counted. */
struct counted {
	int64_t run;
	const char *from, *to;
	const struct event_facts *facts;
};

/* As the text formats of monitoring want it. */
static void
add_value(struct str *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			str_add_char(out, '\\');
		if (*value == '\n')
			str_add(out, "\\n");
		else
			str_add_char(out, *value);
	}
}

static void
write_labels(struct str *out, enum number number, const char *const *values)
{
	const struct number_row *row = number_row(number);

	for (size_t i = 0; i < NUMBER_MAX_LABELS && row->labels[i] != NULL;
	    i++) {
		str_addf(out, "%s%s=\"", i > 0 ? "," : "", row->labels[i]);
		if (values != NULL && values[i] != NULL)
			add_value(out, values[i]);
		str_add_char(out, '"');
	}
}

static int
add(struct store *st, enum number number, const char *const *values,
    int64_t bucket, int64_t n, int64_t total, struct err *err)
{
	struct str labels = STR_INIT;
	int rc;

	write_labels(&labels, number, values);
	if (store_begin(st, err) == -1) {
		str_release(&labels);
		return -1;
	}
	rc = store_exec(st, SQL_COUNTER_ADD, PARAMS(
	    P_TEXT("name", number_row(number)->name),
	    P_TEXT("labels", labels.s != NULL ? labels.s : ""),
	    P_INT("bucket", bucket), P_INT("repo", 0), P_INT("n", n),
	    P_INT("total", total)), err);
	str_release(&labels);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
counter_add(struct store *st, enum number number, const char *const *labels,
    int64_t n, struct err *err)
{
	return add(st, number, labels, -1, n, 0, err);
}

int
counter_observe(struct store *st, enum number number,
    const char *const *labels, int64_t ms, struct err *err)
{
	size_t i = 0;

	if (ms < 0)
		ms = 0;
	while (i < NUMBER_BOUNDS && ms > number_bounds[i])
		i++;
	return add(st, number, labels, i < NUMBER_BOUNDS ? number_bounds[i] :
	    0, 1, ms, err);
}

int
counter_settled(struct store *st, const char *delivery, const char *state,
    struct err *err)
{
	return store_exec(st, SQL_COUNTER_ADD_OF_DELIVERY, PARAMS(
	    P_TEXT("name", number_row(NUMBER_SETTLED)->name),
	    P_TEXT("id", delivery), P_TEXT("state", state)), err) == -1 ? -1 :
	    0;
}

/* --- events ----------------------------------------------------------------- */

/* One more with this result, in the run's repository. */
static int
add_result(struct store *st, enum number number, const struct counted *c,
    struct err *err)
{
	struct str labels = STR_INIT;
	int rc;

	write_labels(&labels, number, COUNTER_LABELS(c->to));
	rc = store_exec(st, SQL_COUNTER_ADD_OF_RUN, PARAMS(
	    P_TEXT("name", number_row(number)->name),
	    P_TEXT("labels", labels.s), P_INT("run", c->run)), err);
	str_release(&labels);
	return rc == -1 ? -1 : 0;
}

/* Observe what a statement reads, if it gives a row. */
static int
observe(struct store *st, enum number number, const struct counted *c,
    enum sql_id sql, const struct param *params, struct err *err)
{
	int64_t ms;
	int rc = store_number(st, sql, params, &ms, err);

	if (rc != 1)
		return rc;
	return counter_observe(st, number, COUNTER_LABELS(c->to), ms, err);
}

static int
run_ended(struct store *st, const struct counted *c, struct err *err)
{
	if (add_result(st, NUMBER_RUNS, c, err) == -1)
		return -1;
	return observe(st, NUMBER_RUN_TOOK, c, SQL_COUNTER_RUN_TOOK, PARAMS(
	    P_INT("run", c->run)), err);
}

static int
job_claimed(struct store *st, const struct counted *c, struct err *err)
{
	if (c->facts->attempt != 1)
		return 0;
	return observe(st, NUMBER_JOB_WAITED, c, SQL_COUNTER_JOB_WAITED,
	    PARAMS(P_INT("job", c->facts->job)), err);
}

static int
job_ended(struct store *st, const struct counted *c, struct err *err)
{
	if (add_result(st, NUMBER_JOBS, c, err) == -1)
		return -1;
	return observe(st, NUMBER_JOB_TOOK, c, SQL_COUNTER_JOB_TOOK, PARAMS(
	    P_INT("job", c->facts->job)), err);
}

static int
job_requeued(struct store *st, const struct counted *c, struct err *err)
{
	(void)c;
	return counter_add(st, NUMBER_LEASES_LOST, NULL, 1, err);
}

static int
job_retried(struct store *st, const struct counted *c, struct err *err)
{
	(void)c;
	return counter_add(st, NUMBER_RETRIES, NULL, 1, err);
}

static int
step_ended(struct store *st, const struct counted *c, struct err *err)
{
	return observe(st, NUMBER_STEP_TOOK, c, SQL_COUNTER_STEP_TOOK, PARAMS(
	    P_INT("job", c->facts->job), P_INT("attempt", c->facts->attempt),
	    P_INT("number", c->facts->step)), err);
}

static const struct {
	const char *type;
	int (*count)(struct store *st, const struct counted *c,
	    struct err *err);
} follows[] = {
	/* event              what it counts */
	{ "run.completed",    run_ended },
	{ "run.failed",       run_ended },
	{ "run.cancelled",    run_ended },
	{ "run.skipped",      run_ended },
	{ "job.assigned",     job_claimed },
	{ "job.requeued",     job_requeued },
	{ "retry.attempted",  job_retried },
	{ "job.completed",    job_ended },
	{ "job.failed",       job_ended },
	{ "job.cancelled",    job_ended },
	{ "job.skipped",      job_ended },
	{ "step.completed",   step_ended },
	{ "step.failed",      step_ended },
	{ "step.cancelled",   step_ended },
};

int
counter_follow(struct store *st, int64_t run, const char *type,
    const char *from, const char *to, const struct event_facts *facts,
    struct err *err)
{
	const struct counted c = { run, from, to, facts };

	if (counter_add(st, NUMBER_EVENTS, COUNTER_LABELS(type, from, to), 1,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(follows); i++)
		if (str_equal(follows[i].type, type) &&
		    follows[i].count(st, &c, err) == -1)
			return -1;
	return 0;
}
