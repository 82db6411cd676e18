/*
 * local_storage.c - see local_storage.h.
 *
 * Caches are looked for and kept as on a server, by the same functions.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/local_storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/blob/manifest.h"
#include "lib/keep/artifact_place.h"
#include "lib/keep/cache_files.h"
#include "lib/store/caches.h"
#include "lib/store/repos.h"

/* --- artifacts ---------------------------------------------------------------- */

static const char *
artifact_path(struct local_storage *s, const char *name)
{
	struct str path = STR_INIT;
	const char *kept;

	str_addf(&path, "%s/", s->artifacts);
	path_add_component(&path, name);
	kept = arena_strdup(&s->arena, path.s);
	str_release(&path);
	return kept;
}

static int
begin(void *ctx, const char *name, bool overwrite,
    struct artifact_limits *limits, struct err *err)
{
	struct local_storage *s = ctx;
	const char *path = artifact_path(s, name);
	bool there = access(path, F_OK) == 0;

	limits->files = s->config.artifact_max_files;
	limits->bytes = s->config.artifact_max_bytes;
	/* The folder may be anybody's: what is replaced is removed. */
	if (there && access(arena_printf(&s->arena, "%s" LAYOUT_MANIFEST,
	    path), F_OK) == -1)
		return err_set(err, ERR_EXISTS, "\"%s\" is there already, and "
		    "is no artifact: choose another folder", path);
	if (there && !overwrite)
		return err_set(err, ERR_EXISTS, "there is an artifact \"%s\" "
		    "already: choose another name, or set \"overwrite\"",
		    name);
	return 0;
}

/* Those of runs before, once their time is over: nobody else removes them. */
static void
sweep(const struct local_storage *s)
{
	struct str path = STR_INIT;
	struct err ignored = { 0 };
	struct dirent *e;
	struct stat st;
	DIR *dir;

	str_addf(&path, "%s/artifacts", s->config.state_dir);
	dir = opendir(path.s);
	str_add_char(&path, '/');
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		size_t len = path.len;

		str_add(&path, e->d_name);
		/* Names are the time and the process. */
		if (e->d_name[0] >= '0' && e->d_name[0] <= '9' &&
		    lstat(path.s, &st) == 0 && S_ISDIR(st.st_mode) &&
		    clock_now_ms() - (int64_t)st.st_mtime * 1000 >
		    s->config.artifact_keep_ms)
			file_remove_tree(path.s, &ignored);
		str_cut(&path, len);
	}
	if (dir != NULL)
		closedir(dir);
	str_release(&path);
}

static int
commit(void *ctx, const char *stage, bool overwrite, struct arena *a,
    struct artifact *artifact, struct err *err)
{
	struct local_storage *s = ctx;
	const char *path = artifact_path(s, artifact->name);

	(void)overwrite;
	if (artifact_place(stage, path, err) == -1)
		return -1;
	if (s->n_artifacts == 0)
		sweep(s);
	artifact->id = (int64_t)++s->n_artifacts;
	artifact->url = arena_printf(a, "file://%s/", path);
	return 0;
}

static int
add(struct local_storage *s, const char *file, struct arena *a,
    struct artifact **out, size_t *n, struct err *err)
{
	struct artifact *one;
	struct manifest m;
	size_t len = strlen(file) - strlen(LAYOUT_MANIFEST);
	const char *path = arena_printf(a, "%s/%s", s->artifacts, file);

	if (manifest_load(path, a, &m, err) == -1)
		return -1;
	one = arena_push(a, out, n, sizeof(*one));
	*one = (struct artifact){ .id = (int64_t)*n, .name = m.name,
		.manifest = path, .n_files = (int64_t)m.n,
		.files = arena_printf(a, "%s/%.*s", s->artifacts, (int)len,
		    file) };
	for (size_t i = 0; i < m.n; i++)
		one->bytes += m.files[i].size;
	return 0;
}

static int
list(void *ctx, const struct artifact_query *query, struct arena *a,
    struct artifact **out, size_t *n, struct err *err)
{
	struct local_storage *s = ctx;
	struct dirent *e;
	DIR *dir;
	int rc = 0;

	*out = NULL;
	*n = 0;
	if (query->run > 1 || query->number > 1 || query->latest ||
	    (query->repository != NULL && query->repository[0] != '\0'))
		return err_set(err, ERR_UNSUPPORTED, "\"pawl run\" has the "
		    "artifacts of its own run only");
	dir = opendir(s->artifacts);
	if (dir == NULL)
		return errno == ENOENT ? 0 : err_errno(err, "cannot read "
		    "\"%s\"", s->artifacts);
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (str_ends_with(e->d_name, LAYOUT_MANIFEST))
			rc = add(s, e->d_name, a, out, n, err);
	closedir(dir);
	return rc;
}

