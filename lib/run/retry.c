/*
 * retry.c - steps that are tried again when they fail (doc/pipeline.md,
 * `retry`).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>

#define MAX_ATTEMPTS 20
#define PAUSE_MS 1000 /* the first one, when none is written */
#define MAX_PAUSE_MS 300000

static int
wrong(const struct value *v, const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID, "%d:%d: %s", v->pos.line, v->pos.col,
	    what);
}

static int
read_backoff(struct step_run *s, struct sight *sight, const struct value *v,
    struct err *err)
{
	struct expr_value e;
	const char *text;

	if (v == NULL)
		return 0;
	if (sight_value(sight, v, &e, err) == -1)
		return -1;
	if (e.type == EXPR_NUMBER) {
		if (!(e.number >= 0 && e.number * 1000 <= MAX_PAUSE_MS))
			return wrong(v, "a \"backoff\" is of 300 seconds at "
			    "most", err);
		s->pause_ms = (int64_t)(e.number * 1000);
		return 0;
	}
	text = expr_to_string(&e, sight->a);
	if (strcmp(text, "linear") == 0)
		s->backoff = RETRY_LINEAR;
	else if (strcmp(text, "exponential") == 0)
		s->backoff = RETRY_EXPONENTIAL;
	else if (strcmp(text, "constant") != 0)
		return wrong(v, "\"backoff\" is constant, linear, exponential "
		    "or a number of seconds", err);
	return 0;
}

static int
read_reason(struct step_run *s, const struct value *v, const char *word,
    struct err *err)
{
	if (strcmp(word, "failure") == 0 || strcmp(word, "always") == 0)
		s->retry_failure = true;
	if (strcmp(word, "timeout") == 0 || strcmp(word, "always") == 0)
		s->retry_timeout = true;
	if (!s->retry_failure && !s->retry_timeout)
		return wrong(v, "\"on\" of \"retry\" is failure, timeout or "
		    "always", err);
	return 0;
}

static int
read_reasons(struct step_run *s, struct sight *sight, const struct value *v,
    struct err *err)
{
	struct expr_value e;

	if (v == NULL) {
		s->retry_failure = true;
		return 0;
	}
	if (sight_value(sight, v, &e, err) == -1)
		return -1;
	if (e.type != EXPR_ARRAY)
		return read_reason(s, v, expr_to_string(&e, sight->a), err);
	for (size_t i = 0; i < e.array->n; i++)
		if (read_reason(s, v, expr_to_string(&e.array->items[i],
		    sight->a), err) == -1)
			return -1;
	return 0;
}

int
retry_read(struct step_run *s, struct sight *sight, struct err *err)
{
	const struct value *v = s->plan->retry, *most = v;
	struct expr_value e;
	double n;

	s->attempts = 1;
	s->pause_ms = PAUSE_MS;
	if (v == NULL && s->plan->retry_on_timeout) {
		s->attempts = 2;
		s->retry_timeout = true;
	}
	if (v == NULL)
		return 0;
	if (v->kind == VALUE_MAP)
		most = value_get(v, "max-attempts");
	if (most == NULL)
		return wrong(v, "\"retry\" needs \"max-attempts\"", err);
	if (sight_value(sight, most, &e, err) == -1)
		return -1;
	n = expr_to_number(&e);
	if (!(n >= 1 && n <= MAX_ATTEMPTS))
		return wrong(v, "\"max-attempts\" is a number of 1 to 20",
		    err);
	s->attempts = (int)n;
	if (read_backoff(s, sight, value_get(v, "backoff"), err) == -1 ||
	    read_reasons(s, sight, value_get(v, "on"), err) == -1)
		return -1;
	s->retry_timeout = s->retry_timeout || s->plan->retry_on_timeout;
	return 0;
}

bool
retry_next(struct step_run *s, int64_t *pause_ms)
{
	int64_t pause = s->pause_ms;

	if (strcmp(s->outcome.on, "fail") != 0 || s->asked ||
	    s->x->stop != JOB_GOES_ON || s->attempt >= s->attempts ||
	    !(s->outcome.timed_out ? s->retry_timeout : s->retry_failure))
		return false;
	if (s->backoff == RETRY_LINEAR)
		pause *= s->attempt;
	for (int i = 1; s->backoff == RETRY_EXPONENTIAL && i < s->attempt;
	    i++)
		pause *= 2;
	*pause_ms = pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS;
	s->attempt++;
	return true;
}
