/*
 * seal.c - webhook secrets at rest.
 *
 * A sealed secret is a version byte, the nonce, and the box.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"

#define SEAL_VERSION 1
#define KEY_BYTES crypto_secretbox_KEYBYTES
#define HEAD_BYTES (1 + crypto_secretbox_NONCEBYTES)
#define EXTRA_BYTES (HEAD_BYTES + crypto_secretbox_MACBYTES)

/* hook.key in the folder of the database. */
static void
key_path(const char *db, struct str *out)
{
	const char *slash = strrchr(db, '/');

	if (slash != NULL)
		str_add_len(out, db, (size_t)(slash - db) + 1);
	str_add(out, "hook.key");
}

/* Written aside and linked into its place: nobody sees a part of a key, and
 * of two makers one wins. */
static int
write_key(const char *path, struct err *err)
{
	unsigned char key[KEY_BYTES];
	struct str tmp = STR_INIT;
	int fd = -1, rc = -1;

	str_addf(&tmp, "%s.%ld.tmp", path, (long)getpid());
	randombytes_buf(key, sizeof(key));
	fd = open(tmp.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1) {
		err_errno(err, "cannot make key file \"%s\"", tmp.s);
		goto out;
	}
	if (file_write_fd(fd, (const char *)key, sizeof(key), err) == -1)
		goto out;
	if (fsync(fd) == -1) {
		err_errno(err, "cannot write key file \"%s\"", tmp.s);
		goto out;
	}
	if (link(tmp.s, path) == -1 && errno != EEXIST) {
		err_errno(err, "cannot make key file \"%s\"", path);
		goto out;
	}
	rc = 0;
out:
	if (fd != -1) {
		(void)close(fd);
		(void)unlink(tmp.s);
	}
	sodium_memzero(key, sizeof(key));
	str_release(&tmp);
	return rc;
}

int
seal_has_key(const char *db, struct err *err)
{
	struct str path = STR_INIT;
	struct stat sb;
	int rc = 1;

	key_path(db, &path);
	if (stat(path.s, &sb) == -1)
		rc = errno == ENOENT ? 0 :
		    err_errno(err, "cannot look for key file \"%s\"", path.s);
	str_release(&path);
	return rc;
}

int
seal_make_key(const char *db, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	key_path(db, &path);
	rc = seal_has_key(db, err);
	if (rc == 0)
		rc = write_key(path.s, err);
	str_release(&path);
	return rc == -1 ? -1 : 0;
}

static int
open_key(const char *path, struct err *err)
{
	struct stat sb;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 && errno == ENOENT)
		return err_set(err, ERR_IO, "key file \"%s\" is missing: "
		    "webhook secrets cannot be read without it: restore it "
		    "from the backup", path);
	/* Never ERR_DENIED: that is said to the sender of a webhook. */
	if (fd == -1)
		return err_set(err, ERR_IO, "cannot read key file \"%s\": %s",
		    path, strerror(errno));
	if (fstat(fd, &sb) == -1)
		err_set(err, ERR_IO, "cannot read key file \"%s\": %s", path,
		    strerror(errno));
	else if ((sb.st_mode & 0007) != 0)
		err_set(err, ERR_IO, "key file \"%s\" is open to "
		    "everybody: set its mode to 0600, or 0640 for the group of "
		    "the webhook handler", path);
	else if (sb.st_size != KEY_BYTES)
		err_set(err, ERR_IO, "key file \"%s\" has %lld bytes instead "
		    "of %d: restore it from the backup", path,
		    (long long)sb.st_size, (int)KEY_BYTES);
	else
		return fd;
	(void)close(fd);
	return -1;
}

static int
read_key(const char *db, unsigned char key[KEY_BYTES], struct err *err)
{
	struct str path = STR_INIT, data = STR_INIT;
	int rc = -1, fd;

	key_path(db, &path);
	fd = open_key(path.s, err);
	if (fd == -1)
		goto out;
	if (file_read_fd(fd, KEY_BYTES, &data, err) == -1) {
		err_wrap(err, "key file \"%s\"", path.s);
		goto out;
	}
	if (data.len != KEY_BYTES) {
		err_set(err, ERR_IO, "key file \"%s\" is cut: restore it from "
		    "the backup", path.s);
		goto out;
	}
	memcpy(key, data.s, KEY_BYTES);
	rc = 0;
out:
	if (fd != -1)
		(void)close(fd);
	if (data.cap > 0)
		sodium_memzero(data.s, data.len);
	str_release(&data);
	str_release(&path);
	return rc;
}

int
seal_close(const char *db, const char *secret, struct arena *a,
    unsigned char **out, size_t *len, struct err *err)
{
	unsigned char key[KEY_BYTES], *box;
	size_t n = strlen(secret);

	if (n == 0 || n > SEAL_MAX)
		return err_set(err, ERR_INVALID, "a webhook secret has 1 to "
		    "%d bytes", SEAL_MAX);
	if (read_key(db, key, err) == -1)
		return -1;
	box = arena_alloc(a, n + EXTRA_BYTES);
	box[0] = SEAL_VERSION;
	randombytes_buf(box + 1, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(box + HEAD_BYTES,
	    (const unsigned char *)secret, n, box + 1, key);
	sodium_memzero(key, sizeof(key));
	*out = box;
	*len = n + EXTRA_BYTES;
	return 0;
}

int
seal_open(const char *db, const unsigned char *sealed, size_t len,
    struct arena *a, const char **secret, struct err *err)
{
	unsigned char key[KEY_BYTES], *text;
	int rc;

	if (len <= EXTRA_BYTES || len > SEAL_MAX + EXTRA_BYTES ||
	    sealed[0] != SEAL_VERSION)
		return err_set(err, ERR_CORRUPT, "a sealed webhook secret is "
		    "damaged: set it anew");
	if (read_key(db, key, err) == -1)
		return -1;
	text = arena_alloc(a, len - EXTRA_BYTES + 1);
	rc = crypto_secretbox_open_easy(text, sealed + HEAD_BYTES,
	    len - HEAD_BYTES, sealed + 1, key);
	sodium_memzero(key, sizeof(key));
	if (rc != 0)
		return err_set(err, ERR_CORRUPT, "a webhook secret is sealed "
		    "under another key than that of \"hook.key\" beside "
		    "\"%s\": restore the key, or set the secret anew", db);
	*secret = (const char *)text;
	return 0;
}
