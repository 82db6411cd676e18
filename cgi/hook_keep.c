/*
 * hook_keep.c - a delivery that was accepted: stored, then answered.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/hook.h"

#include <jansson.h>
#include <sodium.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/retries.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/deliveries.h"

/* When too much waits to be planned. */
#define FULL_WAIT_MS 30000

static void
keep_header(const struct hook *h, json_t *o, const char *name)
{
	const char *v = name != NULL ? request_header(h->req, name) : NULL;

	if (v != NULL) /* refused when it is not UTF-8 */
		json_object_set_new(o, name, json_string(v));
}

/* What may matter later, and never the signature. */
static const char *
kept_headers(const struct hook *h)
{
	static const char *const names[] = { "Content-Type", "User-Agent",
		"X-GitHub-Hook-ID", "X-Gitlab-Instance",
		"X-Gitlab-Webhook-UUID", "X-Hook-UUID", "X-Attempt-Number",
		"webhook-timestamp",
	};
	json_t *o = json_object();
	struct str text = STR_INIT;
	const char *kept;

	for (size_t i = 0; i < FORGE_HEADERS; i++) {
		keep_header(h, o, forge_event_header(h->forge, i));
		keep_header(h, o, forge_delivery_header(h->forge, i));
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		keep_header(h, o, names[i]);
	json_print(o, &text);
	json_decref(o);
	kept = arena_strdup(h->req->a, text.s);
	str_release(&text);
	return kept;
}

/* Store it, again while the database is locked. */
static int
store_patiently(struct hook *h, struct delivery *d, int64_t *wait_ms,
    struct err *err)
{
	const struct hook_limits limits = { h->w->config->webhook_rate,
		h->w->config->inbox_max };
	int64_t began_ms = clock_mono_ms();

	for (int i = 0;; i++) {
		int rc = delivery_receive_hook(h->st, d, h->secret,
		    &limits, wait_ms, err);
		long pause_ms = RETRY_HOOK_PAUSE_MS +
		    (long)randombytes_uniform(RETRY_HOOK_JITTER_MS + 1);
		struct timespec ts = { 0, pause_ms * 1000000 };

		if (rc != -1 || err->code != ERR_BUSY || i == RETRY_HOOK_TRIES ||
		    clock_mono_ms() - began_ms > RETRY_HOOK_GIVE_UP_MS)
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

/* The forge, or whoever has its secret, sends too much; or (`full`) planning
 * does not keep up. */
static int
refuse_for_now(struct hook *h, bool full, int64_t wait_ms)
{
	const struct config *c = h->w->config;

	hook_refuse(h->w, h->req, h->res, 429, full ? "inbox-full" :
	    "too-many", full ? arena_printf(h->req->a, "%s/%s must wait: of "
	    "the deliveries that \"inbox-max\" lets wait for planning, %lld, "
	    "there are enough; send it again later", h->repo.owner,
	    h->repo.name, (long long)c->inbox_max) :
	    arena_printf(h->req->a, "%s/%s has had %d deliveries in a minute, "
	    "the most that \"webhook-rate\" allows: send it again later",
	    h->repo.owner, h->repo.name, c->webhook_rate));
	response_header(h->res, "Retry-After", arena_printf(h->req->a,
	    "%lld", (long long)(wait_ms + 999) / 1000));
	return 0;
}

int
hook_keep(struct hook *h, struct err *err)
{
	struct delivery d = {
		.forge = forge_name(h->forge), .forge_id = h->forge_id,
		.event = h->event, .repo = h->repo.id,
		.headers = kept_headers(h), .body = h->req->body.s,
		.body_len = h->req->body.len,
		.remote_addr = h->req->remote_addr,
		.state = DELIVERY_RECEIVED,
	};
	int64_t wait_ms = 0;
	int rc = 1;

	if (h->kind == FORGE_PING || h->kind == FORGE_OTHER) {
		d.state = DELIVERY_IGNORED;
		d.verdict = h->why;
	}
	if (h->repo.id != 0)
		rc = store_patiently(h, &d, &wait_ms, err);
	if (rc == -1)
		return -1;
	if (rc == 2 || rc == 3)
		return refuse_for_now(h, rc == 3, rc == 3 ? FULL_WAIT_MS :
		    wait_ms);
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
