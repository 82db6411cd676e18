/*
 * page_own.c - one's own account: what one may, tokens, sessions, password,
 * accounts elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_users.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/page_account.h"
#include "cgi/users.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/identities.h"
#include "lib/store/passwords.h"
#include "lib/store/sessions.h"
#include "lib/store/sign_ins.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

static void
add_grants(struct page *p, const struct actor *who)
{
	html_markup(p->out, "<h2>What you may</h2>\n<ul class=\"plain\">");
	for (size_t i = 0; i < who->n_grants; i++) {
		html_markup(p->out, "<li><span class=\"chip\">");
		html_text(p->out, role_name(who->grants[i].role));
		html_markup(p->out, "</span> of <bdi>");
		html_text(p->out, grant_scope_text(&who->grants[i],
		    p->req->a));
		html_markup(p->out, "</bdi></li>");
	}
	html_markup(p->out, "</ul>\n");
	if (who->n_grants == 0)
		html_markup(p->out, "<p class=\"quiet\">Only what is open to "
		    "everybody. An administrator can give you more.</p>\n");
}

static void
add_sessions(struct page *p, const struct session *list, size_t n)
{
	static const char *const heads[] = { "Browser", "From", "Signed in",
		"Used", "" };

	html_markup(p->out, "<h2>Sessions</h2>\n");
	page_table_begin(p, "Sessions", heads, ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++) {
		const struct session *s = &list[i];
		bool own = s->id == p->req->actor->session_id;

		page_row(p);
		page_cell(p);
		html_text(p->out, s->browser[0] != '\0' ? s->browser :
		    "unknown");
		page_cell(p);
		html_text(p->out, s->address);
		page_cell(p);
		page_time(p, s->created_at_ms);
		if (s->provider[0] != '\0') {
			html_markup(p->out, " with ");
			html_text(p->out, s->provider);
		}
		page_cell(p);
		page_time(p, s->used_at_ms);
		page_cell(p);
		if (own)
			html_markup(p->out, "<span class=\"chip\">this one"
			    "</span>");
		else
			users_button(p, "account/sessions/end", "End", NULL,
			    "id", arena_printf(p->req->a, "%" PRId64, s->id));
	}
	page_table_end(p);
	if (n > 1)
		users_button(p, "account/sessions/end", "End all others",
		    NULL, NULL, NULL);
}

static void
add_password(struct page *p, const struct user *u)
{
	html_markup(p->out, "<h2>Password</h2>\n");
	page_form_begin(p, "account/password", "fields");
	html_markup(p->out, "<input class=\"vh\" name=\"name\" "
	    "autocomplete=\"username\" tabindex=\"-1\" aria-hidden=\"true\" "
	    "readonly");
	page_attr(p, "value", u->name);
	html_markup(p->out, ">");
	if (u->has_password)
		users_input(p, "Password now", "password", NULL,
		    "type=\"password\" autocomplete=\"current-password\" "
		    "required");
	users_input(p, "New password", "new", NULL, "type=\"password\" "
	    "autocomplete=\"new-password\" required");
	users_input(p, "The same again", "again", NULL, "type=\"password\" "
	    "autocomplete=\"new-password\" required");
	html_markup(p->out, "<p class=\"hint\">All other sessions end.</p>"
	    "<button>Change password</button>");
	page_form_end(p);
}

static void
add_identities(struct page *p, const struct identity *list, size_t n)
{
	const struct config *c = p->w->config;

	if (n == 0 && c->n_sign_ins == 0)
		return;
	html_markup(p->out, "<h2>Accounts elsewhere</h2>\n"
	    "<ul class=\"plain\">");
	for (size_t i = 0; i < n; i++) {
		html_markup(p->out, "<li>");
		html_text(p->out, list[i].provider);
		html_markup(p->out, ": <bdi>");
		html_text(p->out, list[i].login);
		html_markup(p->out, "</bdi> ");
		users_button(p, "account/identities/remove", "Remove", NULL,
		    "provider", list[i].provider);
		html_markup(p->out, "</li>");
	}
	html_markup(p->out, "</ul>\n");
	for (size_t i = 0; i < c->n_sign_ins; i++) {
		html_markup(p->out, "<p><a class=\"button\" href=\"");
		page_address(p, "signin/");
		html_url_path(p->out, c->sign_ins[i].name);
		html_markup(p->out, "?join=1\">Join an account of <bdi>");
		html_text(p->out, c->sign_ins[i].label);
		html_markup(p->out, "</bdi></a></p>\n");
	}
}

/* What a user has, besides what everybody who shows something has. */
static int
add_user(struct page *p, struct store *st, const char *made, struct err *err)
{
	const struct actor *who = p->req->actor;
	struct identity *identities;
	struct session *sessions;
	struct token *tokens;
	size_t n_identities, n_sessions, n_tokens;
	struct user u;

	if (user_find_id(st, who->user, p->req->a, &u, err) == -1 ||
	    token_list_user(st, who->user, p->req->a, &tokens, &n_tokens,
		err) == -1 ||
	    session_list(st, who->user, p->req->a, &sessions, &n_sessions,
		err) == -1 ||
	    identity_list(st, who->user, p->req->a, &identities,
		&n_identities, err) == -1)
		return -1;
	html_markup(p->out, "<h2>Tokens</h2>\n");
	if (made != NULL)
		users_show_once(p, "The new token:", made);
	users_token_table(p, tokens, n_tokens, "account/tokens/remove",
	    false);
	html_markup(p->out, "<details><summary>Make a token</summary>\n");
	users_token_form(p, "account/tokens");
	html_markup(p->out, "</details>\n");
	add_sessions(p, sessions, n_sessions);
	add_identities(p, identities, n_identities);
	add_password(p, &u);
	return 0;
}

