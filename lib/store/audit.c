/*
 * audit.c - see audit.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/audit.h"

#include <inttypes.h>
#include <stdarg.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"
#include "lib/store/statement.h"
#include "lib/store/users.h"

static const struct field audit_fields[] = {
	FIELD(INT64, audit_entry, id),
	FIELD(INT64, audit_entry, at_ms),
	FIELD(TEXT, audit_entry, actor),
	FIELD(TEXT, audit_entry, address),
	FIELD(TEXT, audit_entry, action),
	FIELD(TEXT, audit_entry, target),
	FIELD(TEXT, audit_entry, scope),
	FIELD(TEXT, audit_entry, detail),
	FIELD(TEXT, audit_entry, run),
	FIELD(TEXT, audit_entry, job),
	FIELD(INT, audit_entry, attempt),
};
static const struct shape audit_shape = { audit_fields,
	ARRAY_LEN(audit_fields), sizeof(struct audit_entry) };

void
store_act_for(struct store *st, const char *by, const char *address)
{
	st->acts_for = by;
	st->acts_from = address;
}

/* What fits; no character is cut in two. */
static const char *
cut(struct str *s, const char *text)
{
	size_t len;

	str_clear(s);
	if (text != NULL)
		str_add_utf8(s, text);
	if (s->len <= AUDIT_TEXT_MAX)
		return s->s;
	for (len = AUDIT_TEXT_MAX; len > 0 &&
	    ((unsigned char)s->s[len] & 0xc0) == 0x80; len--)
		;
	str_cut(s, len);
	return s->s;
}

int
audit_add(struct store *st, const struct audit_entry *e, struct err *err)
{
	struct str t[5] = { STR_INIT, STR_INIT, STR_INIT, STR_INIT, STR_INIT };
	int n = store_exec(st, SQL_AUDIT_ADD, PARAMS(
	    P_INT("now", clock_now_ms()), P_TEXT("actor", cut(&t[0],
		e->actor)), P_TEXT("address", cut(&t[1],
		e->address != NULL ? e->address : st->acts_from)),
	    P_TEXT("action", e->action), P_TEXT("target", cut(&t[2],
		e->target)), P_TEXT("scope", cut(&t[3], e->scope)),
	    P_TEXT("detail", cut(&t[4], e->detail)), P_TEXT("run", e->run),
	    P_TEXT("job", e->job), P_INT_UNLESS("attempt", e->attempt, 0)),
	    err);

	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		str_release(&t[i]);
	return n == -1 ? -1 : 0;
}

int
audit_note(struct store *st, const char *action, const char *target,
    const char *scope, const char *detail, struct err *err)
{
	const struct audit_entry e = { .actor = st->acts_for,
		.address = st->acts_from, .action = action, .target = target,
		.scope = scope, .detail = detail };

	return st->acts_for == NULL ? 0 : audit_add(st, &e, err);
}

int
audit_done(struct store *st, int rc, const char *action, int64_t repo,
    struct err *err, const char *target, ...)
{
	struct arena a = ARENA_INIT(0);
	const char *scope = NULL;
	struct str text = STR_INIT;
	struct repo found;
	va_list ap;
	int there = 0;

	if (rc == -1 || st->acts_for == NULL)
		return rc;
	va_start(ap, target);
	str_vaddf(&text, target, ap);
	va_end(ap);
	if (repo != 0)
		there = repo_find_id(st, repo, &a, &found, err);
	if (there == 1)
		scope = arena_printf(&a, "%s/%s", found.owner, found.name);
	if (there == -1 ||
	    audit_note(st, action, text.s, scope, NULL, err) == -1)
		rc = -1;
	str_release(&text);
	arena_release(&a);
	return rc;
}

int
audit_run(struct store *st, int rc, const char *action, int64_t run,
    const char *key, const char *detail, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct run found;
	int there;

	if (rc == -1 || st->acts_for == NULL)
		return rc;
	there = run_find_id(st, run, &a, &found, err);
	if (there == 1)
		there = audit_note(st, action, arena_printf(&a, "run %s/%s#%"
		    PRId64 "%s%s", found.owner, found.name, found.number,
		    key != NULL ? " " : "", key != NULL ? key : ""),
		    arena_printf(&a, "%s/%s", found.owner, found.name), detail,
		    err);
	arena_release(&a);
	return there == -1 ? -1 : rc;
}

int
audit_user(struct store *st, int rc, const char *action, int64_t user,
    const char *detail, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct user u;
	int there;

	if (rc == -1 || st->acts_for == NULL)
		return rc;
	there = user_find_id(st, user, &a, &u, err);
	if (there == 1)
		there = audit_note(st, action, arena_printf(&a, "user %s",
		    u.name), NULL, detail, err);
	arena_release(&a);
	return there == -1 ? -1 : rc;
}

#define COMMON_PARAMS \
	P_INT("before", q->before > 0 ? q->before : INT64_MAX), \
	P_TEXT("prefix", q->action), P_TEXT("scope", q->scope), \
	P_INT("since", q->since_ms), P_INT("limit", q->limit)

int
audit_list(struct store *st, const struct audit_query *q, struct arena *a,
    struct audit_entry **out, size_t *n, struct err *err)
{
	if (q->actor != NULL)
		return store_rows(st, SQL_AUDIT_LIST_ACTOR, PARAMS(
		    P_TEXT("actor", q->actor), P_TEXT("target", q->target),
		    COMMON_PARAMS), &audit_shape, a, out, n, err);
	if (q->target != NULL)
		return store_rows(st, SQL_AUDIT_LIST_TARGET, PARAMS(
		    P_TEXT("target", q->target), COMMON_PARAMS), &audit_shape,
		    a, out, n, err);
	return store_rows(st, SQL_AUDIT_LIST, PARAMS(COMMON_PARAMS),
	    &audit_shape, a, out, n, err);
}

int
audit_newest(struct store *st, int64_t *id, struct err *err)
{
	*id = 0;
	return store_number(st, SQL_AUDIT_NEWEST, NULL, id, err) == -1 ? -1 : 0;
}

static int
do_trim(struct store *st, int64_t keep_ms, struct err *err)
{
	if (store_exec(st, SQL_AUDIT_TRIM_TIME, PARAMS(P_INT("before",
	    clock_now_ms() - keep_ms)), err) == -1)
		return -1;
	return store_exec(st, SQL_AUDIT_TRIM_ROWS, PARAMS(P_INT("most",
	    AUDIT_MAX_ROWS)), err) == -1 ? -1 : 0;
}

int
audit_trim(struct store *st, int64_t keep_ms, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_trim(st, keep_ms, err), err);
}
