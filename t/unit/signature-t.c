/*
 * signature-t.c - who signed a webhook: every form that forges have.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/forge/forge.h"
#include "t/lib/tap.h"

#define NOW 1700000000
#define BODY "Hello, World!"
#define SECRET "It's a Secret to Everybody"
#define MAC_START "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b0"
#define MAC MAC_START "43e17"

static struct arena values = ARENA_INIT(0);

/* Headers as lines "NAME: VALUE". */
static const char *
header(void *ctx, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = ctx; s != NULL && *s != '\0';) {
		size_t line = strcspn(s, "\n");

		if (line > len && strncasecmp(s, name, len) == 0 &&
		    strncmp(s + len, ": ", 2) == 0)
			return arena_strndup(&values, s + len + 2,
			    line - len - 2);
		s += line + (s[line] == '\n');
	}
	return NULL;
}

static enum forge_signature
verify(const char *forge, const char *headers, const char *body, size_t len,
    const char *const *secrets, size_t n, size_t *which)
{
	struct forge_request r = { body, len, header,
		(void *)(uintptr_t)headers, NOW };

	return forge_verify(forge_find(forge), &r, secrets, n, which);
}

static enum forge_signature
check(const char *forge, const char *headers, const char *secret)
{
	size_t which;

	return verify(forge, headers, BODY, strlen(BODY), &secret, 1, &which);
}

static const struct {
	const char *value;
	enum forge_signature want;
	const char *what;
} hex[] = {
	{ "", FORGE_SIGNATURE_MISSING, "an empty header" },
	{ "sha256=", FORGE_SIGNATURE_MALFORMED, "no digits" },
	{ MAC, FORGE_SIGNATURE_MALFORMED, "no prefix" },
	{ "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
	    FORGE_SIGNATURE_MALFORMED, "another algorithm" },
	{ "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59",
	    FORGE_SIGNATURE_MALFORMED, "SHA-1, though it is right" },
	{ "SHA256=" MAC, FORGE_SIGNATURE_MALFORMED, "an upper-case prefix" },
	{ "sha256=" MAC_START "43e1", FORGE_SIGNATURE_MALFORMED,
	    "a digit too few" },
	{ "sha256=" MAC "0", FORGE_SIGNATURE_MALFORMED, "a digit too many" },
	{ "sha256=" MAC_START "43eZZ", FORGE_SIGNATURE_MALFORMED,
	    "no hex digits" },
	{ " sha256=" MAC, FORGE_SIGNATURE_MALFORMED, "a blank before" },
	{ "sha256=" MAC " ", FORGE_SIGNATURE_MALFORMED, "a blank behind" },
	{ "sha256=" MAC_START "43e16", FORGE_SIGNATURE_WRONG, "the last bit" },
	{ "sha256=0000000000000000000000000000000000000000000000000000000000"
	  "000000", FORGE_SIGNATURE_WRONG, "all zeros" },
	{ "sha256=" MAC, FORGE_SIGNED, "the right one" },
};

static const struct {
	const char *forge, *header;
} hex_forges[] = {
	{ "github", "X-Hub-Signature-256" },
	{ "bitbucket", "X-Hub-Signature" },
	{ "bitbucket-dc", "X-Hub-Signature" },
};

static void
test_hex(void)
{
	for (size_t k = 0; k < ARRAY_LEN(hex_forges); k++) {
		const char *forge = hex_forges[k].forge;

		is_int(check(forge, "X-Other: x\n", SECRET),
		    FORGE_SIGNATURE_MISSING, "%s: no header", forge);
		for (size_t i = 0; i < ARRAY_LEN(hex); i++)
			is_int(check(forge, arena_printf(&values, "%s: %s\n",
			    hex_forges[k].header, hex[i].value), SECRET),
			    hex[i].want, "%s: %s", forge, hex[i].what);
		is_int(check(forge, arena_printf(&values, "%s: sha256=%s\n",
		    hex_forges[k].header, MAC), "other"),
		    FORGE_SIGNATURE_WRONG, "%s: another secret", forge);
	}
}

