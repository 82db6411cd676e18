/*
 * planner_store.c - from workflows to runs: one transaction with the delivery's
 * verdict, so that a delivery can never be planned twice. The runs have no
 * jobs yet: they are marked as to be decided.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/pipeline/decide.h"
#include "lib/store/decisions.h"
#include "workerd/context.h"

/* Of a run: larger first (QUEUE_AGE_STEP_MS in queue.h lets others catch
 * up). */
enum { PRIORITY_OTHER = 1, PRIORITY_TAG = 5, PRIORITY_DEFAULT = 10 };

static int
priority(const struct planner *p)
{
	const char *standard = p->repo.default_branch;

	if (p->tag)
		return PRIORITY_TAG;
	if (standard == NULL || *standard == '\0')
		standard = "main";
	return strcmp(p->branch, standard) == 0 ? PRIORITY_DEFAULT :
	    PRIORITY_OTHER;
}

/* Its name, unless that is an expression: then the file's. */
static const char *
workflow_name(const struct plan_file *f)
{
	const char *name = f->workflow == NULL ? NULL :
	    value_literal(f->workflow->name);

	return name != NULL && *name != '\0' ? name : f->path;
}

static int
add_sources(struct planner *p, const struct plan_file *f, int64_t run,
    struct err *err)
{
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct plan_source *s = &f->sources[i];
		const struct run_file file = { s->uses, s->path, s->sha,
			s->error == NULL ? s->text : NULL, s->error };

		if (run_file_add(p->program.store, run, p->repo.id, &file,
		    err) == -1)
			return -1;
	}
	return 0;
}

/* Its jobs come with the first decision. */
static int
create_run(struct planner *p, struct plan_file *f, struct err *err)
{
	const struct run_context c = { p->github, f->inputs, p->vars };
	struct str context = STR_INIT;
	struct run run = {
		.repo = p->repo.id,
		.delivery = p->delivery.id,
		.workflow = workflow_name(f),
		.file = f->path,
		.event = p->event_name,
		.ref = p->ref,
		.branch = p->branch,
		.sha = p->commit,
		.title = p->title,
		.actor = p->actor,
		.why = f->why,
		.config = f->text.s,
		.problems = f->problems.len > 0 ? f->problems.s : NULL,
		.priority = priority(p),
	};
	int rc;

	if (f->workflow != NULL) {
		run_put_workflow(p->github, f->workflow);
		run_context_write(&c, &context);
		run.context = context.s;
	}
	rc = run_create(p->program.store, &run, err);
	if (rc == 0)
		rc = add_sources(p, f, run.id, err);
	str_release(&context);
	if (rc == -1)
		return err_wrap(err, "creating the run of %s", f->path);
	f->run = run.id;
	f->number = run.number;
	return 0;
}

/* Whoever changes a file learns what is wrong with it; whoever comments on an
 * issue need not. */
static bool
is_code(const struct planner *p)
{
	return strcmp(p->event_name, "push") == 0 ||
	    strcmp(p->event_name, "pull_request") == 0;
}

/* Create what is to be created; the verdict says what and, for the rest, why
 * not: "planned: runs 12, 13; not .ci/nightly.yml: ...". Returns how many. */
static int
create_runs(struct planner *p, struct err *err)
{
	struct str others = STR_INIT, numbers = STR_INIT;
	int n = 0;

	for (size_t i = 0; i < p->n_files && n != -1; i++) {
		struct plan_file *f = &p->files[i];

		if (p->as_target && !f->triggered)
			continue; /* told of as pull_request already */
		if (!f->triggered && (f->workflow != NULL || !is_code(p))) {
			str_addf(&others, "%s%s: %s", others.len > 0 ? "; " :
			    "", f->path, f->why);
		} else if (create_run(p, f, err) == -1) {
			n = -1;
		} else {
			str_addf(&numbers, "%s%" PRId64, n > 0 ? ", " : "",
			    f->number);
			n++;
		}
	}
	if (n > 0)
		str_addf(&p->verdict, "planned: %s %s%s", n == 1 ? "run" :
		    "runs", numbers.s, others.len > 0 ? "; not " : "");
	str_add(&p->verdict, others.s);
	str_release(&others);
	str_release(&numbers);
	return n;
}

/* With those of pull_request_target. */
static int
create_all(struct planner *p, struct err *err)
{
	int n = create_runs(p, err), more = 0;

	if (n != -1 && p->target->n_files > 0)
		more = create_runs(p->target, err);
	if (more > 0)
		str_addf(&p->verdict, "; as pull_request_target %s",
		    p->target->verdict.s);
	return n == -1 || more == -1 ? -1 : n + more;
}

int
planner_store(struct planner *p, struct err *err)
{
	struct store *st = p->program.store;
	const char *on;
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = create_all(p, err);
	on = n > 0 ? "plan" : "ignore";
	if (n == -1 || delivery_settle(st, p->delivery.id, on, p->verdict.s,
	    err) == -1) {
		store_rollback(st);
		return -1;
	}
	if (store_commit(st, err) == -1)
		return -1;
	log_info("delivery settled", LOG_STR("on", on),
	    LOG_STR("verdict", p->verdict.s));
	return 0;
}
