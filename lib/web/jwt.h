/*
 * jwt.h - tokens that somebody else has signed (JWT, RFC 7519, in the compact
 * form of RFC 7515).
 *
 * Only what is needed is understood: RS256, ES256 and EdDSA with Ed25519. The
 * key says which of them it is for (RFC 8725, section 3.1), so a token cannot
 * choose another way to be checked; there is no way without a signature. Keys
 * are a JWK set (RFC 7517).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_JWT_H
#define PAWL_WEB_JWT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define JWT_MAX 16384
#define JWT_KEYS_MAX (64 * 1024) /* bytes of a JWK set */
#define JWT_SKEW_S 60            /* that clocks may differ */

/* What a token must say. */
struct jwt_expect {
	const char *issuer;   /* exactly */
	const char *audience; /* is it, or one of them */
	int64_t now_s;
};

/* Does the text have the form of one? Its parts are not looked at. */
bool
jwt_is_one(const char *text);

/* The claim "iss" of a token that nobody has checked: only to find the keys
 * with which to do so. NULL when there is none; it lives in `a`. */
const char *
jwt_issuer(const char *text, struct arena *a);

/* Read a JWK set; NULL with ERR_INVALID. */
json_t *
jwt_keys_read(const char *text, size_t len, struct err *err);

/*
 * The claims of a token that is signed by one of the keys, says what is
 * expected, and counts now; the caller releases them. NULL: ERR_DENIED with
 * what is wrong, ERR_UNSUPPORTED when libcrypto is needed and not there.
 */
json_t *
jwt_verify(const char *text, const json_t *keys, const struct jwt_expect *e,
    struct arena *a, struct err *err);

/* --- jwt_key.c: one signature ---------------------------------------------- */

/*
 * Is `sig` that of the text under a key of the set that is called `kid` (NULL:
 * the only one that fits) and made for `alg`? 1, 0, -1.
 */
int
jwt_signed(const json_t *keys, const char *alg, const char *kid,
    const char *text, size_t len, const unsigned char *sig, size_t sig_len,
    struct err *err);

#endif
