/*
 * seal.c - secrets at rest.
 *
 * A sealed secret is a version byte, the nonce, and the box. In the box stand
 * what it is about, ended by a NUL byte, unless it is about nothing, and the
 * text. One that was sealed with the public half has another version byte,
 * and a box of libsodium's that holds the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/seal.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/store/seal_key.h"

#define SEAL_VERSION 1
#define SEAL_VERSION_PUBLIC 2
#define PUBLIC_EXTRA_BYTES (1 + crypto_box_SEALBYTES)
#define HEAD_BYTES (1 + crypto_secretbox_NONCEBYTES)
#define EXTRA_BYTES (HEAD_BYTES + crypto_secretbox_MACBYTES)

/* Bytes of what stands in front of the text. */
static size_t
about_len(const char *about)
{
	return *about != '\0' ? strlen(about) + 1 : 0;
}

static int
close_public(const char *db, enum seal_use use, const char *about,
    const char *text, struct arena *a, unsigned char **out, size_t *len,
    struct err *err)
{
	unsigned char public[crypto_box_PUBLICKEYBYTES];
	size_t n = strlen(text), front = about_len(about);
	unsigned char *plain, *box;
	int rc;

	if (seal_read_public(db, use, public, err) == -1)
		return -1;
	plain = arena_alloc(a, front + n);
	memcpy(plain, about, front);
	memcpy(plain + front, text, n);
	box = arena_alloc(a, front + n + PUBLIC_EXTRA_BYTES);
	box[0] = SEAL_VERSION_PUBLIC;
	rc = crypto_box_seal(box + 1, plain, front + n, public);
	sodium_memzero(plain, front + n);
	*out = box;
	*len = front + n + PUBLIC_EXTRA_BYTES;
	return rc == 0 ? 0 : err_set(err, ERR_IO, "the public half of \"%s\" "
	    "is no key: start pawl-workerd, which writes it",
	    seal_kinds[use].file);
}

int
seal_close(const char *db, enum seal_use use, const char *about,
    const char *text, struct arena *a, unsigned char **out, size_t *len,
    struct err *err)
{
	const struct seal_kind *kind = &seal_kinds[use];
	size_t n = strlen(text), front = about_len(about);
	struct seal_keys keys;
	unsigned char *box;

	if (n == 0 || n > kind->max_bytes)
		return err_set(err, ERR_INVALID, "%s has 1 to %zu bytes",
		    kind->one, kind->max_bytes);
	if (seal_is_kept_away(db, use))
		return close_public(db, use, about, text, a, out, len, err);
	if (seal_read_keys(db, use, &keys, err) == -1)
		return -1;
	box = arena_alloc(a, front + n + EXTRA_BYTES);
	box[0] = SEAL_VERSION;
	randombytes_buf(box + 1, crypto_secretbox_NONCEBYTES);
	/* Sealed in place: the plain text is never elsewhere. */
	memcpy(box + EXTRA_BYTES, about, front);
	memcpy(box + EXTRA_BYTES + front, text, n);
	crypto_secretbox_easy(box + HEAD_BYTES, box + EXTRA_BYTES, front + n,
	    box + 1, keys.keys[0]);
	sodium_memzero(&keys, sizeof(keys));
	*out = box;
	*len = front + n + EXTRA_BYTES;
	return 0;
}

static int
open_public(const unsigned char key[SEAL_KEY_BYTES],
    const unsigned char *sealed, size_t len, unsigned char *text)
{
	unsigned char public[crypto_box_PUBLICKEYBYTES];
	unsigned char secret[crypto_box_SECRETKEYBYTES];
	int rc;

	seal_halves(key, public, secret);
	rc = crypto_box_seal_open(text, sealed + 1, len - 1, public, secret);
	sodium_memzero(secret, sizeof(secret));
	return rc;
}

/* Try each key. */
static int
open_box(const struct seal_keys *keys, const unsigned char *sealed,
    size_t len, unsigned char *text)
{
	for (size_t i = 0; i < keys->n &&
	    sealed[0] == SEAL_VERSION_PUBLIC; i++)
		if (open_public(keys->keys[i], sealed, len, text) == 0)
			return 0;
	if (sealed[0] == SEAL_VERSION_PUBLIC)
		return -1;
	for (size_t i = 0; i < keys->n; i++)
		if (crypto_secretbox_open_easy(text, sealed + HEAD_BYTES,
		    len - HEAD_BYTES, sealed + 1, keys->keys[i]) == 0)
			return 0;
	return -1;
}

int
seal_open(const char *db, enum seal_use use, const char *about,
    const unsigned char *sealed, size_t len, struct arena *a,
    const char **text, struct err *err)
{
	const struct seal_kind *kind = &seal_kinds[use];
	size_t front = about_len(about), extra = EXTRA_BYTES;
	struct seal_keys keys;
	unsigned char *open;
	int rc;

	if (len > 0 && sealed[0] == SEAL_VERSION_PUBLIC)
		extra = PUBLIC_EXTRA_BYTES;
	if (len <= extra || len > kind->max_bytes + front + extra ||
	    (sealed[0] != SEAL_VERSION && sealed[0] != SEAL_VERSION_PUBLIC))
		return err_set(err, ERR_CORRUPT, "%s is damaged in the "
		    "database: set it anew", kind->one);
	if (seal_read_keys(db, use, &keys, err) == -1)
		return -1;
	open = arena_alloc(a, len - extra + 1);
	rc = open_box(&keys, sealed, len, open);
	sodium_memzero(&keys, sizeof(keys));
	if (rc != 0)
		return err_set(err, ERR_CORRUPT, "%s is sealed under another "
		    "key than that of \"%s\" beside \"%s\": restore the key, "
		    "or set the secret anew", kind->one, kind->file, db);
	if (len - extra <= front || memcmp(open, about, front) != 0)
		return err_set(err, ERR_CORRUPT, "%s does not belong where it "
		    "stands in the database: set it anew", kind->one);
	*text = (const char *)open + front;
	return 0;
}
