/*
 * job.h - one job in the making, for the files of this room that share it.
 *
 *	execute.c   its life          prepare.c   up to a container
 *	flow.c      the order of its steps, several at a time
 *	scope.c     composite actions around them
 *	step.c      one step          builtin.c   actions that Pawl does itself
 *	running.c   its process       output.c    what it prints
 *	ending.c    its early end     retry.c     another try
 *	sight.c     what expressions see
 *	stop.c      everything that ends it early
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_JOB_H
#define PAWL_RUN_JOB_H

#include <poll.h>
#include "lib/base/arena.h"
#include "lib/engine/engine.h"
#include "lib/run/command.h"
#include "lib/run/environment.h"
#include "lib/run/execute.h"
#include "lib/run/joblog.h"
#include "lib/run/mask.h"
#include "lib/run/pairs.h"
#include "lib/run/retry.h"
#include "lib/run/step_files.h"

/* Why a job ends before its steps do. */
enum job_stop {
	JOB_GOES_ON,
	JOB_STOP_CANCELLED,
	JOB_STOP_TIMED_OUT, /* the job's own limit */
	JOB_STOP_FAILED,    /* job_exec.failure says why */
};

enum job_status { STATUS_SUCCESS, STATUS_FAILURE, STATUS_CANCELLED };

/* The steps of the job, or of a composite action. */
struct job_scope {
	struct job_scope *outer;
	const struct job_plan_action *action; /* NULL: the job */
	struct expr_object *inputs, *steps;
	struct environment env; /* of the step that uses the action */
	enum job_status status;
	const char *path;       /* of the action's files; or NULL */
	bool continue_on_error;
	int64_t until_ms;       /* its time; 0: it has none of its own */
	struct job_scope *next; /* of job_exec.scopes */
};

/* What the main part of a step that uses an action leaves to the others. */
struct step_memory {
	bool began;
	struct job_scope *scope;
	struct environment state; /* of GITHUB_STATE */
	const struct job_plan_step *late; /* late.c: with what the action is;
	                                     NULL: the plan knows */
	const char *image; /* that was built for it; or NULL */
};

struct step_run;
struct kept_step;
struct flow;

#define JOB_MAX_PATHS 1000 /* entries of PATH that steps add */

struct job_exec {
	const struct job_order *order;
	const struct job_observer *obs;
	struct job_end *result;
	struct arena arena;
	struct mask *mask;
	struct joblog *log;
	struct engine *engine;
	struct container *container;
	const char *image;         /* NULL: none */
	struct network *network;   /* of its own; NULL: none */
	const char *network_name;
	struct services *services; /* services.h; NULL: none */
	const char *engine_name;   /* NULL: not known yet */
	bool started;              /* obs->started() has been told */
	bool debug;                /* steps are to say more */
	const char *default_shell; /* the one that this container has */
	int64_t started_ms;        /* monotonic, as all here */
	int64_t until_ms;          /* the job's limit */
	int64_t last_ms;           /* of steps that run although the job was
	                              stopped; 0: not known yet */
	int64_t next_tick_ms;
	enum job_stop stop;
	bool stop_told;            /* the steps know of it */
	bool processes_told;       /* what hung at the job's time-out */
	struct err failure;        /* of the infrastructure */

	int workspace, runner;     /* folders; -1: not yet open */
	struct step_spares spares; /* in the latter */
	struct expr_object *secrets;
	struct environment container_env; /* `env` of `container` */
	struct environment system, env; /* env: what steps may change */
	const char **paths;        /* in front of PATH, the last one first */
	size_t n_paths;
	struct job_scope scope;    /* the job's own */
	struct job_scope *scopes;  /* those of actions, until the end */
	struct step_memory *memory; /* by the number of the main step */
	size_t n_annotations;
	struct step_run **running; /* processes, in order of their start */
	size_t n_running;
	bool failed;               /* the result has the first failure */
	bool replaced;             /* another checkout is in the workspace */
	int failed_step;           /* its number; 0: it is none's */
	struct kept_step *noted;   /* kept_make.c: steps as they were started */
	size_t n_noted, noted_bytes;
	bool kept;                 /* the workspace has gone to keep_dir */
};

/* --- stop.c ------------------------------------------------------------------ */

/* Wait for one of `fds` (at most JOB_MAX_FDS) or until `until_ms` (0:
 * no limit), while the job's own limits are watched: x->stop is set when it
 * has to end. Returns at once when it is set and `heed` says so. */
#define JOB_MAX_FDS (3 * CONTAINER_MAX_STEPS + 1)
void
job_wait(struct job_exec *x, struct pollfd *fds, size_t n, int64_t until_ms,
    bool heed);

