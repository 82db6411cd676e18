/*
 * hook_check.c - what a webhook must prove before it is kept.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/hook.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/hook_secrets.h"
#include "lib/web/problem.h"

#define MAX_DELIVERY_ID 128
#define MAX_SECRETS 32

static_assert(MAX_SECRETS >= HOOK_SECRETS_MAX, "all of a repository's");

/* What a request may be signed with. */
struct secrets {
	const char *values[MAX_SECRETS];
	int64_t ids[MAX_SECRETS]; /* 0: of the configuration */
	size_t n;
};

static const char *const content_types[] = {
	"application/json",
	"application/x-www-form-urlencoded",
};

static const struct {
	const char *code;
	const char *detail;
} signature_problems[] = {
	[FORGE_SIGNED] = { NULL, NULL },
	[FORGE_SIGNATURE_MISSING] = { "signature-missing",
	    "the request is not signed: set a secret in the webhook's "
	    "settings" },
	[FORGE_SIGNATURE_MALFORMED] = { "signature-malformed",
	    "invalid signature format: the signature's header does not have "
	    "the form in which this forge signs with HMAC-SHA256" },
	[FORGE_SIGNATURE_WRONG] = { "signature-wrong",
	    "invalid signature: the secrets of the webhook and of Pawl "
	    "differ" },
	[FORGE_SIGNATURE_OLD] = { "signature-old",
	    "the signature is right, but its webhook-timestamp is more than "
	    "5 minutes from now: look at the clocks of both hosts" },
};

static_assert(FORGE_SIGNATURE_WINDOW_S == 300, "the text says so");

/* For `return` from a step of receive(): the answer is complete. */
static int
deny(struct hook *h, int status, const char *code, const char *detail)
{
	hook_refuse(h->w, h->req, h->res, status, code, detail);
	return 0;
}

static bool
printable(const char *s, size_t max, char first)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++) {
		if (s[i] < first || s[i] >= 0x7f)
			return false;
	}
	return len > 0 && len <= max;
}

static int
say_unknown_forge(struct hook *h)
{
	struct str known = STR_INIT;
	int rc;

	forge_names(&known);
	rc = deny(h, 404, "unknown-forge", arena_printf(h->req->a, "there is "
	    "no such forge: this server knows %s", known.s));
	str_release(&known);
	return rc;
}

int
hook_check_headers(struct hook *h)
{
	const char *type = request_content_type(h->req);
	bool known = false;

	/* "webhook" alone is for who has no forge. */
	h->forge = forge_find(request_param(h->req, "forge") != NULL ?
	    request_param(h->req, "forge") : "generic");
	if (h->forge == NULL)
		return say_unknown_forge(h);
	for (size_t i = 0; i < ARRAY_LEN(content_types); i++)
		known |= strcmp(type, content_types[i]) == 0;
	if (!known)
		return deny(h, 415, "content-type",
		    "the body must be application/json or "
		    "application/x-www-form-urlencoded");
	return 1;
}

/* The repository that the address names. */
int
hook_find_named_repo(struct hook *h, struct err *err)
{
	const char *owner = request_param(h->req, "owner");
	int found;

	if (owner == NULL)
		return 1;
	found = repo_find(h->st, owner, request_param(h->req, "repo"),
	    h->req->a, &h->repo, err);
	if (found == -1)
		return -1;
	if (found == 0 || strcmp(h->repo.forge, forge_name(h->forge)) != 0)
		return deny(h, 404, "unknown-repository",
		    "no repository of this name is registered for this "
		    "forge: pawl repo add");
	return 1;
}

/* Those of the repository, opened. */
static int
own_secrets(struct hook *h, struct secrets *out, struct err *err)
{
	struct hook_secret *list;
	size_t n;

	if (hook_secret_open(h->st, h->repo.id, h->req->a, &list, &n, err) ==
	    -1) {
		err_not_asked(err);
		return -1;
	}
	for (size_t i = 0; i < n && out->n < MAX_SECRETS; i++) {
		out->ids[out->n] = list[i].id;
		out->values[out->n++] = list[i].value;
	}
	return 0;
}

/* The secrets of which one must have signed: the repository's own where the
 * address names one that has any, else the configuration's for the forge. */
