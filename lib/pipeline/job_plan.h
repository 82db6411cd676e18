/*
 * job_plan.h - all that is needed to run one job: frozen when it may start,
 * stored with it, and given to the job's process.
 *
 * What only the running job knows (secrets, outputs of its steps, its status,
 * the files of its workspace) is not evaluated here: such texts stay values
 * with their places, and are evaluated by who runs the job, in the contexts
 * that stand here. All else has been evaluated. So a job runs the same way
 * again whatever became of the repository or of the run since, and
 * `pawl run` executes what a server would.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_JOB_PLAN_H
#define PAWL_PIPELINE_JOB_PLAN_H

#include <stdint.h>
#include "lib/pipeline/action.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/gate.h"
#include "lib/pipeline/value_json.h"

/* Of a plan as JSON. */
#define JOB_PLAN_VERSION 3
#define JOB_PLAN_OLDEST 2 /* that is read: without parts */
#define JOB_PLAN_MAX_BYTES VALUE_JSON_MAX_BYTES

#define JOB_PLAN_MAX_TIMEOUT_MS (INT64_C(30) * 24 * 3600 * 1000)

/*
 * A composite action in use; its steps stand among the job's, with the index
 * of this in `action`. Its `inputs` context is `with` over the defaults,
 * evaluated where the step that uses it stands; it begins before its first
 * step and ends behind its last, and then its outputs become those of the
 * step that uses it.
 */
struct job_plan_action {
	int outer;            /* index of the action that uses it; -1: the job */
	const char *uses;     /* as written */
	const char *source;   /* what its files are asked for by: uses.h */
	const char *id;       /* of the step that uses it, for `steps.ID` */
	const char *title;    /* of that step, as of any other */
	int parallel;         /* as of a step */
	bool background;      /* its steps one after the other, beside those
	                         behind it */
	const struct value *condition; /* never NULL */
	const struct value *continue_on_error, *env, *with;
	const struct value *timeout_minutes, *timeout, *retry;
	bool retry_on_timeout;
	struct named_value *inputs; /* defaults; a NULL value: none */
	size_t n_inputs;
	struct named_value *outputs;
	size_t n_outputs;
	const char *file;     /* where the step that uses it is written */
	struct pos pos;
};

struct job_plan_step {
	int number;         /* from 1, in the order of the list: those of
	                       actions and of `parallel` count on */
	enum step_kind kind;
	const char *id;     /* as written, or made */
	int action;         /* the composite action that it stands in; -1 */
	int parallel;       /* number of the innermost `parallel` step that it
	                       stands in; 0: none */
	const char *title;  /* for people, before anything is evaluated */
	const struct value *name; /* NULL: `title` */
	const struct value *condition; /* never NULL */
	const struct value *run, *shell, *working_directory;
	const struct value *image; /* that `run` has a container of its own
	                              of; NULL: it runs in the job's */
	const struct value *uses, *with;
	/* Of an action that has an action.yml and is no composite. */
	const char *using;        /* "docker", "node20"; NULL: none */
	const char *source;       /* what its files are asked for by */
	/* Actions may have a part before all other steps and one behind
	 * them, in reverse order: each is a step of its own that has all
	 * that its main step has, but `condition` is when the part runs,
	 * and `of` the number of that step. */
	enum step_part { STEP_MAIN, STEP_PRE, STEP_POST } part;
	int of;                   /* 0: it is no part of another */
	const struct value *runs; /* the map of that name */
	struct named_value *inputs; /* defaults; a NULL value: none */
	size_t n_inputs;
	const char **required;    /* of those, without a default */
	size_t n_required;
	const struct value *env;  /* a map, or NULL */
	const struct value *continue_on_error;
	const struct value *timeout_minutes, *timeout;
	const struct value *retry;
	bool retry_on_timeout;
	bool background;
	const char **targets; /* of wait and cancel: ids */
	size_t n_targets;
	const char *file;     /* where it is written */
	struct pos pos;
};

