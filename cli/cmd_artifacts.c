/*
 * cmd_artifacts.c - pawl artifacts: list what a run has kept, or copy it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/layout.h"
#include "lib/base/size.h"
#include "lib/blob/blob.h"
#include "lib/blob/manifest.h"
#include "lib/render/json.h"
#include "lib/store/artifacts.h"

const struct cli_option artifacts_options[] = {
	{ "output", 'o', "DIR", "where the files go [.]", false },
	{ NULL, 0, NULL, NULL },
};

static void
print_row(const struct artifact_row *row)
{
	struct str line = STR_INIT;
	char size[SIZE_TEXT_SIZE];

	term_text(&line, row->name);
	str_addf(&line, "\t%" PRId64 " file%s\t%s\t", row->files,
	    row->files == 1 ? "" : "s", size_text(row->bytes, size));
	term_text(&line, row->job_key);
	str_addf(&line, "\t%s", row->removed_at_ms != 0 ? "its files have "
	    "gone" : row->digest);
	printf("%s\n", line.s);
	str_release(&line);
}

static int
print_list(struct cli *cli, const struct artifact_row *rows, size_t n)
{
	json_t *list;
	struct str text = STR_INIT;

	if (!cli->json) {
		for (size_t i = 0; i < n; i++)
			print_row(&rows[i]);
		return CLI_OK;
	}
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_artifact(&cli->config,
		    &rows[i]));
	json_print(list, &text);
	fputs(text.s, stdout);
	json_decref(list);
	str_release(&text);
	return CLI_OK;
}

/* Names come from a manifest, which takes none that lead out. */
static int
copy(struct cli *cli, const struct artifact_row *row, const char *to,
    struct err *err)
{
	struct str path = STR_INIT, file = STR_INIT;
	struct blob_store *out = NULL;
	struct manifest m = { .n = 0 };
	int rc;

	layout_public_file(&path, cli->config.state_dir, row->path);
	str_addf(&file, "%s" LAYOUT_MANIFEST, path.s);
	rc = manifest_load(file.s, &cli->arena, &m, err);
	if (rc == 0)
		rc = blob_open_folder(to, &out, err);
	for (size_t i = 0; rc == 0 && i < m.n; i++) {
		str_clear(&file);
		str_addf(&file, "%s/%s", path.s, m.files[i].path);
		rc = blob_put(out, m.files[i].path, file.s, false, err);
		str_clear(&file);
		str_addf(&file, "%s/%s", to, m.files[i].path);
		if (rc == 0 && chmod(file.s, m.files[i].mode | 0600) == -1)
			rc = err_errno(err, "cannot set the mode of \"%s\"",
			    file.s);
	}
	if (rc == 0)
		fprintf(stderr, "pawl: %zu file%s of \"%s\" in %s\n", m.n,
		    m.n == 1 ? "" : "s", row->name, to);
	blob_close(out);
	str_release(&path);
	str_release(&file);
	return rc == -1 ? -1 : CLI_OK;
}

int
cmd_artifacts(struct cli *cli, struct err *err)
{
	const char *name = cli->n_words == 2 ? cli->words[1] : NULL;
	const char *to = args_option(cli, "output");
	struct artifact_row *rows;
	struct run run;
	size_t n;

	if (ref_find_run(cli, cli->words[0], &run, err) == -1)
		return -1;
	if (name == NULL)
		return artifact_list(cli->store, run.id, &cli->arena, &rows,
		    &n, err) == -1 ? -1 : print_list(cli, rows, n);
	if (artifact_list_live(cli->store, run.id, &cli->arena, &rows, &n,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return copy(cli, &rows[i], to != NULL ? to : ".",
			    err);
	return err_set(err, ERR_NOT_FOUND, "%s/%s#%" PRId64 " has no artifact "
	    "\"%s\"; \"pawl artifacts\" lists them", run.owner, run.name,
	    run.number, name);
}
