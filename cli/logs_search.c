/*
 * logs_search.c - pawl search, or logs --search: lines that contain a text, in
 * the logs of many runs, as grep prints them.
 *
 * The server looks through a part at a time, the newest runs first; this asks
 * on until enough is found or all was looked through, and says how far.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/logs_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/term.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"

#define LINES 100 /* without --limit */
#define LINES_MAX 100000

const struct cli_option search_options[] = {
	{ "exact", 0, NULL, "capital letters count", false },
	{ "branch", 'b', "BRANCH", "only of this branch", false },
	{ "workflow", 'w', "NAME", "only of this workflow", false },
	{ "status", 's', "STATE", "only of runs in this state", false },
	{ "job", 'j', "JOB", "only of jobs with this key or title", false },
	{ "step", 0, "STEP", "only of steps with this number or title",
	    false },
	{ "since", 0, "TIME", "of runs made then or later", false },
	{ "until", 0, "TIME", "of runs made then or before", false },
	{ "limit", 'n', "N", "how many lines [100]", false },
	{ NULL, 0, NULL, NULL, false },
};

/* Options that are arguments of the query. */
static const char *const filters[] = {
	"branch", "workflow", "status", "job", "step", "since", "until",
};

static void
add_arg(struct str *path, const char *name, const char *value)
{
	str_addf(path, "&%s=", name);
	percent_encode(path, value);
}

static int
first_path(struct cli *cli, const char *text, const char *repo,
    struct str *path, struct err *err)
{
	const char *base = "api/v1/logs/search";

	if (repo != NULL && (base = ref_repo_path(cli, repo, "logs/search",
	    err)) == NULL)
		return -1;
	str_addf(path, "%s?q=", base);
	percent_encode(path, text);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (args_option(cli, filters[i]) != NULL)
			add_arg(path, filters[i],
			    args_option(cli, filters[i]));
	if (args_option(cli, "exact") != NULL)
		add_arg(path, "exact", "1");
	return 0;
}

static void
print_hit(struct cli *cli, const json_t *hit)
{
	struct str at = STR_INIT, text = STR_INIT, line = STR_INIT;

	str_addf(&at, "%s/%s#%" JSON_INTEGER_FORMAT " %s:%"
	    JSON_INTEGER_FORMAT ":", doc_text(hit, "owner"),
	    doc_text(hit, "name"), json_integer_value(json_object_get(hit,
	    "run")), doc_text(hit, "job"), json_integer_value(
	    json_object_get(hit, "line")));
	term_text(&text, at.s);
	term_styled(&line, cli->color, TERM_DIM, text.s);
	str_clear(&text);
	term_text(&text, doc_text(hit, "text"));
	printf("%s %s\n", line.s, text.s);
	str_release(&at);
	str_release(&text);
	str_release(&line);
}

/* Hits of a page: printed, or kept in `all` for --json. */
static void
take_hits(struct cli *cli, const json_t *page, long long limit,
    long long *n, json_t *all)
{
	json_t *hit;
	size_t i;

	json_array_foreach(json_object_get(page, "hits"), i, hit) {
		if (*n >= limit)
			break;
		++*n;
		if (cli->json)
			json_array_append(all, hit);
		else
			print_hit(cli, hit);
	}
	fflush(stdout);
}

/* Page after page until `limit` is reached. Returns how many were found. */
static long long
search(struct cli *cli, const char *first, long long limit, json_t *all,
    struct err *err)
{
	struct str path = STR_INIT;
	const char *next = first;
	long long n = 0;

	str_add(&path, first);
	while (next != NULL && n < limit) {
		json_t *page = source_get(cli->source, path.s, err);

		if (page == NULL) {
			n = -1;
			break;
		}
		take_hits(cli, page, limit, &n, all);
		next = json_string_value(json_object_get(page, "next"));
		str_clear(&path);
		str_add(&path, first);
		if (next != NULL)
			add_arg(&path, "after", next);
		if (next != NULL && n >= limit)
			fprintf(stderr, "pawl: there may be more in runs "
			    "before %s: \"--limit\" goes on\n", doc_text(page,
			    "since"));
		json_decref(page);
	}
	str_release(&path);
	return n;
}

int
logs_search(struct cli *cli, const char *text, const char *repo,
    struct err *err)
{
	struct str path = STR_INIT;
	json_t *all = json_array();
	long long limit, n = -1;

	if (args_number(cli, "limit", 1, LINES_MAX, LINES, &limit, err) == 0 &&
	    first_path(cli, text, repo, &path, err) == 0)
		n = search(cli, path.s, limit, all, err);
	str_release(&path);
	if (n >= 0 && cli->json && json_out(cli, json_incref(all), err) == -1)
		n = -1;
	json_decref(all);
	return n == -1 ? -1 : n > 0 ? CLI_OK : CLI_FAILED;
}

int
cmd_search(struct cli *cli, struct err *err)
{
	return logs_search(cli, cli->words[0], cli->n_words == 2 ?
	    cli->words[1] : NULL, err);
}
