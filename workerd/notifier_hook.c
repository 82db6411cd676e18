/*
 * notifier_hook.c - kind "hook": a program of the administrator is run, with
 * what it is about in its environment and as JSON on its standard input.
 *
 * Its environment is made from nothing but that and PATH, LANG and HOME: what
 * Pawl was started with is not its business.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/keep/hook_condition.h"
#include "lib/keep/hook_folder.h"
#include "lib/render/json.h"

#define ENV_MAX 40
#define INPUT_MAX ((size_t)4 << 20)

struct hooking {
	struct notifier *n;
	struct sending *s;
	json_t *data;      /* of the message */
	json_t *input;     /* of the program */
	struct run run;
	struct job job;    /* id 0: it is about the run */
	const char *url;
	const char **env;
	size_t n_env;
};

static const char *
text(const struct hooking *h, const char *key)
{
	const char *s = json_string_value(json_object_get(h->data, key));

	return s != NULL ? s : "";
}

static int64_t
number(const struct hooking *h, const char *key)
{
	return json_integer_value(json_object_get(h->data, key));
}

/* --- environment --------------------------------------------------------------- */

static void
set(struct hooking *h, const char *name, const char *value)
{
	if (value != NULL && h->n_env < ENV_MAX)
		h->env[h->n_env++] = arena_printf(&h->s->a, "%s=%s", name,
		    value);
}

static void
set_number(struct hooking *h, const char *name, int64_t value)
{
	set(h, name, arena_printf(&h->s->a, "%" PRId64, value));
}

