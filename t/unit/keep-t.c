/*
 * keep-t.c - what artifacts and caches stand on: archives, manifests, answers
 * of S3, scopes, and which entries are found and which go.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/crc32.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/tar.h"
#include "lib/blob/manifest.h"
#include "lib/blob/ops.h"
#include "lib/run/cache.h"
#include "lib/store/artifacts.h"
#include "lib/store/caches.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"
#include "workerd/job_storage.h"

/* --- archives --------------------------------------------------------------- */

struct source {
	const unsigned char *data;
	size_t len, at;
};

static int
fill(void *ctx, void *buf, size_t len)
{
	struct source *s = ctx;

	if (s->at == s->len)
		return 0;
	if (s->len - s->at < len) {
		errno = EPROTO;
		return -1;
	}
	memcpy(buf, s->data + s->at, len);
	s->at += len;
	return 1;
}

static void
test_tar_round(void)
{
	struct tar_entry *in = mem_calloc(2, sizeof(*in)), *out = in + 1;
	unsigned char *archive = mem_calloc(1, 3 * TAR_HEADER_MAX);
	struct source s = { archive, 0, 0 };

	memset(in->path, 'd', 300);
	in->path[150] = '/';
	memset(in->target, 't', 200);
	in->kind = TAR_LINK;
	in->mode = 0777;
	s.len = tar_header(in, archive);
	in->target[0] = '\0';
	in->kind = TAR_FILE;
	in->mode = 0751;
	in->size = INT64_C(10) << 30;
	in->mtime_s = 1234567;
	s.len += tar_header(in, archive + s.len);
	s.len += TAR_END_BYTES;
	ok(tar_next(fill, &s, out) == 1 && out->kind == TAR_LINK &&
	    strlen(out->target) == 200 && strcmp(out->path, in->path) == 0,
	    "a link with long names");
	ok(tar_next(fill, &s, out) == 1 && out->kind == TAR_FILE &&
	    out->size == in->size && out->mode == 0751 &&
	    out->mtime_s == 1234567, "a file of 10 GiB");
	is_int(tar_next(fill, &s, out), 0, "the end");
	is_int(tar_next(fill, &s, out), -1, "nothing is behind it");
	free(archive);
	free(in);
}

static void
test_tar_refuses(void)
{
	static const char *const paths[] = { "/etc/passwd", "..", "a/../b",
		"a//b", ".", "a/.", "", "../a" };
	struct tar_entry *e = mem_calloc(1, sizeof(*e));
	unsigned char *archive = mem_calloc(1, TAR_HEADER_MAX);

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct source s = { archive, TAR_BLOCK, 0 };

		strcpy(e->path, paths[i]);
		e->kind = TAR_FILE;
		tar_header(e, archive);
		ok(tar_next(fill, &s, e) == -1 && errno == EPROTO,
		    "the path \"%s\" is refused", paths[i]);
	}
	for (const char *type = "13467gLKS"; *type != '\0'; type++) {
		struct source s = { archive, TAR_BLOCK, 0 };
		char sum[8];
		unsigned n = 0;

		strcpy(e->path, "a");
		e->kind = TAR_FILE;
		tar_header(e, archive);
		archive[156] = (unsigned char)*type;
		memset(archive + 148, ' ', 8);
		for (size_t i = 0; i < TAR_BLOCK; i++)
			n += archive[i];
		snprintf(sum, sizeof(sum), "%06o", n);
		memcpy(archive + 148, sum, 7);
		ok(tar_next(fill, &s, e) == -1 && errno == EPROTO,
		    "an entry of type %c is refused", *type);
	}
	free(archive);
	free(e);
}

/* --- manifests ---------------------------------------------------------------- */

static void
test_manifest(void)
{
	static const char *const hostile[] = { "..%2Fx", "%2Fetc", "a/../../b",
		"a%00b", "" };
	const struct manifest_file f = { "a b/\xff\"&.txt", 5, 0755,
		0xdeadbeef, "0000000000000000000000000000000000000000000000000"
		"000000000000000" };
	struct str text = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct manifest m;

	manifest_begin(&text, "dist");
	manifest_add(&text, &f);
	manifest_end(&text);
	ok(manifest_read(text.s, text.len, &a, &m, &err) == 0 && m.n == 1 &&
	    strcmp(m.files[0].path, f.path) == 0 && m.files[0].mode == 0755 &&
	    m.files[0].crc32 == 0xdeadbeef, "any bytes of a name come back");
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		str_clear(&text);
		str_addf(&text, "{\"version\":1,\"name\":\"x\",\"files\":[{"
		    "\"address\":\"%s\",\"size\":1,\"mode\":\"0644\","
		    "\"sha256\":\"%s\",\"crc32\":\"0\"}]}", hostile[i],
		    f.sha256);
		is_int(manifest_read(text.s, text.len, &a, &m, &err), -1,
		    "the address \"%s\" is refused", hostile[i]);
		err_clear(&err);
	}
	is_int(crc32_add(crc32_add(0, "12345", 5), "6789", 4), 0xcbf43926,
	    "the checksum of zip");
	str_release(&text);
	arena_release(&a);
}

