/*
 * page_settings.c - who may read a repository, what forks may, webhook
 * secrets, and its end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_settings.h"

#include <sodium.h>
#include <string.h>

#include "cgi/find_run.h"
#include "cgi/page_account.h"
#include "cgi/page_users.h"
#include "cgi/settings.h"
#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/store/hook_secrets.h"
#include "lib/store/trust.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define SECRET_BYTES 20

int
page_settings_begin(struct page *p, struct response *res, const char *here,
    struct repo *repo, struct err *err)
{
	static const struct {
		const char *at, *text;
	} tabs[] = {
		{ "settings", "General" },
		{ "settings/secrets", "Secrets" },
		{ "settings/environments", "Environments" },
	};
	struct page_tab list[ARRAY_LEN(tabs)];
	struct store *st = web_store(p->w, err);

	if (st == NULL || find_repo(st, (struct request *)p->req, repo, err) ==
	    -1)
		return -1;
	page_repo_begin(p, repo->owner, repo->name, "settings", res);
	page_headline_begin(p, "Settings");
	page_headline_end(p);
	for (size_t i = 0; i < ARRAY_LEN(tabs); i++)
		list[i] = (struct page_tab){ tabs[i].text,
			page_repo_at(p, repo->owner, repo->name, tabs[i].at),
			strcmp(here, tabs[i].at) == 0 };
	page_tabs(p, "Settings", list, ARRAY_LEN(list));
	return 0;
}

int
page_settings_back(struct web *w, struct response *res,
    const struct repo *repo, const char *here)
{
	struct str to = STR_INIT;

	str_addf(&to, "%s/", w->base_path);
	layout_page_repo(&to, repo->owner, repo->name);
	str_addf(&to, "/%s", here);
	response_see_other(res, to.s);
	str_release(&to);
	return 0;
}

void
page_choice(struct page *p, const char *label, const char *name,
    const char *const *values, const char *const *texts, const char *now)
{
	html_markup(p->out, "<label for=\"f-");
	html_attr(p->out, name);
	html_markup(p->out, "\">");
	html_text(p->out, label);
	html_markup(p->out, "</label><select id=\"f-");
	html_attr(p->out, name);
	html_markup(p->out, "\"");
	page_attr(p, "name", name);
	html_markup(p->out, ">");
	for (size_t i = 0; values[i] != NULL; i++) {
		html_markup(p->out, "<option");
		page_attr(p, "value", values[i]);
		html_markup(p->out, strcmp(values[i], now) == 0 ?
		    " selected>" : ">");
		html_text(p->out, texts[i]);
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select>\n");
}

static const char *
at(struct page *p, const struct repo *repo, const char *rest)
{
	return page_repo_at(p, repo->owner, repo->name, rest);
}

static void
add_general(struct page *p, const struct repo *repo, const char *forks)
{
	static const char *const who[] = { "public", "private", NULL };
	static const char *const who_texts[] = { "public: anybody reads it",
		"private: who has a role for it" };
	static const char *const badges[] = { "Anybody", "Who may read it" };
	static const char *const fork[] = { "default", "no", "approve",
		"yes", NULL };
	static const char *const fork_texts[] = { "as the configuration "
		"says", "start nothing", "wait until somebody approves",
		"start runs" };

	html_markup(p->out, "<h2>Who may what</h2>\n");
	page_form_begin(p, at(p, repo, "settings"), "fields");
	page_choice(p, "Visibility", "visibility", who, who_texts,
	    who[repo->is_private]);
	html_markup(p->out, "<p class=\"hint\">To everybody else a private "
	    "repository does not exist: neither its pages, nor its logs, "
	    "badges and artifacts.</p>\n");
	page_choice(p, "Badges of a private one are shown to", "badges", who,
	    badges, who[!repo->badges_public]);
	page_choice(p, "Pull requests from forks", "fork_pull_requests", fork,
	    fork_texts, forks != NULL ? forks : "default");
	html_markup(p->out, "<button class=\"main\">Save</button>");
	page_form_end(p);
}

static void
add_facts(struct page *p, const struct repo *repo)
{
	html_markup(p->out, "<dl class=\"table\">");
	page_fact(p, "Forge", repo->forge);
	page_fact(p, "Clone URL", repo->clone_url);
	page_fact(p, "Default branch", repo->default_branch);
	html_markup(p->out, "</dl>\n");
}

static int
add_hooks(struct page *p, struct store *st, const struct repo *repo,
    struct err *err)
{
	static const char *const heads[] = { "Name", "Added", "Used", "" };
	struct hook_secret *list;
	size_t n;

	if (hook_secret_list(st, repo->id, p->req->a, &list, &n, err) == -1)
		return -1;
	html_markup(p->out, "<h2>Webhook secrets</h2>\n<p class=\"lead\">A "
	    "webhook is right when it is signed with any of these. To change "
	    "one, add another, set it at the forge, and remove the first."
	    "</p>\n");
	if (n > 0) {
		page_table_begin(p, "Webhook secrets", heads,
		    ARRAY_LEN(heads));
		for (size_t i = 0; i < n; i++) {
			page_row(p);
			page_cell(p);
			html_text(p->out, list[i].name);
			page_cell(p);
			page_time(p, list[i].created_at_ms);
			page_cell(p);
			page_time(p, list[i].used_at_ms);
			page_cell(p);
			users_button(p, at(p, repo, "settings/hook"),
			    "Remove", "risky", "remove", list[i].name);
		}
		page_table_end(p);
	}
	page_form_begin(p, at(p, repo, "settings/hook"), "fields");
	users_input(p, "Name", "name", NULL, "autocomplete=\"off\" "
	    "spellcheck=\"false\" required");
	html_markup(p->out, "<button>Add a secret</button>");
	page_form_end(p);
	return 0;
}

static void
add_end(struct page *p, const struct repo *repo)
{
	html_markup(p->out, "<h2>Remove this repository</h2>\n<p>Its runs, "
	    "logs, badges and artifacts go with it, for good. Nothing happens "
	    "at the forge.</p>\n");
	page_form_begin(p, at(p, repo, "settings/remove"), "fields");
	users_input(p, arena_printf(p->req->a, "To be sure, write %s/%s",
	    repo->owner, repo->name), "sure", NULL, "autocomplete=\"off\" "
	    "autocapitalize=\"none\" spellcheck=\"false\" required");
	html_markup(p->out, "<button class=\"risky\">Remove it</button>");
	page_form_end(p);
}

/* The page; `secret` is shown once. */
static int
show(struct web *w, struct request *req, struct response *res,
    const char *secret, struct err *err)
{
	struct page p = { .w = w, .req = req };
	struct repo_trust trust;
	struct repo repo;

	if (page_settings_begin(&p, res, "settings", &repo, err) == -1 ||
	    repo_trust_read(w->store, repo.id, req->a, &trust, err) == -1)
		goto fail;
	if (secret != NULL)
		users_show_once(&p, "Set this secret at the forge.", secret);
	add_general(&p, &repo, trust.forks);
	add_facts(&p, &repo);
	if (add_hooks(&p, w->store, &repo, err) == -1)
		goto fail;
	add_end(&p, &repo);
	page_end(&p);
	return 0;
fail:
	response_reset(res);
	return -1;
}

