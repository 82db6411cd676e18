/*
 * summary.c - see summary.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/summary.h"

#include "lib/base/mem.h"
#include "lib/store/statement.h"

static const struct field total_fields[] = {
	FIELD(INT64, summary_total, total),
	FIELD(INT64, summary_total, succeeded),
	FIELD(INT64, summary_total, failed),
	FIELD(INT64, summary_total, measured),
	FIELD(INT64, summary_total, avg_ms),
};
static const struct shape total_shape = { total_fields,
	ARRAY_LEN(total_fields), sizeof(struct summary_total) };

static const struct field hour_fields[] = {
	FIELD(INT64, summary_hour, at_ms),
	FIELD(INT64, summary_hour, total),
	FIELD(INT64, summary_hour, failed),
};
static const struct shape hour_shape = { hour_fields, ARRAY_LEN(hour_fields),
	sizeof(struct summary_hour) };

static const struct field step_fields[] = {
	FIELD(TEXT, summary_step, title),
	FIELD(INT64, summary_step, total),
	FIELD(INT64, summary_step, avg_ms),
	FIELD(INT64, summary_step, failed),
	FIELD(INT64, summary_step, p99_ms),
};
static const struct shape step_shape = { step_fields, ARRAY_LEN(step_fields),
	sizeof(struct summary_step) };

#define FILTERS P_INT("since", q->since_ms), P_INT("repo", q->repo), \
	P_TEXT("workflow", q->workflow), P_TEXT("sees", q->sees), \
	P_INT("max", SUMMARY_MAX_RUNS)

/* The least duration that so many of a hundred do not exceed. */
static int
percentile(struct store *st, const struct summary_query *q, int64_t n,
    int percent, int64_t *out, struct err *err)
{
	int64_t place = (n * percent + 99) / 100 - 1;

	*out = 0;
	if (n == 0)
		return 0;
	return store_number(st, SQL_SUMMARY_PLACE, PARAMS(FILTERS,
	    P_INT("place", place)), out, err) == -1 ? -1 : 0;
}

int
summary_read(struct store *st, const struct summary_query *q,
    struct summary_total *out, struct err *err)
{
	if (store_row(st, SQL_SUMMARY_TOTAL, PARAMS(FILTERS), &total_shape,
	    NULL, out, err) == -1 ||
	    percentile(st, q, out->measured, 50, &out->p50_ms, err) == -1 ||
	    percentile(st, q, out->measured, 95, &out->p95_ms, err) == -1)
		return -1;
	return percentile(st, q, out->measured, 99, &out->p99_ms, err);
}

int
summary_hours(struct store *st, const struct summary_query *q,
    struct arena *a, struct summary_hour **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_SUMMARY_HOURS, PARAMS(FILTERS), &hour_shape,
	    a, out, n, err);
}

int
summary_steps(struct store *st, const struct summary_query *q,
    struct arena *a, struct summary_step **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_SUMMARY_STEPS, PARAMS(FILTERS,
	    P_INT("limit", SUMMARY_MAX_STEPS)), &step_shape, a, out, n, err);
}
