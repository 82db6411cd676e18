/*
 * secret_keys.c - a new key for all secrets of jobs.
 *
 * The file of keys holds both while this goes on, and whatever seals or opens
 * does so under the write lock of the database, which is held here, too. So
 * there is no moment at which a row could not be opened, or would be sealed
 * under a key that is about to go.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/audit.h"
#include "lib/store/secret_rows.h"

#include <sodium.h>
#include <string.h>

#include "lib/store/internal.h"
#include "lib/store/seal.h"

typedef int (*each_secret)(struct store *st, const struct sealed_row *row,
    const char *value, struct arena *a, struct err *err);

/* Open one after the other; only one value is in memory at a time. */
static int
walk(struct store *st, each_secret each, size_t *n, struct err *err)
{
	struct sealed_row row = { 0 };
	int rc;

	*n = 0;
	do {
		struct arena a = ARENA_INIT(0);
		const char *value;

		rc = store_row(st, SQL_SECRET_NEXT, PARAMS(P_INT("after",
		    row.id)), &sealed_shape, &a, &row, err);
		if (rc == 1 && seal_open(st->path, SEAL_JOBS,
		    secret_about(row.place, row.name, &a),
		    (const unsigned char *)row.sealed, row.sealed_len, &a,
		    &value, err) == -1)
			rc = err_wrap(err, "secret %s (%s)", row.name,
			    row.place);
		if (rc == 1 && each != NULL)
			rc = each(st, &row, value, &a, err) == -1 ? -1 : 1;
		*n += rc == 1;
		arena_release(&a);
	} while (rc == 1);
	return rc;
}

static int
seal_again(struct store *st, const struct sealed_row *row, const char *value,
    struct arena *a, struct err *err)
{
	unsigned char *sealed;
	size_t len;

	if (seal_close(st->path, SEAL_JOBS, secret_about(row->place,
	    row->name, a), value, a, &sealed, &len, err) == -1)
		return -1;
	return store_exec(st, SQL_SECRET_RESEAL, PARAMS(P_INT("id", row->id),
	    P_BLOB("sealed", sealed, len)), err) == -1 ? -1 : 0;
}

static int
seal_all(struct store *st, const char *actor, size_t *n, struct err *err)
{
	const struct audit_entry entry = { .action = "secret.rotate",
		.actor = actor };
	int has = seal_has_key(st->path, SEAL_JOBS, err);
	int64_t sealed = 0;

	if (has == -1 || store_number(st, SQL_SECRET_COUNT, NULL, &sealed,
	    err) == -1)
		return -1;
	if (has == 0 && sealed == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no key yet: the "
		    "first \"pawl secret set\" makes it");
	if (seal_add_key(st->path, SEAL_JOBS, err) == -1 ||
	    walk(st, seal_again, n, err) == -1)
		return -1;
	return audit_add(st, &entry, err);
}

int
secret_rotate(struct store *st, const char *actor, size_t *n,
    struct err *err)
{
	if (store_begin(st, err) == -1 ||
	    store_end(st, seal_all(st, actor, n, err), err) == -1 ||
	    store_begin(st, err) == -1)
		return -1;
	return store_end(st, seal_drop_key(st->path, SEAL_JOBS, err), err);
}

int
secret_check(struct store *st, size_t *n, struct err *err)
{
	return walk(st, NULL, n, err);
}
