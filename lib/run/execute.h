/*
 * execute.h - one job from its plan to its end: workspace, container, steps,
 * log. Knows no database: what happens is told to functions of the caller,
 * so `pawl run` executes jobs exactly as a server does.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_EXECUTE_H
#define PAWL_RUN_EXECUTE_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/pipeline/job_plan.h"
#include "lib/pipeline/job_plan_secrets.h"
#include "lib/run/retry.h"
#include "lib/run/storage.h"

/* Where the workspace's content comes from; exactly one is set. */
struct job_source {
	const char *mirror; /* bare mirror, checked out at `sha` */
	const char *sha;
	const char *ref;    /* full name, for HEAD; NULL: none */
	const char *url;    /* of the remote "origin"; NULL: none */
	const char *folder; /* copied: tracked and untracked files, without
	                       what git ignores; without git: everything */
};

/*
 * Files of an action in another repository, by what job_plan_action.source
 * and job_plan_step.source say. They are put where the container sees them
 * before the first step.
 */
struct job_action {
	const char *source; /* "owner/repo/path@ref" */
	const char *mirror; /* bare mirror of that repository */
	const char *sha;
};

/* A repository that a checkout may be made of, or whose submodules. */
struct job_repository {
	const char *name;   /* "owner/repo" */
	const char *url;    /* that git fetches from; NULL: it is at hand */
	const char *mirror; /* or the folder of one */
	const char *branch; /* default branch; NULL: not known */
};

struct job_order {
	const struct config *config;
	const struct job_plan *plan;
	/* Contexts of the run; NULL: empty. What of github comes from
	 * outside is marked here. */
	struct expr_object *github, *vars;
	const char *run;      /* "OWNER/NAME#N", or "local" */
	const char *uuid;     /* of the run, for traces; NULL: it has none */
	const char *instance; /* label, see engine.h */
	int64_t job;
	int attempt;
	bool own;             /* what runs is the caller's own: it has secrets
	                         whatever the event was */
	bool debug;           /* RUNNER_DEBUG, runner.debug; also by the
	                         variable ACTIONS_STEP_DEBUG */
	struct job_source source;
	const struct job_action *actions;
	size_t n_actions;
	const struct job_repository *repositories;
	size_t n_repositories;
	const char *work_dir;  /* made and removed here */
	const char *keep_dir;  /* where the workspace of a failed job goes,
	                          below the state directory; NULL: nowhere.
	                          kept.h */
	const char *log_path;  /* absolute; its folder is made */
	const char *index_path;
	int echo_fd;           /* -1, or: every masked byte of the log is also
	                          written here (`pawl run`) */
	int cancel_fd;         /* -1, or: readable means "cancel" */
};

/* The secrets that a job asks for. */
struct job_secrets {
	struct plan_secrets named;
	const char *environment; /* that it deploys to; NULL: none */
};

/* Is one of this name among them? */
bool
job_secrets_want(const struct job_secrets *wanted, const char *name);

/* An error, warning or notice that a step printed, masked. */
struct job_annotation {
	const char *level;       /* "error", "warning", "notice" */
	const char *title, *file; /* or NULL; a file of the workspace is named
	                            from there on */
	int line, end_line, col, end_col; /* 0: none */
	const char *message;
};

/* Told as things happen: started() when the engine is known, before the
 * image is there; completing() when the steps are done, unless started() was
 * never called. A function that fails ends the job as an infrastructure
 * failure. NULL functions are skipped. */
struct job_observer {
	void *ctx;
	/* Add the secrets that are wanted to `out`, by name, in `a`. Asked
	 * once and first of all, unless the job names none or may have none.
	 * NULL: those of the configuration. */
	int (*secrets)(void *ctx, const struct job_secrets *wanted,
	    struct arena *a, struct expr_object *out, struct err *err);
	int (*started)(void *ctx, const char *engine, struct err *err);
	/* `name`: with its expressions, masked. */
	int (*step_started)(void *ctx, const struct job_plan_step *step,
	    const char *name, int64_t log_offset, struct err *err);
	/* `on` is "succeed", "fail", "cancel", or "skip" of one that has not
	 * started. A failure that continue-on-error lets pass is "fail". */
	int (*step_finished)(void *ctx, const struct job_plan_step *step,
	    const char *on, int exit_code, const char *reason,
	    struct err *err);
	int (*completing)(void *ctx, struct err *err);
	/* Called every `lease_ms / 3` while the job runs, later only while a
	 * container starts or is removed; returns 1 to cancel. */
	int (*tick)(void *ctx, struct err *err);
	/* The job's outputs, all strings, before completing(). */
	int (*outputs)(void *ctx, struct expr_object *outputs,
	    struct err *err);
	/* The environment that it deploys to, before completing(), and its
	 * address, NULL: none. */
	int (*deployment)(void *ctx, const char *environment,
	    const char *url, struct err *err);
	/* The first 10 of each level in a step, 50 in the job; `number` counts
	 * them from 1. */
	int (*annotation)(void *ctx, const struct job_plan_step *step,
	    int number, const struct job_annotation *a, struct err *err);
	/* What a step wrote to GITHUB_STEP_SUMMARY, if anything: Markdown,
	 * masked. */
	int (*summary)(void *ctx, const struct job_plan_step *step,
	    const char *text, size_t len, struct err *err);
	/* A service has a log from now on, beside the job's: see
	 * layout_service_log(). */
	int (*service)(void *ctx, const char *name, struct err *err);
	/* The file that "generate" of the job names, when the job has
	 * succeeded, before completing(). */
	int (*generated)(void *ctx, const char *text, size_t len,
	    struct err *err);
	const struct job_storage *storage; /* artifacts, caches; NULL: none */
};

struct job_end {
	const char *on;   /* "succeed", "fail", "cancel" */
	int exit_code;    /* of the failing step; -1: none */
	char reason[512]; /* for people; "" on success */
	enum err_kind kind; /* of a failure: INFRA may be tried again */
	enum fail_cause cause; /* of a failure */
	bool over_time; /* by the limit of the job, not of a step */
	/* `retry` of the job; whether there is another attempt, the caller
	 * asks retry_again(). */
	struct retry_rule retry;
};

/* Limits of GitHub: of one job's outputs together. */
#define JOB_OUTPUTS_MAX_BYTES (1024 * 1024)
#define JOB_GENERATED_MAX_BYTES (1024 * 1024)

/*
 * Run the job. Returns 0 when it came to an end of its own (`result` says
 * which), -1 when the infrastructure failed (err says how; `result` is filled
 * as well). In either case nothing of the container and the workspace is
 * left, and the last line of the log says why.
 */
int
job_execute(const struct job_order *order, const struct job_observer *obs,
    struct job_end *result, struct err *err);

#endif
