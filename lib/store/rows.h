/*
 * rows.h - how the structs of runs.h are read, for the files that share it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ROWS_H
#define PAWL_STORE_ROWS_H

#include "lib/store/statement.h"

extern const struct shape run_list_shape; /* of run_view */
extern const struct shape job_shape;      /* of job_view */
extern const struct shape job_head_shape; /* of job_head, job_heads */

#endif