static int
show(struct web *w, struct request *req, struct response *res,
    const char *made, struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Account" };
	const struct actor *who = req->actor;
	struct store *st = web_store(w, err);

	if (st == NULL)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, who->name);
	page_headline_end(&p);
	html_markup(p.out, "<p class=\"lead\">What you do here is kept as "
	    "done by <b><bdi>");
	html_text(p.out, who->by);
	html_markup(p.out, "</bdi></b>.</p>\n");
	add_grants(&p, who);
	if (users_own(req, &(struct err){ 0 }) == 0 &&
	    add_user(&p, st, made, err) == -1) {
		response_reset(res);
		return -1;
	}
	page_end(&p);
	if (made != NULL)
		res->revalidate = false;
	return 0;
}

int
page_own(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return show(w, req, res, NULL, err);
}

static int
back(struct web *w, struct request *req, struct response *res)
{
	response_see_other(res, arena_printf(req->a, "%s/account",
	    w->base_path));
	return 0;
}

int
page_own_token_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *text;
	struct token t;

	return users_token_add(w, req, true, &t, &text, err) == -1 ? -1 :
	    show(w, req, res, text, err);
}

int
page_own_token_remove(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	const char *name;

	if (body_text(req, "remove", TOKEN_NAME_MAX, &name, err) == -1 ||
	    users_token_remove(w, req, true, name != NULL ? name : "",
		err) == -1)
		return -1;
	return back(w, req, res);
}

/* Whoever has the session must know the password, too; who fails often has to
 * wait as at the sign-in. */
static int
check_password(struct store *st, struct request *req, const struct user *u,
    const char *text, struct err *err)
{
	struct user same;
	int rc = sign_in_allowed(st, req->remote_addr, u->name, err);

	if (rc == 0)
		return err_set(err, ERR_DENIED, "too many attempts have "
		    "failed: wait ten minutes");
	if (rc == 1)
		rc = password_verify(st, u->name, text != NULL ? text : "",
		    req->a, &same, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (sign_in_failed(st, req->remote_addr, u->name, arena_printf(
	    req->a, "password of %s, to change it", u->name), err) == -1)
		return -1;
	return err_set(err, ERR_DENIED, "the password is wrong");
}

int
page_own_password(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *old, *text, *again, *hash;
	struct user u;

	if (st == NULL || users_own(req, err) == -1 ||
	    body_text(req, "password", PASSWORD_MAX, &old, err) == -1 ||
	    body_text(req, "new", PASSWORD_MAX, &text, err) == -1 ||
	    body_text(req, "again", PASSWORD_MAX, &again, err) == -1 ||
	    user_find_id(st, req->actor->user, req->a, &u, err) != 1)
		return -1;
	if (text == NULL || again == NULL || strcmp(text, again) != 0)
		return err_set(err, ERR_INVALID, "the two new passwords "
		    "differ");
	if (password_check(text, u.name, err) == -1 ||
	    (u.has_password && check_password(st, req, &u, old, err) == -1) ||
	    password_hash(text, req->a, &hash, err) == -1 ||
	    password_set(st, u.id, hash, req->actor->session_id, err) == -1)
		return -1;
	return back(w, req, res);
}

int
page_own_session_end(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	struct store *st = web_store(w, err);
	int64_t id;

	if (st == NULL || users_own(req, err) == -1 ||
	    body_number(req, "id", 1, INT64_MAX, 0, &id, err) == -1)
		return -1;
	if ((id != 0 ? session_end_one(st, req->actor->user, id, err) :
	    session_end_others(st, req->actor->user, req->actor->session_id,
		err)) == -1)
		return -1;
	return back(w, req, res);
}

int
page_own_identity_remove(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	struct store *st = web_store(w, err);
	const char *provider;

	if (st == NULL || users_own(req, err) == -1 ||
	    body_text(req, "provider", TOKEN_NAME_MAX, &provider, err) == -1 ||
	    identity_remove(st, req->actor->user, provider != NULL ?
		provider : "", err) == -1)
		return -1;
	return back(w, req, res);
}
