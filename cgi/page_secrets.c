/*
 * page_secrets.c - the secrets of a repository: their names, never a value.
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
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/seal.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

/* "prod" of "environment prod of ada/demo"; "" when it is of none. */
static const char *
environment_of(const struct secret_entry *e, const struct repo *repo,
    struct arena *a)
{
	static const char front[] = "environment ";
	const char *end = arena_printf(a, " of %s/%s", repo->owner,
	    repo->name);
	size_t len = strlen(e->scope), skip = strlen(front);

	if (!str_starts_with(e->scope, front) || !str_ends_with(e->scope, end))
		return "";
	return arena_strndup(a, e->scope + skip, len - skip - strlen(end));
}

static void
add_row(struct page *p, const struct repo *repo, const struct secret_entry *e)
{
	const char *environment = environment_of(e, repo, p->req->a);

	page_row(p);
	page_cell(p);
	html_markup(p->out, "<code>");
	html_text(p->out, e->name);
	html_markup(p->out, "</code>");
	page_cell(p);
	html_text(p->out, environment[0] != '\0' ? environment : "all");
	page_cell(p);
	page_time(p, e->updated_at_ms);
	page_cell(p);
	page_time(p, e->read_at_ms);
	page_cell(p);
	page_form_begin(p, page_repo_at(p, repo->owner, repo->name,
	    "settings/secrets"), "act");
	html_markup(p->out, "<input type=\"hidden\" name=\"remove\"");
	page_attr(p, "value", e->name);
	html_markup(p->out, "><input type=\"hidden\" name=\"environment\"");
	page_attr(p, "value", environment);
	html_markup(p->out, "><button class=\"risky\">Remove</button>");
	page_form_end(p);
}

int
page_secrets(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const heads[] = { "Name", "Environment", "Set",
		"Given to a job", "" };
	struct page p = { .w = w, .req = req, .title = "Secrets" };
	struct secret_entry *list;
	struct repo repo;
	size_t n;

	if (page_settings_begin(&p, res, "settings/secrets", &repo, err) ==
	    -1 || secret_list(w->store, repo.id, req->a, &list, &n, err) ==
	    -1) {
		response_reset(res);
		return -1;
	}
	html_markup(p.out, "<p class=\"lead\">Jobs are given those that they "
	    "name. A value never comes out again: set it anew to change it."
	    "</p>\n");
	if (n > 0) {
		page_table_begin(&p, "Secrets", heads, ARRAY_LEN(heads));
		for (size_t i = 0; i < n; i++)
			add_row(&p, &repo, &list[i]);
		page_table_end(&p);
	}
	html_markup(p.out, "<h2>Set a secret</h2>\n");
	page_form_begin(&p, page_repo_at(&p, repo.owner, repo.name,
	    "settings/secrets"), "fields");
	users_input(&p, "Name", "name", NULL, "autocomplete=\"off\" "
	    "autocapitalize=\"characters\" spellcheck=\"false\" required");
	html_markup(p.out, "<label for=\"f-value\">Value</label><textarea "
	    "id=\"f-value\" name=\"value\" rows=\"4\" autocomplete=\"off\" "
	    "spellcheck=\"false\" required></textarea>\n");
	users_input(&p, "Only for jobs with the environment", "environment",
	    NULL, "autocomplete=\"off\" spellcheck=\"false\"");
	html_markup(p.out, "<button class=\"main\">Set</button>");
	page_form_end(&p);
	page_end(&p);
	return 0;
}

int
page_secrets_send(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const fields[] = { "name", "value", "environment",
		"remove", NULL };
	const char *name, *value, *environment, *remove;
	struct store *st = web_store(w, err);
	struct secret_place place;
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    body_only(req, fields, err) == -1 ||
	    body_text(req, "name", SETTINGS_WORD_MAX, &name, err) == -1 ||
	    body_text(req, "value", SEAL_JOB_MAX, &value, err) == -1 ||
	    body_text(req, "environment", SETTINGS_WORD_MAX, &environment,
		err) == -1 ||
	    body_text(req, "remove", SETTINGS_WORD_MAX, &remove, err) == -1 ||
	    settings_place(st, req, environment, &place, err) == -1)
		return -1;
	if (remove != NULL) {
		if (secret_delete(st, &place, remove, req->actor->by, err) ==
		    -1)
			return -1;
	} else if (name == NULL || value == NULL) {
		return err_set(err, ERR_INVALID, "a secret needs a name and a "
		    "value");
	} else if (secret_name(name, req->a, &name, err) == -1 ||
	    secret_set(st, &place, name, value, req->actor->by, err) == -1) {
		return -1;
	}
	return page_settings_back(w, res, &repo, "settings/secrets");
}
