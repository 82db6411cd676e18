/*
 * notifier_tell.c - what a rule's message tells, before it has a form.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/render/look.h"
#include "lib/render/words.h"
#include "lib/store/gates.h"

/* Is it about something that waits? Then *job is its id, 0 of the run. */
static bool
is_waiting(const struct sending *s, int64_t *job)
{
	json_t *data = s->m.data == NULL ? NULL :
	    json_loads(s->m.data, 0, NULL);
	json_t *value = json_object_get(data, "waiting");
	bool waits = json_is_integer(value);

	*job = json_integer_value(value);
	json_decref(data);
	return waits;
}

/* Why a run waits before its jobs: 1, 0 when it waits no more, -1. */
static int
read_held(struct notifier *n, struct sending *s, struct tell *t,
    struct err *err)
{
	struct gate *list;
	size_t n_gates;

	if (gate_list_run(n->program.store, t->run.id, &s->a, &list,
	    &n_gates, err) == -1)
		return -1;
	for (size_t i = 0; i < n_gates; i++)
		if (list[i].job == 0 && str_equal(list[i].state, "open"))
			t->held = list[i].reason;
	return t->held != NULL;
}

static int
read_rule(struct notifier *n, struct sending *s, struct tell *t,
    struct err *err)
{
	struct store *st = n->program.store;
	int rc = notify_find(st, s->m.rule, &s->a, &t->rule, err);

	if (rc == 1 && notify_secret(st, &t->rule, &s->a, &t->secret, err) ==
	    -1)
		rc = -1;
	return rc;
}

static void
say_test(struct notifier *n, struct sending *s, struct tell *t)
{
	t->test = true;
	t->what = "test";
	t->title = arena_printf(&s->a, "%s: a test",
	    n->program.config.site_name);
	t->words = "this is how a notification arrives";
	t->url = n->program.config.base_url;
	t->id = arena_printf(&s->a, "test-%" PRId64 "-%" PRId64, t->rule.id,
	    s->m.created_at_ms);
	t->at_ms = s->m.created_at_ms;
}

/* --- alerts ------------------------------------------------------------------- */

/* Of whose numbers it is told. */
static int
read_place(struct notifier *n, struct sending *s, struct tell_alert *al,
    struct err *err)
{
	struct repo repo;
	int rc;

	al->place = n->program.config.site_name;
	if (s->m.repo == 0)
		return 1;
	rc = repo_find_id(n->program.store, s->m.repo, &s->a, &repo, err);
	if (rc == 1)
		al->place = arena_printf(&s->a, "%s/%s", repo.owner,
		    repo.name);
	return rc;
}

static const char *
text_in(const json_t *alert, const char *name, struct arena *a)
{
	const char *text = json_string_value(json_object_get(alert, name));

	return text == NULL ? NULL : arena_strdup(a, text);
}

/* As it stood then, which the message has kept. */
static void
unpack_alert(const json_t *json, struct arena *a, struct tell *t,
    int64_t rule)
{
	struct tell_alert *al = &t->alert;

	al->firing = json_is_true(json_object_get(json, "firing"));
	al->name = text_in(json, "name", a);
	al->severity = text_in(json, "severity", a);
	al->condition = text_in(json, "condition", a);
	al->value = text_in(json, "value", a);
	al->workflow = text_in(json, "workflow", a);
	al->step = text_in(json, "step", a);
	al->window_ms = json_integer_value(json_object_get(json,
	    "window_ms"));
	t->at_ms = json_integer_value(json_object_get(json, "at_ms"));
	t->id = arena_printf(a, "alert-%s-%" JSON_INTEGER_FORMAT "-%" PRId64,
	    al->name != NULL ? al->name : "", json_integer_value(
	    json_object_get(json, "number")), rule);
}

static void
say_alert(struct notifier *n, struct sending *s, struct tell *t)
{
	const struct tell_alert *al = &t->alert;
	struct str words = STR_INIT;
	char window[CLOCK_TEXT_SIZE];

	t->what = al->firing ? "firing" : "cleared";
	t->title = arena_printf(&s->a, "%s: alert %s %s", al->place,
	    al->name, al->firing ? "fires" : "is over");
	str_addf(&words, "%s: %s, over %s", al->severity, al->condition,
	    clock_duration(al->window_ms, window));
	if (al->workflow != NULL)
		str_addf(&words, ", of %s", al->workflow);
	if (al->step != NULL)
		str_addf(&words, ", step \"%s\"", al->step);
	str_addf(&words, "; now %s", al->value != NULL ? al->value :
	    "there is nothing to count");
	t->words = arena_strdup(&s->a, words.s);
	str_release(&words);
	t->url = s->m.repo == 0 ? n->program.config.base_url :
	    arena_printf(&s->a, "%s/%s", n->program.config.base_url,
	    al->place);
}

