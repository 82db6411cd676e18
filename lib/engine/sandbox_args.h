/*
 * sandbox_args.h - a command line in the making, for sandbox_args.c and
 * sandbox_image_args.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_SANDBOX_ARGS_H
#define PAWL_ENGINE_SANDBOX_ARGS_H

#include "lib/engine/sandbox.h"

struct sandbox_args {
	struct arena *a;
	const char **list;
	size_t n;
};

void
sandbox_add(struct sandbox_args *args, const char *arg);
void
sandbox_add_list(struct sandbox_args *args, const char *const *list,
    size_t n);
void
sandbox_add_pair(struct sandbox_args *args, const char *option,
    const char *value);
void
sandbox_add_mount(struct sandbox_args *args, const char *how,
    const char *from, const char *to);

/* A path below the work dir. */
const char *
sandbox_below(struct sandbox_args *args, const char *base, const char *name);

/* sandbox_host.c: what the job sees of the host, and covers of ours there. */
void
sandbox_add_host(struct sandbox_args *args, const struct sandbox_look *look);

/* What pawl-init is told; init.c says what each word means. Ends the list. */
void
sandbox_add_init(struct sandbox_args *args, const struct sandbox_look *look);

/* The workspace, pawl-init, its socket and its control group. */
void
sandbox_add_own(struct sandbox_args *args, const struct sandbox_look *look);

/* What the job asked to be mounted; stands after all that is ours, so that
 * none of that is found in it. */
void
sandbox_add_mounts(struct sandbox_args *args,
    const struct sandbox_look *look);

#endif
