/*
 * metrics_other.c - the same numbers under names that dashboards for workflow
 * engines know, each made of what has been read already. Their labels are
 * bounded as ours: runs are not told apart by their ids.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/metrics_text.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

/* Is there a label with this value? */
static bool
has(const struct sample *s, const char *label)
{
	return label == NULL || strstr(s->labels, label) != NULL;
}

/* Of all whose labels have this text (NULL: all). */
static int64_t
sum(const struct metrics *m, enum number number, const char *label)
{
	int64_t n = 0;

	for (size_t i = 0; i < m->n[number]; i++)
		if (has(&m->samples[number][i], label))
			n += m->samples[number][i].n;
	return n;
}

/* 'result="failed"' under another name: 'status="failed"'. What comes behind
 * it is left away. */
static const char *
renamed(struct metrics *m, const char *labels, const char *name)
{
	const char *value = strchr(labels, '=');
	const char *end = value == NULL ? NULL : strchr(value + 2, '"');

	return end == NULL ? "" : arena_printf(&m->a, "%s%.*s", name,
	    (int)(end + 1 - value), value);
}

/* Add up what has the same first label. */
static void
by_first_label(struct metrics *m, const struct family *f, enum number number,
    const char *name)
{
	const struct sample *s = m->samples[number];
	size_t n = m->n[number];

	for (size_t i = 0, end; i < n; i = end) {
		const char *labels = renamed(m, s[i].labels, name);
		int64_t count = 0;

		for (end = i; end < n && str_equal(renamed(m, s[end].labels,
		    name), labels); end++)
			count += s[end].n;
		metrics_number(m, f, labels, count);
	}
}

static void
same_histogram(struct metrics *m, const struct family *f, enum number number)
{
	size_t n = m->n[number];
	struct sample *list = arena_alloc(&m->a, (n + 1) * sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		list[i] = m->samples[number][i];
		list[i].labels = renamed(m, list[i].labels, "status");
	}
	metrics_histogram(m, f, list, n);
}

/* Since counting began, from 0 to 1. */
static void
error_rate(struct metrics *m, const struct family *f, enum number number)
{
	int64_t all = sum(m, number, NULL);

	metrics_thousandths(m, f, "", all == 0 ? 0 :
	    1000 * sum(m, number, "=\"failed\"") / all);
}

static void
active(struct metrics *m, const struct family *f, enum number number)
{
	metrics_number(m, f, "", sum(m, number, NULL) -
	    (number == NUMBER_QUEUE_JOBS ? sum(m, number, "\"pending\"") :
	    0));
}

static void
depth(struct metrics *m, const struct family *f, enum number number)
{
	metrics_number(m, f, "", sum(m, number, number == NUMBER_QUEUE_JOBS ?
	    "\"pending\"" : NULL));
}

static void
by_status(struct metrics *m, const struct family *f, enum number number)
{
	by_first_label(m, f, number, "status");
}

static void
by_event(struct metrics *m, const struct family *f, enum number number)
{
	by_first_label(m, f, number, "event_type");
}

/* The hosts that messages go to, and the database, which has answered. */
static void
connectors(struct metrics *m, const struct family *f, enum number number)
{
	metrics_number(m, f, "connector=\"database\"", 1);
	metrics_number(m, f, "connector=\"outbox\"",
	    sum(m, number, NULL) == 0);
}

static const struct {
	struct family family;
	enum number number; /* what it is made of */
	void (*write)(struct metrics *m, const struct family *f,
	    enum number number);
} rows[] = {
	{ { "workflow_pipeline_executions", "counter", "",
	    "As pawl_runs." }, NUMBER_RUNS, by_status },
	{ { "workflow_pipeline_duration_seconds", "histogram", "seconds",
	    "As pawl_run_duration_seconds." }, NUMBER_RUN_TOOK,
	    same_histogram },
	{ { "workflow_pipeline_active_executions", "gauge", "",
	    "As pawl_active_runs." }, NUMBER_RUNS_ACTIVE, active },
	{ { "workflow_pipeline_error_rate", "gauge", "",
	    "Share of the runs that failed, of all that ended." },
	    NUMBER_RUNS, error_rate },
	{ { "workflow_step_duration_seconds", "histogram", "seconds",
	    "As pawl_step_duration_seconds." }, NUMBER_STEP_TOOK,
	    same_histogram },
	{ { "workflow_step_executions", "counter", "",
	    "As the counts of pawl_step_duration_seconds." },
	    NUMBER_STEP_TOOK, by_status },
	{ { "workflow_step_retries", "counter", "",
	    "As pawl_job_retries: steps are tried again with their job." },
	    NUMBER_RETRIES, depth },
	{ { "workflow_step_error_rate", "gauge", "",
	    "Share of the steps that failed, of all that ran." },
	    NUMBER_STEP_TOOK, error_rate },
	{ { "workflow_worker_pool_active", "gauge", "",
	    "Jobs that hold a slot: see pawl_queue_jobs." },
	    NUMBER_QUEUE_JOBS, active },
	{ { "workflow_worker_pool_queue_depth", "gauge", "",
	    "Jobs that wait for a slot: see pawl_queue_jobs." },
	    NUMBER_QUEUE_JOBS, depth },
	{ { "workflow_dlq_depth", "gauge", "",
	    "As pawl_outbox_dead_letters." }, NUMBER_OUTBOX_DEAD, depth },
	{ { "workflow_event_store_events", "counter", "",
	    "As pawl_events." }, NUMBER_EVENTS, by_event },
	{ { "workflow_connector_health", "gauge", "",
	    "1: it answers." }, NUMBER_HOSTS_LEFT, connectors },
};

void
metrics_other(struct metrics *m)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		metrics_family(m, &rows[i].family);
		rows[i].write(m, &rows[i].family, rows[i].number);
	}
}
