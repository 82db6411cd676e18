/*
 * event.c - does an event start a workflow?
 *
 * The checks are a list in the order in which GitHub's documentation gives
 * them; the first that says no decides, and else the last that had something
 * to say.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/event.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/pipeline.h"

struct check {
	const struct workflow *w;
	const struct workflow_trigger *trigger;
	const struct trigger_event *e;
	struct str why;
	struct pos pos;
	bool skipped;
};

/* Activity types that start a workflow that names none; all others: any. */
static const struct {
	const char *event;
	const char *types[4];
} standard_types[] = {
	{ "pull_request", { "opened", "synchronize", "reopened" } },
	{ "pull_request_target", { "opened", "synchronize", "reopened" } },
};

static bool
is(const struct check *c, const char *event)
{
	return strcmp(c->e->name, event) == 0;
}

static bool
is_pull_request(const struct check *c)
{
	return is(c, "pull_request") || is(c, "pull_request_target");
}

/* " (FILE:LINE)", and the place. */
static void
add_place(struct check *c, struct pos pos)
{
	str_addf(&c->why, " (%s:%d)", c->w->file, pos.line);
	c->pos = pos;
}

/* --- [skip ci] ------------------------------------------------------------------ */

static bool
is_trailer(const char *line)
{
	static const char key[] = "skip-checks:";

	if (strncasecmp(line, key, sizeof(key) - 1) != 0)
		return false;
	line += sizeof(key) - 1;
	line += strspn(line, " \t");
	if (strncasecmp(line, "true", 4) != 0)
		return false;
	line += 4 + strspn(line + 4, " \t\r");
	return line[0] == '\0' || line[0] == '\n';
}

const char *
event_skip_mark(const char *message)
{
	static const char *const marks[] = { "[skip ci]", "[ci skip]",
		"[no ci]", "[skip actions]", "[actions skip]" };
	const char *end;

	if (message == NULL)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strcasestr(message, marks[i]) != NULL)
			return marks[i];
	/* A trailer stands behind an empty line, never in the subject. */
	end = strstr(message, "\n\n");
	while (end != NULL && *end != '\0') {
		const char *line = end + strspn(end, "\r\n");

		if (is_trailer(line))
			return "skip-checks: true";
		end = strchr(line, '\n');
	}
	return NULL;
}

static bool
check_skip_mark(struct check *c)
{
	const char *mark;

	if (!is(c, "push") && !is(c, "pull_request"))
		return true;
	mark = event_skip_mark(c->e->message);
	if (mark == NULL)
		return true;
	str_addf(&c->why, "the message of the head commit says \"%s\"", mark);
	c->skipped = true;
	return false;
}

/* --- on ---------------------------------------------------------------------------- */

static bool
check_named(struct check *c)
{
	c->trigger = workflow_trigger_find(c->w, c->e->name);
	if (c->trigger != NULL || (!c->w->on_given && is(c, "push")))
		return true;
	str_addf(&c->why, "event %s is not listed under \"on\"", c->e->name);
	if (c->w->on != NULL)
		add_place(c, c->w->on->pos);
	return false;
}

static bool
check_deleted(struct check *c)
{
	if (!is(c, "push") || !c->e->deleted)
		return true;
	str_addf(&c->why, "the push deletes %s", c->e->ref);
	return false;
}

static bool
list_has(const struct filter_list *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i]->text != NULL &&
		    strcasecmp(list->items[i]->text, word) == 0)
			return true;
	return false;
}

/* Without `types`: those that the event has by itself. */
static bool
check_standard_types(struct check *c)
{
	for (size_t i = 0; i < ARRAY_LEN(standard_types); i++) {
		if (!is(c, standard_types[i].event))
			continue;
		for (size_t k = 0; standard_types[i].types[k] != NULL; k++)
			if (strcmp(standard_types[i].types[k],
			        c->e->action) == 0)
				return true;
		str_addf(&c->why, "%s %s: without \"types\" only opened, "
		    "synchronize and reopened start it", c->e->name,
		    c->e->action);
		add_place(c, c->trigger->key->pos);
		return false;
	}
	return true;
}

