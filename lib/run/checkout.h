/*
 * checkout.h - one step that uses actions/checkout, for its files:
 *
 *	checkout.c        what it asks for
 *	checkout_work.c   git, in a child process
 *	checkout_place.c  from there into the workspace
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_CHECKOUT_H
#define PAWL_RUN_CHECKOUT_H

#include "lib/pipeline/uses.h"
#include "lib/run/builtin.h"
#include "lib/run/git.h"

struct checkout {
	struct step_run *s;
	const char *repository, *ref; /* as given */
	const char *path;             /* in the workspace; "": all of it */
	bool own;                     /* the run's own repository */
	bool as_is;                   /* the files of its folder, as they are */
	bool clean, lfs, submodules, recursive;
	const char *fetch_url;        /* to bring the mirror up to date; NULL */
	const char *branch;           /* its default one; NULL: not known */
	struct git_checkout what;
	const char *fresh;            /* the folder beside the workspace */
};

/* A text of the context github; "". */
const char *
checkout_github(const struct job_exec *x, const char *name, struct arena *a);

/* By its name; NULL: it is not registered. */
const struct job_repository *
checkout_find(const struct job_order *o, const char *name);

/* Check out beside the workspace, then move it there. */
int
checkout_begin(struct checkout *c, struct err *err);

/*
 * Move the tree in `fresh`, where it stands at `path`, into the workspace; what
 * was there goes away: all of it when `clean`, else what has the name of
 * something new. Nothing is followed or removed that the job could exchange
 * meanwhile.
 */
int
checkout_place(struct job_exec *x, const char *fresh, const char *path,
    bool clean, struct err *err);

#endif