/* Tell the caller that we live, when it is time or `now` says so. */
void
job_tick(struct job_exec *x, bool now);

/* The end of the job for a reason that is not the job's: kept once. Always
 * returns -1. */
int
job_fail(struct job_exec *x, const struct err *err);

/* "the job timed out after 2 h (\"job-timeout\")" or what x->stop means. */
void
job_stop_text(const struct job_exec *x, struct str *out);

/* --- prepare.c ------------------------------------------------------------------ */

/* Everything up to a container that waits for steps. Returns 0; -1 with err,
 * or with x->stop set. */
int
job_prepare(struct job_exec *x, struct err *err);

/* --- container.c ---------------------------------------------------------------- */

/* What all containers of the job have in common. `suffix` tells those besides
 * its own from each other; NULL: it is the job's own. */
void
job_container_spec(struct job_exec *x, enum container_role role,
    const char *suffix, struct container_spec *spec);

/* Start it; -1 also with x->stop set alone, when the job has to end. */
int
job_container_start(struct job_exec *x, const struct container_spec *spec,
    struct container **out, struct err *err);

/* The job's own network, if it needs one: once. */
int
job_network(struct job_exec *x, struct err *err);

/* A pipe for output: what is read does not block. */
int
job_pipe(int ends[2], struct err *err);

/* --- sight.c -------------------------------------------------------------------- */

/* What an expression sees where a step stands. */
struct sight {
	struct job_exec *x;
	const struct job_scope *scope;
	struct expr_env env;
	struct diags d;
	struct arena *a;
};

/* `vars` (may be NULL) is the context `env`; `step` (may be NULL) gives the
 * files of github.output and so on. */
void
sight_init(struct sight *s, struct job_exec *x,
    const struct job_scope *scope, const struct environment *vars,
    const struct step_run *step, struct arena *a);

/* Evaluate. A mistake is the user's error, with its place. */
int
sight_value(struct sight *s, const struct value *v, struct expr_value *out,
    struct err *err);
int
sight_text(struct sight *s, const struct value *v, const char *fallback,
    const char **out, struct err *err);
int
sight_bool(struct sight *s, const struct value *v, bool *out,
    struct err *err);
/* A map of texts into `e`; `before` is what it comes over. */
int
sight_env(struct sight *s, const struct value *map,
    const struct environment *before, struct environment *e,
    struct err *err);
/* The inputs of an action, which live in `a`: action.h. */
int
sight_inputs(struct sight *s, const struct named_value *inputs, size_t n,
    const struct value *with, struct arena *a, struct expr_object **out,
    struct err *err);
/* timeout-minutes or a timeout with its unit; 0 when neither is there. */
int
sight_timeout(struct sight *s, const struct value *minutes,
    const struct value *timeout, int64_t *ms, struct err *err);

/* secrets.c: is the job what a stranger wrote, the pull request of a fork? What
 * the server's people are trusted with is not for it. */
bool
job_is_strangers(struct job_exec *x);

/* secrets.c: fill x->secrets with what the job names, and mask it. Once the
 * log is open. */
int
job_secrets(struct job_exec *x, struct err *err);

/* Hand x->secrets through the calls; fill x->system, x->env. */
int
job_contexts(struct job_exec *x, struct err *err);

/* Variables from files of the workspace, when that is there. */
int
job_env_files(struct job_exec *x, struct err *err);

/* Append a text with what is masked as "***". What people or the database are
 * told may quote what a step knew. */
void
job_mask(const struct job_exec *x, const char *text, size_t len,
    struct str *out);

/* Does a text hold what is masked? */
bool
job_is_secret(const struct job_exec *x, const char *text);

/* deployment.c: the name of the environment that it deploys to, NULL: none;
 * and that with its address, to the observer. */
int
job_environment(struct job_exec *x, const char **name, struct err *err);
int
job_deployment(struct job_exec *x, struct err *err);

/* The job's outputs, to the observer. */
int
job_outputs(struct job_exec *x, struct err *err);

/* hash.c: hashFiles(), for struct expr_env; ctx is a struct sight. */
int
sight_hash_files(void *ctx, const char *const *patterns, size_t n,
    struct arena *a, const char **hash, struct err *err);

/* --- step.c ---------------------------------------------------------------------- */

/* How a step ended. */
struct step_outcome {
	const char *on; /* "succeed", "fail", "cancel", "skip" */
	int exit_code;  /* -1: none */
	bool timed_out; /* by its own limit */
	enum fail_cause cause;
	struct str reason;
};

enum step_phase {
	STEP_RUNS,
	STEP_TERM_SENT,
	STEP_KILL_SENT,
	STEP_PAUSES, /* before another try */
	STEP_OVER,
};

