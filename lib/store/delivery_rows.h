/*
 * delivery_rows.h - how deliveries are read and moved, for the files of the
 * inbox.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_DELIVERY_ROWS_H
#define PAWL_STORE_DELIVERY_ROWS_H

#include "lib/store/deliveries.h"
#include "lib/store/statement.h"

/* A row of delivery_view, without its place. */
extern const struct shape delivery_list_shape;

/* ERR_NOT_FOUND. */
int
delivery_state(struct store *st, const char *id, enum delivery_state *out,
    struct err *err);

/* A move by the machine, with what goes with the new state; in the caller's
 * transaction. */
int
delivery_move(struct store *st, const char *id, const char *on,
    const char *verdict, struct err *err);

#endif
