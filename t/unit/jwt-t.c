/*
 * jwt-t.c - tokens that somebody else has signed: one that counts, and every
 * way to forge one that is known; patterns of claims.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/web/jwt.h"
#include "lib/web/machine.h"
#include "t/lib/tap.h"

#define NOW 2000000000
#define GOOD "{\"iss\":\"https://issuer.example\",\"aud\":\"pawl\"," \
	"\"exp\":2000000100}"

static struct arena a;
static unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
static unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
static const struct jwt_expect expect = { "https://issuer.example", "pawl",
	NOW };

static const char *
b64(const void *data, size_t len)
{
	size_t size = sodium_base64_encoded_len(len,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *out = arena_alloc(&a, size);

	return sodium_bin2base64(out, size, data, len,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* A token of ours: header and claims as they are, signed with our key. */
static const char *
make(const char *head, const char *claims)
{
	const char *text = arena_printf(&a, "%s.%s", b64(head, strlen(head)),
	    b64(claims, strlen(claims)));
	unsigned char sig[crypto_sign_BYTES];

	crypto_sign_detached(sig, NULL, (const unsigned char *)text,
	    strlen(text), secret_key);
	return arena_printf(&a, "%s.%s", text, b64(sig, sizeof(sig)));
}

static const char *
our_keys(const char *more)
{
	return arena_printf(&a, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":"
	    "\"Ed25519\",\"kid\":\"k\",\"x\":\"%s\"}%s]}",
	    b64(public_key, sizeof(public_key)), more);
}

/* "good", or why not. */
static const char *
said(const char *token, const char *keys)
{
	struct err err = { 0 };
	json_t *set = jwt_keys_read(keys, strlen(keys), &err), *claims;

	if (set == NULL)
		return arena_strdup(&a, err.text);
	claims = jwt_verify(token, set, &expect, &a, &err);
	json_decref(set);
	if (claims == NULL)
		return arena_strdup(&a, err.text);
	json_decref(claims);
	return "good";
}

#define HEAD "{\"alg\":\"EdDSA\",\"kid\":\"k\"}"
#define CLAIMS(more) "{\"iss\":\"https://issuer.example\"," \
	"\"aud\":\"pawl\"" more "}"

static const struct {
	const char *head, *claims, *want;
} cases[] = {
	{ HEAD, GOOD, "good" },
	{ "{\"alg\":\"EdDSA\"}", GOOD, "good" },
	{ HEAD, "{\"iss\":\"https://issuer.example\",\"aud\":[\"x\",\"pawl\"],"
	    "\"exp\":2000000100.5,\"nbf\":1999999999,\"iat\":1}", "good" },
	{ "{\"alg\":\"none\",\"kid\":\"k\"}", GOOD, "the token is signed with "
	    "\"none\": RS256, ES256 and EdDSA count" },
	{ "{\"alg\":\"None\"}", GOOD, "the token is signed with \"None\": "
	    "RS256, ES256 and EdDSA count" },
	{ "{\"alg\":\"HS256\",\"kid\":\"k\"}", GOOD, "the token is signed with "
	    "\"HS256\": RS256, ES256 and EdDSA count" },
	{ "{\"alg\":\"RS256\",\"kid\":\"k\"}", GOOD, "the token is not signed "
	    "by a key of its issuer" },
	{ "{\"alg\":[\"EdDSA\"]}", GOOD, "the token has no header that says "
	    "how it is signed" },
	{ "{\"kid\":\"k\"}", GOOD, "the token has no header that says how it "
	    "is signed" },
	{ "[]", GOOD, "the token has no header that says how it is signed" },
	{ "{\"alg\":\"EdDSA\",\"alg\":\"none\"}", GOOD, "the token has no "
	    "header that says how it is signed" },
	{ "{\"alg\":\"EdDSA\",\"kid\":\"other\"}", GOOD, "the token is not "
	    "signed by a key of its issuer" },
	{ "{\"alg\":\"EdDSA\",\"kid\":1}", GOOD, "the token is damaged" },
	{ "{\"alg\":\"EdDSA\",\"crit\":[\"exp\"]}", GOOD, "the token has "
	    "extensions (\"crit\")" },
	{ "{\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"OKP\"},\"kid\":\"k\"}", GOOD,
	    "good" },
	{ HEAD, "{\"iss\":\"https://issuer.example\",\"aud\":\"pawl\","
	    "\"exp\":1999999000}", "the token has expired" },
	{ HEAD, CLAIMS(""), "the token never ends: it needs a claim \"exp\"" },
	{ HEAD, CLAIMS(",\"exp\":\"2000000100\""), "the token never ends: it "
	    "needs a claim \"exp\"" },
	{ HEAD, CLAIMS(",\"exp\":2000000100,\"nbf\":2000000090"),
	    "the token does not count yet" },
	{ HEAD, CLAIMS(",\"exp\":2000000100,\"nbf\":\"1\""),
	    "the token does not count yet" },
	{ HEAD, CLAIMS(",\"exp\":2000900000,\"iat\":2000000090"),
	    "the token was made in the future" },
	{ HEAD, "{\"iss\":\"https://issuer.example\",\"aud\":\"other\","
	    "\"exp\":2000000100}", "the token is for somebody else: its claim "
	    "\"aud\" must be the configured audience" },
	{ HEAD, "{\"iss\":\"https://issuer.example\",\"exp\":2000000100}",
	    "the token is for somebody else: its claim \"aud\" must be the "
	    "configured audience" },
	{ HEAD, "{\"iss\":\"https://issuer.example/\",\"aud\":\"pawl\","
	    "\"exp\":2000000100}", "the token is from another issuer" },
	{ HEAD, "{\"aud\":\"pawl\",\"exp\":2000000100}",
	    "the token is from another issuer" },
	{ HEAD, "[]", "the token has no claims" },
	{ HEAD, "{\"exp\":2000000100", "the token has no claims" },
};

