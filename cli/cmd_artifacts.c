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

#include "cli/artifact_get.h"
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/base/file.h"

#define OUTPUT_OPTION \
	{ "output", 'o', "DIR", "where the files go [.]", false }

const struct cli_option download_options[] = {
	OUTPUT_OPTION, { NULL, 0, NULL, NULL, false },
};
const struct cli_option artifacts_options[] = {
	OUTPUT_OPTION, { NULL, 0, NULL, NULL, false },
};

static const char *
files_text(const json_t *item, struct arena *a)
{
	int64_t n = doc_int(item, "files");

	return arena_printf(a, "%" PRId64 " file%s", n, n == 1 ? "" : "s");
}

static bool
is_gone(const json_t *item)
{
	return doc_time(item, "removed_at") != 0;
}

static const char *
digest_text(const json_t *item, struct arena *a)
{
	(void)a;
	return is_gone(item) ? "its files have gone" : doc_text(item,
	    "digest");
}

static int
copy_all(struct cli *cli, const json_t *list, const char *to,
    struct err *err)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		struct str dir = STR_INIT;
		int rc = 0;

		str_addf(&dir, "%s/", to);
		path_add_component(&dir, doc_text(item, "name"));
		if (!is_gone(item))
			rc = artifact_get(cli, item, dir.s, err);
		str_release(&dir);
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
copy_one(struct cli *cli, const json_t *list, const char *to,
    const char *name, const struct run_ref *ref, struct err *err)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (strcmp(doc_text(item, "name"), name) == 0 &&
		    !is_gone(item))
			return artifact_get(cli, item, to, err);
	return err_set(err, ERR_NOT_FOUND, "%s/%s#%" PRId64 " has no artifact "
	    "\"%s\"; \"pawl artifacts\" lists them", ref->owner, ref->name,
	    ref->number, name);
}

static void
print_list(struct cli *cli, const json_t *list)
{
	static const struct doc_column columns[] = {
		{ "name", DOC_TEXT, TERM_BOLD, NULL },
		{ NULL, DOC_MADE, TERM_PLAIN, files_text },
		{ "size_bytes", DOC_BYTES, TERM_PLAIN, NULL },
		{ "job", DOC_TEXT, TERM_PLAIN, NULL },
		{ NULL, DOC_MADE, TERM_DIM, digest_text },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};

	doc_table(cli, list, columns);
}

static int
run(struct cli *cli, bool all, struct err *err)
{
	const char *name = cli->n_words == 2 ? cli->words[1] : NULL;
	const char *to = args_option(cli, "output");
	struct run_ref ref;
	json_t *list;
	int rc = 0;

	if (ref_run(cli, cli->words[0], &ref, err) == -1)
		return -1;
	list = source_list(cli->source, ref_run_path(cli, &ref,
	    "/artifacts"), "artifacts", 0, 0, err);
	if (list == NULL)
		return -1;
	to = to != NULL ? to : ".";
	if (name != NULL)
		rc = copy_one(cli, list, to, name, &ref, err);
	else if (all)
		rc = copy_all(cli, list, to, err);
	else if (cli->json)
		return json_out(cli, list, err);
	else
		print_list(cli, list);
	json_decref(list);
	return rc == -1 ? -1 : CLI_OK;
}

int
cmd_artifacts(struct cli *cli, struct err *err)
{
	return run(cli, false, err);
}

int
cmd_download(struct cli *cli, struct err *err)
{
	return run(cli, true, err);
}
