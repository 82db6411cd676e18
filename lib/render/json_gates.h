/*
 * json_gates.h - environments and gates as JSON, as json.h has the rest.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_GATES_H
#define PAWL_RENDER_JSON_GATES_H

#include <jansson.h>
#include "lib/store/environments.h"
#include "lib/store/gates.h"

json_t *
json_environment(const struct environment_rules *rules);

json_t *
json_gate(const struct gate *g, struct arena *a);

#endif
