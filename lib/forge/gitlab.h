/*
 * gitlab.h - the two files that read GitLab's payloads.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_GITLAB_H
#define PAWL_FORGE_GITLAB_H

#include "lib/forge/row.h"

/* A project as a repository in GitHub's shape. */
json_t *
gitlab_project(const json_t *project);

/* gitlab_merge.c */
extern reading_fn gitlab_merge_request;

#endif
