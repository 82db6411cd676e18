/*
 * rights.h - `permissions`: what the token of a job may do, and that a
 * workflow that is called does not ask for more than its caller has.
 *
 * docs.github.com, "Workflow syntax", permissions; "Reuse workflows",
 * "Access and permissions".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_RIGHTS_H
#define PAWL_PIPELINE_RIGHTS_H

#include "lib/pipeline/model.h"

enum right { RIGHT_NONE, RIGHT_READ, RIGHT_WRITE };

#define RIGHTS_MAX 24

/* By scope, in the order of rights_scopes. */
struct rights {
	enum right of[RIGHTS_MAX];
};

/* In the order in which messages name them; ends with NULL. */
extern const char *const rights_scopes[];

/* What a forge gives without `permissions`: reading of contents and packages,
 * or everything but identity tokens. */
void
rights_default(bool limited, struct rights *out);

/* What `permissions` gives: scopes that it does not name get nothing. */
void
rights_read(const struct value *permissions, struct rights *out);

/*
 * Does a workflow, or one of its jobs, ask for more than the job that calls
 * it is allowed? Each is an error in `d`, at that job. Calls within `called`
 * are asked for themselves.
 */
void
rights_check_call(const struct workflow_job *job,
    const struct workflow *called, const struct rights *allowed,
    struct arena *a, struct diags *d);

#endif
