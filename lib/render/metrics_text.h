/*
 * metrics_text.h - writing families of metrics, for the files of metrics.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_METRICS_TEXT_H
#define PAWL_RENDER_METRICS_TEXT_H

#include "lib/render/metrics.h"
#include "lib/store/numbers.h"

struct metrics {
	struct store *st;
	const struct config *config;
	const char *sees; /* lib/store/sees.h */
	enum metrics_format format;
	struct arena a;
	struct str *out;
	/* As read, for those that are computed from others. */
	struct sample *samples[NUMBER_N];
	size_t n[NUMBER_N];
};

struct family {
	const char *name; /* whole, without "_total" */
	const char *type; /* "counter", "histogram", "gauge", "info" */
	const char *unit; /* "": none */
	const char *help;
};

/* Its first lines. */
void
metrics_family(struct metrics *m, const struct family *f);

/* A line of a family that is no histogram; labels may be "". */
void
metrics_number(struct metrics *m, const struct family *f, const char *labels,
    int64_t value);
/* The same of thousandths: seconds from milliseconds, shares. */
void
metrics_thousandths(struct metrics *m, const struct family *f,
    const char *labels, int64_t value);

/* All lines of a histogram. */
void
metrics_histogram(struct metrics *m, const struct family *f,
    const struct sample *samples, size_t n);

/* metrics_own.c: what is known of the host and the programs. */
int
metrics_own(struct metrics *m, struct err *err);

/* metrics_other.c: the same numbers under the names of other systems. */
void
metrics_other(struct metrics *m);

#endif