static bool
check_types(struct check *c)
{
	const struct filter_list *types;

	if (c->trigger == NULL || c->e->action == NULL)
		return true;
	types = &c->trigger->filters[FILTER_TYPES];
	if (types->key == NULL)
		return check_standard_types(c);
	if (list_has(types, c->e->action))
		return true;
	str_addf(&c->why, "%s %s is not in ", c->e->name, c->e->action);
	event_add_filter(&c->why, FILTER_TYPES, types);
	add_place(c, types->key->pos);
	return false;
}

static bool
check_workflow(struct check *c)
{
	const struct filter_list *names;

	if (!is(c, "workflow_run") || c->e->workflow == NULL)
		return true;
	names = &c->trigger->filters[FILTER_WORKFLOWS];
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i]->text, c->e->workflow) == 0)
			return true;
	str_addf(&c->why, "workflow \"%s\" is not in ", c->e->workflow);
	event_add_filter(&c->why, FILTER_WORKFLOWS, names);
	add_place(c, names->key != NULL ? names->key->pos :
	    c->trigger->key->pos);
	return false;
}

static bool
check_schedule(struct check *c)
{
	if (!is(c, "schedule") || c->e->cron == NULL)
		return true;
	for (size_t i = 0; i < c->trigger->n_schedules; i++) {
		const struct value *cron = c->trigger->schedules[i].cron;

		if (cron == NULL || cron->text == NULL ||
		    strcmp(cron->text, c->e->cron) != 0)
			continue;
		str_addf(&c->why, "schedule \"%s\" is due", c->e->cron);
		add_place(c, cron->pos);
		return true;
	}
	str_addf(&c->why, "schedule \"%s\" is not listed", c->e->cron);
	add_place(c, c->trigger->key->pos);
	return false;
}

/* --- refs and paths ------------------------------------------------------------------ */

static bool
check_ref(struct check *c)
{
	if (is(c, "push"))
		return event_ref_passes(c->w, c->trigger,
		    c->e->ref != NULL ? c->e->ref : "", &c->why, &c->pos);
	if (c->e->branch == NULL ||
	    (!is_pull_request(c) && !is(c, "workflow_run") &&
	    !is(c, "merge_group")))
		return true;
	return event_branch_passes(c->w, c->trigger, c->e->branch, &c->why,
	    &c->pos);
}

static bool
check_paths(struct check *c)
{
	/* A tag has no difference. */
	bool of_tag = is(c, "push") && c->e->ref != NULL &&
	    str_starts_with(c->e->ref, "refs/tags/");

	if (of_tag || (!is(c, "push") && !is_pull_request(c)))
		return true;
	return event_paths_pass(c->w, c->trigger, c->e, &c->why, &c->pos);
}

static bool (*const checks[])(struct check *c) = {
	check_deleted, check_named, check_types, check_workflow,
	check_schedule, check_ref, check_paths, check_skip_mark,
};

void
event_decide(const struct workflow *w, const struct trigger_event *e,
    struct arena *a, struct event_decision *out)
{
	struct check c = { .w = w, .e = e, .why = STR_INIT };

	out->starts = true;
	for (size_t i = 0; out->starts && i < ARRAY_LEN(checks); i++) {
		struct str before = c.why;

		c.why = (struct str)STR_INIT;
		out->starts = checks[i](&c);
		/* A "no" stands alone; what let it pass is one sentence. */
		if (out->starts && before.len > 0) {
			if (c.why.len > 0)
				str_add(&before, "; ");
			str_add(&before, c.why.s);
			str_release(&c.why);
			c.why = before;
		} else {
			str_release(&before);
		}
	}
	if (c.why.len == 0) {
		str_addf(&c.why, "event %s starts it", e->name);
		add_place(&c, c.trigger->key->pos);
	}
	out->why = arena_strdup(a, c.why.s);
	out->pos = c.pos;
	out->skipped = c.skipped;
	str_release(&c.why);
}
