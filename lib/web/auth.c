/*
 * auth.c - see auth.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/auth.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "lib/base/log.h"
#include "lib/store/tokens.h"
#include "lib/store/users.h"
#include "lib/web/body.h"
#include "lib/web/jwt.h"
#include "lib/web/machine.h"
#include "lib/web/sign_in.h"
#include "lib/web/sight.h"

#define TOLD_GRANTS 5

bool
actor_may(const struct actor *who, enum role role, const char *owner,
    const char *repo)
{
	for (size_t i = 0; who != NULL && i < who->n_grants; i++) {
		if (grant_allows(&who->grants[i], role, owner, repo))
			return true;
	}
	return false;
}

bool
actor_role(const struct actor *who, const char *owner, const char *repo,
    enum role *out)
{
	for (enum role r = ROLE_ADMIN + 1; r-- > ROLE_READER;) {
		if (actor_may(who, r, owner, repo)) {
			*out = r;
			return true;
		}
	}
	return false;
}

const char *
actor_text(const struct actor *who, struct arena *a)
{
	static const char *const kinds[] = {
		[ACTOR_TOKEN] = "token ", [ACTOR_USER] = "",
		[ACTOR_MACHINE] = "machine ",
	};
	const char *text = arena_printf(a, "%s\"%s\": ", kinds[who->kind],
	    who->name);

	for (size_t i = 0; i < who->n_grants && i < TOLD_GRANTS; i++)
		text = arena_printf(a, "%s%s%s", text, i > 0 ? ", " : "",
		    grant_text(&who->grants[i], a));
	if (who->n_grants > TOLD_GRANTS)
		text = arena_printf(a, "%s and %zu more", text,
		    who->n_grants - TOLD_GRANTS);
	return who->n_grants > 0 ? text : arena_printf(a, "%snothing", text);
}

/* The token of the request's Authorization: ours, or a JWT where issuers are
 * configured. Another scheme, and a bearer of something else, is for somebody
 * in front of us. */
static const char *
bearer(const struct web *w, const struct request *req)
{
	const char *s = request_header(req, "Authorization");

	if (s == NULL || strncasecmp(s, "Bearer ", 7) != 0)
		return NULL;
	s += 7 + strspn(s + 7, " ");
	return str_starts_with(s, TOKEN_PREFIX) ||
	    (w->config->n_machines > 0 && jwt_is_one(s)) ? s : NULL;
}

/* As the user with this id: 1, 0 when there is none or he is disabled, -1. */
static int
be_user(struct store *st, int64_t id, struct arena *a, struct actor *who,
    struct err *err)
{
	struct grant *grants;
	struct user user;
	int found = user_find_id(st, id, a, &user, err);

	if (found != 1 || user.disabled_at_ms != 0)
		return found == -1 ? -1 : 0;
	if (grant_list(st, id, a, &grants, &who->n_grants, err) == -1)
		return -1;
	who->kind = ACTOR_USER;
	who->name = who->by = user.name;
	who->grants = grants;
	who->user = id;
	return 1;
}

/* As who has this token, which says how much of it counts. */
static int
be_token(struct store *st, const struct token *t, struct arena *a,
    struct actor *who, struct err *err)
{
	struct grant *own;
	int found;

	if (t->user != 0) {
		if ((found = be_user(st, t->user, a, who, err)) != 1)
			return found;
		who->by = arena_printf(a, "%s (token %s)", who->name, t->name);
		who->grants = grants_within(who->grants, &who->n_grants,
		    &t->grant, a);
		return 1;
	}
	own = arena_alloc(a, sizeof(*own));
	*own = t->grant;
	who->kind = ACTOR_TOKEN;
	who->name = t->name;
	who->by = arena_printf(a, "token %s", t->name);
	who->grants = own;
	who->n_grants = 1;
	return 1;
}

static int
find_by_token(struct store *st, const char *text, struct arena *a,
    struct actor *who, struct err *err)
{
	struct err ignored = { 0 };
	struct token t;
	int found = token_find(st, text, a, &t, err);

	if (found == 1)
		found = be_token(st, &t, a, who, err);
	/* Nobody is turned away because a note could not be made. */
	if (found == 1 && token_used(st, &t, &ignored) == -1)
		log_err("noting that a token was used", &ignored);
	return found;
}

static int
find_by_session(struct store *st, const char *value, struct arena *a,
    struct actor *who, struct err *err)
{
	struct err ignored = { 0 };
	struct session s;
	struct token t;
	int found = session_find(st, value, a, &s, err);

	if (found != 1)
		return found;
	if (s.user != 0) {
		found = be_user(st, s.user, a, who, err);
	} else {
		found = token_find_id(st, s.token, a, &t, err);
		if (found == 1)
			found = be_token(st, &t, a, who, err);
	}
	if (found != 1)
		return found;
	who->session = value;
	who->session_id = s.user != 0 ? s.id : 0;
	session_form(value, who->form);
	if (session_used(st, &s, &ignored) == -1)
		log_err("noting that a session was used", &ignored);
	return 1;
}

/* By what the header Authorization has. */
static int
find_by_bearer(struct web *w, const char *token, struct arena *a,
    struct actor *who, const char **wrong, struct err *err)
{
	struct store *st;
	int found;

