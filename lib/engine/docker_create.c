/*
 * docker_create.c - what a container is made of.
 *
 * The first process is pawl-init, so HostConfig.Init is not wanted. AutoRemove
 * neither: why a container ended could not be asked any more (and Podman
 * then answers with exit code 0). Steps run as root inside, without the
 * capabilities that builds do not need and without new privileges.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/programs.h"
#include "lib/engine/step_protocol.h"

/* A folder or file of the host. Mounts, not Binds: those end a path at its
 * first colon. Consumes `source`. */
static json_t *
mount_json(struct str *source, const char *target, bool read_only)
{
	json_t *m;

	m = json_pack("{s:s, s:s#, s:s, s:b}", "Type", "bind", "Source",
	    source->s, (int)source->len, "Target", target, "ReadOnly",
	    (int)read_only);
	str_release(source);
	return m;
}

static json_t *
mounts_json(const struct container_spec *spec)
{
	struct str init = STR_INIT, ctl = STR_INIT, workspace = STR_INIT,
	    runner = STR_INIT;

	program_path("pawl-init", &init);
	str_addf(&ctl, "%s/ctl", spec->work_dir);
	str_addf(&workspace, "%s/workspace", spec->work_dir);
	str_addf(&runner, "%s/runner", spec->work_dir);
	return json_pack("[o, o, o, o]", mount_json(&init, STEP_INIT_PATH, true),
	    mount_json(&ctl, STEP_CTL_DIR, true),
	    mount_json(&workspace, ENGINE_WORKSPACE, false),
	    mount_json(&runner, ENGINE_RUNNER, false));
}

static json_t *
host_json(const struct container_spec *spec)
{
	json_t *host;

	host = json_pack("{s:o, s:s, s:b, s:[s], s:[s, s]}",
	    "Mounts", mounts_json(spec),
	    "NetworkMode", spec->network ? "bridge" : "none",
	    "Init", 0,
	    "SecurityOpt", "no-new-privileges",
	    "CapDrop", "MKNOD", "NET_RAW");
	if (spec->memory_max_bytes > 0) {
		json_object_set_new(host, "Memory",
		    json_integer(spec->memory_max_bytes));
		json_object_set_new(host, "MemorySwap",
		    json_integer(spec->memory_max_bytes));
	}
	if (spec->pids_max > 0)
		json_object_set_new(host, "PidsLimit",
		    json_integer(spec->pids_max));
	return host;
}

static json_t *
labels_json(const struct container_spec *spec)
{
	char job[32], attempt[32];

	snprintf(job, sizeof(job), "%" PRId64, spec->job);
	snprintf(attempt, sizeof(attempt), "%d", spec->attempt);
	return json_pack("{s:s, s:s, s:s, s:s}", ENGINE_LABEL_JOB, job,
	    ENGINE_LABEL_ATTEMPT, attempt, ENGINE_LABEL_RUN, spec->run,
	    ENGINE_LABEL_INSTANCE, spec->instance);
}

static json_t *
create_json(const struct container_spec *spec, const char *image)
{
	return json_pack("{s:s, s:[s], s:[], s:s, s:s, s:s, s:{s:[s]}, s:o, "
	    "s:o}",
	    "Image", image,
	    "Entrypoint", STEP_INIT_PATH,
	    "Cmd",
	    "User", "0:0",
	    "WorkingDir", "/",
	    "StopSignal", "SIGTERM", /* the image's may mean nothing to us */
	    "Healthcheck", "Test", "NONE",
	    "Labels", labels_json(spec),
	    "HostConfig", host_json(spec));
}

static int
create(const struct docker *d, const char *name, const json_t *body,
    char **id, struct err *err)
{
	struct str path = STR_INIT;
	json_t *json = NULL;
	const char *text;
	int rc;

	str_addf(&path, "/containers/create?name=%s", name);
	rc = docker_json(d, "POST", path.s, body, DOCKER_TIMEOUT_MS,
	    "creating the container", &json, err);
	text = json_string_value(json_object_get(json, "Id"));
	if (rc == 0 && text == NULL)
		rc = err_set(err, ERR_UNAVAILABLE, "creating the container: "
		    "the container engine told no id");
	if (rc == 0)
		*id = mem_strdup(text);
	json_decref(json);
	str_release(&path);
	return rc;
}

int
docker_container_create(const struct docker *d,
    const struct container_spec *spec, const char *image, char **id,
    struct err *err)
{
	json_t *body = create_json(spec, image);
	struct str name = STR_INIT;
	struct err why = { 0 };
	int rc;

	if (body == NULL)
		return err_set(err, ERR_INVALID, "the names of the job \"%s\" "
		    "are not UTF-8", spec->name);
	rc = create(d, spec->name, body, id, &why);
	/* Another Pawl on this engine counts its jobs from 1 as well. */
	if (rc == -1 &&
	    (why.code == ERR_EXISTS || why.code == ERR_CONFLICT)) {
		str_addf(&name, "%s-%" PRId64, spec->name, clock_now_ms());
		err_clear(&why);
		rc = create(d, name.s, body, id, &why);
	}
	if (rc == -1)
		err_set(err, why.code, "%s", why.text);
	str_release(&name);
	json_decref(body);
	return rc;
}
