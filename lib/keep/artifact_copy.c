/*
 * artifact_copy.c - see artifact_copy.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/artifact_copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/blob/blob.h"
#include "lib/blob/manifest.h"

#define AT_A_TIME 20
/* A service that was down for so long in a row is asked less often. */
#define PAUSE_MS INT64_C(15000)
#define PAUSE_DOUBLES 8

struct copying {
	const struct config *config;
	struct blob_store *remote;
	struct arena a;
	struct str local, name; /* of one file; with "/" at the end */
	size_t local_len, name_len;
	struct manifest manifest;
};

static int
copying_open(struct copying *c, const struct config *config,
    const char *path, struct err *err)
{
	*c = (struct copying){ .config = config, .a = ARENA_INIT(0),
		.local = STR_INIT, .name = STR_INIT };
	layout_public_file(&c->local, config->state_dir, path);
	str_add(&c->name, path);
	c->local_len = c->local.len;
	c->name_len = c->name.len;
	return blob_open_s3(config, &c->remote, err);
}

static void
copying_close(struct copying *c)
{
	blob_close(c->remote);
	arena_release(&c->a);
	str_release(&c->local);
	str_release(&c->name);
}

/* Set both names to those of a file; NULL: the manifest. */
static void
set_file(struct copying *c, const char *file)
{
	str_cut(&c->local, c->local_len);
	str_cut(&c->name, c->name_len);
	str_addf(&c->local, "%s%s", file != NULL ? "/" : "", file != NULL ?
	    file : LAYOUT_MANIFEST);
	str_addf(&c->name, "%s%s", file != NULL ? "/" : "", file != NULL ?
	    file : LAYOUT_MANIFEST);
}

static int
copy(const struct config *config, const char *path, struct err *err)
{
	struct copying c;
	int rc = copying_open(&c, config, path, err);

	set_file(&c, NULL);
	if (rc == 0)
		rc = manifest_load(c.local.s, &c.a, &c.manifest, err);
	for (size_t i = 0; rc == 0 && i < c.manifest.n; i++) {
		set_file(&c, c.manifest.files[i].path);
		rc = blob_put(c.remote, c.name.s, c.local.s, false, err);
	}
	set_file(&c, NULL);
	if (rc == 0)
		rc = blob_put(c.remote, c.name.s, c.local.s, false, err);
	copying_close(&c);
	return rc;
}

static int64_t
pause_ms(int tries)
{
	return PAUSE_MS << (tries < PAUSE_DOUBLES ? tries :
	    PAUSE_DOUBLES);
}

static int
copy_row(struct store *st, const struct config *config,
    const struct artifact_row *row, struct err *err)
{
	struct err e = { 0 };

	if (copy(config, row->path, &e) == 0) {
		log_info("artifact copied", LOG_INT("artifact", row->id));
		return artifact_stored(st, row->id, err);
	}
	if (artifact_not_stored(st, row->id, pause_ms(row->store_tries),
	    err) == -1)
		return -1;
	return err_set(err, e.code, "the copy of artifact %" PRId64 ": %s",
	    row->id, e.text);
}

int
artifact_copy_waiting(struct store *st, const struct config *config,
    struct err *err)
{
	struct artifact_row *rows;
	size_t n = 0;
	int rc = 0;

	if (strcmp(config->artifacts_store, "s3") != 0)
		return 0;
	do {
		struct arena a = ARENA_INIT(0);

		rc = artifact_to_store(st, AT_A_TIME, &a, &rows, &n, err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = copy_row(st, config, &rows[i], err);
		arena_release(&a);
	} while (rc == 0 && n == AT_A_TIME);
	return rc;
}

int
artifact_copy_back(const struct config *config, const char *path,
    struct err *err)
{
	struct str aside = STR_INIT;
	struct copying c;
	int rc = copying_open(&c, config, path, err);

	/* The manifest stands there last, for it says that all is there. */
	layout_public_file(&aside, config->state_dir, path);
	str_add(&aside, "~back.json");
	set_file(&c, NULL);
	if (rc == 0)
		rc = blob_get(c.remote, c.name.s, aside.s, err);
	if (rc == 0)
		rc = manifest_load(aside.s, &c.a, &c.manifest, err);
	for (size_t i = 0; rc == 0 && i < c.manifest.n; i++) {
		set_file(&c, c.manifest.files[i].path);
		rc = blob_get(c.remote, c.name.s, c.local.s, err);
	}
	set_file(&c, NULL);
	if (rc == 0 && rename(aside.s, c.local.s) == -1)
		rc = err_errno(err, "cannot rename \"%s\"", aside.s);
	copying_close(&c);
	str_release(&aside);
	return rc == -1 ? err_wrap(err, "fetching the second copy") : 0;
}

static int
remove_one(void *ctx, const struct blob_info *info)
{
	struct copying *c = ctx;
	const char *rest = info->name + c->name_len;
	struct err ignored = { 0 };

	/* "dist" is the beginning of "dist2", too. */
	if (*rest == '/' || strcmp(rest, LAYOUT_MANIFEST) == 0)
		return blob_remove(c->remote, info->name, &ignored);
	return 0;
}

int
artifact_copy_remove(const struct config *config, const char *path,
    struct err *err)
{
	struct copying c;
	int rc = copying_open(&c, config, path, err);

	if (rc == 0)
		rc = blob_list(c.remote, path, remove_one, &c, err);
	copying_close(&c);
	return rc;
}
