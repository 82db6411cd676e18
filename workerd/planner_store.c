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
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/pipeline/decide.h"
#include "lib/store/decisions.h"
#include "lib/store/outbox.h"
#include "lib/store/heads.h"
#include "workerd/context.h"

/* Of a run that says none: larger first (QUEUE_AGE_STEP_MS in queue.h lets
 * others catch up). */
enum { PRIORITY_OTHER = 1, PRIORITY_TAG = 5, PRIORITY_DEFAULT = 10 };

static int
priority(const struct planner *p, const struct workflow *w)
{
	const char *standard = p->repo.default_branch;

	if (w != NULL && w->priority != NULL &&
	    w->priority->kind == VALUE_NUMBER)
		return (int)w->priority->number;
	if (p->tag)
		return PRIORITY_TAG;
	if (standard == NULL || *standard == '\0')
		standard = "main";
	return strcmp(p->branch, standard) == 0 ? PRIORITY_DEFAULT :
	    PRIORITY_OTHER;
}

/* Its name, unless that is an expression: then the file's. */
const char *
planner_workflow_name(const struct plan_file *f)
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

/* Why it runs; of what no forge sent, who had it planned, too. */
static const char *
why_run(struct planner *p, const struct plan_file *f)
{
	const struct delivery *d = &p->delivery;

	if (d->origin == NULL)
		return f->why;
	if (d->replay_of == NULL)
		return arena_printf(&p->arena, "%s; found by %s: no webhook "
		    "came for it", f->why, d->origin);
	return arena_printf(&p->arena, "%s; replay of delivery %s by %s",
	    f->why, d->replay_of, d->asked_by);
}

/* Its jobs come with the first decision; or, when 1 is returned, after an
 * approval. One that is skipped has none, and no context. */
static int
create_run(struct planner *p, struct plan_file *f, struct err *err)
{
	const struct run_context c = { p->github, f->inputs, p->vars };
	struct str context = STR_INIT;
	struct run run = {
		.repo = p->repo.id,
		.delivery = p->delivery.id,
		.workflow = planner_workflow_name(f),
		.file = f->path,
		.event = p->event_name,
		.ref = p->ref,
		.branch = p->branch,
		.sha = p->commit,
		.title = p->title,
		.actor = p->actor,
		.why = why_run(p, f),
		.why_place = f->why_place,
		.config = f->text.s,
		.problems = f->problems.len > 0 && !f->skipped ?
		    f->problems.s : NULL,
		.priority = priority(p, f->workflow),
	};
	int rc;

	if (p->change != NULL && p->change->pull != NULL) {
		run.pull = strtoll(p->change->pull->number, NULL, 10);
		run.pull_head = p->head;
	}
	if (f->workflow != NULL && !f->skipped) {
		run_put_workflow(p->github, f->workflow);
		run_context_write(&c, &context);
		run.context = context.s;
	}
	rc = run_create(p->program.store, &run, err);
	if (rc == 0)
		rc = add_sources(p, f, run.id, err);
	if (rc == 0)
		rc = planner_hold(p, &run, err);
	str_release(&context);
	if (rc == -1)
		return err_wrap(err, "creating the run of %s", f->path);
	f->run = run.id;
	f->number = run.number;
	return rc;
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
	int n = 0, held = 0;

	for (size_t i = 0; i < p->n_files && n != -1; i++) {
		struct plan_file *f = &p->files[i];
		int rc;

		if (planner_is_quiet(p) && !f->triggered)
			continue;
		if (!f->triggered && !f->skipped &&
		    (f->workflow != NULL || !is_code(p))) {
			str_addf(&others, "%s%s: %s", others.len > 0 ? "; " :
			    "", f->path, f->why);
		} else if ((rc = create_run(p, f, err)) == -1) {
			n = -1;
		} else {
			held += rc;
			str_addf(&numbers, "%s%" PRId64, n > 0 ? ", " : "",
			    f->number);
			if (f->skipped)
				str_addf(&numbers, " (skipped: %s)", f->why);
			n++;
		}
	}
	if (n > 0)
		str_addf(&p->verdict, "planned: %s %s%s%s", n == 1 ? "run" :
		    "runs", numbers.s, held > 0 ?
		    ", to be approved as it comes from a fork" : "",
		    others.len > 0 ? "; not " : "");
	if (n != -1 && planner_supersede(p, err) == -1)
		n = -1;
	str_add(&p->verdict, others.s);
	str_release(&others);
	str_release(&numbers);
	return n;
}

