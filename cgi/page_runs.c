/*
 * page_runs.c - runs of all repositories, or of one, narrowed by what is asked
 * for. The address is the search, so it can be kept and passed on.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/find_run.h"
#include "cgi/page_rows.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/repos.h"
#include "lib/store/run_search.h"
#include "lib/web/arguments.h"

#define PAGE_RUNS 30
#define TEXT_MAX 200 /* characters of a field */

/* The fields, as arguments of the address too. */
static const struct field {
	const char *name, *label;
	size_t at; /* in struct run_query */
} fields[] = {
	{ "branch", "Branch", offsetof(struct run_query, branch) },
	{ "workflow", "Workflow", offsetof(struct run_query, workflow) },
	{ "status", "Status", offsetof(struct run_query, state) },
	{ "event", "Event", offsetof(struct run_query, event) },
	{ "actor", "By", offsetof(struct run_query, actor) },
	{ "q", "Text or commit", offsetof(struct run_query, text) },
};

/* The value of a field; an empty one asks for nothing. */
static const char **
value_at(struct run_query *q, const struct field *f)
{
	return (const char **)((char *)q + f->at);
}

static int
read_query(const struct request *req, struct run_query *q, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *value = request_arg(req, fields[i].name);

		if (value != NULL && value[0] != '\0')
			*value_at(q, &fields[i]) = value;
	}
	if (q->state != NULL &&
	    machine_state_parse(MACHINE_RUN, q->state) == -1)
		return err_set(err, ERR_INVALID, "\"status\" must be "
		    "pending, running, succeeded, failed, cancelled or "
		    "skipped");
	return arguments_number(req, "before", 1, INT64_MAX, 0, &q->before,
	    err);
}

/* The same search from another place on; empty without one. */
static const char *
query_text(const struct run_query *q, struct arena *a, int64_t before)
{
	struct str out = STR_INIT;
	const char *text;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *value = *value_at((struct run_query *)(uintptr_t)q,
		    &fields[i]);

		if (value == NULL)
			continue;
		str_addf(&out, out.len > 0 ? "&%s=" : "%s=", fields[i].name);
		html_url_arg(&out, value);
	}
	if (before != 0)
		str_addf(&out, out.len > 0 ? "&before=%" PRId64 :
		    "before=%" PRId64, before);
	text = arena_strdup(a, out.s);
	str_release(&out);
	return text;
}

static bool
is_narrowed(const struct run_query *q)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (*value_at((struct run_query *)(uintptr_t)q,
		    &fields[i]) != NULL)
			return true;
	}
	return false;
}

/* --- the form --------------------------------------------------------------------- */

static void
add_choice(struct page *p, const char *name, const char *label,
    const char *value)
{
	html_markup(p->out, "<label>");
	html_text(p->out, label);
	html_markup(p->out, " <select");
	page_attr(p, "name", name);
	html_markup(p->out, "><option value=\"\">any</option>");
	for (int i = 0; i < machine_n_states(MACHINE_RUN); i++) {
		const char *word = machine_state_name(MACHINE_RUN, i);

		html_markup(p->out, value != NULL &&
		    strcmp(word, value) == 0 ? "<option selected>" :
		    "<option>");
		html_text(p->out, word);
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select></label>");
}

static void
add_field(struct page *p, const struct field *f, const char *value)
{
	bool text = strcmp(f->name, "q") == 0;

	html_markup(p->out, text ? "<label class=\"grow\">" : "<label>");
	html_text(p->out, f->label);
	html_markup(p->out, text ? " <input type=\"search\"" : " <input");
	page_attr(p, "name", f->name);
	if (value != NULL)
		page_attr(p, "value", value);
	str_addf(p->out, " maxlength=\"%d\"></label>", TEXT_MAX);
}

static void
add_form(struct page *p, struct run_query *q, const char *address)
{
	html_markup(p->out, "<form class=\"filter\" method=\"get\" "
	    "role=\"search\" action=\"");
	page_address(p, address);
	html_markup(p->out, "\">");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *value = *value_at(q, &fields[i]);

		if (strcmp(fields[i].name, "status") == 0)
			add_choice(p, fields[i].name, fields[i].label, value);
		else
			add_field(p, &fields[i], value);
	}
	html_markup(p->out, "<button>Show</button>");
	if (is_narrowed(q)) {
		html_markup(p->out, "<a class=\"button\" href=\"");
		page_address(p, address);
		html_markup(p->out, "\">Clear</a>");
	}
	html_markup(p->out, "</form>\n");
}

/* --- the page --------------------------------------------------------------------- */

static void
add_nothing(struct page *p, const struct run_query *q, int64_t next)
{
	if (is_narrowed(q) && next != 0) {
		page_empty_begin(p, "Nothing among these runs");
		html_markup(p->out, "<p>A page looks at the newest runs only. "
		    "<b>Older</b> goes on from there.</p>");
	} else if (is_narrowed(q)) {
		page_empty_begin(p, "No run is like this");
		html_markup(p->out, "<p>Take a field away, or look at the "
		    "spelling: branches, workflows and names are compared "
		    "whole.</p>");
	} else {
		page_empty_begin(p, "No runs yet");
		html_markup(p->out, "<p>A push of a commit with a pipeline "
		    "makes one. The ");
		page_link(p, "inbox", "inbox");
		html_markup(p->out, " shows what the forges told of.</p>");
	}
	page_empty_end(p);
}

static void
add_list(struct page *p, const struct run_query *q, const struct run *runs,
    size_t n, int64_t next, const char *address)
{
	page_live_begin(p, "runs");
	if (n == 0)
		add_nothing(p, q, next);
	page_rows(p, runs, n, q->repo == 0);
	page_live_end(p);
	page_paging(p, address,
	    q->before == 0 ? NULL : query_text(q, p->req->a, 0),
	    next == 0 ? NULL : query_text(q, p->req->a, next));
}

int
page_runs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req, .title = "Runs" };
	struct run_query q = { .sees = req->sees, .limit = PAGE_RUNS };
	const char *address = "runs";
	struct repo repo = { 0 };
	struct run *runs;
	int64_t next;
	size_t n;

	if (st == NULL || find_repo(st, req, &repo, err) == -1)
		return -1;
	q.repo = repo.id;
	if (read_query(req, &q, err) == -1 ||
	    run_search(st, &q, req->a, &runs, &n, &next, err) == -1)
		return -1;
	p.live = page_rows_live(runs, n);
	p.events = repo.id == 0 ? "api/v1/events" :
	    page_repo_events(&p, repo.owner, repo.name);
	if (repo.id != 0) {
		page_repo_begin(&p, repo.owner, repo.name, "runs", res);
		address = page_repo_at(&p, repo.owner, repo.name, "runs");
	} else {
		page_begin(&p, res);
	}
	page_headline_begin(&p, "Runs");
	page_headline_end(&p);
	add_form(&p, &q, address);
	add_list(&p, &q, runs, n, next, address);
	page_end(&p);
	return 0;
}
