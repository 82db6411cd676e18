/*
 * job_log.h - the log of one job, as it is or as it grows.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_JOB_LOG_H
#define PAWL_CLI_JOB_LOG_H

#include <jansson.h>
#include "cli/cli.h"
#include "cli/ref.h"

/* Copy it to standard output, and with `follow` go on until the job has ended.
 * Returns the state that was seen last, in cli->arena; NULL with err. */
const char *
job_log_print(struct cli *cli, const struct run_ref *ref, const char *key,
    bool follow, struct err *err);

/* The last lines of a job's log that have text, at most `n` and each as wide
 * as `columns`, made harmless, "\n" behind each. */
int
job_log_tail(struct cli *cli, const json_t *job, size_t n, size_t columns,
    struct str *out, struct err *err);

#endif
