/*
 * outbox_hosts.c - hosts that messages cannot be sent to now. They stand in
 * the database, so that a restart does not ask them again at once.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/outbox.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/statement.h"

static const struct field host_fields[] = {
	FIELD(TEXT, outbox_host, host),
	FIELD(INT, outbox_host, failures),
	FIELD(INT64, outbox_host, until_ms),
	FIELD(TEXT, outbox_host, error),
	FIELD(INT64, outbox_host, changed_at_ms),
};
static const struct shape host_shape = { host_fields, ARRAY_LEN(host_fields),
	sizeof(struct outbox_host) };

int
outbox_host_find(struct store *st, const char *host, struct arena *a,
    struct outbox_host *out, struct err *err)
{
	return store_row(st, SQL_OUTBOX_HOST_FIND, PARAMS(
	    P_TEXT("host", host)), &host_shape, a, out, err);
}

int
outbox_host_list(struct store *st, struct arena *a, struct outbox_host **out,
    size_t *n, struct err *err)
{
	return store_rows(st, SQL_OUTBOX_HOST_LIST, NULL, &host_shape, a, out,
	    n, err);
}

int
outbox_host_set(struct store *st, const char *host, const struct breaker *b,
    const char *error, struct err *err)
{
	bool well = b->failures == 0 && b->until_ms == 0;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	if (well)
		rc = store_exec(st, SQL_OUTBOX_HOST_CLEAR, PARAMS(
		    P_TEXT("host", host)), err);
	else
		rc = store_exec(st, SQL_OUTBOX_HOST_SET, PARAMS(
		    P_TEXT("host", host), P_INT("failures", b->failures),
		    P_INT("until_ms", b->until_ms), P_TEXT("error", error),
		    P_INT("now", clock_now_ms())), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}
