/*
 * sign_ins.c - see sign_ins.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/sign_ins.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/statement.h"
#include "lib/store/users.h"

/* Of an IPv6 address what a provider gives to one customer. */
#define NETWORK_BYTES 8

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

/* The row of a name, in lower case as names are compared; what is too long
 * for one is cut, and no user's. */
static const char *
row_of(const char *name, char buf[USER_NAME_MAX + 8])
{
	size_t n = strlen("user ");

	memcpy(buf, "user ", n);
	for (; *name != '\0' && n < USER_NAME_MAX + 7; name++)
		buf[n++] = (char)(*name >= 'A' && *name <= 'Z' ?
		    *name - 'A' + 'a' : *name);
	buf[n] = '\0';
	return buf;
}

static int
failures(struct store *st, const char *whose, int64_t *n, struct err *err)
{
	*n = 0;
	return store_number(st, SQL_SIGN_IN_FAILURES, PARAMS(
	    P_TEXT("whose", whose),
	    P_INT("since", clock_now_ms() - SIGN_IN_S * INT64_C(1000))), n,
	    err) == -1 ? -1 : 0;
}

int
sign_in_allowed(struct store *st, const char *address, const char *name,
    struct err *err)
{
	char net[INET6_ADDRSTRLEN], row[USER_NAME_MAX + 8];
	const char *network = network_of(address, net);
	int64_t n, known;
	int rc;

	if (failures(st, network, &n, err) == -1)
		return -1;
	if (n >= SIGN_IN_MAX || name == NULL)
		return n < SIGN_IN_MAX;
	if (failures(st, row_of(name, row), &n, err) == -1)
		return -1;
	if (n < SIGN_IN_USER_MAX)
		return 1;
	rc = store_number(st, SQL_SIGN_IN_KNOWS, PARAMS(P_TEXT("name", name),
	    P_TEXT("network", network)), &known, err);
	return rc;
}

static int
count_one(struct store *st, const char *whose, int64_t now, struct err *err)
{
	return store_exec(st, SQL_SIGN_IN_FAILED, PARAMS(
	    P_TEXT("whose", whose), P_INT("now", now)), err);
}

static int
do_failed(struct store *st, const char *address, const char *name,
    const char *why, struct err *err)
{
	const struct audit_entry e = { .actor = "", .address = address,
		.action = "sign-in.refused", .target = "", .detail = why };
	char net[INET6_ADDRSTRLEN], row[USER_NAME_MAX + 8];
	int64_t now = clock_now_ms();

	if (store_exec(st, SQL_SIGN_IN_FORGET, PARAMS(P_INT("since",
	    now - SIGN_IN_S * INT64_C(1000))), err) == -1 ||
	    count_one(st, network_of(address, net), now, err) == -1 ||
	    (name != NULL && count_one(st, row_of(name, row), now,
		err) == -1))
		return -1;
	return audit_add(st, &e, err);
}

int
sign_in_failed(struct store *st, const char *address, const char *name,
    const char *why, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_failed(st, address, name, why, err), err);
}

static int
do_done(struct store *st, int64_t user, const char *by, const char *address,
    const char *how, struct err *err)
{
	const struct audit_entry e = { .actor = by, .address = address,
		.action = "sign-in", .target = "", .detail = how };
	char net[INET6_ADDRSTRLEN];
	int64_t now = clock_now_ms();

	if (user != 0 && (store_exec(st, SQL_SIGN_IN_LEARN, PARAMS(
	    P_INT("user", user), P_TEXT("network", network_of(address, net)),
	    P_INT("now", now)), err) == -1 ||
	    store_exec(st, SQL_SIGN_IN_UNLEARN, PARAMS(P_INT("user", user),
		P_INT("most", SIGN_IN_NETWORKS)), err) == -1 ||
	    store_exec(st, SQL_SIGN_IN_USED, PARAMS(P_INT("user", user),
		P_INT("now", now)), err) == -1))
		return -1;
	return audit_add(st, &e, err);
}

int
sign_in_done(struct store *st, int64_t user, const char *by,
    const char *address, const char *how, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_done(st, user, by, address, how, err), err);
}
