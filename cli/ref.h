/*
 * ref.h - how a person names a repository or a run.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_REF_H
#define PAWL_CLI_REF_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "cli/cli.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"

struct run_ref {
	const char *owner; /* NULL: only the number was given */
	const char *name;
	int64_t number;
	int attempt; /* 0: the newest */
};

/* "OWNER/NAME"; an owner may have slashes in it, a name may not. Strings live
 * in `a`. ERR_INVALID says what was expected. */
int
ref_parse_repo(const char *text, struct arena *a, const char **owner,
    const char **name, struct err *err);

/*
 * "OWNER/NAME#N", "OWNER/NAME/N", "#N", "N", each with ".A" behind it for
 * attempt A, or the address of the run's or one of its jobs' pages below
 * `base_url` (may be NULL).
 */
int
ref_parse_run(const char *text, const char *base_url, struct arena *a,
    struct run_ref *out, struct err *err);

/* --- by the API: source.h ------------------------------------------------- */

/* "OWNER/NAME", or "." for the one that a remote of the current folder's
 * checkout names. Whether it exists the server says. */
int
ref_repo(struct cli *cli, const char *text, const char **owner,
    const char **name, struct err *err);

/* "api/v1/repos/OWNER/NAME/TAIL", encoded, in cli->arena. NULL with err. An
 * empty tail is the repository itself. */
const char *
ref_repo_path(struct cli *cli, const char *text, const char *tail,
    struct err *err);

/* As ref_parse_run(); without an owner the repository is the only one, that
 * of PAWL_REPO, or that of the checkout. */
int
ref_run(struct cli *cli, const char *text, struct run_ref *out,
    struct err *err);

/* "api/v1/repos/OWNER/NAME/runs/N[/attempts/A]TAIL" in cli->arena. */
const char *
ref_run_path(struct cli *cli, const struct run_ref *ref, const char *tail);

/* The run's document, with its jobs. NULL with err. */
json_t *
ref_read_run(struct cli *cli, const char *text, struct run_ref *ref,
    struct err *err);

/* The job of it with this key or title; borrowed from the document. */
json_t *
ref_job(const json_t *run, const char *text, const struct run_ref *ref,
    struct err *err);

/* "runs/7/jobs/KEYTAIL" is made of a tail and this, encoded. */
const char *
ref_encode(struct cli *cli, const char *text);

/* The branch that is checked out in the current folder, or NULL. */
const char *
ref_head(struct cli *cli);

/* --- in the database: for what is no part of the API ---------------------- */

/* Look one up. Without an owner the repository is the only one, or the one
 * that a remote of the current folder's checkout names. ERR_NOT_FOUND. */
int
ref_find_repo(struct cli *cli, const char *text, struct repo *out,
    struct err *err);
int
ref_find_run(struct cli *cli, const char *text, struct run *out,
    struct err *err);

/* A job of a run, by its key or what it is shown as; without its plan. */
int
ref_find_job(struct cli *cli, const struct run *run, const char *text,
    struct job *out, struct err *err);

#endif
