/*
 * hook_secrets.c - webhook secrets of repositories.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/hook_secrets.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/internal.h"
#include "lib/store/seal.h"
#include "lib/store/statement.h"

#define USED_EVERY_MS 60000

static const struct field fields[] = {
	FIELD(INT64, hook_secret, id),
	FIELD(TEXT, hook_secret, name),
	FIELD(TEXT, hook_secret, sealed),
	FIELD(SIZE, hook_secret, sealed_len),
	FIELD(INT64, hook_secret, created_at_ms),
	FIELD(TEXT, hook_secret, created_by),
	FIELD(INT64, hook_secret, expires_at_ms),
	FIELD(INT64, hook_secret, used_at_ms),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct hook_secret) };

static int
check_name(const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > HOOK_SECRET_NAME_MAX)
		return err_set(err, ERR_INVALID, "the name of a webhook secret "
		    "has 1 to %d bytes", HOOK_SECRET_NAME_MAX);
	for (const char *s = name; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return err_set(err, ERR_INVALID, "the name of a "
			    "webhook secret has control characters");
	return 0;
}

static int
insert(struct store *st, int64_t repo, const char *name,
    const struct param *values, struct err *err)
{
	int64_t n, id;

	if (store_number(st, SQL_HOOK_SECRET_COUNT, PARAMS(
	    P_INT("repo", repo)), &n, err) == -1)
		return -1;
	if (n >= HOOK_SECRETS_MAX)
		return err_set(err, ERR_CONFLICT, "the repository has %d "
		    "webhook secrets, the most there may be: remove one",
		    HOOK_SECRETS_MAX);
	if (store_number(st, SQL_HOOK_SECRET_INSERT, values, &id, err) == -1)
		return err->code != ERR_EXISTS ? -1 : err_set(err, ERR_EXISTS,
		    "the repository has a webhook secret \"%s\" already",
		    name);
	return 0;
}

int
hook_secret_add(struct store *st, int64_t repo, const char *name,
    const char *text, int64_t expires_at_ms, const char *by, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	unsigned char *sealed;
	size_t len;
	int rc = check_name(name, err);

	if (rc == 0)
		rc = seal_close(st->path, SEAL_HOOKS, "", text, &a, &sealed,
		    &len, err);
	if (rc == 0 && store_begin(st, err) == -1)
		rc = -1;
	else if (rc == 0)
		rc = store_end(st, audit_done(st, insert(st, repo, name,
		    PARAMS(P_INT("repo", repo), P_TEXT("name", name),
		    P_BLOB("sealed", sealed, len),
		    P_INT("now", clock_now_ms()), P_TEXT("by", by),
		    P_INT_UNLESS("expires", expires_at_ms, 0)), err),
		    "hook-secret.add", repo, err, "webhook secret %s", name),
		    err);
	arena_release(&a);
	return rc;
}

int
hook_secret_list(struct store *st, int64_t repo, struct arena *a,
    struct hook_secret **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_HOOK_SECRET_LIST, PARAMS(
	    P_INT("repo", repo), P_INT_UNLESS("now", 0, 0)), &shape, a, out,
	    n, err);
}

int
hook_secret_open(struct store *st, int64_t repo, struct arena *a,
    struct hook_secret **out, size_t *n, struct err *err)
{
	if (store_rows(st, SQL_HOOK_SECRET_LIST, PARAMS(P_INT("repo", repo),
	    P_INT("now", clock_now_ms())), &shape, a, out, n, err) == -1)
		return -1;
	for (size_t i = 0; i < *n; i++) {
		struct hook_secret *s = &(*out)[i];

		if (seal_open(st->path, SEAL_HOOKS, "",
		    (const unsigned char *)s->sealed, s->sealed_len, a,
		    &s->value, err) == -1)
			return err_wrap(err, "webhook secret \"%s\" of "
			    "repository %" PRId64, s->name, repo);
	}
	return 0;
}

int
hook_secret_used(struct store *st, int64_t id, struct err *err)
{
	int64_t now = clock_now_ms();

	return store_exec(st, SQL_HOOK_SECRET_USED, PARAMS(P_INT("id", id),
	    P_INT("now", now), P_INT("before", now - USED_EVERY_MS)), err) ==
	    -1 ? -1 : 0;
}

int
hook_secret_remove(struct store *st, int64_t repo, const char *name,
    struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_HOOK_SECRET_DELETE, PARAMS(P_INT("repo", repo),
	    P_TEXT("name", name)), err);
	if (n == 0)
		n = err_set(err, ERR_NOT_FOUND, "the repository has no webhook "
		    "secret \"%s\"", name);
	return store_end(st, audit_done(st, n == -1 ? -1 : 0,
	    "hook-secret.remove", repo, err, "webhook secret %s", name), err);
}
