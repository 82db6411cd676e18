/*
 * audit.h - who did what by hand, and which job was given which secret.
 *
 * A connection acts for somebody once store_act_for() has said so: a handler
 * for who sends the request, the command line for a user of the host. Then
 * functions of the store that change rights or settings, or that people ask
 * for, append to the audit in their own transaction; those of workerd, which
 * acts for nobody, do not. So nothing that changes can be without its row,
 * and no caller has to think of it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_AUDIT_H
#define PAWL_STORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/audit.h"
#include "lib/store/store.h"

/* Longer texts are cut. */
#define AUDIT_TEXT_MAX 500

/* From now on the connection acts for `by`, who sits at `address` (NULL: this
 * host); borrowed. NULL: for nobody. */
void
store_act_for(struct store *st, const char *by, const char *address);

/*
 * Append what is done just now in the transaction that is open: nothing when
 * the connection acts for nobody. `action` is a word of doc/auth.md
 * ("token.add"), `target` says on what ("token robot"), `scope` where that is
 * ("ada/demo", NULL: everywhere), `detail` more, or NULL. No secret is in any
 * of them.
 */
int
audit_note(struct store *st, const char *action, const char *target,
    const char *scope, const char *detail, struct err *err);

/*
 * The same for functions that end with `rc`: nothing is appended when that is
 * -1. Returns rc, or -1 when the row could not be made. The scope is the
 * repository with this id (0: everywhere); `target` is a format.
 */
int
audit_done(struct store *st, int rc, const char *action, int64_t repo,
    struct err *err, const char *target, ...)
    __attribute__((format(printf, 6, 7)));

/* Of a run, or of its job with this key (NULL: the run). */
int
audit_run(struct store *st, int rc, const char *action, int64_t run,
    const char *key, const char *detail, struct err *err);

/* Of a user. */
int
audit_user(struct store *st, int rc, const char *action, int64_t user,
    const char *detail, struct err *err);

struct audit_entry {
	int64_t id, at_ms;
	const char *actor;   /* "": nobody who is known */
	const char *address; /* "": this host */
	const char *action, *target, *scope, *detail;
	const char *run, *job; /* "": no job did it */
	int attempt;
};

/* The same by `actor`, whomever the connection acts for; id and time are
 * ignored, NULL texts are empty, but for the address: that of the
 * connection. */
int
audit_add(struct store *st, const struct audit_entry *entry,
    struct err *err);

struct audit_query {
	const char *actor, *target, *scope; /* exactly; NULL: any */
	const char *action; /* "secret" has "secret.set", too; NULL: any */
	int64_t since_ms;   /* 0: any time */
	int64_t before;     /* an id; 0: from the newest */
	int limit;
};

/* The newest first. */
int
audit_list(struct store *st, const struct audit_query *q, struct arena *a,
    struct audit_entry **out, size_t *n, struct err *err);

/* The id of the newest, 0 when there is none: by which one sees that somebody
 * has done something. 0, or -1. */
int
audit_newest(struct store *st, int64_t *id, struct err *err);

/* Remove what is older than `keep_ms`, and more than AUDIT_MAX_ROWS. */
#define AUDIT_MAX_ROWS 1000000
int
audit_trim(struct store *st, int64_t keep_ms, struct err *err);

#endif
