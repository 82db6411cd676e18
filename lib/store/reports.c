/*
 * reports.c - annotations, summaries, and what became of the logs' files.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/reports.h"

#include <stddef.h>

#include "lib/base/mem.h"
#include "lib/store/rows.h"
#include "lib/store/statement.h"

static const struct field annotation_fields[] = {
	FIELD(INT64, annotation, job),
	FIELD(TEXT, annotation, key),
	FIELD(TEXT, annotation, job_title),
	FIELD(INT, annotation, step),
	FIELD(TEXT, annotation, level),
	FIELD(TEXT, annotation, title),
	FIELD(TEXT, annotation, file),
	FIELD(INT, annotation, line),
	FIELD(INT, annotation, end_line),
	FIELD(INT, annotation, col),
	FIELD(INT, annotation, end_col),
	FIELD(TEXT, annotation, message),
};
static const struct shape annotation_shape = { annotation_fields,
	ARRAY_LEN(annotation_fields), sizeof(struct annotation) };

static const struct field summary_fields[] = {
	FIELD(INT64, summary, id),
	FIELD(INT64, summary, job),
	FIELD(TEXT, summary, key),
	FIELD(TEXT, summary, job_title),
	FIELD(INT, summary, step),
	FIELD(TEXT, summary, title),
	FIELD(INT64, summary, bytes),
};
static const struct shape summary_shape = { summary_fields,
	ARRAY_LEN(summary_fields), sizeof(struct summary) };

static const struct field logs_fields[] = {
	FIELD(INT64, logs_run, id),
	FIELD(TEXT, logs_run, owner),
	FIELD(TEXT, logs_run, name),
	FIELD(INT64, logs_run, number),
	FIELD(INT, logs_run, attempt),
};
static const struct shape logs_shape = { logs_fields, ARRAY_LEN(logs_fields),
	sizeof(struct logs_run) };

/* The words of the CHECK in 006_reports.sql. */
static const char *const logs_words[] = {
	[LOGS_PLAIN] = "plain",
	[LOGS_PACKED] = "packed",
	[LOGS_GONE] = "gone",
};

/* One statement in a transaction. */
static int
change(struct store *st, enum sql_id id, const struct param *params,
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, id, params, err) == -1 ? -1 : 0,
	    err);
}

int
annotation_add(struct store *st, int attempt, int number,
    const struct annotation *a, struct err *err)
{
	return change(st, SQL_ANNOTATION_INSERT, PARAMS(
	    P_INT("job", a->job), P_INT("attempt", attempt),
	    P_INT("number", number), P_INT("step", a->step),
	    P_TEXT("level", a->level), P_TEXT("title", a->title),
	    P_TEXT("file", a->file), P_INT_UNLESS("line", a->line, 0),
	    P_INT_UNLESS("end_line", a->end_line, 0),
	    P_INT_UNLESS("col", a->col, 0),
	    P_INT_UNLESS("end_col", a->end_col, 0),
	    P_TEXT("message", a->message)), err);
}

int
annotation_list(struct store *st, int64_t run, struct arena *a,
    struct annotation **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_ANNOTATION_LIST, PARAMS(P_INT("run", run),
	    P_INT("limit", ANNOTATIONS_SHOWN)), &annotation_shape, a, out, n,
	    err);
}

int
summary_set(struct store *st, int64_t job, int attempt, int step,
    const char *title, const char *html, struct err *err)
{
	return change(st, SQL_SUMMARY_INSERT, PARAMS(P_INT("job", job),
	    P_INT("attempt", attempt), P_INT("step", step),
	    P_TEXT("title", title), P_TEXT("html", html)), err);
}

int
summary_list(struct store *st, int64_t run, struct arena *a,
    struct summary **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_SUMMARY_LIST, PARAMS(P_INT("run", run),
	    P_INT("limit", SUMMARIES_SHOWN)), &summary_shape, a, out, n, err);
}

int
summary_html(struct store *st, int64_t id, struct arena *a,
    const char **html, struct err *err)
{
	static const struct field fields[] = { { "html", FIELD_TEXT, 0 } };
	static const struct shape shape = { fields, 1, sizeof(char *) };

	return store_row(st, SQL_SUMMARY_HTML, PARAMS(P_INT("id", id)),
	    &shape, a, html, err);
}

int
logs_old(struct store *st, enum logs_state next, int64_t before_ms,
    struct arena *a, struct logs_run **out, size_t *n, struct err *err)
{
	return store_rows(st, next == LOGS_GONE ? SQL_LOGS_OLDEST :
	    SQL_LOGS_OLD, PARAMS(P_INT("before", before_ms),
	    P_INT("limit", LOGS_AT_ONCE)), &logs_shape, a, out, n, err);
}

int
logs_set(struct store *st, int64_t run, enum logs_state state,
    struct err *err)
{
	return change(st, SQL_LOGS_SET, PARAMS(P_INT("id", run),
	    P_TEXT("logs", logs_words[state])), err);
}
