/*
 * docker_spec.c - what a container is made of, as the services want it told.
 *
 * The first process is pawl-init, so HostConfig.Init is not wanted. AutoRemove
 * neither: why a container ended could not be asked any more (and Podman
 * then answers with exit code 0). pawl-init is root; whom the steps run as,
 * and without which capabilities, is told to it by its arguments, because it
 * needs its own. Nobody gets new privileges.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/programs.h"
#include "lib/engine/step_protocol.h"

static const char *const roles[] = {
	[CONTAINER_JOB] = "job",
	[CONTAINER_SERVICE] = "service",
	[CONTAINER_STEP] = "step",
};

static const struct container_options no_options;

static const struct container_options *
options_of(const struct container_spec *spec)
{
	return spec->options != NULL ? spec->options : &no_options;
}

json_t *
docker_labels(int64_t job, int attempt, const char *run, const char *instance,
    const enum container_role *role)
{
	char job_text[32], attempt_text[32];
	json_t *labels;

	snprintf(job_text, sizeof(job_text), "%" PRId64, job);
	snprintf(attempt_text, sizeof(attempt_text), "%d", attempt);
	labels = json_pack("{s:s, s:s, s:s, s:s}", ENGINE_LABEL_JOB, job_text,
	    ENGINE_LABEL_ATTEMPT, attempt_text, ENGINE_LABEL_RUN, run,
	    ENGINE_LABEL_INSTANCE, instance);
	if (labels != NULL && role != NULL)
		json_object_set_new(labels, ENGINE_LABEL_ROLE,
		    json_string(roles[*role]));
	return labels;
}

static json_t *
spec_labels(const struct container_spec *spec)
{
	return docker_labels(spec->job, spec->attempt, spec->run,
	    spec->instance, &spec->role);
}

void
docker_port_name(const struct container_port *port, char name[32])
{
	snprintf(name, 32, "%d/%s", port->container,
	    port->udp ? "udp" : "tcp");
}

/* --- mounts --------------------------------------------------------------- */

/* A folder or file of the host. Mounts, not Binds: those end a path at its
 * first colon, and make a source that is missing. */
static json_t *
bind_json(const char *source, const char *target, bool read_only)
{
	return json_pack("{s:s, s:s, s:s, s:b}", "Type", "bind", "Source",
	    source, "Target", target, "ReadOnly", (int)read_only);
}

static json_t *
own_json(const struct container_spec *spec, const char *folder,
    const char *target, bool read_only)
{
	struct str source = STR_INIT;
	json_t *m;

	str_addf(&source, "%s/%s", spec->work_dir, folder);
	m = bind_json(source.s, target, read_only);
	str_release(&source);
	return m;
}

static json_t *
init_json(void)
{
	struct str init = STR_INIT;
	json_t *m;

	program_path("pawl-init", &init);
	m = bind_json(init.s, STEP_INIT_PATH, true);
	str_release(&init);
	return m;
}

/* One without a name goes with its container. */
static json_t *
volume_json(const struct container_spec *spec,
    const struct container_mount *mount)
{
	struct str name = STR_INIT;
	json_t *m;

	m = json_pack("{s:s, s:s, s:b}", "Type", "volume", "Target",
	    mount->target, "ReadOnly", (int)mount->read_only);
	if (m != NULL && mount->source != NULL) {
		docker_volume_name(spec, mount->source, &name);
		json_object_set_new(m, "Source", json_string(name.s));
	}
	str_release(&name);
	return m;
}

static json_t *
mounts_json(const struct container_spec *spec)
{
	json_t *list = json_array();

	json_array_append_new(list, init_json());
	json_array_append_new(list, own_json(spec,
	    spec->ctl != NULL ? spec->ctl : "ctl", STEP_CTL_DIR, true));
	if (!spec->bare) {
		json_array_append_new(list, own_json(spec, "workspace",
		    ENGINE_WORKSPACE, false));
		json_array_append_new(list, own_json(spec, "runner",
		    ENGINE_RUNNER, false));
	}
	for (size_t i = 0; i < spec->n_mounts; i++) {
		const struct container_mount *m = &spec->mounts[i];
		bool path = m->source != NULL && m->source[0] == '/';

		json_array_append_new(list, path ? bind_json(m->source,
		    m->target, m->read_only) : volume_json(spec, m));
	}
	return list;
}

static json_t *
tmpfs_json(const struct container_options *options)
{
	json_t *map = json_object();

	for (size_t i = 0; i < options->n_tmpfs; i++)
		json_object_set_new(map, options->tmpfs[i].target,
		    json_string(options->tmpfs[i].source != NULL ?
		    options->tmpfs[i].source : ""));
	return map;
}

/* --- limits --------------------------------------------------------------- */

static void
set_number(json_t *host, const char *name, int64_t value)
{
	if (value > 0)
		json_object_set_new(host, name, json_integer(value));
}

