/*
 * signature.c - who signed the raw body of a webhook.
 *
 * Standard Webhooks (standardwebhooks.com, "Verifying signatures"), which
 * GitLab's signing tokens follow, sign an id and a time, too: an old request
 * that somebody has kept is refused.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/forge/row.h"

#define MAC_SIZE crypto_auth_hmacsha256_BYTES
#define ID_HEADER "webhook-id"
#define TIME_HEADER "webhook-timestamp"
#define KEY_PREFIX "whsec_" /* before base64; others are bytes as they are */
#define MAX_KEY 1024
#define MAX_SIGNATURES 8 /* of one header */

/* What one header says, and what is signed besides the body. */
struct claim {
	const struct forge_signing *how;
	const char *value;
	unsigned char macs[MAX_SIGNATURES][MAC_SIZE];
	size_t n_macs;
	const char *id, *time; /* of WAY_STANDARD */
};

static const char *
header(const struct forge_request *r, const char *name)
{
	const char *s = r->header(r->ctx, name);

	return s != NULL && s[0] != '\0' ? s : NULL;
}

static void
mac_add(crypto_auth_hmacsha256_state *state, const char *s, size_t len)
{
	crypto_auth_hmacsha256_update(state, (const unsigned char *)s, len);
}

/* The key of a secret in the form that Standard Webhooks gives it. */
static size_t
standard_key(const char *secret, unsigned char key[MAX_KEY])
{
	const size_t prefix = strlen(KEY_PREFIX);
	size_t len;

	if (strncmp(secret, KEY_PREFIX, prefix) != 0 ||
	    sodium_base642bin(key, MAX_KEY, secret + prefix,
	    strlen(secret + prefix), NULL, &len, NULL,
	    sodium_base64_VARIANT_ORIGINAL) == -1 || len == 0)
		return 0;
	return len;
}

/* The init, update, final form takes a key of any length; crypto_auth() one
 * of 32 bytes only. `id` NULL: the body alone. */
static void
make_mac(const char *secret, const char *id, const char *time,
    const char *body, size_t len, unsigned char mac[MAC_SIZE])
{
	crypto_auth_hmacsha256_state state;
	unsigned char key[MAX_KEY];
	size_t n = id != NULL ? standard_key(secret, key) : 0;

	if (n > 0)
		crypto_auth_hmacsha256_init(&state, key, n);
	else
		crypto_auth_hmacsha256_init(&state,
		    (const unsigned char *)secret, strlen(secret));
	if (id != NULL) {
		mac_add(&state, id, strlen(id));
		mac_add(&state, ".", 1);
		mac_add(&state, time, strlen(time));
		mac_add(&state, ".", 1);
	}
	mac_add(&state, body, len);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	sodium_memzero(key, sizeof(key));
}

/* --- what a header says --------------------------------------------------- */

/* Exactly the prefix and 64 hex digits; nothing before, between or after. */
static bool
parse_hex(struct claim *c)
{
	const size_t n = strlen(c->how->prefix);
	size_t made;

	if (strncmp(c->value, c->how->prefix, n) != 0 ||
	    strlen(c->value + n) != MAC_SIZE * 2)
		return false;
	c->n_macs = 1;
	return sodium_hex2bin(c->macs[0], MAC_SIZE, c->value + n,
	    MAC_SIZE * 2, NULL, &made, NULL) == 0 && made == MAC_SIZE;
}

/* Signatures of other versions are left alone; one of ours must be whole. */
static bool
parse_standard(struct claim *c)
{
	const size_t n = strlen(c->how->prefix);
	size_t made;

	for (const char *s = c->value; *s != '\0'; s += *s == ' ') {
		size_t len = strcspn(s, " ");

		if (len > n && strncmp(s, c->how->prefix, n) == 0) {
			if (c->n_macs == MAX_SIGNATURES ||
			    sodium_base642bin(c->macs[c->n_macs], MAC_SIZE,
			    s + n, len - n, NULL, &made, NULL,
			    sodium_base64_VARIANT_ORIGINAL) == -1 ||
			    made != MAC_SIZE)
				return false;
			c->n_macs++;
		}
		s += len;
	}
	return c->n_macs > 0;
}

