/*
 * forge.c - the table of forges.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/forge.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/row.h"

#define STANDARD { WAY_STANDARD, "webhook-signature", "v1," }

static const struct forge forges[] = {
	{ "github", { "X-GitHub-Event" }, { "X-GitHub-Delivery" },
	    { { WAY_HMAC, "X-Hub-Signature-256", "sha256=" } },
	    "refs/pull/", "/head", github_read },
	/* The id that is signed goes first. */
	{ "gitlab", { "X-Gitlab-Event" },
	    { "webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID" },
	    { STANDARD, { WAY_TOKEN, "X-Gitlab-Token", "" } },
	    "refs/merge-requests/", "/head", gitlab_read },
	{ "gitea", { "X-Gitea-Event" }, { "X-Gitea-Delivery" },
	    { { WAY_HMAC, "X-Gitea-Signature", "" } },
	    "refs/pull/", "/head", gitea_read },
	{ "forgejo", { "X-Forgejo-Event", "X-Gitea-Event" },
	    { "X-Forgejo-Delivery", "X-Gitea-Delivery" },
	    { { WAY_HMAC, "X-Forgejo-Signature", "" },
	        { WAY_HMAC, "X-Gitea-Signature", "" } },
	    "refs/pull/", "/head", gitea_read },
	{ "bitbucket", { "X-Event-Key" }, { "X-Request-UUID" },
	    { { WAY_HMAC, "X-Hub-Signature", "sha256=" } },
	    NULL, NULL, bitbucket_read },
	{ "bitbucket-dc", { "X-Event-Key" }, { "X-Request-Id" },
	    { { WAY_HMAC, "X-Hub-Signature", "sha256=" } },
	    "refs/pull-requests/", "/from", bitbucket_dc_read },
	{ "generic", { NULL }, { "webhook-id" }, { STANDARD },
	    NULL, NULL, generic_read },
};

static const struct forge own = { .name = FORGE_OWN, .read = own_read };

const struct forge *
forge_own(void)
{
	return &own;
}

const struct forge *
forge_at(size_t i)
{
	return i < ARRAY_LEN(forges) ? &forges[i] : NULL;
}

const struct forge *
forge_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(forges); i++) {
		if (strcmp(forges[i].name, name) == 0)
			return &forges[i];
	}
	return NULL;
}

void
forge_names(struct str *out)
{
	for (size_t i = 0; i < ARRAY_LEN(forges); i++)
		str_addf(out, "%s%s", i == 0 ? "" :
		    i + 1 == ARRAY_LEN(forges) ? " and " : ", ",
		    forges[i].name);
}

const char *
forge_name(const struct forge *f)
{
	return f->name;
}

const char *
forge_event_header(const struct forge *f, size_t i)
{
	return i < FORGE_HEADERS ? f->event_headers[i] : NULL;
}

const char *
forge_delivery_header(const struct forge *f, size_t i)
{
	return i < FORGE_HEADERS ? f->id_headers[i] : NULL;
}
