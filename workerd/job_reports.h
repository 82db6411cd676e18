/*
 * job_reports.h - what steps report, on its way into the database.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_JOB_REPORTS_H
#define PAWL_WORKERD_JOB_REPORTS_H

#include "lib/run/execute.h"
#include "lib/store/reports.h"

int
job_report_annotation(struct store *st, int64_t job, int attempt,
    const struct job_plan_step *step, int number,
    const struct job_annotation *a, struct err *err);

/* A summary as HTML. It is a stranger's: a child process under limits parses
 * it, and what that cannot do is shown as plain text. */
void
job_report_render(const char *text, size_t len, struct str *html);

#endif
