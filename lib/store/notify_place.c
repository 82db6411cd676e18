/*
 * notify_place.c - see notify_place.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/notify_place.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/store/notify.h"
#include "lib/store/reporting.h"

#define OWNER_KEY "owner:"

int
notify_place_find(struct store *st, const char *word, struct arena *a,
    struct notify_place *out, struct err *err)
{
	const char *slash = strrchr(word, '/');
	struct repo repo;
	int rc;

	memset(out, 0, sizeof(*out));
	if (strcmp(word, "all") == 0) {
		out->key = "all";
		return 0;
	}
	if (slash == NULL) {
		out->key = notify_place_owner(word, a);
		out->owner = out->key + strlen(OWNER_KEY);
		return 0;
	}
	rc = repo_find(st, arena_strndup(a, word, (size_t)(slash - word)),
	    slash + 1, a, &repo, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no repository "
		    "\"%.200s\"", word);
	if (rc == -1)
		return -1;
	out->repo = repo.id;
	out->key = reporting_place_repo(repo.id, a);
	return 0;
}

const char *
notify_place_text(struct store *st, const char *key, int64_t repo,
    struct arena *a)
{
	struct err err = { 0 };
	struct repo r;

	if (repo != 0 && repo_find_id(st, repo, a, &r, &err) == 1)
		return arena_printf(a, "%s/%s", r.owner, r.name);
	return str_starts_with(key, OWNER_KEY) ? key + strlen(OWNER_KEY) :
	    key;
}
