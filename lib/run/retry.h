/*
 * retry.h - `retry` of a job or step: what it is tried again for, how often,
 * and after which pause (doc/pipeline.md).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_RETRY_H
#define PAWL_RUN_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"
#include "lib/pipeline/value_json.h"

/* What a step or job failed of. */
enum fail_cause {
	FAIL_NONE,
	FAIL_COMMAND, /* its own exit code or signal */
	FAIL_TIMEOUT,
	FAIL_MEMORY,  /* killed for its limit of memory */
	FAIL_SPACE,   /* over its limit of the disk */
	FAIL_AUTHOR,  /* a mistake in the pipeline: never tried again */
	FAIL_INFRA,   /* not by its own fault */
	FAIL_N
};

/* "timed out", "exit code 2": the cause in an event and in a reason. */
const char *
fail_cause_name(enum fail_cause cause);

#define RETRY_MAX_ATTEMPTS 20
#define RETRY_MAX_CODES 16

struct retry_rule {
	int attempts;    /* 1: it is not tried again */
	enum { RETRY_CONSTANT, RETRY_LINEAR, RETRY_EXPONENTIAL } backoff;
	int64_t pause_ms, max_pause_ms;
	unsigned causes; /* 1 << enum fail_cause */
	int codes[RETRY_MAX_CODES]; /* exit codes, beside causes */
	size_t n_codes;
};

struct sight;

/* Read it, as written (NULL: none). `on_timeout` is `retry_on_timeout`. A
 * mistake is the user's, with its place. */
int
retry_read(const struct value *v, bool on_timeout, struct sight *sight,
    struct retry_rule *out, struct err *err);

/* Is there another try after attempt number `attempt` failed so? Then
 * *pause_ms is how long to wait before it. */
bool
retry_again(const struct retry_rule *rule, enum fail_cause cause,
    int exit_code, int attempt, int64_t *pause_ms);

#endif
