/*
 * init_unpack.c - unpack an archive in the container, see init_carry.h.
 *
 * Each name begins with the number of a pattern and goes below what stands
 * before that pattern's first wildcard, through no link: what an archive made
 * cannot lead what follows elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init_carry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/tar.h"

#define COPY_BYTES (256 * 1024)

struct unpack {
	struct carry *c;
	struct tar_entry entry;
	unsigned char buf[COPY_BYTES];
};

static int
fill(void *ctx, void *buf, size_t len)
{
	size_t got = 0;
	ssize_t n;

	(void)ctx;
	while (got < len) {
		n = read(STDOUT_FILENO, (char *)buf + got, len - got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0 && got == 0)
			return 0;
		if (n <= 0) {
			errno = n == 0 ? EPROTO : errno;
			return -1;
		}
		got += (size_t)n;
	}
	return 1;
}

/* mkdir -p; what is there already may be links: it is the job's own. */
static int
make_root(const char *root)
{
	char path[GLOB_MAX_BYTES + 2];

	snprintf(path, sizeof(path), "%s/", root);
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) == -1 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return 0;
}

/* The folder that an entry goes to, and its name there. */
static int
open_parent(const char *root, const char *rest, const char **name)
{
	char part[NAME_MAX + 1];
	const char *slash;
	int at, next;

	if (make_root(root) == -1)
		return -1;
	at = open(root[0] != '\0' ? root : "/",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (; at != -1 && (slash = strchr(rest, '/')) != NULL;
	    rest = slash + 1) {
		size_t len = (size_t)(slash - rest);

		next = -1;
		errno = ENAMETOOLONG;
		if (len < sizeof(part)) {
			memcpy(part, rest, len);
			part[len] = '\0';
			if (mkdirat(at, part, 0755) == 0 || errno == EEXIST)
				next = openat(at, part, O_RDONLY |
				    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		len = (size_t)errno;
		close(at);
		errno = (int)len;
		at = next;
	}
	*name = rest;
	return at;
}

static int
write_all(int fd, const unsigned char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		n = write(fd, data, len);
		if (n == -1 && errno == EINTR)
			n = 0;
		if (n == -1)
			return -1;
	}
	return 0;
}

/* 0; -1 with errno when the file cannot be written; -2 when the archive ends
 * early. */
static int
take_content(struct unpack *u, int fd)
{
	int64_t left = u->entry.size;
	size_t pad = tar_padding(left);
	int rc = 0, number = 0;

	while (left > 0) {
		size_t want = left < COPY_BYTES ? (size_t)left : COPY_BYTES;

		if (fill(NULL, u->buf, want) != 1)
			return -2;
		if (rc == 0 && write_all(fd, u->buf, want) == -1) {
			rc = -1;
			number = errno;
			break;
		}
		left -= (int64_t)want;
	}
	if (rc == 0 && pad > 0 && fill(NULL, u->buf, pad) != 1)
		return -2;
	errno = number;
	return rc;
}

static int
unpack_file(struct unpack *u, int dir, const char *name)
{
	const struct timespec times[2] = { { 0, UTIME_NOW },
		{ (time_t)u->entry.mtime_s, 0 } };
	int fd, rc, number;

	if (unlinkat(dir, name, 0) == -1 && errno != ENOENT)
		return -1;
	fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return -1;
	rc = take_content(u, fd);
	if (rc == 0 && (fchmod(fd, u->entry.mode) == -1 ||
	    futimens(fd, times) == -1))
		rc = -1;
	number = errno;
	if (close(fd) == -1 && rc == 0)
		return -1;
	errno = number;
	return rc;
}

static int
unpack_folder(const struct unpack *u, int dir, const char *name)
{
	struct stat st;

	/* Whoever made it goes on to fill it. */
	if (mkdirat(dir, name, u->entry.mode | 0700) == 0)
		return 0;
	if (errno == EEXIST &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode))
		return 0;
	errno = EEXIST;
	return -1;
}

static int
unpack_link(const struct unpack *u, int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == -1 && errno != ENOENT)
		return -1;
	return symlinkat(u->entry.target, dir, name);
}

/* The root of the entry's number; NULL: there is none. */
static const char *
root_of(const struct unpack *u, const char **rest)
{
	const char *path = u->entry.path;
	unsigned long i;
	char *end;

	if (path[0] < '0' || path[0] > '9')
		return NULL;
	i = strtoul(path, &end, 10);
	if (i >= u->c->n || u->c->patterns[i].exclude ||
	    (*end != '/' && *end != '\0'))
		return NULL;
	*rest = *end == '/' ? end + 1 : end;
	return u->c->patterns[i].root;
}

/* A pattern may be the path of the one thing itself. */
static int
unpack_entry(struct unpack *u)
{
	char above[GLOB_MAX_BYTES + 1];
	const char *rest, *name, *root = root_of(u, &rest);
	int dir, rc = -1, number;

	if (root == NULL) {
		errno = EPROTO;
		return -1;
	}
	if (*rest == '\0') {
		if (root[0] == '\0')
			return 0; /* "/" */
		snprintf(above, sizeof(above), "%s", root);
		*strrchr(above, '/') = '\0';
		rest = strrchr(root, '/') + 1;
		root = above;
	}
	dir = open_parent(root, rest, &name);
	if (dir == -1)
		return -1;
	switch (u->entry.kind) {
	case TAR_FILE:
		rc = unpack_file(u, dir, name);
		break;
	case TAR_FOLDER:
		rc = unpack_folder(u, dir, name);
		break;
	case TAR_LINK:
		rc = unpack_link(u, dir, name);
		break;
	}
	number = errno;
	close(dir);
	errno = number;
	return rc;
}

int
init_unpack(struct carry *c)
{
	struct unpack *u = calloc(1, sizeof(*u));
	const char *rest, *root;
	int rc = u == NULL ? -1 : 1;

	while (rc == 1) {
		u->c = c;
		rc = tar_next(fill, NULL, &u->entry);
		if (rc == -1)
			init_carry_say("::error::", "the archive is "
			    "malformed, or ends too early");
		if (rc != 1)
			break;
		rc = unpack_entry(u) == 0 ? 1 : -1;
		root = rc == -1 ? root_of(u, &rest) : NULL;
		if (rc == -1)
			init_carry_say("::error::", "\"%s%s%s\" cannot be "
			    "written: %s", root != NULL ? root : "",
			    root != NULL ? "/" : "", root != NULL ? rest :
			    u->entry.path, strerror(errno));
	}
	free(u);
	return rc == 0 ? 0 : 1;
}
