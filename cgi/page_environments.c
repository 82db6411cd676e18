/*
 * page_environments.c - what must hold before jobs of a repository may deploy.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_settings.h"

#include <string.h>

#include "cgi/find_run.h"
#include "cgi/page_account.h"
#include "cgi/page_users.h"
#include "cgi/settings.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/render/words.h"
#include "lib/store/environments.h"
#include "lib/web/body.h"

static void
add_row(struct page *p, const struct repo *repo,
    const struct environment_rules *r)
{
	struct arena *a = p->req->a;

	page_row(p);
	page_cell(p);
	html_text(p->out, r->name);
	page_cell(p);
	html_text(p->out, r->n_reviewers > 0 ? names_text(r->reviewers,
	    r->n_reviewers, a) : "nobody is asked");
	if (r->n_reviewers > 0 && !r->self_review)
		html_markup(p->out, " <span class=\"chip\">not who started "
		    "it</span>");
	page_cell(p);
	html_text(p->out, r->wait_ms == 0 ? "" : arena_printf(a,
	    "%lld min", (long long)(r->wait_ms / 60000)));
	page_cell(p);
	html_text(p->out, r->n_refs > 0 ? names_text(r->refs, r->n_refs, a) :
	    "all");
	page_cell(p);
	users_button(p, page_repo_at(p, repo->owner, repo->name,
	    "settings/environments"), "Remove", "risky", "remove", r->name);
}

int
page_environments(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const heads[] = { "Environment", "Approved by",
		"Waits", "Branches and tags", "" };
	struct page p = { .w = w, .req = req, .title = "Environments" };
	struct environment_rules *list;
	struct repo repo;
	size_t n;

	if (page_settings_begin(&p, res, "settings/environments", &repo,
	    err) == -1 || environment_rules_list(w->store, repo.id, req->a,
	    &list, &n, err) == -1) {
		response_reset(res);
		return -1;
	}
	html_markup(p.out, "<p class=\"lead\">Jobs that name an environment "
	    "wait until its rules are met.</p>\n");
	if (n > 0) {
		page_table_begin(&p, "Environments", heads, ARRAY_LEN(heads));
		for (size_t i = 0; i < n; i++)
			add_row(&p, &repo, &list[i]);
		page_table_end(&p);
	}
	html_markup(p.out, "<h2>Set the rules of an environment</h2>\n");
	page_form_begin(&p, page_repo_at(&p, repo.owner, repo.name,
	    "settings/environments"), "fields");
	users_input(&p, "Name", "name", NULL, "autocomplete=\"off\" "
	    "spellcheck=\"false\" required");
	users_input(&p, "Approved by one of", "reviewers", NULL,
	    "autocomplete=\"off\" spellcheck=\"false\" "
	    "placeholder=\"ada, role:admin\"");
	users_input(&p, "Wait", "wait", NULL, "autocomplete=\"off\" "
	    "placeholder=\"10m\"");
	users_input(&p, "Only for", "refs", NULL, "autocomplete=\"off\" "
	    "spellcheck=\"false\" placeholder=\"branch:main, tag:v*\"");
	html_markup(p.out, "<label><input type=\"checkbox\" "
	    "name=\"others\" value=\"true\"> whoever started the run may not "
	    "approve it</label>\n<button class=\"main\">Set</button>");
	page_form_end(&p);
	page_end(&p);
	return 0;
}

/* "ada, grace" as a list. */
static int
read_names(struct request *req, const char *field,
    const char *const **out, size_t *n, struct err *err)
{
	const char **names = NULL, *text;

	*n = 0;
	if (body_text(req, field, SETTINGS_WORD_MAX, &text, err) == -1)
		return -1;
	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, ", \t\r\n");

		if (len > 0)
			*(const char **)arena_push(req->a, &names, n,
			    sizeof(*names)) = arena_strndup(req->a, text, len);
		text += len + (text[len] != '\0');
	}
	*out = names;
	return 0;
}

static int
read_rules(struct request *req, struct environment_rules *r, struct err *err)
{
	const char *wait;
	bool others;

	if (body_text(req, "name", ENVIRONMENT_MAX_NAME, &r->name, err) ==
	    -1 ||
	    read_names(req, "reviewers", &r->reviewers, &r->n_reviewers,
		err) == -1 ||
	    read_names(req, "refs", &r->refs, &r->n_refs, err) == -1 ||
	    body_text(req, "wait", SETTINGS_WORD_MAX, &wait, err) == -1 ||
	    body_flag(req, "others", &others, err) == -1)
		return -1;
	r->self_review = !others;
	if (r->name == NULL)
		return err_set(err, ERR_INVALID, "an environment needs a "
		    "name");
	if (wait != NULL && !clock_parse_duration(wait, 60000, &r->wait_ms))
		return err_set(err, ERR_INVALID, "a time to wait is written "
		    "as \"10m\", not \"%.100s\"", wait);
	return 0;
}

int
page_environments_send(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	static const char *const fields[] = { "name", "reviewers", "wait",
		"refs", "others", "remove", NULL };
	struct environment_rules rules = { 0 };
	struct store *st = web_store(w, err);
	const char *remove;
	struct repo repo;
	int rc;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    body_only(req, fields, err) == -1 ||
	    body_text(req, "remove", ENVIRONMENT_MAX_NAME, &remove, err) ==
	    -1)
		return -1;
	rules.repo = repo.id;
	if (remove != NULL)
		rc = environment_rules_remove(st, repo.id, remove, err);
	else
		rc = read_rules(req, &rules, err) == -1 ? -1 :
		    environment_rules_set(st, &rules, err);
	return rc == -1 ? -1 : page_settings_back(w, res, &repo,
	    "settings/environments");
}