/* A step that has begun. */
struct step_run {
	struct job_exec *x;
	const struct job_plan_step *plan;
	struct job_scope *scope;
	struct arena arena;
	struct environment vars; /* the context env */
	struct step_files files;
	bool told;         /* the observer knows that it has started */
	int64_t timeout_ms;
	bool continue_on_error;
	struct retry_rule retry;
	int attempt;       /* from 1 */
	struct step_outcome outcome;

	/* output.c */
	struct joblog_source *source;
	struct command_stream streams[2];
	struct str stop_token; /* commands are text until this one */
	bool command_failed;
	unsigned warned;       /* kinds of commands */
	size_t n_events, n_annotations[3];
	struct environment outputs, env, state; /* that it sets */
	const char **paths;
	size_t n_paths;

	/* running.c */
	bool spawned;      /* a process of it has been started: it has files */
	int fds[2];        /* our ends of the pipes; -1 once closed */
	enum step_phase phase;
	int64_t until_ms;  /* the step's limit, or that of the phase */
	bool asked;        /* it was ended by a "cancel" step */
	bool around;       /* its limit is that of an action around it */
	int64_t number;    /* in the container; -1: not there */
	struct container *box; /* its own; NULL: it runs in the job's */
	const char *box_image;
	const char *missing;   /* inputs that its action requires; or NULL */
	int64_t n_printed;     /* bytes */
	struct work *work; /* builtin.h: what runs instead of a process */
	struct proc_end end;
	bool out_of_memory;
};

/*
 * Begin a step: skip it, end it at once, or start its process; then *out is
 * in x->running until its phase is STEP_OVER. Ends of any kind are in
 * (*out)->outcome. -1 with err when the infrastructure failed.
 */
int
step_begin(struct job_exec *x, struct job_scope *scope,
    const struct job_plan_step *plan, struct step_run **out, struct err *err);

/* Another try of a step that uses an action. */
int
step_again(struct step_run *s, struct err *err);

/* A step that has ended: tell log and observer, take its files. */
int
step_end(struct step_run *s, struct err *err);

/* Its outputs, variables and result become known to the steps behind it. */
int
step_join(struct step_run *s, struct err *err);

/* One that has ended before it began, for this reason. */
struct step_run *
step_cancelled(struct job_exec *x, struct job_scope *scope,
    const struct job_plan_step *plan, const char *reason);

void
step_free(struct step_run *s);

/* Say that a step is skipped which has not begun. */
int
step_skip(struct job_exec *x, const struct job_plan_step *plan,
    const char *on, const char *reason, struct err *err);

/* Variables of the steps that use the actions of a scope, the inner ones
 * over the outer ones. */
void
scope_merge(struct environment *e, const struct job_scope *scope);

/* Where the files of an action stand in the container; NULL: nowhere. Lives
 * in the job's arena. */
const char *
action_folder(struct job_exec *x, const char *source);

/* The status of a scope after something in it ended so; the first failure is
 * the job's reason. */
void
scope_count(struct job_exec *x, struct job_scope *scope, const char *on);

/* Its steps that have not begun are left out, unless theirs is always(). */
void
scope_cancel(struct job_scope *scope);

/* Put outcome, conclusion and outputs into `steps`. */
void
scope_tell(struct job_exec *x, struct job_scope *scope, const char *id,
    const char *on, bool continue_on_error, struct expr_object *outputs);

/* Why a condition that is false is. Lives in `a`. */
const char *
step_why_not(const struct job_exec *x, const struct job_scope *scope,
    const struct value *condition, struct arena *a);

/* Where it runs. */
struct container *
step_container(const struct step_run *s);

/* step_spawn.c: start it, with these descriptors as its output; the caller
 * keeps them. An error of the user's kind is the pipeline author's: no such
 * shell, no such folder. */
int
step_spawn(struct step_run *s, int out, int diag, struct err *err);

/* The environment of a step, without what its kind adds; lives in sight->a. */
void
step_environment(struct step_run *s, struct sight *sight,
    struct environment *out);

/* action_inputs.c: INPUT_... for what `with` says and the defaults, and
 * `inputs`, the context, in sight->a; and STATE_..., what its parts before
 * have kept. */
int
action_inputs_add(struct step_run *s, struct sight *sight,
    struct environment *e, struct expr_object **inputs, struct err *err);
void
action_state_add(struct step_run *s, struct sight *sight,
    struct environment *e);

/* action_container.c: is it a step that runs in a container of its own? Of
 * these an action for docker, or docker://IMAGE? */
bool
step_has_container(const struct job_plan_step *plan);
bool
action_is_container(const struct job_plan_step *plan);
/* The image of one that needs none to be built; or NULL. Lives in `a`. */
const char *
action_container_image(const struct job_plan_step *plan, struct arena *a);
/* Begin; and start its process as step_spawn() does. */
int
action_container_begin(struct step_run *s, struct err *err);
int
action_container_start(struct step_run *s, const char *image,
    struct err *err); /* its container alone */
