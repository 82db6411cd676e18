/*
 * notifier_tell.h - what a rule's message tells, before it has a form.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_NOTIFIER_TELL_H
#define PAWL_WORKERD_NOTIFIER_TELL_H

#include <jansson.h>

#include "lib/store/notify.h"
#include "lib/store/runs.h"
#include "workerd/notifier.h"

struct tell {
	struct notify_rule rule;
	const char *secret;  /* of the rule, or NULL */
	bool test;           /* nothing has happened: there is no run */
	bool is_alert;       /* nor here: `alert` is what has fired or cleared */
	struct tell_alert {
		bool firing;
		const char *name, *severity, *condition;
		const char *value;    /* NULL: there was nothing to count */
		const char *workflow, *step; /* or NULL */
		const char *place;    /* as people say it */
		int64_t window_ms;
	} alert;
	const char *what;    /* "failed", "succeeded", ..., "waiting", "test",
	                        "firing", "cleared" */
	struct run run;
	struct job *jobs;
	size_t n_jobs;
	const struct job *waits; /* the job that waits; or NULL */
	const char *held;        /* why the run itself does; or NULL */
	const char *title;   /* "ada/demo#7: ci failed on main" */
	const char *words;   /* one sentence */
	const char *url;     /* of the page */
	const char *id;      /* the same for all tries: no two things have it */
	int64_t at_ms;       /* when it happened */
};

/* 1; 0: the rule or the run is gone; -1. */
int
tell_read(struct notifier *n, struct sending *s, struct tell *out,
    struct err *err);

/* The body of a request in JSON, which is taken, and its header. 1, or -1. */
int
notify_json_body(struct sending *s, json_t *body, struct err *err);

#endif
