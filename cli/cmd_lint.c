/*
 * cmd_lint.c - pawl lint and schema.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/lint_out.h"
#include "cli/sources.h"
#include "lib/base/mem.h"
#include "lib/pipeline/schema.h"
#include "lib/pipeline/typed.h"

const struct cli_option lint_options[] = {
	{ "format", 0, "FORMAT", "text, json, sarif or github [text]", false },
	{ NULL, 0, NULL, NULL, false },
};

enum lint_format { LINT_TEXT, LINT_JSON, LINT_SARIF, LINT_GITHUB };

static const char *const formats[] = {
	[LINT_TEXT] = "text",
	[LINT_JSON] = "json",
	[LINT_SARIF] = "sarif",
	[LINT_GITHUB] = "github",
};

/* What all files together came to. */
struct lint {
	enum lint_format format;
	json_t *json;    /* list of problems, for JSON and SARIF */
	struct str text; /* for the others */
	size_t n_files, n_errors, n_warnings;
};

static int
choose_format(const struct cli *cli, struct lint *l, struct err *err)
{
	const char *name = args_option(cli, "format");

	l->format = cli->json ? LINT_JSON : LINT_TEXT;
	for (size_t i = 0; name && i < ARRAY_LEN(formats); i++)
		if (!strcmp(name, formats[i])) {
			l->format = (enum lint_format)i;
			return 0;
		}
	if (name)
		return err_set(err, ERR_INVALID, "unknown format \"%s\": it is "
		    "text, json, sarif or github", name);
	return 0;
}

static void
add_problems(struct lint *l, const struct diags *d)
{
	switch (l->format) {
	case LINT_TEXT:
		diags_print(d, &l->text);
		break;
	case LINT_GITHUB:
		lint_out_github(d, &l->text);
		break;
	case LINT_JSON:
		lint_out_json(d, l->json);
		break;
	case LINT_SARIF:
		lint_out_sarif(d, l->json);
		break;
	}
}

/* What belongs to one file is freed with it, so that many take no more
 * memory than the largest. */
static int
lint_file(struct lint *l, const char *file, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct workflow *w;
	struct diags d;
	int r = source_lint(file, &a, &d, &w, err);

	if (r == 0) {
		l->n_files++;
		l->n_errors += d.n_errors;
		l->n_warnings += d.n > d.n_errors ? d.n - d.n_errors : 0;
		add_problems(l, &d);
	}
	arena_release(&a);
	return r;
}

static int
print_result(struct cli *cli, struct lint *l, struct err *err)
{
	json_t *list = l->json;

	l->json = NULL;
	if (l->format == LINT_JSON || l->format == LINT_SARIF)
		return json_out(cli, l->format == LINT_SARIF ?
		    lint_out_sarif_log(list) : list, err);
	json_decref(list);
	fputs(l->text.s, stdout);
	fflush(stdout); /* both may go to one file, and the sum is last */
	fprintf(stderr, "%zu file%s, %zu error%s, %zu warning%s\n", l->n_files,
	    l->n_files == 1 ? "" : "s", l->n_errors,
	    l->n_errors == 1 ? "" : "s", l->n_warnings,
	    l->n_warnings == 1 ? "" : "s");
	return 0;
}

int
cmd_lint(struct cli *cli, struct err *err)
{
	struct lint l = { .text = STR_INIT, .json = json_array() };
	const char **files = NULL;
	size_t n = 0;
	int r = -1;

	if (choose_format(cli, &l, err) == -1)
		goto out;
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
	r = print_result(cli, &l, err);
	if (r == 0 && l.n_errors > 0)
		r = CLI_FAILED;
out:
	json_decref(l.json);
	str_release(&l.text);
	return r;
}

const struct cli_option schema_options[] = {
	{ "steps", 0, NULL, "the types of steps and their config", false },
	{ NULL, 0, NULL, NULL, false },
};

int
cmd_schema(struct cli *cli, struct err *err)
{
	struct str text = STR_INIT;
	int r = CLI_OK;

	if (args_option(cli, "steps") != NULL)
		step_types_json(&text);
	else
		schema_json(&text);
	if (fputs(text.s, stdout) == EOF)
		r = err_errno(err, "standard output");
	str_release(&text);
	return r;
}
