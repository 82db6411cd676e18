/*
 * storage.h - artifacts and caches of a job: what lib/run asks of whoever
 * keeps them, who knows the database.
 *
 * All functions are called in the job's process and must not take long; what
 * moves bytes is done in child processes, which know paths only.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_STORAGE_H
#define PAWL_RUN_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define ARTIFACT_NAME_MAX_BYTES 128
#define ARTIFACT_MANIFEST "manifest.json" /* beside the files, in a stage */
#define ARTIFACT_FILES "files"            /* folder of a stage */
#define ARTIFACT_DIGEST_SIZE 65           /* SHA-256 as text, with its NUL */

/*
 * An artifact: a folder of plain files and a manifest, see doc/artifacts.md.
 * What it is called by is the digest of its manifest.
 */
struct artifact {
	int64_t id;
	const char *name;
	const char *files;    /* folder, absolute */
	const char *manifest; /* file, absolute */
	const char *remote;   /* where a second copy is, for artifact_fetch();
	                         NULL: nowhere */
	const char *url;
	char digest[ARTIFACT_DIGEST_SIZE];
	int64_t n_files, bytes;
	int64_t keep_ms;      /* how long; 0: as the configuration says */
};

struct artifact_limits {
	int64_t files, bytes; /* 0: none */
	bool of_run;          /* `bytes` is what the run has left */
};

/* Whose artifacts; NULL, 0 and "": those of the job's own run. */
struct artifact_query {
	const char *repository; /* "OWNER/NAME" */
	int64_t run;            /* what github.run_id says of a run */
	int64_t number;         /* or github.run_number, of this repository */
	bool latest;            /* the newest run of the branch that ended
	                           well, instead */
	const char *branch;     /* "": that of this run */
};

struct cache_query {
	const char *const *scopes; /* refs, the nearest first */
	size_t n_scopes;
	const char *version;       /* hash of the paths */
	const char *const *keys;   /* the exact one, then beginnings of others */
	size_t n_keys;
};

struct cache_entry {
	const char *scope, *key, *version;
	char digest[ARTIFACT_DIGEST_SIZE]; /* of the file */
	int64_t bytes;
	const char *file; /* absolute */
};

struct job_storage {
	void *ctx; /* the first argument of all */
	/* May this run have an artifact of this name (ERR_EXISTS), and how
	 * large may it be? */
	int (*artifact_begin)(void *ctx, const char *name, bool overwrite,
	    struct artifact_limits *limits, struct err *err);
	/* The folder `stage` holds ARTIFACT_FILES and ARTIFACT_MANIFEST: put
	 * them in their place and make them known. Fills id and url in `a`. */
	int (*artifact_commit)(void *ctx, const char *stage, bool overwrite,
	    struct arena *a, struct artifact *artifact, struct err *err);
	/* The newest of each name. ERR_NOT_FOUND, ERR_DENIED. */
	int (*artifact_list)(void *ctx, const struct artifact_query *query,
	    struct arena *a, struct artifact **out, size_t *n,
	    struct err *err);
	/* In a child: make sure that the files are there. */
	int (*artifact_fetch)(void *ctx, const struct artifact *artifact,
	    struct err *err);

	/* 1: found, and kept until the job ends; 0. */
	int (*cache_find)(void *ctx, const struct cache_query *query,
	    struct arena *a, struct cache_entry *out, struct err *err);
	/* Is there one already that a save would be for? 1, 0; -1. And how
	 * large may it be? */
	int (*cache_begin)(void *ctx, const struct cache_entry *entry,
	    int64_t *max_bytes, struct err *err);
	/* Take the file: 1 it is kept; 0 somebody else was first. */
	int (*cache_add)(void *ctx, const struct cache_entry *entry,
	    struct err *err);
	/* What came of a look-up: `matched` is the key that was found, ""
	 * when none was. */
	int (*cache_tell)(void *ctx, int step, const char *key,
	    const char *matched, int64_t bytes, struct err *err);
};

#endif
