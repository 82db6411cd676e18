/*
 * github.c - GitHub's push payload, where it differs from others'.
 * docs.github.com, "Webhook events and payloads", push.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/row.h"

/* `sender` is an account; `pusher` is only a name for a deploy key. */
const char *
github_actor(const json_t *root)
{
	const char *s = payload_text(root, "sender", "login");

	return s != NULL ? s : payload_text(root, "pusher", "name");
}

/* Always there, and null for a deletion. */
const char *
github_message(const json_t *root, const char *after)
{
	(void)after;
	return payload_text(root, "head_commit", "message");
}
