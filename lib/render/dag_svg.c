/*
 * dag_svg.c - a graph as SVG: units are links with icon, name and state;
 * colours are classes, so that one drawing serves light and dark.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/dag.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/markup.h"
#include "lib/base/percent.h"
#include "lib/base/utf8.h"
#include "lib/render/dag_internal.h"
#include "lib/render/dag_sizes.h"

/* Characters that surely fit. */
#define LABEL_MAX 23
#define LINE_MAX_CHARS 24
#define ABOVE_MAX 12

#define PAD 10
#define ICON 16
#define TEXT_X (PAD + ICON + 8)

/* What a file of its own is coloured by; pages have pawl.css. */
static const char own_style[] =
    "<style>.dag{color-scheme:light dark;font:13px system-ui,sans-serif}"
    ".dag .box{fill:#fff;stroke:#d5dbe2}.dag text{fill:#1c2430}"
    ".dag .sub{fill:#57606a;font-size:11.5px}"
    ".dag .edge{fill:none;stroke:#b4bdc8;stroke-width:1.5}"
    ".dag use,.dag .bar{color:#57606a;fill:none;stroke:currentColor;"
    "stroke-width:1.6;stroke-linecap:round}.dag .bar{fill:currentColor;"
    "stroke:none}symbol .disc{fill:currentColor;stroke:none}"
    "symbol .mark{stroke:#fff}symbol .rail{opacity:.3}"
    ".dag .succeeded{color:#1a7f37}.dag .failed{color:#c4232d}"
    ".dag .running{color:#0b63c4}.dag .pending{color:#915400}"
    "@media(prefers-color-scheme:dark){.dag .box{fill:#161d26;"
    "stroke:#303b48}.dag text{fill:#e4e9ef}.dag .sub{fill:#a0abb8}"
    ".dag .edge{stroke:#4a5766}symbol .mark{stroke:#161d26}"
    ".dag .succeeded{color:#4cc36b}.dag .failed{color:#ff7b7b}"
    ".dag .running{color:#6cb6ff}.dag .pending{color:#e6b450}}</style>\n";

static void
add_text(struct str *out, const char *text)
{
	markup_text(out, text, strlen(text));
}

/* At most so many characters, the last one then an ellipsis. */
static void
add_cut(struct str *out, const char *text, size_t max)
{
	size_t len = strlen(text), at = 0, n = 0;

	while (at < len && n < max) {
		size_t c = utf8_char_len(text + at, len - at);

		at += c > 0 ? c : 1;
		n++;
	}
	if (at == len) {
		markup_text(out, text, len);
		return;
	}
	while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
		at--;
	markup_text(out, text, at > 0 ? at - 1 : 0);
	str_add(out, "\342\200\246");
}

/* --- words --------------------------------------------------------------- */

static void
add_span(struct str *out, int64_t from_ms, int64_t to_ms)
{
	char span[CLOCK_TEXT_SIZE];

	if (from_ms != 0 && to_ms >= from_ms)
		str_addf(out, ", %s", clock_duration(to_ms - from_ms, span));
}

/* "succeeded, 12 s"; "6 jobs: 1 failed, 5 succeeded, 2 min". */
static void
unit_words(const struct dag *g, const struct dag_unit *u, struct str *out)
{
	static const enum look order[] = { LOOK_FAILED, LOOK_RUNNING,
		LOOK_PENDING, LOOK_CANCELLED, LOOK_SUCCEEDED, LOOK_SKIPPED };
	const char *between = ": ";

	if (u->n_jobs == 1) {
		str_add(out, g->jobs[u->jobs[0]].state);
		add_span(out, u->started_at_ms, u->finished_at_ms);
		return;
	}
	str_addf(out, "%zu jobs", u->n_jobs);
	for (size_t i = 0; i < LOOK_N; i++) {
		if (u->looks[order[i]] == 0)
			continue;
		str_addf(out, "%s%zu %s", between, u->looks[order[i]],
		    look_word(order[i]));
		between = ", ";
	}
	add_span(out, u->started_at_ms, u->finished_at_ms);
}

/* Of many, what a person looks for first; it must fit. */
static void
unit_line(const struct dag *g, const struct dag_unit *u, struct str *out)
{
	if (u->n_jobs == 1 || u->looks[u->look] == u->n_jobs) {
		if (u->n_jobs > 1)
			str_addf(out, "%zu ", u->n_jobs);
		str_add(out, u->n_jobs > 1 ? look_word(u->look) :
		    g->jobs[u->jobs[0]].state);
		add_span(out, u->started_at_ms, u->finished_at_ms);
	} else {
		str_addf(out, "%zu of %zu %s", u->looks[u->look], u->n_jobs,
		    look_word(u->look));
	}
}

