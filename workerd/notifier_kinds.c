/*
 * notifier_kinds.c - the kinds of messages that pawl-notifier sends.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <string.h>

#include "lib/base/mem.h"

static const struct notify_kind kinds[] = {
	{ "status", status_make, NULL, status_is_done },
	{ "comment", comment_make, comment_answered, NULL },
	{ "rules", rules_make, NULL, NULL },
	{ "webhook", webhook_make, NULL, NULL },
	{ "mail", mail_make, NULL, NULL },
	{ "slack", slack_make, NULL, NULL },
	{ "matrix", matrix_make, NULL, NULL },
	{ "pagerduty", pagerduty_make, NULL, NULL },
	{ "otlp", otlp_make, NULL, NULL },
	{ "hook", hook_make, NULL, NULL },
};

const struct notify_kind *
notify_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}
