/*
 * page_graph.c - the graph of a run's jobs, on its page and as a picture of
 * its own.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_run_parts.h"

#include <inttypes.h>

/* "/ci/octo/demo/runs/7", with what comes behind it. */
static const char *
address(const struct page *p, const struct run *run, const char *more)
{
	struct str at = STR_INIT;
	const char *made;

	str_addf(&at, "%s/", p->w->base_path);
	page_run_at(p, run, NULL, &at);
	str_add(&at, more);
	made = arena_strdup(p->req->a, at.s);
	str_release(&at);
	return made;
}

static struct dag_drawing
drawing_of(const struct page *p, const struct run *run)
{
	return (struct dag_drawing){
		.job_at = address(p, run, "/jobs/"),
		.group_at = address(p, run, "?job="),
		.stage_at = address(p, run, "?stage="),
		.title = arena_printf(p->req->a, "Jobs of run %" PRId64
		    " and what they need", run->number) };
}

void
page_run_graph(struct run_page *r)
{
	struct page *p = &r->p;
	struct dag_drawing d = drawing_of(p, &r->v.run);
	struct dag g;

	/* Where nothing needs anything, the list says it all. */
	if (r->v.dag.n_edges == 0)
		return;
	dag_build_within(&g, r->v.nodes, r->v.n_jobs, DAG_PAGE_UNITS,
	    DAG_PAGE_EDGES, p->req->a);
	dag_lay_out(&g, p->req->a);
	html_markup(p->out, "<section id=\"graph\"><h2>Graph</h2>\n"
	    "<div class=\"wide graph\" id=\"drawing\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"Graph\">\n");
	dag_svg(&g, &d, p->out);
	html_markup(p->out, "</div>\n");
	if (g.detail != DAG_JOBS) {
		html_markup(p->out, "<p class=\"quiet\">");
		str_addf(p->out, "%zu jobs are drawn as %zu groups. ",
		    r->v.n_jobs, g.n_units);
		html_markup(p->out, "<a href=\"");
		html_attr(p->out, address(p, &r->v.run, "/graph.svg"));
		html_markup(p->out, "\">All of them as a picture</a></p>\n");
	}
	html_markup(p->out, "</section>\n");
}

int
page_graph_svg(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req };
	struct dag_drawing d;
	struct run_view v;

	if (st == NULL || run_view_read(&v, w, st, req, err) == -1)
		return -1;
	d = drawing_of(&p, &v.run);
	d.alone = true;
	dag_lay_out(&v.dag, req->a);
	res->type = "image/svg+xml";
	res->revalidate = true;
	res->own_style = true;
	dag_svg(&v.dag, &d, &res->body);
	return 0;
}
