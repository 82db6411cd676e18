/*
 * json_outbox.h - messages and tries as JSON, for the API and for `pawl
 * --json`; by the rules of json.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_OUTBOX_H
#define PAWL_RENDER_JSON_OUTBOX_H

#include <jansson.h>
#include "lib/store/outbox.h"

json_t *
json_message(const struct message *m);

/* {"messages": [...], "hosts": [...]} */
json_t *
json_outbox(const struct message *list, size_t n,
    const struct outbox_host *hosts, size_t n_hosts);

/* A list. */
json_t *
json_outbox_tries(const struct outbox_try *list, size_t n);

#endif
