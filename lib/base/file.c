/*
 * file.c - whole reads with a bound, whole writes by rename.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
file_read_fd(int fd, size_t max_bytes, struct str *out, struct err *err)
{
	size_t start = out->len;
	ssize_t n;

	for (;;) {
		str_reserve(out, 16384);
		n = read(fd, out->s + out->len, out->cap - out->len - 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "cannot read");
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		out->s[out->len] = '\0';
		if (out->len - start > max_bytes)
			return err_set(err, ERR_TOO_LARGE,
			    "more than the %zu bytes allowed", max_bytes);
	}
}

int
file_read(const char *path, size_t max_bytes, struct str *out,
    struct err *err)
{
	int fd, rc;

	if (strcmp(path, "-") == 0) {
		rc = file_read_fd(STDIN_FILENO, max_bytes, out, err);
		return rc == -1 ? err_wrap(err, "standard input") : 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_errno(err, "cannot open \"%s\"", path);
	rc = file_read_fd(fd, max_bytes, out, err);
	close(fd);
	return rc == -1 ? err_wrap(err, "\"%s\"", path) : 0;
}

int
file_write_fd(int fd, const char *data, size_t len, struct err *err)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "cannot write");
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	struct str part = STR_INIT;
	int rc = 0;

	for (const char *p = path; rc == 0; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		str_clear(&part);
		str_add_len(&part, path, (size_t)(p - path));
		if (part.len > 0 && mkdir(part.s, mode) == -1 &&
		    errno != EEXIST)
			rc = err_errno(err, "cannot make the folder \"%s\"",
			    part.s);
		if (*p == '\0')
			break;
	}
	str_release(&part);
	return rc;
}

static int
make_parent(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct str parent = STR_INIT;
	int rc = 0;

	if (slash != NULL && slash != path) {
		str_add_len(&parent, path, (size_t)(slash - path));
		rc = file_mkdirs(parent.s, 0755, err);
	}
	str_release(&parent);
	return rc;
}

/* Open a new file beside `path`; its name goes to `temporary`. */
static int
open_beside(const char *path, mode_t mode, struct str *temporary,
    struct err *err)
{
	static unsigned counter;
	const char *slash = strrchr(path, '/');
	size_t dir = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	int fd;

	str_add_len(temporary, path, dir);
	str_addf(temporary, ".tmp-%ld-%u", (long)getpid(), counter++);
	fd = open(temporary->s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd == -1 && errno == EEXIST && unlink(temporary->s) == 0)
		fd = open(temporary->s, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC, mode);
	if (fd == -1)
		return err_errno(err, "cannot write \"%s\"", temporary->s);
	return fd;
}

/* A rename survives a loss of power only when the folder was synced. */
static int
sync_parent(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct str parent = STR_INIT;
	int fd, rc = 0;

	if (slash == NULL)
		str_add(&parent, ".");
	else
		str_add_len(&parent, path, (size_t)(slash - path) + 1);
	fd = open(parent.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || fsync(fd) == -1)
		rc = err_errno(err, "cannot sync \"%s\"", parent.s);
	if (fd != -1)
		close(fd);
	str_release(&parent);
	return rc;
}

int
file_replace(const char *path, const char *data, size_t len, mode_t mode,
    bool durable, struct err *err)
{
	struct str temporary = STR_INIT;
	int fd = -1, rc = -1;

	if (make_parent(path, err) == -1)
		goto out;
	fd = open_beside(path, mode, &temporary, err);
	if (fd == -1)
		goto out;
	/* The mode asked for, whatever the umask is. */
	if (fchmod(fd, mode) == -1) {
		err_errno(err, "cannot set the mode of \"%s\"", path);
		goto out;
	}
	if (file_write_fd(fd, data, len, err) == -1) {
		err_wrap(err, "\"%s\"", path);
		goto out;
	}
	if (durable && fsync(fd) == -1) {
		err_errno(err, "cannot sync \"%s\"", path);
		goto out;
	}
	if (rename(temporary.s, path) == -1) {
		err_errno(err, "cannot replace \"%s\"", path);
		goto out;
	}
	str_clear(&temporary);
	rc = durable ? sync_parent(path, err) : 0;
out:
	if (fd != -1)
		close(fd);
	if (temporary.len > 0)
		unlink(temporary.s);
	str_release(&temporary);
	return rc;
}

int
file_set_flags(int fd, bool nonblock, struct err *err)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return err_errno(err, "cannot set descriptor flags");
	flags = nonblock ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	if (fcntl(fd, F_SETFL, flags) == -1)
		return err_errno(err, "cannot set descriptor flags");
	return 0;
}
