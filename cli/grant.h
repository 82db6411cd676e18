/*
 * grant.h - options that say a role and where it counts.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_GRANT_H
#define PAWL_CLI_GRANT_H

#include <jansson.h>
#include "cli/cli.h"

#define GRANT_SCOPE_OPTIONS \
	{ "repo", 'r', "OWNER/NAME", "for this repository alone", false }, \
	{ "owner", 'o', "OWNER", "for the repositories of an owner", false }

/* `standard` is what the role is without the option, in brackets. */
#define GRANT_OPTIONS(standard) \
	{ "role", 0, "ROLE", "reader, writer or admin " standard, false }, \
	GRANT_SCOPE_OPTIONS

/* Fill "scope" of a body, and with grant_put() "role"; `standard` NULL: the
 * role must be said. */
int
grant_put_scope(struct cli *cli, json_t *body, struct err *err);
int
grant_put(struct cli *cli, json_t *body, const char *standard,
    struct err *err);

#endif
