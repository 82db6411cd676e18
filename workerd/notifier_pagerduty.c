/*
 * notifier_pagerduty.c - kind "pagerduty": an incident that is opened and
 * closed again.
 *
 * Events API v2 of PagerDuty (developer.pagerduty.com, "Send an Alert Event"),
 * which others take as well. What failed and what does well again have the same
 * key, so an incident ends when its cause does.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/render/json.h"

#define SUMMARY_MAX 1024 /* the service takes no longer one */
#define KEY_MAX 255

/* "trigger", "resolve"; NULL: it is none of a pager's business. */
static const char *
action(const struct tell *t)
{
	if (t->is_alert)
		return t->alert.firing ? "trigger" : "resolve";
	if (t->test || str_equal(t->what, "failed"))
		return "trigger";
	return str_equal(t->what, "succeeded") ? "resolve" : NULL;
}

/* Of one alert, or of one workflow on one branch. */
static const char *
dedup_key(const struct tell *t, struct arena *a)
{
	const char *key;

	if (t->test)
		key = t->id;
	else if (t->is_alert)
		key = arena_printf(a, "pawl alert %s", t->alert.name);
	else
		key = arena_printf(a, "pawl %s/%s %s %s", t->run.owner,
		    t->run.name, t->run.file, t->run.branch);
	return strlen(key) <= KEY_MAX ? key : arena_strndup(a, key, KEY_MAX);
}

static json_t *
payload(struct notifier *n, struct sending *s, const struct tell *t)
{
	const char *severity = t->test ? "info" : t->is_alert ?
	    t->alert.severity : "error";
	char at[CLOCK_TEXT_SIZE];
	json_t *p = json_object();

	json_object_set_new(p, "summary", json_text_of(arena_printf(&s->a,
	    "%.*s", SUMMARY_MAX / 4, t->title)));
	json_object_set_new(p, "source", json_text_of(
	    n->program.config.base_url));
	json_object_set_new(p, "severity", json_string(severity));
	json_object_set_new(p, "timestamp", json_string(clock_rfc3339(
	    t->at_ms, at)));
	json_object_set_new(p, "custom_details", json_pack("{s:o}", "what",
	    json_text_of(t->words)));
	return p;
}

int
pagerduty_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct tell t;
	json_t *body;
	int rc = tell_read(n, s, &t, err);

	if (rc != 1 || action(&t) == NULL)
		return rc == -1 ? -1 : 0;
	if (t.secret == NULL)
		return err_set(err, ERR_INVALID, "the rule has no key");
	memset(&s->out, 0, sizeof(s->out));
	s->out.method = "POST";
	s->out.url = t.rule.target + strlen("pagerduty:");
	s->out.host = t.rule.host;
	body = json_object();
	json_object_set_new(body, "routing_key", json_string(t.secret));
	json_object_set_new(body, "event_action", json_string(action(&t)));
	json_object_set_new(body, "dedup_key", json_text_of(dedup_key(&t,
	    &s->a)));
	json_object_set_new(body, "client", json_text_of(
	    n->program.config.site_name));
	json_object_set_new(body, "client_url", json_text_of(t.url));
	json_object_set_new(body, "payload", payload(n, s, &t));
	return notify_json_body(s, body, err);
}
