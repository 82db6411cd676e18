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
#include <sys/types.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"

struct engine;    /* an opened engine */
struct container; /* of a job, of one of its services, of one of its steps */
struct network;   /* of a job that has more than one container */

/* What a container is for; the label ENGINE_LABEL_ROLE. */
enum container_role { CONTAINER_JOB, CONTAINER_SERVICE, CONTAINER_STEP };

/* A folder of the host or a volume, as far as the policy of the configuration
 * allows it; whoever asks has checked. */
struct container_mount {
	const char *source; /* an absolute path, or a volume's name; NULL: a
	                       volume that goes with the container */
	const char *target; /* absolute */
	bool read_only;
};

struct container_port {
	int container; /* 1 to 65535 */
	int host;      /* 0: any that is free; on 127.0.0.1 alone */
	bool udp;
};

/* `options` of `container` and services, as far as they are not about
 * health: read and checked by container_options_read(). */
struct container_options {
	const char *user;         /* who steps are, "name", "uid" or either
	                             with ":group"; NULL: the image's
	                             (sandbox: its own) */
	const char *hostname;     /* NULL: the engine's */
	/* Limits, 0: none. container_start() takes the lower one of each and
	 * that of the spec, so that engines look at the spec alone. */
	int64_t memory_max_bytes;
	int64_t cpus_milli;       /* thousandths of a processor */
	int64_t pids_max;
	int64_t shm_bytes;        /* 0: the engine's */
	bool init_ignored;        /* --init: pawl-init is one */
	const char **cap_drop;
	size_t n_cap_drop;
	const char **cap_add;     /* by policy */
	size_t n_cap_add;
	bool privileged;          /* by policy */
	/* `source` is what the mount is asked for ("size=64m"), or NULL. */
	struct container_mount *tmpfs;
	size_t n_tmpfs;
	int64_t nofile_max;       /* open files of a process; 0: the engine's */
};

/* For a registry; not logged, not stored by the engine. */
struct registry_login {
	const char *username, *password;
};

/*
 * What a job asks of one of its containers. Strings are borrowed for the call.
 *
 * All of a job's containers may have the same work_dir; then each but the
 * job's own has a `ctl` of its own, a plain file name ("ctl-redis", "ctl-s3"),
 * for the socket of its pawl-init and what else the engine keeps for it.
 * Services are `bare`; the container of a docker action shares the workspace.
 *
 * pawl-init is process 1 of each and root in its container; steps are
 * options->user, else the image's user. What the image's ENTRYPOINT and CMD
 * say is not started: whoever wants them run starts them as a step
 * (engine_image_about()). The container of role CONTAINER_JOB makes the
 * workspace and the runner's folder its user's when it starts.
 */
struct container_spec {
	const char *name;      /* "ci-job-<job>-<attempt>" */
	const char *image;     /* NULL with the sandbox: the host's userland */
	const char *work_dir;  /* of the job on the host, ours alone: holds
	                          "workspace" and "runner" (made and filled by
	                          the caller) and what the engine puts beside
	                          them. Its mode is set here. The job may write
	                          to every file in the two: they must share none
	                          with others by hard links */
	const char *ctl;       /* folder in work_dir; NULL: "ctl" */
	bool bare;             /* neither workspace nor runner is mounted */
	bool unfilled;         /* both are still being filled: when they are,
	                          container_own() gives them to the user */
	bool with_images;      /* of the job's own: images of steps share the
	                          workspace, so their root can write to it */
	int64_t job;           /* become labels, see ENGINE_LABEL_... */
	int attempt;
	const char *run;       /* "OWNER/NAME#N" */
	const char *instance;  /* tells two Pawls on one engine apart */
	bool network;          /* any at all; without `net` the engine's own */
	enum container_role role;
	struct network *net;         /* NULL: none of its own */
	const char *const *aliases;  /* names on `net`; NULL-ended, or NULL */
	const struct container_mount *mounts;
	size_t n_mounts;
	const struct container_port *ports;
	size_t n_ports;
	const struct container_options *options; /* NULL: none */
	int64_t cpus_milli;          /* 0: no limit */
	int64_t shm_bytes;           /* 0: the engine's */
	int64_t nofile_max;          /* open files; 0: the engine's */
	int64_t memory_max_bytes;    /* 0: none */
	int64_t pids_max;            /* 0: none */
	int64_t workspace_max_bytes; /* 0: none; where the engine can */
};

