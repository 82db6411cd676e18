/*
 * notify.c - rules: who is told of runs, when, and where.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/notify.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/internal.h"
#include "lib/store/reporting.h"
#include "lib/store/seal.h"
#include "lib/store/statement.h"

static const struct field rule_fields[] = {
	FIELD(INT64, notify_rule, id),
	FIELD(TEXT, notify_rule, place),
	FIELD(INT64, notify_rule, repo),
	FIELD(TEXT, notify_rule, cause),
	FIELD(TEXT, notify_rule, branch),
	FIELD(TEXT, notify_rule, alert),
	FIELD(INT, notify_rule, sample),
	FIELD(TEXT, notify_rule, kind),
	FIELD(TEXT, notify_rule, target),
	FIELD(TEXT, notify_rule, host),
	FIELD(BOOL, notify_rule, has_secret),
	FIELD(TEXT, notify_rule, made_by),
	FIELD(INT64, notify_rule, created_at_ms),
};
static const struct shape rule_shape = { rule_fields, ARRAY_LEN(rule_fields),
	sizeof(struct notify_rule) };

const char *
notify_place_owner(const char *owner, struct arena *a)
{
	char *place = arena_printf(a, "owner:%s", owner);

	for (char *p = place; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return place;
}

/* A box opens with its own rule alone. */
static const char *
about(const struct notify_rule *rule, struct arena *a)
{
	return arena_printf(a, "notify\n%s\n%s", rule->place, rule->target);
}

static int
do_add(struct store *st, const struct notify_rule *rule, const char *secret,
    struct arena *a, int64_t *id, struct err *err)
{
	unsigned char *sealed = NULL;
	size_t len = 0;

	if (secret != NULL && reporting_seal(st, about(rule, a), secret, a,
		&sealed, &len, err) == -1)
		return -1;
	return store_number(st, SQL_NOTIFY_INSERT, PARAMS(
	    P_TEXT("place", rule->place),
	    P_INT_UNLESS("repo", rule->repo, 0), P_TEXT("cause", rule->cause),
	    P_TEXT("branch", rule->branch), P_TEXT("alert", rule->alert),
	    P_INT_UNLESS("sample", rule->sample, 0),
	    P_TEXT("kind", rule->kind),
	    P_TEXT("target", rule->target), P_TEXT("host", rule->host),
	    { sealed == NULL ? PARAM_NULL : PARAM_BLOB, ":sealed", 0, sealed,
		len },
	    P_TEXT("made_by", rule->made_by),
	    P_INT("now", clock_now_ms())), id, err);
}

int
notify_add(struct store *st, const struct notify_rule *rule,
    const char *secret, int64_t *id, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = do_add(st, rule, secret, &a, id, err);
	rc = store_end(st, audit_done(st, rc, "notify.add", rule->repo, err,
	    "notification by %s", rule->kind), err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
notify_remove(struct store *st, int64_t id, struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_NOTIFY_DELETE, PARAMS(P_INT("id", id)), err);
	if (n == 0)
		n = err_set(err, ERR_NOT_FOUND, "there is no rule %" PRId64,
		    id);
	return store_end(st, audit_done(st, n, "notify.remove", 0, err,
	    "notification %" PRId64, id), err) == -1 ? -1 : 0;
}

int
notify_find(struct store *st, int64_t id, struct arena *a,
    struct notify_rule *out, struct err *err)
{
	return store_row(st, SQL_NOTIFY_FIND, PARAMS(P_INT("id", id)),
	    &rule_shape, a, out, err);
}

int
notify_secret(struct store *st, const struct notify_rule *rule,
    struct arena *a, const char **secret, struct err *err)
{
	struct sealed {
		const char *sealed;
		size_t sealed_len;
	} row;
	static const struct field fields[] = {
		FIELD(TEXT, sealed, sealed),
		FIELD(SIZE, sealed, sealed_len),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct sealed) };
	int rc = store_row(st, SQL_NOTIFY_SECRET, PARAMS(
	    P_INT("id", rule->id)), &shape, a, &row, err);

	if (rc == 1 && seal_open(st->path, SEAL_NOTIFY, about(rule, a),
		(const unsigned char *)row.sealed, row.sealed_len, a, secret,
		err) == -1)
		return err_wrap(err, "rule %" PRId64, rule->id);
	return rc;
}

int
notify_list(struct store *st, struct arena *a, struct notify_rule **out,
    size_t *n, struct err *err)
{
	return store_rows(st, SQL_NOTIFY_LIST, NULL, &rule_shape, a, out, n,
	    err);
}

int
notify_list_place(struct store *st, const char *place, struct arena *a,
    struct notify_rule **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_NOTIFY_LIST_PLACES, PARAMS(
	    P_TEXT("one", place), P_TEXT("two", place),
	    P_TEXT("three", place)), &rule_shape, a, out, n, err);
}

int
notify_list_repo(struct store *st, const struct repo *repo, struct arena *a,
    struct notify_rule **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_NOTIFY_LIST_PLACES, PARAMS(
	    P_TEXT("one", "all"),
	    P_TEXT("two", notify_place_owner(repo->owner, a)),
	    P_TEXT("three", reporting_place_repo(repo->id, a))), &rule_shape,
	    a, out, n, err);
}

int
notify_list_owner(struct store *st, const char *owner, struct arena *a,
    struct notify_rule **out, size_t *n, struct err *err)
{
	const char *place = owner == NULL ? "all" :
	    notify_place_owner(owner, a);

	return store_rows(st, SQL_NOTIFY_LIST_PLACES, PARAMS(
	    P_TEXT("one", "all"), P_TEXT("two", place),
	    P_TEXT("three", place)), &rule_shape, a, out, n, err);
}

int
notify_before(struct store *st, int64_t run, bool *failed, struct err *err)
{
	int64_t number;
	int rc = store_number(st, SQL_NOTIFY_BEFORE, PARAMS(
	    P_INT("run", run)), &number, err);

	if (rc == 1)
		*failed = number == 1;
	return rc;
}
