/*
 * logs_search.c - pawl logs --search: lines that contain a text, in the logs of
 * many runs, as grep prints them.
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
#include "cli/source.h"
#include "cli/term.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"

#define LINES 100 /* without --limit */
#define LINES_MAX 100000

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
first_path(struct cli *cli, struct str *path, struct err *err)
{
	const char *slash;

	str_add(path, "api/v1/");
	if (cli->n_words > 0) {
		slash = strchr(cli->words[0], '/');
		if (slash == NULL || cli->n_words > 1)
			return err_set(err, ERR_INVALID, "--search takes a "
			    "repository, OWNER/NAME, or nothing");
		str_add(path, "repos/");
		percent_encode(path, arena_strndup(&cli->arena,
		    cli->words[0], (size_t)(slash - cli->words[0])));
		str_add_char(path, '/');
		percent_encode(path, slash + 1);
		str_add_char(path, '/');
	}
	str_add(path, "logs/search?q=");
	percent_encode(path, args_option(cli, "search"));
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

int
logs_search(struct cli *cli, struct err *err)
{
	const char *limit_text = args_option(cli, "limit");
	long long limit = LINES, printed = 0;
	struct str first = STR_INIT, path = STR_INIT;
	const char *since = "";
	bool more = true;
	int rc = -1;

	if (limit_text != NULL && !str_to_int64(limit_text, 1, LINES_MAX,
	    &limit)) {
		err_set(err, ERR_INVALID, "--limit is 1 to %d", LINES_MAX);
		goto out;
	}
	if (first_path(cli, &first, err) == -1)
		goto out;
	str_add(&path, first.s);
	while (more && printed < limit) {
		json_t *found = source_get(cli->source, path.s, err), *hit;
		const char *next;
		size_t i;

		if (found == NULL)
			goto out;
		json_array_foreach(json_object_get(found, "hits"), i, hit)
			if (printed++ < limit)
				print_hit(cli, hit);
		next = json_string_value(json_object_get(found, "next"));
		since = arena_strdup(&cli->arena, doc_text(found, "since"));
		more = next != NULL;
		str_clear(&path);
		str_add(&path, first.s);
		if (more)
			add_arg(&path, "after", next);
		json_decref(found);
		fflush(stdout);
	}
	if (more)
		fprintf(stderr, "pawl: there may be more in runs before %s: "
		    "\"--limit\" goes on\n", since);
	rc = printed > 0 ? CLI_OK : CLI_FAILED;
out:
	str_release(&first);
	str_release(&path);
	return rc;
}
