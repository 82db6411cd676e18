/*
 * alert_rows.h - what alerts.c and alert_check.c share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ALERT_ROWS_H
#define PAWL_STORE_ALERT_ROWS_H

#include "lib/store/alerts.h"
#include "lib/store/statement.h"

extern const struct shape alert_shape;

/* How a metric is read and said. */
struct alert_metric {
	const char *name;
	enum sql_id of_runs, of_steps; /* columns: samples, value, oldest_ms */
	bool level;    /* a number of now, that holds or not; without steps and
	                  workflows */
	int64_t unit;  /* of what is stored in what is written; 0: a duration */
	const char *suffix;
	int64_t max;   /* of a threshold, as stored */
};

/* NULL: there is none of this name. */
const struct alert_metric *
alert_metric_find(const char *name);

#endif
