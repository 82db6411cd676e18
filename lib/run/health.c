/*
 * health.c - when a service is asked whether it is up, and what comes of it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/health.h"

/* Between the first two probes; then twice as long each time. */
#define PAUSE_MS 50

void
health_begin(struct health *h, const struct health_plan *plan,
    int64_t now_ms)
{
	*h = (struct health){ .plan = *plan, .began_ms = now_ms,
		.at_ms = now_ms, .pause_ms = PAUSE_MS };
	if (plan->argv == NULL)
		h->state = HEALTH_UP;
}

bool
health_is_due(const struct health *h, int64_t now_ms)
{
	return h->state == HEALTH_STARTING && !h->probing &&
	    now_ms >= h->at_ms;
}

void
health_probing(struct health *h, int64_t now_ms)
{
	h->probing = true;
	h->at_ms = now_ms + h->plan.timeout_ms;
}

bool
health_is_late(const struct health *h, int64_t now_ms)
{
	return h->probing && now_ms >= h->at_ms;
}

/* The last probe is the one that ends behind the limit: a service that came
 * up during the pause before it is up. */
void
health_probed(struct health *h, bool good, int64_t now_ms)
{
	h->probing = false;
	if (good) {
		h->state = HEALTH_UP;
		return;
	}
	h->failures++;
	if (now_ms - h->began_ms >= h->plan.limit_ms) {
		h->state = HEALTH_DOWN;
		return;
	}
	h->at_ms = now_ms + h->pause_ms;
	if (h->at_ms > h->began_ms + h->plan.limit_ms)
		h->at_ms = h->began_ms + h->plan.limit_ms;
	h->pause_ms *= 2;
	if (h->pause_ms > h->plan.pause_max_ms)
		h->pause_ms = h->plan.pause_max_ms;
}

int64_t
health_next_ms(const struct health *h)
{
	return h->state == HEALTH_STARTING || h->probing ? h->at_ms :
	    INT64_MAX;
}