int
page_settings(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return show(w, req, res, NULL, err);
}

int
page_settings_send(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    settings_change(w, req, &repo, err) == -1)
		return -1;
	return page_settings_back(w, res, &repo, "settings");
}

static const char *
random_secret(struct arena *a)
{
	unsigned char bytes[SECRET_BYTES];
	char *text = arena_alloc(a, SECRET_BYTES * 2 + 1);

	randombytes_buf(bytes, sizeof(bytes));
	return sodium_bin2hex(text, SECRET_BYTES * 2 + 1, bytes,
	    sizeof(bytes));
}

int
page_settings_hook(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const fields[] = { "name", "remove", NULL };
	const char *name, *remove, *secret;
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    body_only(req, fields, err) == -1 ||
	    body_text(req, "name", SETTINGS_WORD_MAX, &name, err) == -1 ||
	    body_text(req, "remove", SETTINGS_WORD_MAX, &remove, err) == -1)
		return -1;
	if (remove != NULL)
		return hook_secret_remove(st, repo.id, remove, err) == -1 ?
		    -1 : page_settings_back(w, res, &repo, "settings");
	if (name == NULL)
		return err_set(err, ERR_INVALID, "a webhook secret needs a "
		    "name");
	secret = random_secret(req->a);
	if (hook_secret_add(st, repo.id, name, secret, 0, req->actor->by,
	    err) == -1)
		return -1;
	return show(w, req, res, secret, err);
}

int
page_settings_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const fields[] = { "sure", NULL };
	struct store *st = web_store(w, err);
	struct str to = STR_INIT;
	const char *sure;
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    body_only(req, fields, err) == -1 ||
	    body_text(req, "sure", SETTINGS_WORD_MAX, &sure, err) == -1)
		return -1;
	if (sure == NULL || strcmp(sure, arena_printf(req->a, "%s/%s",
	    repo.owner, repo.name)) != 0)
		return err_set(err, ERR_INVALID, "nothing was removed: write "
		    "\"%s/%s\" to say that you are sure", repo.owner,
		    repo.name);
	if (settings_remove(w, &repo, err) == -1)
		return -1;
	str_addf(&to, "%s/", w->base_path);
	response_see_other(res, to.s);
	str_release(&to);
	return 0;
}
