/*
 * watch_draw.h - a run as a picture of lines, for pawl runs watch.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_WATCH_DRAW_H
#define PAWL_CLI_WATCH_DRAW_H

#include <jansson.h>
#include "cli/cli.h"

/* Append the picture: a head, a line for each job, and the end of the log of
 * the first that failed. At most `lines` lines of `columns`; jobs that nobody
 * need look at are counted instead when they do not fit. */
int
watch_draw(struct cli *cli, const json_t *run, size_t columns, size_t lines,
    struct str *out, struct err *err);

/* Is the state one that a run or a job ends with? */
bool
watch_is_over(const char *state);

/* Append a line for each job and step whose state is not what it was. */
void
watch_changes(struct cli *cli, const json_t *before, const json_t *run,
    struct str *out);

#endif
