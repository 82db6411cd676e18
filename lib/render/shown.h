/*
 * shown.h - which files anybody may read: the links in STATE/public.
 *
 * All files of all repositories stand in STATE/private. For each repository
 * that is public, public/KIND/OWNER/NAME is a link to its folder there. So
 * nobody who writes files has to know who may read them, a log that is being
 * written stays where it is, and a repository becomes private by taking four
 * links away, however much it holds. nginx serves what it finds in public/ by
 * itself, and anything else only when a handler agrees (nginx/pawl.conf.in).
 *
 * The row says what is to be shown, and what is (repos.shown). Links are made
 * under a lock by who reads the row under the same lock: of two, the later one
 * leaves what the row said last. What a kill leaves half done is found by the
 * row, by pawl-workerd.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_SHOWN_H
#define PAWL_RENDER_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

/* Say who may read a repository, and make it so: when this returns 0, files
 * that have become private are not found by others any more. -1: the row may
 * say so already; pawl-workerd does the rest. */
int
shown_set(struct store *st, const struct config *config, int64_t repo,
    bool is_private, bool badges_public, struct err *err);

/* Make links as the row says. A repository that is gone is success. */
int
shown_settle(struct store *st, const struct config *config, int64_t repo,
    struct err *err);

/* The same of all, for links that somebody has changed by hand or that came
 * back with a copy; and of those whose row says that it is not done yet. */
int
shown_settle_all(struct store *st, const struct config *config,
    struct err *err);
int
shown_settle_rest(struct store *st, const struct config *config,
    struct err *err);

/* Write public/feeds/cc.xml, of all public repositories, if it would differ. */
int
shown_feeds(struct store *st, const struct config *config, struct err *err);

/* Take all links of a repository away: it is being removed. */
int
shown_remove(const struct config *config, const char *owner,
    const char *name, struct err *err);

#endif