static bool
parse(struct claim *c, const struct forge_request *r)
{
	switch (c->how->way) {
	case WAY_HMAC:
		return parse_hex(c);
	case WAY_STANDARD:
		c->id = header(r, ID_HEADER);
		c->time = header(r, TIME_HEADER);
		return c->id != NULL && c->time != NULL && parse_standard(c);
	case WAY_TOKEN:
	case WAY_NONE:
		break;
	}
	return true;
}

/* --- comparing ------------------------------------------------------------ */

/* Texts of any two lengths, in time that tells of neither. */
static bool
same_token(const char *one, const char *other)
{
	unsigned char a[MAC_SIZE], b[MAC_SIZE];

	make_mac(one, NULL, NULL, "token", 5, a);
	make_mac(other, NULL, NULL, "token", 5, b);
	return sodium_memcmp(a, b, MAC_SIZE) == 0;
}

static bool
fits(const struct claim *c, const struct forge_request *r,
    const char *secret)
{
	unsigned char want[MAC_SIZE];
	bool good = false;

	if (c->how->way == WAY_TOKEN)
		return same_token(secret, c->value);
	make_mac(secret, c->id, c->time, r->body, r->len, want);
	for (size_t i = 0; i < c->n_macs; i++)
		good |= sodium_memcmp(want, c->macs[i], MAC_SIZE) == 0;
	sodium_memzero(want, sizeof(want));
	return good;
}

/* Was it signed about now? Seconds in digits, nothing else. */
static bool
is_recent(const char *time, int64_t now_s)
{
	int64_t at;

	if (strspn(time, "0123456789") != strlen(time) || strlen(time) > 12)
		return false;
	at = strtoll(time, NULL, 10);
	return at >= now_s - FORGE_SIGNATURE_WINDOW_S &&
	    at <= now_s + FORGE_SIGNATURE_WINDOW_S;
}

enum forge_signature
forge_verify(const struct forge *f, const struct forge_request *r,
    const char *const *secrets, size_t n, size_t *which)
{
	struct claim c = { .how = NULL };
	bool good = false;

	for (size_t i = 0; i < FORGE_HEADERS && c.value == NULL; i++) {
		c.how = &f->signings[i];
		if (c.how->way == WAY_NONE)
			break;
		c.value = header(r, c.how->header);
	}
	if (c.value == NULL)
		return FORGE_SIGNATURE_MISSING;
	if (!parse(&c, r))
		return FORGE_SIGNATURE_MALFORMED;
	for (size_t i = 0; i < n; i++)
		if (fits(&c, r, secrets[i]) && secrets[i][0] != '\0') {
			good = true;
			*which = i;
		}
	if (!good)
		return FORGE_SIGNATURE_WRONG;
	return c.time == NULL || is_recent(c.time, r->now_s) ? FORGE_SIGNED :
	    FORGE_SIGNATURE_OLD;
}

/* --- signing -------------------------------------------------------------- */

static void
add_header(struct str *out, const char *name, const char *value)
{
	if (name != NULL)
		str_addf(out, "%s: %s\n", name, value);
}

void
forge_sign(const struct forge *f, const char *secret, const char *event,
    const char *id, int64_t now_s, const char *body, size_t len,
    struct str *headers)
{
	const struct forge_signing *how = &f->signings[0];
	unsigned char mac[MAC_SIZE];
	char text[MAC_SIZE * 2 + 1], time[24];

	snprintf(time, sizeof(time), "%" PRId64, now_s);
	add_header(headers, f->event_headers[0], event);
	add_header(headers, f->id_headers[0], id);
	if (how->way == WAY_STANDARD) {
		if (strcmp(f->id_headers[0], ID_HEADER) != 0)
			add_header(headers, ID_HEADER, id);
		add_header(headers, TIME_HEADER, time);
		make_mac(secret, id, time, body, len, mac);
		sodium_bin2base64(text, sizeof(text), mac, sizeof(mac),
		    sodium_base64_VARIANT_ORIGINAL);
	} else {
		make_mac(secret, NULL, NULL, body, len, mac);
		sodium_bin2hex(text, sizeof(text), mac, sizeof(mac));
	}
	str_addf(headers, "%s: %s%s\n", how->header, how->prefix, text);
	sodium_memzero(mac, sizeof(mac));
}
