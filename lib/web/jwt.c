/*
 * jwt.c - see jwt.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/jwt.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"

#define B64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* A token cut at its dots. */
struct parts {
	const char *head, *body, *sig;
	size_t head_len, body_len, sig_len;
};

static bool
cut(const char *text, struct parts *p)
{
	const char *dot, *last;

	if (strnlen(text, JWT_MAX + 1) > JWT_MAX ||
	    (dot = strchr(text, '.')) == NULL ||
	    (last = strchr(dot + 1, '.')) == NULL ||
	    strchr(last + 1, '.') != NULL)
		return false;
	*p = (struct parts){ text, dot + 1, last + 1, (size_t)(dot - text),
		(size_t)(last - dot) - 1, strlen(last + 1) };
	return p->head_len > 0 && p->body_len > 0 && p->sig_len > 0;
}

bool
jwt_is_one(const char *text)
{
	struct parts p;

	/* A JSON object begins so. */
	return str_starts_with(text, "eyJ") && cut(text, &p);
}

static unsigned char *
decode(const char *s, size_t len, struct arena *a, size_t *out_len)
{
	unsigned char *out = arena_alloc(a, len + 1);
	const char *end;

	if (sodium_base642bin(out, len, s, len, NULL, out_len, &end, B64) !=
	    0 || end != s + len)
		return NULL;
	out[*out_len] = '\0';
	return out;
}

static json_t *
decode_object(const char *s, size_t len, struct arena *a)
{
	size_t n;
	unsigned char *text = decode(s, len, a, &n);
	json_t *o = text == NULL ? NULL : json_loadb((const char *)text, n,
	    JSON_REJECT_DUPLICATES, NULL);

	if (o != NULL && !json_is_object(o)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

const char *
jwt_issuer(const char *text, struct arena *a)
{
	struct parts p;
	json_t *body = cut(text, &p) ? decode_object(p.body, p.body_len, a) :
	    NULL;
	const char *issuer = json_string_value(json_object_get(body, "iss"));
	const char *copy = issuer == NULL ? NULL : arena_strdup(a, issuer);

	json_decref(body);
	return copy;
}

json_t *
jwt_keys_read(const char *text, size_t len, struct err *err)
{
	json_t *o = len > JWT_KEYS_MAX ? NULL : json_loadb(text, len,
	    JSON_REJECT_DUPLICATES, NULL);

	if (json_is_array(json_object_get(o, "keys")))
		return o;
	json_decref(o);
	err_set(err, ERR_INVALID, "this is no JWK set of up to %d bytes: an "
	    "object with a list \"keys\"", JWT_KEYS_MAX);
	return NULL;
}

static int
denied(struct err *err, const char *what)
{
	return err_set(err, ERR_DENIED, "the token %s", what);
}

/* The header, and the signature under what it names. */
static int
check_signature(const struct parts *p, const json_t *keys, struct arena *a,
    struct err *err)
{
	json_t *head = decode_object(p->head, p->head_len, a);
	const char *alg = json_string_value(json_object_get(head, "alg"));
	const json_t *kid = json_object_get(head, "kid");
	unsigned char *sig;
	size_t n;
	int rc = -1;

	if (alg == NULL) {
		denied(err, "has no header that says how it is signed");
		goto out;
	}
	/* RFC 7515, section 4.1.11: what must be understood is not. */
	if (json_object_get(head, "crit") != NULL) {
		denied(err, "has extensions (\"crit\")");
		goto out;
	}
	if ((kid != NULL && !json_is_string(kid)) ||
	    (sig = decode(p->sig, p->sig_len, a, &n)) == NULL) {
		denied(err, "is damaged");
		goto out;
	}
	rc = jwt_signed(keys, alg, json_string_value(kid), p->head,
	    p->head_len + 1 + p->body_len, sig, n, err);
	if (rc == 0)
		rc = denied(err, "is not signed by a key of its issuer");
out:
	json_decref(head);
	return rc == 1 ? 0 : -1;
}

/* Is the audience the expected one, or among them? */
static bool
is_for(const json_t *aud, const char *expected)
{
	const json_t *item;
	size_t i;

	if (json_is_string(aud))
		return strcmp(json_string_value(aud), expected) == 0;
	json_array_foreach(aud, i, item) {
		if (json_is_string(item) &&
		    strcmp(json_string_value(item), expected) == 0)
			return true;
	}
	return false;
}

/* A time of RFC 7519, section 2: seconds, perhaps with a fraction. */
static bool
read_time(const json_t *claims, const char *name, double *out)
{
	const json_t *value = json_object_get(claims, name);

	if (!json_is_number(value))
		return false;
	*out = json_number_value(value);
	return true;
}

static int
check_claims(const json_t *claims, const struct jwt_expect *e,
    struct err *err)
{
	const char *issuer = json_string_value(json_object_get(claims,
	    "iss"));
	double now = (double)e->now_s, at;

	if (issuer == NULL || strcmp(issuer, e->issuer) != 0)
		return denied(err, "is from another issuer");
	if (!is_for(json_object_get(claims, "aud"), e->audience))
		return denied(err, "is for somebody else: its claim \"aud\" "
		    "must be the configured audience");
	if (!read_time(claims, "exp", &at))
		return denied(err, "never ends: it needs a claim \"exp\"");
	if (at <= now - JWT_SKEW_S)
		return denied(err, "has expired");
	if (json_object_get(claims, "nbf") != NULL &&
	    (!read_time(claims, "nbf", &at) || at > now + JWT_SKEW_S))
		return denied(err, "does not count yet");
	if (json_object_get(claims, "iat") != NULL &&
	    (!read_time(claims, "iat", &at) || at > now + JWT_SKEW_S))
		return denied(err, "was made in the future");
	return 0;
}

json_t *
jwt_verify(const char *text, const json_t *keys, const struct jwt_expect *e,
    struct arena *a, struct err *err)
{
	struct parts p;
	json_t *claims;

	if (!cut(text, &p)) {
		denied(err, "is none: three parts with dots between, up to "
		    "16 KiB");
		return NULL;
	}
	if (check_signature(&p, keys, a, err) == -1)
		return NULL;
	claims = decode_object(p.body, p.body_len, a);
	if (claims == NULL) {
		denied(err, "has no claims");
		return NULL;
	}
	if (check_claims(claims, e, err) == 0)
		return claims;
	json_decref(claims);
	return NULL;
}
