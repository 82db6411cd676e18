/*
 * secret_rows.h - what the files about secrets share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SECRET_ROWS_H
#define PAWL_STORE_SECRET_ROWS_H

#include "lib/store/secrets.h"
#include "lib/store/statement.h"

struct sealed_row {
	int64_t id;
	const char *place, *name, *sealed;
	size_t sealed_len;
};
extern const struct shape sealed_shape;

/* What is sealed with a value: lives in `a`. */
const char *
secret_about(const char *place, const char *name, struct arena *a);

#endif