static int
fetch(void *ctx, const struct artifact *artifact, struct err *err)
{
	(void)ctx;
	(void)artifact;
	(void)err;
	return 0;
}

/* --- caches ------------------------------------------------------------------- */

static int
find_repo(struct local_storage *s, struct err *err)
{
	struct str name = STR_INIT;
	struct repo repo = { .forge = "local", .owner = "local",
		.clone_url = s->folder, .default_branch = "main" }, found;
	int rc;

	path_add_component(&name, s->folder);
	repo.name = name.s;
	rc = repo_find(s->store, repo.owner, repo.name, &s->arena, &found,
	    err);
	if (rc == 1)
		s->repo = found.id;
	else if (rc == 0)
		rc = repo_add(s->store, &repo, NULL, &s->repo, err);
	str_release(&name);
	return rc == -1 ? -1 : 0;
}

static int
open_store(struct local_storage *s, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	if (s->store != NULL)
		return 0;
	layout_db(&path, s->config.state_dir);
	rc = file_mkdirs(s->config.state_dir, 0700, err);
	if (rc == 0)
		rc = store_open(&s->store, path.s, STORE_MIGRATE, err);
	if (rc == 0)
		rc = find_repo(s, err);
	str_release(&path);
	return rc;
}

static int
find_cache(void *ctx, const struct cache_query *q, struct arena *a,
    struct cache_entry *out, struct err *err)
{
	struct local_storage *s = ctx;
	const struct cache_lookup lookup = { .version = q->version,
		.scopes = q->scopes, .keys = q->keys,
		.n_scopes = q->n_scopes, .n_keys = q->n_keys };

	return open_store(s, err) == -1 ? -1 : cache_files_find(s->store,
	    &s->config, s->repo, &lookup, a, out, err);
}

static int
begin_cache(void *ctx, const struct cache_entry *entry, int64_t *max_bytes,
    struct err *err)
{
	struct local_storage *s = ctx;
	const struct cache_row row = cache_row_of(entry);

	*max_bytes = s->config.cache_max_bytes;
	return open_store(s, err) == -1 ? -1 : cache_has(s->store, s->repo,
	    &row, err);
}

static int
add_cache(void *ctx, const struct cache_entry *entry, struct err *err)
{
	struct local_storage *s = ctx;
	int rc = open_store(s, err);

	if (rc == 0)
		rc = cache_files_add(s->store, &s->config, s->repo, entry,
		    err);
	if (rc == 1 && cache_files_sweep(s->store, &s->config, err) == -1)
		return -1;
	return rc;
}

static int
tell_cache(void *ctx, int step, const char *key, const char *matched,
    int64_t bytes, struct err *err)
{
	(void)ctx;
	(void)step;
	(void)key;
	(void)matched;
	(void)bytes;
	(void)err;
	return 0; /* the log says it */
}

/* --- the whole ---------------------------------------------------------------- */

static const char *
state_of(struct arena *a)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (xdg != NULL && xdg[0] == '/')
		return arena_printf(a, "%s/pawl/local", xdg);
	return home != NULL && home[0] == '/' ? arena_printf(a,
	    "%s/.local/state/pawl/local", home) : NULL;
}

void
local_storage_init(struct local_storage *s, const struct config *config,
    const char *folder, const char *artifacts)
{
	const char *state;

	*s = (struct local_storage){ .config = *config, .folder = folder,
		.arena = ARENA_INIT(0) };
	state = state_of(&s->arena);
	if (state == NULL)
		return;
	s->config.state_dir = state;
	s->artifacts = artifacts != NULL ? artifacts : arena_printf(
	    &s->arena, "%s/artifacts/%" PRId64 "-%ld", state,
	    clock_now_ms() / 1000, (long)getpid());
	s->table = (struct job_storage){ .ctx = s, .artifact_begin = begin,
		.artifact_commit = commit, .artifact_list = list,
		.artifact_fetch = fetch, .cache_find = find_cache,
		.cache_begin = begin_cache, .cache_add = add_cache,
		.cache_tell = tell_cache };
}

void
local_storage_release(struct local_storage *s)
{
	store_close(s->store);
	arena_release(&s->arena);
}
