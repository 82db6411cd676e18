/*
 * page_run_head.c - the top of the page of a run: what it is, who and what
 * started it, what changed, and what can be done with it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_run_parts.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/page_account.h"
#include "cgi/page_attempts.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"

#define COMMITS_SHOWN 20
#define INPUTS_SHOWN 30

void
page_forge_link(struct page *p, bool known, const struct str *url,
    const char *text)
{
	if (known) {
		html_markup(p->out, "<a rel=\"noopener\" href=\"");
		html_attr(p->out, url->s);
		html_markup(p->out, "\"><bdi>");
	} else {
		html_markup(p->out, "<bdi>");
	}
	html_text(p->out, text);
	html_markup(p->out, known ? "</bdi></a>" : "</bdi>");
}

void
page_file_place(struct page *p, const struct forge_place *forge,
    const char *sha, const char *file, int line, int col)
{
	struct str url = STR_INIT, text = STR_INIT;

	str_add(&text, file);
	if (line > 0)
		str_addf(&text, ":%d", line);
	if (line > 0 && col > 0)
		str_addf(&text, ":%d", col);
	html_markup(p->out, "<code>");
	page_forge_link(p, forge_link_file(forge, sha, file, line, &url),
	    &url, text.s);
	html_markup(p->out, "</code>");
	str_release(&url);
	str_release(&text);
}

/* --- buttons ------------------------------------------------------------- */

static void
begin_menu(struct page *p, const char *id, const char *text)
{
	html_markup(p->out, "<details class=\"menu\" id=\"");
	html_attr(p->out, id);
	html_markup(p->out, "\"><summary class=\"button\">");
	html_text(p->out, text);
	html_markup(p->out, "</summary><div>");
}

/* The end of a run is asked for twice: to open this is the first time. */
static void
add_cancel(struct run_page *r)
{
	struct page *p = &r->p;
	const struct run *run = &r->v.run;
	bool again = run->cancel_at_ms != 0;

	if (!p->live || !page_may(p, ROLE_WRITER, run->owner, run->name))
		return;
	begin_menu(p, "cancel", again ? "Cancel all jobs" : "Cancel");
	html_markup(p->out, again ? "<p>The run is being cancelled. Cancel "
	    "also what runs with <code>if: always()</code>?</p>" :
	    "<p>End this run now? Jobs with <code>if: always()</code> still "
	    "run.</p>");
	page_run_button(p, run, NULL, "cancel", again ?
	    "Yes, cancel all of its jobs" : "Yes, cancel this run");
	html_markup(p->out, "</div></details>\n");
}

static void
add_rerun(struct run_page *r)
{
	struct page *p = &r->p;
	const struct run *run = &r->v.run;

	if (r->n_attempts == 0 || r->attempts[0].id != run->id ||
	    !page_may_rerun(p, run))
		return;
	begin_menu(p, "again", "Run again");
	page_rerun(p, run, r->v.jobs, r->v.n_jobs);
	html_markup(p->out, "</div></details>\n");
}

/* --- what it is ---------------------------------------------------------- */

static void
add_ref(struct run_page *r)
{
	const struct run *run = &r->v.run;
	struct str url = STR_INIT;
	struct page *p = &r->p;
	bool known = forge_link_ref(&r->forge, run->ref, &url);

	if (known) {
		html_markup(p->out, "<a rel=\"noopener\" href=\"");
		html_attr(p->out, url.s);
		html_markup(p->out, "\">");
	}
	page_ref(p, run);
	html_markup(p->out, known ? "</a> " : " ");
	str_clear(&url);
	known = forge_link_commit(&r->forge, run->sha, &url);
	if (known) {
		html_markup(p->out, "<a rel=\"noopener\" href=\"");
		html_attr(p->out, url.s);
		html_markup(p->out, "\">");
	}
	page_sha(p, run->sha);
	html_markup(p->out, known ? "</a> " : " ");
	str_release(&url);
}

/* What started it, as people say it. */
static const char *
event_words(const char *event)
{
	static const struct {
		const char *event, *words;
	} table[] = {
		{ "push", "push" },
		{ "pull_request", "pull request" },
		{ "pull_request_target", "pull request (target)" },
		{ "workflow_dispatch", "started by hand" },
		{ "repository_dispatch", "started from outside" },
		{ "schedule", "on schedule" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].event, event) == 0)
			return table[i].words;
	return event;
}