static void
set_inherited(struct hooking *h)
{
	static const char *const names[] = { "PATH", "LANG", "HOME", "TZ" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		set(h, names[i], getenv(names[i]));
}

static void
set_run(struct hooking *h)
{
	const struct run *r = &h->run;

	set(h, "PAWL_REPOSITORY", arena_printf(&h->s->a, "%s/%s", r->owner,
	    r->name));
	set_number(h, "PAWL_RUN", r->number);
	set_number(h, "PAWL_RUN_ID", r->id);
	set_number(h, "PAWL_RUN_ATTEMPT", r->attempt);
	set(h, "PAWL_DELIVERY", r->delivery);
	set(h, "PAWL_WORKFLOW", r->workflow);
	set(h, "PAWL_EVENT", r->event);
	set(h, "PAWL_REF", r->ref);
	set(h, "PAWL_BRANCH", r->branch);
	set(h, "PAWL_SHA", r->sha);
	set(h, "PAWL_ACTOR", r->actor);
}

static void
make_env(struct hooking *h)
{
	h->env = arena_alloc(&h->s->a, (ENV_MAX + 1) * sizeof(*h->env));
	set_inherited(h);
	set(h, "PAWL_HOOK", text(h, "hook"));
	set(h, "PAWL_RESULT", text(h, "result"));
	set(h, "PAWL_REASON", text(h, "reason"));
	set(h, "PAWL_CAUSE", text(h, "cause"));
	set(h, "PAWL_URL", h->url);
	set_run(h);
	if (h->job.id != 0) {
		set(h, "PAWL_JOB", h->job.key);
		set_number(h, "PAWL_JOB_ID", h->job.id);
		set_number(h, "PAWL_JOB_ATTEMPT", number(h, "attempt"));
	}
	h->env[h->n_env] = NULL;
	h->s->out.env = h->env;
}

/* --- input --------------------------------------------------------------------- */

static void
make_input(struct hooking *h)
{
	const struct config *config = &h->n->program.config;
	char at[CLOCK_TEXT_SIZE];
	json_t *o = json_object();

	json_object_set_new(o, "hook", json_string(text(h, "hook")));
	json_object_set_new(o, "event", json_string(text(h, "event")));
	json_object_set_new(o, "result", json_string(text(h, "result")));
	json_object_set_new(o, "reason", json_string(text(h, "reason")));
	json_object_set_new(o, "cause", json_string(text(h, "cause")));
	json_object_set_new(o, "at", json_string(clock_rfc3339(number(h,
	    "at_ms"), at)));
	json_object_set_new(o, "run", json_run(config, &h->run));
	json_object_set_new(o, "job", h->job.id != 0 ? json_job(config,
	    &h->job) : json_null());
	h->input = o;
}

/* --- condition ------------------------------------------------------------------ */

/* Does it hold? 1, 0, -1. It sees what the program would read. */
static int
holds(struct hooking *h, const char *input, struct err *err)
{
	const char *condition = text(h, "condition");
	struct expr_env env = { NULL };
	struct expr_error error;
	struct expr_value root, v;
	struct expr e;

	if (condition[0] == '\0')
		return 1;
	if (expr_json_read(input, strlen(input), INPUT_MAX, &h->s->a, &root,
	    err) == -1)
		return -1;
	env.contexts = root.object;
	if (hook_condition_parse(condition, &h->s->a, &e, &error) == -1 ||
	    expr_eval(&e, &env, &h->s->a, &v, &error) == -1)
		return err_set(err, ERR_INVALID, "%s.if:%zu: %s",
		    text(h, "path"), error.offset + 1, error.text);
	return expr_truthy(&v);
}

/* --- all ------------------------------------------------------------------------ */

static const char *
page(struct hooking *h)
{
	struct str url = STR_INIT;
	const char *kept;

	str_addf(&url, "%s/", h->n->program.config.base_url);
	if (h->job.id != 0)
		layout_page_job(&url, h->run.owner, h->run.name,
		    h->run.number, h->job.key);
	else
		layout_page_run(&url, h->run.owner, h->run.name,
		    h->run.number);
	kept = arena_strdup(&h->s->a, url.s);
	str_release(&url);
	return kept;
}

/* 1; 0: it is gone; -1. */
static int
read_rows(struct hooking *h, struct err *err)
{
	struct store *st = h->n->program.store;
	int rc = run_find_id(st, h->s->m.run, &h->s->a, &h->run, err);

	if (rc == 1 && number(h, "job") != 0)
		rc = job_find_id(st, number(h, "job"), &h->s->a, &h->job,
		    err);
	return rc;
}

/* One that is not in the folder any more, or that others may write by now, is
 * not run. */
static int
check_path(struct hooking *h, const char *path, struct err *err)
{
	const char *folder = h->n->program.config.hooks_dir;

	if (!str_starts_with(path, folder) || path[strlen(folder)] != '/')
		return err_set(err, ERR_DENIED, "the hook \"%s\" is not in "
		    "\"%s\"", path, folder);
	return hook_check(path, err);
}

static int
fill(struct hooking *h, struct err *err)
{
	struct sending *s = h->s;
	const char **argv = arena_alloc(&s->a, 2 * sizeof(*argv));
	struct str input = STR_INIT;
	int rc;

	argv[0] = arena_strdup(&s->a, text(h, "path"));
	argv[1] = NULL;
	rc = check_path(h, argv[0], err) == -1 ? -1 : read_rows(h, err);
	if (rc != 1)
		return rc;
	h->url = page(h);
	make_env(h);
	make_input(h);
	json_print(h->input, &input);
	rc = holds(h, input.s, err);
	s->out.argv = argv;
	s->out.body = arena_strdup(&s->a, input.s);
	s->out.host = ""; /* of nobody's: no breaker counts it */
	s->out.is_hook = true;
	s->out.limit_ms = h->n->program.config.hook_timeout_ms;
	str_release(&input);
	return rc;
}

int
hook_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct hooking h = { .n = n, .s = s };
	int rc;

	h.data = json_loads(s->m.data != NULL ? s->m.data : "", 0, NULL);
	if (h.data == NULL)
		return err_set(err, ERR_BUG, "what message %" PRId64 " is "
		    "about cannot be read", s->m.id);
	rc = fill(&h, err);
	json_decref(h.data);
	json_decref(h.input);
	return rc;
}
