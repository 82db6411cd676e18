/*
 * status_body.c - what a status looks like at each forge.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/status_row.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Bitbucket's key of a status: what is longer is hashed. */
#define CLOUD_KEY_MAX 40
#define SERVER_KEY_MAX 255
#define KEY_HASH_BYTES 16

static void
put(json_t *o, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, name, json_string(value));
}

/* GitHub, Gitea and Forgejo. */
json_t *
status_body_github(const struct status_row *row,
    const struct forge_status *s, const char *description)
{
	json_t *o = json_object();

	put(o, "state", row->words[s->state]);
	put(o, "target_url", s->url);
	put(o, "description", description);
	put(o, "context", s->context);
	return o;
}

json_t *
status_body_gitlab(const struct status_row *row,
    const struct forge_status *s, const char *description)
{
	json_t *o = json_object();

	put(o, "state", row->words[s->state]);
	put(o, "ref", s->branch);
	put(o, "name", s->context);
	put(o, "target_url", s->url);
	put(o, "description", description);
	return o;
}

static void
put_key(json_t *o, const char *context, size_t max)
{
	unsigned char hash[KEY_HASH_BYTES];
	char hex[2 * KEY_HASH_BYTES + 1], key[sizeof(hex) + 5];

	if (strlen(context) <= max) {
		put(o, "key", context);
		return;
	}
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)context,
	    strlen(context), NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	snprintf(key, sizeof(key), "pawl-%s", hex);
	put(o, "key", key);
}

json_t *
status_body_cloud(const struct status_row *row, const struct forge_status *s,
    const char *description)
{
	json_t *o = json_object();

	put_key(o, s->context, CLOUD_KEY_MAX);
	put(o, "state", row->words[s->state]);
	put(o, "name", s->context);
	put(o, "url", s->url);
	put(o, "description", description);
	put(o, "refname", s->branch);
	return o;
}

json_t *
status_body_server(const struct status_row *row,
    const struct forge_status *s, const char *description)
{
	json_t *o = json_object();
	char number[24];

	put_key(o, s->context, SERVER_KEY_MAX);
	put(o, "state", row->words[s->state]);
	put(o, "name", s->context);
	put(o, "url", s->url);
	put(o, "description", description);
	if (s->branch != NULL) {
		char ref[1100];

		snprintf(ref, sizeof(ref), "refs/heads/%s", s->branch);
		put(o, "ref", ref);
	}
	if (s->number > 0) {
		snprintf(number, sizeof(number), "%lld", (long long)s->number);
		put(o, "buildNumber", number);
	}
	if (s->duration_ms > 0)
		json_object_set_new(o, "duration",
		    json_integer(s->duration_ms));
	return o;
}
