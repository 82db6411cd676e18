/*
 * signin_ask.c - what a provider is asked: where it has what, the token for a
 * code, who that is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/signin.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/web/jwt.h"

/* Below the address of a provider. */
static const struct kind {
	const char *name, *authorize, *token, *user, *scope;
} kinds[] = {
	{ "github", "/login/oauth/authorize", "/login/oauth/access_token",
	    "/api/v3/user", "read:org" },
	{ "gitlab", "/oauth/authorize", "/oauth/token", "/oauth/userinfo",
	    "openid profile" },
	{ "gitea", "/login/oauth/authorize", "/login/oauth/access_token",
	    "/login/oauth/userinfo", "openid profile groups" },
	{ "forgejo", "/login/oauth/authorize", "/login/oauth/access_token",
	    "/login/oauth/userinfo", "openid profile groups" },
};

static bool
is_oidc(const struct provider *p)
{
	return p->jwks != NULL;
}

/* --- where it has what --------------------------------------------------------- */

static const char *
address_of(const json_t *o, const char *name, struct arena *a)
{
	const char *url = json_string_value(json_object_get(o, name));

	return url != NULL && fetch_may(url) ? arena_strdup(a, url) : NULL;
}

/* Unless it is said otherwise, the client shows itself in a header (OpenID
 * Connect Discovery, section 3). */
static bool
wants_basic(const json_t *o)
{
	const json_t *list = json_object_get(o,
	    "token_endpoint_auth_methods_supported"), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *way = json_string_value(item);

		if (way != NULL && strcmp(way, "client_secret_post") == 0)
			return false;
	}
	return true;
}

/* OpenID Connect Discovery 1.0, section 4. */
static int
discover(struct provider *p, struct arena *a, struct err *err)
{
	const char *issuer = p->conf->url, *said;
	const struct fetch f = { .ca_file = p->ca_file, .url = arena_printf(a,
	    "%s%s.well-known/openid-configuration", issuer,
	    str_ends_with(issuer, "/") ? "" : "/") };
	json_t *o = fetch_json(&f, a, err);
	int rc = -1;

	if (o == NULL)
		return -1;
	said = json_string_value(json_object_get(o, "issuer"));
	p->authorize = address_of(o, "authorization_endpoint", a);
	p->token = address_of(o, "token_endpoint", a);
	p->user = address_of(o, "userinfo_endpoint", a);
	p->jwks = address_of(o, "jwks_uri", a);
	p->basic = wants_basic(o);
	p->scope = "openid profile email";
	if (said == NULL || strcmp(said, issuer) != 0)
		err_set(err, ERR_UNAVAILABLE, "the issuer \"%s\" calls itself "
		    "\"%.200s\"", issuer, said != NULL ? said : "");
	else if (p->authorize == NULL || p->token == NULL || p->jwks == NULL)
		err_set(err, ERR_UNAVAILABLE, "the issuer \"%s\" has no "
		    "addresses with https", issuer);
	else
		rc = 0;
	json_decref(o);
	return rc;
}

int
provider_find(const struct config *config, const struct config_sign_in *conf,
    struct arena *a, struct provider *out, struct err *err)
{
	*out = (struct provider){ .conf = conf,
		.ca_file = config->sign_in_ca_file };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind *k = &kinds[i];

		if (strcmp(k->name, conf->kind) != 0)
			continue;
		out->authorize = arena_printf(a, "%s%s", conf->url,
		    k->authorize);
		out->token = arena_printf(a, "%s%s", conf->url, k->token);
		out->user = arena_printf(a, "%s%s", conf->url, k->user);
		if (strcmp(conf->url, "https://github.com") == 0)
			out->user = "https://api.github.com/user";
		out->scope = k->scope;
		return 0;
	}
	return discover(out, a, err);
}

/* --- the token for a code -------------------------------------------------------- */

static void
field(struct str *s, const char *name, const char *value)
{
	str_addf(s, "%s%s=", s->len > 0 ? "&" : "", name);
	percent_encode(s, value);
}

static json_t *
exchange(const struct provider *p, const struct attempt *t, const char *code,
    const char *redirect, struct arena *a, struct err *err)
{
	struct fetch f = { .url = p->token, .ca_file = p->ca_file };
	struct str form = STR_INIT, user = STR_INIT, password = STR_INIT;
	json_t *o;

	field(&form, "grant_type", "authorization_code");
	field(&form, "code", code);
	field(&form, "redirect_uri", redirect);
	field(&form, "code_verifier", t->verifier);
	if (p->basic) {
		/* RFC 6749, section 2.3.1: encoded, then joined. */
		percent_encode(&user, p->conf->client_id);
		percent_encode(&password, p->conf->client_secret);
		f.user = user.s;
		f.password = password.s;
	} else {
		field(&form, "client_id", p->conf->client_id);
		field(&form, "client_secret", p->conf->client_secret);
	}
	f.form = form.s;
	o = fetch_json(&f, a, err);
	str_release(&form);
	str_release(&user);
	str_release(&password);
	/* GitHub tells of a wrong code with status 200. */
	if (o != NULL && !json_is_string(json_object_get(o,
	    "access_token"))) {
		const char *why = json_string_value(json_object_get(o,
		    "error"));

		err_set(err, ERR_DENIED, "\"%s\" gives no token for this: "
		    "%.100s", p->conf->name, why != NULL ? why : "it does not "
		    "say why");
		json_decref(o);
		o = NULL;
	}
	return o;
}

