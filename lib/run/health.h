/*
 * health.h - is a service up? A clock-free machine: it is told the time and
 * how probes ended, and says when the next one is due.
 *
 * Docker looks for the first time after a whole interval, which by default is
 * 30 s. Here a service that is starting is asked at once and then in growing
 * pauses, and the words of the file say how long it may go on failing: the
 * start period, and the interval as many times as there are retries. Once it
 * is up, nobody asks any more.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_HEALTH_H
#define PAWL_RUN_HEALTH_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/engine/engine.h"

/* How to ask, and for how long. Strings are borrowed. */
struct health_plan {
	const char *const *argv; /* NULL: a service that runs is up */
	const char *about;       /* for people: "--health-cmd", "ready" */
	int64_t pause_max_ms;    /* between two probes */
	int64_t timeout_ms;      /* of one */
	int64_t limit_ms;        /* from the service's start */
};

enum health_state { HEALTH_STARTING, HEALTH_UP, HEALTH_DOWN };

struct health {
	struct health_plan plan;
	enum health_state state;
	bool probing;
	int64_t began_ms;
	int64_t at_ms;    /* of the next probe; of one that runs: its limit */
	int64_t pause_ms;
	int failures;
};

/* The service has just been started. */
void
health_begin(struct health *h, const struct health_plan *plan,
    int64_t now_ms);

/* Is it time to start a probe? Then say that it was started. */
bool
health_is_due(const struct health *h, int64_t now_ms);
void
health_probing(struct health *h, int64_t now_ms);

/* Has the probe that runs had its time? Then end it, and say it failed. */
bool
health_is_late(const struct health *h, int64_t now_ms);

/* The probe has ended. */
void
health_probed(struct health *h, bool good, int64_t now_ms);

/* When to look again; INT64_MAX: never. */
int64_t
health_next_ms(const struct health *h);

/*
 * health_read.c: the plan from `options` as container_options_read() leaves
 * them (NULL: none) over what the image says of itself (NULL: nothing). A
 * mistake is ERR_INVALID. Lives in `a`.
 */
int
health_read_options(const char *const *options,
    const struct image_about *image, struct arena *a,
    struct health_plan *out, struct err *err);

/* Of `ready`; one of port (with a path for HTTP) and command is given.
 * timeout_ms 0: the usual. */
void
health_plan_tcp(struct arena *a, int port, int64_t timeout_ms,
    struct health_plan *out);
void
health_plan_http(struct arena *a, int port, const char *path,
    int64_t timeout_ms, struct health_plan *out);
void
health_plan_command(struct arena *a, const char *command,
    int64_t timeout_ms, struct health_plan *out);

#endif
