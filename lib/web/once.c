/*
 * once.c - see once.h.
 *
 * draft-ietf-httpapi-idempotency-key-header; RFC 9110, section 13.1.1. A
 * "W/" that a filter put in front of a tag does not count: behind nginx with
 * gzip there is no other.
 *
 * An answer may tell a secret that is never told again, as that of a new
 * token does. So it is kept under a key that follows from what the sender has
 * shown and has sent, of which the database knows hashes alone.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/once.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/wake.h"
#include "lib/store/answered.h"
#include "lib/web/auth.h"

#define KEY_HEADER "Idempotency-Key"
#define KEY_MAX 255
#define B64 sodium_base64_VARIANT_ORIGINAL

static const char *
key_of(const struct request *req)
{
	return req->method == METHOD_POST && req->actor != NULL ?
	    request_header(req, KEY_HEADER) : NULL;
}

static const char *
match_of(const struct request *req)
{
	return request_reads(req) ? NULL : request_header(req, "If-Match");
}

bool
once_wanted(const struct request *req)
{
	return req->route->access != ACCESS_BLIND &&
	    req->route->doc != NULL &&
	    (key_of(req) != NULL || match_of(req) != NULL);
}

static void
add(crypto_generichash_state *hash, const char *s)
{
	crypto_generichash_update(hash, (const unsigned char *)s,
	    strlen(s) + 1);
}

static void
hash_key(const struct request *req, unsigned char key[ANSWERED_HASH])
{
	crypto_generichash_state hash;

	crypto_generichash_init(&hash, NULL, 0, ANSWERED_HASH);
	add(&hash, req->actor->by);
	add(&hash, req->uri);
	add(&hash, key_of(req));
	crypto_generichash_final(&hash, key, ANSWERED_HASH);
}

static void
hash_body(const struct request *req, unsigned char out[ANSWERED_HASH])
{
	crypto_generichash_state hash;

	crypto_generichash_init(&hash, NULL, 0, ANSWERED_HASH);
	add(&hash, request_content_type(req));
	crypto_generichash_update(&hash,
	    (const unsigned char *)req->body.s, req->body.len);
	crypto_generichash_final(&hash, out, ANSWERED_HASH);
}

/* --- answers that the database cannot read -------------------------------- */

static void
seal_key(const struct request *req,
    unsigned char key[crypto_secretbox_KEYBYTES])
{
	const char *shown = req->actor->session;
	crypto_generichash_state hash;

	if (shown == NULL)
		shown = request_header(req, "Authorization");
	crypto_generichash_init(&hash, NULL, 0, crypto_secretbox_KEYBYTES);
	add(&hash, "answer");
	add(&hash, shown != NULL ? shown : "");
	add(&hash, key_of(req));
	crypto_generichash_final(&hash, key, crypto_secretbox_KEYBYTES);
}

/* A nonce and the sealed answer, as text. */
static const char *
seal(const struct request *req, const struct str *body)
{
	size_t len = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES +
	    body->len, room = sodium_base64_encoded_len(len, B64);
	unsigned char key[crypto_secretbox_KEYBYTES];
	unsigned char *box = arena_alloc(req->a, len);
	char *text = arena_alloc(req->a, room);

	seal_key(req, key);
	randombytes_buf(box, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES,
	    (const unsigned char *)body->s, body->len, box, key);
	sodium_memzero(key, sizeof(key));
	return sodium_bin2base64(text, room, box, len, B64);
}

/* False when it is for who has shown something else. */
static bool
unseal(const struct request *req, const char *text, struct str *out)
{
	size_t room = strlen(text), len, head = crypto_secretbox_NONCEBYTES +
	    crypto_secretbox_MACBYTES;
	unsigned char key[crypto_secretbox_KEYBYTES];
	unsigned char *box = arena_alloc(req->a, room + 1);
	unsigned char *plain = arena_alloc(req->a, room + 1);
	int rc = sodium_base642bin(box, room, text, room, NULL, &len, NULL,
	    B64);

	if (rc != 0 || len < head)
		return false;
	seal_key(req, key);
	rc = crypto_secretbox_open_easy(plain,
	    box + crypto_secretbox_NONCEBYTES,
	    len - crypto_secretbox_NONCEBYTES, box, key);
	sodium_memzero(key, sizeof(key));
	if (rc == 0)
		str_add_len(out, (const char *)plain, len - head);
	return rc == 0;
}

