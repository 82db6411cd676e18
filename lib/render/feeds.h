/*
 * feeds.h - what programs on other desks read: cc.xml of CCTray's kind (how
 * each workflow does), and Atom (what ran).
 *
 * CCTray: cctray.org/v1. Atom: RFC 4287.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_FEEDS_H
#define PAWL_RENDER_FEEDS_H

#include "lib/base/conf.h"
#include "lib/store/board.h"
#include "lib/store/repos.h"

#define FEED_PROJECTS 1000 /* of a cc.xml */
#define FEED_ENTRIES 30    /* of a feed.atom */

/* Workflows on default branches of the repositories in `sees` (sees.h). */
int
feed_cctray(struct store *st, const struct config *config, const char *sees,
    struct arena *a, struct str *out, struct err *err);

/* The newest runs of a repository that are over. */
int
feed_atom(struct store *st, const struct config *config,
    const struct repo *repo, struct arena *a, struct str *out,
    struct err *err);

#endif
