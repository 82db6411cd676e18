/*
 * folder.c - files under names in a folder.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define MAX_DEPTH 32

struct folder {
	struct blob_store store;
	struct str root;
};

static struct str
path_of(struct blob_store *s, const char *name)
{
	const struct folder *f = (const struct folder *)s;
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", f->root.s, name);
	return path;
}

static int
folder_put(struct blob_store *s, const char *name, const char *file,
    bool take, struct err *err)
{
	struct str path = path_of(s, name);
	int rc;

	rc = -1;
	if (take) {
		char *slash = strrchr(path.s, '/');

		*slash = '\0';
		rc = file_mkdirs(path.s, 0755, err);
		*slash = '/';
		if (rc == 0)
			rc = rename(file, path.s);
	}
	/* Another file system: then it is copied. */
	if (rc == -1) {
		err_clear(err);
		rc = blob_copy(file, path.s, err);
		if (rc == 0 && take)
			unlink(file);
	}
	str_release(&path);
	return rc;
}

static int
folder_get(struct blob_store *s, const char *name, const char *file,
    struct err *err)
{
	struct str path = path_of(s, name);
	int rc = blob_copy(path.s, file, err);

	str_release(&path);
	return rc;
}

static int
folder_stat(struct blob_store *s, const char *name, int64_t *size,
    struct err *err)
{
	struct str path = path_of(s, name);
	struct stat st;
	int rc = 1;

	if (lstat(path.s, &st) == -1)
		rc = errno == ENOENT || errno == ENOTDIR ? 0 :
		    err_errno(err, "cannot look at \"%s\"", path.s);
	else if (!S_ISREG(st.st_mode))
		rc = 0;
	else
		*size = st.st_size;
	str_release(&path);
	return rc;
}

struct listing {
	const char *prefix;
	blob_fn *fn;
	void *ctx;
	struct str path; /* of the folder */
	size_t root;     /* bytes of it that are no name */
	struct err *err;
};

static int
list_folder(struct listing *l, int depth);

static int
list_entry(struct listing *l, const char *name, int depth)
{
	size_t len = l->path.len;
	struct blob_info info;
	struct stat st;
	int rc = 0;

	str_addf(&l->path, "/%s", name);
	info.name = l->path.s + l->root;
	if (lstat(l->path.s, &st) == 0) {
		info.size = st.st_size;
		if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
			rc = list_folder(l, depth + 1);
		else if (S_ISREG(st.st_mode) &&
		    !str_starts_with(name, ".tmp-") &&
		    str_starts_with(info.name, l->prefix))
			rc = l->fn(l->ctx, &info);
	}
	str_cut(&l->path, len);
	return rc;
}

static int
list_folder(struct listing *l, int depth)
{
	DIR *dir = opendir(l->path.s);
	struct dirent *e;
	int rc = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : err_errno(l->err, "cannot read "
		    "\"%s\"", l->path.s);
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			rc = list_entry(l, e->d_name, depth);
	closedir(dir);
	return rc;
}

static int
folder_list(struct blob_store *s, const char *prefix, blob_fn *fn, void *ctx,
    struct err *err)
{
	const struct folder *f = (const struct folder *)s;
	struct listing l = { prefix, fn, ctx, STR_INIT, f->root.len + 1,
		err };
	int rc;

	str_add(&l.path, f->root.s);
	rc = list_folder(&l, 0);
	str_release(&l.path);
	return rc;
}

static int
folder_remove(struct blob_store *s, const char *name, struct err *err)
{
	struct str path = path_of(s, name);
	int rc = unlink(path.s);

	if (rc == -1)
		rc = errno == ENOENT ? 0 : err_errno(err, "cannot remove "
		    "\"%s\"", path.s);
	str_release(&path);
	return rc;
}

static void
folder_close(struct blob_store *s)
{
	struct folder *f = (struct folder *)s;

	str_release(&f->root);
	free(f);
}

static const struct blob_ops folder_ops = {
	.put = folder_put,
	.get = folder_get,
	.stat = folder_stat,
	.list = folder_list,
	.remove = folder_remove,
	.close = folder_close,
};

int
blob_open_folder(const char *path, struct blob_store **out, struct err *err)
{
	struct folder *f;

	if (file_mkdirs(path, 0700, err) == -1)
		return -1;
	f = mem_calloc(1, sizeof(*f));
	f->store.ops = &folder_ops;
	str_init(&f->root);
	str_add(&f->root, path);
	*out = &f->store;
	return 0;
}