static void
test_claims(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_str(said(make(cases[i].head, cases[i].claims),
		    our_keys("")), cases[i].want, "%s %s", cases[i].head,
		    cases[i].claims);
}

static void
test_form(void)
{
	const char *good = make(HEAD, GOOD);
	char *text = arena_strdup(&a, good);
	const char *none = "the token is none: three parts with dots between, "
	    "up to 16 KiB";

	ok(jwt_is_one(good), "it looks like one");
	ok(!jwt_is_one("pawl_abc") && !jwt_is_one("eyJ.x"), "others do not");
	is_str(jwt_issuer(good, &a), "https://issuer.example",
	    "it says from whom it is");
	text[strlen(text) - 1] = text[strlen(text) - 1] == 'A' ? 'Q' : 'A';
	is_str(said(text, our_keys("")), "the token is not signed by a key of "
	    "its issuer", "a changed signature");
	text = arena_strdup(&a, good);
	text[strlen(HEAD) + 20] ^= 1;
	ok(strcmp(said(text, our_keys("")), "good") != 0, "changed claims");
	is_str(said(arena_printf(&a, "%.*s.", (int)(strrchr(good, '.') -
	    good), good), our_keys("")), none, "no signature");
	is_str(said("a.b", our_keys("")), none, "two parts");
	is_str(said(arena_printf(&a, "%s.x", good), our_keys("")), none,
	    "four parts");
	is_str(said(arena_printf(&a, "%s=", good), our_keys("")),
	    "the token is damaged", "padding");
	is_str(said(arena_printf(&a, "a.%0*d.b", JWT_MAX, 1), our_keys("")),
	    none, "one that is too long");
	is_str(said(good, our_keys(",{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
	    "\"kid\":\"k\",\"x\":\"AAAA\"}")), "the token is not signed by a "
	    "key of its issuer", "two keys of one name");
	is_str(said(good, "{}"), "this is no JWK set of up to 65536 bytes: an "
	    "object with a list \"keys\"", "a set must be one");
	is_str(said(good, "{\"keys\":[1,{\"kty\":\"oct\",\"kid\":\"k\"},"
	    "{\"kty\":\"OKP\",\"kid\":\"k\",\"use\":\"enc\"}]}"),
	    "the token is not signed by a key of its issuer",
	    "other keys do not count");
	is_str(said(good, "{\"keys\":[{\"kty\":\"OKP\",\"kid\":\"k\","
	    "\"crv\":\"Ed25519\",\"x\":\"AAAA\"}]}"), "the token is not "
	    "signed by a key of its issuer", "nor a short one");
}

/* t/data/jwt: made with another program, a line each: good or bad, what it is,
 * the token. */
static void
test_libcrypto(void)
{
	const char *srcdir = getenv("srcdir");
	const char *folder = arena_printf(&a, "%s/t/data/jwt",
	    srcdir != NULL ? srcdir : ".");
	struct str keys = STR_INIT, rows = STR_INIT;
	struct err err = { 0 };
	char *save = NULL;

	ok(file_read(arena_printf(&a, "%s/keys.json", folder), 65536, &keys,
	    &err) >= 0, "a file is read");
	ok(file_read(arena_printf(&a, "%s/tokens", folder), 65536, &rows,
	    &err) >= 0, "a file is read");
	for (char *row = strtok_r(rows.s, "\n", &save); row != NULL;
	    row = strtok_r(NULL, "\n", &save)) {
		char *what = strchr(row, '\t') + 1;
		char *token = strchr(what, '\t') + 1;
		const char *got = said(token, keys.s);

		what[-1] = token[-1] = '\0';
		if (strstr(got, "libcrypto") != NULL)
			tap_skip("there is no libcrypto");
		else
			ok((strcmp(got, "good") == 0) == (strcmp(row,
			    "good") == 0), "%s: %s", what, got);
	}
	str_release(&keys);
	str_release(&rows);
}

static const struct {
	const char *pattern, *text;
	bool want;
} patterns[] = {
	{ "acme/demo", "acme/demo", true },
	{ "acme/demo", "acme/demo2", false },
	{ "acme", "acme/demo", false },
	{ "acme/*", "acme/demo", true },
	{ "acme/*", "acme/", true },
	{ "acme/*", "acme/demo/more", false },
	{ "acme/*", "evil/acme/demo", false },
	{ "refs/heads/**", "refs/heads/a/b", true },
	{ "**:ref:refs/heads/*", "repo:a/b:ref:refs/heads/x", true },
	{ "**a*b", "a/xab", true },
	{ "*", "", true },
	{ "", "x", false },
	{ "a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    false },
};

static void
test_patterns(void)
{
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		is_int(machine_fits(patterns[i].pattern, patterns[i].text),
		    patterns[i].want, "\"%s\" and \"%s\"",
		    patterns[i].pattern, patterns[i].text);
}

int
main(void)
{
	arena_init(&a, 0);
	if (sodium_init() == -1)
		return 1;
	crypto_sign_keypair(public_key, secret_key);
	test_claims();
	test_form();
	test_libcrypto();
	test_patterns();
	arena_release(&a);
	return tap_done();
}
