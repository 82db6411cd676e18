/*
 * health.h - how Pawl does, part by part, for `healthz?verbose`.
 *
 * Reads what a monitoring may ask for every second: no table that grows, no
 * program, no network. Works with pawl-workerd down, and says so.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_HEALTH_H
#define PAWL_RENDER_HEALTH_H

#include <stddef.h>
#include "lib/base/conf.h"
#include "lib/store/store.h"

enum health {
	HEALTH_OK,
	HEALTH_WARN, /* it works; somebody should look */
	HEALTH_FAIL,
};

#define HEALTH_PARTS 6

struct health_part {
	const char *name;
	enum health health;
	const char *text; /* for people */
};

/* "ok", "warn", "fail". */
const char *
health_name(enum health h);

/* Fill all parts, texts in `a`; the worst of them. `st` NULL: the database
 * could not be opened, because of `why`. */
enum health
health_look(struct store *st, const struct config *config,
    const struct err *why, struct arena *a,
    struct health_part parts[HEALTH_PARTS]);

#endif
