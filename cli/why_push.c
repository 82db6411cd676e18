/*
 * why_push.c - why a push or a pull request started what it started: the
 * delivery that told of a commit or a branch, and its verdict.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/why_push.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/str.h"
#include "lib/forge/forge.h"
#include "lib/render/json.h"
#include "lib/store/inbox.h"

/* The newest deliveries that are looked through: each is read. */
#define DELIVERIES_MAX 200
#define SHA_MIN 7

static bool
is_ref(const char *ref, const char *name)
{
	return ref != NULL && (strcmp(ref, name) == 0 ||
	    (str_starts_with(ref, "refs/heads/") &&
	    strcmp(ref + strlen("refs/heads/"), name) == 0) ||
	    (str_starts_with(ref, "refs/tags/") &&
	    strcmp(ref + strlen("refs/tags/"), name) == 0));
}

static bool
is_sha(const char *sha, const char *name)
{
	return sha != NULL && strlen(name) >= SHA_MIN &&
	    str_starts_with(sha, name);
}

static bool
is_about(const struct forge_change *c, const char *name)
{
	const struct forge_pull *pull = c->pull;

	return is_ref(c->ref, name) || is_sha(c->after, name) ||
	    (pull != NULL && (is_sha(pull->head_sha, name) ||
	    is_ref(pull->head_ref, name)));
}

/* 1, 0: it tells of something else, or cannot be read. */
static int
tells_of(struct cli *cli, const char *id, const char *name,
    struct delivery *d, struct err *err)
{
	struct forge_delivery read = { 0 };
	const struct forge *forge;
	struct err ignored = { 0 };
	int found = delivery_find(cli->store, id, &cli->arena, d, err);

	if (found != 1)
		return found;
	forge = forge_find(d->forge);
	found = 0;
	if (forge != NULL && forge_read(forge, d->event, NULL, d->body,
	    d->body_len, &cli->arena, &read, &ignored) == 0)
		for (size_t i = 0; i < read.n_changes && !found; i++)
			found = is_about(&read.changes[i], name);
	forge_delivery_release(&read);
	return found;
}

static int
print_delivery(struct cli *cli, const struct delivery *d, struct err *err)
{
	struct str text = STR_INIT;

	if (cli->json)
		return json_out(cli, json_delivery(d, true), err);
	term_text(&text, arena_printf(&cli->arena, "%s: %s", d->event,
	    d->verdict != NULL ? d->verdict : "it was received, and is not "
	    "decided yet"));
	printf("%s\ndelivery %s\n", text.s, d->id);
	str_release(&text);
	return CLI_OK;
}

int
why_push(struct cli *cli, const char *text, struct err *err)
{
	const char *name = strchr(text, '@') + 1;
	struct inbox_query query = { .limit = DELIVERIES_MAX };
	struct delivery *list = NULL, d;
	struct repo repo;
	size_t n;

	if (ref_find_repo(cli, arena_strndup(&cli->arena, text,
	    (size_t)(name - text) - 1), &repo, err) == -1)
		return -1;
	query.repo = repo.id;
	if (inbox_list(cli->store, &query, &cli->arena, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int found = tells_of(cli, list[i].id, name, &d, err);

		if (found == -1)
			return -1;
		if (found == 1)
			return print_delivery(cli, &d, err);
	}
	return err_set(err, ERR_NOT_FOUND, "none of the newest %zu deliveries "
	    "for %s/%s tells of \"%s\": see what the forge says of its "
	    "webhook", n, repo.owner, repo.name, name);
}
