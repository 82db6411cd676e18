/*
 * squeeze.c - zstd, at its fastest ordinary level: of caches the most is
 * compressed already, and the time counts in every job.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/squeeze.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define LEVEL 1
/* What a file of ours never needs more of to be read. */
#define WINDOW_LOG_MAX 27

struct squeeze {
	ZSTD_CCtx *z;
	int fd;
	char *path, *buf;
	size_t size;
	crypto_hash_sha256_state sha;
	struct squeezed done;
};

static int
failed(size_t code, struct err *err)
{
	return err_set(err, ERR_IO, "zstd: %s", ZSTD_getErrorName(code));
}

int
squeeze_open(const char *path, struct squeeze **out, struct err *err)
{
	struct squeeze *s;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);

	if (fd == -1)
		return err_errno(err, "cannot make \"%s\"", path);
	s = mem_calloc(1, sizeof(*s));
	s->fd = fd;
	s->path = mem_strdup(path);
	s->size = ZSTD_CStreamOutSize();
	s->buf = mem_calloc(1, s->size);
	s->z = ZSTD_createCCtx();
	crypto_hash_sha256_init(&s->sha);
	*out = s;
	if (s->z != NULL && !ZSTD_isError(ZSTD_CCtx_setParameter(s->z,
	    ZSTD_c_compressionLevel, LEVEL)) &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(s->z, ZSTD_c_checksumFlag,
	    1)))
		return 0;
	squeeze_close(s, NULL, NULL);
	return err_set(err, ERR_IO, "zstd cannot be set up");
}

static int
feed(struct squeeze *s, const void *data, size_t len,
    ZSTD_EndDirective how, struct err *err)
{
	ZSTD_inBuffer in = { data, len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { s->buf, s->size, 0 };

		left = ZSTD_compressStream2(s->z, &out, &in, how);
		if (ZSTD_isError(left))
			return failed(left, err);
		crypto_hash_sha256_update(&s->sha,
		    (const unsigned char *)s->buf, out.pos);
		s->done.bytes += (int64_t)out.pos;
		if (file_write_fd(s->fd, s->buf, out.pos, err) == -1)
			return -1;
	} while (how == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return 0;
}

int
squeeze_write(struct squeeze *s, const void *data, size_t len,
    struct err *err)
{
	s->done.content += (int64_t)len;
	return feed(s, data, len, ZSTD_e_continue, err);
}

int
squeeze_close(struct squeeze *s, struct squeezed *out, struct err *err)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	int rc = out == NULL ? -1 : feed(s, "", 0, ZSTD_e_end, err);

	crypto_hash_sha256_final(&s->sha, sum);
	sodium_bin2hex(s->done.digest, sizeof(s->done.digest), sum,
	    sizeof(sum));
	if (rc == 0 && fsync(s->fd) == -1)
		rc = err_errno(err, "cannot write \"%s\"", s->path);
	if (rc == 0)
		*out = s->done;
	else
		unlink(s->path);
	close(s->fd);
	ZSTD_freeCCtx(s->z);
	free(s->buf);
	free(s->path);
	free(s);
	return rc;
}

/* --- and back ------------------------------------------------------------------- */

struct reading {
	ZSTD_DCtx *z;
	int fd;
	char *in, *out;
	size_t in_size, out_size;
};

static int
read_all(struct reading *r, squeeze_fn *fn, void *ctx, struct err *err)
{
	size_t left = 1;
	ssize_t n;

	while ((n = read(r->fd, r->in, r->in_size)) != 0) {
		ZSTD_inBuffer in = { r->in, (size_t)n, 0 };

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "cannot read a file");
		while (in.pos < in.size) {
			ZSTD_outBuffer out = { r->out, r->out_size, 0 };

			left = ZSTD_decompressStream(r->z, &out, &in);
			if (ZSTD_isError(left))
				return failed(left, err);
			if (fn(ctx, r->out, out.pos, err) == -1)
				return -1;
		}
	}
	return left == 0 ? 0 : err_set(err, ERR_IO, "the file ends too "
	    "early");
}

int
squeeze_read(const char *path, squeeze_fn *fn, void *ctx, struct err *err)
{
	struct reading r = { .z = ZSTD_createDCtx(), .in_size =
		ZSTD_DStreamInSize(), .out_size = ZSTD_DStreamOutSize() };
	int rc = -1;

	r.fd = open(path, O_RDONLY | O_CLOEXEC);
	r.in = mem_calloc(1, r.in_size);
	r.out = mem_calloc(1, r.out_size);
	if (r.fd == -1)
		err_errno(err, "cannot open \"%s\"", path);
	else if (r.z == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(r.z,
	    ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		err_set(err, ERR_IO, "zstd cannot be set up");
	else
		rc = read_all(&r, fn, ctx, err);
	if (r.fd != -1)
		close(r.fd);
	ZSTD_freeDCtx(r.z);
	free(r.in);
	free(r.out);
	return rc;
}
