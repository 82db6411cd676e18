/*
 * forge.c - fuzz target: any payload and any signature header.
 *
 * What is read must keep what forge.h promises of it: valid names, refs and
 * commit ids. No signature of chance may be right.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/forge/forge.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
promise(bool kept)
{
	if (!kept)
		abort();
}

static bool
is_sha(const char *s)
{
	size_t len = strlen(s);

	return (len == 40 || len == 64) &&
	    strspn(s, "0123456789abcdef") == len;
}

/* No part between slashes leads elsewhere. */
static bool
is_plain(const char *owner)
{
	for (;; owner++) {
		size_t len = strcspn(owner, "/");

		if (len == 0 || (len < 3 && strspn(owner, ".") >= len))
			return false;
		owner += len;
		if (*owner == '\0')
			return true;
	}
}

static void
check_pull(const struct forge_pull *p)
{
	promise(p->number[strspn(p->number, "0123456789")] == '\0');
	promise(strlen(p->head_sha) >= 7 &&
	    strspn(p->head_sha, "0123456789abcdef") == strlen(p->head_sha));
	promise(p->head_ref == NULL || forge_ref_valid(p->head_ref));
	promise(forge_ref_valid(p->base_ref));
	promise(p->fetch_ref == NULL || forge_ref_valid(p->fetch_ref));
	promise(p->fetch_ref != NULL || p->head_ref != NULL);
	promise(p->fork || p->head_repo != NULL);
}

static void
check_change(const struct forge_change *c)
{
	bool push = strcmp(c->event, "push") == 0;
	struct str json = STR_INIT;
	struct err err = { 0 };

	promise(forge_event_kind(c->event) != FORGE_OTHER);
	promise(!push || (c->ref != NULL && is_sha(c->after)));
	promise(c->ref == NULL || forge_ref_valid(c->ref));
	promise(c->before == NULL || is_sha(c->before));
	promise(c->title == NULL ||
	    (c->title[0] != '\0' && strlen(c->title) <= FORGE_MAX_TITLE &&
	    strpbrk(c->title, "\n\r\033") == NULL));
	if (c->pull != NULL)
		check_pull(c->pull);
	promise(forge_change_payload(c, &json, &err) == 0);
	str_release(&json);
}

static void
check(const struct forge_delivery *d)
{
	promise(d->n_changes <= 8 * FORGE_MAX_CHANGES);
	promise((d->n_changes == 0) == (d->kind == FORGE_OTHER ||
	    d->kind == FORGE_PING));
	promise(d->n_changes > 0 || d->why != NULL);
	if (d->has_repo) {
		promise(d->repo.owner[0] != '\0' && d->repo.name[0] != '\0');
		promise(strchr(d->repo.name, '/') == NULL);
		promise(strcmp(d->repo.name, "..") != 0);
		promise(is_plain(d->repo.owner));
	}
	for (size_t i = 0; i < d->n_changes; i++)
		check_change(&d->changes[i]);
}

/* Words of events in the order of the forges; the second byte of an input
 * chooses. */
static const char *const words[] = { "push", "pull_request", "create",
	"delete", "release", "issue_comment", "repo:push",
	"pullrequest:created", "pullrequest:approved",
	"pullrequest:comment_created", "issue:created", "repo:refs_changed",
	"pr:opened", "pr:comment:added", "pr:reviewer:approved",
	"diagnostics:ping", "Push Hook", "workflow_dispatch",
	"pull_request_approved", "ping" };

/* Any header: the same text, which no secret has made. */
static const char *
header(void *ctx, const char *name)
{
	return strcmp(name, "webhook-timestamp") == 0 ? "1000" : ctx;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct forge_repo known = { "o", "r", NULL, NULL, "main" };
	static const char *const secrets[] = { "secret", "whsec_c2VjcmV0" };
	const struct forge *f;
	const char *body = (const char *)data + 2, *word;
	struct arena a = ARENA_INIT(0);
	struct forge_delivery d;
	struct forge_request r = { .header = header, .now_s = 1000 };
	struct err err = { 0 };
	size_t which, n = 0;

	if (size < 2)
		return 0;
	size -= 2;
	while (forge_at(n) != NULL)
		n++;
	f = forge_at(data[0] % n);
	word = words[data[1] % (sizeof(words) / sizeof(*words))];
	if (forge_read(f, word, data[0] >= 128 ? &known : NULL, body, size,
	    &a, &d, &err) == 0)
		check(&d);
	else
		promise(err.code != ERR_NONE);
	forge_delivery_release(&d);
	r.ctx = arena_strndup(&a, body, size);
	r.body = body;
	r.len = size;
	promise(forge_verify(f, &r, secrets, 2, &which) != FORGE_SIGNED ||
	    strcmp(r.ctx, secrets[0]) == 0 || strcmp(r.ctx, secrets[1]) == 0);
	arena_release(&a);
	return 0;
}
