/*
 * sign_in.c - see sign_in.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/sign_in.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/store/passwords.h"
#include "lib/store/sign_ins.h"
#include "lib/store/tokens.h"
#include "lib/web/auth.h"

#define SESSION_COOKIE "pawl_session"

static bool
has_https(const struct web *w)
{
	return str_starts_with(w->config->base_url, "https://");
}

/* Browsers refuse one with such a name when it does not keep to what the name
 * says, so no other host of the domain can put one in its place. */
static void
cookie_name(const struct web *w, const char *name, struct str *out)
{
	str_addf(out, "%s%s", !has_https(w) ? "" : w->base_path[0] == '\0' ?
	    "__Host-" : "__Secure-", name);
}

void
cookie_set(const struct web *w, struct response *res, const char *name,
    const char *value, int age_s, const char *same_site)
{
	struct str s = STR_INIT;

	cookie_name(w, name, &s);
	str_addf(&s, "=%s; Path=%s; Max-Age=%d; HttpOnly; SameSite=%s", value,
	    w->base_path[0] == '\0' ? "/" : w->base_path, age_s, same_site);
	if (has_https(w))
		str_add(&s, "; Secure");
	response_header(res, "Set-Cookie", s.s);
	str_release(&s);
}

const char *
cookie_read(const struct web *w, const struct request *req, const char *name)
{
	struct str s = STR_INIT;
	const char *value;

	cookie_name(w, name, &s);
	value = request_cookie(req, s.s);
	str_release(&s);
	return value;
}

const char *
session_cookie(const struct web *w, const struct request *req)
{
	return cookie_read(w, req, SESSION_COOKIE);
}

const char *
way_back(const struct web *w, const char *to)
{
	size_t base = strlen(w->base_path);

	if (to == NULL || strncmp(to, w->base_path, base) != 0 ||
	    to[base] != '/' || to[base + 1] == '/' ||
	    strlen(to) > REQUEST_MAX_URI)
		return NULL;
	for (const char *s = to; *s != '\0'; s++) {
		if ((unsigned char)*s <= 0x20 || *s == 0x7f || *s == '\\')
			return NULL;
	}
	return to;
}

static int
do_start(struct store *st, const struct request *req,
    const struct session *s, const char *by, const char **value,
    struct err *err)
{
	const char *how = s->token != 0 ? "token" : s->provider != NULL ?
	    s->provider : "password";

	if (session_begin(st, s, req->a, value, err) == -1)
		return -1;
	return sign_in_done(st, s->user, by, req->remote_addr, how, err);
}

int
session_start(struct web *w, const struct request *req, struct response *res,
    struct session *s, const char *by, struct err *err)
{
	struct store *st = web_store(w, err);
	const char *browser = request_header(req, "User-Agent");
	const char *value;

	s->address = req->remote_addr;
	if (browser != NULL)
		s->browser = arena_strndup(req->a, browser,
		    strnlen(browser, SESSION_BROWSER_MAX));
	if (st == NULL || store_begin(st, err) == -1 || store_end(st,
	    do_start(st, req, s, by, &value, err), err) == -1)
		return -1;
	cookie_set(w, res, SESSION_COOKIE, value, SESSION_S, "Strict");
	return 0;
}

/* Whose session it is to be: 1, 0 when what was sent is wrong, -1. */
static int
find(struct store *st, struct request *req, const struct sign_in *in,
    struct session *s, const char **by, struct err *err)
{
	struct token t;
	struct user u;
	int found;

	if (in->token != NULL) {
		found = token_find(st, in->token, req->a, &t, err);
		if (found != 1)
			return found;
		s->token = t.id;
		*by = t.user == 0 ? arena_printf(req->a, "token %s", t.name) :
		    arena_printf(req->a, "%s (token %s)", t.user_name,
		    t.name);
		return token_used(st, &t, err) == -1 ? -1 : 1;
	}
	found = password_verify(st, in->name, in->password, req->a, &u, err);
	if (found != 1)
		return found;
	s->user = u.id;
	*by = u.name;
	return 1;
}

static int
refuse(struct store *st, struct request *req, const struct sign_in *in,
    struct err *err)
{
	const char *why = "token";
	struct user u;
	int found;

	/* A name that is none may be a password in the wrong place. */
	if (in->token == NULL) {
		if ((found = user_find(st, in->name, req->a, &u, err)) == -1)
			return -1;
		why = found == 0 ? "password of nobody" : arena_printf(req->a,
		    "password of %s", u.name);
	}

	log_write(LOG_WARN, "sign-in refused", LOG_FIELDS(
	    LOG_STR("remote_addr", req->remote_addr)));
	return sign_in_failed(st, req->remote_addr, in->name, why, err) == -1 ?
	    -1 : 0;
}

int
sign_in(struct web *w, struct request *req, struct response *res,
    const struct sign_in *in, struct denial *no, struct err *err)
{
	struct store *st = web_store(w, err);
	struct session s = { .token = 0 };
	const char *by = NULL;
	int rc;

	*no = (struct denial){ 0 };
	if (st == NULL)
		return -1;
	rc = sign_in_allowed(st, req->remote_addr, in->name, err);
	if (rc == 0)
		return denial_set(no, 429, "too-many", "too many attempts "
		    "to sign in have failed: wait ten minutes");
	if (rc == 1)
		rc = find(st, req, in, &s, &by, err);
	if (rc == 0)
		return refuse(st, req, in, err);
	if (rc == -1 || session_start(w, req, res, &s, by, err) == -1)
		return -1;
	return 1;
}

int
sign_out(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);

	if (st == NULL || (req->actor != NULL && req->actor->session != NULL &&
	    session_end(st, req->actor->session, err) == -1))
		return -1;
	cookie_set(w, res, SESSION_COOKIE, "", 0, "Strict");
	return 0;
}