#define ENGINE_LABEL_JOB "ci.pawl.job"
#define ENGINE_LABEL_ATTEMPT "ci.pawl.attempt"
#define ENGINE_LABEL_RUN "ci.pawl.run"
#define ENGINE_LABEL_INSTANCE "ci.pawl.instance"
#define ENGINE_LABEL_ROLE "ci.pawl.role" /* "job", "service", "step" */

/* Inside every container. */
#define ENGINE_WORKSPACE "/workspace"
#define ENGINE_RUNNER "/runner" /* what the runner and its steps give each
                                   other */
#define ENGINE_SCRIPT_DIR "/tmp" /* for script_path; writable in all */
/*
 * pawl-init as a program, in any image, to look whether a service answers:
 *
 *	/.pawl/init probe tcp ADDRESS PORT   connects; ADDRESS is numbers
 *	/.pawl/init probe http PATH PORT     GET PATH of this container's own
 *	                                     loopback is answered 2xx or 3xx
 *
 * Ends with 0 or 1 within a few seconds, and says why on standard error. And
 * for services at localhost of a job's container (init_forward.c):
 *
 *	/.pawl/init address                     of this container, by lines
 *	/.pawl/init forward LISTEN ADDRESS PORT ...   "ready", then goes on
 */
#define ENGINE_INIT "/.pawl/init"

/* Progress for people (image pull); ends without a newline. */
typedef void (*engine_progress_fn)(void *ctx, const char *line);

/* A container, network or volume left behind, as engine_list() finds it. */
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

/* When to ask the registry for an image. */
enum image_pull {
	IMAGE_PULL_STANDARD, /* as the configuration says ("image-pull") */
	IMAGE_PULL_MISSING,
	IMAGE_PULL_ALWAYS,
	IMAGE_PULL_NEVER,
};

struct image_request {
	const char *image;
	enum image_pull pull;
	const struct registry_login *login; /* NULL: that of the configuration
	                                       for its registry, or none */
};

/* Make sure that the image is here; pulls as `pull` says (network faults
 * retried 3 times: 2, 4, 8 s; a missing or refused image is not: that is the
 * user's). IMAGE_PULL_NEVER and absent: ERR_NOT_FOUND. What came by the login
 * of a request is asked for anew for every request: image_login.h. */
int
engine_ensure_image(struct engine *e, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err);

/* What an image says of itself. Lives in `a`; lists end in NULL. */
struct image_about {
	const char *const *entrypoint, *const *command, *const *env;
	const char *user, *working_directory; /* "": none */
	const char *const *names; /* all that it has here; NULL: not known */
	const int *ports;     /* that it exposes, of TCP */
	size_t n_ports;
	/* HEALTHCHECK; argv NULL: none. Times and number 0: not said. */
	const char *const *health_argv; /* a shell's where it is a text */
	int64_t health_interval_ms, health_timeout_ms, health_start_ms;
	int health_retries;
};
int
engine_image_about(struct engine *e, const char *image, struct arena *a,
    struct image_about *out, struct err *err);

/*
 * Build an image from a folder, as an archive of tar. The build runs on the
 * engine, beside all jobs, and its names replace what had them: whether jobs
 * may do so is for the caller to ask (config.allow_image_steps). The image has
 * no labels of ours: its containers would inherit them, wherever they run, and
 * the janitor would take them for a job's.
 */
struct image_argument {
	const char *name, *value;
};
struct image_build {
	const char *const *tags;       /* ends in NULL */
	const char *dockerfile;        /* in the archive */
	const struct image_argument *args;
	size_t n_args;
	const char *const *cache_from; /* images; ends in NULL, or NULL */
	int64_t memory_max_bytes;      /* of each of its commands; 0: none */
	/* The archive: up to `len` bytes of it; 0 at its end; -1 ends the
	 * build, and whoever gave it knows why. */
	ssize_t (*read)(void *ctx, void *buf, size_t len);
	void *read_ctx;
	engine_progress_fn say; /* each line of output */
	void *ctx;
};

/* The image's id is appended to `id`. Errors: ERR_INVALID when a command of
 * the build fails. */
int
engine_image_build(struct engine *e, const struct image_build *build,
    struct str *id, struct err *err);

/* Give an image that is here a second name. */
int
engine_image_tag(struct engine *e, const char *image, const char *name,
    struct err *err);

/* Send an image to the registry that its name says; the login is that of the
 * configuration. Tried again as a pull is. */
