/*
 * json_users.h - people, tokens, sessions and the audit as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_USERS_H
#define PAWL_RENDER_JSON_USERS_H

#include <jansson.h>

#include "lib/store/audit.h"
#include "lib/store/grants.h"
#include "lib/store/identities.h"
#include "lib/store/sessions.h"
#include "lib/store/tokens.h"
#include "lib/store/users.h"

/* Each returns a new object or list; the caller owns it (json_decref). */

json_t *
json_grants(const struct grant *list, size_t n, struct arena *a);

/* Without grants; add them under "grants". */
json_t *
json_user(const struct user *u);

/* Without its text. */
json_t *
json_token(const struct token *t, struct arena *a);

/* `own`: the one that asks. */
json_t *
json_session(const struct session *s, int64_t own);

json_t *
json_identity(const struct identity *i);

json_t *
json_audit(const struct audit_entry *e);

#endif
