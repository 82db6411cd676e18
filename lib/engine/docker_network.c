/*
 * docker_network.c - a job's own network, and its volumes.
 *
 * On a network of one's own, and only there, containers find each other by
 * name. Docker answers names on 127.0.0.11, Podman on the network's gateway;
 * either is in the container's resolv.conf.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

static int
create(const struct docker *d, const char *name, json_t *labels,
    struct err *err)
{
	json_t *body;
	int rc;

	/* Without CheckDuplicate older Dockers make a second one of the
	 * same name. */
	body = json_pack("{s:s, s:b, s:s, s:O}", "Name", name,
	    "CheckDuplicate", 1, "Driver", "bridge", "Labels", labels);
	if (body == NULL)
		return err_set(err, ERR_INVALID, "the name of the network "
		    "\"%s\" is not UTF-8", name);
	rc = docker_json(d, "POST", "/networks/create", body,
	    DOCKER_TIMEOUT_MS, "making the job's network", NULL, err);
	json_decref(body);
	return rc;
}

int
docker_network_create(const struct docker *d, const struct network_spec *spec,
    char **name, struct err *err)
{
	json_t *labels = docker_labels(spec->job, spec->attempt, spec->run,
	    spec->instance, NULL);
	struct str other = STR_INIT;
	struct err why = { 0 };
	int rc;

	if (labels == NULL)
		return err_set(err, ERR_INVALID, "the names of the job \"%s\" "
		    "are not UTF-8", spec->name);
	str_add(&other, spec->name);
	rc = create(d, other.s, labels, &why);
	/* Another Pawl on this engine counts its jobs from 1 as well. */
	if (rc == -1 &&
	    (why.code == ERR_EXISTS || why.code == ERR_CONFLICT)) {
		str_addf(&other, "-%" PRId64, clock_now_ms());
		err_clear(&why);
		rc = create(d, other.s, labels, &why);
	}
	if (rc == -1)
		err_set(err, why.code, "%s", why.text);
	else
		*name = mem_strdup(other.s);
	json_decref(labels);
	str_release(&other);
	return rc;
}

int
docker_network_remove(const struct docker *d, const char *name,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "/networks/%s", name);
	rc = docker_delete(d, path.s, "removing the job's network", err);
	str_release(&path);
	return rc;
}

/* A named volume is the job's own: two jobs that use the same name never
 * meet. */
void
docker_volume_name(const struct container_spec *spec, const char *volume,
    struct str *out)
{
	str_addf(out, "ci-job-%s-%" PRId64 "-%d-%s", spec->instance,
	    spec->job, spec->attempt, volume);
}

int
docker_volume_create(const struct docker *d, const struct container_spec *spec,
    const char *name, struct err *err)
{
	json_t *labels = docker_labels(spec->job, spec->attempt, spec->run,
	    spec->instance, NULL);
	json_t *body;
	int rc;

	body = labels == NULL ? NULL : json_pack("{s:s, s:o}", "Name", name,
	    "Labels", labels);
	if (body == NULL)
		return err_set(err, ERR_INVALID, "the name of the volume "
		    "\"%s\" is not UTF-8", name);
	rc = docker_json(d, "POST", "/volumes/create", body,
	    DOCKER_TIMEOUT_MS, "making a volume", NULL, err);
	json_decref(body);
	return rc;
}

int
docker_volume_remove(const struct docker *d, const char *name,
    struct err *err)
{
	struct str path = STR_INIT;
	struct err why = { 0 };
	int rc;

	str_addf(&path, "/volumes/%s", name);
	rc = docker_json(d, "DELETE", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "removing a volume", NULL, &why);
	/* Another container of the job may have it still; the last one that
	 * is removed takes it along. */
	if (rc == -1 && why.code != ERR_NOT_FOUND && why.code != ERR_CONFLICT)
		err_set(err, why.code, "%s", why.text);
	else
		rc = 0;
	str_release(&path);
	return rc;
}
