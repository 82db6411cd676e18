/*
 * planner.h - one delivery on its way to runs, for the files planner*.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_PLANNER_H
#define PAWL_WORKERD_PLANNER_H

#include <stdbool.h>
#include "lib/base/retries.h"
#include "lib/forge/forge.h"
#include "lib/pipeline/event.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/pipeline.h"
#include "lib/run/git.h"
#include "lib/store/runs.h"
#include "lib/store/deliveries.h"
#include "lib/store/repos.h"
#include "workerd/program.h"

struct plan_origin; /* planner_sources.h */

/* Workflows of one commit. */
#define PLAN_MAX_FILES 64

/* What stands behind a `uses` of a workflow file, or of what that uses in
 * turn: the text of a called workflow or of an action.yml, as it was when the
 * run was made. */
struct plan_source {
	const char *uses;  /* as it is asked for: uses_within() */
	const char *path;  /* of the file, for people and as `file` of messages;
	                      NULL with `error` */
	const char *sha;   /* the commit that it was read from; NULL with
	                      `error` */
	const char *text;
	size_t len;
	const char *error; /* NULL: there is a text */
	bool late;         /* an action that is not in the commit */
};

/* A pipeline file of the commit and what became of it. */
struct plan_file {
	const char *path;
	struct str text;
	bool too_large;    /* no text was read */
	struct str problems; /* diagnostics as printed */
	const struct workflow *workflow; /* NULL: there were errors */
	bool triggered;
	bool skipped;      /* a run that ends at once tells of it */
	const char *why;   /* the sentence of event_decide() */
	const char *why_place; /* "FILE:LINE:COL" of what decided; or NULL */
	struct plan_source *sources; /* planner_sources(); of triggered files */
	size_t n_sources;
	struct expr_object *inputs; /* of a workflow_dispatch, checked */
	int64_t run, number; /* that was made of it; 0: none */
};

struct planner {
	struct program program;
	struct arena arena;
	struct delivery delivery;
	struct repo repo;
	/* One of the delivery's changes, and its payload: planner_changes(). */
	const struct forge_change *change;
	size_t n_left;          /* changes that are not looked at */
	struct expr_object *payload;
	bool asks;              /* its runs wait for an approval of `head` */
	bool as_target;         /* a pull_request as pull_request_target */
	bool fetched;           /* the mirror has all refs of now */
	bool ready;             /* its files are read: runs can be made */
	/* What the change says: planner_event(). */
	const char *event_name; /* in GitHub's words: "push" */
	const char *action;     /* its type, in the same; or NULL */
	const struct forge_pull *pull; /* of a pull request */
	const char *head;   /* of a push or pull request: the commit */
	const char *base;   /* of a pull request: where it goes into */
	const char *ref;    /* of the run: "refs/heads/main",
	                       "refs/pull/7/merge" */
	const char *branch; /* "main", the tag's name, "7/merge" */
	bool tag;           /* `ref` is one: it counts for the priority */
	const char *only_file; /* of workflow_dispatch and schedule: it starts
	                          no other; or NULL */
	struct expr_object *inputs; /* of workflow_dispatch: what is given; else
	                               NULL */
	/* What the commit says, too: planner_event_commit(). */
	struct trigger_event event;
	struct expr_object *github; /* the context; its `event` is the payload */
	struct expr_object *vars;
	struct git *git;
	const char *mirror;
	char commit[GIT_SHA_SIZE];
	const char *title;
	const char *actor;
	bool newest;        /* planner_is_newest() */
	struct plan_file *files;
	size_t n_files;
	struct plan_origin *origins; /* planner_origin.c */
	size_t n_origins;
	struct str verdict;
	struct planner *next; /* of the next change of the same delivery */
};

/*
 * planner_changes.c: read what the delivery tells of. There is a planner for
 * each change, and one more for a pull request, which is a pull_request_target,
 * too; the others live in the arena of the first. Returns 1, 0 with p->verdict
 * when there is none, or -1.
 */
int
planner_changes(struct planner *p, struct err *err);

/* Is it told of only when it starts something? */
bool
planner_is_quiet(const struct planner *p);

/*
 * planner_event.c: fill what says so above, in p->arena. Returns 1, 0 with
 * p->verdict for what can start nothing, or -1.
 */
int
planner_event(struct planner *p, struct err *err);

/* planner_stored.c: pipelines whose file is in the database. One that does not
 * name workflow_dispatch is started as by a push; to fetch is to write the
 * mirror. */
bool
planner_is_stored(const struct planner *p);
int
planner_stored_event(struct planner *p, struct err *err);
int
planner_stored_fetch(struct planner *p, struct err *err);

/* planner_trust.c: may a pull request start anything? 1 (with p->asks, it
 * waits then), 0 with p->verdict, -1. */
int
planner_trust(struct planner *p, struct err *err);

/* planner_trust.c, within the transaction that makes the runs: hold a new run,
 * if it is to wait: 1, 0, -1; and end those of commits before. */
int
planner_hold(struct planner *p, const struct run *run, struct err *err);
int
planner_supersede(struct planner *p, struct err *err);

/* planner_commit.c: bring the mirror to the event, and find its commit. Returns
 * 1, 0 with p->verdict when there is none, or -1. What the forge told in part
 * is whole then, in the payload, too. */
int
planner_commit(struct planner *p, struct err *err);

/* planner_commit.c: what `on` asks for and the contexts, with what only the
 * mirror knows: the paths that differ. */
int
planner_event_commit(struct planner *p, struct err *err);

/*
 * planner_sources.c: all that the file's workflow uses, and what that uses, as
 * f->sources. What cannot be had is one with an error; -1: the
 * infrastructure failed, and it is tried again.
 */
int
planner_sources(struct planner *p, struct plan_file *f, struct err *err);

/* planner_files.c: fetch the commit and read its pipeline files into memory.
 * Returns 1, also when there is no file (n_files is 0), 0 with p->verdict when
 * there is no commit, or -1. */
int
planner_fetch(struct planner *p, struct err *err);

/* planner_parse.c: read all files, under limits of time and memory. */
void
planner_parse(struct planner *p);

/* planner_store.c: the name of a file's workflow; it has one without errors. */
const char *
planner_workflow_name(const struct plan_file *f);

/* planner_schedules.c: is the commit the newest of the default branch? 1, 0,
 * -1. If so its workflows and their schedules are those of the repository from
 * now on: the second, in the transaction that settles the delivery. */
int
planner_is_newest(struct planner *p, struct err *err);
int
planner_schedules(struct planner *p, struct err *err);

/* planner_store.c: create the runs and settle the delivery, in one
 * transaction. */
int
planner_store(struct planner *p, struct err *err);

#endif
