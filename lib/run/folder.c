/*
 * folder.c - a copy of a working folder.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/proc.h"

/* Names of one working tree; 64 MB are half a million files. */
#define LIST_MAX_BYTES (64 * 1024 * 1024)
#define LIST_TIMEOUT_MS 300000
#define MAX_DEPTH 256

struct copy {
	const char *from, *to;
	struct stat to_stat; /* to know `to` when it lies in `from` */
};

static int
copy_tree(const struct copy *c, const char *path, int depth,
    struct err *err);

static int
copy_bytes(int in, int out, const char *name, struct err *err)
{
	char buf[65536];
	ssize_t n;

	/* Within the kernel, and shared where the file system can. */
	while ((n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0)
		continue;
	if (n == 0)
		return 0;
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (file_write_fd(out, buf, (size_t)n, err) == -1)
			return err_wrap(err, "copying \"%s\"", name);
	return n == 0 ? 0 : err_errno(err, "cannot read \"%s\"", name);
}

int
folder_copy_file(const char *source, const char *target, mode_t mode,
    struct err *err)
{
	int in, out = -1, rc = -1;

	in = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (in == -1)
		return err_errno(err, "cannot open \"%s\"", source);
	out = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    mode & 0777);
	if (out == -1)
		err_errno(err, "cannot make \"%s\"", target);
	else
		rc = copy_bytes(in, out, source, err);
	if (out != -1 && close(out) == -1 && rc == 0)
		rc = err_errno(err, "cannot write \"%s\"", target);
	close(in);
	return rc;
}

static int
copy_link(const char *source, const char *target, struct err *err)
{
	char where[PATH_MAX];
	ssize_t n = readlink(source, where, sizeof(where) - 1);

	if (n == -1)
		return err_errno(err, "cannot read the link \"%s\"", source);
	where[n] = '\0';
	if (symlink(where, target) == -1)
		return err_errno(err, "cannot make the link \"%s\"", target);
	return 0;
}

static int
make_parent(const char *target, struct err *err)
{
	struct str parent = STR_INIT;
	const char *slash = strrchr(target, '/');
	int rc;

	str_add_len(&parent, target, (size_t)(slash - target));
	rc = file_mkdirs(parent.s, 0755, err);
	str_release(&parent);
	return rc;
}

/* Copy what is at `path` below both folders. */
static int
copy_path(const struct copy *c, const char *path, int depth, struct err *err)
{
	struct str source = STR_INIT, target = STR_INIT;
	struct stat st;
	int rc = 0;

	str_addf(&source, "%s/%s", c->from, path);
	str_addf(&target, "%s/%s", c->to, path);
	if (lstat(source.s, &st) == -1) {
		/* Tracked and deleted: git lists it all the same. */
		rc = errno == ENOENT || errno == ENOTDIR ? 0 :
		    err_errno(err, "cannot look at \"%s\"", source.s);
	} else if (S_ISDIR(st.st_mode)) {
		if (st.st_dev != c->to_stat.st_dev ||
		    st.st_ino != c->to_stat.st_ino)
			rc = copy_tree(c, path, depth + 1, err);
	} else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) {
		rc = make_parent(target.s, err);
		if (rc == 0)
			rc = S_ISREG(st.st_mode) ?
			    folder_copy_file(source.s, target.s, st.st_mode, err) :
			    copy_link(source.s, target.s, err);
	}
	str_release(&source);
	str_release(&target);
	return rc;
}

/* The ".git" of a submodule or of a linked tree is a file that names a folder
 * which is not copied: git would stop at it. */
static bool
is_pointer(int dir, const char *name)
{
	struct stat st;

	return strcmp(name, ".git") == 0 && fstatat(dir, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* Copy the folder `path` ("" is the top) with all that is in it. */
static int
copy_tree(const struct copy *c, const char *path, int depth, struct err *err)
{
	struct str name = STR_INIT;
	struct dirent *entry;
	DIR *dir = NULL;
	int rc = -1;

	if (depth > MAX_DEPTH) {
		err_set(err, ERR_TOO_LARGE, "folders are nested deeper than "
		    "%d at \"%s\"", MAX_DEPTH, path);
		goto out;
	}
	str_addf(&name, "%s/%s", c->to, path);
	if (file_mkdirs(name.s, 0755, err) == -1)
		goto out;
	str_clear(&name);
	str_addf(&name, "%s/%s", c->from, path);
	dir = opendir(name.s);
	if (dir == NULL) {
		err_errno(err, "cannot read the folder \"%s\"", name.s);
		goto out;
	}
	rc = 0;
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    is_pointer(dirfd(dir), entry->d_name))
			continue;
		str_clear(&name);
		str_addf(&name, "%s%s%s", path, *path != '\0' ? "/" : "",
		    entry->d_name);
		rc = copy_path(c, name.s, depth, err);
	}
out:
	if (dir != NULL)
		closedir(dir);
	str_release(&name);
	return rc;
}

/*
 * The names that git gives, each ended by NUL. Returns 1, or 0 when the
 * folder is in no working tree or there is no git here. It is the user's own
 * folder, so git reads the user's own settings, ignores among them; but no
 * setting of the folder may start a program.
 */
static int
list_with_git(const char *from, struct str *names, struct err *err)
{
	const char *const argv[] = { "git", "-c", "core.fsmonitor=false",
		"ls-files", "-z", "--cached", "--others",
		"--exclude-standard", "--deduplicate", NULL };
	struct proc_spec spec = { .argv = argv, .cwd = from,
		.die_with_parent = true };
	struct str diag = STR_INIT;
	struct proc_end end;
	struct err e = { 0 };
	int rc = 1;

	if (proc_run(&spec, NULL, LIST_MAX_BYTES + 1, LIST_TIMEOUT_MS, names,
	    &diag, &end, &e) == -1)
		rc = e.code == ERR_NOT_FOUND ? 0 :
		    err_set(err, e.code, "%s", e.text);
	else if (end.how == PROC_EXITED && end.code == 128 &&
	    strstr(diag.s, "not a git repository") != NULL)
		rc = 0;
	else if (end.how != PROC_EXITED || end.code != 0)
		rc = err_set(err, ERR_INVALID, "git cannot list the files of "
		    "\"%s\": %.300s", from, diag.s);
	else if (names->len > LIST_MAX_BYTES)
		rc = err_set(err, ERR_TOO_LARGE, "too many files in \"%s\"",
		    from);
	str_release(&diag);
	return rc;
}

int
folder_copy(const char *from, const char *to, struct err *err)
{
	struct copy c = { .from = from, .to = to };
	struct str names = STR_INIT;
	int rc;

	if (file_mkdirs(to, 0755, err) == -1)
		return -1;
	if (stat(to, &c.to_stat) == -1)
		return err_errno(err, "cannot look at \"%s\"", to);
	rc = list_with_git(from, &names, err);
	if (rc == 0)
		rc = copy_tree(&c, "", 0, err);
	else if (rc == 1)
		rc = 0;
	for (size_t i = 0; rc == 0 && i < names.len;
	    i += strlen(names.s + i) + 1)
		rc = copy_path(&c, names.s + i, 0, err);
	str_release(&names);
	return rc;
}
