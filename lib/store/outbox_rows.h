/*
 * outbox_rows.h - how messages are read, for the files of the outbox.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_OUTBOX_ROWS_H
#define PAWL_STORE_OUTBOX_ROWS_H

#include "lib/store/outbox.h"
#include "lib/store/statement.h"

extern const struct shape message_shape, outbox_try_shape;

#endif