/* --- parts --------------------------------------------------------------- */

static void
add_edge(const struct dag *g, const struct dag_edge *e, struct str *out)
{
	const struct dag_unit *a = &g->units[e->from], *b = &g->units[e->to];
	int x = a->x + a->w, y = a->y + a->h / 2;

	str_addf(out, "<path class=\"edge %s\" d=\"M%d %d",
	    look_word(a->look), x, y);
	for (size_t i = 0; i <= e->n_bends; i++) {
		int to = a->x + (int)(i + 1) * (DAG_UNIT_WIDTH + DAG_GAP_X);
		int to_y = i < e->n_bends ? e->bends[i] : b->y + b->h / 2;

		/* Without bends over several layers it is one long curve. */
		if (i == e->n_bends)
			to = b->x;
		if (to_y == y)
			str_addf(out, "H%d", to);
		else
			str_addf(out, "C%d %d %d %d %d %d", (x + to) / 2, y,
			    (x + to) / 2, to_y, to, to_y);
		x = to;
		y = to_y;
		if (i < e->n_bends) {
			x += DAG_UNIT_WIDTH;
			str_addf(out, "H%d", x);
		}
	}
	str_add(out, "\"/>\n");
}

static void
add_icon(struct str *out, enum look look, int x, int y, int size)
{
	str_addf(out, "<use class=\"%s\" href=\"#dag-%s\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\"/>", look_word(look),
	    look_word(look), x, y, size, size);
}

static void
begin_link(struct str *out, const char *at, const char *key)
{
	str_add(out, "<a href=\"");
	add_text(out, at);
	percent_encode(out, key);
	str_add(out, "\">");
}

/* How many have which state, as parts of a bar. */
static void
add_bar(const struct dag_unit *u, struct str *out)
{
	static const enum look order[] = { LOOK_FAILED, LOOK_CANCELLED,
		LOOK_SUCCEEDED, LOOK_SKIPPED, LOOK_RUNNING, LOOK_PENDING };
	const size_t whole = (size_t)(u->w - 2 * PAD);
	size_t before = 0;

	for (size_t i = 0; i < LOOK_N; i++) {
		size_t n = u->looks[order[i]];
		size_t from = before * whole / u->n_jobs;
		size_t to = (before + n) * whole / u->n_jobs;

		before += n;
		if (n == 0)
			continue;
		str_addf(out, "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" "
		    "width=\"%zu\" height=\"4\"/>", look_word(order[i]),
		    u->x + PAD + (int)from, u->y + DAG_UNIT_HEIGHT - 2,
		    to > from ? to - from : 1);
	}
}

/* What distinguishes a job from others of its matrix: "a, b" of
 * "build (a, b)". */
static const char *
leg_label(const char *title, size_t *len)
{
	const char *open = strchr(title, '(');

	*len = strlen(title);
	if (open == NULL || title[*len - 1] != ')')
		return title;
	*len -= (size_t)(open + 1 - title) + 1;
	return open + 1;
}

static void
add_line(const struct dag *g, const struct dag_unit *u,
    const struct dag_drawing *d, size_t job, int y, struct str *out)
{
	const struct dag_job *j = &g->jobs[job];
	struct str label = STR_INIT;
	size_t len;
	const char *text = leg_label(j->title, &len);

	str_add_len(&label, text, len);
	begin_link(out, d->job_at, j->key);
	str_add(out, "<title>");
	add_text(out, j->title);
	str_add(out, ": ");
	add_text(out, j->state);
	add_span(out, j->started_at_ms, j->finished_at_ms);
	str_addf(out, "</title><rect class=\"line\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\" rx=\"4\"/>", u->x + 3, y, u->w - 6,
	    DAG_LINE_HEIGHT);
	add_icon(out, j->look, u->x + PAD + 2, y + 6, 12);
	str_addf(out, "<text x=\"%d\" y=\"%d\">", u->x + TEXT_X, y + 17);
	add_cut(out, label.s, LINE_MAX_CHARS);
	str_add(out, "</text></a>\n");
	str_release(&label);
}

