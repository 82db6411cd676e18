/*
 * hook_check.c - what a webhook must prove before it is kept.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/hook.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/web/problem.h"

#define MAX_DELIVERY_ID 128

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
	    "invalid signature format: the signature's header is not an "
	    "HMAC-SHA256 in hexadecimal digits" },
	[FORGE_SIGNATURE_WRONG] = { "signature-wrong",
	    "invalid signature: the secrets of the webhook and of Pawl "
	    "differ" },
};

/* For `return` from a step of receive(): the answer is complete. */
static int
deny(struct hook *h, int status, const char *code, const char *detail)
{
	hook_refuse(h->w, h->req, h->res, status, code, detail);
	return 0;
}

static bool
printable(const char *s, size_t max)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++) {
		if (s[i] <= 0x20 || s[i] >= 0x7f)
			return false;
	}
	return len > 0 && len <= max;
}

int
hook_check_headers(struct hook *h)
{
	const char *type = request_content_type(h->req);
	bool known = false;

	h->forge = forge_find(request_param(h->req, "forge"));
	if (h->forge == NULL)
		return deny(h, 404, "unknown-forge",
		    "there is no such forge: this server knows github, gitea "
		    "and forgejo");
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

/* The secret that must have signed: the repository's own where the address
 * names one that has it, else the configuration's for the forge. */
static int
find_secret(struct hook *h, const char **secret, struct err *err)
{
	const struct config *c = h->w->config;
	int found = 0;

	if (h->repo.id != 0)
		found = repo_hook_secret(h->st, h->repo.id, h->req->a, secret,
		    err);
	if (found == -1) {
		err_not_asked(err);
		return -1;
	}
	for (size_t i = 0; found == 0 && i < c->n_webhook_secrets; i++) {
		if (strcmp(c->webhook_secrets[i].name,
		    forge_name(h->forge)) != 0)
			continue;
		*secret = c->webhook_secrets[i].value;
		found = 1;
	}
	if (found == 0 || (*secret)[0] == '\0')
		return deny(h, 403, "no-secret", arena_printf(h->req->a,
		    "%s secret not configured: nothing is accepted unsigned%s",
		    forge_name(h->forge), c->n_denied == 0 ? "" :
		    " (secret files that this program may not read do not "
		    "count)"));
	return 1;
}

int
hook_check_signature(struct hook *h, struct err *err)
{
	const char *secret = NULL;
	enum forge_signature s;
	int rc = find_secret(h, &secret, err);

	if (rc != 1)
		return rc;
	s = forge_verify(h->forge, secret, h->req->body.s, h->req->body.len,
	    request_header(h->req, forge_signature_header(h->forge)));
	if (s != FORGE_SIGNED)
		return deny(h, 403, signature_problems[s].code,
		    signature_problems[s].detail);
	return 1;
}

int
hook_check_event(struct hook *h)
{
	h->event = request_header(h->req, forge_event_header(h->forge));
	h->forge_id = request_header(h->req,
	    forge_delivery_header(h->forge));
	if (h->event == NULL || !printable(h->event, FORGE_MAX_NAME))
		return deny(h, 400, "event-missing", arena_printf(h->req->a,
		    "header %s is missing or malformed",
		    forge_event_header(h->forge)));
	if (h->forge_id == NULL || !printable(h->forge_id, MAX_DELIVERY_ID))
		return deny(h, 400, "delivery-id-missing", arena_printf(
		    h->req->a, "header %s is missing or malformed: without it "
		    "a delivery that is sent twice cannot be told",
		    forge_delivery_header(h->forge)));
	h->kind = forge_event_kind(h->forge, h->event);
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

int
hook_read_payload(struct hook *h, struct err *err)
{
	const struct str *body = &h->req->body;
	struct push_event push;
	int rc;

	if (h->kind == FORGE_PUSH)
		rc = forge_parse_push(h->forge, body->s, body->len, h->req->a,
		    &push, err) == -1 ? -1 : 1;
	else
		rc = forge_parse_repo(h->forge, body->s, body->len, h->req->a,
		    &push.repo, err);
	if (rc == -1) {
		rc = deny(h, problem_status(err->code), "payload", err->text);
		err_clear(err);
		return rc;
	}
	return rc == 0 ? 1 : match_repo(h, &push.repo, err);
}
