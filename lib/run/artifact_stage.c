/*
 * artifact_stage.c - see artifact_stage.h.
 *
 * The archive comes from a job, so its names are opened part by part below a
 * folder that is ours, and nothing is ever written over.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/artifact_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/crc32.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/blob/manifest.h"

#define COPY_BYTES (256 * 1024)
#define DIR_MODE 0755
#define FILE_MODE 0644

struct stage {
	tar_fill_fn *fill;
	void *ctx;
	int dir;
	const struct artifact_limits *limits;
	struct stage_result *out;
	struct str manifest;
	struct tar_entry entry;
	unsigned char buf[COPY_BYTES];
	struct err *err;
};

static int
malformed(struct stage *st)
{
	return err_set(st->err, ERR_INVALID, errno == EPROTO ? "the container "
	    "ended before all files were read" : "the files of the container "
	    "cannot be read: %s", strerror(errno));
}

static int
over_limit(struct stage *st)
{
	const struct artifact_limits *l = st->limits;
	char text[SIZE_TEXT_SIZE];

	if (l->files > 0 && st->out->n_files >= l->files)
		return err_set(st->err, ERR_TOO_LARGE, "the artifact has more "
		    "than %" PRId64 " files (\"artifact-max-files\"): make an "
		    "archive of them, or choose fewer", l->files);
	if (l->bytes > 0 && st->entry.size > l->bytes - st->out->bytes)
		return err_set(st->err, ERR_TOO_LARGE, "the artifact is larger "
		    "than %s (\"%s\")", size_text(l->bytes, text), l->of_run ?
		    "run-artifacts-max-bytes" : "artifact-max-bytes");
	return 0;
}

/* Open a new file by its path. */
static int
open_new(struct stage *st, const char *path)
{
	char part[NAME_MAX + 1];
	int at = st->dir, next, number;
	const char *slash;

	for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
		size_t len = (size_t)(slash - path);

		next = -1;
		errno = ENAMETOOLONG;
		if (len < sizeof(part)) {
			memcpy(part, path, len);
			part[len] = '\0';
			if (mkdirat(at, part, DIR_MODE) == 0 ||
			    errno == EEXIST)
				next = openat(at, part, O_RDONLY |
				    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		number = errno;
		if (at != st->dir)
			close(at);
		errno = number;
		if (next == -1)
			return -1;
		at = next;
	}
	next = openat(at, path,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	number = errno;
	if (at != st->dir)
		close(at);
	errno = number;
	return next;
}

static int
copy(struct stage *st, int fd, struct manifest_file *f)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state sha;
	size_t pad = tar_padding(f->size);

	crypto_hash_sha256_init(&sha);
	for (int64_t left = f->size; left > 0;) {
		size_t want = left < COPY_BYTES ? (size_t)left : COPY_BYTES;

		if (st->fill(st->ctx, st->buf, want) != 1)
			return malformed(st);
		crypto_hash_sha256_update(&sha, st->buf, want);
		f->crc32 = crc32_add(f->crc32, st->buf, want);
		if (file_write_fd(fd, (const char *)st->buf, want,
		    st->err) == -1)
			return -1;
		left -= (int64_t)want;
	}
	if (pad > 0 && st->fill(st->ctx, st->buf, pad) != 1)
		return malformed(st);
	crypto_hash_sha256_final(&sha, sum);
	sodium_bin2hex(f->sha256, sizeof(f->sha256), sum, sizeof(sum));
	return 0;
}

static int
take_file(struct stage *st)
{
	struct manifest_file f = { .path = st->entry.path,
		.size = st->entry.size, .mode = st->entry.mode };
	int fd, rc;

	if (st->entry.kind != TAR_FILE) {
		errno = EPROTO;
		return malformed(st);
	}
	if (over_limit(st) == -1)
		return -1;
	fd = open_new(st, f.path);
	if (fd == -1)
		return err_errno(st->err, "cannot store \"%s\"", f.path);
	rc = copy(st, fd, &f);
	if (rc == -1)
		err_wrap(st->err, "storing \"%s\"", f.path);
	if (close(fd) == -1 && rc == 0)
		rc = err_errno(st->err, "cannot store \"%s\"", f.path);
	st->out->n_files++;
	st->out->bytes += f.size;
	manifest_add(&st->manifest, &f);
	if (rc == 0 && st->manifest.len > MANIFEST_MAX_BYTES - COPY_BYTES)
		rc = err_set(st->err, ERR_TOO_LARGE, "the artifact has more "
		    "names than its manifest can hold");
	return rc;
}

static int
take_all(struct stage *st)
{
	int rc;

	while ((rc = tar_next(st->fill, st->ctx, &st->entry)) == 1)
		if (take_file(st) == -1)
			return -1;
	return rc == -1 ? malformed(st) : 0;
}

static int
write_manifest(struct stage *st, const char *path)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	struct str file = STR_INIT;
	int rc;

	manifest_end(&st->manifest);
	crypto_hash_sha256(sum, (const unsigned char *)st->manifest.s,
	    st->manifest.len);
	sodium_bin2hex(st->out->digest, sizeof(st->out->digest), sum,
	    sizeof(sum));
	str_addf(&file, "%s/" ARTIFACT_MANIFEST, path);
	rc = file_replace(file.s, st->manifest.s, st->manifest.len, FILE_MODE,
	    true, st->err);
	str_release(&file);
	return rc;
}

static int
make_stage(struct stage *st, const char *path)
{
	struct str files = STR_INIT;
	int rc;

	str_addf(&files, "%s/" ARTIFACT_FILES, path);
	rc = file_mkdirs(files.s, DIR_MODE, st->err);
	if (rc == 0) {
		st->dir = open(files.s, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		if (st->dir == -1)
			rc = err_errno(st->err, "cannot open \"%s\"",
			    files.s);
	}
	str_release(&files);
	return rc;
}

int
artifact_stage(tar_fill_fn *fill, void *ctx, const char *path,
    const char *name, const struct artifact_limits *limits,
    struct stage_result *out, struct err *err)
{
	struct stage *st = mem_calloc(1, sizeof(*st));
	mode_t mask = umask(022);
	int rc;

	*out = (struct stage_result){ .n_files = 0 };
	*st = (struct stage){ .fill = fill, .ctx = ctx, .dir = -1,
		.limits = limits, .out = out, .manifest = STR_INIT,
		.err = err };
	manifest_begin(&st->manifest, name);
	rc = make_stage(st, path);
	if (rc == 0)
		rc = take_all(st);
	if (rc == 0)
		rc = write_manifest(st, path);
	umask(mask);
	if (st->dir != -1)
		close(st->dir);
	str_release(&st->manifest);
	free(st);
	return rc;
}
