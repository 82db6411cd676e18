/*
 * page_run.c - one run: what failed, its graph, its jobs in time, what they
 * said and kept.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/approve.h"
#include "cgi/page_run_parts.h"
#include "cgi/page_storage.h"
#include "lib/base/layout.h"

/* Steps of the jobs that the page shows: those of the list, and those that
 * failed first. */
static int
read_steps(struct run_page *r, struct err *err)
{
	struct arena *a = r->p.req->a;
	int64_t *ids = arena_alloc(a, (r->n_shown + r->v.n_jobs + 1) *
	    sizeof(*ids));
	size_t n = 0, next = 0;

	for (size_t i = 0; i < r->v.n_jobs; i++) {
		bool shown = next < r->n_shown && r->shown[next] == i;

		next += shown;
		if (shown || r->v.first_failed[i])
			ids[n++] = r->v.jobs[i].id;
	}
	return step_list_jobs(r->st, r->v.run.id, ids, n, a, &r->steps,
	    &r->n_steps, err);
}

static int
read_page(struct run_page *r, struct web *w, struct request *req,
    struct err *err)
{
	const struct run *run = &r->v.run;
	struct arena *a = req->a;
	size_t n_places;

	r->st = web_store(w, err);
	if (r->st == NULL || view_filter_read(&r->f, req, err) == -1 ||
	    run_view_read(&r->v, w, r->st, req, err) == -1)
		return -1;
	page_run_choose(r);
	if (read_steps(r, err) == -1 ||
	    page_reports_read(r->st, run->id, a, &r->reports, err) == -1 ||
	    run_list_attempts(r->st, run, a, &r->attempts, &r->n_attempts,
		err) == -1 ||
	    service_list_run(r->st, run->id, a, &r->services, &r->n_services,
		err) == -1 ||
	    detail_places(r->st, run->id, a, &r->places, &n_places, err) ==
	    -1 || detail_event(r->st, run->id, a, &r->event, err) == -1 ||
	    detail_before(r->st, run, &r->before, &r->before_good, err) ==
	    -1 || repo_find_id(r->st, run->repo, a, &r->repo, err) == -1)
		return -1;
	if (n_places != r->v.n_jobs)
		return err_set(err, ERR_BUSY, "the jobs changed meanwhile");
	r->forge = (struct forge_place){ r->repo.forge, r->event.page,
		r->repo.clone_url };
	return 0;
}

static void
name_page(struct run_page *r, struct str *repo)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;

	layout_page_repo(repo, run->owner, run->name);
	p->title = arena_printf(p->req->a, "%s #%" PRId64 ": %s/%s",
	    look_word(look_run(run->state)), run->number, run->owner,
	    run->name);
	p->crumbs[p->n_crumbs++] = (struct crumb){ arena_printf(p->req->a,
	    "%s/%s", run->owner, run->name), repo->s };
	p->crumbs[p->n_crumbs++] = (struct crumb){ page_run_number(p, run),
		NULL };
	p->live = !machine_terminal(MACHINE_RUN, (int)run->state);
	p->icon = page_icon_of(look_run(run->state));
	if (p->live) {
		struct str at = STR_INIT;

		page_run_at(p, run, NULL, &at);
		p->events = arena_printf(p->req->a, "api/v1/repos/%s/events",
		    at.s);
		str_release(&at);
	}
}

int
page_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct run_page r = { .p = { .w = w, .req = req } };
	struct str repo = STR_INIT;
	int rc = -1;

	if (read_page(&r, w, req, err) == -1)
		goto out;
	name_page(&r, &repo);
	page_begin(&r.p, res);
	timeline_init(&r.t, &r.v.run, r.v.jobs, r.v.n_jobs, r.p.now_ms);
	/* In parts, so that a field that is being filled in holds up one. */
	page_live_begin(&r.p, "run");
	r.p.events = NULL; /* once for all parts */
	page_run_head(&r);
	page_live_end(&r.p);
	page_live_begin(&r.p, "causes");
	if (page_run_failed(&r, err) == -1)
		goto out;
	page_live_end(&r.p);
	page_live_begin(&r.p, "approvals");
	if (page_gates(&r.p, r.st, &r.v.run, 0, err) == -1)
		goto out;
	page_live_end(&r.p);
	page_live_begin(&r.p, "shape");
	page_run_graph(&r);
	page_live_end(&r.p);
	page_live_begin(&r.p, "work");
	page_run_jobs(&r);
	page_live_end(&r.p);
	page_live_begin(&r.p, "results");
	if (page_deployments(&r.p, r.st, &r.v.run, err) == -1)
		goto out;
	page_reports(&r.p, &r.v.run, &r.forge, &r.reports);
	if (page_artifacts(&r.p, r.st, r.v.run.id, 0, req->a, err) == -1)
		goto out;
	page_live_end(&r.p);
	page_end(&r.p);
	rc = 0;
out:
	str_release(&repo);
	return rc;
}
