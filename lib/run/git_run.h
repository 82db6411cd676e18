/*
 * git_run.h - one call of git, for the git_*.c files of this room only.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_GIT_RUN_H
#define PAWL_RUN_GIT_RUN_H

#include "lib/run/git.h"

/* Arguments of one call at most, with the closing NULL. */
#define GIT_MAX_ARGS 40

struct git {
	const struct config *config;
	struct str settings; /* path of STATE/gitconfig */
};

/* Who may be talked to. */
enum git_reach {
	GIT_REMOTE, /* what "git-protocols" allows */
	GIT_LOCAL,  /* files of this host: our own mirrors */
};

/*
 * Run `git ARGS` (args end in NULL) in folder `dir` (NULL: stay). Standard
 * output is appended to `out` (may be NULL), up to max_bytes + 1, so that
 * the caller sees when there was more. Any end but exit code 0 is an error
 * with the lines that git wrote about it; `*exit_code` (may be NULL) tells a
 * refusal by git apart from a failure to run it (-1).
 */
int
git_run(struct git *g, enum git_reach reach, const char *dir,
    const char *const *args, size_t max_bytes, struct str *out,
    int *exit_code, struct err *err);

/* The same in a mirror of ours, with something to read for git. */
int
git_feed(struct git *g, const char *mirror, const char *const *args,
    const char *input, struct err *err);

/* Append a text as git's settings want it behind "="; and settings to those of
 * a checkout that is ours alone. */
void
git_settings_quote(struct str *out, const char *text);
int
git_settings_add(const char *workspace, const struct str *text,
    struct err *err);

/* Take a mirror for us: the descriptor holds the lock. */
int
git_mirror_lock(const char *mirror, struct err *err);

/* git_cache.c: put the objects of a commit, without its history, into the
 * repository that was just made in `workspace`. After a failure some may be
 * there, which does no harm. */
int
git_cache_take(struct git *g, const char *mirror, const char *sha,
    const char *workspace, struct err *err);

#endif
