/*
 * json_gates.h - environments and gates as JSON, as json.h has the rest.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_GATES_H
#define PAWL_RENDER_JSON_GATES_H

#include <jansson.h>
#include "lib/store/deployments.h"
#include "lib/store/environments.h"
#include "lib/store/gates.h"

json_t *
json_environment(const struct environment_rules *rules);

json_t *
json_gate(const struct gate *g, struct arena *a);

/* A list of them. */
json_t *
json_gates(const struct gate *list, size_t n, struct arena *a);

/* Into the objects of jobs, which are those of the list in its order:
 * "environment", with name and url, or null. */
void
json_add_deployments(json_t *jobs, const struct job *list, size_t n_jobs,
    const struct deployment *deployments, size_t n);

#endif
