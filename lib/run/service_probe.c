/*
 * service_probe.c - ask a service whether it is up, by a program in its own
 * container: as the engines do it themselves, but alike on all of them, and
 * nobody has to ask the engine again and again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/services.h"

#include <signal.h>
#include <unistd.h>

#include "lib/base/clock.h"

static void
close_said(struct service *s)
{
	if (s->probe_fd != -1)
		close(s->probe_fd);
	s->probe_fd = -1;
}

/* A program that is not there will not be there the next time. */
static void
cannot(struct service *s, const struct err *why)
{
	str_clear(&s->said);
	str_add(&s->said, why->text);
	s->health.failures++;
	s->health.state = HEALTH_DOWN;
}

static int
start(struct service *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct container_step step = { .argv = s->health.plan.argv,
		.cwd = "/" };
	struct err why = { 0 };
	int ends[2], rc;

	close_said(s);
	str_clear(&s->said);
	if (job_pipe(ends, err) == -1)
		return -1;
	step.env = service_env(s, &a);
	step.out = step.err = ends[1];
	rc = container_step_start(s->container, &step, &s->probe, &why);
	close(ends[1]);
	s->probe_fd = ends[0];
	arena_release(&a);
	if (rc == 0)
		health_probing(&s->health, clock_mono_ms());
	else if (err_kind(why.code) == ERR_KIND_USER)
		cannot(s, &why);
	/* A container that is gone is told of by its own end. */
	return 0;
}

int
service_probe(struct service *s, struct err *err)
{
	int64_t now = clock_mono_ms();

	if (health_is_due(&s->health, now))
		return start(s, err);
	if (!health_is_late(&s->health, now))
		return 0;
	container_signal(s->container, s->probe, SIGKILL, NULL);
	s->probe = 0;
	str_add(&s->said, "it did not end in its time");
	health_probed(&s->health, false, now);
	return 0;
}

void
service_probed(struct service *s, const struct proc_end *end)
{
	bool good = end->how == PROC_EXITED && end->code == 0;

	s->probe = 0;
	if (!good && s->said.len == 0)
		proc_end_text(end, &s->said);
	health_probed(&s->health, good, clock_mono_ms());
}
