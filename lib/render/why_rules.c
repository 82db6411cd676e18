/*
 * why_rules.c - see why_rules.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/why_rules.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/uses.h"
#include "lib/store/decisions.h"

static const struct workflow *
read_text(const char *file, const char *text, struct arena *a)
{
	struct diags d;

	if (text == NULL)
		return NULL;
	diags_init(&d, a, file, text, strlen(text));
	return workflow_read(text, strlen(text), a, &d);
}

static const struct workflow_job *
find_job(const struct workflow *w, const char *id, size_t len)
{
	for (size_t i = 0; w != NULL && i < w->n_jobs; i++)
		if (strlen(w->jobs[i].id) == len &&
		    strncmp(w->jobs[i].id, id, len) == 0)
			return &w->jobs[i];
	return NULL;
}

/* The workflow that a job calls, as it was read when the run was made. */
static int
read_called(struct store *st, const struct run *run, struct why_rules *r,
    const char *own_file, struct arena *a, const char **name,
    struct err *err)
{
	const char *text = r->job == NULL || r->job->kind != JOB_CALL ? NULL :
	    value_literal(r->job->uses);
	struct run_file file;
	int rc;

	r->workflow = NULL;
	if (text == NULL)
		return 0;
	*name = uses_within(text, own_file, a);
	rc = run_file_find(st, run->id, *name, a, &file, err);
	if (rc == 1)
		r->workflow = read_text(*name, file.text, a);
	return rc == -1 ? -1 : 0;
}

/* A key is "ID", "ID:2" of a matrix, and "ID/KEY" within a call. */
int
why_rules_read(struct store *st, const struct run *run, const char *key,
    struct arena *a, struct why_rules *out, struct err *err)
{
	const char *name = NULL;

	*out = (struct why_rules){ NULL, NULL, NULL };
	out->top = read_text(run->file, run->config, a);
	out->workflow = out->top;
	while (key != NULL) {
		const char *slash = strchr(key, '/');

		out->job = find_job(out->workflow, key, strcspn(key, ":/"));
		if (slash != NULL && read_called(st, run, out, name, a, &name,
		    err) == -1)
			return -1;
		key = slash != NULL ? slash + 1 : NULL;
	}
	return 0;
}

void
why_at_value(struct why_line *line, const struct workflow *w,
    const struct value *value)
{
	struct pos pos;

	if (w == NULL || value == NULL)
		return;
	pos = value->key != NULL ? value->key->pos : value->pos;
	line->file = w->file;
	line->line = pos.line;
	line->col = pos.col;
}

static int
number(const char *s, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9' || n > 100000000)
			return 0;
		n = n * 10 + (s[i] - '0');
	}
	return n;
}

void
why_at_text(struct why_line *line, const char *place, struct arena *a)
{
	const char *col = place != NULL ? strrchr(place, ':') : NULL;
	const char *row = col;

	while (row != NULL && row > place && row[-1] != ':')
		row--;
	if (row == NULL || row <= place + 1)
		return;
	line->file = arena_strndup(a, place, (size_t)(row - place) - 1);
	line->line = number(row, (size_t)(col - row));
	line->col = number(col + 1, strlen(col + 1));
}
