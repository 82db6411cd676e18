/*
 * retry.c - what is tried again when it fails (doc/pipeline.md, `retry`).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/retry.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/retries.h"
#include "lib/run/job.h"

#define BIT(cause) (1u << (cause))
#define OWN_FAULT (BIT(FAIL_COMMAND) | BIT(FAIL_MEMORY) | BIT(FAIL_SPACE))

static const char *const cause_names[FAIL_N] = {
	[FAIL_NONE] = "none",
	[FAIL_COMMAND] = "failure",
	[FAIL_TIMEOUT] = "timeout",
	[FAIL_MEMORY] = "oom",
	[FAIL_SPACE] = "space",
	[FAIL_AUTHOR] = "pipeline",
	[FAIL_INFRA] = "infra",
};

/* The words of `on`, as schema.c lists them. */
static const struct {
	const char *word;
	unsigned causes;
} reasons[] = {
	{ "failure", OWN_FAULT },
	{ "timeout", BIT(FAIL_TIMEOUT) },
	{ "oom", BIT(FAIL_MEMORY) },
	{ "infra", BIT(FAIL_INFRA) },
	{ "always", OWN_FAULT | BIT(FAIL_TIMEOUT) | BIT(FAIL_INFRA) },
};

const char *
fail_cause_name(enum fail_cause cause)
{
	return cause_names[cause];
}

static int
wrong(const struct value *v, const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID, "%d:%d: %s", v->pos.line, v->pos.col,
	    what);
}

static int
read_backoff(struct retry_rule *r, struct sight *sight, const struct value *v,
    struct err *err)
{
	struct expr_value e;
	const char *text;

	if (v == NULL)
		return 0;
	if (sight_value(sight, v, &e, err) == -1)
		return -1;
	if (e.type == EXPR_NUMBER) {
		if (!(e.number >= 0 && e.number * 1000 <= RETRY_STEP_MAX_MS))
			return wrong(v, "a \"backoff\" is of 300 seconds at "
			    "most", err);
		r->pause_ms = (int64_t)(e.number * 1000);
		return 0;
	}
	text = expr_to_string(&e, sight->a);
	if (strcmp(text, "linear") == 0)
		r->backoff = RETRY_LINEAR;
	else if (strcmp(text, "exponential") == 0)
		r->backoff = RETRY_EXPONENTIAL;
	else if (strcmp(text, "constant") != 0)
		return wrong(v, "\"backoff\" is constant, linear, exponential "
		    "or a number of seconds", err);
	return 0;
}

static int
read_delay(struct sight *sight, const struct value *v, int64_t *ms,
    struct err *err)
{
	const char *text;

	if (v == NULL)
		return 0;
	if (sight_text(sight, v, "", &text, err) == -1)
		return -1;
	if (!clock_parse_duration(text, 1000, ms) || *ms < 0 ||
	    *ms > RETRY_STEP_MAX_MS)
		return wrong(v, "a delay of \"retry\" is a duration such as "
		    "5s or 2m, of 5 minutes at most", err);
	return 0;
}

static int
read_code(struct retry_rule *r, const struct value *v, double code,
    struct err *err)
{
	if (!(code >= 1 && code <= 255 && code == (int)code))
		return wrong(v, "an exit code is a number of 1 to 255", err);
	if (r->n_codes == RETRY_MAX_CODES)
		return wrong(v, "\"on\" of \"retry\" has more than 16 exit "
		    "codes", err);
	r->codes[r->n_codes++] = (int)code;
	return 0;
}

static int
read_reason(struct retry_rule *r, struct sight *sight, const struct value *v,
    const struct expr_value *e, struct err *err)
{
	const char *word = expr_to_string(e, sight->a);

	if (e->type == EXPR_NUMBER)
		return read_code(r, v, e->number, err);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (strcmp(reasons[i].word, word) == 0) {
			r->causes |= reasons[i].causes;
			return 0;
		}
	return wrong(v, "\"on\" of \"retry\" is failure, timeout, oom, infra, "
	    "always or exit codes", err);
}

static int
read_reasons(struct retry_rule *r, struct sight *sight, const struct value *v,
    struct err *err)
{
	struct expr_value e;

	if (v == NULL) {
		r->causes |= OWN_FAULT;
		return 0;
	}
	if (sight_value(sight, v, &e, err) == -1)
		return -1;
	if (e.type != EXPR_ARRAY)
		return read_reason(r, sight, v, &e, err);
	for (size_t i = 0; i < e.array->n; i++)
		if (read_reason(r, sight, v, &e.array->items[i], err) == -1)
			return -1;
	return 0;
}

static int
read_attempts(struct retry_rule *r, struct sight *sight,
    const struct value *v, struct err *err)
{
	const struct value *most = v->kind == VALUE_MAP ?
	    value_get(v, "max-attempts") : v;
	struct expr_value e;
	double n;

	if (most == NULL)
		return wrong(v, "\"retry\" needs \"max-attempts\"", err);
	if (sight_value(sight, most, &e, err) == -1)
		return -1;
	n = expr_to_number(&e);
	if (!(n >= 1 && n <= RETRY_MAX_ATTEMPTS))
		return wrong(v, "\"max-attempts\" is a number of 1 to 20",
		    err);
	r->attempts = (int)n;
	return 0;
}

int
retry_read(const struct value *v, bool on_timeout, struct sight *sight,
    struct retry_rule *out, struct err *err)
{
	*out = (struct retry_rule){ .attempts = on_timeout ? 2 : 1,
		.pause_ms = RETRY_STEP_FIRST_MS,
		.max_pause_ms = RETRY_STEP_MAX_MS,
		.causes = on_timeout ? BIT(FAIL_TIMEOUT) : 0 };
	if (v == NULL)
		return 0;
	if (read_attempts(out, sight, v, err) == -1 ||
	    read_backoff(out, sight, value_get(v, "backoff"), err) == -1 ||
	    read_delay(sight, value_get(v, "initial-delay"), &out->pause_ms,
		err) == -1 ||
	    read_delay(sight, value_get(v, "max-delay"), &out->max_pause_ms,
		err) == -1)
		return -1;
	return read_reasons(out, sight, value_get(v, "on"), err);
}

static bool
is_meant(const struct retry_rule *r, enum fail_cause cause, int exit_code)
{
	if (r->causes & BIT(cause))
		return true;
	for (size_t i = 0; cause == FAIL_COMMAND && i < r->n_codes; i++)
		if (r->codes[i] == exit_code)
			return true;
	return false;
}

bool
retry_again(const struct retry_rule *r, enum fail_cause cause, int exit_code,
    int attempt, int64_t *pause_ms)
{
	int64_t pause = r->pause_ms;

	if (attempt >= r->attempts || !is_meant(r, cause, exit_code))
		return false;
	if (r->backoff == RETRY_LINEAR)
		pause *= attempt;
	for (int i = 1; r->backoff == RETRY_EXPONENTIAL && i < attempt &&
	    pause < r->max_pause_ms; i++)
		pause *= 2;
	*pause_ms = pause < r->max_pause_ms ? pause : r->max_pause_ms;
	return true;
}
