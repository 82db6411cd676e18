/*
 * hook_folder.c - see hook_folder.h. Hooks are files NAME and NAME.d/ANY; with
 * a file of the same name and ".if" beside one, that is its condition.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/hook_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"

struct reading {
	struct arena *a;
	struct hook *hooks;
	size_t n;
	hook_refused_fn *refused;
	void *ctx;
};

static int
check_owner(const char *path, const struct stat *sb, struct err *err)
{
	if (sb->st_uid != 0 && sb->st_uid != geteuid())
		return err_set(err, ERR_DENIED, "\"%s\" belongs neither to "
		    "root nor to the user of Pawl: chown root it", path);
	if ((sb->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(err, ERR_DENIED, "others may write \"%s\": "
		    "chmod go-w it", path);
	return 0;
}

int
hook_check(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct str folder = STR_INIT;
	struct stat sb;
	int rc;

	str_add_len(&folder, path, slash != NULL ? (size_t)(slash - path) : 0);
	if (stat(folder.len > 0 ? folder.s : "/", &sb) == -1)
		rc = err_errno(err, "cannot look at \"%s\"", folder.s);
	else
		rc = check_owner(folder.len > 0 ? folder.s : "/", &sb, err);
	str_release(&folder);
	if (rc == -1)
		return -1;
	if (stat(path, &sb) == -1)
		return err_errno(err, "cannot look at \"%s\"", path);
	if (!S_ISREG(sb.st_mode) || access(path, X_OK) == -1)
		return err_set(err, ERR_DENIED, "\"%s\" is no executable "
		    "file: chmod a+x it", path);
	return check_owner(path, &sb, err);
}

/* The text of PATH.if; NULL: there is none. */
static int
read_condition(struct reading *r, const char *path, const char **out,
    struct err *err)
{
	const char *name = arena_printf(r->a, "%s.if", path);
	struct str text = STR_INIT;
	int rc = 0;

	*out = NULL;
	if (access(name, F_OK) == 0) {
		rc = file_read(name, HOOK_CONDITION_MAX, &text, err);
		while (text.len > 0 && (text.s[text.len - 1] == '\n' ||
		    text.s[text.len - 1] == ' '))
			str_cut(&text, text.len - 1);
		if (rc == 0)
			*out = arena_strdup(r->a, text.len > 0 ? text.s : "");
	}
	str_release(&text);
	return rc;
}

static void
add_file(struct reading *r, const char *name, const char *path)
{
	struct err err = { 0 };
	struct hook *h;
	const char *condition;

	if (r->n == HOOKS_MAX)
		err_set(&err, ERR_TOO_LARGE, "there are more than %d hooks",
		    HOOKS_MAX);
	if (err.code != ERR_NONE || hook_check(path, &err) == -1 ||
	    read_condition(r, path, &condition, &err) == -1) {
		r->refused(r->ctx, path, &err);
		return;
	}
	h = arena_push(r->a, &r->hooks, &r->n, sizeof(*h));
	*h = (struct hook){ arena_strdup(r->a, path), name, condition };
}

static void
add_folder(struct reading *r, const char *name, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' && !str_ends_with(e->d_name, ".if") &&
		    !str_ends_with(e->d_name, "~"))
			add_file(r, name, arena_printf(r->a, "%s/%s", path,
			    e->d_name));
	if (dir != NULL)
		closedir(dir);
}

static int
by_path(const void *a, const void *b)
{
	const struct hook *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void
hook_folder_read(const char *folder, struct arena *a, struct hook **out,
    size_t *n, hook_refused_fn *refused, void *ctx)
{
	struct reading r = { .a = a, .refused = refused, .ctx = ctx };

	if (access(folder, F_OK) == 0)
		for (size_t i = 0; hook_names[i] != NULL; i++) {
			const char *path = arena_printf(a, "%s/%s", folder,
			    hook_names[i]);

			if (access(path, F_OK) == 0)
				add_file(&r, hook_names[i], path);
			add_folder(&r, hook_names[i], arena_printf(a, "%s.d",
			    path));
		}
	if (r.n > 0)
		qsort(r.hooks, r.n, sizeof(*r.hooks), by_path);
	*out = r.hooks;
	*n = r.n;
}