/* --- who that is ------------------------------------------------------------------ */

static int
check_nonce(const struct provider *p, const struct attempt *t,
    const json_t *claims, struct err *err)
{
	const char *nonce = json_string_value(json_object_get(claims,
	    "nonce"));
	const json_t *aud = json_object_get(claims, "aud");
	const char *party = json_string_value(json_object_get(claims, "azp"));

	if (nonce == NULL || strcmp(nonce, t->nonce) != 0)
		return err_set(err, ERR_DENIED, "what \"%s\" says is an answer "
		    "to another question (nonce)", p->conf->name);
	if ((party != NULL || json_array_size(aud) > 1) && (party == NULL ||
	    strcmp(party, p->conf->client_id) != 0))
		return err_set(err, ERR_DENIED, "what \"%s\" says is for "
		    "another client (azp)", p->conf->name);
	return 0;
}

/* OpenID Connect Core 1.0, section 3.1.3.7. */
static json_t *
read_id_token(const struct provider *p, const struct attempt *t,
    const json_t *answer, struct arena *a, struct err *err)
{
	const char *token = json_string_value(json_object_get(answer,
	    "id_token"));
	const struct fetch f = { .url = p->jwks, .ca_file = p->ca_file };
	const struct jwt_expect e = { p->conf->url, p->conf->client_id,
		clock_now_ms() / 1000 };
	json_t *keys, *claims;

	if (token == NULL) {
		err_set(err, ERR_DENIED, "\"%s\" does not say who it is",
		    p->conf->name);
		return NULL;
	}
	if ((keys = fetch_json(&f, a, err)) == NULL)
		return NULL;
	claims = jwt_verify(token, keys, &e, a, err);
	json_decref(keys);
	if (claims != NULL && check_nonce(p, t, claims, err) == -1) {
		json_decref(claims);
		return NULL;
	}
	if (claims == NULL)
		err_wrap(err, "signing in with \"%s\"", p->conf->name);
	return claims;
}

/* What it tells of who has an access token. */
static json_t *
read_user(const struct provider *p, const char *url, const char *access,
    struct arena *a, struct err *err)
{
	const struct fetch f = { .url = url, .bearer = access,
		.ca_file = p->ca_file };

	return fetch_json(&f, a, err);
}

/* Organizations, and teams as ORGANIZATION/TEAM. Who may not ask for them is
 * in none. */
static void
read_github_groups(const struct provider *p, const char *access,
    struct arena *a, struct account *who)
{
	struct err ignored = { 0 };
	json_t *list = read_user(p, arena_printf(a, "%s/orgs?per_page=100",
	    p->user), access, a, &ignored);

	account_add_groups(who, list, NULL, NULL, "login", a);
	json_decref(list);
	list = read_user(p, arena_printf(a, "%s/teams?per_page=100",
	    p->user), access, a, &ignored);
	account_add_groups(who, list, "organization", "login", "slug", a);
	json_decref(list);
}

/* With claims of the signed token, which count before what is told beside
 * it; that must be of the same user (section 5.3.2). */
static int
read_oidc(const struct provider *p, const struct attempt *t,
    const json_t *answer, const char *access, struct arena *a,
    struct account *out, struct err *err)
{
	json_t *claims = read_id_token(p, t, answer, a, err), *more = NULL;
	int rc = -1;

	if (claims == NULL)
		return -1;
	if (p->user != NULL &&
	    (more = read_user(p, p->user, access, a, err)) == NULL)
		goto out;
	if (more != NULL && !json_equal(json_object_get(more, "sub"),
	    json_object_get(claims, "sub"))) {
		err_set(err, ERR_DENIED, "\"%s\" tells of another user",
		    p->conf->name);
		goto out;
	}
	json_object_update_missing(claims, more);
	rc = account_read(p->conf, claims, a, out, err);
out:
	json_decref(claims);
	json_decref(more);
	return rc;
}

int
provider_ask(const struct provider *p, const struct attempt *t,
    const char *code, const char *redirect, struct arena *a,
    struct account *out, struct err *err)
{
	json_t *answer = exchange(p, t, code, redirect, a, err), *user;
	const char *access;
	int rc = -1;

	if (answer == NULL)
		return -1;
	access = json_string_value(json_object_get(answer, "access_token"));
	if (is_oidc(p)) {
		rc = read_oidc(p, t, answer, access, a, out, err);
	} else if ((user = read_user(p, p->user, access, a, err)) != NULL) {
		rc = account_read(p->conf, user, a, out, err);
		json_decref(user);
		if (rc == 0 && strcmp(p->conf->kind, "github") == 0)
			read_github_groups(p, access, a, out);
	}
	json_decref(answer);
	return rc;
}
