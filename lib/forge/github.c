/*
 * github.c - GitHub's payloads: they are what others are made to look like.
 * docs.github.com, "Webhook events and payloads".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/row.h"

int
github_read(struct reading *r, struct err *err)
{
	enum forge_event kind = forge_event_kind(r->event);

	(void)err;
	switch (kind) {
	case FORGE_PUSH:
	case FORGE_EVENT:
		reading_add(r, r->event, NULL, json_incref(r->root));
		return 0;
	case FORGE_PING:
		return reading_ignore(r, kind,
		    "ping: the webhook and its secret are right");
	case FORGE_OTHER:
		break;
	}
	return reading_ignore(r, kind, arena_printf(r->a,
	    "event \"%s\" starts no runs", r->event));
}
