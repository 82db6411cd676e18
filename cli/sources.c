/*
 * sources.c - the pipeline files that a command is about.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/sources.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/local.h"
#include "lib/base/file.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/lint.h"

/* Files of one folder of workflows; a folder with more is not one. */
#define FOLDER_MAX 500

static void
add_file(struct arena *a, const char ***files, size_t *n, const char *path)
{
	*(const char **)arena_push(a, files, n, sizeof(**files)) =
	    arena_strdup(a, path);
}

static int
is_workflow(const struct dirent *e)
{
	return e->d_name[0] != '.' && (str_ends_with(e->d_name, ".yml") ||
	    str_ends_with(e->d_name, ".yaml"));
}

/* Every *.yml and *.yaml of a folder, by name. A folder that is not there
 * has none. */
static int
add_folder(struct arena *a, const char *folder, const char ***files,
    size_t *n, struct err *err)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_workflow, alphasort);

	for (int i = 0; i < count; i++) {
		if (i < FOLDER_MAX)
			add_file(a, files, n,
			    arena_printf(a, "%s%s", folder,
			        entries[i]->d_name));
		free(entries[i]);
	}
	if (count != -1)
		free(entries);
	if (count > FOLDER_MAX)
		return err_set(err, ERR_TOO_LARGE,
		    "%s has more than %d workflow files", folder, FOLDER_MAX);
	return 0;
}

static int
nothing_found(const char *folder, struct err *err)
{
	struct str places = STR_INIT;

	for (size_t i = 0; pipeline_places[i]; i++)
		str_addf(&places, "%s%s", i ? ", " : "", pipeline_places[i]);
	err_set(err, ERR_NOT_FOUND, "no pipeline file in \"%s\": looked for %s",
	    folder, places.s);
	str_release(&places);
	return -1;
}

/* The first place that exists; a folder exists when it has a workflow. */
static int
find_in_folder(const char *folder, struct arena *a, const char ***files,
    size_t *n, struct err *err)
{
	const char *prefix = strcmp(folder, ".")
	    ? arena_printf(a, "%s/", folder) : "";
	size_t before = *n;
	struct stat st;

	for (size_t i = 0; pipeline_places[i] && *n == before; i++) {
		const char *path =
		    arena_printf(a, "%s%s", prefix, pipeline_places[i]);

		if (str_ends_with(path, "/")) {
			if (add_folder(a, path, files, n, err) == -1)
				return -1;
		} else if (stat(path, &st) == 0) {
			add_file(a, files, n, path);
		}
	}
	/* The folder of workflows itself. */
	if (*n == before && strcmp(folder, ".") && add_folder(a,
	    str_ends_with(folder, "/") ? folder :
	    arena_printf(a, "%s/", folder), files, n, err) == -1)
		return -1;
	return *n > before ? 0 : nothing_found(folder, err);
}

int
sources_find(const char *word, struct arena *a, const char ***files,
    size_t *n, struct err *err)
{
	struct stat st;

	if (!strcmp(word, "-")) {
		add_file(a, files, n, word);
		return 0;
	}
	if (stat(word, &st) == -1)
		return err_errno(err, "%s", word);
	if (S_ISDIR(st.st_mode))
		return find_in_folder(word, a, files, n, err);
	add_file(a, files, n, word);
	return 0;
}

/*
 * The text of a file into `a`, and `d` ready for its problems. Returns 0; 1
 * when it is too large, which is a problem of that file alone; -1 with err.
 */
static int
source_open(const char *file, struct arena *a, struct diags *d,
    struct err *err)
{
	const char *name = strcmp(file, "-") ? file : "stdin";
	struct err problem = { 0 };
	struct str text = STR_INIT;
	int r = -1;

	if (file_read(file, YAML_MAX_BYTES, &text, &problem) == 0) {
		diags_init(d, a, name, arena_strndup(a, text.s, text.len),
		    text.len);
		r = 0;
	} else if (problem.code == ERR_TOO_LARGE) {
		diags_init(d, a, name, NULL, 0);
		diag_error(d, (struct pos) { 1, 1 }, 1, "yaml-size", NULL,
		    "the file has more than %d bytes", YAML_MAX_BYTES);
		r = 1;
	} else {
		*err = problem;
	}
	str_release(&text);
	return r;
}

int
source_workflow(const char *file, struct arena *a, struct diags *d,
    struct workflow **out, struct err *err)
{
	int r = source_open(file, a, d, err);

	*out = r == 0 ? workflow_read(d->source, d->source_len, a, d) : NULL;
	return r == -1 ? -1 : 0;
}

/* action.yml is the file of an action, wherever it lies. */
static bool
is_action(const char *file)
{
	const char *base = strrchr(file, '/');

	base = base != NULL ? base + 1 : file;
	return strcmp(base, "action.yml") == 0 ||
	    strcmp(base, "action.yaml") == 0;
}

/* Other repositories are not at hand, which is no mistake. */
static int
lint_fetch_workflow(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	return str_starts_with(uses, "./") ? local_fetch_workflow(ctx, uses,
	    a, text, len, err) : 1;
}

/* Only a file in one of the usual places says where "./" is. */
int
source_lint(const char *file, struct arena *a, struct diags *d,
    struct workflow **out, struct err *err)
{
	const char *root = local_root(file, a);
	struct local local = { .root = root };
	const struct lint_files files = { lint_fetch_workflow,
		local_fetch_action, &local };
	int r;

	*out = NULL;
	if (!is_action(file)) {
		r = source_workflow(file, a, d, out, err);
		if (*out)
			workflow_lint_files(*out, root != NULL ? &files : NULL,
			    a, d);
		return r;
	}
	r = source_open(file, a, d, err);
	if (r == 0)
		action_read(d->source, d->source_len, a, d);
	return r == -1 ? -1 : 0;
}
