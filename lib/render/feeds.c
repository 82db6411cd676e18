/*
 * feeds.c - see feeds.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/feeds.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/markup.h"
#include "lib/render/look.h"

static void
add_text(struct str *out, const char *text)
{
	markup_text(out, text, strlen(text));
}

/* --- cc.xml ----------------------------------------------------------------------- */

static bool
is_of(const struct run *run, const struct board_project *p)
{
	return run->repo == p->repo && str_equal(run->branch, p->branch) &&
	    str_equal(run->file, p->file);
}

static void
add_project(struct str *out, const struct config *config,
    const struct board_project *p, bool building)
{
	char at[CLOCK_TEXT_SIZE];
	struct str page = STR_INIT;

	str_add(out, "  <Project name=\"");
	add_text(out, p->owner);
	str_add_char(out, '/');
	add_text(out, p->name);
	str_add_char(out, ' ');
	add_text(out, p->workflow);
	str_addf(out, "\" activity=\"%s\" lastBuildStatus=\"%s\"",
	    building ? "Building" : "Sleeping", p->number == 0 ? "Unknown" :
	    p->state == RUN_SUCCEEDED ? "Success" : "Failure");
	layout_page_repo(&page, p->owner, p->name);
	if (p->number > 0) {
		str_addf(out, " lastBuildLabel=\"%" PRId64 "\" "
		    "lastBuildTime=\"%s\"", p->number,
		    clock_rfc3339(p->at_ms, at));
		str_addf(&page, "/runs/%" PRId64, p->number);
	}
	str_add(out, " webUrl=\"");
	add_text(out, config->base_url);
	str_add_char(out, '/');
	add_text(out, page.s);
	str_add(out, "\"/>\n");
	str_release(&page);
}

/* Runs for the first time: nothing is known of it yet. */
static bool
is_first(const struct run *runs, size_t i, const struct board_project *list,
    size_t n)
{
	const struct board_project p = { .repo = runs[i].repo,
		.branch = runs[i].branch, .file = runs[i].file };

	for (size_t k = 0; k < n; k++)
		if (is_of(&runs[i], &list[k]))
			return false;
	for (size_t k = 0; k < i; k++)
		if (is_of(&runs[k], &p))
			return false;
	return true;
}

static int
add_first(struct store *st, const struct config *config,
    const struct run *run, struct arena *a, struct str *out, struct err *err)
{
	struct repo repo;
	int found = repo_find_id(st, run->repo, a, &repo, err);

	if (found == 1 && str_equal(repo.default_branch, run->branch))
		add_project(out, config, &(struct board_project){
		    .owner = run->owner, .name = run->name,
		    .workflow = run->workflow }, true);
	return found == -1 ? -1 : 0;
}

int
feed_cctray(struct store *st, const struct config *config, const char *sees,
    struct arena *a, struct str *out, struct err *err)
{
	struct board_project *list;
	struct run *runs;
	size_t n, n_runs;

	if (board_projects(st, sees, FEED_PROJECTS, a, &list, &n, err) == -1 ||
	    board_active(st, sees, FEED_PROJECTS, a, &runs, &n_runs,
	    err) == -1)
		return -1;
	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<Projects>\n");
	for (size_t i = 0; i < n; i++) {
		bool building = false;

		for (size_t k = 0; k < n_runs && !building; k++)
			building = is_of(&runs[k], &list[i]);
		add_project(out, config, &list[i], building);
	}
	for (size_t i = 0; i < n_runs; i++)
		if (is_first(runs, i, list, n) && add_first(st, config,
		    &runs[i], a, out, err) == -1)
			return -1;
	str_add(out, "</Projects>\n");
	return 0;
}

/* --- feed.atom --------------------------------------------------------------------- */

/* "tag:HOST,2026-11-22:" (RFC 4151): stays when addresses change. */
static void
add_tag(struct str *out, const struct config *config, int64_t at_ms)
{
	const char *host = strstr(config->base_url, "://");
	char at[CLOCK_TEXT_SIZE];

	host = host != NULL ? host + 3 : config->base_url;
	str_add(out, "tag:");
	markup_text(out, host, strcspn(host, ":/"));
	str_addf(out, ",%.10s:", clock_rfc3339(at_ms, at));
}

static void
add_link(struct str *out, const struct config *config, const char *rel,
    const char *type, const char *path)
{
	str_addf(out, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
	add_text(out, config->base_url);
	str_add_char(out, '/');
	add_text(out, path);
	str_add(out, "\"/>\n");
}

static void
add_element(struct str *out, const char *name, const char *text)
{
	str_addf(out, "<%s>", name);
	add_text(out, text);
	str_addf(out, "</%s>\n", name);
}

static void
add_entry(struct str *out, const struct config *config, const struct run *run)
{
	const struct layout_run place = run_layout(run);
	const char *word = look_word(look_run(run->state));
	struct str text = STR_INIT;
	char at[CLOCK_TEXT_SIZE];

	str_add(out, "<entry>\n<id>");
	add_tag(out, config, run->created_at_ms);
	str_addf(out, "run/%" PRId64 "</id>\n", run->id);
	str_addf(&text, "%s #%" PRId64, run->workflow, run->number);
	if (run->attempt > 1)
		str_addf(&text, ", attempt %d", run->attempt);
	str_addf(&text, ": %s on %s", word, run->branch);
	add_element(out, "title", text.s);
	add_element(out, "updated", clock_rfc3339(run->finished_at_ms, at));
	add_element(out, "published", clock_rfc3339(run->created_at_ms, at));
	str_add(out, "<author>");
	add_element(out, "name", run->actor[0] != '\0' ? run->actor : "Pawl");
	str_addf(out, "</author>\n<category term=\"%s\"/>\n", word);
	str_clear(&text);
	layout_page_attempt(&text, &place);
	add_link(out, config, "alternate", "text/html", text.s);
	str_clear(&text);
	str_addf(&text, "%s (%.10s)", run->title != NULL ? run->title : "",
	    run->sha);
	add_element(out, "summary", text.s);
	str_add(out, "</entry>\n");
	str_release(&text);
}

static void
add_head(struct str *out, const struct config *config,
    const struct repo *repo, int64_t updated_ms)
{
	struct str text = STR_INIT, page = STR_INIT;
	char at[CLOCK_TEXT_SIZE];

	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>");
	add_tag(out, config, repo->created_at_ms);
	str_addf(out, "repository/%" PRId64 "</id>\n", repo->id);
	str_addf(&text, "Runs of %s/%s", repo->owner, repo->name);
	add_element(out, "title", text.s);
	add_element(out, "updated", clock_rfc3339(updated_ms, at));
	layout_page_repo(&page, repo->owner, repo->name);
	add_link(out, config, "alternate", "text/html", page.s);
	str_clear(&text);
	layout_feed(&text, repo->owner, repo->name, "feed.atom");
	add_link(out, config, "self", "application/atom+xml", text.s);
	str_release(&text);
	str_release(&page);
}

int
feed_atom(struct store *st, const struct config *config,
    const struct repo *repo, struct arena *a, struct str *out,
    struct err *err)
{
	int64_t updated_ms = repo->created_at_ms;
	struct run *runs;
	size_t n;

	if (run_list_over(st, repo->id, FEED_ENTRIES, a, &runs, &n,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (runs[i].finished_at_ms > updated_ms)
			updated_ms = runs[i].finished_at_ms;
	add_head(out, config, repo, updated_ms);
	for (size_t i = 0; i < n; i++)
		add_entry(out, config, &runs[i]);
	str_add(out, "</feed>\n");
	return 0;
}
