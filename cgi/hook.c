/*
 * hook.c - pawl-hook: webhooks in.
 *
 * Length first, then signature over the raw body, then parsing; then the
 * delivery is stored durably as it came, answered, and workerd is woken.
 * Nothing is planned here. Every refusal is recorded with its reason.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/wake.h"
#include "lib/forge/forge.h"
#include "lib/render/json.h"
#include "lib/store/deliveries.h"
#include "lib/store/repos.h"
#include "lib/web/problem.h"
#include "lib/web/serve.h"

#define MAX_DELIVERY_ID 128
#define SNIPPET_BYTES 160
#define MAX_REFUSED_URI 400

/* When the database is locked: so many more tries, each after 100 ms +- 50
 * ms of its own, and no new one after the time that the quickest forge waits
 * for its answer. */
#define BUSY_RETRIES 5
#define BUSY_WAIT_MS 50
#define BUSY_JITTER_MS 100
#define BUSY_GIVE_UP_MS 4000

static int
receive(struct web *w, struct request *req, struct response *res,
    struct err *err);

static const struct route routes[] = {
	/* method    path                               body          handler */
	{ METHOD_POST, "hook/{forge}",                  BODY_WEBHOOK, receive },
	{ METHOD_POST, "hook/{forge}/{owner}/{repo}",   BODY_WEBHOOK, receive },
	/* Other spellings in use. */
	{ METHOD_POST, "webhook/{forge}",               BODY_WEBHOOK, receive },
	{ METHOD_POST, "webhooks/{forge}",              BODY_WEBHOOK, receive },
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
	    "invalid signature format: the signature's header is not an "
	    "HMAC-SHA256 in hexadecimal digits" },
	[FORGE_SIGNATURE_WRONG] = { "signature-wrong",
	    "invalid signature: the secrets of the webhook and of Pawl "
	    "differ" },
};

/* One delivery on its way. */
struct hook {
	struct web *w;
	struct store *st;
	struct request *req;
	struct response *res;
	const struct forge *forge;
	const char *event;       /* the forge's word */
	enum forge_event kind;
	const char *forge_id;
	struct repo repo;        /* id 0: none is named */
};

/* The start of a body for people to see what it was. */
static const char *
snippet(const struct request *req)
{
	size_t len = req->body.len < SNIPPET_BYTES ?
	    req->body.len : SNIPPET_BYTES;
	char *s = arena_strndup(req->a, req->body.s, len);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] > 0x7e)
			s[i] = '.';
	}
	return s;
}

static void
record(struct web *w, const struct request *req, int status,
    const char *detail)
{
	struct refusal r = {
		.at_ms = clock_now_ms(),
		.path = arena_strndup(req->a, req->uri,
		    strnlen(req->uri, MAX_REFUSED_URI)),
		.remote_addr = req->remote_addr,
		.status = status,
		.reason = detail,
		.snippet = snippet(req),
	};
	struct err err = { 0 };
	struct store *st = web_store(w, &err);

	if (st == NULL || refusal_record(st, &r, &err) == -1)
		log_err("refusal not recorded", &err);
}

/* Refused: told, logged, and kept for the administrator. When the database
 * itself is the trouble, the log is all there is. */
static void
refuse(struct web *w, struct request *req, struct response *res, int status,
    const char *code, const char *detail)
{
	log_write(status < 500 ? LOG_WARN : LOG_ERROR, "webhook refused",
	    LOG_FIELDS(LOG_INT("status", status), LOG_STR("code", code),
	    LOG_STR("reason", detail), LOG_STR("uri", req->uri),
	    LOG_STR("remote_addr", req->remote_addr)));
	if (status < 500)
		record(w, req, status, detail);
	problem_write(res, req, status, code, detail);
}

/* For `return` from a step of receive(): the answer is complete. */
static int
deny(struct hook *h, int status, const char *code, const char *detail)
{
	refuse(h->w, h->req, h->res, status, code, detail);
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

/* The steps of a delivery return 1: go on, 0: answered, -1: err. */

static int
check_headers(struct hook *h)
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
static int
find_named_repo(struct hook *h, struct err *err)
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

static int
check_signature(struct hook *h, struct err *err)
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

static int
check_event(struct hook *h)
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

static int
read_payload(struct hook *h, struct err *err)
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

/* What may matter later, and never the signature. */
static const char *
kept_headers(const struct hook *h)
{
	const char *const names[] = {
		forge_event_header(h->forge), forge_delivery_header(h->forge),
		"Content-Type", "User-Agent", "X-GitHub-Hook-ID",
	};
	json_t *o = json_object();
	struct str text = STR_INIT;
	const char *kept;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = request_header(h->req, names[i]);

		if (v != NULL) /* refused when it is not UTF-8 */
			json_object_set_new(o, names[i], json_string(v));
	}
	json_print(o, &text);
	json_decref(o);
	kept = arena_strdup(h->req->a, text.s);
	str_release(&text);
	return kept;
}

