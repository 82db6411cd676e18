/*
 * job_storage.c - see job_storage.h.
 *
 * Files come to their place before their row, so whoever finds a row finds
 * the files; what a crash leaves between is found by pawl-janitor.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/job_storage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/store/artifacts.h"
#include "lib/store/caches.h"
#include "lib/store/repos.h"
#include "lib/keep/artifact_copy.h"
#include "lib/keep/artifact_place.h"
#include "lib/keep/cache_files.h"

/* A database that is locked is waited for by its own time, so often. */
#define BUSY_TRIES 3

#define RETRY(call) \
	do { \
		int tries_ = 0; \
		do \
			rc = (call); \
		while (rc == -1 && err->code == ERR_BUSY && \
		    ++tries_ < BUSY_TRIES && (err_clear(err), true)); \
	} while (0)

static const char *
public_path(const struct storing *s, const char *relative, struct arena *a)
{
	struct str path = STR_INIT;
	const char *kept;

	layout_public_file(&path, s->config->state_dir, relative);
	kept = arena_strdup(a, path.s);
	str_release(&path);
	return kept;
}

/* --- artifacts: push -------------------------------------------------------------- */

static int
begin(void *ctx, const char *name, bool overwrite,
    struct artifact_limits *limits, struct err *err)
{
	const struct storing *s = ctx;
	const struct config *c = s->config;
	int64_t used, left;
	int rc;

	RETRY(artifact_check(s->store, s->job, s->attempt, name, overwrite,
	    &used, err));
	if (rc == -1)
		return -1;
	limits->files = c->artifact_max_files;
	limits->bytes = c->artifact_max_bytes;
	if (c->run_artifacts_max_bytes == 0)
		return 0;
	left = c->run_artifacts_max_bytes - used;
	if (left <= 0)
		return err_set(err, ERR_TOO_LARGE, "the artifacts of the run "
		    "fill what it may have (\"run-artifacts-max-bytes\")");
	limits->of_run = limits->bytes == 0 || left < limits->bytes;
	if (limits->of_run)
		limits->bytes = left;
	return 0;
}

static int64_t
expires(const struct config *c, const struct artifact *a)
{
	int64_t keep = a->keep_ms > 0 ? a->keep_ms : c->artifact_keep_ms;

	if (keep > c->artifact_keep_max_ms)
		keep = c->artifact_keep_max_ms;
	return clock_now_ms() + keep;
}

/* Jobs of a run that keep the same name at once have the same place: from the
 * last look at the rows to the own one it is for one of them. The descriptor
 * holds the lock. */
static int
lock_place(const char *path, struct err *err)
{
	struct str folder = STR_INIT;
	int fd = -1;

	str_add_len(&folder, path, (size_t)(strrchr(path, '/') - path));
	if (file_mkdirs(folder.s, 0755, err) == -1)
		goto out;
	fd = open(folder.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd != -1 && flock(fd, LOCK_EX) == -1) {
		if (errno == EINTR)
			continue;
		close(fd);
		fd = -1;
	}
	if (fd == -1)
		err_errno(err, "cannot lock \"%s\"", folder.s);
out:
	str_release(&folder);
	return fd;
}

static int
put_in_place(const struct storing *s, const char *stage, bool overwrite,
    const char *path, struct artifact_row *row, struct err *err)
{
	int lock = lock_place(path, err), rc = -1;
	int64_t used;

	if (lock == -1)
		return -1;
	RETRY(artifact_check(s->store, row->job, row->attempt, row->name,
	    overwrite, &used, err));
	if (rc == 0)
		rc = artifact_place(stage, path, err);
	if (rc == 0)
		RETRY(artifact_add(s->store, row, overwrite, err));
	close(lock);
	return rc;
}

static int
commit(void *ctx, const char *stage, bool overwrite, struct arena *a,
    struct artifact *out, struct err *err)
{
	const struct storing *s = ctx;
	struct artifact_row row = { .job = s->job, .attempt = s->attempt,
		.name = out->name, .files = out->n_files,
		.bytes = out->bytes, .digest = out->digest,
		.remote = strcmp(s->config->artifacts_store, "s3") == 0,
		.expires_at_ms = expires(s->config, out) };
	const struct layout_run place = run_layout(s->run);
	struct str path = STR_INIT;
	int rc;

	layout_artifact(&path, &place, out->name, s->attempt);
	row.path = path.s;
	rc = put_in_place(s, stage, overwrite, public_path(s, path.s, a),
	    &row, err);
	out->id = row.id;
	out->url = arena_printf(a, "%s/%s/", s->config->base_url, path.s);
	if (rc != -1)
		log_info("artifact collected", LOG_STR("name", out->name),
		    LOG_INT("bytes", out->bytes));
	str_release(&path);
	return rc;
}

/* --- artifacts: pull -------------------------------------------------------------- */

/* The run that is asked for, as far as this job may. */
static int
find_run(const struct storing *s, const struct artifact_query *q,
    struct arena *a, struct run *out, struct err *err)
{
	const char *slash = q->repository != NULL ? strchr(q->repository,
	    '/') : NULL;
	const char *owner = s->run->owner, *name = s->run->name;
	/* github.run_id is that of the first attempt; of our own run this one
	 * is meant, of another the newest. */
	int64_t id = q->run == s->run->origin ? s->run->id : q->run;
	int rc;

