/*
 * resolve.c - what refers to something else: ids of jobs and steps, needs,
 * actions.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

static char *
lower(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

/* --- ids -------------------------------------------------------------------- */

/* Ids are compared without regard to case: GitHub does so, and so do some
 * file systems, on which logs lie under the ids. */
static void
check_id(struct reader *r, const struct value *id, struct map *seen)
{
	const struct value *first;
	char *key;

	if (!is_id(id->text)) {
		report_value(r, id, "wrong-name", "letters, digits, \"_\" and "
		    "\"-\", a letter or \"_\" first, less than 100",
		    "The identifier '%s' is invalid. IDs may only contain "
		    "alphanumeric characters, '_', and '-'. IDs must start "
		    "with a letter or '_' and and must be less than %d "
		    "characters.", id->text, MAX_ID_BYTES);
		return;
	}
	if (str_starts_with(id->text, "__")) {
		report_value(r, id, "wrong-name", NULL, "The identifier '%s' "
		    "is invalid. IDs starting with '__' are reserved.",
		    id->text);
		return;
	}
	key = lower(r->a, id->text);
	first = map_get(seen, key);
	if (first != NULL)
		report_value(r, id, "wrong-name", arena_printf(r->a,
		    "it stands first in line %d; case does not matter",
		    first->pos.line), "The identifier '%s' may not be used "
		    "more than once within the same scope.", id->text);
	else
		map_set(seen, key, (void *)(uintptr_t)id);
}

/* --- actions ---------------------------------------------------------------- */

