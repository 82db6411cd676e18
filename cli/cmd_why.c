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
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "cli/why_push.h"
#include "lib/base/clock.h"
#include "lib/render/why.h"

/* "text => value" in lines, each indented. */
static void
add_values(struct str *out, const char *values, bool color)
{
	while (values != NULL && *values != '\0') {
		size_t len = strcspn(values, "\n");
		struct str one = STR_INIT;

		str_add_len(&one, values, len);
		str_add(out, "    ");
		term_styled(out, color, TERM_DIM, one.s);
		str_add_char(out, '\n');
		str_release(&one);
		values += len + (values[len] == '\n');
	}
}

static void
print_line(struct cli *cli, const struct why_line *l)
{
	struct arena *a = &cli->arena;
	struct str out = STR_INIT;
	char at[CLOCK_TEXT_SIZE];

	if (l->kind != WHY_ANSWER)
		term_styled(&out, cli->color, TERM_DIM, arena_printf(a,
		    "%s  ", l->at_ms != 0 ? clock_rfc3339(l->at_ms, at) :
		    "-"));
	term_styled(&out, cli->color, l->kind == WHY_ANSWER ? TERM_BOLD :
	    TERM_PLAIN, l->text);
	if (l->file != NULL && l->line > 0 && !why_says_place(l))
		term_styled(&out, cli->color, TERM_DIM, arena_printf(a,
		    " (%s:%d:%d)", l->file, l->line, l->col));
	str_add_char(&out, '\n');
	add_values(&out, l->values, cli->color);
	fputs(out.s, stdout);
	str_release(&out);
}

static int
print_why(struct cli *cli, const struct run *run, const struct job *job,
    const struct why *why, struct err *err)
{
	struct str head = STR_INIT;

	if (cli->json) {
		json_t *o = json_pack("{s:I, s:s, s:o}", "run",
		    (json_int_t)run->number, "state", job != NULL ?
		    machine_state_name(MACHINE_JOB, (int)job->state) :
		    machine_state_name(MACHINE_RUN, (int)run->state), "why",
		    json_why(why));

		return json_out(cli, o, err);
	}
	term_styled(&head, cli->color, TERM_BOLD, arena_printf(&cli->arena,
	    "%s/%s#%" PRId64 "%s%s: ", run->owner, run->name, run->number,
	    job != NULL ? " " : "", job != NULL ? job->key : ""));
	fputs(head.s, stdout);
	str_release(&head);
	for (size_t i = 0; i < why->n; i++)
		print_line(cli, &why->lines[i]);
	return CLI_OK;
}

int
cmd_why(struct cli *cli, struct err *err)
{
	bool of_job = cli->n_words == 2;
	struct run run;
	struct job job;
	struct why why;

	if (!of_job && strchr(cli->words[0], '@') != NULL)
		return why_push(cli, cli->words[0], err);
	if (ref_find_run(cli, cli->words[0], &run, err) == -1 || (of_job &&
	    ref_find_job(cli, &run, cli->words[1], &job, err) == -1))
		return -1;
	if ((of_job ? why_job(cli->store, &cli->config, &run, &job,
		&cli->arena, &why, err) : why_run(cli->store, &run,
		&cli->arena, &why, err)) == -1)
		return -1;
	return print_why(cli, &run, of_job ? &job : NULL, &why, err);
}
