/*
 * notifier_tell.c - what a rule's message tells, before it has a form.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/render/look.h"
#include "lib/render/words.h"
#include "lib/store/gates.h"

/* A number in the message's data; 0: it has none. */
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
		say_test(n, s, out);
		return 1;
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
