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
 * WORK_DIR/workspace and WORK_DIR/runner (each container of a job has such a
 * folder):
 *
 *	home/ tmp/       the job's, on disk like the workspace
 *	etc/             hosts
 *	init             pawl-init is mounted here for the sandbox to find
 *	messages         what bwrap had to say
 *
 * With an image it sees the image's files under a layer of its own
 * (sandbox_layer.c) and is the image's user, who is nobody's root on the host
 * (sandbox_ids.h). Then there are instead of home/ and tmp/:
 *
 *	lower            the image is mounted here for the sandbox to find
 *	upper/ overlay/  the layer, and what overlayfs needs beside it
 *	root             where the two are mounted over each other
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
#include "lib/engine/oci.h"
#include "lib/engine/sandbox_ids.h"

/* Whom the sandbox runs as on the host. Root becomes somebody else first, so
 * that no process in the sandbox is root outside; others stay themselves. */
struct sandbox_user {
	bool change;
	uid_t uid;
	gid_t gid;
};

/* Something of the host that root's child shows to the user it becomes. */
struct sandbox_shown {
	const char *from;
	const char *at; /* below the work dir */
};

/* What happens in the child before bwrap runs. */
struct sandbox_child {
	bool staged;          /* the user changes: with mounts of its own */
	const char *work_dir; /* to show at SANDBOX_STAGE; NULL: nothing */
	const struct sandbox_shown *shown; /* before that */
	size_t n_shown;
	const struct sandbox_ids *ids; /* NULL: bwrap makes the namespace */
	int net, users; /* namespaces to enter before; -1: none. `users` are
	                   those of the ids, and of the network */
	const char *overlay_at;        /* NULL: none */
	const char *overlay_options;
};

/* Where root's child shows the work dir to the user it becomes, who may not
 * reach it where it really is. Only in the child's own mount namespace. */
#define SANDBOX_STAGE "/tmp"

/* sandbox_network.c: what containers of one job share. */
struct sandbox_network {
	int net, users;  /* namespaces; -1: the host's */
	struct str names; /* lines of /etc/hosts */
	char **hosts;     /* such files of the containers */
	size_t n_hosts;
};
int
sandbox_network_start(struct network *network,
    const struct network_spec *spec, struct err *err);
int
sandbox_network_remove(struct network *network, struct err *err);

/* A container whose file is `hosts` comes, with its names; answers with the
 * lines for that file. Belongs to the network until the next call. And it
 * goes. */
const char *
sandbox_network_join(struct sandbox_network *n, const char *hosts,
    const char *const *aliases);
void
sandbox_network_leave(struct sandbox_network *n, const char *hosts);

/* A sandbox: the data of its container. */
struct sandbox {
	struct proc bwrap;   /* pid 0: not started, or reaped */
	struct proc_end end; /* of bwrap, once it is reaped */
	struct proc first;   /* process 1 inside, as seen from here */
	int info;            /* bwrap tells its pid here; -1 */
	struct cgroup cgroup;
	char *work_dir;
	char *name;          /* of its folder there: "sandbox", or for another
	                        container of the job "sandbox.CTL" */
	char *dir;           /* WORK_DIR/NAME */
	struct sandbox_user user; /* of the host, who runs bwrap */
	struct sandbox_ids ids;   /* with an image */
	struct oci_image image;
	struct sandbox_network *net; /* NULL: none; outlives the container */
	char *hosts;                 /* its file */
};

/* sandbox_user.c */
int
sandbox_user_find(const struct config *config, struct sandbox_user *user,
    struct err *err);

/* sandbox_user.c: the `prepare` of struct proc_spec, for a
 * struct sandbox_child: sets up the stage. */
int
sandbox_prepare(void *ctx);

/* sandbox_files.c: make what stands in the sandbox's folder, and give it and
 * the workspace to the user. */
int
sandbox_files_make(const struct sandbox *s, const struct container_spec *spec,
    const char *hostname, struct err *err);

