/*
 * sandbox_ids.h - whose files the files of an image are on the host.
 *
 * The users of an image are others outside: user 0 of it is nobody's root.
 * Three ways, the first that is possible: Pawl is root and takes 65536 ids
 * that nobody else has ("sandbox-first-id"); an ordinary user has ids of its
 * own in /etc/subuid and /etc/subgid, and newuidmap gives them; or there is
 * one id, and every file of the image is the user's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_SANDBOX_IDS_H
#define PAWL_ENGINE_SANDBOX_IDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"

/* As many as images use. */
#define SANDBOX_IDS 65536

enum sandbox_ids_way {
	SANDBOX_IDS_ONE,    /* user 0 alone, who is us */
	SANDBOX_IDS_HELPER, /* user 0 is us, the others by newuidmap */
	SANDBOX_IDS_ROOT,   /* all of them, by us as root */
};

struct sandbox_ids {
	enum sandbox_ids_way way;
	uid_t uid; /* on the host, of user 0 */
	gid_t gid;
	int64_t first_uid, first_gid; /* on the host, of users 1 and on
	                                 (SANDBOX_IDS_HELPER) */
	int64_t n_uids, n_gids;       /* of those */
};

/* What is possible here. */
void
sandbox_ids_find(const struct config *config, struct sandbox_ids *ids);

/*
 * In a child that has not executed anything yet: make a user namespace with
 * these ids and become user 0 in it, with every capability there. Returns -1
 * with errno.
 */
int
sandbox_ids_enter(const struct sandbox_ids *ids);

/* In a child of ours with these ids: call fn, whose -1 with errno is told. */
int
sandbox_ids_call(const struct sandbox_ids *ids, int (*fn)(void *ctx),
    void *ctx);

/* Remove a tree whose files have any of these ids. As file_remove_tree(). */
int
sandbox_ids_remove_tree(const struct sandbox_ids *ids, const char *path,
    struct err *err);

#endif
