/*
 * copy.c - one file from another.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define CHUNK (256 * 1024)

void
blob_temporary(struct str *out, const char *file)
{
	const char *slash = strrchr(file, '/');
	int folder = slash != NULL ? (int)(slash + 1 - file) : 0;

	str_addf(out, "%.*s.tmp-%ld-%.100s", folder, file, (long)getpid(),
	    file + folder);
}

static int
copy_bytes(int from, int to)
{
	char *buf;
	ssize_t n;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	/* In the kernel where it can, else by hand. */
	while ((n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
		continue;
	if (n == 0)
		return 0;
	if (lseek(from, 0, SEEK_SET) == -1 || ftruncate(to, 0) == -1 ||
	    lseek(to, 0, SEEK_SET) == -1)
		return -1;
	buf = mem_realloc(NULL, CHUNK, 1);
	while ((n = read(from, buf, CHUNK)) > 0 || (n == -1 && errno == EINTR))
		if (n > 0 && file_write_fd(to, buf, (size_t)n, NULL) == -1) {
			n = -1;
			break;
		}
	free(buf);
	return n == 0 ? 0 : -1;
}

static int
make_folder(const char *file, struct err *err)
{
	char *copy = mem_strdup(file);
	int rc = file_mkdirs(dirname(copy), 0755, err);

	free(copy);
	return rc;
}

int
blob_copy(const char *from, const char *to, struct err *err)
{
	struct str aside = STR_INIT;
	int in, out = -1, rc = -1;

	blob_temporary(&aside, to);
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in == -1) {
		err_errno(err, "cannot open \"%s\"", from);
		goto out;
	}
	if (make_folder(to, err) == -1)
		goto out;
	out = open(aside.s, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (out == -1 || copy_bytes(in, out) == -1 || fsync(out) == -1 ||
	    rename(aside.s, to) == -1) {
		err_errno(err, "cannot write \"%s\"", to);
		unlink(aside.s);
		goto out;
	}
	rc = 0;
out:
	if (in != -1)
		close(in);
	if (out != -1)
		close(out);
	str_release(&aside);
	return rc;
}
