/*
 * job_texts.h - a frozen job as the executor takes it: every text evaluated
 * before its first step.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_JOB_TEXTS_H
#define PAWL_WORKERD_JOB_TEXTS_H

#include "lib/pipeline/pipeline.h"

int
job_texts(const char *json, struct arena *a, struct plan_job *out,
    struct err *err);

#endif
