/*
 * gitea.c - Gitea's and Forgejo's push payload, where it differs from
 * others'. docs.gitea.com and forgejo.org/docs, "Webhooks".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/row.h"

#include <string.h>

const char *
gitea_actor(const json_t *root)
{
	const char *s = payload_text(root, "pusher", "login");

	return s != NULL ? s : payload_text(root, "sender", "login");
}

/* Older releases send no head_commit; then it is the one of commits[] that
 * has the id, wherever it stands. */
const char *
gitea_message(const json_t *root, const char *after)
{
	const json_t *commits = json_object_get(root, "commits");
	const char *s = payload_text(root, "head_commit", "message");
	const json_t *commit;
	size_t i;

	if (s != NULL)
		return s;
	json_array_foreach(commits, i, commit) {
		const char *id = payload_text(commit, "id", NULL);

		if (id != NULL && strcmp(id, after) == 0)
			return payload_text(commit, "message", NULL);
	}
	return NULL;
}
