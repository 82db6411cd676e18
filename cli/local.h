/*
 * local.h - a workflow of a folder and what happened, from the command line:
 * what `pawl plan` and `pawl run` share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LOCAL_H
#define PAWL_CLI_LOCAL_H

#include "cli/cli.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/event.h"

/* Rows for the options of a command. */
#define LOCAL_OPTIONS \
	{ "event", 0, "EVENT", "what happened [push]", false }, \
	{ "action", 0, "TYPE", "its type, such as opened", false }, \
	{ "ref", 0, "REF", "its ref, such as refs/heads/main", false }, \
	{ "payload", 0, "FILE", "what GitHub sent, as JSON", false }, \
	{ "input", 0, "NAME=VALUE", "an input; may be repeated", true }, \
	{ "var", 0, "NAME=VALUE", "a variable of the repository; may be " \
	    "repeated", true }

#define LOCAL_SECRET_OPTIONS \
	{ "secret", 's', "NAME", "a secret, from the environment; may be " \
	    "repeated", true }, \
	{ "secret-file", 0, "FILE", "secrets, as lines of NAME=VALUE", false }

struct local {
	struct cli *cli;
	struct arena *a;
	const char *root; /* what "./" means in `uses` */
	const struct workflow *w;
	struct diags d;
	struct trigger_event event;
	struct run_facts facts;
};

/*
 * Find and read the workflow that the command's word names (a file, a folder,
 * "-"; none: the current folder). Returns 0; 1 when it has errors, which have
 * been printed to standard error; -1 with err.
 */
int
local_open(struct local *l, struct err *err);

/* The event, inputs and variables that LOCAL_OPTIONS give. `ref` and `sha` are
 * those that count when no option says otherwise; they may be NULL. */
int
local_event(struct local *l, const char *ref, const char *sha,
    struct err *err);

/* The values of an option that may be repeated. */
void
local_values(struct cli *cli, const char *option, const char ***out,
    size_t *n);

/*
 * The secrets of --secret NAME (from the environment) and --secret-file FILE,
 * in front of those of the configuration, which they win over.
 */
int
local_secrets(struct cli *cli, struct err *err);

/* A temporary folder of our own; the caller removes it. */
int
local_dir(struct arena *a, const char **out, struct err *err);

/* NAME=VALUE apart. */
int
local_pair(struct local *l, const char *option, const char *pair,
    const char **name, const char **value, struct err *err);

/* Print all problems to standard error. */
void
local_problems(const struct diags *d);

/* --- local_files.c ------------------------------------------------------------ */

/* The folder of the repository that a workflow file belongs to: what stands
 * above the usual places; NULL when it is in none of them. */
const char *
local_root(const char *file, struct arena *a);

/* For run_facts.fetch and action_fetch; `ctx` is the struct local. Files of
 * other repositories are not at hand: such workflows are errors, such actions
 * stay as they are. */
int
local_fetch_workflow(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err);
/* As the next one, but an action that is not there may be made by a step. */
int
local_fetch_early(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err);
int
local_fetch_action(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err);

#endif
