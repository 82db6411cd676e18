/*
 * stop.c - what ends a job early: somebody cancels it, its time is up, or
 * its caller can no longer be told.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/services.h"

#include <limits.h>
#include <string.h>

#include "lib/base/clock.h"

static void
stop(struct job_exec *x, enum job_stop why)
{
	if (x->stop != JOB_GOES_ON)
		return;
	x->stop = why;
	/* As at GitHub a job over its time is one that is cancelled. */
	x->scope.status = STATUS_CANCELLED;
}

int
job_fail(struct job_exec *x, const struct err *err)
{
	if (x->failure.code == ERR_NONE)
		x->failure = *err;
	stop(x, JOB_STOP_FAILED);
	return -1;
}

void
job_tick(struct job_exec *x, bool now)
{
	struct err err = { 0 };
	int64_t mono = clock_mono_ms();
	int rc;

	if (x->obs->tick == NULL || (!now && mono < x->next_tick_ms))
		return;
	x->next_tick_ms = mono + x->order->config->lease_ms / 3;
	rc = x->obs->tick(x->obs->ctx, &err);
	if (rc == -1)
		job_fail(x, &err);
	else if (rc == 1)
		stop(x, JOB_STOP_CANCELLED);
}

static int
wait_ms(const struct job_exec *x, int64_t until_ms)
{
	int64_t next = INT64_MAX, left;

	if (x->stop == JOB_GOES_ON)
		next = x->until_ms;
	if (x->obs->tick != NULL && x->next_tick_ms < next)
		next = x->next_tick_ms;
	if (until_ms > 0 && until_ms < next)
		next = until_ms;
	if (services_next_ms(x) < next)
		next = services_next_ms(x);
	left = next - clock_mono_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

void
job_wait(struct job_exec *x, struct pollfd *fds, size_t n, int64_t until_ms,
    bool heed)
{
	struct pollfd all[JOB_MAX_FDS + 1 + SERVICES_MAX_FDS];
	struct err err = { 0 };
	size_t n_services;

	job_tick(x, false);
	if (clock_mono_ms() >= x->until_ms)
		stop(x, JOB_STOP_TIMED_OUT);
	for (size_t i = 0; i < n; i++)
		fds[i].revents = 0;
	if (heed && x->stop != JOB_GOES_ON)
		return;
	memcpy(all, fds, n * sizeof(*fds));
	/* Once we know, its being readable is no news. */
	all[n].fd = x->stop == JOB_GOES_ON ? x->order->cancel_fd : -1;
	all[n].events = POLLIN;
	all[n].revents = 0;
	n_services = services_fds(x, all + n + 1);
	if (poll(all, n + 1 + n_services, wait_ms(x, until_ms)) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		fds[i].revents = all[i].revents;
	if (all[n].revents != 0)
		stop(x, JOB_STOP_CANCELLED);
	if (services_take(x, &err) == -1)
		job_fail(x, &err);
}

void
job_stop_text(const struct job_exec *x, struct str *out)
{
	char text[CLOCK_TEXT_SIZE];
	const struct job_plan *plan = x->order->plan;
	bool own = plan->timeout_ms > 0;

	switch (x->stop) {
	case JOB_GOES_ON:
		break;
	case JOB_STOP_CANCELLED:
		str_add(out, "cancelled");
		break;
	case JOB_STOP_TIMED_OUT:
		str_addf(out, "the job timed out after %s (%s)",
		    clock_duration(own ? plan->timeout_ms :
		    x->order->config->job_timeout_ms, text), own ?
		    "\"timeout-minutes\" of the job" :
		    "\"job-timeout\" of the configuration");
		break;
	case JOB_STOP_FAILED:
		str_add(out, x->failure.text);
		break;
	}
}