/* Store it, again while the database is locked. */
static int
store_patiently(struct store *st, struct delivery *d, struct err *err)
{
	int64_t began_ms = clock_mono_ms();

	for (int i = 0;; i++) {
		int rc = delivery_receive(st, d, err);
		long wait_ms = BUSY_WAIT_MS +
		    (long)randombytes_uniform(BUSY_JITTER_MS + 1);
		struct timespec ts = { 0, wait_ms * 1000000 };

		if (rc != -1 || err->code != ERR_BUSY || i == BUSY_RETRIES ||
		    clock_mono_ms() - began_ms > BUSY_GIVE_UP_MS)
			return rc;
		err_clear(err);
		nanosleep(&ts, NULL);
	}
}

/* 202 with where the verdict will stand; 200 when there is nothing to wait
 * for. */
static void
answer(struct hook *h, const struct delivery *d, bool duplicate)
{
	struct str url = STR_INIT;
	json_t *o;

	o = json_pack("{s:s?, s:b, s:s?}", "id",
	    d->id[0] != '\0' ? d->id : NULL, "duplicate", duplicate,
	    "verdict", duplicate ?
	    "this delivery was received before" : d->verdict);
	h->res->status = d->verdict == NULL && !duplicate ? 202 : 200;
	if (d->id[0] != '\0') {
		str_addf(&url, "%s/api/v1/deliveries/%s",
		    h->w->config->base_url, d->id);
		response_header(h->res, "Location", url.s);
		json_object_set_new(o, "url", json_string(url.s));
	}
	h->res->type = "application/json";
	json_print(o, &h->res->body);
	json_decref(o);
	str_release(&url);
}

static int
keep(struct hook *h, struct err *err)
{
	struct delivery d = {
		.forge = forge_name(h->forge), .forge_id = h->forge_id,
		.event = h->event, .repo = h->repo.id,
		.headers = kept_headers(h), .body = h->req->body.s,
		.body_len = h->req->body.len,
		.remote_addr = h->req->remote_addr,
		.state = DELIVERY_RECEIVED,
	};
	int rc = 1;

	if (h->kind != FORGE_PUSH) {
		d.state = DELIVERY_IGNORED;
		d.verdict = h->kind == FORGE_PING ?
		    "ping: the webhook and its secret are right" :
		    arena_printf(h->req->a,
		    "event \"%s\" starts no runs", h->event);
	}
	if (h->repo.id != 0)
		rc = store_patiently(h->st, &d, err);
	if (rc == -1)
		return -1;
	log_info(rc == 1 ? "webhook accepted" : "webhook seen before",
	    LOG_STR("delivery", d.id), LOG_STR("forge", d.forge),
	    LOG_STR("forge_id", d.forge_id), LOG_STR("event", d.event),
	    LOG_STR("verdict", d.verdict),
	    LOG_INT("bytes", (int64_t)d.body_len));
	if (rc == 1 && d.state == DELIVERY_RECEIVED)
		wake_send(h->w->config->run_dir);
	answer(h, &d, rc == 0);
	return 0;
}

static int
receive(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct hook h = { .w = w, .req = req, .res = res };
	int rc;

	if ((rc = check_headers(&h)) != 1)
		return rc;
	h.st = web_store(w, err);
	if (h.st == NULL)
		return -1;
	if ((rc = find_named_repo(&h, err)) != 1 ||
	    (rc = check_signature(&h, err)) != 1 ||
	    (rc = check_event(&h)) != 1 ||
	    (rc = read_payload(&h, err)) != 1)
		return rc;
	return keep(&h, err);
}

int
main(int argc, char **argv)
{
	static const struct web_app app = {
		"pawl-hook", routes, ARRAY_LEN(routes), refuse,
	};

	return web_main(&app, argc, argv);
}
