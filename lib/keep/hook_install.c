/*
 * hook_install.c - putting a program of the administrator into the folder of
 * hooks, and taking one away.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/hook_folder.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"

static int
check_name(const char *name, size_t len, struct err *err)
{
	struct str all = STR_INIT;
	int rc = 0;

	for (size_t i = 0; hook_names[i] != NULL; i++) {
		if (strlen(hook_names[i]) == len &&
		    strncmp(hook_names[i], name, len) == 0)
			goto out;
		str_addf(&all, "%s%s", i > 0 ? ", " : "", hook_names[i]);
	}
	rc = err_set(err, ERR_INVALID, "\"%.*s\" is not when hooks are run; "
	    "there are %s", (int)(len < 100 ? len : 100), name, all.s);
out:
	str_release(&all);
	return rc;
}

/* The name that a file has in the folder: it would not be read there under
 * any. */
static int
check_file(const char *base, struct err *err)
{
	if (*base == '\0' || *base == '.' || str_ends_with(base, ".if") ||
	    str_ends_with(base, "~") || strlen(base) > 200)
		return err_set(err, ERR_INVALID, "a hook's file cannot be "
		    "called \"%.200s\": it must not begin with \".\" nor end "
		    "in \".if\" or \"~\"", base);
	return 0;
}

static int
remove_file(const char *path, struct err *err)
{
	if (unlink(path) == -1 && errno != ENOENT)
		return err_errno(err, "cannot remove \"%s\"", path);
	return 0;
}

/* The condition goes first: the program is never run without it. */
static int
put_files(const char *path, const struct str *program, const char *condition,
    struct arena *a, struct err *err)
{
	const char *beside = arena_printf(a, "%s.if", path);

	if (condition == NULL) {
		if (file_replace(path, program->s, program->len, 0755, true,
			err) == -1)
			return -1;
		return remove_file(beside, err);
	}
	if (file_replace(beside, condition, strlen(condition), 0644, true,
		err) == -1)
		return -1;
	return file_replace(path, program->s, program->len, 0755, true, err);
}

int
hook_install(const char *folder, const char *name, const char *file,
    const char *condition, struct arena *a, const char **path,
    struct err *err)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash != NULL ? slash + 1 : file;
	struct str program = STR_INIT;
	int rc = check_name(name, strlen(name), err);

	if (rc == 0)
		rc = check_file(base, err);
	if (rc == 0)
		rc = file_read(file, HOOK_FILE_MAX, &program, err);
	if (rc == 0 && program.len == 0)
		rc = err_set(err, ERR_INVALID, "\"%s\" is empty", file);
	if (rc == 0) {
		*path = arena_printf(a, "%s/%s.d/%s", folder, name, base);
		rc = put_files(*path, &program, condition, a, err);
	}
	str_release(&program);
	/* What is wrong with the folder is said now, not at the first run. */
	return rc == 0 ? hook_check(*path, err) : -1;
}

int
hook_uninstall(const char *folder, const char *which, struct err *err)
{
	const char *dot = strstr(which, ".d/");
	size_t len = dot != NULL ? (size_t)(dot - which) : strlen(which);
	struct str path = STR_INIT;
	int rc = check_name(which, len, err);

	if (rc == 0 && dot != NULL)
		rc = strchr(dot + 3, '/') != NULL ? err_set(err, ERR_INVALID,
		    "\"%.200s\" is no file of hooks", which) :
		    check_file(dot + 3, err);
	if (rc == 0) {
		str_addf(&path, "%s/%s", folder, which);
		if (unlink(path.s) == -1)
			rc = err_errno(err, "cannot remove \"%s\"", path.s);
	}
	if (rc == 0) {
		str_add(&path, ".if");
		rc = remove_file(path.s, err);
	}
	str_release(&path);
	return rc;
}
