/*
 * json_watch.h - alerts, hooks and tasks as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_WATCH_H
#define PAWL_RENDER_JSON_WATCH_H

#include <jansson.h>

#include "lib/store/alerts.h"
#include "lib/store/hooks.h"
#include "lib/store/tasks.h"

/* `of` is its place in words. */
json_t *
json_alert(const struct alert *al, const char *of);

json_t *
json_hook(const struct hook *hook);

json_t *
json_task(const struct task_state *task);

#endif
