/*
 * hook.h - the webhook of a repository, as people set it up.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_HOOK_H
#define PAWL_CLI_HOOK_H

#include <jansson.h>
#include "cli/term.h"
#include "lib/base/conf.h"
#include "lib/base/str.h"
#include "lib/store/repos.h"

/* The address that a forge sends to: BASE/hook/FORGE/OWNER/NAME. */
void
hook_address(const struct config *config, const struct repo *repo,
    struct str *out);

/* Rows "webhook" and "secret" of a repository's document for a table of two
 * columns. Without "hook_secret" in it only whether there is one. */
void
hook_cells(struct term_table *t, const json_t *repo);

/* The repository as JSON, with the secret unless that is NULL. */
json_t *
hook_json(const struct config *config, const struct repo *repo,
    const char *secret);

/* The webhook secret of a repository that its forge should have by now; NULL:
 * it has none of its own. Lives in `a`. */
int
hook_newest_secret(struct store *st, int64_t repo, struct arena *a,
    const char **out, struct err *err);

/* Where in the forge's pages the webhook is set up; whole lines. */
const char *
hook_steps(const char *forge);

/* 256 random bits as hexadecimal digits. */
const char *
hook_random_secret(struct arena *a);

/* The forge that a clone URL tells, or NULL. */
const char *
hook_guess_forge(const char *clone_url, struct arena *a);

#endif
