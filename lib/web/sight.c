/*
 * sight.c - see sight.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/sight.h"

#include "lib/store/repos.h"
#include "lib/store/sees.h"
#include "lib/web/auth.h"

static int
check_repo(struct store *st, struct request *req, const char *owner,
    const char *name, struct denial *no, struct err *err)
{
	struct repo repo;
	int found = repo_find(st, owner, name, req->a, &repo, err);

	if (found == -1)
		return -1;
	if (found == 1 && (!repo.is_private ||
	    actor_may(req->actor, ROLE_READER, owner, name)))
		return 1;
	return denial_set(no, 404, NULL, arena_printf(req->a,
	    "there is no repository \"%s/%s\"", owner, name));
}

static int
find_sees(struct store *st, struct request *req, struct err *err)
{
	const struct actor *who = req->actor;

	return sees_find(st, who != NULL ? who->grants : NULL,
	    who != NULL ? who->n_grants : 0, req->a, &req->sees, err) == -1 ?
	    -1 : 1;
}

int
sight_check(struct web *w, struct request *req, struct denial *no,
    struct err *err)
{
	const char *owner = request_param(req, "owner");
	const char *name = request_param(req, "repo");
	struct store *st = web_store(w, err);

	if (st == NULL)
		return -1;
	return owner != NULL && name != NULL ?
	    check_repo(st, req, owner, name, no, err) :
	    find_sees(st, req, err);
}
