/*
 * signin.c - pawl-signin: signing in with an account elsewhere. The only
 * handler that talks to somebody outside, and nothing else is in it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/signin.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/store/links.h"
#include "lib/store/sign_ins.h"
#include "lib/web/auth.h"
#include "lib/web/html.h"
#include "lib/web/serve.h"
#include "lib/web/sign_in.h"

#define TRY_COOKIE "pawl_signin"
#define CODE_MAX 2048

/* --- pages -------------------------------------------------------------------- */

static void
add_address(struct web *w, struct response *res, const char *path)
{
	html_attr(&res->body, w->base_path);
	html_attr(&res->body, path);
}

/* A page of one sentence, with a link; `refresh`: it follows that by itself. A
 * redirection would not do: what another site has led here gets no cookie of
 * the session along (SameSite=Strict), what a page of ours leads to does. */
static void
say(struct web *w, struct response *res, const char *title, const char *text,
    const char *to, const char *link, bool refresh)
{
	struct str *out = &res->body;

	res->type = "text/html; charset=utf-8";
	html_markup(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(out, title);
	html_markup(out, "</title>\n<link rel=\"stylesheet\" href=\"");
	add_address(w, res, "/static/pawl.css");
	html_markup(out, "\">\n");
	if (refresh) {
		html_markup(out, "<meta http-equiv=\"refresh\" "
		    "content=\"0;url=");
		html_attr(out, to);
		html_markup(out, "\">\n");
	}
	html_markup(out, "</head>\n<body>\n<main id=\"main\"><section "
	    "class=\"notice\"><h1>");
	html_text(out, title);
	html_markup(out, "</h1>\n<p role=\"status\">");
	html_text(out, text);
	html_markup(out, "</p>\n<p><a href=\"");
	html_attr(out, to);
	html_markup(out, "\">");
	html_text(out, link);
	html_markup(out, "</a></p></section></main>\n</body>\n</html>\n");
}

static void
refuse(struct web *w, struct request *req, struct response *res, int status,
    const char *code, const char *detail)
{
	(void)code;
	res->status = status;
	say(w, res, status < 500 ? "Not signed in" : "Not possible now",
	    arena_printf(req->a, "%s%s.", detail, status < 500 ? "" :
	    arena_printf(req->a, " (%s)", req->id)), arena_printf(req->a,
	    "%s/login", w->base_path), "To the sign-in page", false);
}

/* --- the way there -------------------------------------------------------------- */

static const struct config_sign_in *
find_conf(const struct web *w, const struct request *req, struct err *err)
{
	const char *name = request_param(req, "provider");

	for (size_t i = 0; i < w->config->n_sign_ins; i++) {
		const struct config_sign_in *s = &w->config->sign_ins[i];

		if (strcmp(s->name, name) != 0)
			continue;
		if (s->client_secret != NULL)
			return s;
		err_set(err, ERR_UNAVAILABLE, "the secret of \"%s\" may not be "
		    "read: \"%s\"", s->name, s->path);
		return NULL;
	}
	err_set(err, ERR_NOT_FOUND, "there is no provider \"%.40s\"", name);
	return NULL;
}

static const char *
redirect_uri(const struct web *w, const char *provider, struct arena *a)
{
	return arena_printf(a, "%s/signin/%s/callback", w->config->base_url,
	    provider);
}

static void
add_arg(struct str *s, const char *name, const char *value)
{
	str_addf(s, "%s%s=", strchr(s->s, '?') == NULL ? "?" : "&", name);
	percent_encode(s, value);
}

static void
lead_there(struct web *w, struct request *req, struct response *res,
    const struct provider *p, const struct attempt *t)
{
	struct str to = STR_INIT;

	str_add(&to, p->authorize);
	add_arg(&to, "response_type", "code");
	add_arg(&to, "client_id", p->conf->client_id);
	add_arg(&to, "redirect_uri", redirect_uri(w, p->conf->name, req->a));
	add_arg(&to, "scope", p->scope);
	add_arg(&to, "state", t->state);
	add_arg(&to, "code_challenge", t->challenge);
	add_arg(&to, "code_challenge_method", "S256");
	if (p->jwks != NULL)
		add_arg(&to, "nonce", t->nonce);
	res->status = 303;
	response_header(res, "Location", to.s);
	/* It must come along when the provider leads back. */
	cookie_set(w, res, TRY_COOKIE, attempt_cookie(t, req->a), SIGNIN_S,
	    "Lax");
	str_release(&to);
}

/* Another site shall not sign somebody in with an account of its choice. */
static bool
is_from_elsewhere(const struct request *req)
{
	const char *site = request_header(req, "Sec-Fetch-Site");

	return site != NULL && strcmp(site, "same-origin") != 0 &&
	    strcmp(site, "none") != 0;
}

static int
start(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const struct config_sign_in *conf = find_conf(w, req, err);
	const char *to = way_back(w, request_arg(req, "to"));
	bool joins = request_arg(req, "join") != NULL;
	struct provider p;
	struct attempt t;

	if (conf == NULL)
		return -1;
	if (is_from_elsewhere(req))
		return err_set(err, ERR_DENIED, "begin on the sign-in page: "
		    "another site has led here");
	if (joins && (req->actor == NULL || req->actor->user == 0 ||
	    req->actor->session_id == 0))
		return err_set(err, ERR_DENIED, "only a user who has signed in "
		    "can join an account");
	if (provider_find(w->config, conf, req->a, &p, err) == -1)
		return -1;
	attempt_begin(&t, conf->name, joins, to, clock_now_ms() / 1000);
	if (joins && link_keep(w->store, LINK_IDENTITY, req->actor->user,
	    req->actor->by, t.secret, err) == -1)
		return -1;
	lead_there(w, req, res, &p, &t);
	return 0;
}

/* --- the way back ---------------------------------------------------------------- */

/* What the provider has sent along, in the browser that began. */
static int
read_return(struct web *w, struct request *req,
    const struct config_sign_in *conf, struct attempt *t, const char **code,
    struct err *err)
{
	const char *cookie = cookie_read(w, req, TRY_COOKIE);
	const char *error = request_arg(req, "error");
	const char *issuer = request_arg(req, "iss");

	if (cookie == NULL || !attempt_read(t, cookie, conf->name,
	    clock_now_ms() / 1000, req->a) ||
	    !attempt_is(t, request_arg(req, "state")))
		return err_set(err, ERR_DENIED, "this is no answer to a "
		    "sign-in that this browser has begun within the last ten "
		    "minutes: begin again");
	/* RFC 9207: another provider may have been made to answer. */
	if (issuer != NULL && strcmp(conf->kind, "oidc") == 0 &&
	    strcmp(issuer, conf->url) != 0)
		return err_set(err, ERR_DENIED, "another issuer has answered");
	*code = request_arg(req, "code");
	if (error != NULL || *code == NULL || strlen(*code) > CODE_MAX)
		return err_set(err, ERR_DENIED, "%s has not let you in: "
		    "%.100s", conf->label, error != NULL ? error :
		    "it gives no code");
	return 0;
}

/* The user whom an account is to be joined with, 0: none. */
static int
read_join(struct store *st, const struct attempt *t, struct arena *a,
    int64_t *user, struct err *err)
{
	struct link link;
	int found;

	*user = 0;
	if (!t->joins)
		return 0;
	if (store_begin(st, err) == -1)
		return -1;
	found = link_take(st, t->secret, a, &link, err);
	if (store_end(st, found, err) == -1)
		return -1;
	if (found == 0 || link.kind != LINK_IDENTITY)
		return err_set(err, ERR_DENIED, "this account was joined "
		    "already, or another attempt was begun");
	*user = link.user;
	return 0;
}

static int
arrive(struct web *w, struct request *req, struct response *res,
    const struct config_sign_in *conf, const struct attempt *t,
    const struct account *who, struct err *err)
{
	struct session s = { .provider = conf->name };
	struct arrival arrival;
	struct user u;

	if (account_arrival(conf, who, req->a, &arrival, err) == -1 ||
	    read_join(w->store, t, req->a, &arrival.joins, err) == -1 ||
	    identity_arrive(w->store, &arrival, req->a, &u, err) == -1)
		return -1;
	s.user = u.id;
	return session_start(w, req, res, &s, u.name, err);
}

static int
finish_with(struct web *w, struct request *req, struct response *res,
    const struct config_sign_in *conf, struct attempt *t, struct err *err)
{
	struct account who;
	struct provider p;
	const char *code = NULL;

	if (read_return(w, req, conf, t, &code, err) == -1 ||
	    provider_find(w->config, conf, req->a, &p, err) == -1 ||
	    provider_ask(&p, t, code, redirect_uri(w, conf->name, req->a),
		req->a, &who, err) == -1)
		return -1;
	return arrive(w, req, res, conf, t, &who, err);
}

/* Those who fail often have to wait, as with passwords. */
static int
count_failure(struct store *st, const struct request *req,
    const struct config_sign_in *conf)
{
	struct err err = { 0 };

	if (sign_in_failed(st, req->remote_addr, NULL, conf->name, &err) ==
	    -1)
		log_err("noting that a sign-in failed", &err);
	return -1;
}

static int
finish(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const struct config_sign_in *conf = find_conf(w, req, err);
	struct store *st = conf == NULL ? NULL : web_store(w, err);
	struct attempt t;
	const char *to;
	int rc;

	if (st == NULL)
		return -1;
	rc = sign_in_allowed(st, req->remote_addr, NULL, err);
	if (rc == 0)
		return err_set(err, ERR_DENIED, "too many attempts to sign in "
		    "have failed: wait ten minutes");
	if (rc == -1 || finish_with(w, req, res, conf, &t, err) == -1)
		return rc == 1 && err->code == ERR_DENIED ?
		    count_failure(st, req, conf) : -1;
	cookie_set(w, res, TRY_COOKIE, "", 0, "Lax");
	to = way_back(w, t.to);
	if (t.joins)
		to = arena_printf(req->a, "%s/account", w->base_path);
	if (to == NULL)
		to = arena_printf(req->a, "%s/", w->base_path);
	say(w, res, "Signed in", "You are signed in.", to, "Go on", true);
	return 0;
}

static const struct route routes[] = {
	{ METHOD_GET, "signin/{provider}", ACCESS_OPEN, 0, start },
	{ METHOD_GET, "signin/{provider}/callback", ACCESS_OPEN, 0, finish },
};
int
main(int argc, char **argv)
{
	static const struct web_app app = {
		.name = "pawl-signin",
		.refuse = refuse,
		.routes = routes,
		.n_routes = ARRAY_LEN(routes),
	};

	return web_main(&app, argc, argv);
}
