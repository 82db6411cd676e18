/*
 * hash.c - hashFiles(): one hash of all files of the workspace that match.
 *
 * As on GitHub (docs.github.com, "Evaluate expressions", hashFiles): the
 * SHA-256 of the SHA-256 of each file, in the order of their paths. Patterns
 * are relative to the workspace: "*" and "?" stay in a folder, "**" crosses
 * them, "!" in front takes files out again; a folder means all in it.
 *
 * Steps write the workspace while we read it: the walk goes through opened
 * folders and never through a symbolic link.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/glob.h"

#define MAX_DEPTH 100
#define MAX_FILES 200000
#define READ_BYTES 65536
#define MAX_MS 120000 /* GitHub's */

struct hasher {
	const char *const *patterns;
	size_t n_patterns;
	struct str path;     /* of the folder that is walked, with its "/" */
	struct arena arena;  /* of the list */
	const char **files;
	size_t n_files;
	int64_t until_ms;
	struct err *err;
};

static bool
matches(const struct hasher *h, const char *path)
{
	bool in = false;

	for (size_t i = 0; i < h->n_patterns; i++) {
		const char *p = h->patterns[i];
		bool out = *p == '!';

		p += out;
		while (*p == ' ')
			p++;
		if (str_starts_with(p, ENGINE_WORKSPACE "/"))
			p += strlen(ENGINE_WORKSPACE "/");
		while (str_starts_with(p, "./"))
			p += 2;
		if (*p != '\0' && *p != '#' && glob_match(p, path))
			in = !out;
	}
	return in;
}

static int
walk(struct hasher *h, int fd, int depth);

static int
walk_entry(struct hasher *h, int dir, const char *name, int depth)
{
	size_t len = h->path.len;
	struct stat st;
	int fd, rc = 0;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return 0; /* gone meanwhile */
	if (clock_mono_ms() > h->until_ms)
		return err_set(h->err, ERR_TOO_LARGE, "hashFiles() took more "
		    "than %d s", MAX_MS / 1000);
	str_add(&h->path, name);
	if (S_ISREG(st.st_mode) && matches(h, h->path.s)) {
		if (h->n_files == MAX_FILES)
			rc = err_set(h->err, ERR_TOO_LARGE, "hashFiles() "
			    "matches more than %d files", MAX_FILES);
		else
			*(const char **)arena_push(&h->arena, &h->files,
			    &h->n_files, sizeof(*h->files)) =
			    arena_strdup(&h->arena, h->path.s);
	} else if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH) {
		str_add_char(&h->path, '/');
		fd = openat(dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd != -1)
			rc = walk(h, fd, depth + 1);
	}
	str_cut(&h->path, len);
	return rc;
}

/* Takes the descriptor. */
static int
walk(struct hasher *h, int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int rc = 0;

	if (dir == NULL) {
		close(fd);
		return 0;
	}
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			rc = walk_entry(h, dirfd(dir), e->d_name, depth);
	closedir(dir);
	return rc;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
hash_file(struct hasher *h, int workspace, const char *path,
    unsigned char *out)
{
	/* It may have become anything since the walk. */
	int fd = step_file_open_below(workspace, path);
	crypto_hash_sha256_state state;
	unsigned char buf[READ_BYTES];
	struct stat st;
	ssize_t n = 0;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		if (fd != -1)
			close(fd);
		return err_set(h->err, ERR_INVALID, "hashFiles() cannot read "
		    "\"%s\"", path);
	}
	crypto_hash_sha256_init(&state);
	while (clock_mono_ms() <= h->until_ms &&
	    ((n = read(fd, buf, sizeof(buf))) > 0 ||
		(n == -1 && errno == EINTR)))
		if (n > 0)
			crypto_hash_sha256_update(&state, buf,
			    (unsigned long long)n);
	close(fd);
	crypto_hash_sha256_final(&state, out);
	return n == 0 ? 0 : err_set(h->err, ERR_INVALID, "hashFiles() cannot "
	    "read \"%s\" in time", path);
}

static int
hash_all(struct hasher *h, int workspace, struct arena *a, const char **out)
{
	unsigned char one[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(one) + 1];
	crypto_hash_sha256_state state;

	*out = "";
	if (h->n_files == 0)
		return 0;
	qsort(h->files, h->n_files, sizeof(*h->files), compare);
	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < h->n_files; i++) {
		if (hash_file(h, workspace, h->files[i], one) == -1)
			return -1;
		crypto_hash_sha256_update(&state, one, sizeof(one));
	}
	crypto_hash_sha256_final(&state, one);
	sodium_bin2hex(hex, sizeof(hex), one, sizeof(one));
	*out = arena_strdup(a, hex);
	return 0;
}

int
sight_hash_files(void *ctx, const char *const *patterns, size_t n,
    struct arena *a, const char **hash, struct err *err)
{
	const struct sight *s = ctx;
	struct hasher h = { .patterns = patterns, .n_patterns = n,
		.path = STR_INIT, .arena = ARENA_INIT(0),
		.until_ms = clock_mono_ms() + MAX_MS, .err = err };
	/* A descriptor of its own: reading moves the place in a folder. */
	int fd = openat(s->x->workspace, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd == -1)
		return err_errno(err, "cannot open the workspace");
	rc = walk(&h, fd, 0);
	if (rc == 0)
		rc = hash_all(&h, s->x->workspace, a, hash);
	str_release(&h.path);
	arena_release(&h.arena);
	return rc;
}
