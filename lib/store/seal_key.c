/*
 * seal_key.c - the files of keys that secrets are sealed under.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"

const struct seal_kind seal_kinds[] = {
	[SEAL_HOOKS] = { "hook.key", "hook.pub", "a webhook secret", "webhook secrets",
	    SEAL_HOOK_MAX, 0007,
	    "0600, or 0640 for the group of the webhook handler" },
	[SEAL_JOBS] = { SEAL_FOLDER "/secrets.key", "secrets.pub", "a secret",
	    "secrets", SEAL_JOB_MAX, 0077, "0600" },
	[SEAL_NOTIFY] = { SEAL_FOLDER "/notify.key", "notify.pub", "a token",
	    "tokens", SEAL_NOTIFY_MAX, 0077, "0600" },
};

/* In the folder of the database. */
static void
path_beside(const char *db, const char *name, struct str *out)
{
	const char *slash = strrchr(db, '/');

	if (slash != NULL)
		str_add_len(out, db, (size_t)(slash - db) + 1);
	str_add(out, name);
}

static void
key_path(const char *db, enum seal_use use, struct str *out)
{
	path_beside(db, seal_kinds[use].file, out);
}

int
seal_make_folder(const char *db, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	path_beside(db, SEAL_FOLDER, &path);
	rc = file_mkdirs(path.s, 0700, err);
	str_release(&path);
	return rc;
}

/* Written aside and linked into its place: nobody sees a part of a key, and
 * of two makers one wins. */
static int
write_key(const char *path, struct err *err)
{
	unsigned char key[SEAL_KEY_BYTES];
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
seal_has_key(const char *db, enum seal_use use, struct err *err)
{
	struct str path = STR_INIT;
	struct stat sb;
	int rc = 1;

	key_path(db, use, &path);
	if (stat(path.s, &sb) == -1)
		rc = errno == ENOENT ? 0 :
		    err_errno(err, "cannot look for key file \"%s\"", path.s);
	str_release(&path);
	return rc;
}

int
seal_make_key(const char *db, enum seal_use use, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	key_path(db, use, &path);
	rc = seal_has_key(db, use, err);
	if (rc == 0 && use != SEAL_HOOKS && seal_make_folder(db, err) == -1)
		rc = -1;
	if (rc == 0)
		rc = write_key(path.s, err);
	str_release(&path);
	return rc == -1 ? -1 : 0;
}

static int
open_key(const char *path, const struct seal_kind *kind, struct err *err)
{
	struct stat sb;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 && errno == ENOENT)
		return err_set(err, ERR_IO, "key file \"%s\" is missing: "
		    "%s cannot be read without it: restore it "
		    "from the backup", path, kind->many);
	/* Never ERR_DENIED: that is said to the sender of a webhook. */
	if (fd == -1)
		return err_set(err, ERR_IO, "cannot read key file \"%s\": %s",
		    path, strerror(errno));
	if (fstat(fd, &sb) == -1)
		err_set(err, ERR_IO, "cannot read key file \"%s\": %s", path,
		    strerror(errno));
	else if ((sb.st_mode & kind->refused) != 0)
		err_set(err, ERR_IO, "key file \"%s\" is open to others: set "
		    "its mode to %s", path, kind->mode);
	else if (sb.st_size != SEAL_KEY_BYTES &&
	    sb.st_size != SEAL_MAX_KEYS * SEAL_KEY_BYTES)
		err_set(err, ERR_IO, "key file \"%s\" has %lld bytes instead "
		    "of %d: restore it from the backup", path,
		    (long long)sb.st_size, (int)SEAL_KEY_BYTES);
	else
		return fd;
	(void)close(fd);
	return -1;
}

int
seal_read_keys(const char *db, enum seal_use use, struct seal_keys *out,
    struct err *err)
{
	struct str path = STR_INIT, data = STR_INIT;
	int rc = -1, fd;