/* A header that is there decides, whatever else was sent. */
static const struct {
	const char *forge, *headers;
	enum forge_signature want;
	const char *what;
} headers[] = {
	{ "github", "X-Hub-Signature: sha256=" MAC "\n",
	    FORGE_SIGNATURE_MISSING, "GitHub signs in one header" },
	{ "gitea", "X-Gitea-Signature: " MAC "\n", FORGE_SIGNED,
	    "Gitea's bare digits" },
	{ "gitea", "X-Gitea-Signature: sha256=" MAC "\n",
	    FORGE_SIGNATURE_MALFORMED, "have no prefix" },
	{ "gitea", "X-Gitea-Signature: " MAC_START "43e16\n"
	    "X-Hub-Signature-256: sha256=" MAC "\n", FORGE_SIGNATURE_WRONG,
	    "and are not rescued by GitHub's" },
	{ "gitea", "X-Hub-Signature-256: sha256=" MAC "\n",
	    FORGE_SIGNATURE_MISSING, "nor replaced by them" },
	{ "forgejo", "X-Gitea-Signature: " MAC "\n", FORGE_SIGNED,
	    "old Forgejo signs as Gitea" },
	{ "forgejo", "X-Forgejo-Signature: " MAC_START "43e16\n"
	    "X-Gitea-Signature: " MAC "\n", FORGE_SIGNATURE_WRONG,
	    "which does not rescue its own" },
	{ "gitlab", "X-Gitlab-Token: " SECRET "\n", FORGE_SIGNED,
	    "GitLab's token" },
	{ "gitlab", "X-Gitlab-Token: " SECRET "x\n", FORGE_SIGNATURE_WRONG,
	    "a longer one" },
	{ "gitlab", "X-Gitlab-Token: It\n", FORGE_SIGNATURE_WRONG,
	    "a shorter one" },
	{ "gitlab", "X-Gitlab-Token: \n", FORGE_SIGNATURE_MISSING,
	    "an empty one" },
	{ "gitlab", "webhook-id: a\nwebhook-timestamp: 1700000000\n"
	    "webhook-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	    "\nX-Gitlab-Token: " SECRET "\n", FORGE_SIGNATURE_WRONG,
	    "which does not rescue a signature" },
	{ "gitlab", "webhook-signature: v1,x\nX-Gitlab-Token: " SECRET "\n",
	    FORGE_SIGNATURE_MALFORMED, "nor half of one" },
};

static void
test_headers(void)
{
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		is_int(check(headers[i].forge, headers[i].headers, SECRET),
		    headers[i].want, "%s", headers[i].what);
}

/*
 * Standard Webhooks: printf %s "msg_1.1700000000.Hello, World!" |
 * openssl dgst -sha256 -hmac KEY -binary | base64
 */
#define OF_TEXT "quAPC8IoekzpzamzEhmkevIu2nLQeQaFAIIEaYw3C/A="
#define KEY64 "whsec_AAECAwQFBgcICQoLDA0ODw=="
#define OF_KEY64 "MmQ+AorZjimZJL+MeY4WJO/qh+x+WmZKA7vGfzcrEB8="

static enum forge_signature
standard(const char *id, const char *time, const char *signature,
    const char *secret)
{
	return check("generic", arena_printf(&values, "webhook-id: %s\n"
	    "webhook-timestamp: %s\nwebhook-signature: %s\n", id, time,
	    signature), secret);
}

static void
test_standard(void)
{
	static const char now[] = "1700000000";
	struct forge_request r = { BODY, strlen(BODY), header, NULL,
		NOW + FORGE_SIGNATURE_WINDOW_S };
	const char *secret = SECRET;
	size_t which;

	is_int(standard("msg_1", now, "v1," OF_TEXT, SECRET), FORGE_SIGNED,
	    "id, time and body");
	is_int(standard("msg_1", now, "v1," OF_KEY64, KEY64), FORGE_SIGNED,
	    "a secret in base64");
	is_int(standard("msg_1", now, "v1a,xyz v1," OF_KEY64 " v1," OF_TEXT,
	    SECRET), FORGE_SIGNED, "one of several signatures");
	is_int(standard("msg_2", now, "v1," OF_TEXT, SECRET),
	    FORGE_SIGNATURE_WRONG, "another id");
	is_int(standard("msg_1", "1700000001", "v1," OF_TEXT, SECRET),
	    FORGE_SIGNATURE_WRONG, "another time");
	is_int(standard("msg_1", now, "v2," OF_TEXT, SECRET),
	    FORGE_SIGNATURE_MALFORMED, "another version alone");
	is_int(standard("msg_1", now, "v1," OF_TEXT "=", SECRET),
	    FORGE_SIGNATURE_MALFORMED, "no base64");
	is_int(standard("msg_1", "", "v1," OF_TEXT, SECRET),
	    FORGE_SIGNATURE_MALFORMED, "no time");
	is_int(check("generic", "X-Gitlab-Token: " SECRET "\n", SECRET),
	    FORGE_SIGNATURE_MISSING, "only GitLab has a token");
	r.ctx = arena_printf(&values, "webhook-id: msg_1\nwebhook-timestamp: "
	    "%s\nwebhook-signature: v1,%s\n", now, OF_TEXT);
	is_int(forge_verify(forge_find("gitlab"), &r, &secret, 1, &which),
	    FORGE_SIGNED, "five minutes later");
	r.now_s++;
	is_int(forge_verify(forge_find("gitlab"), &r, &secret, 1, &which),
	    FORGE_SIGNATURE_OLD, "but not one second more");
	r.now_s = NOW - FORGE_SIGNATURE_WINDOW_S - 1;
	is_int(forge_verify(forge_find("gitlab"), &r, &secret, 1, &which),
	    FORGE_SIGNATURE_OLD, "nor from the future");
}

