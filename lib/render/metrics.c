/*
 * metrics.c - see metrics.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/metrics.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/render/metrics_text.h"

#define OPEN "application/openmetrics-text"

static const char *const type_names[] = {
	[TYPE_COUNTER] = "counter",
	[TYPE_HISTOGRAM] = "histogram",
	[TYPE_GAUGE] = "gauge",
};

enum metrics_format
metrics_accepted(const char *accept)
{
	/* Nobody who writes it does not want it. */
	return accept != NULL && strstr(accept, OPEN) != NULL ?
	    METRICS_OPEN : METRICS_PLAIN;
}

const char *
metrics_type(enum metrics_format format)
{
	return format == METRICS_OPEN ?
	    OPEN "; version=1.0.0; charset=utf-8" :
	    "text/plain; version=0.0.4; charset=utf-8";
}

/* One without labels is there from the start, as 0. */
static void
ensure_one(struct metrics *m, enum number number)
{
	static struct sample zero = { "", 0, 0, 0 };

	if (m->n[number] > 0 || number_row(number)->labels[0] != NULL)
		return;
	m->samples[number] = &zero;
	m->n[number] = 1;
}

static void
write_number(struct metrics *m, enum number number)
{
	const struct number_row *row = number_row(number);
	const struct sample *s = m->samples[number];
	const struct family f = { arena_printf(&m->a, "pawl_%s", row->name),
		type_names[row->type], row->unit, row->help };

	metrics_family(m, &f);
	if (row->type == TYPE_HISTOGRAM)
		metrics_histogram(m, &f, s, m->n[number]);
	else
		for (size_t i = 0; i < m->n[number]; i++)
			(row->unit[0] != '\0' ? metrics_thousandths :
			    metrics_number)(m, &f, s[i].labels, s[i].n);
}

static int
write_all(struct metrics *m, struct err *err)
{
	for (enum number i = 0; i < NUMBER_N; i++) {
		if (number_read(m->st, i, m->config->metrics_repositories,
		    m->sees, &m->a, &m->samples[i], &m->n[i], err) == -1)
			return -1;
		ensure_one(m, i);
		write_number(m, i);
	}
	if (metrics_own(m, err) == -1)
		return -1;
	metrics_other(m);
	str_add(m->out, "# EOF\n");
	return 0;
}

int
metrics_write(struct store *st, const struct config *config,
    const char *sees, enum metrics_format format, struct str *out, struct err *err)
{
	struct metrics m = { .st = st, .config = config, .sees = sees,
		.format = format,
		.a = ARENA_INIT(0), .out = out };
	int rc = write_all(&m, err);

	arena_release(&m.a);
	return rc;
}
