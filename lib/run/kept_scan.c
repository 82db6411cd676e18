/*
 * kept_scan.c - a workspace before it is kept: its size, and nothing in it
 * that holds a secret.
 *
 * The job is over, and nobody else writes here; but it owned these files and
 * may have made anything of them, so no link is followed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/kept_make.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/run/step_files.h"

#define MAX_DEPTH 100 /* each level holds a descriptor */
#define READ_BYTES 65536
#define TICK_FILES 256
#define CONFIG_MAX_BYTES (1024 * 1024)

static int
scan_folder(struct kept_scan *s, int fd, int depth, struct err *err);

/* Does a file hold a secret? One that cannot be read may. */
static bool
holds_secret(struct kept_scan *s, int dir, const char *name)
{
	char bytes[READ_BYTES];
	struct mask_stream *stream;
	struct str ignored = STR_INIT;
	bool found;
	ssize_t n;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);

	if (fd == -1)
		return true;
	stream = mask_stream_new(s->mask);
	do {
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			mask_write(stream, bytes, (size_t)n, &ignored);
		str_clear(&ignored);
		found = n == -1 || mask_stream_found(stream);
	} while (n > 0 && !found);
	mask_stream_free(stream);
	str_release(&ignored);
	close(fd);
	return found;
}

static bool
text_holds_secret(struct kept_scan *s, const char *text, size_t len)
{
	struct mask_stream *stream = mask_stream_new(s->mask);
	struct str ignored = STR_INIT;
	bool found;

	mask_write(stream, text, len, &ignored);
	found = mask_stream_found(stream);
	mask_stream_free(stream);
	str_release(&ignored);
	return found;
}

/* Its name, where it points to, what is in it. */
static bool
is_secret(struct kept_scan *s, int dir, const char *name,
    const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n;

	if (mask_is_empty(s->mask))
		return false;
	if (text_holds_secret(s, name, strlen(name)))
		return true;
	if (S_ISREG(st->st_mode))
		return st->st_size > 0 && holds_secret(s, dir, name);
	if (!S_ISLNK(st->st_mode))
		return false;
	n = readlinkat(dir, name, target, sizeof(target));
	return n <= 0 || text_holds_secret(s, target, (size_t)n);
}

static int
drop(struct kept_scan *s, int dir, const char *name, const struct stat *st,
    struct err *err)
{
	s->n_dropped++;
	if (S_ISDIR(st->st_mode))
		return err_set(err, ERR_UNSUPPORTED, "the name of a folder "
		    "holds a secret");
	return unlinkat(dir, name, 0) == 0 ? 0 :
	    err_errno(err, "cannot remove \"%s\"", name);
}

static int
scan_entry(struct kept_scan *s, int dir, const char *name, int depth,
    struct err *err)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return err_errno(err, "cannot look at \"%s\"", name);
	if (++s->n_files % TICK_FILES == 0 && s->tick != NULL)
		s->tick(s->ctx);
	s->bytes += (int64_t)st.st_blocks * 512;
	if (s->bytes > s->max_bytes)
		return err_set(err, ERR_TOO_LARGE, "it has more than "
		    "\"keep-failed-max-bytes\" allows");
	if (is_secret(s, dir, name, &st))
		return drop(s, dir, name, &st, err);
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (depth == MAX_DEPTH)
		return err_set(err, ERR_TOO_LARGE, "its folders are too deep");
	fd = openat(dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd == -1 ? err_errno(err, "cannot open \"%s\"", name) :
	    scan_folder(s, fd, depth + 1, err);
}

/* Takes the descriptor. */
static int
scan_folder(struct kept_scan *s, int fd, int depth, struct err *err)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL) {
		err_errno(err, "cannot read a folder");
		close(fd);
		return -1;
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = scan_entry(s, dirfd(dir), entry->d_name, depth,
			    err);
	closedir(dir);
	return rc;
}

/* --- credentials of git ------------------------------------------------------- */

/* A header for the forge, a helper, a name and password in an address. */
static bool
is_credential(const char *line, size_t len)
{
	const char *at = memchr(line, '@', len);
	size_t blanks = strspn(line, " \t");

	if (blanks < len && (strncasecmp(line + blanks, "extraheader", 11) ==
	    0 || strncasecmp(line + blanks, "helper", 6) == 0))
		return true;
	return at != NULL && memmem(line, (size_t)(at - line), "://", 3) !=
	    NULL;
}

/* Append what is none; were there any? */
static bool
without_credentials(const struct str *text, struct str *out)
{
	for (const char *line = text->s; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		len += line[len] == '\n';
		if (!is_credential(line, len))
			str_add_len(out, line, len);
		line += len;
	}
	return out->len != text->len;
}

/* Put another one in its place; NULL: none. */
static int
replace_config(int git, const struct str *text, struct err *err)
{
	int fd, rc = 0;

	if (unlinkat(git, "config", 0) == -1)
		return err_errno(err, "cannot remove \".git/config\"");
	if (text == NULL)
		return 0;
	fd = openat(git, "config", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd == -1)
		return err_errno(err, "cannot write \".git/config\"");
	rc = file_write_fd(fd, text->s, text->len, err);
	close(fd);
	return rc;
}

/* One that cannot be read is removed whole. */
static int
clean_git(struct kept_scan *s, int workspace, struct err *err)
{
	struct str text = STR_INIT, kept = STR_INIT;
	struct err why = { 0 };
	bool read;
	int git = step_file_open_below(workspace, ".git"), rc = 0;

	if (git == -1)
		return 0;
	read = step_file_read_below(git, "config", CONFIG_MAX_BYTES, &text,
	    &why) == 0;
	if (read ? without_credentials(&text, &kept) :
	    why.code != ERR_NOT_FOUND) {
		s->n_dropped++;
		rc = replace_config(git, read ? &kept : NULL, err);
	}
	close(git);
	str_release(&text);
	str_release(&kept);
	return rc;
}

int
kept_scan(struct kept_scan *s, const char *workspace, struct err *err)
{
	int fd = open(workspace, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);

	if (fd == -1)
		return err_errno(err, "cannot open \"%s\"", workspace);
	if (clean_git(s, fd, err) == -1) {
		close(fd);
		return -1;
	}
	return scan_folder(s, fd, 0, err);
}