/* 1; 0: the message is not about one, or its repository is gone; -1. */
static int
read_alert(struct notifier *n, struct sending *s, struct tell *t,
    struct err *err)
{
	json_t *data = s->m.data == NULL ? NULL :
	    json_loads(s->m.data, 0, NULL);
	const json_t *json = json_object_get(data, "alert");
	int rc = 1;

	t->is_alert = json != NULL;
	if (t->is_alert) {
		unpack_alert(json, &s->a, t, t->rule.id);
		if (t->alert.name == NULL || t->alert.severity == NULL ||
		    t->alert.condition == NULL)
			rc = err_set(err, ERR_CORRUPT, "a message about an "
			    "alert says not which");
	}
	json_decref(data);
	if (t->is_alert && rc == 1)
		rc = read_place(n, s, &t->alert, err);
	if (t->is_alert && rc == 1)
		say_alert(n, s, t);
	return rc;
}

/* --- runs --------------------------------------------------------------------- */

static void
say_run(struct notifier *n, struct sending *s, struct tell *t)
{
	bool waits = t->waits != NULL || t->held != NULL;
	struct str url = STR_INIT;

	t->what = waits ? "waiting" : machine_state_name(
	    MACHINE_RUN, (int)t->run.state);
	t->title = arena_printf(&s->a, "%s/%s#%" PRId64 ": %s %s on %s",
	    t->run.owner, t->run.name, t->run.number, t->run.workflow,
	    waits ? "waits" : t->what, t->run.branch);
	if (t->held != NULL)
		t->words = t->held;
	else if (t->waits != NULL)
		t->words = arena_printf(&s->a, "%s waits%s%s",
		    t->waits->title, t->waits->reason != NULL ? ": " : "",
		    t->waits->reason != NULL ? t->waits->reason : "");
	else
		t->words = words_run(&t->run, t->jobs, t->n_jobs, &s->a);
	str_addf(&url, "%s/", n->program.config.base_url);
	layout_page_run(&url, t->run.owner, t->run.name, t->run.number);
	t->url = arena_strdup(&s->a, url.s);
	str_release(&url);
	t->id = waits ? arena_printf(&s->a, "%s-waiting-%" PRId64,
	    t->run.uuid, t->waits != NULL ? t->waits->id : 0) :
	    arena_strdup(&s->a, t->run.uuid);
	t->at_ms = waits ? s->m.created_at_ms :
	    t->run.finished_at_ms;
}

int
tell_read(struct notifier *n, struct sending *s, struct tell *out,
    struct err *err)
{
	int64_t job;
	bool waits = is_waiting(s, &job);
	struct store *st = n->program.store;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = read_rule(n, s, out, err);
	if (rc == 1 && s->m.run == 0) {
		rc = read_alert(n, s, out, err);
		if (rc == 1 && !out->is_alert)
			say_test(n, s, out);
		return rc;
	}
	if (rc == 1)
		rc = run_find_id(st, s->m.run, &s->a, &out->run, err);
	if (rc != 1)
		return rc;
	if (job_list(st, s->m.run, &s->a, &out->jobs, &out->n_jobs, err) ==
	    -1)
		return -1;
	for (size_t i = 0; i < out->n_jobs; i++)
		if (waits && out->jobs[i].id == job)
			out->waits = &out->jobs[i];
	if (waits && job == 0)
		rc = read_held(n, s, out, err);
	else if (waits && (out->waits == NULL ||
	    out->waits->state != JOB_WAITING))
		rc = 0; /* it waits no more */
	if (rc != 1)
		return rc;
	say_run(n, s, out);
	return 1;
}

int
notify_json_body(struct sending *s, json_t *body, struct err *err)
{
	char *text = json_dumps(body, JSON_COMPACT);

	json_decref(body);
	if (text == NULL)
		return err_set(err, ERR_BUG, "a message cannot be written");
	s->out.body = arena_strdup(&s->a, text);
	free(text);
	outgoing_header(&s->out, &s->a, "Content-Type", "application/json");
	return 1;
}
