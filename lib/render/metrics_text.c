/*
 * metrics_text.c - the two text formats. They differ in little: OpenMetrics
 * names a family without "_total" and knows the type "info".
 *
 * https://github.com/prometheus/OpenMetrics, version 1.0; "Exposition formats"
 * of Prometheus, version 0.0.4.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/metrics_text.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/str.h"

/* What samples have behind the family's name. */
static const char *
suffix(const struct family *f)
{
	if (strcmp(f->type, "counter") == 0)
		return "_total";
	return strcmp(f->type, "info") == 0 ? "_info" : "";
}

void
metrics_family(struct metrics *m, const struct family *f)
{
	bool open = m->format == METRICS_OPEN;
	bool info = strcmp(f->type, "info") == 0;
	const char *end = open ? "" : suffix(f);

	str_addf(m->out, "# TYPE %s%s %s\n", f->name, end, info && !open ?
	    "gauge" : f->type);
	if (open && f->unit[0] != '\0')
		str_addf(m->out, "# UNIT %s %s\n", f->name, f->unit);
	str_addf(m->out, "# HELP %s%s %s\n", f->name, end, f->help);
}

static void
line(struct metrics *m, const struct family *f, const char *end,
    const char *labels)
{
	str_addf(m->out, "%s%s", f->name, end);
	if (labels[0] != '\0')
		str_addf(m->out, "{%s}", labels);
	str_add_char(m->out, ' ');
}

static void
thousandths(struct str *out, int64_t value)
{
	str_addf(out, "%" PRId64 ".%03d", value / 1000, (int)(value % 1000));
	while (str_ends_with(out->s, "0") && !str_ends_with(out->s, ".0"))
		str_cut(out, out->len - 1);
}

void
metrics_number(struct metrics *m, const struct family *f, const char *labels,
    int64_t value)
{
	line(m, f, suffix(f), labels);
	str_addf(m->out, "%" PRId64 "\n", value);
}

void
metrics_thousandths(struct metrics *m, const struct family *f,
    const char *labels, int64_t value)
{
	line(m, f, suffix(f), labels);
	thousandths(m->out, value);
	str_add_char(m->out, '\n');
}

static void
bucket(struct metrics *m, const struct family *f, const char *labels,
    int64_t bound, int64_t n)
{
	str_addf(m->out, "%s_bucket{%s%sle=\"", f->name, labels,
	    labels[0] != '\0' ? "," : "");
	if (bound == 0)
		str_add(m->out, "+Inf");
	else
		thousandths(m->out, bound);
	str_addf(m->out, "\"} %" PRId64 "\n", n);
}

/* Those of one set of labels: buckets count all that is below them. */
static void
one_histogram(struct metrics *m, const struct family *f, const char *labels,
    const struct sample *samples, size_t n)
{
	int64_t below = 0, total = 0, above = 0;

	for (size_t i = 0; i < n; i++) {
		total += samples[i].total_ms;
		if (samples[i].bucket == 0)
			above = samples[i].n;
	}
	for (size_t b = 0; b < NUMBER_BOUNDS; b++) {
		for (size_t i = 0; i < n; i++)
			if (samples[i].bucket == number_bounds[b])
				below += samples[i].n;
		bucket(m, f, labels, number_bounds[b], below);
	}
	bucket(m, f, labels, 0, below + above);
	line(m, f, "_count", labels);
	str_addf(m->out, "%" PRId64 "\n", below + above);
	line(m, f, "_sum", labels);
	thousandths(m->out, total);
	str_add_char(m->out, '\n');
}

void
metrics_histogram(struct metrics *m, const struct family *f,
    const struct sample *samples, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && strcmp(samples[end].labels,
		    samples[i].labels) == 0; end++)
			;
		one_histogram(m, f, samples[i].labels, samples + i, end - i);
	}
}
