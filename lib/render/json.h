/*
 * json.h - repositories, runs and what belongs to them as JSON, for the API
 * and for `pawl --json` alike. Field names are stable: one may be added, none
 * is renamed or removed within a version of the API.
 *
 * Times are RFC 3339 texts, null while they have not come; durations and
 * numbers are numbers; a text that is not known is null. Text that is not
 * UTF-8 gets U+FFFD in the place of each bad byte.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_JSON_H
#define PAWL_RENDER_JSON_H

#include <jansson.h>
#include "lib/base/conf.h"
#include "lib/base/str.h"
#include "lib/store/artifacts.h"
#include "lib/store/deliveries.h"
#include "lib/store/reports.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"
#include "lib/store/schedules.h"

/* Each returns a new object; the caller owns it (json_decref). */

json_t *
json_repo(const struct config *config, const struct repo *repo);

/* Without jobs; add them under "jobs". */
json_t *
json_run(const struct config *config, const struct run *run);

/* One among the attempts of a run, in short. */
json_t *
json_attempt(const struct config *config, const struct run *run);

/* Without steps; add them under "steps". */
json_t *
json_job(const struct config *config, const struct job *job);

/* A service of a job; its log stands beside the job's. */
json_t *
json_service(const struct config *config, const struct job *job,
    const char *name);

json_t *
json_step(const struct step *step);
json_t *
json_annotation(const struct annotation *a);
json_t *
json_summary(const struct summary *s, const char *html);

json_t *
json_artifact(const struct config *config, const struct artifact_row *a);

/* Without the body; `whole`: with what is not everybody's business, its sender's
 * address and headers. */
json_t *
json_delivery(const struct delivery *d, bool whole);

json_t *
json_refusal(const struct refusal *r);

/* Its inputs, if any, are an object. */
json_t *
json_schedule(const struct schedule *s);

json_t *
json_workflow(const struct workflow_row *w);

/* A text, made fit, or null for NULL; a time, null for 0. */
json_t *
json_text_of(const char *s);
json_t *
json_time_of(int64_t at_ms);

/* Append any value as indented text with a newline at its end. */
void
json_print(const json_t *value, struct str *out);

#endif
