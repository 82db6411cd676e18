/*
 * identities.h - accounts elsewhere with which a user signs in.
 *
 * One is known by what its provider never gives to another one (`subject`),
 * not by a name or an address, which can change hands there.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_IDENTITIES_H
#define PAWL_STORE_IDENTITIES_H

#include "lib/store/grants.h"
#include "lib/store/users.h"

#define IDENTITY_SUBJECT_MAX 255
#define IDENTITIES_MAX 20 /* of a user */

struct identity {
	int64_t id;
	const char *provider; /* its name in the configuration */
	const char *subject;
	int64_t user;
	const char *login;    /* their name there, when they signed in last */
	bool by_hand;         /* joined by the user, not by the rules */
	int64_t created_at_ms, used_at_ms;
};

/* 1, 0, -1. */
int
identity_find(struct store *st, const char *provider, const char *subject,
    struct arena *a, struct identity *out, struct err *err);

int
identity_list(struct store *st, int64_t user, struct arena *a,
    struct identity **out, size_t *n, struct err *err);

/* Somebody who has signed in elsewhere, and what the rules of the
 * configuration give them. */
struct arrival {
	const char *provider, *subject, *login;
	const struct grant *grants; /* of repositories that are not there are
	                               left out */
	size_t n_grants;
	bool may_join; /* the rules let them in */
	int64_t joins; /* the user whose account this becomes; 0: look */
};

/*
 * The user of an arrival: the one that the identity belongs to, or a new one,
 * named as they are there, with a number behind that when the name is taken.
 * What the provider gave before is replaced by what it gives now. In one
 * transaction. ERR_DENIED: the rules let them in no more, or never did, and
 * they have not joined the account by hand; or the user is disabled.
 */
int
identity_arrive(struct store *st, const struct arrival *who, struct arena *a,
    struct user *out, struct err *err);

/* ERR_NOT_FOUND; ERR_CONFLICT when it is the only way in that the user has. */
int
identity_remove(struct store *st, int64_t user, const char *provider,
    struct err *err);

#endif
