/*
 * auth.h - who asks, and whether they may.
 *
 * A program shows a token (Authorization: Bearer), a browser the cookie of a
 * session (sign_in.h). What changes something and comes with a
 * cookie must be from a page of ours besides: by what the browser says of
 * where it comes from, and by a text in the form that follows from the
 * session.
 *
 * auth_find() alone decides who an actor is; other ways to sign in go there.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_AUTH_H
#define PAWL_WEB_AUTH_H

#include <stdbool.h>

#include "lib/store/grants.h"
#include "lib/store/sessions.h"
#include "lib/web/problem.h"
#include "lib/web/serve.h"

/* Of a form, and the header that says the same of a body in JSON. */
#define FORM_FIELD "form_token"
#define FORM_HEADER "X-Form-Token"

enum actor_kind {
	ACTOR_TOKEN,   /* one that belongs to nobody */
	ACTOR_USER,    /* signed in, or by a token of theirs */
	ACTOR_MACHINE, /* by a JWT of somebody whom the configuration names */
	ACTOR_HOST,    /* at the command line of the server itself */
};

/* All lives as long as the request. */
struct actor {
	enum actor_kind kind;
	const char *name; /* as reviewers are named */
	const char *by;   /* kept with what they do: "token robot", "ada",
	                     "ada (token laptop)", "machine ci:..." */
	const struct grant *grants; /* what they may: any of these. NULL owner:
	                     in everything; NULL repo: all of the owner's */
	size_t n_grants;
	int64_t user;     /* id; 0: they are none */
	const char *session; /* the cookie's value; NULL: there is none */
	int64_t session_id;  /* 0: there is none, or it began with a token,
	                     which is no more than that */
	char form[SESSION_FORM_SIZE]; /* for forms of the session's pages */
};

/* May they do this in a repository (owner NULL: in everything)? Somebody
 * unknown, NULL, may not. */
bool
actor_may(const struct actor *who, enum role role, const char *owner,
    const char *repo);

/* The highest role that they have there; false when it is none. */
bool
actor_role(const struct actor *who, const char *owner, const char *repo,
    enum role *out);

/* What they are and may, for people: "token \"eyes\": reader of everything".
 * Lives in `a`. */
const char *
actor_text(const struct actor *who, struct arena *a);

/* Who sends the request, into req->actor. 0, or -1. A token that is none, or
 * has expired, is 0 too, with *wrong set to what is wrong with it. */
int
auth_find(struct web *w, struct request *req, const char **wrong,
    struct err *err);

/* May the request be answered, as far as its route and headers tell? Finds
 * the actor. 1, 0 with `no`, -1. */
int
auth_admit(struct web *w, struct request *req, struct denial *no,
    struct err *err);

/* And as far as its fields tell? 1, 0 with `no`. */
int
auth_confirm(const struct request *req, struct denial *no);

#endif
