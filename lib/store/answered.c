/*
 * answered.c - see answered.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/answered.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/internal.h"
#include "lib/store/statement.h"

#define EXPIRE_AT_ONCE 100

struct row {
	const char *body_hash;
	int status;
	const char *location, *type, *body;
};

static const struct field fields[] = {
	FIELD(TEXT, row, body_hash),
	FIELD(INT, row, status),
	FIELD(TEXT, row, location),
	FIELD(TEXT, row, type),
	FIELD(TEXT, row, body),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct row) };

int
answered_find(struct store *st, const unsigned char key[ANSWERED_HASH],
    struct arena *a, struct answered *out, struct err *err)
{
	struct row row;
	int rc = store_row(st, SQL_ANSWERED_FIND, PARAMS(
	    P_BLOB("key", key, ANSWERED_HASH), P_INT("now", clock_now_ms())),
	    &shape, a, &row, err);

	if (rc != 1)
		return rc;
	memcpy(out->body_hash, row.body_hash, ANSWERED_HASH);
	out->status = row.status;
	out->location = row.location;
	out->type = row.type;
	out->body = row.body;
	return 1;
}

int
answered_keep(struct store *st, const unsigned char key[ANSWERED_HASH],
    const struct answered *r, struct err *err)
{
	int64_t now = clock_now_ms();

	return store_exec(st, SQL_ANSWERED_EXPIRE, PARAMS(P_INT("now", now),
	    P_INT("limit", EXPIRE_AT_ONCE)), err) == -1 ||
	    store_exec(st, SQL_ANSWERED_KEEP, PARAMS(
	    P_BLOB("key", key, ANSWERED_HASH),
	    P_BLOB("body_hash", r->body_hash, ANSWERED_HASH),
	    P_INT("status", r->status), P_TEXT("location", r->location),
	    P_TEXT("type", r->type), P_TEXT("body", r->body),
	    P_INT("expires", now + (int64_t)ANSWERED_S * 1000)), err) == -1 ?
	    -1 : 0;
}
