/*
 * status.h - what the forges are told: the status of a commit. One row per
 * forge (status_row.h); everything here is pure, requests are values.
 *
 * Documents of each forge: docs.github.com "Commit statuses",
 * docs.gitlab.com "Commits API", the swagger of Gitea and Forgejo,
 * developer.atlassian.com "Commit statuses" and "Builds".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_STATUS_H
#define PAWL_FORGE_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/outgoing.h"

enum forge_state {
	FORGE_STATE_PENDING,
	FORGE_STATE_RUNNING,
	FORGE_STATE_SUCCESS,
	FORGE_STATE_FAILURE,   /* of what was to be checked */
	FORGE_STATE_ERROR,     /* of the pipeline file or of Pawl */
	FORGE_STATE_CANCELLED,
	FORGE_STATE_SKIPPED,
};

struct forge_status {
	const char *sha;
	const char *context;     /* "ci/pawl/push/build" */
	enum forge_state state;
	const char *description; /* for people; cut to what the forge takes */
	const char *url;         /* of the run's page */
	const char *branch;      /* or NULL */
	int64_t number;          /* of the run */
	int64_t duration_ms;     /* 0: it is not over */
};

struct status_row;

/* The API of a forge for one repository. */
struct forge_api {
	const struct status_row *row;
	const char *base;  /* "https://api.github.com" */
	const char *host;  /* of it, see outgoing_host() */
	const char *owner;
	const char *name;
	bool known;        /* the forge's own public service */
};

/*
 * Where the API is: `api_url`, or, when that is NULL, as the clone URL tells.
 * ERR_UNSUPPORTED: the forge takes no statuses. ERR_INVALID: the clone URL
 * does not tell.
 */
int
forge_api_find(const char *forge, const char *clone_url, const char *api_url,
    const char *owner, const char *name, struct arena *a,
    struct forge_api *out, struct err *err);

/* Can a forge of this name be told statuses? */
bool
forge_has_statuses(const char *forge);

/* May `token` be sent in a header? */
bool
forge_token_valid(const char *token);

/* The request that tells a status. */
void
forge_status_request(const struct forge_api *api, const char *token,
    const struct forge_status *s, struct arena *a, struct outgoing *out);

/* The forge's word for a state, for tests. */
const char *
forge_state_word(const struct forge_api *api, enum forge_state state);

/* An answer that says no, and means that it knows already: GitLab, when the
 * state is the same again. */
bool
forge_status_known(const struct forge_api *api, long status,
    const char *body);

#endif
