/*
 * expr_place.c - which contexts and functions are known where.
 *
 * The rows are those of GitHub's table "Context availability" (docs.github.com,
 * "Contexts reference"), with what its grammar (workflow-v1.0.json) allows
 * beyond it. Ours are the short names in conditions: branch, tag, event and
 * sha stand for values of the github context (doc/design.md, section 6).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <string.h>

#define LIST(...) (const char *const[]) { __VA_ARGS__, NULL }

/* Before a job is there, with it, and in it. */
#define WORKFLOW "github", "inputs", "vars"
#define JOB WORKFLOW, "needs", "strategy", "matrix"
#define STEP JOB, "job", "runner", "env", "steps"
#define SHORT "branch", "tag", "event", "sha"

#define JOB_STATUS (EXPR_STATUS | EXPR_STATUS_OF_JOBS)
#define STEP_STATUS (EXPR_STATUS | EXPR_HASH_FILES)

/* In a composite action, which has no needs, vars and secrets. */
#define ACTION \
	"github", "inputs", "strategy", "matrix", "steps", "job", "runner", \
	    "env"

const struct expr_place expr_places[] = {
	{ "run-name", LIST(WORKFLOW), 0 },
	{ "concurrency", LIST(WORKFLOW), 0 },
	{ "env", LIST(WORKFLOW, "secrets"), 0 },
	{ "on.workflow_call.inputs.<inputs_id>.default", LIST(WORKFLOW), 0 },
	{ "on.workflow_call.outputs.<output_id>.value",
	    LIST(WORKFLOW, "jobs"), 0 },

	{ "jobs.<job_id>.concurrency", LIST(JOB), 0 },
	{ "jobs.<job_id>.container", LIST(JOB), 0 },
	{ "jobs.<job_id>.container.credentials", LIST(JOB, "secrets", "env"),
	    0 },
	{ "jobs.<job_id>.container.env.<env_id>", LIST(STEP, "secrets"), 0 },
	{ "jobs.<job_id>.container.image", LIST(JOB), 0 },
	{ "jobs.<job_id>.continue-on-error", LIST(JOB), 0 },
	{ "jobs.<job_id>.defaults.run", LIST(JOB, "env"), 0 },
	{ "jobs.<job_id>.env", LIST(JOB, "secrets"), 0 },
	{ "jobs.<job_id>.environment", LIST(JOB), 0 },
	{ "jobs.<job_id>.environment.url", LIST(STEP), 0 },
	{ "jobs.<job_id>.if", LIST(WORKFLOW, "needs", SHORT), JOB_STATUS },
	{ "jobs.<job_id>.name", LIST(JOB), 0 },
	{ "jobs.<job_id>.outputs.<output_id>", LIST(STEP, "secrets"),
	    EXPR_HASH_FILES },
	{ "jobs.<job_id>.runs-on", LIST(JOB), 0 },
	{ "jobs.<job_id>.secrets.<secrets_id>", LIST(JOB, "secrets"), 0 },
	{ "jobs.<job_id>.services", LIST(JOB), 0 },
	{ "jobs.<job_id>.services.<service_id>.credentials",
	    LIST(JOB, "secrets", "env"), 0 },
	{ "jobs.<job_id>.services.<service_id>.env.<env_id>",
	    LIST(STEP, "secrets"), 0 },
	{ "jobs.<job_id>.strategy", LIST(WORKFLOW, "needs"), 0 },
	{ "jobs.<job_id>.timeout-minutes", LIST(JOB), 0 },
	{ "jobs.<job_id>.with.<with_id>", LIST(JOB), 0 },

	{ "jobs.<job_id>.steps.continue-on-error", LIST(STEP, "secrets"),
	    EXPR_HASH_FILES },
	{ "jobs.<job_id>.steps.env", LIST(STEP, "secrets"), EXPR_HASH_FILES },
	{ "jobs.<job_id>.steps.if", LIST(STEP, SHORT), STEP_STATUS },
	{ "jobs.<job_id>.steps.name", LIST(STEP, "secrets"), EXPR_HASH_FILES },
	{ "jobs.<job_id>.steps.run", LIST(STEP, "secrets"), EXPR_HASH_FILES },
	{ "jobs.<job_id>.steps.timeout-minutes", LIST(STEP, "secrets"),
	    EXPR_HASH_FILES },
	{ "jobs.<job_id>.steps.with", LIST(STEP, "secrets"), EXPR_HASH_FILES },
	{ "jobs.<job_id>.steps.working-directory", LIST(STEP, "secrets"),
	    EXPR_HASH_FILES },

	{ "action.outputs.<output_id>.value", LIST(ACTION), 0 },
	{ "action.runs.steps", LIST(ACTION), EXPR_HASH_FILES },
	{ "action.runs.steps.if", LIST(ACTION), STEP_STATUS },

	{ NULL, NULL, 0 },
};

const struct expr_place *
expr_place_find(const char *name)
{
	for (const struct expr_place *p = expr_places; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
