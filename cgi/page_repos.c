/*
 * page_repos.c - see page_repos.h; and the page of an owner.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_repos.h"

#include <inttypes.h>

#include "cgi/page_rows.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/web/arguments.h"

#define REPOS_MAX 30
#define HISTORY 20 /* bars of each */

int
page_repos_read(struct store *st, const struct request *req,
    const char *owner, struct page_repos *out, struct err *err)
{
	if (arguments_number(req, "skip", 0, INT32_MAX, 0, &out->skip,
		err) == -1 ||
	    board_repos(st, req->sees, owner, REPOS_MAX, out->skip, req->a,
		&out->list, &out->n, err) == -1)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		out->any_run |= out->list[i].newest != 0;
	return board_history(st, out->list, out->n, HISTORY, req->a,
	    &out->bars, &out->n_bars, err);
}

/* The bars of one, which stand beside each other. */
static const struct board_bar *
bars_of(const struct page_repos *h, int64_t repo, size_t *n)
{
	size_t i = 0;

	while (i < h->n_bars && h->bars[i].repo != repo)
		i++;
	for (*n = 0; i + *n < h->n_bars && h->bars[i + *n].repo == repo;)
		++*n;
	return h->bars + i;
}

static void
add_repo(struct page *p, const struct page_repos *h,
    const struct board_repo *r)
{
	static const struct page_strip strip = { HISTORY, 6, 2, 26,
		false };
	const struct board_bar *bars, *last;
	size_t n;

	bars = bars_of(h, r->id, &n);
	last = n > 0 ? &bars[n - 1] : NULL;
	page_row(p);
	page_cell(p);
	if (r->failing > 0)
		page_state(p, LOOK_FAILED, NULL);
	else if (last != NULL)
		page_state(p, look_run(last->state), NULL);
	else
		html_markup(p->out, "<span class=\"quiet\">no runs</span>");
	page_cell(p);
	html_markup(p->out, "<strong>");
	page_repo_link(p, r->owner, r->name);
	html_markup(p->out, "</strong>");
	page_cell(p);
	page_strip(p, bars, n, &strip);
	page_cell(p);
	if (last != NULL)
		page_time(p, last->created_at_ms);
}

void
page_repos(struct page *p, const struct page_repos *h, const char *address)
{
	static const char *const heads[] = { "State", "Repository",
		"Newest runs", ">Last" };
	const char *next = h->n < REPOS_MAX ? NULL : arena_printf(p->req->a,
	    "skip=%" PRId64, h->skip + REPOS_MAX);

	html_markup(p->out, "<section aria-labelledby=\"repos\">"
	    "<h2 id=\"repos\">Repositories</h2>\n<div class=\"frame\">");
	page_table_begin(p, "Repositories, those used last first", heads,
	    ARRAY_LEN(heads));
	for (size_t i = 0; i < h->n; i++)
		add_repo(p, h, &h->list[i]);
	page_table_end(p);
	html_markup(p->out, "</div>\n");
	page_paging(p, address, h->skip == 0 ? NULL : "", next);
	html_markup(p->out, "</section>\n");
}

int
page_owner(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req };
	struct store *st = web_store(w, err);
	struct page_repos repos = { 0 };
	struct str at = STR_INIT;

	p.title = request_param(req, "owner");
	if (st == NULL ||
	    page_repos_read(st, req, p.title, &repos, err) == -1)
		return -1;
	if (repos.n == 0)
		return err_set(err, ERR_NOT_FOUND, "nobody here has this name");
	p.title = repos.list[0].owner;
	html_url_path(&at, p.title);
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, p.title);
	page_headline_end(&p);
	page_repos(&p, &repos, at.s);
	str_release(&at);
	page_end(&p);
	return 0;
}
