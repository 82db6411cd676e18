/*
 * page_login.c - signing in and out, and links that count once.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_users.h"

#include <string.h>

#include "cgi/page_account.h"
#include "lib/store/links.h"
#include "lib/store/passwords.h"
#include "lib/store/sign_ins.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"
#include "lib/web/sign_in.h"

#define TEXT_OF(n) #n
#define TEXT(n) TEXT_OF(n)
#define SIGN_IN_WAIT TEXT(SIGN_IN_S) /* seconds */

static void
add_wrong(struct page *p, const char *wrong)
{
	if (wrong == NULL)
		return;
	html_markup(p->out, "<p class=\"reason\" role=\"alert\">");
	html_text(p->out, wrong);
	html_markup(p->out, "</p>\n");
}

static void
add_to(struct page *p, const char *to)
{
	if (to == NULL)
		return;
	html_markup(p->out, "<input type=\"hidden\" name=\"to\" value=\"");
	html_attr(p->out, to);
	html_markup(p->out, "\">");
}

/* Links, not forms: browsers hold the addresses that a form leads to, also
 * from there, to those that the page's policy names. */
static void
add_providers(struct page *p, const char *to)
{
	const struct config *c = p->w->config;

	if (c->n_sign_ins == 0)
		return;
	html_markup(p->out, "<p class=\"providers\">");
	for (size_t i = 0; i < c->n_sign_ins; i++) {
		html_markup(p->out, "<a class=\"button\" href=\"");
		page_address(p, "signin/");
		html_url_path(p->out, c->sign_ins[i].name);
		if (to != NULL) {
			html_markup(p->out, "?to=");
			html_url_arg(p->out, to);
		}
		html_markup(p->out, "\">Sign in with <bdi>");
		html_text(p->out, c->sign_ins[i].label);
		html_markup(p->out, "</bdi></a> ");
	}
	html_markup(p->out, "</p>\n");
}

static void
add_password_form(struct page *p, const char *to, const char *name)
{
	page_form_begin(p, "login", "fields");
	add_to(p, to);
	users_input(p, "Name", "name", name, "autocomplete=\"username\" "
	    "autocapitalize=\"none\" spellcheck=\"false\" required");
	users_input(p, "Password", "password", NULL, "type=\"password\" "
	    "autocomplete=\"current-password\" required");
	html_markup(p->out, "<button class=\"main\">Sign in</button>");
	page_form_end(p);
}

static void
add_token_form(struct page *p, const char *to, bool open)
{
	html_markup(p->out, open ? "<details open>" : "<details>");
	html_markup(p->out, "<summary>Sign in with a token</summary>\n");
	page_form_begin(p, "login", "fields");
	add_to(p, to);
	users_input(p, "Token", "token", NULL, "type=\"password\" "
	    "autocomplete=\"off\" spellcheck=\"false\" required");
	html_markup(p->out, "<p class=\"hint\"><code>pawl token add "
	    "NAME</code> on the server makes one.</p>"
	    "<button>Sign in</button>");
	page_form_end(p);
	html_markup(p->out, "</details>\n");
}

static int
show_login(struct web *w, struct request *req, struct response *res,
    const char *to, const char *name, const char *wrong)
{
	struct page p = { .w = w, .req = req, .title = "Sign in" };

	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	html_markup(p.out, "<section class=\"notice\"><h1>Sign in</h1>\n");
	if (req->actor != NULL) {
		html_markup(p.out, "<p>You are signed in as ");
		html_text(p.out, actor_text(req->actor, req->a));
		html_markup(p.out, ".</p>\n");
	} else {
		add_wrong(&p, wrong);
		add_providers(&p, to);
		add_password_form(&p, to, name);
		add_token_form(&p, to, wrong != NULL && name == NULL);
	}
	html_markup(p.out, "</section>\n");
	page_end(&p);
	return 0;
}

int
page_login(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	(void)err;
	return show_login(w, req, res, way_back(w, request_arg(req, "to")),
	    NULL, NULL);
}

static int
read_fields(struct request *req, struct sign_in *in, const char **to,
    struct err *err)
{
	if (body_text(req, "token", TOKEN_TEXT_MAX, &in->token, err) == -1 ||
	    body_text(req, "name", USER_NAME_MAX, &in->name, err) == -1 ||
	    body_text(req, "password", PASSWORD_MAX, &in->password,
		err) == -1 ||
	    body_text(req, "to", REQUEST_MAX_URI, to, err) == -1)
		return -1;
	if (in->token != NULL)
		in->name = in->password = NULL;
	else if (in->name == NULL && in->password == NULL)
		in->token = "";
	else if (in->name == NULL)
		in->name = "";
	if (in->name != NULL && in->password == NULL)
		in->password = "";
	return 0;
}

