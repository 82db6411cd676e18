/*
 * why_push.c - why a push or a pull request started what it started: the
 * delivery that told of a commit or a branch, and its verdict.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/why_push.h"

#include <stdio.h>
#include <string.h>

#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/base/str.h"
#include "lib/forge/forge.h"

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

/* The delivery with this id when it tells of `name`; NULL when it tells of
 * something else or cannot be read, and with err set. */
static json_t *
tells_of(struct cli *cli, const char *id, const char *name, struct err *err)
{
	json_t *d = source_get(cli->source, arena_printf(&cli->arena,
	    "api/v1/deliveries/%s?body=1", ref_encode(cli, id)), err);
	const json_t *body = json_object_get(d, "body");
	struct forge_delivery read = { 0 };
	const struct forge *forge = forge_find(doc_text(d, "forge"));
	struct err ignored = { 0 };
	bool found = false;

	if (forge != NULL && json_is_string(body) && forge_read(forge,
	    doc_text(d, "event"), NULL, json_string_value(body),
	    json_string_length(body), &cli->arena, &read, &ignored) == 0)
		for (size_t i = 0; i < read.n_changes && !found; i++)
			found = is_about(&read.changes[i], name);
	forge_delivery_release(&read);
	if (!found)
		json_decref(d);
	return found ? d : NULL;
}

static int
print_delivery(struct cli *cli, json_t *d, struct err *err)
{
	struct str text = STR_INIT;

	if (cli->json)
		return json_out(cli, d, err);
	term_text(&text, arena_printf(&cli->arena, "%s: %s", doc_text(d,
	    "event"), *doc_text(d, "verdict") != '\0' ? doc_text(d,
	    "verdict") : "it was received, and is not decided yet"));
	printf("%s\ndelivery %s\n", text.s, doc_text(d, "id"));
	str_release(&text);
	json_decref(d);
	return CLI_OK;
}

int
why_push(struct cli *cli, const char *text, struct err *err)
{
	const char *name = strchr(text, '@') + 1, *owner, *repo;
	json_t *list, *one, *d = NULL;
	struct err none = { 0 };
	size_t i, n;

	if (ref_repo(cli, arena_strndup(&cli->arena, text, (size_t)(name -
	    text) - 1), &owner, &repo, err) == -1)
		return -1;
	list = source_list(cli->source, arena_printf(&cli->arena,
	    "api/v1/deliveries?repo=%s", ref_encode(cli, arena_printf(
	    &cli->arena, "%s/%s", owner, repo))), "deliveries",
	    DELIVERIES_MAX, SOURCE_PAGED, err);
	if (list == NULL)
		return -1;
	n = json_array_size(list);
	json_array_foreach(list, i, one)
		if (d == NULL && none.code == ERR_NONE)
			d = tells_of(cli, doc_text(one, "id"), name, &none);
	json_decref(list);
	if (d != NULL)
		return print_delivery(cli, d, err);
	if (none.code != ERR_NONE) {
		*err = none;
		return -1;
	}
	return err_set(err, ERR_NOT_FOUND, "none of the newest %zu deliveries "
	    "for %s/%s tells of \"%s\": see what the forge says of its "
	    "webhook", n, owner, repo, name);
}
