/*
 * jobparser-t.c - workflows and the jobs that a matrix makes of them.
 *
 * NAME.in.yaml is a workflow, NAME.out.yaml one document for each job. They
 * are compared as sets of job, name, runner, needs and matrix, for upstream
 * sorts values. Upstream accepts jobs that GitHub does not (`uses` beside
 * `runs-on`), so errors of the reader do not count here. It can also be asked
 * to take `needs` out, so they count only where a result has any.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/pipeline/decide.h"
#include "t/lib/corpus.h"
#include "t/lib/tap.h"

#define MAX_JOBS 300

struct set {
	char *items[MAX_JOBS];
	size_t n;
};

static void
set_add(struct set *s, struct str *item)
{
	if (s->n < MAX_JOBS)
		s->items[s->n++] = str_detach(item);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted lines; the set is empty afterwards. */
static void
set_print(struct set *s, struct str *out)
{
	qsort(s->items, s->n, sizeof(s->items[0]), by_text);
	for (size_t i = 0; i < s->n; i++) {
		str_addf(out, "%s\n", s->items[i]);
		free(s->items[i]);
	}
	s->n = 0;
}

/* --- what upstream has ----------------------------------------------------------- */

static const char *
scalar(const struct yaml *y, struct arena *a)
{
	struct expr_value v;

	if (y == NULL)
		return "";
	v = y->type == YAML_NUMBER ? expr_number(y->number) :
	    expr_string(y->text);
	return expr_to_string(&v, a);
}

/* A scalar, or the items of a list. */
static void
add_texts(struct str *out, const struct yaml *y, struct arena *a)
{
	if (y != NULL && y->type == YAML_LIST)
		for (size_t i = 0; i < y->n_items; i++)
			str_addf(out, " %s", scalar(y->items[i], a));
	else if (y != NULL)
		str_addf(out, " %s", scalar(y, a));
}

static bool with_needs;

static void
add_wanted(struct set *s, const char *id, const struct yaml *job,
    struct arena *a)
{
	const struct yaml *matrix =
	    yaml_get(yaml_get(job, "strategy"), "matrix");
	struct set values = { .n = 0 };
	struct str item = STR_INIT;

	str_addf(&item, "%s \"%s\"", id, scalar(yaml_get(job, "name"), a));
	add_texts(&item, yaml_get(job, "runs-on"), a);
	str_add(&item, "; needs");
	add_texts(&item, yaml_get(job, "needs"), a);
	str_add(&item, ";");
	for (size_t i = 0; matrix != NULL && i < matrix->n_pairs; i++) {
		struct str one = STR_INIT;

		str_addf(&one, "%s =", matrix->pairs[i].key->text);
		add_texts(&one, matrix->pairs[i].value, a);
		set_add(&values, &one);
	}
	set_print(&values, &item);
	set_add(s, &item);
}

static void
read_wanted(char *text, struct set *s, struct arena *a)
{
	char *next;

	for (; text != NULL; text = next) {
		const struct yaml *jobs;
		struct diags d;

		next = strstr(text, "\n---\n");
		if (next != NULL) {
			*next = '\0';
			next += strlen("\n---\n");
		}
		diags_init(&d, a, "out", text, strlen(text));
		jobs = yaml_get(yaml_read(text, strlen(text), a, &d), "jobs");
		for (size_t i = 0; jobs != NULL && i < jobs->n_pairs; i++)
			add_wanted(s, jobs->pairs[i].key->text,
			    jobs->pairs[i].value, a);
	}
}

/* --- what is planned --------------------------------------------------------------- */

static void
add_planned(struct set *s, const struct planned_job *j, struct arena *a)
{
	struct set values = { .n = 0 };
	struct str item = STR_INIT;

	str_addf(&item, "%s \"%s\"", j->job->id, j->name);
	if (j->runs_on.type == EXPR_ARRAY)
		for (size_t i = 0; i < j->runs_on.array->n; i++)
			str_addf(&item, " %s", expr_to_string(
			    &j->runs_on.array->items[i], a));
	else if (j->runs_on.type != EXPR_NULL)
		str_addf(&item, " %s", expr_to_string(&j->runs_on, a));
	str_add(&item, "; needs");
	for (size_t i = 0; with_needs && i < j->job->n_needs; i++)
		str_addf(&item, " %s", j->job->needs[i]->text);
	str_add(&item, ";");
	for (size_t i = 0; j->matrix != NULL && i < j->matrix->n; i++) {
		const struct expr_member *m = &j->matrix->members[i];
		struct str one = STR_INIT;

		str_addf(&one, "%.*s = %s", (int)m->name.len, m->name.s,
		    expr_to_string(&m->value, a));
		set_add(&values, &one);
	}
	set_print(&values, &item);
	set_add(s, &item);
}

static void
read_planned(const char *text, size_t len, struct set *s, struct arena *a)
{
	struct run_facts facts = { .rehearsal = true };
	const struct workflow *w;
	struct run_plan plan;
	struct diags d;

	diags_init(&d, a, "in", text, len);
	w = workflow_read(text, len, a, &d);
	if (w == NULL || run_decide(w, &facts, a, &d, &plan) == -1)
		return;
	for (size_t i = 0; i < plan.n_jobs; i++)
		add_planned(s, &plan.jobs[i], a);
}

static void
test_file(const char *folder, const char *file)
{
	struct str in = STR_INIT, out = STR_INIT, name = STR_INIT;
	struct str want = STR_INIT, got = STR_INIT;
	struct set wanted = { .n = 0 }, planned = { .n = 0 };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };

	str_add_len(&name, file, strlen(file) - strlen(".in.yaml"));
	str_add(&name, ".out.yaml");
	if (file_read(corpus_path(folder, file), 1 << 20, &in, &err) < 0 ||
	    file_read(corpus_path(folder, name.s), 1 << 20, &out, &err) < 0) {
		ok(false, "%s", err.text);
		goto out;
	}
	with_needs = strstr(out.s, " needs:") != NULL;
	read_wanted(out.s, &wanted, &a);
	read_planned(in.s, in.len, &planned, &a);
	set_print(&wanted, &want);
	set_print(&planned, &got);
	if (!corpus_case("jobparser", want.len > 0 &&
	        strcmp(want.s, got.s) == 0, "%s", file))
		tap_note("got:\n%swant:\n%s", got.s, want.s);
out:
	arena_release(&a);
	str_release(&in);
	str_release(&out);
	str_release(&name);
	str_release(&want);
	str_release(&got);
}

int
main(void)
{
	if (corpus_has("jobparser"))
		corpus_files("jobparser", ".in.yaml", test_file);
	corpus_report();
	return tap_done();
}