static void
add_facts(struct run_page *r)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;

	html_markup(p->out, "<p class=\"facts\"><span class=\"number\">#");
	str_addf(p->out, "%" PRId64, run->number);
	html_markup(p->out, "</span> ");
	if (run->attempt > 1)
		str_addf(p->out, "<span>attempt %d</span> ", run->attempt);
	add_ref(r);
	html_markup(p->out, "<span>");
	html_text(p->out, event_words(run->event));
	if (run->actor[0] != '\0') {
		html_markup(p->out, " by <bdi>");
		html_text(p->out, run->actor);
		html_markup(p->out, "</bdi>");
	}
	html_markup(p->out, "</span> ");
	page_time(p, run->created_at_ms);
	if (run->started_at_ms != 0) {
		html_markup(p->out, run->finished_at_ms != 0 ?
		    " <span>took " : " <span>running for ");
		page_duration(p, run->started_at_ms, run->finished_at_ms);
		html_markup(p->out, "</span>");
	}
	if (run->debug)
		html_markup(p->out, " <span class=\"chip\">debug</span>");
	html_markup(p->out, "</p>\n");
}

static void
begin_fact(struct page *p, const char *name)
{
	html_markup(p->out, "<div><dt>");
	html_text(p->out, name);
	html_markup(p->out, "</dt><dd>");
}

static void
end_fact(struct page *p)
{
	html_markup(p->out, "</dd></div>\n");
}

static void
add_pull(struct run_page *r)
{
	const struct run_event *e = &r->event;
	struct page *p = &r->p;
	struct str url = STR_INIT;

	if (e->pull <= 0)
		return;
	begin_fact(p, "Pull request");
	str_add(&url, e->pull_page != NULL ? e->pull_page : "");
	page_forge_link(p, forge_link_is_web(url.s), &url,
	    arena_printf(p->req->a, "#%" PRId64 " %s", e->pull,
	    e->pull_title != NULL ? e->pull_title : ""));
	if (e->pull_head != NULL && e->pull_base != NULL) {
		html_markup(p->out, " <span class=\"quiet\"><bdi>");
		html_text(p->out, e->pull_head);
		html_markup(p->out, "</bdi> into <bdi>");
		html_text(p->out, e->pull_base);
		html_markup(p->out, "</bdi></span>");
	}
	end_fact(p);
	str_release(&url);
}

static void
add_inputs(struct run_page *r)
{
	json_t *inputs = r->event.inputs != NULL ?
	    json_loads(r->event.inputs, 0, NULL) : NULL, *value;
	struct page *p = &r->p;
	const char *name;
	size_t n = 0;

	json_object_foreach(inputs, name, value) {
		char *text = json_is_string(value) ? NULL :
		    json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

		if (n++ == 0)
			begin_fact(p, "Inputs");
		html_markup(p->out, n > 1 ? ", <bdi>" : "<bdi>");
		html_text(p->out, name);
		html_markup(p->out, "</bdi> <code><bdi>");
		html_text(p->out, text != NULL ? text :
		    json_string_value(value));
		html_markup(p->out, "</bdi></code>");
		free(text);
		if (n == INPUTS_SHOWN)
			break;
	}
	if (n > 0)
		end_fact(p);
	json_decref(inputs);
}

static const char *
compare_at(struct run_page *r, int64_t before)
{
	const struct run *run = &r->v.run;
	struct str repo = STR_INIT;
	const char *at;

	layout_page_repo(&repo, run->owner, run->name);
	at = arena_printf(r->p.req->a, "compare?left=%s/runs/%" PRId64
	    "&right=%s/runs/%" PRId64, repo.s, before, repo.s, run->number);
	str_release(&repo);
	return at;
}

static void
add_before(struct run_page *r, const char *name, int64_t number)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;
	struct str at = STR_INIT;

	if (number == 0)
		return;
	begin_fact(p, name);
	layout_page_run(&at, run->owner, run->name, number);
	page_link(p, at.s, arena_printf(p->req->a, "#%" PRId64, number));
	html_markup(p->out, " &middot; ");
	page_link(p, compare_at(r, number), "compare");
	end_fact(p);
	str_release(&at);
}

static void
add_winner(struct run_page *r)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;
	struct str at = STR_INIT;

	if (run->superseded_by == 0)
		return;
	layout_page_run(&at, run->owner, run->name, run->superseded_by);
	page_banner_begin(p, BANNER_INFO, "Superseded");
	html_markup(p->out, " A newer run took its place in the concurrency "
	    "group: ");
	page_link(p, at.s, arena_printf(p->req->a, "run #%" PRId64,
	    run->superseded_by));
	page_banner_end(p);
	str_release(&at);
}

