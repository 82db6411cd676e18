/*
 * sign_in.h - how a browser gets its session, and loses it.
 *
 * The cookie of a session goes to no other site and comes from none
 * (SameSite=Strict), no script reads it, and with https its name binds it to
 * this host.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_SIGN_IN_H
#define PAWL_WEB_SIGN_IN_H

#include "lib/store/sessions.h"
#include "lib/web/problem.h"
#include "lib/web/serve.h"

/* The value of the session's cookie, or NULL. */
const char *
session_cookie(const struct web *w, const struct request *req);

/* A cookie below our base path that is `name` behind the prefixes that bind
 * it to us; `same_site` is "Strict" or "Lax". */
void
cookie_set(const struct web *w, struct response *res, const char *name,
    const char *value, int age_s, const char *same_site);
const char *
cookie_read(const struct web *w, const struct request *req,
    const char *name);

/* Begin the session of somebody (`s` says whose, and where they signed in),
 * note that in the audit, and send its cookie. `by` is who they are. */
int
session_start(struct web *w, const struct request *req, struct response *res,
    struct session *s, const char *by, struct err *err);

/* What a form of the page for it has. One of the two is NULL. */
struct sign_in {
	const char *name, *password;
	const char *token;
};

/* Begin a session for whoever has these: 1, 0 when they are wrong, -1. Those
 * who fail often get 0 with `no`, whose status is 0 otherwise. */
int
sign_in(struct web *w, struct request *req, struct response *res,
    const struct sign_in *in, struct denial *no, struct err *err);
int
sign_out(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* Where a form leads back to: `to`, when that is an address below our base
 * path; NULL otherwise. Nobody is sent elsewhere by a link to us. */
const char *
way_back(const struct web *w, const char *to);

#endif