/* --- answers of S3 -------------------------------------------------------------- */

static int
add_name(void *ctx, const struct blob_info *info)
{
	str_addf(ctx, "%s=%" PRId64 ";", info->name, info->size);
	return 0;
}

static void
test_s3(void)
{
	static const char list[] = "<?xml version='1.0'?><ListBucketResult "
	    "xmlns='x'><NextContinuationToken>a&amp;b</NextContinuationToken>"
	    "<Contents><Key>a%20b/%C3%A9+c</Key><Size>7</Size></Contents>"
	    "<Contents><Size>0</Size><Key>z</Key></Contents>"
	    "</ListBucketResult>";
	struct str names = STR_INIT, token = STR_INIT;
	struct err err = { 0 };

	is_int(blob_s3_list(list, add_name, &names, &token, &err), 0,
	    "a list");
	is_str(names.s, "a b/\xc3\xa9 c=7;z=0;", "its names and sizes");
	is_str(token.s, "a&b", "where it goes on");
	ok(blob_s3_list("<html>", add_name, &names, &token, &err) == -1,
	    "something else is no list");
	ok(blob_s3_list("<ListBucketResult><Contents><Key>x</Key>"
	    "</Contents>", add_name, &names, &token, &err) == -1,
	    "a file without a size is none");
	str_clear(&names);
	blob_s3_problem("<Error><Code>No</Code><Message>a &lt; b</Message>",
	    &names);
	is_str(names.s, "No: a < b", "what was wrong");
	str_release(&names);
	str_release(&token);
}

/* --- caches ---------------------------------------------------------------------- */

static struct expr_object *
github(struct arena *a, const char *ref, const char *base)
{
	struct expr_object *o = expr_object_new(a), *event =
	    expr_object_new(a), *repository = expr_object_new(a);

	expr_object_add(repository, "default_branch", expr_string("main"));
	expr_object_add(event, "repository", expr_from_object(repository));
	expr_object_add(o, "event", expr_from_object(event));
	expr_object_add(o, "ref", expr_string(ref));
	expr_object_add(o, "base_ref", expr_string(base));
	return o;
}

static void
scopes_are(const char *ref, const char *base, const char *want)
{
	const char *scopes[CACHE_MAX_SCOPES];
	struct arena a = ARENA_INIT(0);
	struct str got = STR_INIT;
	size_t n = cache_scopes(github(&a, ref, base), &a, scopes);

	for (size_t i = 0; i < n; i++)
		str_addf(&got, "%s%s", i > 0 ? " " : "", scopes[i]);
	is_str(got.s, want, "scopes of %s into \"%s\"", ref, base);
	str_release(&got);
	arena_release(&a);
}

static struct store *st;
static int64_t repo;

static void
add(const char *scope, const char *key, int64_t bytes, int want)
{
	const struct cache_row row = { .scope = scope, .version = "v",
		.key = key, .digest = key, .bytes = bytes };
	struct err err = { 0 };

	is_int(cache_add(st, repo, &row, &err), want, "save %s in %s", key,
	    scope);
}

static void
find_is(const char *const *scopes, size_t n_scopes, const char *const *keys,
    size_t n_keys, const char *want)
{
	const struct cache_lookup l = { .repo = repo, .version = "v",
		.scopes = scopes, .keys = keys, .n_scopes = n_scopes,
		.n_keys = n_keys };
	struct arena a = ARENA_INIT(0);
	struct cache_row row = { .key = "", .scope = "" };
	struct err err = { 0 };
	struct str got = STR_INIT;

	if (cache_find(st, &l, &a, &row, &err) == 1)
		str_addf(&got, "%s %s", row.scope, row.key);
	is_str(got.s, want, "look for %s from %s", keys[0], scopes[0]);
	str_release(&got);
	arena_release(&a);
}

#define FIND(want, scopes, ...) \
	find_is(scopes, ARRAY_LEN(scopes), (const char *const[]){ \
	    __VA_ARGS__ }, ARRAY_LEN(((const char *const[]){ \
	    __VA_ARGS__ })), want)

