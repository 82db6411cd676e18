/*
 * history.h - a database with a long past, and what is asked of it again and
 * again: claims, lists, pages. Their cost must not follow the past.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_HISTORY_H
#define PAWL_T_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/store/store.h"

/* A database with `n` finished runs of 200 repositories of 20 owners, each
 * with one job, a step and two events, and 40 jobs that wait. Ends the program
 * when it cannot. */
struct store *
history_make(int64_t n, const char **path);

/* Something that is asked; its cost in instructions of SQLite's machine, which
 * are the same each time, and in microseconds. */
struct history_look {
	const char *name;
	void (*look)(struct store *st);
};
extern const struct history_look history_looks[];
extern const size_t history_n_looks;

struct history_cost {
	int64_t steps;
	double us;
};
struct history_cost
history_measure(struct store *st, const struct history_look *look);

#endif
