/*
 * sandbox.c - the engine without a daemon: bubblewrap and the host's own
 * programs.
 *
 * bwrap makes the namespaces and mounts (sandbox_args.c) and runs pawl-init
 * as process 1 in there. Three things end a sandbox, each enough by itself:
 * pawl-init sees the end of its socket; the kernel kills bwrap with our
 * process; and we kill process 1, with which its whole namespace goes. The
 * second has a gap while bwrap is still starting (a parent that dies then
 * leaves it), which the first closes: there is no socket to connect to.
 *
 * Limits: memory and processes by a control group where one can be made (root,
 * or a delegated group), else by pawl-init (init_limits.c), which watches the
 * disk as well. doc/engines.md says what each guarantees.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/programs.h"
#include "lib/engine/ops.h"

#define END_TIMEOUT_MS 10000
#define START_TIMEOUT_MS 10000 /* until bwrap has made process 1 */

struct sandbox {
	struct proc bwrap;  /* pid 0: not started, or reaped */
	struct proc_end end; /* of bwrap, once it is reaped */
	struct proc first;  /* process 1 inside, as seen from here */
	int info;           /* bwrap tells its pid here; -1 */
	struct cgroup cgroup;
	char *dir;          /* WORK_DIR/sandbox */
};

static int
no_image(const char *image, struct err *err)
{
	if (image == NULL)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "the job asks for the image "
	    "\"%s\", but the engine is \"sandbox\", which has no images: use "
	    "the engine \"docker\", or leave the image out", image);
}

static int
sandbox_ensure_image(struct engine *e, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	(void)e;
	(void)progress;
	(void)ctx;
	return no_image(request->image, err);
}

/* A folder's worth of files is the job's own container's. */
static int
only_the_job(const struct container_spec *spec, struct err *err)
{
	if (spec->ctl == NULL && !spec->bare)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "the engine \"sandbox\" has one "
	    "container for a job: services and actions with an image need "
	    "the engine \"docker\"");
}

/* Where the child finds things: root's child on its stage. */
struct view {
	struct str init;       /* pawl-init, on the host */
	struct str init_mount; /* WORK_DIR/sandbox/init */
	const char *base;
	const char *init_seen;
};

static void
view_init(struct view *v, const char *work_dir, bool staged)
{
	str_init(&v->init);
	str_init(&v->init_mount);
	program_path("pawl-init", &v->init);
	str_addf(&v->init_mount, "%s/sandbox/init", work_dir);
	v->base = staged ? SANDBOX_STAGE : work_dir;
	v->init_seen = staged ? SANDBOX_STAGE "/sandbox/init" : v->init.s;
}

static void
view_release(struct view *v)
{
	str_release(&v->init);
	str_release(&v->init_mount);
}

static int
open_messages(const struct sandbox *s, struct err *err)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/messages", s->dir);
	fd = open(path.s, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
	    0600);
	if (fd == -1)
		err_errno(err, "cannot write \"%s\"", path.s);
	str_release(&path);
	return fd;
}

