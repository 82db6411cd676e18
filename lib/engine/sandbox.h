/*
 * sandbox.h - the parts of the sandbox engine, for its own files.
 *
 * What a job sees: the host's /usr (and /bin, /lib, /sbin ...) read-only, an
 * /etc made of a short list without anything secret, its own /workspace,
 * /runner, /home/pawl, /tmp, /run, /proc and /dev, its own hostname, processes
 * and, unless the network is on, network. It is user 1000 without any
 * capability.
 *
 * On the host, WORK_DIR/sandbox holds what belongs to the sandbox beside
 * WORK_DIR/workspace and WORK_DIR/runner:
 *
 *	home/ tmp/       the job's, on disk like the workspace
 *	etc/             passwd, group, hosts
 *	init             pawl-init is mounted here for the sandbox to find
 *	messages         what bwrap had to say
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_SANDBOX_H
#define PAWL_ENGINE_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/proc.h"
#include "lib/engine/cgroup.h"
#include "lib/engine/engine.h"

/* Whom the sandbox runs as on the host. Root becomes somebody else first, so
 * that no process in the sandbox is root outside; others stay themselves. */
struct sandbox_user {
	bool change;
	uid_t uid;
	gid_t gid;
};

/* What happens in the child before bwrap runs. */
struct sandbox_child {
	bool staged;          /* the user changes: with mounts of its own */
	const char *work_dir; /* to show at SANDBOX_STAGE; NULL: nothing */
	const char *init;
	const char *init_mount; /* WORK_DIR/sandbox/init */
};

/* Where root's child shows the work dir to the user it becomes, who may not
 * reach it where it really is. Only in the child's own mount namespace. */
#define SANDBOX_STAGE "/tmp"

/* sandbox_user.c */
int
sandbox_user_find(const struct config *config, struct sandbox_user *user,
    struct err *err);

/* sandbox_user.c: the `prepare` of struct proc_spec, for a
 * struct sandbox_child: sets up the stage. */
int
sandbox_prepare(void *ctx);

/* sandbox_files.c: make WORK_DIR/sandbox and give it to the user; when they
 * are `filled`, the workspace and the runner's folder as well. */
int
sandbox_files_make(const char *work_dir, const struct sandbox_user *user,
    bool filled, struct err *err);

/* sandbox_owner.c: give a tree to the user. Nothing may run in it. */
int
sandbox_own(const char *path, const struct sandbox_user *user,
    struct err *err);

/*
 * sandbox_args.c: the command line of bwrap. `base` is where the child finds
 * the work dir; `init` where it finds pawl-init; `memory_group` (may be NULL)
 * the folder of the memory control group. info_fd: bwrap tells the pid of the
 * sandbox there. The result ends in NULL and lives in `a`.
 */
const char *const *
sandbox_args(const struct config *config, const struct container_spec *spec,
    const char *base, const char *init, const char *memory_group, int info_fd,
    struct arena *a);

/* sandbox_args.c: the command line that only tries whether bwrap works. */
extern const char *const sandbox_try_args[];

/* sandbox_probe.c: as in struct engine_ops. */
int
sandbox_probe(const struct config *config, struct str *about, struct err *err);
int
sandbox_open(struct engine *e, struct err *err);
void
sandbox_close(struct engine *e);

/* sandbox_known.c: has a try gone well before? And how one went. */
bool
sandbox_known(const struct config *config);
void
sandbox_remember(const struct config *config, bool works);

/* sandbox_probe.c: make an error of what bwrap said (at most this much) and
 * how it ended; and of bwrap not being startable. Always -1. */
#define SANDBOX_MAX_MESSAGES 16384
int
sandbox_failed(const char *text, const struct proc_end *end, struct err *err);
int
sandbox_missing(struct err *err);

/* sandbox_hint.c: what to do about the last line that bwrap wrote. "" when
 * there is nothing to say. */
const char *
sandbox_hint(const char *message);

#endif
