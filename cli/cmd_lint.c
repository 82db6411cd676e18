/*
 * cmd_lint.c - pawl lint.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include "cli/json_out.h"
#include "cli/sources.h"

/* What all files together came to. */
struct lint {
	struct arena *arena;
	json_t *json; /* the list of problems; NULL: as text */
	struct str text;
	size_t n_files, n_errors, n_warnings;
};

static void
add_json(struct lint *l, const struct diags *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];

		json_array_append_new(l->json,
		    json_pack("{s:s, s:i, s:i, s:i, s:s, s:s, s:s, s:s?}",
		        "file", d->file, "line", one->pos.line, "column",
		        one->pos.col, "width", one->width, "level",
		        one->level == DIAG_ERROR ? "error" : "warning", "rule",
		        one->rule, "message", one->text, "hint", one->hint));
	}
}

static int
lint_file(struct lint *l, const char *file, struct err *err)
{
	struct pipeline *pipeline;
	struct diags d;

	if (source_read(file, l->arena, &d, &pipeline, err) == -1)
		return -1;
	l->n_files++;
	l->n_errors += d.n_errors;
	l->n_warnings += d.n - d.n_errors;
	if (l->json)
		add_json(l, &d);
	else
		diags_print(&d, &l->text);
	return 0;
}

static int
print_result(struct lint *l, struct err *err)
{
	if (l->json) {
		json_t *list = l->json;

		l->json = NULL;
		return json_out(list, err);
	}
	fputs(l->text.s, stdout);
	fprintf(stderr, "%zu file%s, %zu error%s, %zu warning%s\n", l->n_files,
	    l->n_files == 1 ? "" : "s", l->n_errors,
	    l->n_errors == 1 ? "" : "s", l->n_warnings,
	    l->n_warnings == 1 ? "" : "s");
	return 0;
}

int
cmd_lint(struct cli *cli, struct err *err)
{
	struct lint l = { .arena = &cli->arena, .text = STR_INIT,
		.json = cli->json ? json_array() : NULL };
	const char **files = NULL;
	size_t n = 0;
	int r = -1;

	if (cli->n_words == 0 &&
	    sources_find(".", &cli->arena, &files, &n, err) == -1)
		goto out;
	for (int i = 0; i < cli->n_words; i++)
		if (sources_find(cli->words[i], &cli->arena, &files, &n,
		        err) == -1)
			goto out;
	for (size_t i = 0; i < n; i++)
		if (lint_file(&l, files[i], err) == -1)
			goto out;
	r = print_result(&l, err);
	if (r == 0 && l.n_errors > 0)
		r = CLI_FAILED;
out:
	json_decref(l.json);
	str_release(&l.text);
	return r;
}
