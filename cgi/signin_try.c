/*
 * signin_try.c - one attempt to sign in elsewhere; see signin.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/signin.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/percent.h"
#include "lib/base/str.h"

#define BYTES 32
#define B64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static void
derive(const struct attempt *t, const char *what, const char *provider,
    char out[SIGNIN_TEXT])
{
	unsigned char mac[BYTES];
	struct str about = STR_INIT;

	str_addf(&about, "%s\n%s\n%lld\n%d", what, provider,
	    (long long)t->began_s, t->joins);
	crypto_generichash(mac, sizeof(mac), (const unsigned char *)about.s,
	    about.len, (const unsigned char *)t->secret, strlen(t->secret));
	sodium_bin2base64(out, SIGNIN_TEXT, mac, sizeof(mac), B64);
	str_release(&about);
}

static void
derive_all(struct attempt *t, const char *provider)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	derive(t, "state", provider, t->state);
	derive(t, "nonce", provider, t->nonce);
	derive(t, "verifier", provider, t->verifier);
	crypto_hash_sha256(sum, (const unsigned char *)t->verifier,
	    strlen(t->verifier));
	sodium_bin2base64(t->challenge, SIGNIN_TEXT, sum, sizeof(sum), B64);
}

void
attempt_begin(struct attempt *t, const char *provider, bool joins,
    const char *to, int64_t now_s)
{
	unsigned char random[BYTES];

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(t->secret, SIGNIN_TEXT, random, sizeof(random),
	    B64);
	t->began_s = now_s;
	t->joins = joins;
	t->to = to != NULL ? to : "";
	derive_all(t, provider);
}

const char *
attempt_cookie(const struct attempt *t, struct arena *a)
{
	struct str s = STR_INIT;
	const char *out;

	str_addf(&s, "%s.%lld.%d.", t->secret, (long long)t->began_s,
	    t->joins);
	percent_encode(&s, t->to);
	out = arena_strdup(a, s.s);
	str_release(&s);
	return out;
}

bool
attempt_read(struct attempt *t, const char *cookie, const char *provider,
    int64_t now_s, struct arena *a)
{
	char *copy = arena_strdup(a, cookie), *part[4];
	struct str to = STR_INIT;
	long long began;

	for (int i = 0; i < 4; i++) {
		part[i] = copy;
		copy += strcspn(copy, ".");
		if (i < 3 && *copy == '\0')
			return false;
		if (i < 3)
			*copy++ = '\0';
	}
	if (strlen(part[0]) != SIGNIN_TEXT - 1 ||
	    !str_to_int64(part[1], 0, INT64_MAX, &began) ||
	    began > now_s || now_s - began > SIGNIN_S ||
	    (strcmp(part[2], "0") != 0 && strcmp(part[2], "1") != 0))
		return false;
	memcpy(t->secret, part[0], SIGNIN_TEXT);
	t->began_s = began;
	t->joins = part[2][0] == '1';
	if (!percent_decode(&to, part[3], strlen(part[3]), 0)) {
		str_release(&to);
		return false;
	}
	t->to = arena_strdup(a, to.s);
	str_release(&to);
	derive_all(t, provider);
	return true;
}

bool
attempt_is(const struct attempt *t, const char *state)
{
	return state != NULL && strlen(state) == SIGNIN_TEXT - 1 &&
	    sodium_memcmp(state, t->state, SIGNIN_TEXT - 1) == 0;
}
