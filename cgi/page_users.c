/*
 * page_users.c - all users, and one of them, for administrators.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_users.h"

#include <string.h>

#include "cgi/page_account.h"
#include "cgi/users.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/identities.h"
#include "lib/store/links.h"
#include "lib/web/auth.h"

static const char *
address_of(struct page *p, const struct user *u, const char *what)
{
	return arena_printf(p->req->a, "users/%s%s%s", u->name,
	    what[0] != '\0' ? "/" : "", what);
}

static void
add_state(struct page *p, const struct user *u)
{
	if (u->disabled_at_ms != 0)
		html_markup(p->out, "<span class=\"chip bad\">disabled</span>");
	else if (u->used_at_ms == 0)
		html_markup(p->out, "<span class=\"chip wait\">has never "
		    "signed in</span>");
}

static int
add_row(struct page *p, struct store *st, const struct user *u,
    struct err *err)
{
	struct grant *grants;
	size_t n;

	if (grant_list(st, u->id, p->req->a, &grants, &n, err) == -1)
		return -1;
	page_row(p);
	page_cell(p);
	page_link(p, address_of(p, u, ""), u->name);
	page_cell(p);
	for (size_t i = 0; i < n; i++) {
		html_text(p->out, i > 0 ? ", " : "");
		html_text(p->out, grant_text(&grants[i], p->req->a));
	}
	if (n == 0)
		html_markup(p->out, "<span class=\"quiet\">nothing</span>");
	page_cell(p);
	page_time(p, u->used_at_ms);
	add_state(p, u);
	return 0;
}

static int
add_list(struct page *p, struct store *st, const char *after,
    struct err *err)
{
	static const char *const heads[] = { "Name", "May", "Signed in" };
	struct user *list;
	size_t n;

	if (user_list(st, after, USERS_PAGE, p->req->a, &list, &n, err) == -1)
		return -1;
	if (n > 0) {
		page_table_begin(p, "Users", heads, ARRAY_LEN(heads));
		for (size_t i = 0; i < n; i++)
			if (add_row(p, st, &list[i], err) == -1)
				return -1;
		page_table_end(p);
	} else {
		html_markup(p->out, "<p class=\"quiet\">There is none.</p>\n");
	}
	page_paging(p, "users", after[0] == '\0' ? NULL : "",
	    n < USERS_PAGE ? NULL :
	    arena_printf(p->req->a, "after=%s", list[n - 1].name));
	return 0;
}

int
page_users(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Users" };
	const char *after = request_arg(req, "after");
	struct store *st = web_store(w, err);

	if (st == NULL)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, p.title);
	page_headline_end(&p);
	html_markup(p.out, "<p class=\"lead\">Who may sign in, and what they "
	    "may then.</p>\n");
	if (add_list(&p, st, after != NULL ? after : "", err) == -1) {
		response_reset(res);
		return -1;
	}
	html_markup(p.out, "<h2>Add a user</h2>\n<p class=\"lead\">They get "
	    "a link with which they set a password. With an account "
	    "elsewhere nobody needs to be added here.</p>\n");
	page_form_begin(&p, "users", "fields");
	users_input(&p, "Name", "name", NULL, "autocomplete=\"off\" "
	    "autocapitalize=\"none\" spellcheck=\"false\" required");
	users_grant_fields(&p);
	html_markup(p.out, "<button class=\"main\">Add and make a link"
	    "</button>");
	page_form_end(&p);
	page_end(&p);
	return 0;
}

/* --- one of them ------------------------------------------------------------ */

static void
add_user_grants(struct page *p, const struct user *u,
    const struct grant *list, size_t n)
{
	static const char *const heads[] = { "Role", "Of", "" };

	html_markup(p->out, "<h2>What they may</h2>\n");
	if (n > 0) {
		page_table_begin(p, "Grants", heads, ARRAY_LEN(heads));
		for (size_t i = 0; i < n; i++) {
			const char *scope = grant_scope_text(&list[i],
			    p->req->a);

			page_row(p);
			page_cell(p);
			html_text(p->out, role_name(list[i].role));
			page_cell(p);
			html_text(p->out, scope);
			page_cell(p);
			users_button(p, address_of(p, u, "revoke"),
			    "Take back", NULL, "scope", scope);
		}
		page_table_end(p);
	}
	page_form_begin(p, address_of(p, u, "grant"), "fields");
	users_grant_fields(p);
	html_markup(p->out, "<button>Give</button>");
	page_form_end(p);
}