/* sandbox_owner.c: give a tree to the user. Nothing may run in it. */
int
sandbox_own(const char *path, const struct sandbox_user *user,
    struct err *err);

/* What the job asked to be mounted, its tmpfs last. Targets are where bwrap is
 * to mount, sources where the child finds them. */
struct sandbox_mount {
	const char *source; /* of a tmpfs: how many bytes it may have */
	const char *target;
	bool read_only;
	bool file;
};
struct sandbox_mounts {
	struct sandbox_mount *list;
	size_t n;
	size_t first_tmpfs;
};

/* sandbox_layer.c: open a file of an image; links in it lead nowhere else.
 * As openat(2). */
int
sandbox_open_in(int image, const char *path, int flags);

/* sandbox_layer.c: where an absolute path leads in the image, through its
 * links. Lives in `a`, or is `path`. */
const char *
sandbox_resolve(int image, const char *path, struct arena *a);

/* sandbox_layer.c: make the layer of a container, with a place for each
 * mount; `bare` without a workspace. */
int
sandbox_layer_make(const struct sandbox *s, int image, bool bare,
    const struct sandbox_mounts *mounts, struct err *err);

/* A file or folder that stands at the same place as on the host. */
struct sandbox_host_file {
	const char *path;
	int fd;      /* bwrap copies what is read from it; -1: mounted */
	mode_t mode; /* of a copy */
};

#define SANDBOX_MAX_HOST 64

struct sandbox_host {
	struct sandbox_host_file list[SANDBOX_MAX_HOST];
	size_t n;
};

/* sandbox_host.c: look what of the host there is to be seen, `network`: by
 * programs that use it. After a failure, too, it is to be closed. */
int
sandbox_host_open(struct sandbox_host *h, bool network, struct err *err);
void
sandbox_host_close(struct sandbox_host *h);

/* Its descriptors, at most SANDBOX_MAX_HOST; returns how many. */
size_t
sandbox_host_fds(const struct sandbox_host *h, int *fds);

/* What a command line of bwrap is made of. */
struct sandbox_look {
	const struct config *config;
	const struct container_spec *spec;
	const char *hostname;
	const char *base;         /* where the child finds the work dir, */
	const char *dir;          /* the sandbox's own folder in it */
	const char *init;         /* and pawl-init */
	const char *memory_group; /* folders of the control group, or NULL */
	const char *cpu_group;
	int info_fd;              /* bwrap tells the pid of the sandbox here */
	const struct sandbox_host *host; /* without an image */
	const int *entries;       /* pawl-init enters its control group here */
	size_t n_entries;
	struct sandbox_mounts mounts;
	bool own_network;         /* the child is in it already */

	/* with an image */
	const char *const *env;   /* what it sets */
	const char *user;         /* whom its steps run as; "": root */
	bool one_id;              /* there is no other than root */
};

/* sandbox_args.c, sandbox_image_args.c: the command line. It ends in NULL and
 * lives in `a`. */
const char *const *
sandbox_args(const struct sandbox_look *look, struct arena *a);
const char *const *
sandbox_image_args(const struct sandbox_look *look, struct arena *a);

/* sandbox_args.c: the command line that only tries whether bwrap works. */
extern const char *const sandbox_try_args[];

/* sandbox_spawn.c: make what the container needs and start bwrap, whose
 * messages go to that descriptor. */
int
sandbox_spawn(struct sandbox *s, const struct config *config,
    const struct container_spec *spec, int messages, struct err *err);

/* sandbox_end.c: learn which process is number 1 inside. Returns whether
 * bwrap has come to an end of telling that in this time: it may have ended
 * before it knew. */
bool
sandbox_read_info(struct sandbox *s, int timeout_ms);

/* sandbox_end.c: end every process, and wait until there is none. */
int
sandbox_end_processes(struct sandbox *s, struct err *err);

/* sandbox_end.c: remove what it had on the disk, and make the workspace's
 * files ours again where they may be somebody else's. */
int
sandbox_remove_files(struct sandbox *s, struct err *err);

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
