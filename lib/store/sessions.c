/*
 * sessions.c - browsers that have signed in, and those that tried to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/store/token_rows.h"

/* Of an IPv6 address what a provider gives to one customer. */
#define NETWORK_BYTES 8

static int
do_begin(struct store *st, const struct token *t, const char *value,
    struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	int64_t now = clock_now_ms();

	token_hash(value, hash);
	if (store_exec(st, SQL_SESSION_TRIM, PARAMS(P_INT("now", now)),
	    err) == -1)
		return -1;
	return store_exec(st, SQL_SESSION_INSERT, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_INT("token", t->id),
	    P_INT("now", now),
	    P_INT("expires", now + SESSION_S * INT64_C(1000))), err);
}

int
session_begin(struct store *st, const struct token *t, struct arena *a,
    const char **value, struct err *err)
{
	*value = token_random("", a);
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_begin(st, t, *value, err), err) == -1 ? -1 : 0;
}

int
session_find(struct store *st, const char *value, struct arena *a,
    struct token *out, struct err *err)
{
	return token_by(st, SQL_SESSION_BY_HASH, value, a, out, err);
}

int
session_end(struct store *st, const char *value, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];

	token_hash(value, hash);
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_SESSION_DELETE, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash))), err), err) == -1 ? -1 : 0;
}

void
session_form(const char *value, char out[SESSION_FORM_SIZE])
{
	static const char what[] = "form";
	unsigned char mac[TOKEN_HASH_SIZE];

	/* Keyed by the value, which the database does not hold. */
	crypto_generichash(mac, sizeof(mac), (const unsigned char *)what,
	    sizeof(what), (const unsigned char *)value,
	    strnlen(value, crypto_generichash_KEYBYTES_MAX));
	sodium_bin2hex(out, SESSION_FORM_SIZE, mac, sizeof(mac));
}

/* One row for all whom one can be with many addresses. */
static const char *
network_of(const char *address, char buf[INET6_ADDRSTRLEN])
{
	struct in6_addr in6;

	if (address == NULL)
		return "";
	if (inet_pton(AF_INET6, address, &in6) != 1 ||
	    IN6_IS_ADDR_V4MAPPED(&in6))
		return address;
	memset(in6.s6_addr + NETWORK_BYTES, 0,
	    sizeof(in6.s6_addr) - NETWORK_BYTES);
	return inet_ntop(AF_INET6, &in6, buf, INET6_ADDRSTRLEN);
}

int
sign_in_allowed(struct store *st, const char *address, struct err *err)
{
	char buf[INET6_ADDRSTRLEN];
	int64_t n = 0;

	if (store_number(st, SQL_SIGN_IN_FAILURES, PARAMS(
	    P_TEXT("address", network_of(address, buf)),
	    P_INT("since", clock_now_ms() - SIGN_IN_S * INT64_C(1000))), &n,
	    err) == -1)
		return -1;
	return n < SIGN_IN_MAX;
}

int
sign_in_failed(struct store *st, const char *address, struct err *err)
{
	char buf[INET6_ADDRSTRLEN];
	int64_t now = clock_now_ms();
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_SIGN_IN_FORGET, PARAMS(P_INT("since",
	    now - SIGN_IN_S * INT64_C(1000))), err);
	if (rc != -1)
		rc = store_exec(st, SQL_SIGN_IN_FAILED, PARAMS(
		    P_TEXT("address", network_of(address, buf)),
		    P_INT("now", now)), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}