static void
set_limits(json_t *host, const struct container_spec *spec)
{
	set_number(host, "Memory", spec->memory_max_bytes);
	set_number(host, "MemorySwap", spec->memory_max_bytes); /* no swap */
	set_number(host, "PidsLimit", spec->pids_max);
	set_number(host, "NanoCpus", spec->cpus_milli * 1000000);
	set_number(host, "ShmSize", spec->shm_bytes);
}

/* --- network -------------------------------------------------------------- */

static json_t *
bindings_json(const struct container_spec *spec)
{
	json_t *map = json_object();
	char name[32], host[16];

	for (size_t i = 0; i < spec->n_ports; i++) {
		const struct container_port *p = &spec->ports[i];

		docker_port_name(p, name);
		snprintf(host, sizeof(host), "%d", p->host);
		json_object_set_new(map, name, json_pack("[{s:s, s:s}]",
		    "HostIp", "127.0.0.1", "HostPort",
		    p->host > 0 ? host : ""));
	}
	return map;
}

static json_t *
exposed_json(const struct container_spec *spec)
{
	json_t *map = json_object();
	char name[32];

	for (size_t i = 0; i < spec->n_ports; i++) {
		docker_port_name(&spec->ports[i], name);
		json_object_set_new(map, name, json_object());
	}
	return map;
}

/* Both services know the network by its name here; Podman by nothing else. */
static json_t *
networking_json(const struct container_spec *spec, const char *network)
{
	json_t *aliases = json_array();

	for (const char *const *name = spec->aliases;
	     name != NULL && *name != NULL; name++)
		json_array_append_new(aliases, json_string(*name));
	return json_pack("{s:{s:{s:o}}}", "EndpointsConfig", network,
	    "Aliases", aliases);
}

/* --- all of it ------------------------------------------------------------ */

static json_t *
host_json(const struct container_spec *spec, const char *network)
{
	const struct container_options *o = options_of(spec);
	json_t *host, *caps = json_array();

	for (size_t i = 0; i < o->n_cap_add; i++)
		json_array_append_new(caps, json_string(o->cap_add[i]));
	host = json_pack("{s:o, s:o, s:o, s:s, s:b, s:b, s:[s], s:[s, s], "
	    "s:o}",
	    "Mounts", mounts_json(spec),
	    "Tmpfs", tmpfs_json(o),
	    "PortBindings", bindings_json(spec),
	    "NetworkMode", network != NULL ? network :
		spec->network ? "bridge" : "none",
	    "Init", 0,
	    "Privileged", (int)o->privileged,
	    "SecurityOpt", "no-new-privileges",
	    "CapDrop", "MKNOD", "NET_RAW",
	    "CapAdd", caps);
	if (host != NULL)
		set_limits(host, spec);
	return host;
}

/* What pawl-init is told; its own file says what each means. The limit of open
 * files is among it because Podman, asked for one such limit, sets the others
 * to what the host may not allow. */
static json_t *
init_arguments(const struct container_spec *spec, const char *user)
{
	const struct container_options *o = options_of(spec);
	int64_t files = spec->nofile_max;
	json_t *list = json_array();
	char number[32];

	if (user != NULL && user[0] != '\0') {
		json_array_append_new(list, json_string("--user"));
		json_array_append_new(list, json_string(user));
	}
	if (files > 0) {
		snprintf(number, sizeof(number), "%" PRId64, files);
		json_array_append_new(list, json_string("--files"));
		json_array_append_new(list, json_string(number));
	}
	for (size_t i = 0; i < o->n_cap_drop; i++) {
		json_array_append_new(list, json_string("--drop"));
		json_array_append_new(list, json_string(o->cap_drop[i]));
	}
	if (spec->bare)
		return list;
	json_array_append_new(list, json_string(spec->role == CONTAINER_JOB ?
	    "--own-workspace" : "--keep-workspace"));
	return list;
}

json_t *
docker_create_json(const struct container_spec *spec, const char *image,
    const char *user, const char *network)
{
	const struct container_options *o = options_of(spec);
	json_t *all;

	all = json_pack("{s:s, s:[s], s:o, s:s, s:s, s:s, s:{s:[s]}, s:o, "
	    "s:o, s:o}",
	    "Image", image,
	    "Entrypoint", STEP_INIT_PATH,
	    "Cmd", init_arguments(spec, user),
	    "User", "0:0",
	    "WorkingDir", "/",
	    "StopSignal", "SIGTERM", /* the image's may mean nothing to us */
	    "Healthcheck", "Test", "NONE",
	    "ExposedPorts", exposed_json(spec),
	    "Labels", spec_labels(spec),
	    "HostConfig", host_json(spec, network));
	if (all != NULL && o->hostname != NULL)
		json_object_set_new(all, "Hostname",
		    json_string(o->hostname));
	if (all != NULL && network != NULL)
		json_object_set_new(all, "NetworkingConfig",
		    networking_json(spec, network));
	return all;
}
