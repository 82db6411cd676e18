/*
 * layout.h - where things stand in the state directory, and under which
 * address nginx serves them. The only place that knows (doc/design.md,
 * section 5). Names from outside pass path_add_component() here.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LAYOUT_H
#define PAWL_BASE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/str.h"

/* All append to `out`; `state` is config.state_dir. Absolute paths. */
void
layout_db(struct str *out, const char *state);            /* pawl.db */
void
layout_wake_socket(struct str *out, const char *run_dir); /* wake.sock */
void
layout_mirror(struct str *out, const char *state, const char *owner,
    const char *name);            /* mirrors/OWNER/NAME.git */
void /* of those that are not registered: mirrors/.other */
layout_other_mirrors(struct str *out, const char *state);
void /* one of them, by its address */
layout_other_mirror(struct str *out, const char *state, const char *address);
void
layout_work(struct str *out, const char *state, int64_t job, int attempt);
                                  /* work/JOB-ATTEMPT */
void
layout_process_log(struct str *out, const char *state, int64_t job,
    int attempt);                 /* log/job-JOB-ATTEMPT.log: what the job's
                                     process says to operators */

void
layout_kept(struct str *out, const char *state, int64_t job, int attempt);
                                  /* kept/JOB-ATTEMPT: the workspace of one
                                     that failed, see kept.h */

/* An attempt of a run; its logs and artifacts stand in a folder RUN of their
 * own: "N", from the second attempt on "N.ATTEMPT". */
struct layout_run {
	const char *owner, *name; /* of the repository */
	int64_t number;
	int attempt;
};

/* Read "N" (attempt 0) or "N.ATTEMPT" back. */
bool
layout_run_parse(const char *text, int64_t *number, int *attempt);

/* What nginx serves, relative to STATE/private and to the base URL alike, so
 * that one function gives the file and the address. */
enum layout_public {
	LAYOUT_LOG,       /* logs/OWNER/NAME/RUN/JOB.log */
	LAYOUT_LOG_INDEX, /* logs/OWNER/NAME/RUN/JOB.idx */
};
void
layout_job_log(struct str *out, enum layout_public what,
    const struct layout_run *run, const char *job_name, int attempt);
                                  /* attempt 2 of the job: JOB.2.log */
/* The log of a service beside that of its job, whose path this is: ".log" at
 * its end becomes ".service-NAME.log". */
void
layout_service_log(struct str *out, const char *job_log, const char *service);
void
layout_badge(struct str *out, const char *owner, const char *name,
    const char *branch, const char *suffix);
                                  /* badges/OWNER/NAME/BRANCH.svg, .json;
                                     suffix "svg" or "json" */
void
layout_status(struct str *out, const char *owner, const char *name,
    const char *branch);          /* status/OWNER/NAME/BRANCH.json */

void /* status/OWNER/NAME/FEED: "cc.xml", "feed.atom" */
layout_feed(struct str *out, const char *owner, const char *name,
    const char *feed);
/* The same of one workflow, by its file without folders:
 * badges/OWNER/NAME/~workflow/FILE/BRANCH.svg, status/... */
void
layout_badge_of(struct str *out, const char *owner, const char *name,
    const char *file, const char *branch, const char *suffix);
void
layout_status_of(struct str *out, const char *owner, const char *name,
    const char *file, const char *branch);

void
layout_artifact(struct str *out, const struct layout_run *run,
    const char *artifact, int attempt);
                                  /* artifacts/OWNER/NAME/RUN/ARTIFACT, of
                                     attempt 2 of its job ARTIFACT~a2 */
#define LAYOUT_MANIFEST "~manifest.json" /* behind that */
void
layout_artifacts_latest(struct str *out, const char *owner,
    const char *name, const char *branch);
                                  /* artifacts/OWNER/NAME/latest/BRANCH */
void
layout_caches(struct str *out, const char *state); /* caches */

/* Do other addresses below the base URL begin with this word, so that nobody
 * could reach the pages of an owner of this name? */
bool
layout_is_taken(const char *owner);

/* Addresses of pages, below the base URL, percent-encoded. */
void
layout_page_repo(struct str *out, const char *owner, const char *name);
                                  /* OWNER/NAME */
void
layout_page_run(struct str *out, const char *owner, const char *name,
    int64_t number);              /* OWNER/NAME/runs/N: its newest attempt */
void
layout_page_attempt(struct str *out, const struct layout_run *run);
                                  /* OWNER/NAME/runs/N/attempts/A; attempt 0:
                                     that of the run */
void
layout_page_job(struct str *out, const char *owner, const char *name,
    int64_t number, const char *job_key); /* OWNER/NAME/runs/N/jobs/KEY */

/* The kinds of files that a repository has. */
enum layout_kind {
	LAYOUT_LOGS, LAYOUT_BADGES, LAYOUT_STATUS, LAYOUT_ARTIFACTS,
	LAYOUT_KINDS,
};
bool /* "logs", ... */
layout_kind_parse(const char *word, size_t len, enum layout_kind *out);
void
layout_repo_files(struct str *out, enum layout_kind kind, const char *owner,
    const char *name);            /* logs/OWNER/NAME, ... */

/* STATE/private/ + a file of the above: where it stands, whoever may read it.
 * What anybody may read has a link in STATE/public (lib/render/shown.h). */
void
layout_public_file(struct str *out, const char *state, const char *relative);

#endif
