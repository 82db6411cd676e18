/*
 * queue_hold.c - what keeps jobs from being claimed: pauses, the draining of
 * the host, limits; and what everybody has of the host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/queue_hold.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/statement.h"

static const char *const stop_words[] = {
	[QUEUE_HOST] = "host",
	[QUEUE_ALL] = "queue",
};

/* A pause that changes no row stands already, or is of nobody. */
static int
check_owner(struct store *st, const char *name, struct err *err)
{
	int64_t id;
	int rc = store_number(st, SQL_QUEUE_OWNER_ID, PARAMS(
	    P_TEXT("name", name)), &id, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "no repository has the "
		    "owner \"%s\"", name);
	return rc == -1 ? -1 : 0;
}

/* Of which part of the queue it was. */
static int
note(struct store *st, int rc, const char *action,
    const struct queue_scope *scope, struct err *err)
{
	switch (scope->what) {
	case QUEUE_HOST:
		return audit_done(st, rc, action, 0, err, "queue of the host");
	case QUEUE_ALL:
		return audit_done(st, rc, action, 0, err, "queue");
	case QUEUE_OWNER:
		return audit_done(st, rc, action, 0, err, "queue of owner %s",
		    scope->name);
	case QUEUE_REPO:
		return audit_done(st, rc, action, scope->repo, err, "queue");
	case QUEUE_LABEL:
		return audit_done(st, rc, action, 0, err, "queue of label %s",
		    scope->name);
	}
	return rc;
}

/* --- pauses --------------------------------------------------------------- */

static int
do_pause(struct store *st, const struct queue_scope *scope, const char *by,
    const char *reason, struct err *err)
{
	int64_t now = clock_now_ms();

	switch (scope->what) {
	case QUEUE_HOST:
	case QUEUE_ALL:
		return store_exec(st, SQL_QUEUE_STOP, PARAMS(
		    P_TEXT("what", stop_words[scope->what]), P_INT("now", now),
		    P_TEXT("by", by), P_TEXT("reason", reason)), err);
	case QUEUE_OWNER:
		if (check_owner(st, scope->name, err) == -1)
			return -1;
		return store_exec(st, SQL_QUEUE_PAUSE_OWNER, PARAMS(
		    P_TEXT("name", scope->name), P_INT("now", now),
		    P_TEXT("by", by), P_TEXT("reason", reason)), err);
	case QUEUE_REPO:
		return store_exec(st, SQL_QUEUE_PAUSE_REPO, PARAMS(
		    P_INT("repo", scope->repo), P_INT("now", now),
		    P_TEXT("by", by), P_TEXT("reason", reason)), err);
	case QUEUE_LABEL:
		break;
	}
	return err_set(err, ERR_BUG, "labels are not paused");
}

int
queue_pause(struct store *st, const struct queue_scope *scope, const char *by,
    const char *reason, struct err *err)
{
	if (reason != NULL && strlen(reason) > QUEUE_MAX_TEXT)
		return err_set(err, ERR_INVALID, "the reason has more than %d "
		    "bytes", QUEUE_MAX_TEXT);
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, note(st, do_pause(st, scope, by, reason, err),
	    "queue.pause", scope, err), err);
}

static int
do_resume(struct store *st, const struct queue_scope *scope, struct err *err)
{
	switch (scope->what) {
	case QUEUE_HOST:
	case QUEUE_ALL:
		return store_exec(st, SQL_QUEUE_GO, PARAMS(
		    P_TEXT("what", stop_words[scope->what])), err);
	case QUEUE_OWNER:
		if (check_owner(st, scope->name, err) == -1)
			return -1;
		return store_exec(st, SQL_QUEUE_RESUME_OWNER, PARAMS(
		    P_TEXT("name", scope->name)), err);
	case QUEUE_REPO:
		return store_exec(st, SQL_QUEUE_RESUME_REPO, PARAMS(
		    P_INT("repo", scope->repo)), err);
	case QUEUE_LABEL:
		break;
	}
	return err_set(err, ERR_BUG, "labels are not paused");
}

int
queue_resume(struct store *st, const struct queue_scope *scope,
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, note(st, do_resume(st, scope, err),
	    "queue.resume", scope, err), err);
}

int
queue_stops(struct store *st, struct arena *a, struct queue_stop **out,
    size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(BOOL, queue_stop, drain),
		FIELD(INT64, queue_stop, at_ms),
		FIELD(TEXT, queue_stop, by),
		FIELD(TEXT, queue_stop, reason),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct queue_stop) };

	return store_rows(st, SQL_QUEUE_STOPS, NULL, &shape, a, out, n, err);
}

/* --- limits --------------------------------------------------------------- */

