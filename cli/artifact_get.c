/*
 * artifact_get.c - see artifact_get.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/artifact_get.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doc.h"
#include "cli/source.h"
#include "lib/base/file.h"
#include "lib/base/percent.h"
#include "lib/blob/manifest.h"

#define PART ".pawl-part" /* behind the name of a file that is not whole */

/* Where bytes go, and what they come to. */
struct sink {
	int fd;           /* -1: into `text` */
	struct str text;
	int64_t left;     /* bytes that may still come */
	crypto_hash_sha256_state sha;
};

static int
put(void *ctx, const char *data, size_t len, struct err *err)
{
	struct sink *k = ctx;

	if ((int64_t)len > k->left)
		return err_set(err, ERR_CORRUPT, "more comes than was told");
	k->left -= (int64_t)len;
	crypto_hash_sha256_update(&k->sha, (const unsigned char *)data, len);
	if (k->fd != -1)
		return file_write_fd(k->fd, data, len, err);
	str_add_len(&k->text, data, len);
	return 0;
}

/* Is it what `digest` (hexadecimal) says? */
static bool
is_whole(struct sink *k, const char *digest)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_hash_sha256_final(&k->sha, hash);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	return strcmp(hex, digest) == 0;
}

/* Read one address into the sink. */
static int
fetch(struct cli *cli, const char *url, struct sink *k, const char *digest,
    struct err *err)
{
	int rc;

	crypto_hash_sha256_init(&k->sha);
	rc = source_file(cli->source, url, 0, put, k, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s",
		    url);
	if (rc == 1 && !is_whole(k, digest))
		return err_set(err, ERR_CORRUPT, "%s differs from its digest",
		    url);
	return rc == -1 ? -1 : 0;
}

static int
read_manifest(struct cli *cli, const json_t *artifact, struct manifest *m,
    struct err *err)
{
	struct sink k = { .fd = -1, .text = STR_INIT,
		.left = MANIFEST_MAX_BYTES };
	const char *digest = doc_text(artifact, "digest");
	int rc;

	digest = str_starts_with(digest, "sha256:") ? digest + 7 : digest;
	rc = fetch(cli, doc_text(artifact, "manifest_url"), &k, digest, err);
	if (rc == 0)
		rc = manifest_read(k.text.s, k.text.len, &cli->arena, m, err);
	str_release(&k.text);
	return rc;
}

/* As nginx serves it: everything but the slashes encoded. */
static void
add_address(struct str *url, const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		struct str part = STR_INIT;

		str_add_len(&part, path, len);
		percent_encode(url, part.s);
		str_release(&part);
		path += len;
		if (*path == '/')
			str_add_char(url, *path++);
	}
}

/* Written aside and renamed: what is there is whole. */
static int
write_file(struct cli *cli, const char *url, const char *path,
    const struct manifest_file *file, struct err *err)
{
	struct sink k = { .fd = -1, .text = STR_INIT, .left = file->size };
	struct str part = STR_INIT;
	int rc;

	str_addf(&part, "%s" PART, path);
	k.fd = open(part.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (k.fd == -1) {
		rc = err_errno(err, "cannot write \"%s\"", part.s);
		str_release(&part);
		return rc;
	}
	rc = fetch(cli, url, &k, file->sha256, err);
	if (rc == 0 && fchmod(k.fd, file->mode | 0600) == -1)
		rc = err_errno(err, "cannot set the mode of \"%s\"", path);
	close(k.fd);
	if (rc == 0 && rename(part.s, path) == -1)
		rc = err_errno(err, "cannot write \"%s\"", path);
	if (rc == -1)
		unlink(part.s);
	str_release(&part);
	return rc;
}

static int
get_file(struct cli *cli, const char *base, const char *to,
    const struct manifest_file *file, struct err *err)
{
	struct str url = STR_INIT, path = STR_INIT;
	char *slash;
	int rc;

	str_addf(&url, "%s%s", base, str_ends_with(base, "/") ? "" : "/");
	add_address(&url, file->path);
	str_addf(&path, "%s/%s", to, file->path);
	slash = strrchr(path.s, '/');
	*slash = '\0';
	rc = file_mkdirs(path.s, 0755, err);
	*slash = '/';
	if (rc == 0)
		rc = write_file(cli, url.s, path.s, file, err);
	str_release(&url);
	str_release(&path);
	return rc;
}

int
artifact_get(struct cli *cli, const json_t *artifact, const char *to,
    struct err *err)
{
	struct str name = STR_INIT;
	struct manifest m = { .n = 0 };

	if (sodium_init() == -1)
		return err_set(err, ERR_BUG, "libsodium cannot be "
		    "initialised");
	if (read_manifest(cli, artifact, &m, err) == -1)
		return -1;
	for (size_t i = 0; i < m.n; i++)
		if (get_file(cli, doc_text(artifact, "url"), to, &m.files[i],
		    err) == -1)
			return -1;
	term_text(&name, doc_text(artifact, "name"));
	fprintf(stderr, "pawl: %zu file%s of \"%s\" in %s\n", m.n,
	    m.n == 1 ? "" : "s", name.s, to);
	str_release(&name);
	return 0;
}
