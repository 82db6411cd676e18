/*
 * packed.c - finished files that are kept compressed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define CHUNK_BYTES 65536

struct packed {
	gzFile file;
};

/* Where the compressed file is written aside: ".tmp-PID-NAME.gz". */
static void
aside(const char *path, struct str *out)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;

	str_add_len(out, path, folder);
	str_addf(out, ".tmp-%ld-%s.gz", (long)getpid(), path + folder);
}

static int
bad(gzFile gz, const char *path, struct err *err)
{
	int number;
	const char *text = gzerror(gz, &number);

	if (number == Z_ERRNO)
		return err_errno(err, "compressing \"%s\"", path);
	return err_set(err, ERR_IO, "compressing \"%s\": %s", path, text);
}

static int
compress_fd(int in, gzFile gz, const char *path, struct err *err)
{
	char buf[CHUNK_BYTES];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "reading \"%s\"", path);
		if (gzwrite(gz, buf, (unsigned)n) != (int)n)
			return bad(gz, path, err);
	}
	return 0;
}

/* `out` is closed in any case. */
static int
compress_file(int in, int out, const struct stat *st, const char *path,
    struct err *err)
{
	const struct timespec times[2] = { st->st_mtim, st->st_mtim };
	int copy = fcntl(out, F_DUPFD_CLOEXEC, 3);
	gzFile gz = copy != -1 ? gzdopen(copy, "wb") : NULL;
	int rc = -1;

	if (gz == NULL) {
		err_set(err, ERR_IO, "cannot begin to compress \"%s\"", path);
		if (copy != -1)
			close(copy);
		goto out;
	}
	rc = compress_fd(in, gz, path, err);
	if (gzclose(gz) != Z_OK && rc == 0)
		rc = err_set(err, ERR_IO, "compressing \"%s\" failed at its "
		    "end", path);
	if (rc == 0 && (futimens(out, times) == -1 || fsync(out) == -1))
		rc = err_errno(err, "cannot keep \"%s\"", path);
out:
	close(out);
	return rc;
}

int
packed_write(const char *path, struct err *err)
{
	struct str tmp = STR_INIT, to = STR_INIT;
	struct stat st;
	int in, out, rc = -1;

	aside(path, &tmp);
	str_addf(&to, "%s.gz", path);
	in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in == -1 || fstat(in, &st) == -1) {
		err_errno(err, "cannot open \"%s\"", path);
		goto out;
	}
	out = open(tmp.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, st.st_mode & 0777);
	if (out == -1) {
		err_errno(err, "cannot write \"%s\"", tmp.s);
		goto out;
	}
	rc = compress_file(in, out, &st, path, err);
	if (rc == 0 && (rename(tmp.s, to.s) == -1 || unlink(path) == -1))
		rc = err_errno(err, "cannot exchange \"%s\"", path);
	if (rc == -1)
		unlink(tmp.s);
out:
	if (in != -1)
		close(in);
	str_release(&tmp);
	str_release(&to);
	return rc;
}

int
packed_open(const char *path, struct packed **out, struct err *err)
{
	struct str packed = STR_INIT;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	gzFile file = NULL;

	str_addf(&packed, "%s.gz", path);
	if (fd == -1 && errno == ENOENT)
		fd = open(packed.s, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	str_release(&packed);
	if (fd == -1)
		return err_errno(err, "opening %s", path);
	file = gzdopen(fd, "rb");
	if (file == NULL) {
		close(fd);
		return err_set(err, ERR_IO, "cannot read %s", path);
	}
	*out = mem_calloc(1, sizeof(**out));
	(*out)->file = file;
	return 0;
}

ssize_t
packed_read(struct packed *p, char *buf, size_t size, struct err *err)
{
	int n = gzread(p->file, buf, size < INT_MAX ? (unsigned)size :
	    INT_MAX), number;

	if (n == -1)
		return err_set(err, ERR_IO, "a compressed file cannot be "
		    "read: %s", gzerror(p->file, &number));
	return n;
}

void
packed_close(struct packed *p)
{
	if (p == NULL)
		return;
	gzclose_r(p->file);
	free(p);
}
