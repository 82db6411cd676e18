/*
 * sandbox.c - the engine without a daemon: bubblewrap and the host's own
 * programs, or an image's.
 *
 * bwrap makes the namespaces and mounts (sandbox_args.c) and runs pawl-init
 * as process 1 in there. Two things end a sandbox, each enough by itself:
 * pawl-init sees the end of its socket, and with process 1 its whole
 * namespace goes; and we kill all of it (sandbox_end.c).
 *
 * bwrap is not killed with our process, on purpose. Its own process 1 waits
 * for a word of bwrap before it begins, and waits for ever when bwrap was
 * killed just then. So whatever happens to us, bwrap goes on until pawl-init
 * finds nobody at the socket, and that ends both.
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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/ops.h"

#define START_TIMEOUT_MS 10000 /* until bwrap has made process 1 */

static int
sandbox_ensure_image(struct engine *e, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	if (request->image == NULL)
		return 0;
	return oci_ensure(e->config, request, progress, ctx, err);
}

static int
sandbox_image_about(struct engine *e, const char *image, struct arena *a,
    struct image_about *out, struct err *err)
{
	struct oci_store store = { .dir = STR_INIT };
	struct oci_image found = OCI_IMAGE_INIT;
	int rc = oci_store_open(&store, e->config, err);

	if (rc == 0)
		rc = oci_image_open(&store, image, &found, err);
	if (rc == 0)
		rc = oci_image_about(&found, a, out, err);
	oci_image_close(&found);
	oci_store_release(&store);
	return rc;
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

/*
 * Put process 1 into a control group of version 2, while bwrap makes its
 * mounts: process 1 starts nothing before it was told a step. One of version 1
 * it enters itself, as its first deed. bwrap itself stays outside. One that has
 * ended meanwhile has told why, and sandbox_alive() tells that.
 */
static int
limit(struct sandbox *s, struct err *err)
{
	struct err why = { 0 };

	if (!cgroup_is_joined(&s->cgroup))
		return 0;
	if (!sandbox_read_info(s, START_TIMEOUT_MS))
		return err_set(err, ERR_TIMEOUT, "bwrap did not tell which "
		    "process it has started: it cannot be limited");
	if (s->first.started == 0 ||
	    cgroup_join(&s->cgroup, s->first.pid, &why) == 0 ||
	    !proc_alive(&s->first))
		return 0;
	return err_set(err, why.code, "%s", why.text);
}

/* Whom it runs as, and with an image, that image, in use from now on. Beside
 * images it is who their root is: what one makes the others can change. */
static int
find_user(struct sandbox *s, const struct config *config,
    const struct container_spec *spec, struct err *err)
{
	struct oci_store store = { .dir = STR_INIT };
	int rc = 0;

	if (spec->image == NULL && !spec->with_images)
		return sandbox_user_find(config, &s->user, err);
	if (spec->image == NULL) {
		sandbox_ids_find(config, &s->ids);
	} else {
		rc = oci_store_open(&store, config, err);
		if (rc == 0)
			rc = oci_image_open(&store, spec->image, &s->image,
			    err);
		s->ids = store.ids;
	}
	s->user = (struct sandbox_user){ geteuid() == 0, s->ids.uid,
		s->ids.gid };
	oci_store_release(&store);
	return rc;
}

static struct sandbox *
sandbox_new(const struct container_spec *spec)
{
	struct sandbox *s = mem_calloc(1, sizeof(*s));
	struct str dir = STR_INIT;

	s->info = -1;
	s->end.how = PROC_UNKNOWN;
	s->image = (struct oci_image)OCI_IMAGE_INIT;
	cgroup_init(&s->cgroup);
	str_addf(&dir, "sandbox%s%s", spec->ctl != NULL ? "." : "",
	    spec->ctl != NULL ? spec->ctl : "");
	s->name = str_detach(&dir);
	str_addf(&dir, "%s/%s", spec->work_dir, s->name);
	s->dir = str_detach(&dir);
	str_addf(&dir, "%s/etc/hosts", s->dir);
	s->hosts = str_detach(&dir);
	s->work_dir = mem_strdup(spec->work_dir);
	s->net = spec->net != NULL ? spec->net->data : NULL;
	return s;
}

static int
sandbox_start(struct container *c, const struct container_spec *spec,
    int timeout_ms, struct err *err)
{
	struct sandbox *s = sandbox_new(spec);
	int messages, rc;

	(void)timeout_ms; /* only for what is bounded below */
	c->data = s;
	if (find_user(s, c->engine->config, spec, err) == -1 ||
	    file_mkdirs(s->dir, 0755, err) == -1 ||
	    cgroup_make(&s->cgroup, spec->instance, spec->name,
		spec->memory_max_bytes, spec->pids_max, spec->cpus_milli,
		err) == -1)
		return -1;
	messages = open_messages(s, err);
	if (messages == -1)
		return -1;
	rc = sandbox_spawn(s, c->engine->config, spec, messages, err);
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

static int
sandbox_remove(struct container *c, struct err *err)
{
	struct sandbox *s = c->data;
	int rc;

	if (s == NULL)
		return 0;
	rc = sandbox_end_processes(s, err);
	if (s->net != NULL)
		sandbox_network_leave(s->net, s->hosts);
	if (cgroup_remove(&s->cgroup, rc == 0 ? err : NULL) == -1)
		rc = -1;
	if (sandbox_remove_files(s, rc == 0 ? err : NULL) == -1)
		rc = -1;
	oci_image_close(&s->image);
	if (s->info != -1)
		close(s->info);
	free(s->dir);
	free(s->hosts);
	free(s->name);
	free(s->work_dir);
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

/* All containers have the host's loopback, or one of the job's own. */
static int
sandbox_host_port(const struct container *c, int port, bool udp)
{
	(void)c;
	(void)udp;
	return port;
}

static const char *
sandbox_id(const struct container *c)
{
	const struct sandbox *s = c->data;

	return s->name;
}

static int
sandbox_own_more(struct container *c, const char *path, struct err *err)
{
	const struct sandbox *s = c->data;

	return sandbox_own(path, &s->user, err);
}

const struct engine_ops sandbox_ops = {
	.name = "sandbox",
	.without = "the engine \"sandbox\" cannot do that: use the engine "
	    "\"docker\"",
	.probe = sandbox_probe,
	.open = sandbox_open,
	.close = sandbox_close,
	.ensure_image = sandbox_ensure_image,
	.image_about = sandbox_image_about,
	.shares_network = true,
	.network_start = sandbox_network_start,
	.network_remove = sandbox_network_remove,
	.host_port = sandbox_host_port,
	.id = sandbox_id,
	.start = sandbox_start,
	.alive = sandbox_alive,
	.own = sandbox_own_more,
	.remove = sandbox_remove,
	.list = sandbox_list,
	.remove_leftover = sandbox_remove_leftover,
};