/* image_run.c: fetch the image that a script has of its own, then begin. */
int
action_container_script(struct step_run *s, struct err *err);
/* image_build.c: build its image from its Dockerfile, then begin. */
int
action_container_build(struct step_run *s, const char *dockerfile,
    struct err *err);
int
action_container_spawn(struct step_run *s, int out, int diag,
    struct err *err);
/* It has ended: say what explains that. */
int
action_container_end(struct step_run *s, struct err *err);

/*
 * late.c: an action of the workspace that was not in the commit: read it now,
 * and put what it is into s->plan. 0: the plan knew it.
 */
int
late_action(struct step_run *s, struct err *err);

/* Has such an action no part behind all steps? */
bool
late_without_post(struct job_exec *x, const struct job_plan_step *plan);

/* node.c: a step that uses an action for node; and start its process as
 * step_spawn() does. */
int
node_begin(struct step_run *s, struct err *err);
int
node_spawn(struct step_run *s, int out, int diag, struct err *err);

/* builtin.c: a step that uses an action which is no composite. Its outcome
 * is filled. */
int
step_uses(struct step_run *s, struct err *err);

struct git_checkout;

/* checkout.c: what is checked out before the first step: what the first step
 * that uses actions/checkout asks for, as far as that is written plainly. */
void
checkout_implied(const struct job_exec *x, struct git_checkout *out);

/* --- running.c -------------------------------------------------------------------- */

/* Start the process and put it into x->running. */
int
running_start(struct step_run *s, struct err *err);

/* The work of an action has begun, and tells by `fd`, which stays its. */
void
running_work(struct step_run *s, int fd);

/* Its work has prepared what it runs: start that process now. */
int
running_process(struct step_run *s, struct err *err);

/* Wait until something of those that run has happened, and act on it. */
int
running_wait(struct job_exec *x, struct err *err);

/* End one for a "cancel" step. */
int
running_cancel(struct step_run *s, struct err *err);

/* --- ending.c ---------------------------------------------------------------------- */

/* The step's own limit, or that of the configuration. */
int64_t
step_limit_ms(const struct step_run *s);

/* Why the step is ended, for people. */
void
ending_text(const struct step_run *s, struct str *out);

/* Ask its processes to end, and give them time to; at a time-out the log tells
 * which there are. When the time is over, kill. */
int
ending_ask(struct step_run *s, struct err *err);
int
ending_kill(struct step_run *s, struct err *err);

/* Its process has ended: fill the outcome. */
void
ending_judge(struct step_run *s);

/* What the container knows of its memory, behind a kill for that. */
int
ending_say_memory(struct step_run *s, struct err *err);

/* --- output.c ---------------------------------------------------------------------- */

/* Bytes that the step printed. */
int
output_take(struct step_run *s, int stream, const char *data, size_t len,
    struct err *err);
/* No more of them come. */
int
output_end(struct step_run *s, struct err *err);
/* output_read.c: one read of a pipe of the step, into its log; the pipes do
 * not block. How many bytes there were, or -1. A line of the other stream that
 * the log has begun is ended before. */
#define OUTPUT_READ_BYTES (64 * 1024)
int
output_read(struct step_run *s, int stream, size_t max, struct err *err);

/* What it wrote to its files. A mistake in them is an outcome. */
int
output_files(struct step_run *s, struct err *err);

/* --- scope.c, flow.c ------------------------------------------------------------------ */

/* Open the scope of an action. *skipped: its condition is false, for the
 * reason `why`. A mistake of the user's is an error. */
int
scope_open(struct job_exec *x, struct job_scope *outer,
    const struct job_plan_action *action, struct job_scope **out,
    bool *skipped, const char **why, struct err *err);

/*
 * Where a part before or behind all steps stands: what the action around it
 * had, with the status of the job. NULL: its main step did not run, so this
 * does not.
 */
int
scope_of_part(struct job_exec *x, const struct job_plan_step *plan,
    struct job_scope **out, struct err *err);

/* Of all actions. */
void
scopes_release(struct job_exec *x);

/* What is remembered of the step that one is or is a part of. */
struct step_memory *
step_memory(struct job_exec *x, const struct job_plan_step *plan);

/* Evaluate its outputs; *on is how it ended. */
int
scope_close(struct job_exec *x, struct job_scope *s, const char **on,
    struct expr_object **outputs, struct err *err);

/* All steps. Returns 0 when they came to an end of any kind. */
int
job_flow(struct job_exec *x, struct err *err);

#endif
