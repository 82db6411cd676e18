/*
 * init_pack.c - pack files of the container, see init_carry.h.
 *
 * A file that cannot be read is said and left out; the others go on. Names in
 * a folder are sorted, so that the same files make the same archive.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init_carry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/tar.h"

#define MAX_DEPTH 100
#define COPY_BYTES (256 * 1024)

/* Folders that the walk is in: links may lead to one of them. */
struct above {
	const struct above *outer;
	dev_t dev;
	ino_t ino;
	int depth;
};

struct pack {
	struct carry *c;
	size_t root;               /* index of the pattern that is walked */
	char path[TAR_PATH_MAX + 1];
	struct tar_entry entry;
	unsigned char buf[COPY_BYTES];
	size_t n_files;
	bool broken;               /* nobody reads any more */
};

static int
put(struct pack *p, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	for (; len > 0; at += n, len -= (size_t)n) {
		n = write(STDOUT_FILENO, at, len);
		if (n == -1 && errno == EINTR)
			n = 0;
		if (n == -1) {
			p->broken = true;
			return -1;
		}
	}
	return 0;
}

static int
put_header(struct pack *p)
{
	unsigned char header[TAR_HEADER_MAX];

	return put(p, header, tar_header(&p->entry, header));
}

/* Exactly as many bytes as the header says, whatever becomes of the file. */
static int
put_content(struct pack *p, int fd)
{
	int64_t left = p->entry.size;
	ssize_t n = 0;

	while (left > 0) {
		size_t want = left < COPY_BYTES ? (size_t)left : COPY_BYTES;

		if (n != -1)
			n = read(fd, p->buf, want);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				init_carry_say("::warning::", "\"%s\" became "
				    "smaller while it was read", p->path);
			n = -1;
			memset(p->buf, 0, want);
		} else {
			want = (size_t)n;
		}
		if (put(p, p->buf, want) == -1)
			return -1;
		left -= (int64_t)want;
	}
	memset(p->buf, 0, TAR_BLOCK);
	return put(p, p->buf, tar_padding(p->entry.size));
}

/* --- is it wanted? ---------------------------------------------------------------- */

static bool
is_out(struct carry *c, const char *path)
{
	bool out = false;

	/* Patterns count in their order: a later one puts in again. */
	for (size_t i = 0; i < c->n; i++)
		if (glob_match(c->patterns[i].text, path))
			out = c->patterns[i].exclude;
	return out;
}

static bool
is_in(struct pack *p, const char *path)
{
	struct carry *c = p->c;
	bool in = false;

	for (size_t i = 0; i < c->n; i++) {
		const struct carry_pattern *one = &c->patterns[i];

		if (one->exclude || !(c->literal ? init_below(one->text, path,
		    &(const char *){ NULL }) : glob_match(one->text, path)))
			continue;
		/* In a tree it belongs to the first that matches. */
		if (c->tree && i < p->root)
			return false;
		c->patterns[i].matched = true;
		in = in || !c->tree || i == p->root;
	}
	return in && !is_out(c, path);
}

/* Its name in the archive; false: it has none. */
static bool
set_name(struct pack *p)
{
	const struct carry *c = p->c;
	const char *root = c->tree ? c->patterns[p->root].root : c->common;
	const char *rest;
	int n;

	if (!init_below(root, p->path, &rest))
		return false;
	if (c->tree)
		n = snprintf(p->entry.path, sizeof(p->entry.path), "%zu%s%s",
		    p->root, *rest != '\0' ? "/" : "", rest);
	else if (*rest == '\0') /* the one file */
		n = snprintf(p->entry.path, sizeof(p->entry.path), "%s",
		    strrchr(p->path, '/') + 1);
	else
		n = snprintf(p->entry.path, sizeof(p->entry.path), "%s",
		    rest);
	return n > 0 && (size_t)n < sizeof(p->entry.path);
}

/* --- the walk ---------------------------------------------------------------------- */

static void
cannot(struct pack *p, const char *what)
{
	init_carry_say("::warning::", "\"%s\" is left out: %s", p->path, what);
}

static int
pack_file(struct pack *p, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC | (p->c->tree ? O_NOFOLLOW : 0)), rc = 0;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		cannot(p, fd == -1 ? strerror(errno) : "it is no plain file");
	} else {
		p->entry.kind = TAR_FILE;
		p->entry.mode = st.st_mode & 0777;
		p->entry.size = st.st_size;
		p->entry.mtime_s = st.st_mtime;
		p->n_files++;
		rc = put_header(p) == 0 ? put_content(p, fd) : -1;
	}
	if (fd != -1)
		close(fd);
	return rc;
}

