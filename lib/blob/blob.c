/*
 * blob.c - names are checked here, once for all backends.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/ops.h"

#include <string.h>

#include "lib/base/tar.h"

static int
check(const char *name, struct err *err)
{
	if (strlen(name) <= BLOB_NAME_MAX_BYTES && tar_path_is_safe(name))
		return 0;
	return err_set(err, ERR_INVALID, "\"%.200s\" is no name of a stored "
	    "file", name);
}

void
blob_close(struct blob_store *s)
{
	if (s != NULL)
		s->ops->close(s);
}

int
blob_put(struct blob_store *s, const char *name, const char *file, bool take,
    struct err *err)
{
	return check(name, err) == -1 ? -1 : s->ops->put(s, name, file, take,
	    err);
}

int
blob_get(struct blob_store *s, const char *name, const char *file,
    struct err *err)
{
	return check(name, err) == -1 ? -1 : s->ops->get(s, name, file, err);
}

int
blob_stat(struct blob_store *s, const char *name, int64_t *size,
    struct err *err)
{
	return check(name, err) == -1 ? -1 : s->ops->stat(s, name, size, err);
}

int
blob_list(struct blob_store *s, const char *prefix, blob_fn *fn, void *ctx,
    struct err *err)
{
	return s->ops->list(s, prefix, fn, ctx, err);
}

int
blob_remove(struct blob_store *s, const char *name, struct err *err)
{
	return check(name, err) == -1 ? -1 : s->ops->remove(s, name, err);
}