static void
add_identities(struct page *p, const struct identity *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		page_fact(p, list[i].provider, list[i].login);
}

static void
add_acts(struct page *p, const struct user *u)
{
	html_markup(p->out, "<h2>Ways in</h2>\n<p class=\"lead\">A link lets "
	    "the user set a new password, once, within a day. Whoever has it "
	    "can, so give it to nobody else.</p>\n");
	users_button(p, address_of(p, u, "link"), "Make a link", NULL, NULL,
	    NULL);
	if (u->disabled_at_ms == 0)
		users_button(p, address_of(p, u, "disable"), "Disable",
		    "risky", "disabled", "true");
	else
		users_button(p, address_of(p, u, "disable"), "Enable", NULL,
		    "disabled", "false");
	users_button(p, address_of(p, u, "remove"), "Remove", "risky", NULL,
	    NULL);
}

static int
show(struct web *w, struct request *req, struct response *res,
    const struct user *u, const char *link, struct err *err)
{
	struct page p = { .w = w, .req = req, .title = u->name };
	struct identity *identities;
	struct grant *grants;
	size_t n, n_identities;

	if (grant_list(w->store, u->id, req->a, &grants, &n, err) == -1 ||
	    identity_list(w->store, u->id, req->a, &identities,
		&n_identities, err) == -1)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ "Users", "users" };
	p.crumbs[p.n_crumbs++] = (struct crumb){ u->name, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, u->name);
	add_state(&p, u);
	page_headline_end(&p);
	if (link != NULL)
		users_show_once(&p, "Give this link to the user:", link);
	html_markup(p.out, "<dl class=\"table\">");
	page_fact(&p, "Added by", u->created_by);
	page_fact(&p, "Password", u->has_password ? "set" : "none");
	add_identities(&p, identities, n_identities);
	html_markup(p.out, "</dl>\n<p>");
	page_link(&p, arena_printf(req->a, "audit?actor=%s", u->name),
	    "What they did");
	html_markup(p.out, "</p>\n");
	add_user_grants(&p, u, grants, n);
	add_acts(&p, u);
	page_end(&p);
	if (link != NULL)
		res->revalidate = false;
	return 0;
}

int
page_user(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct user u;

	return users_find(w, req, &u, err) == -1 ? -1 :
	    show(w, req, res, &u, NULL, err);
}

int
page_users_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *text;
	struct user u;

	if (users_add(w, req, &u, err) == -1 ||
	    link_make(w->store, LINK_PASSWORD, u.id, req->actor->by, req->a,
		&text, err) == -1)
		return -1;
	return show(w, req, res, &u, link_address(w->config->base_url, text,
	    req->a), err);
}

static int
make_link(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *address;
	int64_t expires_at_ms;
	struct user u;

	if (users_link(w, req, &address, &expires_at_ms, err) == -1 ||
	    users_find(w, req, &u, err) == -1)
		return -1;
	return show(w, req, res, &u, address, err);
}

int
page_user_act(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const struct {
		const char *what;
		int (*act)(struct web *w, struct request *req,
		    struct err *err);
	} acts[] = {
		{ "grant", users_grant }, { "revoke", users_revoke },
		{ "disable", users_disable }, { "remove", users_remove },
	};
	const char *what = request_param(req, "what");

	if (strcmp(what, "link") == 0)
		return make_link(w, req, res, err);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		if (strcmp(what, acts[i].what) != 0)
			continue;
		if (acts[i].act(w, req, err) == -1)
			return -1;
		response_see_other(res, strcmp(what, "remove") == 0 ?
		    arena_printf(req->a, "%s/users", w->base_path) :
		    arena_printf(req->a, "%s/users/%s", w->base_path,
			request_param(req, "name")));
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "nothing has this address");
}