	if (slash != NULL) {
		owner = arena_strndup(a, q->repository,
		    (size_t)(slash - q->repository));
		name = slash + 1;
	}
	if (q->latest) {
		rc = artifact_green_run(s->store, s->run->repo,
		    q->branch != NULL && q->branch[0] != '\0' ? q->branch :
		    s->run->branch, &id, err);
		if (rc == 0)
			return err_set(err, ERR_NOT_FOUND, "no run of the "
			    "branch that ended well has artifacts");
		if (rc == -1)
			return -1;
	}
	if (id == 0 && q->number == 0 && slash == NULL)
		id = s->run->id;
	rc = id != 0 ? run_find_id(s->store, id, a, out, err) :
	    run_find(s->store, owner, name, q->number, a, out, err);
	if (rc == 1 && q->run != 0 && !q->latest && id != s->run->id &&
	    id == out->origin)
		rc = run_find(s->store, out->owner, out->name, out->number,
		    a, out, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no such run");
	if (rc == -1)
		return -1;
	if (slash != NULL && (strcasecmp(out->owner, owner) != 0 ||
				 strcasecmp(out->name, name) != 0))
		return err_set(err, ERR_NOT_FOUND, "\"%.200s\" has no such "
		    "run", q->repository);
	if (out->repo != s->run->repo && !s->config->artifacts_shared)
		return err_set(err, ERR_DENIED, "the run is one of another "
		    "repository, whose artifacts are not given out "
		    "(\"artifacts-shared\" of the configuration)");
	return 0;
}

static void
fill(const struct storing *s, const struct artifact_row *row,
    struct arena *a, struct artifact *out)
{
	*out = (struct artifact){ .id = row->id, .name = row->name,
		.files = public_path(s, row->path, a), .bytes = row->bytes,
		.n_files = row->files,
		.remote = row->stored_at_ms != 0 ? row->path : NULL };
	out->manifest = arena_printf(a, "%s" LAYOUT_MANIFEST, out->files);
	snprintf(out->digest, sizeof(out->digest), "%s", row->digest);
}

static int
list(void *ctx, const struct artifact_query *query, struct arena *a,
    struct artifact **out, size_t *n, struct err *err)
{
	const struct storing *s = ctx;
	struct artifact_row *rows;
	struct run run;

	if (find_run(s, query, a, &run, err) == -1 ||
	    artifact_list_live(s->store, run.id, a, &rows, n, err) == -1)
		return -1;
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	for (size_t i = 0; i < *n; i++)
		fill(s, &rows[i], a, &(*out)[i]);
	return 0;
}

static int
fetch(void *ctx, const struct artifact *a, struct err *err)
{
	const struct storing *s = ctx;

	if (access(a->manifest, F_OK) == 0 || a->remote == NULL)
		return 0;
	return artifact_copy_back(s->config, a->remote, err);
}

/* --- caches ----------------------------------------------------------------------- */

/* Not every forge's payload says what the default branch is: we know it. */
static int
add_default(const struct storing *s, const struct cache_query *q,
    struct cache_lookup *l, struct arena *a, struct err *err)
{
	const char **scopes = arena_alloc(a, (q->n_scopes + 1) *
	    sizeof(*scopes)), *own;
	struct repo repo;
	int rc = repo_find_id(s->store, s->run->repo, a, &repo, err);

	for (size_t i = 0; i < q->n_scopes; i++)
		scopes[i] = q->scopes[i];
	l->scopes = scopes;
	l->n_scopes = q->n_scopes;
	if (rc != 1)
		return rc;
	own = arena_printf(a, "refs/heads/%s", repo.default_branch);
	for (size_t i = 0; i < q->n_scopes; i++)
		if (strcmp(scopes[i], own) == 0)
			return 0;
	scopes[l->n_scopes++] = own;
	return 0;
}

static int
find_cache(void *ctx, const struct cache_query *q, struct arena *a,
    struct cache_entry *out, struct err *err)
{
	const struct storing *s = ctx;
	struct cache_lookup lookup = { .version = q->version,
		.keys = q->keys, .n_keys = q->n_keys };
	int rc;

	if (add_default(s, q, &lookup, a, err) == -1)
		return -1;
	RETRY(cache_files_find(s->store, s->config, s->run->repo, &lookup, a,
	    out, err));
	return rc;
}

static int
begin_cache(void *ctx, const struct cache_entry *entry, int64_t *max_bytes,
    struct err *err)
{
	const struct storing *s = ctx;
	const struct cache_row row = cache_row_of(entry);

	*max_bytes = s->config->cache_max_bytes;
	return cache_has(s->store, s->run->repo, &row, err);
}

static int
add_cache(void *ctx, const struct cache_entry *entry, struct err *err)
{
	const struct storing *s = ctx;
	int rc;

	RETRY(cache_files_add(s->store, s->config, s->run->repo, entry, err));
	return rc;
}

static int
tell_cache(void *ctx, int step, const char *key, const char *matched,
    int64_t bytes, struct err *err)
{
	const struct storing *s = ctx;
	const struct cache_use use = { .step = step, .key = key,
		.matched = matched[0] != '\0' ? matched : NULL,
		.bytes = bytes };
	int rc;

	RETRY(cache_use_add(s->store, s->job, s->attempt, &use, err));
	return rc;
}

void
job_storage_init(struct storing *s)
{
	s->table = (struct job_storage){
		.ctx = s,
		.artifact_begin = begin,
		.artifact_commit = commit,
		.artifact_list = list,
		.artifact_fetch = fetch,
		.cache_find = find_cache,
		.cache_begin = begin_cache,
		.cache_add = add_cache,
		.cache_tell = tell_cache,
	};
}
