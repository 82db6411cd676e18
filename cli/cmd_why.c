/*
 * cmd_why.c - pawl why: why a run or a job ran, waits, was skipped, tried
 * again, cancelled, or failed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/why_push.h"

/* "text => value" in lines, each indented. */
static void
add_values(struct str *out, const char *values, bool color)
{
	struct str safe = STR_INIT;

	while (*values != '\0') {
		size_t len = strcspn(values, "\n");
		struct str one = STR_INIT;

		str_add_len(&one, values, len);
		str_clear(&safe);
		term_text(&safe, one.s);
		str_add(out, "    ");
		term_styled(out, color, TERM_DIM, safe.s);
		str_add_char(out, '\n');
		str_release(&one);
		values += len + (values[len] == '\n');
	}
	str_release(&safe);
}

/* "file:line:col" of the rule, unless the sentence ends with it. */
static const char *
place_of(const json_t *line, struct arena *a)
{
	const char *file = doc_text(line, "file");
	const char *place;

	if (*file == '\0' || doc_int(line, "line") == 0)
		return NULL;
	place = arena_printf(a, "(%s:%" PRId64, file, doc_int(line, "line"));
	return strstr(doc_text(line, "text"), place) != NULL ? NULL :
	    arena_printf(a, " %s:%" PRId64 ")", place, doc_int(line, "col"));
}

static void
add_safe(struct str *out, bool color, enum term_style style, const char *text)
{
	struct str safe = STR_INIT;

	term_text(&safe, text);
	term_styled(out, color, style, safe.s);
	str_release(&safe);
}

static void
print_line(struct cli *cli, const json_t *line)
{
	bool answer = strcmp(doc_text(line, "kind"), "answer") == 0;
	const char *at = doc_text(line, "at");
	const char *place = place_of(line, &cli->arena);
	struct str out = STR_INIT;

	if (!answer)
		add_safe(&out, cli->color, TERM_DIM, arena_printf(&cli->arena,
		    "%s  ", *at != '\0' ? at : "-"));
	add_safe(&out, cli->color, answer ? TERM_BOLD : TERM_PLAIN,
	    doc_text(line, "text"));
	if (place != NULL)
		add_safe(&out, cli->color, TERM_DIM, place);
	str_add_char(&out, '\n');
	add_values(&out, doc_text(line, "values"), cli->color);
	fputs(out.s, stdout);
	str_release(&out);
}

static void
print_why(struct cli *cli, const struct run_ref *ref, const char *job,
    const json_t *why)
{
	struct str head = STR_INIT;
	json_t *line;
	size_t i;

	add_safe(&head, cli->color, TERM_BOLD, arena_printf(&cli->arena,
	    "%s/%s#%" PRId64 "%s%s: ", ref->owner, ref->name, ref->number,
	    *job != '\0' ? " " : "", job));
	fputs(head.s, stdout);
	str_release(&head);
	json_array_foreach(json_object_get(why, "why"), i, line)
		print_line(cli, line);
}

/* The key of the job that the second word names; "" without one. */
static const char *
find_key(struct cli *cli, struct run_ref *ref, struct err *err)
{
	const char *key = NULL;
	json_t *run, *job;

	if (cli->n_words == 1)
		return ref_run(cli, cli->words[0], ref, err) == -1 ? NULL :
		    "";
	run = ref_read_run(cli, cli->words[0], ref, err);
	job = run != NULL ? ref_job(run, cli->words[1], ref, err) : NULL;
	if (job != NULL)
		key = arena_strdup(&cli->arena, doc_text(job, "key"));
	json_decref(run);
	return key;
}

int
cmd_why(struct cli *cli, struct err *err)
{
	const char *key, *tail = "/why";
	struct run_ref ref;
	json_t *why;

	if (cli->n_words == 1 && strchr(cli->words[0], '@') != NULL)
		return why_push(cli, cli->words[0], err);
	if ((key = find_key(cli, &ref, err)) == NULL)
		return -1;
	if (*key != '\0')
		tail = arena_printf(&cli->arena, "/jobs/%s/why",
		    ref_encode(cli, key));
	why = source_get(cli->source, ref_run_path(cli, &ref, tail), err);
	if (why == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, why, err);
	print_why(cli, &ref, key, why);
	json_decref(why);
	return CLI_OK;
}