static int
pack_link(struct pack *p, int dir, const char *name)
{
	ssize_t n = readlinkat(dir, name, p->entry.target,
	    sizeof(p->entry.target) - 1);

	if (n <= 0) {
		cannot(p, strerror(errno));
		return 0;
	}
	p->entry.target[n] = '\0';
	p->entry.kind = TAR_LINK;
	p->entry.mode = 0777;
	p->entry.size = 0;
	p->entry.mtime_s = 0;
	p->n_files++;
	return put_header(p);
}

static int
pack_folder(struct pack *p, const struct stat *st)
{
	p->entry.kind = TAR_FOLDER;
	p->entry.mode = st->st_mode & 0777;
	p->entry.size = 0;
	p->entry.mtime_s = 0; /* is not kept: equal trees, equal archives */
	return put_header(p);
}

static int
walk(struct pack *p, int fd, const struct above *above);

static int
walk_into(struct pack *p, int dir, const char *name, const struct stat *st,
    const struct above *above)
{
	const struct above here = { above, st->st_dev, st->st_ino,
		above != NULL ? above->depth + 1 : 0 };
	int fd;

	for (const struct above *up = above; up != NULL; up = up->outer)
		if (up->dev == here.dev && up->ino == here.ino)
			return 0; /* a link to where we come from */
	if (here.depth > MAX_DEPTH) {
		cannot(p, "its folders are nested too deeply");
		return 0;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    (p->c->tree ? O_NOFOLLOW : 0));
	if (fd == -1) {
		cannot(p, strerror(errno));
		return 0;
	}
	return walk(p, fd, &here);
}

/* `p->path` is its whole path. */
static int
visit(struct pack *p, int dir, const char *name, const struct above *above)
{
	const char *base = strrchr(p->path, '/');
	struct stat st;
	bool in;

	if (!p->c->hidden && base != NULL && base[1] == '.')
		return 0;
	if (fstatat(dir, name, &st, p->c->tree ? AT_SYMLINK_NOFOLLOW : 0) ==
	    -1) {
		if (errno != ENOENT && errno != ELOOP)
			cannot(p, strerror(errno));
		return 0; /* gone, or a link to nothing */
	}
	in = is_in(p, p->path) && set_name(p);
	if (S_ISDIR(st.st_mode)) {
		if (in && p->c->tree && pack_folder(p, &st) == -1)
			return -1;
		return walk_into(p, dir, name, &st, above);
	}
	if (!in)
		return 0;
	if (S_ISLNK(st.st_mode))
		return pack_link(p, dir, name);
	return S_ISREG(st.st_mode) ? pack_file(p, dir, name) : 0;
}

static int
no_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Takes the descriptor. */
static int
walk(struct pack *p, int fd, const struct above *above)
{
	size_t len = strlen(p->path);
	struct dirent **list = NULL;
	int n = scandirat(fd, ".", &list, no_dots, by_bytes), rc = 0;

	if (n == -1)
		cannot(p, strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		if (rc == 0 && len + 1 + strlen(name) < sizeof(p->path)) {
			p->path[len] = '/';
			strcpy(p->path + len + 1, name);
			rc = visit(p, fd, name, above);
		}
		p->path[len] = '\0';
		free(list[i]);
	}
	free(list);
	close(fd);
	return rc;
}

/* Is it looked through by another one already? */
static bool
is_covered(const struct carry *c, size_t i)
{
	const char *rest;

	for (size_t k = 0; k < c->n; k++)
		if (k != i && !c->patterns[k].exclude &&
		    init_below(c->patterns[k].root, c->patterns[i].root,
		    &rest) && (*rest != '\0' || k < i))
			return true;
	return false;
}

/* ARTF-03: with the place that was looked at. */
static void
say_unmatched(const struct carry *c)
{
	for (size_t i = 0; i < c->n && !c->quiet; i++) {
		const struct carry_pattern *one = &c->patterns[i];

		if (!one->exclude && !one->matched)
			init_carry_say("::warning::", "\"%s\" matches nothing "
			    "(looked for %s)", one->written, one->text);
	}
}

int
init_pack(struct carry *c)
{
	struct pack *p = calloc(1, sizeof(*p));
	int rc = p == NULL ? -1 : 0;

	for (size_t i = 0; i < c->n && rc == 0; i++) {
		const char *root = c->patterns[i].root;

		if (c->patterns[i].exclude ||
		    (!c->tree && is_covered(c, i)))
			continue;
		p->c = c;
		p->root = i;
		strcpy(p->path, root);
		rc = visit(p, AT_FDCWD, root[0] != '\0' ? root : "/", NULL);
	}
	if (rc == 0) {
		memset(p->buf, 0, TAR_END_BYTES);
		rc = put(p, p->buf, TAR_END_BYTES);
	}
	if (rc == 0)
		say_unmatched(c);
	free(p);
	return rc == 0 ? 0 : 1;
}
