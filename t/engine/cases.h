/*
 * cases.h - the behaviours that engine-t.c holds each engine to, by file.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_ENGINE_CASES_H
#define PAWL_T_ENGINE_CASES_H

#include "t/engine/rig.h"

#define MB (1 << 20)

/* The command ends as `want` says (see ran_text) and prints `out`. */
void
expect(struct box *b, const char *command, const char *want, const char *out,
    const char *title);

/* engine_network.c: more containers than one for a job. */
void
test_together(struct rig *rig);
void
test_ports(struct rig *rig);
void
test_probe(struct rig *rig);
void
test_two_networks(struct rig *rig);

/* engine_image.c: containers of an image in the sandbox. */
void
test_image_walls(struct rig *rig);
void
test_image_layer(struct rig *rig);

/* engine_options.c: what a container is asked to be. */
void
test_user(struct rig *rig);
void
test_capabilities(struct rig *rig);
void
test_limits(struct rig *rig);
void
test_volumes(struct rig *rig);
void
test_about(struct rig *rig);

/* engine_store.c: single acts; they answer with an exit code. */
int
act_fetch(const char *folder, const char *image, enum image_pull pull);
int
act_sweep(int64_t max_bytes);
int
act_kills(const char *folder, const char *image, int n);

#endif
