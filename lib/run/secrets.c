/*
 * secrets.c - what a job is given of the secrets: those that it names, and
 * nothing when its event is a stranger's.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/event_context.h"

/* Those of the configuration, for a caller that has no others. */
static int
from_config(struct job_exec *x, const struct job_secrets *wanted)
{
	const struct config *config = x->order->config;

	for (size_t i = 0; i < config->n_secrets; i++)
		if (job_secrets_want(wanted, config->secrets[i].name))
			expr_object_add(x->secrets, config->secrets[i].name,
			    expr_string(config->secrets[i].value));
	return 0;
}

bool
job_secrets_want(const struct job_secrets *wanted, const char *name)
{
	for (size_t i = 0; i < wanted->named.n; i++)
		if (strcasecmp(wanted->named.names[i], name) == 0)
			return true;
	return wanted->named.all;
}

static void
add_name(struct str *list, const char *name)
{
	str_addf(list, "%s%s", list->len > 0 ? ", " : "", name);
}

/* Mask what came, and say which are too short for that. */
static int
mask_all(struct job_exec *x, struct err *err)
{
	struct str unmasked = STR_INIT;
	bool full = false;
	int rc = 0;

	for (size_t i = 0; i < x->secrets->n; i++) {
		const struct expr_member *m = &x->secrets->members[i];
		const char *text = expr_to_string(&m->value, &x->arena);
		enum mask_added added = mask_add(x->mask, text, strlen(text));

		full = full || added == MASK_FULL;
		if (added == MASK_TOO_SHORT && *text != '\0')
			str_addf(&unmasked, "%s\"%.*s\"", unmasked.len > 0 ?
			    ", " : "", (int)m->name.len, m->name.s);
	}
	if (full)
		rc = err_set(err, ERR_TOO_LARGE, "they are too long or too "
		    "many to be masked in the log");
	if (rc == 0 && unmasked.len > 0)
		rc = joblog_say(x->log, 0, err, "warning: too short to be "
		    "masked: %s", unmasked.s);
	str_release(&unmasked);
	return rc;
}

/* An empty value where one was meant is hard to find: say it. */
static int
say_missing(struct job_exec *x, const struct job_secrets *wanted,
    struct err *err)
{
	struct str missing = STR_INIT;
	int rc = 0;

	for (size_t i = 0; i < wanted->named.n; i++)
		if (expr_object_member(x->secrets, wanted->named.names[i]) ==
		    NULL)
			add_name(&missing, wanted->named.names[i]);
	if (missing.len > 0)
		rc = joblog_say(x->log, 0, err, "no secret of this name is "
		    "set, so it is empty: %s", missing.s);
	str_release(&missing);
	return rc;
}

static int
say_withheld(struct job_exec *x, const struct job_secrets *wanted,
    struct err *err)
{
	struct str names = STR_INIT;
	int rc;

	for (size_t i = 0; i < wanted->named.n; i++)
		add_name(&names, wanted->named.names[i]);
	rc = joblog_say(x->log, 0, err, "secrets are not given to pull "
	    "requests from forks, so they are empty: %s",
	    names.len > 0 ? names.s : "all");
	str_release(&names);
	return rc;
}

bool
job_is_strangers(struct job_exec *x)
{
	return !x->order->own && x->order->github != NULL &&
	    event_is_strangers(x->order->github, &x->arena);
}

int
job_secrets(struct job_exec *x, struct err *err)
{
	struct job_secrets wanted = { 0 };
	int rc;

	x->secrets = expr_object_new(&x->arena);
	job_plan_secrets(x->order->plan, &x->arena, &wanted.named);
	if (wanted.named.n == 0 && !wanted.named.all)
		return 0;
	if (job_is_strangers(x))
		return say_withheld(x, &wanted, err);
	if (job_environment(x, &wanted.environment, err) == -1)
		return -1;
	if (wanted.named.all && joblog_note(x->log, 0, err, "the job takes "
	    "all secrets at once") == -1)
		return -1;
	rc = x->obs->secrets == NULL ? from_config(x, &wanted) :
	    x->obs->secrets(x->obs->ctx, &wanted, &x->arena, x->secrets, err);
	if (rc == -1)
		return err_wrap(err, "reading the secrets of the job");
	if (mask_all(x, err) == -1)
		return -1;
	return say_missing(x, &wanted, err);
}
