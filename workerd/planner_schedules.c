/*
 * planner_schedules.c - the workflows of the default branch and their
 * schedules, as its newest commit has them.
 *
 * docs.github.com, "Events that trigger workflows", schedule: the latest
 * commit on the default branch counts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/forge/schedule.h"

/* Is it the default branch as it is now, and not an older commit of it? */
int
planner_is_newest(struct planner *p, struct err *err)
{
	char head[GIT_SHA_SIZE];
	const char *ref = arena_printf(&p->arena, "refs/heads/%s",
	    p->repo.default_branch);
	int rc;

	if (p->ref == NULL || strcmp(p->ref, ref) != 0 || p->as_target)
		return 0;
	rc = git_ref_commit(p->git, p->mirror, ref, head, err);
	return rc == 1 ? strcmp(head, p->commit) == 0 : rc;
}

static struct workflow_row
workflow_of(const struct plan_file *f)
{
	return (struct workflow_row){ .path = f->path,
		.name = planner_workflow_name(f), .text = f->text.s,
		.by_hand = workflow_trigger_find(f->workflow,
		    "workflow_dispatch") != NULL };
}

/* One that never fires, or whose zone the host does not know, is kept: lists
 * show it. */
static void
take_schedule(const struct plan_file *f, const struct workflow_schedule *s,
    struct schedule *out)
{
	const char *zone = value_literal(s->timezone);
	struct err why = { 0 };
	int64_t due = 0;

	*out = (struct schedule){ .workflow = f->path,
		.cron = value_literal(s->cron),
		.timezone = zone != NULL && *zone != '\0' ? zone : "UTC" };
	if (schedule_next(out->cron, out->timezone, clock_now_ms(), &due,
	    &why) == -1)
		log_err("a schedule cannot fire", &why);
	out->due_at_ms = due;
}

static size_t
count_schedules(const struct planner *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_files; i++) {
		const struct workflow_trigger *t = p->files[i].workflow ==
		    NULL ? NULL : workflow_trigger_find(p->files[i].workflow,
		    "schedule");

		n += t != NULL ? t->n_schedules : 0;
	}
	if (n <= SCHEDULES_MAX)
		return n;
	log_write(LOG_WARN, "a repository has too many schedules",
	    LOG_FIELDS(LOG_STR("repo", p->repo.name),
	    LOG_INT("found", (int64_t)n), LOG_INT("used", SCHEDULES_MAX)));
	return SCHEDULES_MAX;
}

int
planner_schedules(struct planner *p, struct err *err)
{
	struct store *st = p->program.store;
	struct workflow_row *rows = arena_alloc(&p->arena,
	    (p->n_files + 1) * sizeof(*rows));
	size_t max = count_schedules(p), n_rows = 0, n = 0;
	struct schedule *list = arena_alloc(&p->arena,
	    (max + 1) * sizeof(*list));

	for (size_t i = 0; i < p->n_files; i++) {
		const struct plan_file *f = &p->files[i];
		const struct workflow_trigger *t;

		if (f->workflow == NULL)
			continue;
		rows[n_rows++] = workflow_of(f);
		t = workflow_trigger_find(f->workflow, "schedule");
		for (size_t k = 0; t != NULL && k < t->n_schedules && n < max;
		    k++)
			if (value_literal(t->schedules[k].cron) != NULL)
				take_schedule(f, &t->schedules[k],
				    &list[n++]);
	}
	return workflows_set(st, p->repo.id, rows, n_rows, err) == -1 ||
	    schedules_set(st, p->repo.id, list, n, err) == -1 ? -1 : 0;
}
