/*
 * place.c - see place.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/place.h"

#include <string.h>

#include "cli/ref.h"
#include "lib/base/str.h"
#include "lib/store/notify.h"
#include "lib/store/reporting.h"

#define OWNER_KEY "owner:"

int
place_read(struct cli *cli, const char *word, struct place *out,
    struct err *err)
{
	struct repo repo;

	memset(out, 0, sizeof(*out));
	if (strcmp(word, "all") == 0) {
		out->key = "all";
	} else if (strchr(word, '/') == NULL) {
		out->key = notify_place_owner(word, &cli->arena);
		out->owner = out->key + strlen(OWNER_KEY);
	} else {
		if (ref_find_repo(cli, word, &repo, err) == -1)
			return -1;
		out->repo = repo.id;
		out->key = reporting_place_repo(repo.id, &cli->arena);
	}
	return 0;
}

const char *
place_text(struct cli *cli, const char *key, int64_t repo)
{
	struct err err = { 0 };
	struct repo r;

	if (repo != 0 && repo_find_id(cli->store, repo, &cli->arena, &r,
		&err) == 1)
		return arena_printf(&cli->arena, "%s/%s", r.owner, r.name);
	return str_starts_with(key, OWNER_KEY) ? key + strlen(OWNER_KEY) :
	    key;
}
