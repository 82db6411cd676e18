/*
 * row.h - what a forge is made of, and helpers to read payloads: for the
 * files of lib/forge alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_ROW_H
#define PAWL_FORGE_ROW_H

#include <jansson.h>
#include "lib/forge/forge.h"

struct forge {
	const char *name;
	const char *event_header;
	const char *delivery_header;
	const char *signature_header;
	const char *signature_prefix; /* before the hex digits */
	/* Who pushed and the head commit's message: where forges differ. The
	 * rest of a push is read by forge_parse_push() itself. */
	const char *(*actor)(const json_t *root);
	const char *(*message)(const json_t *root, const char *after);
};

/* github.c */
const char *
github_actor(const json_t *root);
const char *
github_message(const json_t *root, const char *after);

/* gitea.c */
const char *
gitea_actor(const json_t *root);
const char *
gitea_message(const json_t *root, const char *after);

/* payload.c */

/*
 * Load a payload within the bounds of forge.h; json_decref() the result.
 * NULL with `err`.
 */
json_t *
payload_load(const char *body, size_t len, struct err *err);

/* The string at root.a.b (b NULL: root.a), NULL when it is none or empty. */
const char *
payload_text(const json_t *root, const char *a, const char *b);

#endif