static void
test_caches(void)
{
	static const char *const own[] = { "f", "main" };
	static const char *const other[] = { "g", "main" };
	const char *path;
	struct err err = { 0 };

	st = fixture_store(&path);
	repo = fixture_repo(st, "r");
	add("main", "npm-1", 10, 1);
	add("main", "npm-2", 10, 1);
	add("f", "npm-f", 10, 1);
	add("main", "npm-1", 10, 0);
	fixture_sql(path, "UPDATE caches SET created_at_ms = id, "
	    "used_at_ms = id");
	FIND("main npm-1", other, "npm-1");
	FIND("f npm-f", own, "npm-9", "npm-");
	FIND("main npm-2", other, "npm-9", "npm-");
	FIND("main npm-1", own, "npm-1", "x");
	FIND("", other, "go-1", "go-");
	FIND("", other, "npm-f");
	FIND("", other, "%", "_");
	/* npm-2 was used before npm-f, and both before npm-1. */
	fixture_sql(path, "UPDATE caches SET used_at_ms = CASE key WHEN "
	    "'npm-2' THEN 1 WHEN 'npm-f' THEN 2 ELSE 3 END");
	is_int(cache_prune(st, repo, 30, &err), 0, "within the limit");
	is_int(cache_prune(st, repo, 25, &err), 1, "over it, one goes");
	FIND("", other, "npm-2");
	FIND("f npm-f", own, "npm-f");
	is_int(cache_prune(st, 0, 0, &err), 2, "the limit of all");
	is_int(cache_has_file(st, "npm-1", &err), 0, "no file is needed");
	store_close(st);
}

static void
test_paths(void)
{
	struct str path = STR_INIT;

	layout_artifact(&path, &(struct layout_run){ "o", "n", 3, 1 },
	    "a~a2/..", 2);
	is_str(path.s, "artifacts/o/n/3/a~7Ea2~2F..~a2", "no name is a path");
	str_release(&path);
}

/* --- one place, two jobs ----------------------------------------------------- */

static void
stage_file(const char *stage, const char *text)
{
	struct str path = STR_INIT;
	struct err err = { 0 };

	str_addf(&path, "%s/" ARTIFACT_FILES, stage);
	must(file_mkdirs(path.s, 0755, &err));
	str_add(&path, "/f");
	must(file_replace(path.s, text, strlen(text), 0644, false, &err));
	str_clear(&path);
	str_addf(&path, "%s/" ARTIFACT_MANIFEST, stage);
	must(file_replace(path.s, text, strlen(text), 0644, false, &err));
	str_release(&path);
}

/* Both looked when there was none yet. */
static void
test_one_place(void)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *db;
	struct store *own = fixture_store(&db);
	const char *dir = arena_strndup(&a, db, strlen(db) -
	    strlen("/pawl.db"));
	struct config config = { .state_dir = (char *)dir,
		.base_url = (char *)"", .artifacts_store = (char *)"local",
		.artifact_keep_ms = 1000000, .artifact_keep_max_ms = 1000000 };
	int64_t id = fixture_run(own, fixture_repo(own, "r"), 0, "a b");
	struct storing s[2];
	struct artifact one = { .name = "dist" }, other = one;
	struct artifact_limits limits;
	struct str text = STR_INIT;
	struct run run;

	must(run_find_id(own, id, &a, &run, &err));
	for (int i = 0; i < 2; i++) {
		s[i] = (struct storing){ .store = own, .config = &config,
			.run = &run };
		s[i].job = fixture_start(own, &s[i].attempt);
		job_storage_init(&s[i]);
		must(s[i].table.artifact_begin(&s[i], "dist", false, &limits,
		    &err));
		stage_file(arena_printf(&a, "%s/stage%d", dir, i), i == 0 ?
		    "first" : "second");
	}
	must(s[0].table.artifact_commit(&s[0], arena_printf(&a, "%s/stage0",
	    dir), false, &a, &one, &err));
	ok(s[1].table.artifact_commit(&s[1], arena_printf(&a, "%s/stage1",
	    dir), false, &a, &other, &err) == -1 && err.code == ERR_EXISTS,
	    "a job that comes second is refused: %s", err.text);
	must(file_read(arena_printf(&a, "%s/private/artifacts/owner/r/1/dist/f",
	    dir), 100, &text, &err));
	is_str(text.s, "first", "and the files of the first are its own");
	str_release(&text);
	store_close(own);
	arena_release(&a);
}

int
main(void)
{
	test_tar_round();
	test_tar_refuses();
	test_manifest();
	test_s3();
	scopes_are("refs/heads/f", "", "refs/heads/f refs/heads/main");
	scopes_are("refs/heads/main", "", "refs/heads/main");
	scopes_are("refs/pull/3/merge", "release",
	    "refs/pull/3/merge refs/heads/release refs/heads/main");
	scopes_are("refs/tags/v1", "", "refs/tags/v1 refs/heads/main");
	test_caches();
	test_paths();
	test_one_place();
	return tap_done();
}
