/*
 * page_compare.c - two runs beside each other, what differs first.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/compare_sides.h"
#include "cgi/page_run_parts.h"
#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/store/repos.h"

/* Of jobs that are the same, so many are listed. */
#define IDENTICAL_SHOWN 50
#define DIFFERENT_SHOWN 200
#define VALUE_MAX 400 /* bytes of a value that are shown */

/* What people call it, and how it looks. */
static const struct {
	const char *text, *chip;
} words[COMPARE_N] = {
	[COMPARE_ONLY_LEFT] = { "only left", "chip wait" },
	[COMPARE_ONLY_RIGHT] = { "only right", "chip wait" },
	[COMPARE_LEFT_SKIPPED] = { "left was skipped", "chip wait" },
	[COMPARE_RIGHT_SKIPPED] = { "right was skipped", "chip wait" },
	[COMPARE_STATUS_DIFFERENT] = { "ended differently", "chip bad" },
	[COMPARE_OUTPUT_DIFFERENT] = { "other outputs", "chip wait" },
	[COMPARE_SETTINGS_DIFFERENT] = { "set up differently", "chip wait" },
	[COMPARE_IDENTICAL] = { "same", "chip" },
};

static const char *
run_at(const struct run *run, const char *job, struct arena *a)
{
	struct layout_run place = run_layout(run);
	struct str at = STR_INIT;
	const char *made;

	layout_page_attempt(&at, &place);
	if (job != NULL) {
		str_add(&at, "/jobs/");
		html_url_path(&at, job);
	}
	made = arena_strdup(a, at.s);
	str_release(&at);
	return made;
}

/* --- the runs ------------------------------------------------------------ */

static void
add_side(struct page *p, const struct run *run, const char *name)
{
	html_markup(p->out, "<section class=\"card\"><h2>");
	html_text(p->out, name);
	html_markup(p->out, ": ");
	page_link(p, run_at(run, NULL, p->req->a), arena_printf(p->req->a,
	    "%s/%s #%" PRId64, run->owner, run->name, run->number));
	html_markup(p->out, "</h2>");
	page_state(p, look_run(run->state), NULL);
	html_markup(p->out, " <bdi>");
	html_text(p->out, page_run_title(run));
	html_markup(p->out, "</bdi><p class=\"facts\">");
	page_ref(p, run);
	html_markup(p->out, " ");
	page_sha(p, run->sha);
	html_markup(p->out, " ");
	page_time(p, run->created_at_ms);
	html_markup(p->out, " ");
	page_duration(p, run->started_at_ms, run->finished_at_ms);
	html_markup(p->out, "</p></section>\n");
}

static void
add_value(struct page *p, const char *value)
{
	size_t len = value != NULL ? strlen(value) : 0;

	if (value == NULL) {
		html_markup(p->out, "<span class=\"quiet\">none</span>");
		return;
	}
	html_markup(p->out, "<bdi>");
	html_text_len(p->out, value, len > VALUE_MAX ? VALUE_MAX : len);
	html_markup(p->out, len > VALUE_MAX ? "&hellip;</bdi>" : "</bdi>");
}

static void
add_facts(struct page *p, const struct compare *c)
{
	static const char *const heads[] = { "What", "Left", "Right" };

	html_markup(p->out, "<h2>What was different from the start</h2>\n");
	if (c->n_fields == 0 || (c->n_fields == 1 &&
	    strcmp(c->fields[0].name, "state") == 0)) {
		html_markup(p->out, "<p>Nothing: the same commit, event, "
		    "inputs, names of variables and version of the pipeline "
		    "file.</p>\n");
		return;
	}
	page_table_begin(p, "What differs between the runs", heads, 3);
	for (size_t i = 0; i < c->n_fields; i++) {
		/* It is what came of it, and stands above. */
		if (strcmp(c->fields[i].name, "state") == 0)
			continue;
		page_row(p);
		page_cell(p);
		html_text(p->out, c->fields[i].name);
		page_cell(p);
		add_value(p, c->fields[i].left);
		page_cell(p);
		add_value(p, c->fields[i].right);
	}
	page_table_end(p);
}

static int
add_commits(struct page *p, struct store *st, const struct compare *c,
    struct err *err)
{
	const struct run *l = &c->left->run, *r = &c->right->run;
	struct str url = STR_INIT;
	struct forge_place place;
	struct repo repo;
	int rc;

	if (l->repo != r->repo || strcmp(l->sha, r->sha) == 0)
		return 0;
	rc = repo_find_id(st, l->repo, p->req->a, &repo, err);
	if (rc != 1)
		return rc;
	place = (struct forge_place){ repo.forge, c->right->event.page,
		repo.clone_url };
	if (forge_link_compare(&place, l->sha, r->sha, &url)) {
		html_markup(p->out, "<p>");
		page_forge_link(p, true, &url, "Commits between them");
		html_markup(p->out, "</p>\n");
	}
	str_release(&url);
	return 0;
}

/* --- jobs ---------------------------------------------------------------- */

