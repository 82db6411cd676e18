/*
 * signature.c - HMAC-SHA256 over the raw body of a webhook.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lib/forge/row.h"

#define MAC_SIZE crypto_auth_hmacsha256_BYTES

/* The init, update, final form takes a key of any length; crypto_auth() one
 * of 32 bytes only. */
static void
body_mac(const char *secret, const char *body, size_t len,
    unsigned char mac[MAC_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret,
	    strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body,
	    len);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
}

/* Exactly the prefix and 64 hex digits; nothing before, between or after. */
static bool
parse_value(const char *prefix, const char *value,
    unsigned char mac[MAC_SIZE])
{
	const size_t n = strlen(prefix);
	size_t made;

	if (strncmp(value, prefix, n) != 0)
		return false;
	value += n;
	if (strlen(value) != MAC_SIZE * 2)
		return false;
	return sodium_hex2bin(mac, MAC_SIZE, value, MAC_SIZE * 2, NULL, &made,
	    NULL) == 0 && made == MAC_SIZE;
}

enum forge_signature
forge_verify(const struct forge *f, const char *secret, const char *body,
    size_t len, const char *value)
{
	unsigned char want[MAC_SIZE], got[MAC_SIZE];
	int differs;

	if (value == NULL || value[0] == '\0')
		return FORGE_SIGNATURE_MISSING;
	if (!parse_value(f->signature_prefix, value, got))
		return FORGE_SIGNATURE_MALFORMED;
	if (secret[0] == '\0')
		return FORGE_SIGNATURE_WRONG;
	body_mac(secret, body, len, want);
	differs = sodium_memcmp(want, got, MAC_SIZE);
	sodium_memzero(want, sizeof(want));
	return differs == 0 ? FORGE_SIGNED : FORGE_SIGNATURE_WRONG;
}

void
forge_sign(const struct forge *f, const char *secret, const char *body,
    size_t len, struct str *out)
{
	unsigned char mac[MAC_SIZE];
	char hex[MAC_SIZE * 2 + 1];

	body_mac(secret, body, len, mac);
	sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
	str_add(out, f->signature_prefix);
	str_add(out, hex);
	sodium_memzero(mac, sizeof(mac));
}