static void
add_table(struct run_page *r)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;

	html_markup(p->out, "<dl class=\"table\">\n");
	begin_fact(p, "Workflow");
	html_text(p->out, run->workflow);
	html_markup(p->out, " <span class=\"quiet\">");
	page_file_place(p, &r->forge, run->sha, run->file, 0, 0);
	html_markup(p->out, "</span>");
	end_fact(p);
	add_pull(r);
	page_fact(p, "Schedule", r->event.schedule);
	add_inputs(r);
	if (run->rerun != NULL)
		page_fact(p, "Run again", arena_printf(p->req->a,
		    "%s, asked for by %s", run->rerun, run->rerun_by));
	add_before(r, "Before it on this branch", r->before);
	if (r->before_good != r->before)
		add_before(r, "Last success on this branch", r->before_good);
	html_markup(p->out, "</dl>\n");
}

/* --- what changed -------------------------------------------------------- */

static const char *
member(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

static void
add_commit(struct run_page *r, const json_t *commit)
{
	const char *id = member(commit, "id");
	const char *message = member(commit, "message");
	const json_t *author = json_object_get(commit, "author");
	struct str url = STR_INIT;
	struct page *p = &r->p;

	html_markup(p->out, "<li><code class=\"sha\">");
	page_forge_link(p, forge_link_commit(&r->forge, id, &url), &url,
	    arena_strndup(p->req->a, id, strnlen(id, 8)));
	html_markup(p->out, "</code> <bdi>");
	html_text_len(p->out, message, strcspn(message, "\n"));
	html_markup(p->out, "</bdi> <span class=\"quiet\"><bdi>");
	html_text(p->out, member(author, "username")[0] != '\0' ?
	    member(author, "username") : member(author, "name"));
	html_markup(p->out, "</bdi></span></li>\n");
	str_release(&url);
}

/* Files that the commits name; 0 when their forge names none. */
static size_t
count_files(const json_t *commits)
{
	static const char *const lists[] = { "added", "removed", "modified" };
	json_t *seen = json_object(), *commit, *file;
	size_t i, k, n;

	json_array_foreach(commits, i, commit)
		for (size_t l = 0; l < 3; l++)
			json_array_foreach(json_object_get(commit, lists[l]),
			    k, file)
				if (json_is_string(file))
					json_object_set_new(seen,
					    json_string_value(file),
					    json_true());
	n = json_object_size(seen);
	json_decref(seen);
	return n;
}

static void
add_changes(struct run_page *r)
{
	json_t *commits = r->event.commits != NULL ?
	    json_loads(r->event.commits, 0, NULL) : NULL;
	const size_t n = json_array_size(commits);
	size_t files = count_files(commits);
	struct str url = STR_INIT;
	struct page *p = &r->p;

	if (r->event.changed_files > 0)
		files = (size_t)r->event.changed_files;
	if (n == 0 && files == 0) {
		json_decref(commits);
		return;
	}
	html_markup(p->out, "<details id=\"changes\" class=\"changes\">"
	    "<summary>Changes: ");
	if (n > 0)
		str_addf(p->out, "%zu commit%s", n, n == 1 ? "" : "s");
	if (files > 0)
		str_addf(p->out, "%s%zu file%s", n > 0 ? ", " : "", files,
		    files == 1 ? "" : "s");
	html_markup(p->out, "</summary>\n<ol>\n");
	for (size_t i = n; i > 0 && n - i < COMMITS_SHOWN; i--)
		add_commit(r, json_array_get(commits, i - 1));
	html_markup(p->out, "</ol>\n");
	if (n > COMMITS_SHOWN)
		str_addf(p->out, "<p class=\"quiet\">and %zu before</p>\n",
		    n - COMMITS_SHOWN);
	if (r->event.before != NULL && forge_link_compare(&r->forge,
	    r->event.before, r->v.run.sha, &url)) {
		html_markup(p->out, "<p>");
		page_forge_link(p, true, &url, "All that changed");
		html_markup(p->out, "</p>\n");
	}
	html_markup(p->out, "</details>\n");
	str_release(&url);
	json_decref(commits);
}

/* --- all of it ----------------------------------------------------------- */

void
page_run_head(struct run_page *r)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;

	html_markup(p->out, "<div class=\"headline\">");
	page_state(p, look_run(run->state), run->cancel_at_ms != 0 &&
	    p->live ? "cancelling" : NULL);
	html_markup(p->out, "<h1><bdi>");
	html_text(p->out, page_run_title(run));
	html_markup(p->out, "</bdi></h1><div class=\"actions\">");
	add_cancel(r);
	add_rerun(r);
	html_markup(p->out, "</div></div>\n");
	add_facts(r);
	html_markup(p->out, "<p class=\"because quiet\">");
	html_text(p->out, run->why);
	html_markup(p->out, "</p>\n");
	add_winner(r);
	page_attempts(p, run, r->attempts, r->n_attempts);
	add_table(r);
	add_changes(r);
}
