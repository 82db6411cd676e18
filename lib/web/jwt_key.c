/*
 * jwt_key.c - one signature under one key of a JWK set.
 *
 * Ed25519 is libsodium's. RSA and P-256 are libcrypto's, which is loaded when
 * the first such token comes: linked, it would cost each handler its memory.
 * Keys and signatures are put into the form that it reads (DER); nothing is
 * computed here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/jwt.h"

#include <sodium.h>
#include <string.h>
#ifdef HAVE_OPENSSL_EVP_H
#include <openssl/evp.h>
#include <openssl/x509.h>
#endif

#include "lib/base/late.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define B64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define RSA_MIN_BYTES 256 /* 2048 bits */
#define RSA_MAX_BYTES 1024
#define RSA_MAX_EXPONENT 8
#define P256_BYTES 32

/* A number of a key, without zeros before it. */
struct number {
	unsigned char bytes[RSA_MAX_BYTES + 1];
	size_t len;
};

static bool
read_number(const json_t *key, const char *name, size_t max,
    struct number *out)
{
	const char *text = json_string_value(json_object_get(key, name)),
	    *end;
	size_t len, skip = 0;

	if (text == NULL || max > sizeof(out->bytes))
		return false;
	len = strlen(text);
	if (sodium_base642bin(out->bytes, max, text, len, NULL, &out->len,
	    &end, B64) != 0 || end != text + len)
		return false;
	while (skip < out->len && out->bytes[skip] == 0)
		skip++;
	out->len -= skip;
	memmove(out->bytes, out->bytes + skip, out->len);
	return out->len > 0;
}

#ifdef HAVE_OPENSSL_EVP_H

/* --- libcrypto, late ------------------------------------------------------- */

#define LIBRARY "libcrypto.so.3"

static struct {
	EVP_PKEY *(*d2i_PUBKEY)(EVP_PKEY **, const unsigned char **, long);
	void (*EVP_PKEY_free)(EVP_PKEY *);
	EVP_MD_CTX *(*EVP_MD_CTX_new)(void);
	void (*EVP_MD_CTX_free)(EVP_MD_CTX *);
	const EVP_MD *(*EVP_sha256)(void);
	int (*EVP_DigestVerifyInit)(EVP_MD_CTX *, EVP_PKEY_CTX **,
	    const EVP_MD *, ENGINE *, EVP_PKEY *);
	int (*EVP_DigestVerify)(EVP_MD_CTX *, const unsigned char *, size_t,
	    const unsigned char *, size_t);
} real;

static bool
load(void)
{
	static const struct late_function functions[] = {
		{ "d2i_PUBKEY", &real.d2i_PUBKEY },
		{ "EVP_PKEY_free", &real.EVP_PKEY_free },
		{ "EVP_MD_CTX_new", &real.EVP_MD_CTX_new },
		{ "EVP_MD_CTX_free", &real.EVP_MD_CTX_free },
		{ "EVP_sha256", &real.EVP_sha256 },
		{ "EVP_DigestVerifyInit", &real.EVP_DigestVerifyInit },
		{ "EVP_DigestVerify", &real.EVP_DigestVerify },
	};
	static bool loaded;

	if (!loaded)
		loaded = late_load(LIBRARY, functions, ARRAY_LEN(functions));
	return loaded;
}

/* Of a public key in DER (SubjectPublicKeyInfo): 1, 0, -1. */
static int
verify(const struct str *der, const char *text, size_t len,
    const unsigned char *sig, size_t sig_len, struct err *err)
{
	const unsigned char *at = (const unsigned char *)der->s;
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *ctx = NULL;
	int rc = 0;

	if (!load())
		return err_set(err, ERR_UNSUPPORTED, "tokens with RS256 and "
		    "ES256 need " LIBRARY ", which is not on this host");
	key = real.d2i_PUBKEY(NULL, &at, (long)der->len);
	ctx = real.EVP_MD_CTX_new();
	if (key != NULL && ctx != NULL && real.EVP_DigestVerifyInit(ctx, NULL,
	    real.EVP_sha256(), NULL, key) == 1)
		rc = real.EVP_DigestVerify(ctx, sig, sig_len,
		    (const unsigned char *)text, len) == 1;
	real.EVP_MD_CTX_free(ctx);
	real.EVP_PKEY_free(key);
	return rc;
}

