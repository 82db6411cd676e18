/*
 * notifier_webhook.c - kind "webhook": a CloudEvent (version 1.0, structured
 * content mode, JSON), signed as Standard Webhooks say, which is how Pawl's own
 * "generic" webhooks are signed, too.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/forge/forge.h"
#include "lib/render/json.h"

/* The type of an event is one of these with what has happened. */
#define TYPE_RUN "dev.pawl.run."
#define TYPE_ALERT "dev.pawl.alert."

static json_t *
alert_of(const struct tell_alert *al)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:s?, s:s, s:s?, s:s?, s:I}",
	    "name", al->name, "severity", al->severity, "firing", al->firing,
	    "condition", al->condition, "value", al->value, "of", al->place,
	    "workflow", al->workflow, "step", al->step, "window_ms",
	    (json_int_t)al->window_ms);
}

static json_t *
data_of(struct notifier *n, const struct tell *t)
{
	json_t *data = json_object(), *run, *jobs;

	json_object_set_new(data, "what", json_text_of(t->what));
	json_object_set_new(data, "title", json_text_of(t->title));
	json_object_set_new(data, "summary", json_text_of(t->words));
	json_object_set_new(data, "url", json_text_of(t->url));
	if (t->is_alert)
		json_object_set_new(data, "alert", alert_of(&t->alert));
	if (t->test || t->is_alert)
		return data;
	run = json_run(&n->program.config, &t->run);
	jobs = json_array();
	for (size_t i = 0; i < t->n_jobs; i++)
		json_array_append_new(jobs, json_job(&n->program.config,
		    &t->jobs[i]));
	json_object_set_new(run, "jobs", jobs);
	json_object_set_new(data, "run", run);
	if (t->waits != NULL)
		json_object_set_new(data, "job", json_text_of(t->waits->key));
	return data;
}

static json_t *
event_of(struct notifier *n, struct sending *s, const struct tell *t)
{
	const char *base = n->program.config.base_url;
	char at[CLOCK_TEXT_SIZE];
	json_t *e = json_object();

	json_object_set_new(e, "specversion", json_string("1.0"));
	json_object_set_new(e, "id", json_string(t->id));
	json_object_set_new(e, "source", json_string(t->test || t->is_alert ? base :
	    arena_printf(&s->a, "%s/%s/%s", base, t->run.owner,
	    t->run.name)));
	json_object_set_new(e, "type", json_string(arena_printf(&s->a,
	    "%s%s", t->is_alert ? TYPE_ALERT : TYPE_RUN, t->what)));
	if (t->is_alert)
		json_object_set_new(e, "subject", json_string(arena_printf(
		    &s->a, "alerts/%s", t->alert.name)));
	else if (!t->test)
		json_object_set_new(e, "subject", json_string(arena_printf(
		    &s->a, "runs/%" PRId64, t->run.number)));
	json_object_set_new(e, "time", json_string(clock_rfc3339(t->at_ms,
	    at)));
	json_object_set_new(e, "datacontenttype",
	    json_string("application/json"));
	json_object_set_new(e, "data", data_of(n, t));
	return e;
}

/* The headers of the signature, one of each line. */
static void
sign(struct sending *s, const struct tell *t)
{
	struct str lines = STR_INIT;

	forge_sign(forge_find("generic"), t->secret, NULL, t->id,
	    clock_now_ms() / 1000, s->out.body, strlen(s->out.body), &lines);
	for (const char *p = lines.s; *p != '\0'; p += strcspn(p, "\n") + 1)
		if (s->out.n_headers < OUTGOING_MAX_HEADERS)
			s->out.headers[s->out.n_headers++] = arena_strndup(
			    &s->a, p, strcspn(p, "\n"));
	str_release(&lines);
}

int
webhook_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct tell t;
	json_t *event;
	char *text;
	int rc = tell_read(n, s, &t, err);

	if (rc != 1)
		return rc;
	event = event_of(n, s, &t);
	text = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	if (text == NULL)
		return err_set(err, ERR_BUG, "an event cannot be written");
	memset(&s->out, 0, sizeof(s->out));
	s->out.method = "POST";
	s->out.url = t.rule.target;
	s->out.host = t.rule.host;
	s->out.body = arena_strdup(&s->a, text);
	free(text);
	outgoing_header(&s->out, &s->a, "Content-Type",
	    "application/cloudevents+json; charset=UTF-8");
	if (t.secret != NULL)
		sign(s, &t);
	return 1;
}
