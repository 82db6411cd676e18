/*
 * artifact_latest.h - artifacts of the newest run of a branch that ended well,
 * under an address that stays.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_KEEP_ARTIFACT_LATEST_H
#define PAWL_KEEP_ARTIFACT_LATEST_H

#include "lib/base/conf.h"
#include "lib/store/store.h"

/*
 * Let artifacts/OWNER/NAME/latest/BRANCH/ARTIFACT lead to those of the newest
 * run of this run's branch that ended well and has any, whichever run is given:
 * a branch may have several workflows, and those that keep nothing take nothing
 * away. Readers see all of one run or all of the other. A run that is gone is
 * success.
 */
int
artifact_latest(struct store *st, const struct config *config, int64_t run,
    struct err *err);

#endif