	key_path(db, use, &path);
	fd = open_key(path.s, &seal_kinds[use], err);
	if (fd == -1)
		goto out;
	if (file_read_fd(fd, sizeof(out->keys), &data, err) == -1) {
		err_wrap(err, "key file \"%s\"", path.s);
		goto out;
	}
	out->n = data.len / SEAL_KEY_BYTES;
	if (out->n == 0 || data.len % SEAL_KEY_BYTES != 0) {
		err_set(err, ERR_IO, "key file \"%s\" is cut: restore it from "
		    "the backup", path.s);
		goto out;
	}
	memcpy(out->keys, data.s, data.len);
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

void
seal_halves(const unsigned char key[SEAL_KEY_BYTES],
    unsigned char public[crypto_box_PUBLICKEYBYTES],
    unsigned char secret[crypto_box_SECRETKEYBYTES])
{
	static const unsigned char what[] = "pawl box";
	unsigned char seed[crypto_box_SEEDBYTES];

	/* Never the same bytes for two purposes. */
	(void)crypto_generichash(seed, sizeof(seed), what, sizeof(what), key,
	    SEAL_KEY_BYTES);
	(void)crypto_box_seed_keypair(public, secret, seed);
	sodium_memzero(seed, sizeof(seed));
}

int
seal_publish(const char *db, enum seal_use use, struct err *err)
{
	unsigned char public[crypto_box_PUBLICKEYBYTES];
	unsigned char secret[crypto_box_SECRETKEYBYTES];
	struct str path = STR_INIT;
	struct seal_keys keys;
	int rc = seal_read_keys(db, use, &keys, err);

	if (rc == 0) {
		seal_halves(keys.keys[0], public, secret);
		path_beside(db, seal_kinds[use].public, &path);
		rc = file_replace(path.s, (const char *)public,
		    sizeof(public), 0644, true, err);
		sodium_memzero(secret, sizeof(secret));
		sodium_memzero(&keys, sizeof(keys));
	}
	str_release(&path);
	return rc;
}

int
seal_read_public(const char *db, enum seal_use use,
    unsigned char out[crypto_box_PUBLICKEYBYTES], struct err *err)
{
	struct str path = STR_INIT, data = STR_INIT;
	int rc;

	path_beside(db, seal_kinds[use].public, &path);
	rc = file_read(path.s, crypto_box_PUBLICKEYBYTES, &data, err);
	if (rc == 0 && data.len != crypto_box_PUBLICKEYBYTES)
		rc = err_set(err, ERR_IO, "\"%s\" is damaged: start "
		    "pawl-workerd, which writes it", path.s);
	if (rc == 0)
		memcpy(out, data.s, crypto_box_PUBLICKEYBYTES);
	str_release(&path);
	str_release(&data);
	return rc;
}

bool
seal_is_kept_away(const char *db, enum seal_use use)
{
	struct str path = STR_INIT;
	bool kept;

	key_path(db, use, &path);
	kept = access(path.s, R_OK) == -1 && (errno == EACCES ||
	    errno == EPERM);
	str_clear(&path);
	path_beside(db, seal_kinds[use].public, &path);
	kept = kept && access(path.s, R_OK) == 0;
	str_release(&path);
	return kept;
}

static int
replace_keys(const char *db, enum seal_use use, const struct seal_keys *keys,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	key_path(db, use, &path);
	rc = file_replace(path.s, (const char *)keys->keys,
	    keys->n * SEAL_KEY_BYTES, 0600, true, err);
	str_release(&path);
	return rc == 0 ? seal_publish(db, use, err) : -1;
}

int
seal_add_key(const char *db, enum seal_use use, struct err *err)
{
	struct seal_keys keys;
	int rc = seal_read_keys(db, use, &keys, err);

	if (rc == 0 && keys.n < SEAL_MAX_KEYS) {
		memcpy(keys.keys[1], keys.keys[0], SEAL_KEY_BYTES);
		randombytes_buf(keys.keys[0], SEAL_KEY_BYTES);
		keys.n = SEAL_MAX_KEYS;
		rc = replace_keys(db, use, &keys, err);
	}
	sodium_memzero(&keys, sizeof(keys));
	return rc;
}

int
seal_drop_key(const char *db, enum seal_use use, struct err *err)
{
	struct seal_keys keys;
	int rc = seal_read_keys(db, use, &keys, err);

	if (rc == 0 && keys.n > 1) {
		keys.n = 1;
		rc = replace_keys(db, use, &keys, err);
	}
	sodium_memzero(&keys, sizeof(keys));
	return rc;
}
