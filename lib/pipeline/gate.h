/*
 * gate.h - steps of type step.gate: what must be passed before a job starts.
 *
 * A gate holds no container, so its job waits as a whole: gates stand before
 * all other steps of a job, or are all that it has. They are asked when the
 * job may start, and see what its `if` does: what it needs, not its steps.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_GATE_H
#define PAWL_PIPELINE_GATE_H

#include <stdint.h>

#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

#define GATE_TIMEOUT_MS (INT64_C(24) * 3600 * 1000)
#define GATE_MAX_TIMEOUT_MS (INT64_C(30) * 24 * 3600 * 1000)
#define GATE_MAX_APPROVERS 100

enum gate_answer {
	GATE_ASKS,    /* somebody is to approve it */
	GATE_PASSED,  /* all its conditions are true */
	GATE_SKIPPED, /* its `if` is false */
	GATE_SHUT,    /* its conditions are not, and nobody is to be asked */
};

/* A gate of one job, as it came out. */
struct job_gate {
	const char *title;
	enum gate_answer answer;
	const char *why; /* of all but GATE_ASKS without conditions: a
	                    sentence; or NULL */
	const char **approvers;
	size_t n_approvers;
	int64_t timeout_ms;
	struct pos pos;
};

/* Gates at the beginning of a job's steps. */
size_t
gates_count(const struct workflow_job *job);

/* Has the job nothing but gates, so that nothing of it has to run? */
bool
gates_alone(const struct workflow_job *job);

/*
 * Ask one. `env` has what the job's own keys see, with needs. Problems go to
 * `d`. 0, or -1.
 */
int
gate_ask(const struct workflow_job *job, const struct workflow_step *step,
    const struct expr_env *env, struct arena *a, struct diags *d,
    struct job_gate *out);

/* Its time in ms, of a text that stands at `at`; -1: it is none, in `d`. */
int64_t
gate_timeout(const char *text, const struct value *at, struct diags *d);

/* What is wrong with the gates of a job, into `d`. */
void
gates_check(const struct workflow_job *job, struct arena *a,
    struct diags *d);

#endif