/* --- at most once --------------------------------------------------------- */

/* The same answer again. */
static int
repeat(const struct request *req, const struct answered *was,
    struct response *res, struct denial *no)
{
	if (!unseal(req, was->body, &res->body))
		return denial_set(no, 409, "idempotency-key", "this was done, "
		    "and its answer is for the token or session that it was "
		    "sent with");
	res->status = was->status;
	res->type = was->type;
	if (was->location != NULL)
		response_header(res, "Location", was->location);
	response_header(res, "Idempotency-Replayed", "true");
	return 1;
}

/* 1: it has been answered; 0: not yet, or with `no`; -1. */
static int
find(struct store *st, struct request *req, struct response *res,
    struct denial *no, struct err *err)
{
	unsigned char key[ANSWERED_HASH], body[ANSWERED_HASH];
	struct answered was;
	int rc;

	if (strlen(key_of(req)) > KEY_MAX)
		return denial_set(no, 400, "idempotency-key", "the header \""
		    KEY_HEADER "\" has more than 255 bytes");
	hash_key(req, key);
	hash_body(req, body);
	rc = answered_find(st, key, req->a, &was, err);
	if (rc != 1)
		return rc;
	if (memcmp(was.body_hash, body, sizeof(body)) != 0)
		return denial_set(no, 422, "idempotency-key", "this \""
		    KEY_HEADER "\" came with another body before: take a new "
		    "one for another request");
	return repeat(req, &was, res, no);
}

static int
keep(struct store *st, const struct request *req, const struct response *res,
    struct err *err)
{
	struct answered answer = { .status = res->status,
		.location = response_location(res, req->a),
		.type = res->type, .body = seal(req, &res->body) };
	unsigned char key[ANSWERED_HASH];

	hash_key(req, key);
	hash_body(req, answer.body_hash);
	return answered_keep(st, key, &answer, err);
}

/* Is what is there what the sender has seen? 1, 0 with `no`, -1. */
static int
check_match(struct web *w, const struct route *get, struct request *req,
    struct denial *no, struct err *err)
{
	const struct route *own = req->route;
	enum method method = req->method;
	char etag[RESPONSE_ETAG];
	struct response seen;
	int rc;

	if (get == NULL)
		return denial_set(no, 400, "if-match", "nothing here has an "
		    "ETag that \"If-Match\" could name");
	response_init(&seen);
	req->route = get;
	req->method = METHOD_GET;
	rc = get->fn(w, req, &seen, err) == -1 ? -1 : 1;
	req->route = own;
	req->method = method;
	if (rc == 1) {
		response_etag(&seen.body, etag);
		if (strcmp(match_of(req), "*") != 0 &&
		    strstr(match_of(req), etag) == NULL)
			rc = denial_set(no, 412, "changed", "it is not what "
			    "\"If-Match\" names any more: read it again");
	} else if (err->code == ERR_NOT_FOUND) {
		err_clear(err);
		rc = denial_set(no, 412, "changed", "what \"If-Match\" names "
		    "does not exist");
	}
	response_release(&seen);
	return rc;
}

/* 1: answered, 0 with `no`, -1. */
static int
run(struct web *w, struct store *st, const struct route *get,
    struct request *req, struct response *res, struct denial *no,
    struct err *err)
{
	int rc = 0;

	if (key_of(req) != NULL)
		rc = find(st, req, res, no, err);
	if (rc != 0 || no->status != 0)
		return rc;
	if (match_of(req) != NULL)
		rc = check_match(w, get, req, no, err);
	if (rc == -1 || no->status != 0)
		return rc;
	if (req->route->fn(w, req, res, err) == -1)
		return -1;
	if (key_of(req) != NULL && res->status < 300 &&
	    keep(st, req, res, err) == -1)
		return -1;
	return 1;
}

int
once_run(struct web *w, const struct route *get, struct request *req,
    struct response *res, struct denial *no, struct err *err)
{
	struct store *st = web_store(w, err);
	int rc;

	if (st == NULL || store_begin(st, err) == -1)
		return -1;
	rc = run(w, st, get, req, res, no, err);
	/* What was refused has changed nothing. */
	if (rc != 1 || res->status >= 400)
		store_rollback(st);
	else if (store_commit(st, err) == -1)
		rc = -1;
	else
		wake_send(w->config->run_dir); /* now it can be seen */
	return rc;
}