int
engine_image_push(struct engine *e, const char *image,
    engine_progress_fn progress, void *ctx, struct err *err);

/*
 * A network of a job's own, on which its containers find each other by their
 * aliases; with the labels of a container. Not every engine has more than the
 * host's: then containers share what they have, and each alias is an address
 * of loopback (engine_shares_network()).
 */
struct network_spec {
	const char *name; /* "ci-job-<job>-<attempt>" */
	int64_t job;
	int attempt;
	const char *run, *instance;
};
int
network_start(struct engine *e, const struct network_spec *spec,
    struct network **out, struct err *err);
int
network_remove(struct network *n, struct err *err); /* frees it, as
                                                       container_remove() */
bool
engine_shares_network(const struct engine *e);

/*
 * Read `options`, a text as for `docker create`, into what an engine knows;
 * words and quotes are a shell's, nothing is expanded. `--health-*` is left in
 * `rest` for whoever watches the container, each as "--health-cmd=VALUE" or
 * "--no-healthcheck=true"; NULL-ended. Lives in `a`.
 *
 * Errors are the author's and name the option: ERR_INVALID for a mistake,
 * ERR_DENIED for what the policy forbids, with the key that would allow it.
 */
int
container_options_read(const char *text, const struct config *policy,
    struct arena *a, struct container_options *out,
    const char *const **rest, struct err *err);

/*
 * Read one of `volumes`: "TARGET", "NAME:TARGET" or "/host/path:TARGET", with
 * ":ro" or ":rw" behind. Errors as above: what may be mounted of the host is
 * in the policy.
 */
int
container_mount_read(const char *text, const struct config *policy,
    struct arena *a, struct container_mount *out, struct err *err);

/* May something be mounted here in a container? An error says why not. */
int
container_target_check(const char *target, struct err *err);

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

/* The port of the host that `port` of the container has; 0: none. */
int
container_host_port(const struct container *c, int port, bool udp);

/* As the engine names it; "" when it has no name for it. Belongs to it. */
const char *
container_id(const struct container *c);

/* A step: what is executed inside, with descriptors of the caller (which
 * keeps and closes them) as its standard output and error. */
struct container_step {
	const char *const *argv; /* absolute, or found in the step's PATH */
	const char *const *env;  /* the whole environment */
	const char *cwd;         /* absolute path inside */
	const char *script;      /* NULL, or text that the helper writes to
	                            the file `script_path` inside, mode 0755 */
	const char *script_path;
	int out, err;            /* a terminal as `out` is the input, too, and
	                            the step's session has it */
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

/* Kill everything in the container but the helper, and wait until nothing is
 * left; in *took_us how long that took inside. Ends of steps are told by
 * container_step_poll() afterwards. */
int
container_kill(struct container *c, int64_t *took_us, struct err *err);

/* What the helper knows, as text for people, appended to `out`: the processes
 * as a tree, a line for each (50 at most); or limit and peak of the memory and
 * the largest process. Command lines may hold secrets. */
enum container_question { CONTAINER_PROCESSES, CONTAINER_MEMORY };
int
container_ask(struct container *c, enum container_question question,
    struct str *out, struct err *err);

/* Files that the caller has made since the start become those of the user
 * inside: a tree that is not in the container's sight yet and is moved there
 * afterwards, or what a container of `unfilled` folders has before anything
 * was started in it. */
int
container_own(struct container *c, const char *path, struct err *err);

/* Kill what is left, remove the container and free `c` (NULL is fine).
 * Afterwards no process and no mount of it exists. -1 when the engine
 * refused; `c` is freed all the same and the janitor will find it. */
int
container_remove(struct container *c, struct err *err);

/* All that `instance` has on this engine, in an order in which it can be
 * removed: containers, running or not, then networks and volumes. */
int
engine_list(struct engine *e, const char *instance, engine_leftover_fn fn,
    void *ctx, struct err *err);
int
engine_remove_leftover(struct engine *e, const char *id, struct err *err);

/*
 * Remove a folder of a job, files of the users of its images included: on the
 * host those may be others than we are. As file_remove_tree().
 */
int
engine_remove_folder(const struct config *config, const char *path,
    struct err *err);

/*
 * Remove what engines keep of images beyond what the configuration allows, and
 * what a crash left of those. Each folder is told; not one in use is removed.
 */
typedef void (*engine_swept_fn)(void *ctx, const char *name);
int
engine_sweep_images(const struct config *config, engine_swept_fn swept,
    void *ctx, struct err *err);

#endif