/* What a container or service is made of; evaluated by who starts it. */
struct job_plan_container {
	const char *name; /* of a service; NULL: the job's */
	const struct value *image, *env, *ports, *volumes, *options,
	    *credentials, *entrypoint, *command, *ready, *pull;
	struct pos pos;   /* where it is written */
};

struct job_plan {
	const char *key;  /* planned_job.key */
	const char *id;   /* as in the file: GITHUB_JOB */
	const char *name; /* for people */
	const char *workflow; /* name of the workflow that it stands in */
	const char *file;     /* of that workflow: messages name it */

	/* Contexts; never NULL, and values keep whether they came from
	 * outside (expr_value.outside). `github` is the run's and stands
	 * beside. */
	struct expr_object *needs, *matrix, *strategy, *inputs;

	const char **labels; /* of runs-on, without images */
	size_t n_labels;
	struct job_plan_container container; /* image NULL: none asked for */
	struct job_plan_container *services;
	size_t n_services;

	struct named_value *env; /* of workflow and job, the job wins */
	size_t n_env;
	const char **env_files;  /* paths in the repository; a later one wins,
	                            and `env` wins over all */
	size_t n_env_files;
	const struct value *shell, *working_directory; /* the defaults */
	int64_t timeout_ms;      /* 0: the server's default */
	int64_t cancel_timeout_ms; /* to end when it is cancelled; 0: the same */
	bool continue_on_error;
	bool strict_variables; /* of images: see variables.h */
	const struct value *environment; /* that it deploys to: its name; NULL */
	const struct value *environment_url; /* evaluated when it ends; NULL */
	/* What must be passed before it starts, and whether that is all that
	 * it does. Not written: a plan that is read has passed them. */
	struct job_gate *gates;
	size_t n_gates;
	bool gates_alone;
	struct planned_concurrency concurrency;
	const char *generate; /* a file of the workspace, which is a workflow
	                         when the job has ended well; or NULL */
	/* Our additions, as written; or NULL. */
	const struct value *artifacts, *cache, *retry;
	double priority; /* 0 to PRIORITY_MAX; -1: the run's. Only while the
	                    plan is made */

	/*
	 * What `secrets` means here, the outermost call first: each map gives
	 * names by expressions over the secrets of the level outside. None:
	 * those of the repository. A NULL map: none are passed down.
	 */
	const struct value **secret_maps;
	size_t n_secret_maps;

	struct job_plan_action *actions;
	size_t n_actions;
	struct job_plan_step *steps;
	size_t n_steps;
	struct named_value *outputs; /* of the job */
	size_t n_outputs;
	struct pos pos;
};

/*
 * Freeze a job that is PLANNED_READY. `fetch` gets the files of actions (NULL:
 * local actions are an error, others stay as they are). Mistakes go to `d`,
 * whose file is that of the run; those of a called workflow with the place
 * of the call. In a rehearsal what asks for `needs` is left out. Lives in `a`
 * and points into what it was made from. Returns 0, or -1 with errors in `d`:
 * the job fails then, for that reason.
 */
int
job_plan_make(const struct planned_job *job, const struct run_facts *facts,
    action_fetch *fetch, void *ctx, struct arena *a, struct diags *d,
    struct job_plan *out);

/*
 * As JSON, one line (for that it must have been made or read), and back.
 * Reading trusts nothing: sizes and types are checked, expressions are parsed
 * anew, and a member that is wrong is ERR_CORRUPT with its name (ERR_TOO_LARGE
 * when `a` is exceeded). Values keep their places; their `yaml`, `type` and
 * `key` are NULL afterwards. Lives in `a`.
 */
void
job_plan_write(const struct job_plan *plan, struct str *out);
int
job_plan_read(const char *json, struct arena *a, struct job_plan *out,
    struct err *err);

#endif