/* As jobs.labels has it. */
static int
limit_label(struct store *st, const char *name, int64_t max, struct err *err)
{
	struct str label = STR_INIT;
	int rc;

	if (*name == '\0' || strlen(name) > QUEUE_MAX_TEXT ||
	    strchr(name, '\n') != NULL)
		return err_set(err, ERR_INVALID, "a label is one line of 1 to "
		    "%d bytes", QUEUE_MAX_TEXT);
	for (const char *p = name; *p != '\0'; p++)
		str_add_char(&label, (char)tolower((unsigned char)*p));
	rc = max == -1 ? store_exec(st, SQL_QUEUE_UNLIMIT_LABEL, PARAMS(
	    P_TEXT("label", label.s)), err) :
	    store_exec(st, SQL_QUEUE_LIMIT_LABEL, PARAMS(
	    P_TEXT("label", label.s), P_INT("max", max)), err);
	str_release(&label);
	return rc == -1 ? -1 : 0;
}

static int
do_limit(struct store *st, const struct queue_scope *scope, int64_t max,
    struct err *err)
{
	switch (scope->what) {
	case QUEUE_OWNER:
		if (check_owner(st, scope->name, err) == -1)
			return -1;
		return store_exec(st, SQL_QUEUE_LIMIT_OWNER, PARAMS(
		    P_TEXT("name", scope->name), P_INT_UNLESS("max", max,
		    -1)), err) == -1 ? -1 : 0;
	case QUEUE_REPO:
		return store_exec(st, SQL_QUEUE_LIMIT_REPO, PARAMS(
		    P_INT("repo", scope->repo), P_INT_UNLESS("max", max, -1)),
		    err) == -1 ? -1 : 0;
	case QUEUE_LABEL:
		return limit_label(st, scope->name, max, err);
	case QUEUE_HOST:
	case QUEUE_ALL:
		break;
	}
	return err_set(err, ERR_BUG, "the host's limit is \"max-jobs\"");
}

int
queue_limit(struct store *st, const struct queue_scope *scope, int64_t max,
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, note(st, do_limit(st, scope, max, err),
	    "queue.limit", scope, err), err);
}

/* --- shares --------------------------------------------------------------- */

int
queue_running(struct store *st, int64_t *out, struct err *err)
{
	return store_number(st, SQL_QUEUE_RUNNING, NULL, out, err) == -1 ?
	    -1 : 0;
}

int
queue_shares(struct store *st, const char *sees, size_t max, struct arena *a,
    struct queue_share **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, queue_share, owner),
		FIELD(TEXT, queue_share, name),
		FIELD(INT64, queue_share, ready),
		FIELD(INT64, queue_share, running),
		FIELD(INT64, queue_share, used_ms),
		FIELD(INT64, queue_share, max_running),
		FIELD(INT64, queue_share, paused_at_ms),
		FIELD(TEXT, queue_share, paused_by),
		FIELD(TEXT, queue_share, paused_reason),
		FIELD(INT64, queue_share, owner_ready),
		FIELD(INT64, queue_share, owner_running),
		FIELD(INT64, queue_share, owner_used_ms),
		FIELD(INT64, queue_share, owner_max),
		FIELD(INT64, queue_share, owner_paused_at_ms),
		FIELD(TEXT, queue_share, owner_paused_by),
		FIELD(TEXT, queue_share, owner_paused_reason),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct queue_share) };

	return store_rows(st, SQL_QUEUE_SHARES, PARAMS(P_TEXT("sees", sees), 
	    P_INT("max", (int64_t)max)), &shape, a, out, n, err);
}

int
queue_labels(struct store *st, struct arena *a, struct queue_label **out,
    size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, queue_label, label),
		FIELD(INT64, queue_label, max_running),
		FIELD(INT64, queue_label, running),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct queue_label) };

	return store_rows(st, SQL_QUEUE_LABEL_LIMITS, NULL, &shape, a, out, n,
	    err);
}

int
queue_sweep(struct store *st, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_QUEUE_SWEEP, NULL, err), err);
}

int
queue_recount(struct store *st, struct err *err)
{
	/* From above: triggers pass on what changes below to sums that are
	 * right by then, and never below 0. */
	static const enum sql_id all[] = { SQL_QUEUE_RECOUNT_OWNERS,
		SQL_QUEUE_RECOUNT_REPOS, SQL_QUEUE_RECOUNT_LANES,
		SQL_QUEUE_RECOUNT_LOST };
	int wrong = 0, rc = 0;

	if (store_begin(st, err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(all) && rc != -1; i++) {
		rc = store_exec(st, all[i], NULL, err);
		wrong += rc;
	}
	return store_end(st, rc == -1 ? -1 : wrong, err);
}