static void
add_job(struct page *p, const struct run *run, const struct job *job)
{
	if (job == NULL) {
		html_markup(p->out, "<span class=\"quiet\">not there</span>");
		return;
	}
	html_markup(p->out, "<div><a href=\"");
	page_address(p, run_at(run, job->key, p->req->a));
	html_markup(p->out, "\">");
	page_state(p, look_job(job->state),
	    machine_state_name(MACHINE_JOB, (int)job->state));
	html_markup(p->out, "</a> ");
	page_duration(p, job->started_at_ms, job->finished_at_ms);
	html_markup(p->out, "</div>");
}

/* "+12 s", when both have ended. */
static void
add_delta(struct page *p, const struct compare_row *row)
{
	const struct job *l = row->left, *r = row->right;
	char text[CLOCK_TEXT_SIZE];
	int64_t delta;

	if (l == NULL || r == NULL || l->started_at_ms == 0 ||
	    r->started_at_ms == 0 || l->finished_at_ms == 0 ||
	    r->finished_at_ms == 0)
		return;
	delta = (r->finished_at_ms - r->started_at_ms) -
	    (l->finished_at_ms - l->started_at_ms);
	html_text(p->out, delta < 0 ? "\342\210\222" : "+");
	html_text(p->out, clock_duration(delta < 0 ? -delta : delta, text));
}

static void
add_row(struct page *p, const struct compare *c,
    const struct compare_row *row)
{
	const struct job *any = row->left != NULL ? row->left : row->right;

	page_row(p);
	page_cell(p);
	html_markup(p->out, "<div><strong><bdi>");
	html_text(p->out, any->title);
	html_markup(p->out, "</bdi></strong> <span class=\"");
	html_attr(p->out, words[row->status].chip);
	html_markup(p->out, "\">");
	html_text(p->out, words[row->status].text);
	html_markup(p->out, "</span>");
	for (size_t i = 0; i < row->n_fields; i++) {
		const struct compare_field *f = &row->fields[i];

		/* The state stands in the cells beside. */
		if (strcmp(f->name, "state") == 0)
			continue;
		html_markup(p->out, "<div class=\"hint\">");
		html_text(p->out, f->name);
		html_markup(p->out, ": ");
		add_value(p, f->left);
		html_markup(p->out, " &rarr; ");
		add_value(p, f->right);
		html_markup(p->out, "</div>");
	}
	html_markup(p->out, "</div>");
	page_cell(p);
	add_job(p, &c->left->run, row->left);
	page_cell(p);
	add_job(p, &c->right->run, row->right);
	page_cell(p);
	add_delta(p, row);
}

static void
add_rows(struct page *p, const struct compare *c, bool identical, size_t max)
{
	static const char *const heads[] = { "Job", "Left", "Right",
		">Longer by" };
	size_t shown = 0, left = 0;

	page_table_begin(p, identical ? "Jobs that are the same" :
	    "Jobs that differ", heads, ARRAY_LEN(heads));
	for (size_t i = 0; i < c->n_rows; i++) {
		if ((c->rows[i].status == COMPARE_IDENTICAL) != identical)
			continue;
		if (shown++ < max)
			add_row(p, c, &c->rows[i]);
		else
			left++;
	}
	page_table_end(p);
	if (left > 0)
		str_addf(p->out, "<p class=\"quiet\">and %zu more</p>\n",
		    left);
}

static void
add_jobs(struct page *p, const struct compare *c)
{
	const size_t same = c->n_rows - c->n_different;

	if (c->first != NULL) {
		const struct job *any = c->first->left != NULL ?
		    c->first->left : c->first->right;

		page_banner_begin(p, BANNER_INFO, "First");
		html_markup(p->out, " The first job that is not the same is "
		    "<strong><bdi>");
		html_text(p->out, any->title);
		html_markup(p->out, "</bdi></strong>.");
		page_banner_end(p);
	}
	str_addf(p->out, "<h2>%zu job%s differ%s</h2>\n", c->n_different,
	    c->n_different == 1 ? "" : "s", c->n_different == 1 ? "s" : "");
	if (c->n_different > 0)
		add_rows(p, c, false, DIFFERENT_SHOWN);
	if (same == 0)
		return;
	str_addf(p->out, "<details id=\"same\"%s><summary>%zu job%s the same"
	    "</summary>\n", c->n_different == 0 ? " open" : "", same,
	    same == 1 ? " is" : "s are");
	add_rows(p, c, true, IDENTICAL_SHOWN);
	html_markup(p->out, "</details>\n");
}

int
page_compare(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req, .title = "Compare two runs" };
	struct compare_side left, right;
	struct compare c;

	if (st == NULL || compare_side_read(&left, st, req, "left", err) ==
	    -1 || compare_side_read(&right, st, req, "right", err) == -1)
		return -1;
	compare_runs(&c, &left, &right, req->a);
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, p.title);
	page_headline_end(&p);
	html_markup(p.out, "<div class=\"cards compare\">\n");
	add_side(&p, &left.run, "Left");
	add_side(&p, &right.run, "Right");
	html_markup(p.out, "</div>\n");
	if (add_commits(&p, st, &c, err) == -1)
		return -1;
	add_jobs(&p, &c);
	add_facts(&p, &c);
	page_end(&p);
	return 0;
}
