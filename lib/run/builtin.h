/*
 * builtin.h - actions that Pawl does itself: what a row of the table brings,
 * and what it finds to do its work.
 *
 * A new one is a row in lib/pipeline/builtin.c (its name, inputs, outputs), a
 * row in builtin.c and a file of its own. It begins in the job's process,
 * where it must not wait: what takes long is work in a child process, beside
 * which limits and cancel go on to count.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_BUILTIN_H
#define PAWL_RUN_BUILTIN_H

#include "lib/pipeline/builtin.h"
#include "lib/run/job.h"

/*
 * What an action does. It reads its inputs, and sets s->outcome.on to
 * "succeed", or begins work by builtin_work(), or returns -1: a mistake of the
 * user's is the end of the step, all else that of the job.
 */
typedef int builtin_run(struct step_run *s, struct err *err);

struct builtin {
	const char *name;  /* that of builtin_actions */
	builtin_run *run;
	builtin_run *post; /* its part behind all other steps, in reverse
	                      order, when `run` was called before, also after
	                      a failure or cancel; inputs are evaluated anew,
	                      and what was kept is at hand. NULL: none */
};

extern const struct builtin builtins[];
extern const size_t n_builtins;

/* The rows' functions, by file. */
builtin_run builtin_checkout;                      /* checkout.c */
builtin_run builtin_restore;                       /* cache_restore.c */
builtin_run builtin_save, builtin_cache_post;      /* cache_save.c */
builtin_run builtin_upload;                        /* artifact_upload.c */
builtin_run builtin_download, builtin_pull;        /* artifact_download.c */

builtin_run builtin_docker_build;                  /* image_build.c */
builtin_run builtin_docker_push;                   /* image_push.c */
builtin_run builtin_docker_run;                    /* image_run.c */

/* image_build.c: may steps build and push images here? */
int
image_steps_allowed(const struct step_run *s, struct err *err);

/* artifact_upload.c: is this a name that an artifact can have? */
int
artifact_name_check(const char *name, struct err *err);

/* --- in the job's process ----------------------------------------------------- */

/* An input: what `with` says, else its default. Lives in the step's arena. */
int
builtin_text(struct step_run *s, const char *name, const char **out,
    struct err *err);

/* The same of a list, too: an item a line. */
int
builtin_lines(struct step_run *s, const char *name, const char **out,
    struct err *err);

/* One that is a list of texts, or a text, which is a list of one; NULL at its
 * end, without items when it is not given. */
int
builtin_list(struct step_run *s, const char *name, const char *const **out,
    struct err *err);

/* One that is "true" or "false"; anything else is a mistake. */
int
builtin_flag(struct step_run *s, const char *name, bool *out,
    struct err *err);

/* A line for the log of the step. */
int
builtin_print(struct step_run *s, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int
builtin_warn(struct step_run *s, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void
builtin_output(struct step_run *s, const char *name, const char *value);

/* As GitHub warns of inputs that are none of `names` (NULL at their end), with
 * the one that was meant. */
int
builtin_warn_inputs(struct step_run *s, const char *const *names,
    struct err *err);

/* What the main part keeps for the post part; "": it has not. */
void
builtin_keep(struct step_run *s, const char *name, const char *value);
const char *
builtin_kept(struct step_run *s, const char *name);

/* --- work in a child process -------------------------------------------------- */

struct work; /* the child's end */

/* What the child does. It sees all that was there when it began, and what it
 * changes is its own: it tells by the functions below. */
typedef int builtin_work_fn(struct work *w, void *ctx, struct err *err);

/* In the job's process, when the work has ended well: the step succeeds with
 * it, unless this fails. `result` is what work_result() gave, else "". An
 * error of the work or of this, of whatever kind, ends the step only. Returns
 * 0; or 1 when running_process() has started what the step is about. */
typedef int builtin_done_fn(struct step_run *s, void *ctx, const char *result,
    struct err *err);

/* Begin. The child is ended by TERM, later KILL, with all git and such that
 * it has started by proc_spawn() with die_with_parent. `ctx` must live as
 * long as the step: in s->arena. `done` may be NULL. */
int
builtin_work(struct step_run *s, builtin_work_fn *fn, builtin_done_fn *done,
    void *ctx, struct err *err);

/* In the child. Texts may have several lines; they are cut behind
 * WORK_MAX_BYTES, but a value or result that is longer is an error. */
#define WORK_MAX_BYTES 8192
void
work_print(struct work *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void
work_warn(struct work *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int
work_output(struct work *w, const char *name, const char *value,
    struct err *err);
int
work_result(struct work *w, const char *text, struct err *err);

/* --- for running.c ------------------------------------------------------------ */

/* Take what the child has told. Returns 1 when it is over: then the outcome is
 * filled as if nobody had asked it to end. */
int
work_take(struct step_run *s, struct err *err);

/* Send it a signal; or end it and free what it holds. */
void
work_signal(struct step_run *s, int signo);
void
work_stop(struct step_run *s);

#endif