/* What a planner was about, where there are several. */
static void
add_about(struct str *verdict, const struct planner *p)
{
	if (planner_is_quiet(p))
		str_addf(verdict, "as %s ", p->event_name);
	else if (p->change->ref != NULL)
		str_addf(verdict, "%s: ", p->change->ref);
	else
		str_addf(verdict, "%s%s%s: ", p->event_name, p->action !=
		    NULL ? " " : "", p->action != NULL ? p->action : "");
}

/* Note where a push has brought its ref. 1: go on; 0: a reconcile was faster
 * than this webhook, and has planned it. */
static int
note_head(struct planner *p, struct err *err)
{
	const struct forge_change *c = p->change;
	struct store *st = p->program.store;
	int rc = 0;

	/* A replay is of the past, and what a reconcile found is noted. */
	if (c->derived || c->ref == NULL || strcmp(c->event, "push") != 0 ||
	    p->delivery.origin != NULL)
		return 1;
	if (!c->deleted)
		rc = head_take_found(st, p->repo.id, c->ref, c->after, err);
	if (rc == 1) {
		str_clear(&p->verdict);
		str_add(&p->verdict, "a reconcile has found this push before "
		    "its webhook came, and planned it");
		return 0;
	}
	return rc == -1 || head_put(st, p->repo.id, c->ref, c->deleted ?
	    NULL : c->after, err) == -1 ? -1 : 1;
}

/* All of the delivery, told in one sentence. Returns how many runs there
 * are. */
static int
create_all(struct planner *first, struct str *verdict, struct err *err)
{
	bool several = false;
	int n = 0;

	for (struct planner *p = first->next; p != NULL; p = p->next)
		several |= !planner_is_quiet(p);
	for (struct planner *p = first; p != NULL; p = p->next) {
		int made = note_head(p, err);

		if (made == 1)
			made = p->ready ? create_runs(p, err) : 0;
		if (made == -1 || (p->newest && planner_schedules(p, err) ==
		    -1))
			return -1;
		n += made;
		if (p->verdict.len == 0 ||
		    (planner_is_quiet(p) && made == 0))
			continue;
		if (verdict->len > 0)
			str_add(verdict, "; ");
		if (several || planner_is_quiet(p))
			add_about(verdict, p);
		str_add(verdict, p->verdict.s);
	}
	if (first->n_left > 0)
		str_addf(verdict, "; %zu more changes are not looked at: %d "
		    "of one delivery are", first->n_left, FORGE_MAX_CHANGES);
	return n;
}

/* Who waits for a status learns that none comes. */
static int
tell_ignored(struct planner *first, struct err *err)
{
	for (struct planner *p = first; p != NULL; p = p->next) {
		const char *sha = p->head != NULL ? p->head : p->commit;

		if (p->ready && !planner_is_quiet(p) && is_code(p) &&
		    sha[0] != '\0' && p->verdict.len > 0 &&
		    outbox_ignored(p->program.store, p->repo.id, sha,
			p->event_name, p->verdict.s, err) == -1)
			return -1;
	}
	return 0;
}

int
planner_store(struct planner *p, struct err *err)
{
	struct store *st = p->program.store;
	struct str verdict = STR_INIT;
	const char *on;
	int n, rc = -1;

	if (store_begin(st, err) == -1)
		return -1;
	n = create_all(p, &verdict, err);
	on = n > 0 ? "plan" : "ignore";
	if (n == -1 || (n == 0 && tell_ignored(p, err) == -1) ||
	    delivery_settle(st, p->delivery.id, on, verdict.s, err) == -1)
		store_rollback(st);
	else
		rc = store_commit(st, err);
	if (rc == 0)
		log_info("delivery settled", LOG_STR("on", on),
		    LOG_STR("verdict", verdict.s));
	str_release(&verdict);
	return rc;
}