static int
find_secrets(struct hook *h, struct secrets *out, struct err *err)
{
	const struct config *c = h->w->config;

	if (h->repo.id != 0 && h->repo.has_hook_secret) {
		if (own_secrets(h, out, err) == -1)
			return -1;
		return out->n > 0 ? 1 : deny(h, 403, "no-secret",
		    "all webhook secrets of the repository have ended: pawl "
		    "repo secret add");
	}
	for (size_t i = 0; i < c->n_webhook_secrets; i++)
		if (strcmp(c->webhook_secrets[i].name,
		    forge_name(h->forge)) == 0 && out->n < MAX_SECRETS)
			out->values[out->n++] = c->webhook_secrets[i].value;
	if (out->n > 0)
		return 1;
	return deny(h, 403, "no-secret", arena_printf(h->req->a,
	    "%s secret not configured: nothing is accepted unsigned%s",
	    forge_name(h->forge), c->n_denied == 0 ? "" :
	    " (secret files that this program may not read do not "
	    "count)"));
}

static const char *
any_header(void *ctx, const char *name)
{
	return request_header(ctx, name);
}

int
hook_check_signature(struct hook *h, struct err *err)
{
	const struct forge_request r = { h->req->body.s, h->req->body.len,
		any_header, h->req, clock_now_ms() / 1000 };
	struct secrets secrets = { .n = 0 };
	enum forge_signature s;
	size_t which;
	int rc = find_secrets(h, &secrets, err);

	if (rc != 1)
		return rc;
	s = forge_verify(h->forge, &r, secrets.values, secrets.n, &which);
	if (s != FORGE_SIGNED)
		return deny(h, 403, signature_problems[s].code,
		    signature_problems[s].detail);
	h->secret = secrets.ids[which];
	return 1;
}

/* The first of a forge's headers that was sent; NULL: none. */
static const char *
sent_header(const struct hook *h,
    const char *(*name)(const struct forge *f, size_t i))
{
	const char *s = NULL;

	for (size_t i = 0; name(h->forge, i) != NULL && s == NULL; i++)
		s = request_header(h->req, name(h->forge, i));
	return s;
}

int
hook_check_event(struct hook *h)
{
	h->event = sent_header(h, forge_event_header);
	h->forge_id = sent_header(h, forge_delivery_header);
	if (forge_event_header(h->forge, 0) != NULL && (h->event == NULL ||
	    !printable(h->event, FORGE_MAX_NAME, ' ')))
		return deny(h, 400, "event-missing", arena_printf(h->req->a,
		    "header %s is missing or malformed",
		    forge_event_header(h->forge, 0)));
	if (h->forge_id == NULL ||
	    !printable(h->forge_id, MAX_DELIVERY_ID, '!'))
		return deny(h, 400, "delivery-id-missing", arena_printf(
		    h->req->a, "header %s is missing or malformed: without it "
		    "a delivery that is sent twice cannot be told",
		    forge_delivery_header(h->forge, 0)));
	return 1;
}

/* A payload must speak of the repository that the address names; without one
 * in the address it says which it is. */
static int
match_repo(struct hook *h, const struct forge_repo *told, struct err *err)
{
	int found;

	if (h->repo.id != 0) {
		if (strcasecmp(h->repo.owner, told->owner) == 0 &&
		    strcasecmp(h->repo.name, told->name) == 0)
			return 1;
		return deny(h, 400, "other-repository", arena_printf(
		    h->req->a, "the payload is about \"%s/%s\", but the "
		    "address belongs to \"%s/%s\"", told->owner, told->name,
		    h->repo.owner, h->repo.name));
	}
	found = repo_find(h->st, told->owner, told->name, h->req->a, &h->repo,
	    err);
	if (found == -1)
		return -1;
	if (found == 0 || strcmp(h->repo.forge, forge_name(h->forge)) != 0)
		return deny(h, 404, "unknown-repository", arena_printf(
		    h->req->a, "repository \"%s/%s\" is not registered for "
		    "this forge: pawl repo add", told->owner, told->name));
	return 1;
}

/* What the handler keeps of a payload lives in the request's arena. */
static int
read_payload(struct hook *h, struct forge_delivery *d, struct err *err)
{
	const struct forge_repo known = { h->repo.owner, h->repo.name,
		h->repo.clone_url, NULL, h->repo.default_branch };
	const struct str *body = &h->req->body;
	int rc = forge_read(h->forge, h->event,
	    h->repo.id != 0 ? &known : NULL, body->s, body->len, h->req->a,
	    d, err);

	forge_delivery_release(d);
	return rc;
}

int
hook_read_payload(struct hook *h, struct err *err)
{
	struct forge_delivery d;
	int rc;

	if (read_payload(h, &d, err) == -1) {
		rc = deny(h, problem_status(err->code), "payload", err->text);
		err_clear(err);
		return rc;
	}
	h->event = d.event;
	h->kind = d.kind;
	h->why = d.why;
	return d.has_repo ? match_repo(h, &d.repo, err) : 1;
}
