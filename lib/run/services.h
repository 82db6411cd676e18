/*
 * services.h - the services of a job: containers beside its own, on its
 * network, under the names that the pipeline gives them.
 *
 * A service is driven by whatever the job waits for: job_wait() adds its
 * descriptors and its next probe to what it waits for. Its output goes to a
 * log of its own beside the job's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SERVICES_H
#define PAWL_RUN_SERVICES_H

#include <poll.h>
#include "lib/run/wish.h"

#define SERVICES_MAX 16
#define SERVICES_MAX_FDS (4 * SERVICES_MAX)

struct service {
	struct job_exec *x;
	const char *name;
	struct wish wish;
	const char *log_path;
	struct container *container; /* NULL: not started, or removed */
	const char *id;              /* of the container */
	struct joblog *log;
	struct joblog_source *source;
	int fds[2];            /* its output; -1 once closed */
	int64_t number;        /* of its program in the container */
	bool runs;             /* its program */
	struct str why;        /* it does not any more */
	bool ended_well;       /* with exit code 0 */
	bool lost;             /* its container was, to the infrastructure */
	struct health health;
	int64_t started_ms;
	int64_t probe;         /* its number; 0: none runs */
	int probe_fd;
	struct str said;       /* by the last probe */
};

struct services {
	struct service list[SERVICES_MAX];
	size_t n;
	bool up;     /* all of them are, and the steps may begin */
	bool ending;
};

/* Evaluate what the plan says of them, into x->services. */
int
services_read(struct job_exec *x, struct err *err);

/* service_start.c: start one, whose image is here. An error of the user's kind
 * is the pipeline author's. */
int
service_start(struct service *s, struct err *err);

/* Are all up? 1: yes; 0: not yet, and job_wait() is to be called; -1: one will
 * not be, with a verdict for people, whose details are in the job's log. It is
 * an error of the infrastructure when the container was lost to it. All have
 * been started. */
int
services_look(struct job_exec *x, struct err *err);

/* For job_wait(): what to wait for, the time of the next probe (INT64_MAX:
 * none), and what to do afterwards. An error is one of the infrastructure. */
size_t
services_fds(const struct job_exec *x, struct pollfd *fds);
int64_t
services_next_ms(const struct job_exec *x);
int
services_take(struct job_exec *x, struct err *err);

/* forward.c: ports that the pipeline leaves open become known; and in a job
 * that names no container all are at localhost, once it runs. */
void
services_assign_ports(struct services *all);
int
services_forward(struct job_exec *x, struct err *err);

/* Ask them to end; then wait a little, remove what was started and close
 * their logs. What fails is said in the job's log. */
void
services_ask_to_end(struct job_exec *x);
void
services_remove(struct job_exec *x);

/* The context job.services. */
struct expr_object *
services_context(const struct job_exec *x, struct arena *a);

/* service_probe.c: start the probe when it is due, end it when it is late. */
int
service_probe(struct service *s, struct err *err);
/* The probe that ran has ended. */
void
service_probed(struct service *s, const struct proc_end *end);

/* The environment of what runs in it; ends in NULL, in `a`. */
const char *const *
service_env(const struct service *s, struct arena *a);

#endif
