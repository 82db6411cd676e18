/*
 * container.c - the containers of a job: what its own, those of its services
 * and those of its steps have in common, and the network between them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"

/* Starting a container blocks, so it must end before somebody takes us for
 * dead: that is when the lease, renewed just before, has been over for as
 * long again. An engine on a busy host may need half a minute. */
#define START_MIN_MS 10000

/* Larger than the kernel's 64 KiB, so that a busy step seldom waits. */
#define PIPE_BYTES (256 * 1024)

void
job_container_spec(struct job_exec *x, enum container_role role,
    const char *suffix, struct container_spec *spec)
{
	const struct job_order *o = x->order;
	const struct config *config = o->config;

	*spec = (struct container_spec){
		.name = arena_printf(&x->arena, "ci-job-%" PRId64 "-%d%s%s",
		    o->job, o->attempt, suffix != NULL ? "-" : "",
		    suffix != NULL ? suffix : ""),
		.image = x->image,
		.work_dir = o->work_dir,
		.ctl = suffix != NULL ? arena_printf(&x->arena, "ctl-%s",
		    suffix) : NULL,
		.role = role,
		.job = o->job,
		.attempt = o->attempt,
		.run = o->run,
		.instance = o->instance,
		.network = strcmp(engine_name(x->engine), "sandbox") != 0 ||
		    config->sandbox_network,
		.net = x->network,
		.memory_max_bytes = config->memory_max_bytes,
		.pids_max = config->pids_max,
		.cpus_milli = config->cpus_milli,
		.nofile_max = config->nofile_max,
		.shm_bytes = config->shm_bytes,
		.workspace_max_bytes = config->workspace_max_bytes,
	};
}

int
job_container_start(struct job_exec *x, const struct container_spec *spec,
    struct container **out, struct err *err)
{
	const struct config *config = x->order->config;
	int64_t limit = config->lease_ms + config->lease_ms / 2;

	job_tick(x, true);
	if (x->stop != JOB_GOES_ON)
		return -1;
	if (limit < START_MIN_MS)
		limit = START_MIN_MS;
	if (container_start(x->engine, spec, (int)limit, out, err) == -1)
		return err_wrap(err, "starting the container");
	return 0;
}

int
job_network(struct job_exec *x, struct err *err)
{
	const struct job_order *o = x->order;
	const struct network_spec spec = {
		.name = arena_printf(&x->arena, "ci-job-%" PRId64 "-%d",
		    o->job, o->attempt),
		.job = o->job,
		.attempt = o->attempt,
		.run = o->run,
		.instance = o->instance,
	};

	if (x->network != NULL)
		return 0;
	if (network_start(x->engine, &spec, &x->network, err) == -1)
		return err_wrap(err, "making the job's network");
	x->network_name = spec.name;
	return 0;
}

int
job_pipe(int ends[2], struct err *err)
{
	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	/* Refused when the user has many already; then it is the usual. */
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
	if (file_set_flags(ends[0], true, err) == 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	ends[0] = ends[1] = -1;
	return -1;
}