int
page_login_send(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct denial no = { 0 };
	struct sign_in in;
	const char *to;
	int rc;

	if (read_fields(req, &in, &to, err) == -1)
		return -1;
	rc = sign_in(w, req, res, &in, &no, err);
	if (rc == -1)
		return -1;
	to = way_back(w, to);
	if (rc == 1) {
		response_see_other(res, to != NULL ? to :
		    arena_printf(req->a, "%s/", w->base_path));
		return 0;
	}
	show_login(w, req, res, to, in.name, no.status != 0 ? no.detail :
	    in.token == NULL ? "Name or password is wrong." : "This is no "
	    "token that counts: it was removed, has ended, or was not copied "
	    "whole.");
	res->status = no.status != 0 ? no.status : 403;
	if (res->status == 429)
		response_header(res, "Retry-After", SIGN_IN_WAIT);
	res->revalidate = false;
	return 0;
}

int
page_logout(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	if (sign_out(w, req, res, err) == -1)
		return -1;
	response_see_other(res, arena_printf(req->a, "%s/", w->base_path));
	return 0;
}

/* --- links that count once ------------------------------------------------ */

/* What a link is for: 1, 0 when it does not count, -1. */
static int
find_link(struct web *w, struct request *req, const char *text,
    struct link *link, struct user *u, struct err *err)
{
	struct store *st = web_store(w, err);
	int found = st == NULL ? -1 : link_find(st, text, req->a, link, err);

	if (found != 1 || link->kind == LINK_SETUP)
		return found;
	if (link->kind == LINK_IDENTITY)
		return 0;
	return user_find_id(st, link->user, req->a, u, err);
}

static void
add_setup_form(struct page *p, const char *text, const struct link *link,
    const struct user *u, const char *name)
{
	page_form_begin(p, "setup", "fields");
	html_markup(p->out, "<input type=\"hidden\" name=\"token\" value=\"");
	html_attr(p->out, text);
	html_markup(p->out, "\">");
	if (link->kind == LINK_SETUP)
		users_input(p, "Name", "name", name, "autocomplete="
		    "\"username\" autocapitalize=\"none\" spellcheck=\"false\""
		    " maxlength=\"" TEXT(USER_NAME_MAX) "\" required");
	else
		users_input(p, "Name", "name", u->name,
		    "autocomplete=\"username\" readonly");
	users_input(p, "Password", "password", NULL, "type=\"password\" "
	    "autocomplete=\"new-password\" minlength=\"" TEXT(PASSWORD_MIN)
	    "\" required");
	html_markup(p->out, "<p class=\"hint\">At least " TEXT(PASSWORD_MIN)
	    " characters.</p>");
	users_input(p, "The same again", "again", NULL, "type=\"password\" "
	    "autocomplete=\"new-password\" required");
	html_markup(p->out, "<button class=\"main\">Set password and sign in"
	    "</button>");
	page_form_end(p);
}

static int
show_setup(struct web *w, struct request *req, struct response *res,
    const char *text, const char *name, const char *wrong, struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Set a password" };
	struct link link;
	struct user u;
	int found = find_link(w, req, text, &link, &u, err);

	if (found == -1)
		return -1;
	if (found == 1 && link.kind == LINK_SETUP)
		p.title = "First administrator";
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	html_markup(p.out, "<section class=\"notice\"><h1>");
	html_text(p.out, p.title);
	html_markup(p.out, "</h1>\n");
	if (found == 0)
		add_wrong(&p, "This link does not count any more: it was "
		    "used, is older than a day, or another one was made. "
		    "\"pawl setup\" or \"pawl user link NAME\" makes one.");
	else {
		add_wrong(&p, wrong);
		add_setup_form(&p, text, &link, &u, name);
	}
	html_markup(p.out, "</section>\n");
	page_end(&p);
	res->revalidate = false;
	if (found == 0)
		res->status = 403;
	return 0;
}

int
page_setup(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *text = request_arg(req, "token");

	return show_setup(w, req, res, text != NULL ? text : "", NULL, NULL,
	    err);
}

static int
accept_link(struct web *w, struct request *req, struct response *res,
    const char *const in[4], struct err *err)
{
	struct session s = { .token = 0 };
	struct store *st = web_store(w, err);
	struct user u;

	if (st == NULL)
		return -1;
	if (strcmp(in[2], in[3]) != 0)
		return err_set(err, ERR_INVALID, "the two passwords differ");
	if (link_accept(st, in[0], in[1], in[2], req->a, &u, err) == -1)
		return -1;
	s.user = u.id;
	return session_start(w, req, res, &s, u.name, err);
}

int
page_setup_send(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const names[] = { "token", "name", "password",
		"again" };
	const char *in[4];
	struct err why = { 0 };

	for (int i = 0; i < 4; i++) {
		if (body_text(req, names[i], PASSWORD_MAX, &in[i], err) == -1)
			return -1;
		if (in[i] == NULL)
			in[i] = "";
	}
	if (accept_link(w, req, res, in, &why) == 0) {
		response_see_other(res, arena_printf(req->a, "%s/",
		    w->base_path));
		return 0;
	}
	if (err_kind(why.code) != ERR_KIND_USER)
		return err_set(err, why.code, "%s", why.text);
	if (show_setup(w, req, res, in[0], in[1], arena_printf(req->a, "%s.",
	    why.text), err) == -1)
		return -1;
	if (res->status == 200)
		res->status = problem_status(why.code);
	return 0;
}