static int
spawn(struct sandbox *s, const struct config *config,
    const struct container_spec *spec, const struct sandbox_user *user,
    int messages, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct sandbox_child child = { .staged = user->change };
	struct proc_spec proc = { .cwd = "/", .in = PROC_NULL,
		.out = messages, .err = messages, .session = true,
		.die_with_parent = true, .uid = user->uid, .gid = user->gid,
		.drop = user->change, .prepare = sandbox_prepare,
		.prepare_ctx = &child };
	int info[2] = { -1, -1 }, rc;
	struct view v;

	if (pipe2(info, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	view_init(&v, spec->work_dir, user->change);
	if (user->change) {
		child.work_dir = spec->work_dir;
		child.init = v.init.s;
		child.init_mount = v.init_mount.s;
	}
	proc.argv = sandbox_args(config, spec, v.base, v.init_seen,
	    s->cgroup.dirs[0], info[1], &a);
	proc.keep = &info[1];
	proc.n_keep = 1;
	rc = proc_spawn(&proc, &s->bwrap, err);
	if (rc == -1)
		sandbox_missing(err);
	close(info[1]);
	s->info = info[0];
	view_release(&v);
	arena_release(&a);
	return rc;
}

/* Learn which process is number 1 inside. bwrap tells so in one write, at the
 * beginning of what it tells. Returns whether it has come to an end of that in
 * this time: it may have ended before it knew. */
static bool
read_info(struct sandbox *s, int timeout_ms)
{
	struct pollfd pfd = { .fd = s->info, .events = POLLIN };
	char text[512];
	const char *p;
	ssize_t n;
	long pid;

	if (s->first.pid != 0 || s->info == -1)
		return true;
	if (poll(&pfd, 1, timeout_ms) != 1)
		return false;
	n = read(s->info, text, sizeof(text) - 1);
	if (n <= 0)
		return n == 0;
	text[n] = '\0';
	p = strstr(text, "\"child-pid\":");
	if (p == NULL || sscanf(p, "\"child-pid\": %ld", &pid) != 1)
		return false;
	s->first.pid = (pid_t)pid;
	s->first.started = proc_start_time(s->first.pid);
	return true;
}

/*
 * Put process 1 into the control group. In version 1 that waits for the whole
 * machine to come by (10 ms and more), so it is done from here, while bwrap
 * makes its mounts: process 1 starts nothing before it was told a step. bwrap
 * itself stays outside. One that has ended meanwhile has told why, and
 * sandbox_alive() tells that.
 */
static int
limit(struct sandbox *s, struct err *err)
{
	struct err why = { 0 };

	if (!cgroup_made(&s->cgroup))
		return 0;
	if (!read_info(s, START_TIMEOUT_MS))
		return err_set(err, ERR_TIMEOUT, "bwrap did not tell which "
		    "process it has started: it cannot be limited");
	if (s->first.started == 0 ||
	    cgroup_join(&s->cgroup, s->first.pid, &why) == 0 ||
	    !proc_alive(&s->first))
		return 0;
	return err_set(err, why.code, "%s", why.text);
}

static int
sandbox_start(struct container *c, const struct container_spec *spec,
    int timeout_ms, struct err *err)
{
	struct sandbox *s = mem_calloc(1, sizeof(*s));
	struct sandbox_user user;
	struct str dir = STR_INIT;
	int messages, rc;

	(void)timeout_ms; /* nothing here waits */
	c->data = s;
	s->info = -1;
	s->end.how = PROC_UNKNOWN;
	cgroup_init(&s->cgroup);
	str_addf(&dir, "%s/sandbox", spec->work_dir);
	s->dir = str_detach(&dir);
	if (no_image(spec->image, err) == -1 ||
	    only_the_job(spec, err) == -1 ||
	    sandbox_user_find(c->engine->config, &user, err) == -1 ||
	    sandbox_files_make(spec->work_dir, &user, !spec->unfilled,
		err) == -1 ||
	    cgroup_make(&s->cgroup, spec->instance, spec->name,
		spec->memory_max_bytes, spec->pids_max, err) == -1)
		return -1;
	messages = open_messages(s, err);
	if (messages == -1)
		return -1;
	rc = spawn(s, c->engine->config, spec, &user, messages, err);
	close(messages);
	return rc == 0 ? limit(s, err) : -1;
}

/* What bwrap and pawl-init said before they ended. */
static int
tell_start_failed(const struct sandbox *s, struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	int rc;

	str_addf(&path, "%s/messages", s->dir);
	rc = file_read(path.s, SANDBOX_MAX_MESSAGES, &text, err);
	if (rc == 0)
		rc = sandbox_failed(text.s, &s->end, err);
	str_release(&path);
	str_release(&text);
	return rc;
}

static int
sandbox_alive(struct container *c, struct err *err)
{
	struct sandbox *s = c->data;
	struct str text = STR_INIT;
	int rc = 1;

	if (s->bwrap.pid != 0)
		rc = proc_wait(&s->bwrap, 0, &s->end, err);
	if (rc != 1)
		return rc;
	s->bwrap.pid = 0;
	if (c->steps.sock == -1) {
		sandbox_remember(c->engine->config, false);
		return tell_start_failed(s, err);
	}
	proc_end_text(&s->end, &text);
	err_set(err, ERR_UNAVAILABLE, "the sandbox was ended from outside: %s",
	    text.s);
	str_release(&text);
	return -1;
}

/*
 * Kill process 1 and wait for bwrap, its parent: bwrap ends when that is
 * reaped, and it is reaped when nothing of its namespace is left. A bwrap that
 * has no child yet is killed itself.
 */
static int
end_processes(struct sandbox *s, struct err *err)
{
	struct proc_end end;
	int rc;

	if (s->bwrap.pid == 0)
		return 0;
	read_info(s, 0);
	if (s->first.pid > 1 && s->first.started != 0)
		kill(s->first.pid, SIGKILL);
	else
		kill(s->bwrap.pid, SIGKILL);
	rc = proc_wait(&s->bwrap, END_TIMEOUT_MS, &end, err);
	if (rc == 0) {
		kill(s->bwrap.pid, SIGKILL);
		rc = proc_wait(&s->bwrap, END_TIMEOUT_MS, &end, err);
	}
	if (rc == 0)
		return err_set(err, ERR_TIMEOUT, "the sandbox's process %ld "
		    "does not end", (long)s->first.pid);
	s->bwrap.pid = 0;
	return rc == -1 ? -1 : 0;
}

static int
sandbox_remove(struct container *c, struct err *err)
{
	struct sandbox *s = c->data;
	int rc;

	if (s == NULL)
		return 0;
	rc = end_processes(s, err);
	if (cgroup_remove(&s->cgroup, rc == 0 ? err : NULL) == -1)
		rc = -1;
	if (file_remove_tree(s->dir, rc == 0 ? err : NULL) == -1)
		rc = -1;
	if (s->info != -1)
		close(s->info);
	free(s->dir);
	free(s);
	c->data = NULL;
	return rc;
}

struct list_ctx {
	engine_leftover_fn fn;
	void *ctx;
	const char *instance;
};

/* Control groups are all that a killed job leaves; their name is the
 * container's. */
static void
tell_leftover(void *ctx, const char *name)
{
	const struct list_ctx *list = ctx;
	struct engine_leftover left = { 0 };
	struct str id = STR_INIT;
	int end = 0;

	if (sscanf(name, "ci-job-%" SCNd64 "-%d%n", &left.job, &left.attempt,
		&end) != 2 || name[end] != '\0')
		return;
	str_addf(&id, "%s/%s", list->instance, name);
	left.id = id.s;
	list->fn(list->ctx, &left);
	str_release(&id);
}

static int
sandbox_list(struct engine *e, const char *instance, engine_leftover_fn fn,
    void *ctx, struct err *err)
{
	struct list_ctx list = { fn, ctx, instance };

	(void)e;
	(void)err;
	cgroup_list(instance, tell_leftover, &list);
	return 0;
}

static int
sandbox_remove_leftover(struct engine *e, const char *id, struct err *err)
{
	const char *slash = strrchr(id, '/');
	char *instance;
	int rc;

	(void)e;
	if (slash == NULL)
		return err_set(err, ERR_INVALID, "\"%s\" names no sandbox",
		    id);
	instance = mem_strndup(id, (size_t)(slash - id));
	rc = cgroup_remove_leftover(instance, slash + 1, err);
	free(instance);
	return rc;
}

static int
sandbox_own_more(struct container *c, const char *path, struct err *err)
{
	struct sandbox_user user;

	if (sandbox_user_find(c->engine->config, &user, err) == -1)
		return -1;
	return sandbox_own(path, &user, err);
}

const struct engine_ops sandbox_ops = {
	.name = "sandbox",
	.without = "the engine \"sandbox\" has no images: use the engine "
	    "\"docker\"",
	.probe = sandbox_probe,
	.open = sandbox_open,
	.close = sandbox_close,
	.ensure_image = sandbox_ensure_image,
	.start = sandbox_start,
	.alive = sandbox_alive,
	.own = sandbox_own_more,
	.remove = sandbox_remove,
	.list = sandbox_list,
	.remove_leftover = sandbox_remove_leftover,
};
