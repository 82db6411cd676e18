/*
 * local_files.c - called workflows and actions of the folder itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/local.h"

#include <string.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/uses.h"

/* Where the file's own folder begins in its path; NULL: it is none of the
 * place's. */
static const char *
place_in(const char *file, const char *place)
{
	size_t len = strlen(place);

	for (const char *at = file; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		if (strncmp(at, place, len) != 0)
			continue;
		/* A folder has files right below it, a file is itself. */
		if (place[len - 1] == '/' ? strchr(at + len, '/') == NULL :
		    at[len] == '\0')
			return at;
	}
	return NULL;
}

const char *
local_root(const char *file, struct arena *a)
{
	for (size_t i = 0; pipeline_places[i] != NULL; i++) {
		const char *at = place_in(file, pipeline_places[i]);

		if (at != NULL)
			return at == file ? "." :
			    arena_strndup(a, file, (size_t)(at - file) - 1);
	}
	return NULL;
}

static int
read_text(const char *path, struct arena *a, const char **text, size_t *len,
    struct err *err)
{
	struct str content = STR_INIT;
	/* One byte more than a document may have: the reader reports that. */
	int r = file_read(path, YAML_MAX_BYTES + 1, &content, err);

	if (r != -1) {
		*text = arena_strndup(a, content.s, content.len);
		*len = content.len;
	}
	str_release(&content);
	return r == -1 ? -1 : 0;
}

static const char *
path_of(const struct local *l, const struct uses *u, const char *file,
    struct arena *a)
{
	return arena_printf(a, "%s/%s%s%s", l->root, u->path,
	    *u->path != '\0' && *file != '\0' ? "/" : "", file);
}

int
local_fetch_workflow(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	const struct local *l = ctx;
	struct uses u = uses_read(uses, a);

	if (u.kind != USES_LOCAL)
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is in another "
		    "repository, which is not looked into here", uses);
	return read_text(path_of(l, &u, "", a), a, text, len, err);
}

int
local_fetch_early(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	struct err e = { 0 };
	int rc = local_fetch_action(ctx, uses, a, text, len, &e);

	if (rc == -1 && e.code == ERR_NOT_FOUND)
		return 1;
	return rc == -1 ? err_set(err, e.code, "%s", e.text) : rc;
}

int
local_fetch_action(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	static const char *const names[] = { "action.yml", "action.yaml" };
	const struct local *l = ctx;
	struct uses u = uses_read(uses, a);

	if (u.kind == USES_WRONG)
		return err_set(err, ERR_INVALID, "\"%s\" is neither ./path, "
		    "without \"..\", nor owner/repo[/path]@ref, nor "
		    "docker://image", uses);
	if (u.kind != USES_LOCAL)
		return 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *path = path_of(l, &u, names[i], a);

		if (access(path, F_OK) == 0)
			return read_text(path, a, text, len, err);
	}
	return err_set(err, ERR_NOT_FOUND, "\"%s\" is no action: there is no "
	    "action.yml or action.yaml in %s", uses, path_of(l, &u, "", a));
}
