/*
 * planner.h - one delivery on its way to runs, for the files planner*.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_PLANNER_H
#define PAWL_WORKERD_PLANNER_H

#include <stdbool.h>
#include "lib/forge/forge.h"
#include "lib/pipeline/pipeline.h"
#include "lib/run/git.h"
#include "lib/store/deliveries.h"
#include "lib/store/repos.h"
#include "workerd/program.h"

/* A delivery is planned so often before it fails for good. */
#define PLAN_ATTEMPTS 3

/* Workflows of one commit. */
#define PLAN_MAX_FILES 64

/* A pipeline file of the commit and what became of it. */
struct plan_file {
	const char *path;
	struct str text;
	bool too_large;    /* no text was read */
	struct str problems; /* diagnostics as printed */
	const struct plan *plan; /* NULL: there were errors */
	bool triggered;
	struct str why;    /* the sentence of pipeline_triggers() */
};

struct planner {
	struct program program;
	struct arena arena;
	struct delivery delivery;
	struct repo repo;
	struct push_event push;
	struct git *git;
	const char *mirror;
	char commit[GIT_SHA_SIZE];
	const char *title;
	const char *actor;
	struct plan_file *files;
	size_t n_files;
	struct str verdict;
};

/* planner_files.c: fetch the commit and read its pipeline files into memory.
 * No file is no error: n_files is 0. */
int
planner_fetch(struct planner *p, struct err *err);

/* planner_parse.c: read all files, under limits of time and memory. */
void
planner_parse(struct planner *p);

/* planner_store.c: create the runs and settle the delivery, in one
 * transaction. */
int
planner_store(struct planner *p, struct err *err);

#endif
