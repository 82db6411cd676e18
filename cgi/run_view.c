/*
 * run_view.c - see run_view.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/run_view.h"

#include <string.h>
#include <strings.h>

#include "cgi/find_run.h"
#include "lib/store/queue_line.h"

static void
make_nodes(struct run_view *v, const struct job_needs *needs, size_t n,
    struct arena *a)
{
	v->nodes = arena_alloc(a, (v->n_jobs + 1) * sizeof(*v->nodes));
	for (size_t i = 0; i < v->n_jobs; i++) {
		const struct job *j = &v->jobs[i];

		v->nodes[i] = (struct dag_job){ .key = j->key,
			.title = j->title, .needs = i < n &&
			needs[i].job == j->id ? needs[i].needs : "[]",
			.look = look_job(j->state),
			.state = machine_state_name(MACHINE_JOB,
			    (int)j->state),
			.started_at_ms = j->started_at_ms,
			.finished_at_ms = j->finished_at_ms };
		v->looks[v->nodes[i].look]++;
	}
}

static void
make_graph(struct run_view *v, struct arena *a)
{
	dag_build(&v->dag, v->nodes, v->n_jobs, DAG_JOBS, a);
	v->critical = arena_alloc(a, v->n_jobs + 1);
	v->first_failed = arena_alloc(a, v->n_jobs + 1);
	v->layer = arena_alloc(a, (v->n_jobs + 1) * sizeof(*v->layer));
	dag_critical(&v->dag, v->critical);
	dag_first_failed(&v->dag, v->first_failed);
	for (size_t i = 0; i < v->dag.n_units; i++)
		for (size_t k = 0; k < v->dag.units[i].n_jobs; k++)
			v->layer[v->dag.units[i].jobs[k]] =
			    v->dag.units[i].layer;
}

int
run_view_read(struct run_view *v, struct web *w, struct store *st,
    struct request *req, struct err *err)
{
	struct job_needs *needs;
	size_t n;

	memset(v, 0, sizeof(*v));
	if (find_run(st, req, &v->run, err) == -1 ||
	    job_list(st, v->run.id, req->a, &v->jobs, &v->n_jobs, err) == -1 ||
	    queue_explain(st, v->jobs, v->n_jobs, w->config, req->a, err) ==
	    -1 || detail_needs(st, v->run.id, req->a, &needs, &n, err) == -1)
		return -1;
	make_nodes(v, needs, n, req->a);
	make_graph(v, req->a);
	return 0;
}

/* --- what is shown of the list ------------------------------------------- */

static int
number_arg(const struct request *req, const char *name, long long *out,
    struct err *err)
{
	const char *text = request_arg(req, name);

	if (text == NULL || text[0] == '\0' ||
	    str_to_int64(text, 1, 1000000, out))
		return 0;
	return err_set(err, ERR_INVALID, "argument \"%s\" must be a number "
	    "from 1", name);
}

static const char *
text_arg(const struct request *req, const char *name)
{
	const char *text = request_arg(req, name);

	return text == NULL || text[0] == '\0' ? NULL : text;
}

int
view_filter_read(struct view_filter *f, const struct request *req,
    struct err *err)
{
	bool known = false;

	*f = (struct view_filter){ .page = 1 };
	f->state = text_arg(req, "state");
	f->text = text_arg(req, "job");
	for (int i = 0; i < LOOK_N && f->state != NULL; i++)
		known = known || strcmp(f->state, look_word((enum look)i)) ==
		    0;
	if (f->state != NULL && !known)
		return err_set(err, ERR_INVALID, "argument \"state\" must be "
		    "one of pending, running, succeeded, failed, cancelled, "
		    "skipped");
	if (number_arg(req, "stage", &f->stage, err) == -1 ||
	    number_arg(req, "page", &f->page, err) == -1)
		return -1;
	f->any = f->state != NULL || f->text != NULL || f->stage != 0;
	return 0;
}

bool
view_has_text(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (; *text != '\0'; text++)
		if (strncasecmp(text, part, len) == 0)
			return true;
	return len == 0;
}

bool
view_filter_fits(const struct view_filter *f, const struct run_view *v,
    size_t job)
{
	const struct job *j = &v->jobs[job];

	return (f->state == NULL || strcmp(f->state,
	    look_word(v->nodes[job].look)) == 0) && (f->text == NULL ||
	    view_has_text(j->key, f->text) ||
	    view_has_text(j->title, f->text)) && (f->stage == 0 ||
	    (long long)v->layer[job] + 1 == f->stage);
}
