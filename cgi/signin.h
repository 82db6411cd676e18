/*
 * signin.h - signing in with an account elsewhere: OAuth 2 (RFC 6749) with a
 * code and PKCE (RFC 7636), and OpenID Connect.
 *
 * What belongs to one attempt follows from a secret that the browser keeps in
 * a cookie, and from when and where it began; nothing is stored. So the answer
 * of a provider counts only in the browser that asked, for ten minutes, and
 * for that provider.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_SIGNIN_H
#define PAWL_CGI_SIGNIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/store/identities.h"

#define SIGNIN_S 600
#define SIGNIN_TEXT 44      /* 256 bits as text, with its NUL */
#define SIGNIN_GROUPS_MAX 1000

/* --- signin_try.c: one attempt ------------------------------------------------ */

struct attempt {
	char secret[SIGNIN_TEXT];
	int64_t began_s;
	bool joins;     /* of a user who has signed in already */
	const char *to; /* where to go then; "": the first page */
	/* What follows from these. */
	char state[SIGNIN_TEXT];
	char nonce[SIGNIN_TEXT];
	char verifier[SIGNIN_TEXT];
	char challenge[SIGNIN_TEXT]; /* of the verifier, S256 */
};

/* A new one for a provider. */
void
attempt_begin(struct attempt *t, const char *provider, bool joins,
    const char *to, int64_t now_s);

/* The cookie's value, and back: false when it is none or too old. Texts live
 * in `a`. */
const char *
attempt_cookie(const struct attempt *t, struct arena *a);
bool
attempt_read(struct attempt *t, const char *cookie, const char *provider,
    int64_t now_s, struct arena *a);

/* Is this the state of the attempt? */
bool
attempt_is(const struct attempt *t, const char *state);

/* --- signin_who.c: who it is, and what the rules give --------------------------- */

struct account {
	const char *subject; /* never changes */
	const char *login;
	const char *const *groups;
	size_t n_groups;
};

/* From what a provider tells of a user: which fields they are depends on its
 * kind. ERR_UNAVAILABLE when something is missing. */
int
account_read(const struct config_sign_in *p, const json_t *user,
    struct arena *a, struct account *out, struct err *err);

/* Add groups of a list of objects: their text under `field`, behind that of
 * `parent`.`of` and a "/" (NULL: alone). */
void
account_add_groups(struct account *who, const json_t *list,
    const char *parent, const char *of, const char *field, struct arena *a);

/* Does "user:ada" name the account? */
bool
account_is(const struct account *who, const char *whom);

/* What the rules of the configuration say of an account. */
int
account_arrival(const struct config_sign_in *p, const struct account *who,
    struct arena *a, struct arrival *out, struct err *err);

/* --- signin_ask.c: asking the provider ------------------------------------------ */

/* Where a provider has what. */
struct provider {
	const struct config_sign_in *conf;
	const char *ca_file;
	const char *authorize, *token, *user; /* addresses; user NULL: none */
	const char *jwks;   /* of OpenID Connect */
	const char *scope;
	bool basic;         /* the client shows itself in a header */
};

/* Fill it: from the kind, or from what an issuer of OpenID Connect tells. */
int
provider_find(const struct config *config, const struct config_sign_in *conf,
    struct arena *a, struct provider *out, struct err *err);

/* Who came back with a code. ERR_DENIED: the provider does not know it, or
 * what it says does not hold; ERR_UNAVAILABLE, ERR_TIMEOUT: it has trouble. */
int
provider_ask(const struct provider *p, const struct attempt *t,
    const char *code, const char *redirect, struct arena *a,
    struct account *out, struct err *err);

/* --- signin_http.c: one request -------------------------------------------------- */

struct fetch {
	const char *url;
	const char *form;   /* what is posted; NULL: GET */
	const char *bearer; /* NULL: none */
	const char *user, *password; /* NULL: none */
	const char *ca_file;
};

/* The JSON of an answer with status 200, which the caller releases; NULL.
 * ERR_DENIED for an answer of 4xx. */
json_t *
fetch_json(const struct fetch *f, struct arena *a, struct err *err);

/* Is it https, or on this host? */
bool
fetch_may(const char *url);

#endif
