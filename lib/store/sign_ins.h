/*
 * sign_ins.h - attempts to sign in: who fails often has to wait.
 *
 * Failures count for SIGN_IN_S from the first of them. A network (an IPv4
 * address, half of an IPv6 one) has SIGN_IN_MAX. A user has SIGN_IN_USER_MAX
 * from all networks together, so that many senders cannot share one user; but
 * that holds only where he has not signed in from before, so that nobody can
 * lock him out where he usually is. Unknown names are counted alike.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SIGN_INS_H
#define PAWL_STORE_SIGN_INS_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/store/store.h"

#define SIGN_IN_MAX 10
#define SIGN_IN_USER_MAX 40
#define SIGN_IN_S 600
#define SIGN_IN_NETWORKS 50 /* that are known of a user */

/* `name` of a user, NULL: none is tried. 1 when another attempt is allowed, 0
 * when not, -1. */
int
sign_in_allowed(struct store *st, const char *address, const char *name,
    struct err *err);

/* Count one that failed, and append it to the audit; `why` is for people. */
int
sign_in_failed(struct store *st, const char *address, const char *name,
    const char *why, struct err *err);

/* A user has signed in: his network is known from now on. `how` is for the
 * audit: "password", "github". */
int
sign_in_done(struct store *st, int64_t user, const char *by,
    const char *address, const char *how, struct err *err);

#endif
