/*
 * place.h - what a rule counts for, as people say it: "OWNER/NAME", an owner,
 * or "all".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_PLACE_H
#define PAWL_CLI_PLACE_H

#include <stdint.h>

#include "cli/cli.h"

struct place {
	const char *key;   /* as the store has it: "all", "owner:OWNER",
	                      "repo:ID" */
	const char *owner; /* in lower case, when it is one; or NULL */
	int64_t repo;      /* when it is one; 0 */
};

/* Strings live in the command's arena. ERR_NOT_FOUND: the repository. */
int
place_read(struct cli *cli, const char *word, struct place *out,
    struct err *err);

/* And back, of a place's key and its repository (0: none). */
const char *
place_text(struct cli *cli, const char *key, int64_t repo);

#endif
