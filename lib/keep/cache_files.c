/*
 * cache_files.c - see cache_files.h.
 *
 * A file comes before its row and goes after it. What has no row is kept for
 * an hour: its row may be on its way.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/cache_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/blob/blob.h"
#include "lib/store/caches.h"
#include "lib/store/repos.h"

#define YOUNG_S 3600
#define DIGEST_LEN 64

static const char *
name_of(const char *digest, char name[DIGEST_LEN + 4])
{
	snprintf(name, DIGEST_LEN + 4, "%.2s/%.64s", digest, digest);
	return name;
}

static int
open_files(const struct config *config, struct blob_store **out,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	layout_caches(&path, config->state_dir);
	rc = blob_open_folder(path.s, out, err);
	str_release(&path);
	return rc;
}

/* caches/ab/abcd...: where a file is, or would be. */
static const char *
cache_file(const struct config *config, const char *digest, struct arena *a)
{
	char name[DIGEST_LEN + 4];
	struct str path = STR_INIT;
	const char *kept;

	layout_caches(&path, config->state_dir);
	kept = arena_printf(a, "%s/%s", path.s, name_of(digest, name));
	str_release(&path);
	return kept;
}

/* Move `file` there. One that is there already is taken instead. */
static int
put_file(const struct config *config, const char *digest,
    const char *file, struct err *err)
{
	char name[DIGEST_LEN + 4];
	struct arena a = ARENA_INIT(0);
	struct blob_store *files = NULL;
	int64_t size;
	int rc;

	rc = open_files(config, &files, err);
	if (rc == 0)
		rc = blob_stat(files, name_of(digest, name), &size, err);
	/* It is young again, so that nobody removes it before its row. */
	if (rc == 1 && utimensat(AT_FDCWD, cache_file(config, digest, &a),
	    NULL, 0) == 0)
		unlink(file);
	else if (rc != -1)
		rc = blob_put(files, name, file, true, err);
	blob_close(files);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

struct cache_row
cache_row_of(const struct cache_entry *e)
{
	return (struct cache_row){ .scope = e->scope, .version = e->version,
		.key = e->key, .digest = e->digest, .bytes = e->bytes };
}

int
cache_files_find(struct store *st, const struct config *config, int64_t repo,
    const struct cache_lookup *lookup, struct arena *a,
    struct cache_entry *out, struct err *err)
{
	struct cache_lookup own = *lookup;
	struct cache_row row;
	int rc;

	own.repo = repo;
	while ((rc = cache_find(st, &own, a, &row, err)) == 1) {
		out->file = cache_file(config, row.digest, a);
		if (access(out->file, R_OK) == 0)
			break;
		if (cache_remove(st, row.id, err) == -1)
			return -1;
	}
	if (rc != 1)
		return rc;
	out->scope = row.scope;
	out->key = row.key;
	out->version = row.version;
	out->bytes = row.bytes;
	snprintf(out->digest, sizeof(out->digest), "%s", row.digest);
	return 1;
}

int
cache_files_add(struct store *st, const struct config *config, int64_t repo,
    const struct cache_entry *entry, struct err *err)
{
	const struct cache_row row = cache_row_of(entry);

	if (put_file(config, entry->digest, entry->file, err) == -1)
		return -1;
	return cache_add(st, repo, &row, err);
}

/* --- sweeping ------------------------------------------------------------------- */

static int
prune(struct store *st, const struct config *config, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct repo *repos;
	int n = 0, one, rc;
	size_t n_repos;

	rc = repo_list(st, &a, &repos, &n_repos, err);
	for (size_t i = 0; rc == 0 && config->repo_caches_max_bytes > 0 &&
	    i < n_repos; i++) {
		one = cache_prune(st, repos[i].id,
		    config->repo_caches_max_bytes, err);
		rc = one == -1 ? -1 : 0;
		n += one;
	}
	if (rc == 0 && config->caches_max_bytes > 0) {
		one = cache_prune(st, 0, config->caches_max_bytes, err);
		rc = one == -1 ? -1 : 0;
		n += one;
	}
	if (rc == 0 && n > 0)
		log_info("cache entries removed, used longest ago",
		    LOG_INT("entries", n));
	arena_release(&a);
	return rc;
}

struct sweep {
	struct store *st;
	const struct config *config;
	struct blob_store *files;
	struct err *err;
};

static int
sweep_file(void *ctx, const struct blob_info *info)
{
	struct sweep *s = ctx;
	struct arena a = ARENA_INIT(0);
	const char *digest = strrchr(info->name, '/');
	struct stat st;
	int rc = 0;

	digest = digest != NULL ? digest + 1 : info->name;
	if (strlen(digest) == DIGEST_LEN &&
	    stat(cache_file(s->config, digest, &a), &st) == 0 &&
	    time(NULL) - st.st_mtime > YOUNG_S) {
		rc = cache_has_file(s->st, digest, s->err);
		if (rc == 0)
			rc = blob_remove(s->files, info->name, s->err);
	}
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
cache_files_sweep(struct store *st, const struct config *config,
    struct err *err)
{
	struct sweep s = { st, config, NULL, err };
	int rc;

	if (prune(st, config, err) == -1 ||
	    open_files(config, &s.files, err) == -1)
		return -1;
	rc = blob_list(s.files, "", sweep_file, &s, err);
	blob_close(s.files);
	return rc;
}