#else

static int
verify(const struct str *der, const char *text, size_t len,
    const unsigned char *sig, size_t sig_len, struct err *err)
{
	(void)der;
	(void)text;
	(void)len;
	(void)sig;
	(void)sig_len;
	return err_set(err, ERR_UNSUPPORTED, "this Pawl was built without "
	    "libcrypto, which tokens with RS256 and ES256 need");
}

#endif

/* --- DER (X.690), as much as a key needs ------------------------------------ */

#define DER_INTEGER 0x02
#define DER_BITS 0x03
#define DER_SEQUENCE 0x30

static void
der_add(struct str *out, int tag, const void *content, size_t len)
{
	str_add_char(out, (char)tag);
	if (len < 0x80) {
		str_add_char(out, (char)len);
	} else if (len < 0x100) {
		str_add_char(out, (char)0x81);
		str_add_char(out, (char)len);
	} else {
		str_add_char(out, (char)0x82);
		str_add_char(out, (char)(len >> 8));
		str_add_char(out, (char)(len & 0xff));
	}
	str_add_len(out, content, len);
}

/* Positive: a zero stands before a first bit that is set. */
static void
der_number(struct str *out, const unsigned char *bytes, size_t len)
{
	unsigned char full[RSA_MAX_BYTES + 2] = { 0 };

	while (len > 1 && bytes[0] == 0) {
		bytes++;
		len--;
	}
	memcpy(full + 1, bytes, len);
	if ((bytes[0] & 0x80) != 0)
		der_add(out, DER_INTEGER, full, len + 1);
	else
		der_add(out, DER_INTEGER, full + 1, len);
}

/* SubjectPublicKeyInfo: the algorithm's identifier, and the key as bits. */
static void
der_key(struct str *out, const unsigned char *algorithm, size_t alg_len,
    const struct str *key)
{
	struct str bits = STR_INIT, both = STR_INIT;

	str_add_char(&bits, 0);
	str_add_len(&bits, key->s, key->len);
	str_add_len(&both, (const char *)algorithm, alg_len);
	der_add(&both, DER_BITS, bits.s, bits.len);
	der_add(out, DER_SEQUENCE, both.s, both.len);
	str_release(&bits);
	str_release(&both);
}

/* --- the three ways ---------------------------------------------------------- */

typedef int check_fn(const json_t *key, const char *text, size_t len,
    const unsigned char *sig, size_t sig_len, struct err *err);

/* RFC 7518, section 3.3. */
static int
check_rs256(const json_t *key, const char *text, size_t len,
    const unsigned char *sig, size_t sig_len, struct err *err)
{
	static const unsigned char algorithm[] = { 0x30, 0x0d, 0x06, 0x09,
		0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05,
		0x00 }; /* rsaEncryption */
	struct str both = STR_INIT, pair = STR_INIT, der = STR_INIT;
	struct number n, e;
	int rc;

	if (!read_number(key, "n", RSA_MAX_BYTES + 1, &n) ||
	    !read_number(key, "e", RSA_MAX_EXPONENT, &e) ||
	    n.len < RSA_MIN_BYTES || n.len > RSA_MAX_BYTES ||
	    sig_len != n.len)
		return 0;
	der_number(&both, n.bytes, n.len);
	der_number(&both, e.bytes, e.len);
	der_add(&pair, DER_SEQUENCE, both.s, both.len);
	der_key(&der, algorithm, sizeof(algorithm), &pair);
	rc = verify(&der, text, len, sig, sig_len, err);
	str_release(&both);
	str_release(&pair);
	str_release(&der);
	return rc;
}

