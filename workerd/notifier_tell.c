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
#include "lib/render/look.h"
#include "lib/render/words.h"

/* A number in the message's data; 0: it has none. */
static int64_t
number_in(const struct sending *s, const char *name)
{
	json_t *data = s->m.data == NULL ? NULL :
	    json_loads(s->m.data, 0, NULL);
	int64_t value = json_integer_value(json_object_get(data, name));

	json_decref(data);
	return value;
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
	struct str url = STR_INIT;

	t->what = t->waits != NULL ? "waiting" : machine_state_name(
	    MACHINE_RUN, (int)t->run.state);
	t->title = arena_printf(&s->a, "%s/%s#%" PRId64 ": %s %s on %s",
	    t->run.owner, t->run.name, t->run.number, t->run.workflow,
	    t->waits != NULL ? "waits" : t->what, t->run.branch);
	t->words = t->waits != NULL ? arena_printf(&s->a, "%s waits%s%s",
	    t->waits->title, t->waits->reason != NULL ? ": " : "",
	    t->waits->reason != NULL ? t->waits->reason : "") :
	    words_run(&t->run, t->jobs, t->n_jobs, &s->a);
	str_addf(&url, "%s/", n->program.config.base_url);
	layout_page_run(&url, t->run.owner, t->run.name, t->run.number);
	t->url = arena_strdup(&s->a, url.s);
	str_release(&url);
	t->id = t->waits != NULL ? arena_printf(&s->a, "%s-waiting-%" PRId64,
	    t->run.uuid, t->waits->id) : arena_strdup(&s->a, t->run.uuid);
	t->at_ms = t->waits != NULL ? s->m.created_at_ms :
	    t->run.finished_at_ms;
}

int
tell_read(struct notifier *n, struct sending *s, struct tell *out,
    struct err *err)
{
	int64_t waits = number_in(s, "waiting");
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
		if (out->jobs[i].id == waits)
			out->waits = &out->jobs[i];
	if (waits != 0 && (out->waits == NULL ||
	    out->waits->state != JOB_WAITING))
		return 0; /* it waits no more */
	say_run(n, s, out);
	return 1;
}