/* Of many jobs those have a line that people look for: the worst first. */
static void
add_lines(const struct dag *g, const struct dag_unit *u,
    const struct dag_drawing *d, struct str *out)
{
	static const enum look order[] = { LOOK_FAILED, LOOK_RUNNING,
		LOOK_CANCELLED, LOOK_PENDING, LOOK_SUCCEEDED, LOOK_SKIPPED };
	int y = u->y + DAG_UNIT_HEIGHT + DAG_BAR_HEIGHT;
	bool all = u->shown == u->n_jobs;
	size_t left = u->shown;

	for (size_t o = 0; o < (all ? 1 : LOOK_N); o++)
		for (size_t i = 0; i < u->n_jobs && left > 0; i++) {
			if (!all && g->jobs[u->jobs[i]].look != order[o])
				continue;
			add_line(g, u, d, u->jobs[i], y, out);
			y += DAG_LINE_HEIGHT;
			left--;
		}
	if (all || u->shown == 0)
		return;
	begin_link(out, d->group_at, u->key);
	str_addf(out, "<text class=\"sub\" x=\"%d\" y=\"%d\">and %zu more"
	    "</text></a>\n", u->x + TEXT_X, y + 16, u->n_jobs - u->shown);
}

static void
add_unit(const struct dag *g, const struct dag_unit *u,
    const struct dag_drawing *d, struct str *out)
{
	struct str words = STR_INIT, line = STR_INIT;
	bool one = u->n_jobs == 1 && g->detail != DAG_STAGES;

	unit_words(g, u, &words);
	if (u->above != NULL) {
		add_cut(&line, u->above, ABOVE_MAX);
		str_add(&line, " \302\267 ");
	}
	unit_line(g, u, &line);
	str_addf(out, "<g class=\"unit %s\"><rect class=\"box\" x=\"%d\" "
	    "y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n",
	    look_word(u->look), u->x, u->y, u->w, u->h);
	begin_link(out, one ? d->job_at : g->detail == DAG_STAGES ?
	    d->stage_at : d->group_at, one ? g->jobs[u->jobs[0]].key : u->key);
	str_add(out, "<title>");
	add_text(out, u->label);
	str_add(out, ": ");
	add_text(out, words.s);
	str_addf(out, "</title><rect class=\"line\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\" rx=\"6\"/>", u->x + 2, u->y + 2,
	    u->w - 4, DAG_UNIT_HEIGHT - 6);
	add_icon(out, u->look, u->x + PAD, u->y + 13, ICON);
	str_addf(out, "<text x=\"%d\" y=\"%d\">", u->x + TEXT_X, u->y + 19);
	add_cut(out, u->label, LABEL_MAX);
	str_addf(out, "</text><text class=\"sub\" x=\"%d\" y=\"%d\">",
	    u->x + TEXT_X, u->y + 35);
	str_add(out, line.s);
	str_add(out, "</text></a>\n");
	if (!one) {
		add_bar(u, out);
		add_lines(g, u, d, out);
	}
	str_add(out, "</g>\n");
	str_release(&words);
	str_release(&line);
}

/* --- all ----------------------------------------------------------------- */

/* Only those that are used. */
static void
add_icons(const struct dag *g, struct str *out)
{
	bool used[LOOK_N] = { false };

	for (size_t i = 0; i < g->n_units; i++)
		used[g->units[i].look] = true;
	for (size_t i = 0; i < g->n_jobs; i++)
		used[g->jobs[i].look] = true;
	str_add(out, "<defs>");
	for (int i = 0; i < LOOK_N; i++)
		if (used[i])
			str_addf(out, "<symbol id=\"dag-%s\" viewBox=\"0 0 "
			    "16 16\">%s</symbol>", look_word((enum look)i),
			    look_icon((enum look)i));
	str_add(out, "</defs>\n");
}

void
dag_svg(const struct dag *g, const struct dag_drawing *d, struct str *out)
{
	str_add(out, d->alone ? "<svg xmlns=\"http://www.w3.org/2000/svg\"" :
	    "<svg");
	str_addf(out, " class=\"dag\" width=\"%d\" height=\"%d\" viewBox=\"0 "
	    "0 %d %d\" role=\"group\" aria-label=\"", g->width, g->height,
	    g->width, g->height);
	add_text(out, d->title);
	str_add(out, "\">\n");
	if (d->alone) {
		str_add(out, "<title>");
		add_text(out, d->title);
		str_add(out, "</title>\n");
		str_add(out, own_style);
	}
	add_icons(g, out);
	for (size_t i = 0; i < g->n_edges; i++)
		add_edge(g, &g->edges[i], out);
	for (size_t i = 0; i < g->n_units; i++)
		add_unit(g, &g->units[i], d, out);
	str_add(out, "</svg>\n");
}
