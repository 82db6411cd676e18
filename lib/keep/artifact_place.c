/*
 * artifact_place.c - see artifact_place.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/artifact_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/blob/blob.h"
#include "lib/blob/manifest.h"
#include "lib/run/storage.h"

struct copying {
	struct blob_store *to;
	const char *from;
	struct err *err;
};

static int
copy_one(void *ctx, const struct blob_info *info)
{
	struct copying *c = ctx;
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/%s", c->from, info->name);
	rc = blob_put(c->to, info->name, path.s, true, c->err);
	str_release(&path);
	return rc;
}

/* Onto the file system of `to`, beside it; `from` is empty then. */
static int
bring_over(const char *from, const char *to, struct err *err)
{
	struct blob_store *source = NULL;
	struct copying c = { NULL, from, err };
	int rc = blob_open_folder(from, &source, err);

	if (rc == 0)
		rc = blob_open_folder(to, &c.to, err);
	if (rc == 0)
		rc = blob_list(source, "", copy_one, &c, err);
	blob_close(source);
	blob_close(c.to);
	return rc;
}

static int
put(const char *from, const char *to, struct err *err)
{
	struct str aside = STR_INIT;
	int rc = rename(from, to), number = errno;

	if (rc == -1 && number == EXDEV) {
		str_addf(&aside, "%s~new", to);
		rc = file_remove_tree(aside.s, err);
		if (rc == 0)
			rc = bring_over(from, aside.s, err);
		if (rc == 0)
			rc = put(aside.s, to, err);
	} else if (rc == -1 && (number == EEXIST || number == ENOTEMPTY)) {
		/* Left by a crash before its row, or to be replaced. */
		rc = renameat2(AT_FDCWD, from, AT_FDCWD, to,
		    RENAME_EXCHANGE) == 0 ? file_remove_tree(from, err) :
		    err_errno(err, "cannot put \"%s\" in its place", to);
	} else if (rc == -1) {
		err_errno(err, "cannot put \"%s\" in its place", to);
	}
	str_release(&aside);
	return rc;
}

static int
put_manifest(const char *from, const char *to, struct err *err)
{
	struct str text = STR_INIT;
	int rc = file_read(from, MANIFEST_MAX_BYTES, &text, err);

	if (rc == 0)
		rc = file_replace(to, text.s, text.len, 0644, true, err);
	str_release(&text);
	return rc;
}

int
artifact_place(const char *stage, const char *path, struct err *err)
{
	struct str from = STR_INIT, to = STR_INIT;
	int rc;

	str_add_len(&to, path, (size_t)(strrchr(path, '/') - path));
	rc = file_mkdirs(to.s, 0755, err);
	str_addf(&from, "%s/" ARTIFACT_FILES, stage);
	if (rc == 0)
		rc = put(from.s, path, err);
	str_clear(&from);
	str_clear(&to);
	str_addf(&from, "%s/" ARTIFACT_MANIFEST, stage);
	str_addf(&to, "%s" LAYOUT_MANIFEST, path);
	if (rc == 0)
		rc = put_manifest(from.s, to.s, err);
	str_release(&from);
	str_release(&to);
	return rc;
}

int
artifact_unplace(const char *path, struct err *err)
{
	struct str manifest = STR_INIT;
	int rc = file_remove_tree(path, err);

	str_addf(&manifest, "%s" LAYOUT_MANIFEST, path);
	if (rc == 0 && unlink(manifest.s) == -1 && errno != ENOENT)
		rc = err_errno(err, "cannot remove \"%s\"", manifest.s);
	str_release(&manifest);
	return rc;
}
