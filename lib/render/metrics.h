/*
 * metrics.h - the numbers of lib/store/numbers.h, and those of the host, as
 * monitoring reads them: OpenMetrics 1.0, or the text format 0.0.4 of
 * Prometheus.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_METRICS_H
#define PAWL_RENDER_METRICS_H

#include <stdbool.h>
#include "lib/base/conf.h"
#include "lib/base/str.h"
#include "lib/store/store.h"

enum metrics_format { METRICS_PLAIN, METRICS_OPEN };

/* What a client wants, by its Accept header (NULL: none). Who does not name
 * OpenMetrics gets plain text, as from all programs that Prometheus reads. */
enum metrics_format
metrics_accepted(const char *accept);

/* Content-Type; a literal. */
const char *
metrics_type(enum metrics_format format);

/* Append all families, with the names of repositories that somebody `sees`
 * (lib/store/sees.h). */
int
metrics_write(struct store *st, const struct config *config,
    const char *sees, enum metrics_format format, struct str *out, struct err *err);

#endif