static void
test_secrets(void)
{
	static const char *const secrets[] = { "old", "", SECRET, "new" };
	const char *signature = "X-Hub-Signature-256: sha256=" MAC "\n";
	size_t which = 99;

	is_int(verify("github", signature, BODY, strlen(BODY), secrets, 4,
	    &which), FORGE_SIGNED, "any of several secrets");
	is_int((long long)which, 2, "and it is known which");
	is_int(verify("github", signature, BODY, strlen(BODY), secrets, 2,
	    &which), FORGE_SIGNATURE_WRONG, "none of them");
	is_int(verify("github", signature, BODY, strlen(BODY), secrets, 0,
	    &which), FORGE_SIGNATURE_WRONG, "no secret at all");
}

static void
test_sign(void)
{
	struct str lines = STR_INIT;

	for (size_t i = 0; forge_at(i) != NULL; i++) {
		const struct forge *f = forge_at(i);
		const char *secret = "k", *empty = "";
		size_t which;

		str_clear(&lines);
		forge_sign(f, secret, "push", "id-1", NOW, "a\0b", 3, &lines);
		is_int(verify(forge_name(f), lines.s, "a\0b", 3, &secret, 1,
		    &which), FORGE_SIGNED, "%s takes what it signed",
		    forge_name(f));
		is_int(verify(forge_name(f), lines.s, "a\0c", 3, &secret, 1,
		    &which), FORGE_SIGNATURE_WRONG, "of this body alone");
		is_str(header(lines.s, forge_delivery_header(f, 0)), "id-1",
		    "with its id");
		str_clear(&lines);
		forge_sign(f, empty, "push", "id-1", NOW, "x", 1, &lines);
		is_int(verify(forge_name(f), lines.s, "x", 1, &empty, 1,
		    &which), FORGE_SIGNATURE_WRONG,
		    "an empty secret signs nothing");
	}
	str_release(&lines);
}

/* RFC 4231, test cases 1 to 4, 6 and 7; 5 is cut to 128 bits. Keys of NUL
 * bytes cannot be secrets, and there are none. */
static const struct {
	const char *key;
	size_t key_len;
	const char *data;
	size_t data_len;
	const char *mac;
} vectors[] = {
	{ "\x0b", 20, "Hi There", 0, "b0344c61d8db38535ca8afceaf0bf12b881dc200"
	    "c9833da726e9376c2e32cff7" },
	{ "Jefe", 0, "what do ya want for nothing?", 0, "5bdcc146bf60754e6a04"
	    "2426089575c75a003f089d2739839dec58b964ec3843" },
	{ "\xaa", 20, "\xdd", 50, "773ea91e36800e46854db8ebd09181a72959098b3e"
	    "f8c122d9635514ced565fe" },
	{ "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
	    "\x11\x12\x13\x14\x15\x16\x17\x18\x19", 0, "\xcd", 50, "82558a38"
	    "9a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ "\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key "
	    "First", 0, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546"
	    "040f0ee37f54" },
	{ "\xaa", 131, "This is a test using a larger than block-size key and "
	    "a larger than block-size data. The key needs to be hashed before "
	    "being used by the HMAC algorithm.", 0, "9b09ffa71b942fcb27635fbc"
	    "d5b0e944bfdc63644f0713938a7f51535c3a35e2" },
};

/* One byte so often, or the text itself. */
static const char *
spread(const char *s, size_t n)
{
	char *out;

	if (n == 0)
		return s;
	out = arena_alloc(&values, n + 1);
	memset(out, (unsigned char)s[0], n);
	out[n] = '\0';
	return out;
}

static void
test_vectors(void)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const char *secret = spread(vectors[i].key,
		    vectors[i].key_len);
		const char *data = spread(vectors[i].data,
		    vectors[i].data_len);
		size_t which;

		is_int(verify("gitea", arena_printf(&values,
		    "X-Gitea-Signature: %s\n", vectors[i].mac), data,
		    strlen(data), &secret, 1, &which), FORGE_SIGNED,
		    "RFC 4231, vector %zu", i + 1);
	}
}

int
main(void)
{
	test_hex();
	test_headers();
	test_standard();
	test_secrets();
	test_sign();
	test_vectors();
	arena_release(&values);
	return tap_done();
}
