/*
 * timeline.c - see timeline.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/timeline.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/render/look.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define TICKS_MAX 6
#define PARTS 10000 /* of the width: hundredths of a percent */
#define LEAST 40    /* a bar that short can still be seen */

static const int64_t ticks[] = {
	100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND,
	15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
	15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR,
	12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY,
};

void
timeline_init(struct timeline *t, const struct run *run,
    const struct job *jobs, size_t n, int64_t now_ms)
{
	size_t i = 0;

	t->from_ms = run->created_at_ms;
	t->to_ms = run->finished_at_ms != 0 ? run->finished_at_ms : now_ms;
	for (size_t k = 0; k < n; k++)
		if (jobs[k].ran_in == 0 && jobs[k].finished_at_ms > t->to_ms)
			t->to_ms = jobs[k].finished_at_ms;
	if (t->to_ms <= t->from_ms)
		t->to_ms = t->from_ms + 1;
	while (i + 1 < ARRAY_LEN(ticks) &&
	    (t->to_ms - t->from_ms) / ticks[i] > TICKS_MAX)
		i++;
	t->tick_ms = ticks[i];
	while ((t->to_ms - t->from_ms) / t->tick_ms > TICKS_MAX)
		t->tick_ms *= 2;
}

/* Where a time is, in parts of the width. */
static int
part_of(const struct timeline *t, int64_t at_ms)
{
	if (at_ms <= t->from_ms)
		return 0;
	if (at_ms >= t->to_ms)
		return PARTS;
	return (int)((double)(at_ms - t->from_ms) * PARTS /
	    (double)(t->to_ms - t->from_ms));
}

static void
add_part(struct str *out, const char *name, int part)
{
	str_addf(out, " %s=\"%d.%02d%%\"", name, part / 100, part % 100);
}

void
timeline_axis_svg(const struct timeline *t, struct str *out)
{
	char text[CLOCK_TEXT_SIZE];

	str_add(out, "<svg class=\"axis\" width=\"100%\" height=\"18\" "
	    "aria-hidden=\"true\">");
	for (int64_t at = 0; at <= t->to_ms - t->from_ms; at += t->tick_ms) {
		int part = part_of(t, t->from_ms + at);

		/* The last one would stand outside. */
		if (part > PARTS * 92 / 100 && at > 0)
			break;
		str_add(out, "<line y1=\"0\" y2=\"18\"");
		add_part(out, "x1", part);
		add_part(out, "x2", part);
		str_add(out, "/><text dx=\"4\" y=\"13\"");
		add_part(out, "x", part);
		str_addf(out, ">%s</text>", at == 0 ? "0" :
		    clock_duration(at, text));
	}
	str_add(out, "</svg>");
}

static void
add_rect(struct str *out, const char *class, int y, int h, int from, int to)
{
	if (to - from < LEAST) {
		to = from + LEAST;
		if (to > PARTS) {
			to = PARTS;
			from = PARTS - LEAST;
		}
	}
	str_addf(out, "<rect class=\"%s\" y=\"%d\" height=\"%d\" rx=\"2\"",
	    class, y, h);
	add_part(out, "x", from);
	add_part(out, "width", to - from);
	str_add(out, "/>");
}

void
timeline_bar_svg(const struct timeline *t, int64_t free_ms, int64_t from_ms,
    int64_t to_ms, const char *class, struct str *out)
{
	int from = part_of(t, from_ms);
	int until = from_ms != 0 ? from : to_ms != 0 ? part_of(t, to_ms) :
	    PARTS;

	str_add(out, "<svg class=\"bars\" width=\"100%\" height=\"14\" "
	    "aria-hidden=\"true\">");
	if (free_ms != 0 && part_of(t, free_ms) < until)
		add_rect(out, "wait", 6, 2, part_of(t, free_ms), until);
	if (from_ms != 0 && (to_ms == 0 || to_ms >= t->from_ms))
		add_rect(out, class, 2, 10, from, to_ms == 0 ? PARTS :
		    part_of(t, to_ms));
	str_add(out, "</svg>");
}

const char *
timeline_class(const struct job *job)
{
	return job->state == JOB_SUCCEEDED && job->attempt > 1 ? "retried" :
	    look_word(look_job(job->state));
}
