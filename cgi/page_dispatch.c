/*
 * page_dispatch.c - start a workflow by hand: a form of its inputs; and what
 * starts by the clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/dispatch.h"
#include "cgi/find_run.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/page.h"
#include "cgi/page_schedules.h"
#include "cgi/page_account.h"
#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/forge/dispatch_check.h"
#include "lib/forge/forge.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define SHOWN_MAX 100

/* Of the fields that are inputs, so that none is taken for one of ours. */
#define INPUT "input."

struct view {
	struct page page;
	struct repo repo;
	struct str at; /* address of the repository */
};

/* --- one input ------------------------------------------------------------------ */

static void
add_attr(struct page *p, const char *name, const char *value)
{
	html_markup(p->out, " ");
	html_markup(p->out, name);
	html_markup(p->out, "=\"");
	html_attr(p->out, value);
	html_markup(p->out, "\"");
}

static void
add_name(struct page *p, const struct workflow_input *in)
{
	html_markup(p->out, " name=\"" INPUT);
	html_attr(p->out, in->name);
	html_markup(p->out, "\"");
}

static void
add_choice(struct page *p, const struct workflow_input *in,
    const char *standard)
{
	html_markup(p->out, "<select");
	add_name(p, in);
	html_markup(p->out, ">");
	for (size_t i = 0; in->options != NULL && i < in->options->n_items;
	    i++) {
		const char *word = in->options->items[i]->text;

		if (word == NULL)
			continue;
		html_markup(p->out, strcmp(word, standard) == 0 ?
		    "<option selected>" : "<option>");
		html_text(p->out, word);
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select>");
}

/* A box that is not ticked sends nothing, and would be taken for what has its
 * default: so it is a choice of two. */
static void
add_boolean(struct page *p, const struct workflow_input *in, bool standard)
{
	html_markup(p->out, "<select");
	add_name(p, in);
	html_markup(p->out, standard ?
	    "><option selected>true</option><option>false</option></select>" :
	    "><option>true</option><option selected>false</option></select>");
}

static void
add_text(struct page *p, const struct workflow_input *in,
    const char *standard)
{
	html_markup(p->out, in->type == INPUT_NUMBER ?
	    "<input inputmode=\"decimal\"" : "<input");
	add_name(p, in);
	add_attr(p, "value", standard);
	html_markup(p->out, in->required ? " required>" : ">");
}

static void
add_input(struct page *p, const struct workflow_input *in)
{
	const char *standard = value_literal(in->default_value);
	const char *about = value_literal(in->description);

	if (standard == NULL)
		standard = "";
	html_markup(p->out, "<label><bdi>");
	html_text(p->out, about != NULL && *about != '\0' ? about : in->name);
	html_markup(p->out, "</bdi> ");
	if (in->type == INPUT_CHOICE)
		add_choice(p, in, standard);
	else if (in->type == INPUT_BOOLEAN)
		add_boolean(p, in, in->default_value != NULL &&
		    in->default_value->kind == VALUE_BOOL &&
		    in->default_value->boolean);
	else
		add_text(p, in, standard);
	html_markup(p->out, "</label>");
}

/* --- the forms ------------------------------------------------------------------ */

static int
add_workflow(struct view *v, struct store *st, const char *path,
    struct err *err)
{
	struct page *p = &v->page;
	const struct workflow_input *inputs;
	struct workflow_row row;
	struct str to = STR_INIT;
	size_t n;

	if (workflow_find(st, v->repo.id, path, p->req->a, &row, err) != 1)
		return -1;
	inputs = dispatch_ports(&row, p->req->a, &n);
	html_markup(p->out, "<section class=\"card\"><h2><bdi>");
	html_text(p->out, row.name);
	html_markup(p->out, "</bdi></h2>\n<p class=\"quiet\"><bdi>");
	html_text(p->out, row.path);
	html_markup(p->out, "</bdi></p>\n");
	str_addf(&to, "%s/dispatch", v->at.s);
	page_form_begin(p, to.s, "fields");
	html_markup(p->out, "<input type=\"hidden\" name=\"workflow\"");
	add_attr(p, "value", row.path);
	html_markup(p->out, "><label>Branch or ref <input name=\"ref\"");
	add_attr(p, "value", v->repo.default_branch);
	html_markup(p->out, "></label>");
	for (size_t i = 0; i < n; i++)
		add_input(p, &inputs[i]);
	html_markup(p->out, "<button class=\"main\">Start it</button>");
	page_form_end(p);
	html_markup(p->out, "</section>\n");
	str_release(&to);
	return 0;
}

static int
add_workflows(struct view *v, struct store *st, struct err *err)
{
	struct page *p = &v->page;
	struct workflow_row *list;
	size_t n, shown = 0;

	if (workflow_list(st, v->repo.id, p->req->a, &list, &n, err) == -1)
		return -1;
	html_markup(p->out, "<section class=\"starts\">\n");
	if (!page_may(p, ROLE_WRITER, v->repo.owner, v->repo.name)) {
		html_markup(p->out, "<p>Writers of the repository start "
		    "workflows by hand. ");
		page_sign_in_link(p);
		html_markup(p->out, "</p>\n</section>\n");
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (!list[i].by_hand)
			continue;
		if (add_workflow(v, st, list[i].path, err) == -1)
			return -1;
		shown++;
	}
	if (shown == 0) {
		page_empty_begin(p, "Nothing can be started by hand");
		html_markup(p->out, "<p>Write <code>workflow_dispatch</code> "
		    "under <code>on</code> in a workflow of the default "
		    "branch, with its <code>inputs</code> if it has any.</p>");
		page_empty_end(p);
	}
	html_markup(p->out, "</section>\n");
	return 0;
}

/* --- schedules ------------------------------------------------------------------ */

static int
add_schedules(struct view *v, struct store *st, struct err *err)
{
	struct page *p = &v->page;
	struct schedule *list;
	size_t n;

	if (schedule_list(st, v->repo.id, 0, SHOWN_MAX, p->req->a, &list,
	    &n, err) == -1)
		return -1;
	html_markup(p->out, "<section aria-labelledby=\"schedules\">"
	    "<h2 id=\"schedules\">Schedules</h2>\n");
	if (n == 0) {
		html_markup(p->out, "<p class=\"quiet\">Nothing starts by the "
		    "clock.</p></section>\n");
		return 0;
	}
	page_schedule_table(p, list, n, false);
	html_markup(p->out, "</section>\n");
	return 0;
}

/* --- the page --------------------------------------------------------------------- */

int
page_dispatch(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct view v = { .page = { .w = w, .req = req,
	    .title = "Start a workflow" }, .at = STR_INIT };
	struct store *st = web_store(w, err);
	struct page *p = &v.page;
	int rc;

	if (st == NULL || find_repo(st, req, &v.repo, err) == -1)
		return -1;
	layout_page_repo(&v.at, v.repo.owner, v.repo.name);
	page_repo_begin(p, v.repo.owner, v.repo.name, "dispatch", res);
	page_headline_begin(p, "Start a workflow");
	page_headline_end(p);
	rc = add_workflows(&v, st, err);
	if (rc == 0)
		rc = add_schedules(&v, st, err);
	if (rc == 0)
		page_end(p);
	str_release(&v.at);
	return rc;
}

static void
answer_repo(struct web *w, struct response *res, const struct repo *repo,
    const char *rest)
{
	struct str to = STR_INIT;

	str_addf(&to, "%s/", w->base_path);
	layout_page_repo(&to, repo->owner, repo->name);
	str_add(&to, rest);
	response_see_other(res, to.s);
	str_release(&to);
}

/* The inputs of a form; an empty field is one that was not filled in. */
static json_t *
read_inputs(const struct request *req)
{
	json_t *inputs = json_object(), *value;
	const char *name;

	json_object_foreach(req->fields, name, value) {
		if (str_starts_with(name, INPUT) &&
		    json_string_length(value) > 0)
			json_object_set(inputs, name + strlen(INPUT), value);
	}
	return inputs;
}

int
page_dispatch_send(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *workflow, *ref;
	struct repo repo;
	json_t *inputs;
	char id[37];
	int rc;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    body_text(req, "workflow", FORGE_MAX_URL, &workflow, err) == -1 ||
	    body_text(req, "ref", FORGE_MAX_REF, &ref, err) == -1)
		return -1;
	inputs = read_inputs(req);
	rc = dispatch_send(w, req, &repo, workflow != NULL ? workflow : "",
	    ref, inputs, id, err);
	json_decref(inputs);
	if (rc == 0)
		answer_repo(w, res, &repo, "");
	return rc;
}

int
page_schedule_act(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct schedule s;
	struct repo repo;
	char id[37];

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    dispatch_find_schedule(st, req, &repo, &s, err) == -1 ||
	    dispatch_act(w, req, &s, request_param(req, "what"), id, err) ==
	    -1)
		return -1;
	answer_repo(w, res, &repo, "/dispatch");
	return 0;
}
