/*
 * json_queue.h - the queue as JSON: the same for pawl-api and `pawl --json`.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_QUEUE_H
#define PAWL_RENDER_JSON_QUEUE_H

#include <jansson.h>

#include "lib/base/conf.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"

/* A list of jobs that wait. */
json_t *
json_queue_line(const struct config *config, const struct queue_entry *line,
    size_t n);

/* How many wait and run, what is stopped, and who has what of the host, as far
 * as somebody `sees` it (lib/store/sees.h). NULL with err. */
json_t *
json_queue_stats(struct store *st, const char *sees,
    const struct config *config,
    struct arena *a, struct err *err);

#endif
