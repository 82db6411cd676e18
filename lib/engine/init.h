/*
 * init.h - the parts of pawl-init, the first process of every container.
 *
 * It is static and self-contained (no lib/base): it runs in images that hold
 * nothing, so it may use the C library's plain functions only, none that
 * loads files (names of users or hosts, locales).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_INIT_H
#define PAWL_ENGINE_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/engine/step_protocol.h"

/* How often limits are looked at that nobody enforces for us. */
#define INIT_LOOK_MS 100

/* What is to be enforced here; 0: nothing. */
struct init_limits {
	int64_t space_bytes;  /* of the folders that init_space.c watches */
	int64_t file_bytes;   /* of one file */
	int64_t memory_bytes; /* of all processes; init_memory.c watches */
	int64_t memory_about; /* the same, also where the kernel enforces it:
	                         who grows is remembered */
	int64_t n_procs;      /* of this user in this container */
	int64_t n_files;      /* that a process may have open; 0: the engine's */
};

#define INIT_MAX_GROUPS 64

/* Whom the steps run as. */
struct init_user {
	bool given; /* else who we are */
	bool known; /* else steps cannot start */
	uid_t uid;
	gid_t gid;
	gid_t groups[INIT_MAX_GROUPS];
	size_t n_groups;
	char name[64];   /* "": none */
	char home[256];  /* likewise */
	uint64_t drop;   /* capabilities that steps do not have, a bit each */
};

/* init_user.c: "name", "uid", or either with ":group", as USER of a
 * Dockerfile. An unknown name is told when a step starts. */
void
init_user_find(struct init_user *u, const char *text);

/* init_user.c: "NET_RAW" or "ALL"; false when there is no such
 * capability. */
bool
init_user_drop(struct init_user *u, const char *name);

/* init_user.c, in the step's own process: 0, or -1 with errno set. */
int
init_user_become(const struct init_user *u);

/* init_probe.c: what "init probe ..." does with the words behind; its exit
 * code. */
int
init_probe(int argc, char **argv);

/* init_forward.c: what "init address" and "init forward ..." do; argv begins
 * with that word. */
int
init_forward(int argc, char **argv);

/* init_limits.c: take from what the job's process asks for (STEP_LIMITS) what
 * nobody else enforces. */
void
init_limits_set(struct init_limits *limits, const struct step_note *note);

/*
 * init_step.c: start a step with fds as its output and error. Returns its
 * process id, which is its session's too, or -1 with `note` filled as
 * STEP_FAILED wants it.
 */
pid_t
init_step_start(const struct step_request *req, const int fds[STEP_FDS],
    const struct init_limits *limits, const struct init_user *user,
    struct step_note *note);

/* init_session.c: signal every process of a session. */
void
init_session_signal(pid_t session, int signo);

/* init_session.c: kill everything in the container but ourselves, and reap
 * it. Returns when nothing is left, or when what is left cannot be killed.
 * Each of the dead is told to `died`. */
void
init_kill_all(void (*died)(void *ctx, pid_t pid, int status), void *ctx);

/*
 * init_memory.c: how many processes of this container have been killed for
 * its memory limit, by the kernel or by init_memory_look(). That kills the
 * largest process when all together hold more than max_bytes.
 */
int64_t
init_memory_kills(void);
void
init_memory_look(int64_t max_bytes);

/* A text for people, cut where it is full. */
struct init_text {
	char s[STEP_TEXT_BYTES];
	size_t len;
};

void
init_text_add(struct init_text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* init_tell.c: the processes of the container, as a tree in lines; and the
 * command line of one, with blanks for what is no character. */
void
init_tell_processes(struct init_text *out);
void
init_command_of(int pid, char *out, size_t size);

/* init_memory.c: remember the most that was used and the largest process,
 * where the kernel enforces the limit; and tell of both. */
void
init_memory_watch(int64_t limit);
void
init_tell_memory(int64_t limit, struct init_text *out);

/* init_memory.c: read a small file of the kernel as text; false when there is
 * none. */
bool
init_read_small(const char *path, char *text, size_t size);

/*
 * init_space.c: look whether the job's folders have outgrown their limit.
 * Each call does a bounded piece of work. Returns 0 or how the container
 * ends, with the bytes in *bytes.
 */
enum step_how;
struct init_space;

struct init_space *
init_space_new(int64_t max_bytes);
void
init_space_free(struct init_space *s);
int
init_space_look(struct init_space *s, int64_t *bytes);

/* init_back.c: change the owner of the job's folders and everything in them.
 * Returns 0 or the first errno. */
int
init_give(uid_t uid, gid_t gid);

/* init_back.c: to the owner of `folder`: of STEP_CTL_DIR, which the job's
 * process made, or of STEP_WORKSPACE, which may be the job's user's. */
int
init_give_back(const char *folder);

#endif
