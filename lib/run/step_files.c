/*
 * step_files.c - the files that a step finds in GITHUB_OUTPUT and its kin.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/step_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"

static const struct {
	const char *variable, *name;
} files[STEP_N_FILES] = {
	[STEP_FILE_OUTPUT] = { "GITHUB_OUTPUT", "output" },
	[STEP_FILE_ENV] = { "GITHUB_ENV", "env" },
	[STEP_FILE_PATH] = { "GITHUB_PATH", "path" },
	[STEP_FILE_STATE] = { "GITHUB_STATE", "state" },
	[STEP_FILE_SUMMARY] = { "GITHUB_STEP_SUMMARY", "summary" },
};

/* No earlier step can have put something where nobody knows the name. */
static int
choose_name(struct step_files *f, enum step_file which, struct err *err)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return err_errno(err, "cannot make a name");
	snprintf(f->names[which], sizeof(f->names[which]),
	    "%s-%016" PRIx64, files[which].name, random);
	return 0;
}

/* A process that an earlier step left behind may write to it yet. Where that
 * is so, there is no lease for reading. */
static bool
is_written_by_none(int fd)
{
#ifdef F_SETLEASE
	return fcntl(fd, F_SETLEASE, F_RDLCK) == 0 &&
	    fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
#else
	(void)fd;
	return false;
#endif
}

static bool
is_as_made(int dir, const char *name)
{
	int fd = openat(dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	bool is;

	if (fd == -1)
		return false;
	is = fstat(fd, &st) == 0 && st.st_mode == (S_IFREG | 0666) &&
	    st.st_size == 0 && st.st_nlink == 1 && is_written_by_none(fd);
	close(fd);
	return is;
}

static bool
take_spare(struct step_files *f, int dir, enum step_file which,
    struct step_spares *spares)
{
	const char *name;

	while (spares->n > 0) {
		name = spares->names[--spares->n];
		if (is_as_made(dir, name) &&
		    renameat(dir, name, dir, f->names[which]) == 0)
			return true;
	}
	return false;
}

static int
make(struct step_files *f, int dir, enum step_file which, struct err *err)
{
	int fd, rc;

	fd = openat(dir, f->names[which],
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd == -1)
		return err_errno(err, "cannot make the file \"%s\" of a step",
		    f->names[which]);
	/* The step may be any user; who reaches the folder is decided by its
	 * parent. */
	rc = fchmod(fd, 0666);
	if (rc == -1)
		err_errno(err, "cannot open the file \"%s\" to the step",
		    f->names[which]);
	close(fd);
	return rc;
}

int
step_files_make(struct step_files *f, int dir, struct step_spares *spares,
    struct err *err)
{
	for (int i = 0; i < STEP_N_FILES; i++) {
		enum step_file which = (enum step_file)i;

		f->used[i] = false;
		if (choose_name(f, which, err) == -1 ||
		    (!take_spare(f, dir, which, spares) &&
			make(f, dir, which, err) == -1))
			return -1;
	}
	return 0;
}

void
step_files_leave(const struct step_files *f, struct step_spares *spares)
{
	for (int i = 0; i < STEP_N_FILES && spares->n < STEP_N_FILES; i++)
		if (!f->used[i] && f->names[i][0] != '\0')
			memcpy(spares->names[spares->n++], f->names[i],
			    sizeof(f->names[i]));
}

int
step_file_open_below(int dir, const char *path)
{
	char name[NAME_MAX + 1];
	int at = dir, next = -1, number;
	const char *slash;
	size_t len;

	for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
		len = (size_t)(slash - path);
		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		errno = ENAMETOOLONG;
		if (len < sizeof(name))
			next = openat(at, name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		number = errno;
		if (at != dir)
			close(at);
		errno = number;
		if (next == -1)
			return -1;
		at = next;
		next = -1;
	}
	next = openat(at, path,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	number = errno;
	if (at != dir)
		close(at);
	errno = number;
	return next;
}

/* A plain file below a folder. */
static int
read_below(int dir, const char *path, const char *called, size_t max_bytes,
    struct str *out, struct err *err)
{
	int fd = step_file_open_below(dir, path);
	struct stat st;
	int rc = -1;

	if (fd == -1 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s is not there", called);
	if (fd == -1)
		return err_set(err, ERR_INVALID, "%s cannot be read: %s",
		    called, errno == ELOOP ? "it is a symbolic link" :
		    strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		err_set(err, ERR_INVALID, "%s is no plain file", called);
	else
		rc = file_read_fd(fd, max_bytes, out, err);
	if (rc == -1 && err->code == ERR_TOO_LARGE)
		err_set(err, ERR_TOO_LARGE, "%s is larger than %zu bytes",
		    called, max_bytes);
	close(fd);
	return rc;
}

int
step_file_read(struct step_files *f, int dir, enum step_file which,
    struct str *out, struct err *err)
{
	struct err why = { 0 };
	int rc;

	rc = read_below(dir, f->names[which], files[which].variable,
	    which == STEP_FILE_SUMMARY ? STEP_SUMMARY_MAX_BYTES :
	    STEP_FILE_MAX_BYTES, out, &why);
	f->used[which] = rc == -1 || out->len > 0;
	if (rc == 0 || why.code == ERR_NOT_FOUND)
		return 0;
	return err_set(err, why.code, "%s", why.text);
}

int
step_file_read_below(int dir, const char *path, size_t max_bytes,
    struct str *out, struct err *err)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	/* A name of the parent would lead out while folders are moved. */
	if (!path_stays_below(path) || strstr(path, "..") != NULL)
		return err_set(err, ERR_INVALID, "\"%s\" is no path below the "
		    "workspace", path);
	return read_below(dir, path, path, max_bytes, out, err);
}
