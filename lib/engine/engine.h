/*
 * engine.h - where jobs run: one table of functions per engine.
 *
 * An engine makes one container per job. Inside it the helper pawl-init runs
 * as the first process: a small static program that is mounted read-only and
 * connects to a socket of the job's process. Steps are given to it over that
 * socket together with the descriptors for their output, so starting a step
 * costs no round trip to the engine, no output passes through the engine,
 * and when the job's process dies the helper sees the end of its socket and
 * ends the container.
 *
 * A new engine is one file and one row in engine.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_ENGINE_H
#define PAWL_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"

struct engine;    /* an opened engine */
struct container; /* one job's container */

/* What a job asks of its container. Strings are borrowed for the call. */
struct container_spec {
	const char *name;      /* "ci-job-<job>-<attempt>" */
	const char *image;     /* NULL with the sandbox: the host's userland */
	const char *work_dir;  /* of the job on the host, ours alone: holds
	                          "workspace" and "runner" (made and filled by
	                          the caller) and what the engine puts beside
	                          them. Its mode is set here. The job may write
	                          to every file in the two: they must share none
	                          with others by hard links */
	int64_t job;           /* become labels, see ENGINE_LABEL_... */
	int attempt;
	const char *run;       /* "OWNER/NAME#N" */
	const char *instance;  /* tells two Pawls on one engine apart */
	bool network;
	int64_t memory_max_bytes;    /* 0: none */
	int64_t pids_max;            /* 0: none */
	int64_t workspace_max_bytes; /* 0: none; where the engine can */
};

#define ENGINE_LABEL_JOB "ci.pawl.job"
#define ENGINE_LABEL_ATTEMPT "ci.pawl.attempt"
#define ENGINE_LABEL_RUN "ci.pawl.run"
#define ENGINE_LABEL_INSTANCE "ci.pawl.instance"

/* Inside every container. */
#define ENGINE_WORKSPACE "/workspace"
#define ENGINE_RUNNER "/runner" /* what the runner and its steps give each
                                   other */
#define ENGINE_SCRIPT_DIR "/tmp" /* for script_path; writable in all */

/* Progress for people (image pull); ends without a newline. */
typedef void (*engine_progress_fn)(void *ctx, const char *line);

/* A container left behind, as engine_list() finds it. */
struct engine_leftover {
	const char *id; /* of the engine; give it to engine_remove_leftover */
	int64_t job;
	int attempt;
};
typedef void (*engine_leftover_fn)(void *ctx,
    const struct engine_leftover *left);

/*
 * Open the engine a job needs. `name` is "auto", "sandbox" or "docker";
 * `image` says whether the job asks for one (auto: with an image docker,
 * without one the sandbox when it works here, else docker with the
 * configuration's default-image). Answers with the reason when none fits
 * (ERR_UNAVAILABLE, ERR_UNSUPPORTED). Free with engine_close().
 */
int
engine_open(const char *name, const char *image, const struct config *config,
    struct engine **out, struct err *err);
void
engine_close(struct engine *e);

const char *
engine_name(const struct engine *e); /* "sandbox", "docker" */

/* One line for people: what answers, with versions; or why it does not. For
 * `pawl admin check`: probes without opening. Returns 0 or -1 with err. */
int
engine_probe(const char *name, const struct config *config, struct str *about,
    struct err *err);

/* Make sure that the image is here; pulls when it is absent (network faults
 * retried 3 times: 2, 4, 8 s; a missing image is not). */
int
engine_ensure_image(struct engine *e, const char *image,
    engine_progress_fn progress, void *ctx, struct err *err);

/*
 * Create and start the container and wait until its helper has connected.
 * Waits at most `timeout_ms`. Free with container_remove(), also after a
 * failure in between; on failure nothing is left behind.
 */
int
container_start(struct engine *e, const struct container_spec *spec,
    int timeout_ms, struct container **out, struct err *err);

/*
 * The environment that the container has of itself: what the image sets (its
 * PATH above all), HOME. A step's environment is to begin with it, or the
 * image's programs are not found. Ends in NULL; belongs to the container.
 */
const char *const *
container_env(const struct container *c);

/* A step: what is executed inside, with descriptors of the caller (which
 * keeps and closes them) as its standard output and error. */
struct container_step {
	const char *const *argv; /* absolute, or found in the step's PATH */
	const char *const *env;  /* the whole environment */
	const char *cwd;         /* absolute path inside */
	const char *script;      /* NULL, or text that the helper writes to
	                            the file `script_path` inside, mode 0755 */
	const char *script_path;
	int out, err;
};

/*
 * Start a step; up to CONTAINER_MAX_STEPS run at a time. Returns at once when
 * it was started, with its number in the container; or -1: ERR_NOT_FOUND when
 * argv[0] is not in the container, ERR_INVALID when cwd is no folder,
 * ERR_UNAVAILABLE when the container is gone.
 */
#define CONTAINER_MAX_STEPS 32
int
container_step_start(struct container *c, const struct container_step *step,
    int64_t *number, struct err *err);

/* A descriptor that polls readable when a step has ended or the container is
 * gone. Belongs to the container. */
int
container_fd(const struct container *c);

/* Call when container_fd() is readable, and after every start: while that
 * waited, others may have ended. Returns 1 with `number` and `end` filled when
 * a step has ended (its children may live on), 0 when there is nothing yet.
 * When the container ended instead, `end` is PROC_UNKNOWN with err set to the
 * reason (killed, out of memory) and -1 is returned. */
int
container_step_poll(struct container *c, int64_t *number,
    struct proc_end *end, struct err *err);

/* Has a process been killed for the memory limit during the step that ended
 * last? Its end alone (signal 9, or a shell's exit code 137) does not tell. Ask after
 * container_step_poll() has returned 1. */
bool
container_out_of_memory(const struct container *c);

/* Send a signal to a step's processes (its whole session). `number` 0: to all
 * steps, and SIGKILL to everything in the container but the helper. */
int
container_signal(struct container *c, int64_t number, int signo,
    struct err *err);

/* Kill what is left, remove the container and free `c` (NULL is fine).
 * Afterwards no process and no mount of it exists. -1 when the engine
 * refused; `c` is freed all the same and the janitor will find it. */
int
container_remove(struct container *c, struct err *err);

/* Every container of `instance` that this engine knows, running or not. */
int
engine_list(struct engine *e, const char *instance, engine_leftover_fn fn,
    void *ctx, struct err *err);
int
engine_remove_leftover(struct engine *e, const char *id, struct err *err);

#endif