	if (!str_starts_with(token, TOKEN_PREFIX))
		return machine_find(w->config, token, a, who, wrong, err);
	if ((st = web_store(w, err)) == NULL)
		return -1;
	found = find_by_token(st, token, a, who, err);
	if (found == 0)
		*wrong = "there is no such token: it was removed, has "
		    "expired, or was not copied whole";
	return found;
}

int
auth_find(struct web *w, struct request *req, const char **wrong,
    struct err *err)
{
	const char *token = bearer(w, req);
	const char *session = session_cookie(w, req);
	struct actor *who;
	struct store *st;
	int found;

	*wrong = NULL;
	if (token == NULL && session == NULL)
		return 0;
	who = arena_alloc(req->a, sizeof(*who));
	memset(who, 0, sizeof(*who));
	if (token != NULL)
		found = find_by_bearer(w, token, req->a, who, wrong, err);
	else if ((st = web_store(w, err)) != NULL)
		found = find_by_session(st, session, req->a, who, err);
	else
		found = -1;
	if (found == 1)
		req->actor = who;
	return found == -1 ? -1 : 0;
}

/* Is `origin` where base-url stands? Browsers leave a usual port out. */
static bool
is_our_origin(const char *base_url, const char *origin)
{
	bool https = str_starts_with(base_url, "https://");
	const char *host = strstr(base_url, "://");
	const char *port = https ? ":443" : ":80";
	size_t len;

	if (host == NULL)
		return false;
	len = (size_t)(host - base_url) + 3 + strcspn(host + 3, "/");
	if (len > strlen(port) && strncmp(base_url + len - strlen(port), port,
	    strlen(port)) == 0)
		len -= strlen(port);
	return strlen(origin) == len &&
	    strncasecmp(base_url, origin, len) == 0;
}

/* Was it another site that made the browser send this? What is no browser
 * says nothing of it, and has no cookie that somebody else could use. */
static bool
is_cross_site(const struct web *w, const struct request *req)
{
	const char *site = request_header(req, "Sec-Fetch-Site");
	const char *origin = request_header(req, "Origin");

	if (site != NULL)
		return strcmp(site, "same-origin") != 0;
	return origin != NULL && !is_our_origin(w->config->base_url, origin);
}

/* The same whether what is asked for exists or not. */
static int
check_signed_in(const struct request *req, struct denial *no)
{
	if (req->route->access <= ACCESS_OPEN || req->actor != NULL)
		return 1;
	return denial_set(no, 401, "not-signed-in", "who asks for this must "
	    "show a token: sign in, or send the header \"Authorization: "
	    "Bearer " TOKEN_PREFIX "...\"; \"pawl token add\" makes one");
}

/* Who asks is known, and what they ask for may be known to them: do they have
 * the role of the route? */
static int
check_role(const struct request *req, struct denial *no)
{
	static const enum role roles[] = {
		[ACCESS_READER] = ROLE_READER,
		[ACCESS_WRITER] = ROLE_WRITER,
		[ACCESS_ADMIN] = ROLE_ADMIN,
	};
	enum role role;
	const char *owner = request_param(req, "owner");
	const char *repo = request_param(req, "repo");

	if (req->route->access <= ACCESS_KNOWN)
		return 1;
	role = roles[req->route->access];
	if (actor_may(req->actor, role, owner, repo))
		return 1;
	return denial_set(no, 403, "not-allowed", arena_printf(req->a,
	    "this needs the role %s for %s%s%s; you are %s", role_name(role),
	    owner != NULL ? owner : "everything", repo != NULL ? "/" : "",
	    repo != NULL ? repo : "", actor_text(req->actor, req->a)));
}

int
auth_admit(struct web *w, struct request *req, struct denial *no,
    struct err *err)
{
	const char *wrong;
	int rc;

	if (req->route->access == ACCESS_BLIND)
		return 1;
	if (auth_find(w, req, &wrong, err) == -1)
		return -1;
	if (wrong != NULL)
		return denial_set(no, 401, "token-unknown", wrong);
	if (!request_reads(req) && bearer(w, req) == NULL &&
	    is_cross_site(w, req))
		return denial_set(no, 403, "cross-site", arena_printf(req->a,
		    "this was sent by a page of another site; pages of this "
		    "one are below %s/", w->config->base_url));
	rc = check_signed_in(req, no);
	if (rc == 1)
		rc = sight_check(w, req, no, err);
	return rc == 1 ? check_role(req, no) : rc;
}

int
auth_confirm(const struct request *req, struct denial *no)
{
	const struct actor *who = req->actor;
	const char *given;

	if (who == NULL || who->session == NULL || request_reads(req))
		return 1;
	given = json_string_value(body_value(req, FORM_FIELD));
	if (given == NULL)
		given = request_header(req, FORM_HEADER);
	if (given != NULL && strlen(given) == strlen(who->form) &&
	    sodium_memcmp(given, who->form, strlen(given)) == 0)
		return 1;
	return denial_set(no, 403, "form-token", "this form does not belong "
	    "to your session: load its page again, and send it again");
}