/* {org}/{repo}[/path]@ref, ./path or docker://image. */
static bool
is_action(const char *uses)
{
	const char *at = strchr(uses, '@'), *slash;

	if (str_starts_with(uses, "docker://") ||
	    str_starts_with(uses, "./") || str_starts_with(uses, ".\\"))
		return true;
	if (at == NULL || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return false;
	while (*uses == '/')
		uses++;
	slash = memchr(uses, '/', (size_t)(at - uses));
	if (slash == NULL)
		return false;
	while (slash < at && *slash == '/')
		slash++;
	return slash < at;
}

static void
check_uses(struct reader *r, const struct workflow_step *step)
{
	const char *uses = value_literal(step->uses);

	if (step->uses != value_get(step->value, "uses"))
		return; /* one of ours */
	if (uses != NULL && !is_action(uses))
		report_value(r, step->uses, "wrong-action",
		    "such as actions/checkout@v4, ./path or docker://image",
		    "Expected format {org}/{repo}[/path]@ref. Actual '%s'",
		    uses);
}

/* What is wrong with the reference of a job's `uses`, or NULL. */
static const char *
wrong_workflow(const char *uses)
{
	const char *at = strchr(uses, '@'), *slash;

	if (str_starts_with(uses, "./"))
		return at != NULL ? "cannot specify version when calling "
		    "local workflows" : NULL;
	slash = strchr(uses, '/');
	if (slash == NULL || slash == uses || (at != NULL && slash > at) ||
	    strchr(slash + 1, '/') == NULL)
		return "references to workflows must be prefixed with format "
		    "'owner/repository/' or './' for local workflows";
	return at == NULL || at[1] == '\0' ? "no version specified" : NULL;
}

static void
check_call(struct reader *r, const struct workflow_job *job)
{
	const char *uses = value_literal(job->uses);
	const char *wrong = uses != NULL ? wrong_workflow(uses) : NULL;

	if (wrong != NULL)
		report_value(r, job->uses, "wrong-workflow", "such as "
		    "./.github/workflows/x.yml or owner/repo/x.yml@v1",
		    "invalid value workflow reference: %s", wrong);
}

/* --- steps ------------------------------------------------------------------ */

static void
check_steps(struct reader *r, const struct workflow_step *steps, size_t n,
    struct map *seen)
{
	for (size_t i = 0; i < n; i++) {
		const struct value *id = value_get(steps[i].value, "id");

		if (value_literal(id) != NULL)
			check_id(r, id, seen);
		if (steps[i].kind == STEP_USES)
			check_uses(r, &steps[i]);
		check_steps(r, steps[i].steps, steps[i].n_steps, seen);
	}
}

/* --- matrix ----------------------------------------------------------------- */

#define MAX_EXCLUDES 256 /* entries that are checked */

/* Could `exclude` name this key? */
static bool
has_vector(const struct value *matrix, const char *key)
{
	for (size_t i = 0; i < matrix->n_pairs; i++) {
		const struct value_pair *pair = &matrix->pairs[i];

		if (pair->key->kind == VALUE_EXPR ||
		    pair->key->kind == VALUE_INSERT ||
		    (pair->row == NULL && strcasecmp(pair->key->text,
		    key) == 0))
			return true;
	}
	return false;
}

static void
check_excludes(struct reader *r, const struct value *matrix)
{
	const struct value *list = value_get(matrix, "exclude");

	for (size_t i = 0; list != NULL && i < list->n_items &&
	    i < MAX_EXCLUDES; i++)
		for (size_t j = 0; j < list->items[i]->n_pairs; j++) {
			const struct value *key =
			    list->items[i]->pairs[j].key;

			if (key->kind == VALUE_STRING &&
			    !has_vector(matrix, key->text))
				report_value(r, key, "matrix",
				    "it must be one of the keys of the matrix",
				    "Matrix exclude key '%s' does not match "
				    "any key within the matrix", key->text);
		}
}

static void
check_matrix(struct reader *r, const struct value *matrix)
{
	const struct value *exclude = value_get(matrix, "exclude");

	if (matrix == NULL || matrix->kind != VALUE_MAP)
		return;
	if (matrix->n_pairs == (exclude != NULL ? 1 : 0))
		report_value(r, matrix, "matrix", "add a list of values",
		    "Matrix must define at least one vector");
	else
		check_excludes(r, matrix);
	for (size_t i = 0; i < matrix->n_pairs; i++) {
		const struct value_pair *pair = &matrix->pairs[i];

		if (pair->row == NULL && pair->value->kind == VALUE_LIST &&
		    pair->value->n_items == 0)
			report_value(r, pair->value, "matrix",
			    "add a value, or leave the key out",
			    "Matrix vector '%s' does not contain any values",
			    pair->key->text);
	}
}

/* --- needs ------------------------------------------------------------------ */

/* What the search knows of a job: OPEN while it is on the path, BLOCKED when
 * it can never start. */
enum mark { MARK_NEW, MARK_OPEN, MARK_PLACED, MARK_BLOCKED };

struct search {
	struct reader *r;
	struct map by_id; /* id in small letters -> job */
	const char **ids; /* for suggestions; NULL at the end */
	enum mark *marks; /* by job */
	size_t *path;     /* jobs that are open, outermost first */
	size_t n_path;
	const char **circles; /* by job: the one that it is in or leads to */
};

static const struct workflow_job *
find_job(const struct search *s, const char *id)
{
	return map_get(&s->by_id, lower(s->r->a, id));
}

/* Report what is no job; does the job need any that is one? */
static bool
check_needs(struct search *s, const struct workflow_job *job)
{
	bool any = false;

	for (size_t i = 0; i < job->n_needs && !s->r->d->truncated; i++) {
		const struct value *need = job->needs[i];

		if (find_job(s, need->text) != NULL)
			any = true;
		else if (need->kind == VALUE_STRING)
			report_value(s->r, need, "unknown-job",
			    report_suggest(s->r->a, s->r->d, need->text,
			    s->ids), "Job '%s' depends on unknown job '%s'.",
			    job->id, need->text);
	}
	return any;
}

/* "a -> b -> a", from the place in the path where the circle begins: of all
 * jobs that are in it. */
static void
remember_circle(struct search *s, size_t target)
{
	const struct workflow_job *jobs = s->r->w->jobs;
	struct str text = STR_INIT;
	const char *circle;
	size_t first = 0;

	if (s->circles[target] != NULL)
		return;
	while (s->path[first] != target)
		first++;
	for (size_t i = first; i < s->n_path; i++)
		str_addf(&text, "%s -> ", jobs[s->path[i]].id);
	circle = arena_printf(s->r->a, "they need each other: %s%s",
	    text.s, jobs[target].id);
	for (size_t i = first; i < s->n_path; i++)
		if (s->circles[s->path[i]] == NULL)
			s->circles[s->path[i]] = circle;
	str_release(&text);
}

/* Can a job ever start? Depth is bounded by MAX_JOBS. */
static bool
visit_job(struct search *s, size_t index)
{
	const struct workflow_job *jobs = s->r->w->jobs, *job = &jobs[index];
	bool blocked = false;

	if (s->marks[index] != MARK_NEW) {
		if (s->marks[index] == MARK_OPEN)
			remember_circle(s, index);
		return s->marks[index] == MARK_PLACED;
	}
	s->marks[index] = MARK_OPEN;
	s->path[s->n_path++] = index;
	for (size_t i = 0; i < job->n_needs && !s->r->d->truncated; i++) {
		const struct workflow_job *other =
		    find_job(s, job->needs[i]->text);

		if (other == NULL || visit_job(s, (size_t)(other - jobs)))
			continue;
		blocked = true;
		if (s->circles[index] == NULL)
			s->circles[index] = s->circles[other - jobs];
	}
	s->n_path--;
	s->marks[index] = blocked ? MARK_BLOCKED : MARK_PLACED;
	return !blocked;
}

/* As GitHub does: each need between jobs that can never start. */
static void
report_blocked(struct search *s)
{
	const struct workflow *w = s->r->w;

	for (size_t i = 0; i < w->n_jobs; i++) {
		const struct workflow_job *job = &w->jobs[i];

		if (s->marks[i] != MARK_BLOCKED)
			continue;
		for (size_t j = 0; j < job->n_needs && !s->r->d->truncated;
		    j++) {
			const struct value *need = job->needs[j];
			const struct workflow_job *other =
			    find_job(s, need->text);

			if (other != NULL && s->marks[other - w->jobs] ==
			    MARK_BLOCKED)
				report_value(s->r, need, "needs-circle",
				    s->circles[i], "Job '%s' depends on job "
				    "'%s' which creates a cycle in the "
				    "dependency graph.", job->id, need->text);
		}
	}
}

static void
search_jobs(struct search *s)
{
	const struct workflow *w = s->r->w;
	bool no_start = w->n_jobs > 0;

	for (size_t i = 0; i < w->n_jobs; i++) {
		s->ids[i] = w->jobs[i].id;
		map_set(&s->by_id, lower(s->r->a, s->ids[i]), &w->jobs[i]);
	}
	for (size_t i = 0; i < w->n_jobs; i++)
		no_start = check_needs(s, &w->jobs[i]) && no_start;
	for (size_t i = 0; i < w->n_jobs; i++)
		visit_job(s, i);
	if (no_start)
		report_value(s->r, value_get(w->value, "jobs"),
		    "needs-circle", w->n_jobs > 0 ? s->circles[0] : NULL,
		    "The workflow must contain at "
		    "least one job with no dependencies.");
	else
		report_blocked(s);
}

static void
resolve_needs(struct reader *r)
{
	struct workflow *w = r->w;
	struct search s = { .r = r, .by_id = MAP_INIT };

	s.ids = mem_calloc(w->n_jobs + 1, sizeof(*s.ids));
	s.marks = mem_calloc(w->n_jobs + 1, sizeof(*s.marks));
	s.path = mem_calloc(w->n_jobs + 1, sizeof(*s.path));
	s.circles = mem_calloc(w->n_jobs + 1, sizeof(*s.circles));
	search_jobs(&s);
	map_release(&s.by_id);
	free(s.ids);
	free(s.marks);
	free(s.path);
	free(s.circles);
}

/* --- containers ------------------------------------------------------------- */

static void
check_container(struct reader *r, const struct workflow_container *box)
{
	const struct value *v = box->value;

	if (v == NULL || v->kind != VALUE_MAP || box->image != NULL)
		return;
	if (v->n_pairs < v->yaml->n_pairs)
		return; /* a key was wrong, and might be this one */
	diag_error(r->d, v->key->pos, v->key->width, "container", "add "
	    "\"image:\"", "Container image cannot be empty");
	diag_value(r->d, v->pos);
}

void
resolve(struct reader *r)
{
	struct map ids = MAP_INIT;

	for (size_t i = 0; i < r->w->n_jobs; i++) {
		const struct workflow_job *job = &r->w->jobs[i];
		struct map steps = MAP_INIT;

		check_id(r, job->key, &ids);
		check_steps(r, job->steps, job->n_steps, &steps);
		check_matrix(r, job->strategy.matrix);
		check_container(r, &job->container);
		for (size_t j = 0; j < job->n_services; j++)
			check_container(r, &job->services[j]);
		check_call(r, job);
		map_release(&steps);
	}
	map_release(&ids);
	check_matrix(r, r->w->matrix);
	resolve_needs(r);
}
