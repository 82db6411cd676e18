/*
 * deployment.c - the environment that a job deploys to, and its address.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>

#include "lib/base/str.h"

/* As long as browsers and proxies take them. */
#define URL_MAX_BYTES 2000

int
job_environment(struct job_exec *x, const char **name, struct err *err)
{
	const struct value *v = x->order->plan->environment;
	struct sight s;

	*name = NULL;
	if (v != NULL && v->kind == VALUE_MAP)
		v = value_get(v, "name");
	if (v == NULL)
		return 0;
	sight_init(&s, x, &x->scope, NULL, NULL, &x->arena);
	if (sight_text(&s, v, "", name, err) == -1)
		return err_wrap(err, "the name of the environment");
	if (**name == '\0')
		*name = NULL;
	return 0;
}

/* Pages make a link of it, so it must be one. */
static const char *
refuse_url(const struct job_exec *x, const char *url)
{
	if (strlen(url) > URL_MAX_BYTES)
		return "is too long";
	if (!str_starts_with(url, "https://") &&
	    !str_starts_with(url, "http://"))
		return "does not begin with https:// or http://";
	return job_is_secret(x, url) ? "may hold a secret" : NULL;
}

/* A wrong address is no reason to fail what was deployed. */
int
job_deployment(struct job_exec *x, struct err *err)
{
	const char *name, *url = "", *why;
	struct err wrong = { 0 };
	struct sight s;

	if (x->obs->deployment == NULL)
		return 0;
	if (job_environment(x, &name, err) == -1 || name == NULL)
		return name == NULL ? 0 : -1;
	sight_init(&s, x, &x->scope, &x->env, NULL, &x->arena);
	if (sight_text(&s, x->order->plan->environment_url, "", &url,
	    &wrong) == -1) {
		url = "";
		if (joblog_say(x->log, 0, err, "warning: the address of the "
		    "environment: %s", wrong.text) == -1)
			return -1;
	}
	why = *url == '\0' ? NULL : refuse_url(x, url);
	if (why != NULL && joblog_say(x->log, 0, err, "warning: the address "
	    "of the environment is not shown: it %s", why) == -1)
		return -1;
	return x->obs->deployment(x->obs->ctx, name, why == NULL &&
	    *url != '\0' ? url : NULL, err);
}