/* RFC 7518, section 3.4: the signature is its two numbers, 32 bytes each. */
static int
check_es256(const json_t *key, const char *text, size_t len,
    const unsigned char *sig, size_t sig_len, struct err *err)
{
	static const unsigned char algorithm[] = { 0x30, 0x13, 0x06, 0x07,
		0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
		0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }; /* P-256 */
	const char *curve = json_string_value(json_object_get(key, "crv"));
	char point[1 + 2 * P256_BYTES] = { 0x04 };
	struct str at = STR_INIT, der = STR_INIT, both = STR_INIT,
	    form = STR_INIT;
	struct number x, y;
	int rc;

	if (curve == NULL || strcmp(curve, "P-256") != 0 ||
	    !read_number(key, "x", P256_BYTES, &x) ||
	    !read_number(key, "y", P256_BYTES, &y) ||
	    sig_len != (size_t)2 * P256_BYTES)
		return 0;
	memcpy(point + 1 + P256_BYTES - x.len, x.bytes, x.len);
	memcpy(point + 1 + 2 * P256_BYTES - y.len, y.bytes, y.len);
	str_add_len(&at, point, sizeof(point));
	der_key(&der, algorithm, sizeof(algorithm), &at);
	der_number(&both, sig, P256_BYTES);
	der_number(&both, sig + P256_BYTES, P256_BYTES);
	der_add(&form, DER_SEQUENCE, both.s, both.len);
	rc = verify(&der, text, len, (const unsigned char *)form.s, form.len,
	    err);
	str_release(&at);
	str_release(&der);
	str_release(&both);
	str_release(&form);
	return rc;
}

/* RFC 8037, section 3.1. */
static int
check_eddsa(const json_t *key, const char *text, size_t len,
    const unsigned char *sig, size_t sig_len, struct err *err)
{
	const char *curve = json_string_value(json_object_get(key, "crv"));
	const char *x = json_string_value(json_object_get(key, "x")), *end;
	unsigned char public[crypto_sign_PUBLICKEYBYTES];
	size_t n;

	(void)err;
	if (curve == NULL || strcmp(curve, "Ed25519") != 0 || x == NULL ||
	    sodium_base642bin(public, sizeof(public), x, strlen(x), NULL, &n,
		&end, B64) != 0 || n != sizeof(public) || *end != '\0' ||
	    sig_len != crypto_sign_BYTES)
		return 0;
	return crypto_sign_verify_detached(sig, (const unsigned char *)text,
	    len, public) == 0;
}

/* What a key is made for follows from its type alone. */
static const struct way {
	const char *alg, *kty;
	check_fn *check;
} ways[] = {
	{ "RS256", "RSA", check_rs256 },
	{ "ES256", "EC", check_es256 },
	{ "EdDSA", "OKP", check_eddsa },
};

static bool
has_text(const json_t *key, const char *name, const char *text)
{
	const char *value = json_string_value(json_object_get(key, name));

	return value != NULL && strcmp(value, text) == 0;
}

static bool
is_fit(const json_t *key, const struct way *way, const char *kid)
{
	return has_text(key, "kty", way->kty) &&
	    (json_object_get(key, "alg") == NULL ||
		has_text(key, "alg", way->alg)) &&
	    (json_object_get(key, "use") == NULL ||
		has_text(key, "use", "sig")) &&
	    (kid == NULL || has_text(key, "kid", kid));
}

int
jwt_signed(const json_t *keys, const char *alg, const char *kid,
    const char *text, size_t len, const unsigned char *sig, size_t sig_len,
    struct err *err)
{
	const json_t *key, *found = NULL;
	const struct way *way = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ways); i++)
		if (strcmp(alg, ways[i].alg) == 0)
			way = &ways[i];
	if (way == NULL)
		return err_set(err, ERR_DENIED, "the token is signed with "
		    "\"%.20s\": RS256, ES256 and EdDSA count", alg);
	json_array_foreach(json_object_get(keys, "keys"), i, key) {
		if (!is_fit(key, way, kid))
			continue;
		/* Which of two was meant, nobody can say. */
		if (found != NULL)
			return 0;
		found = key;
	}
	return found == NULL ? 0 : way->check(found, text, len, sig, sig_len,
	    err);
}
