/*
 * lint_out.h - problems of pipeline files in the forms that other programs
 * read.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LINT_OUT_H
#define PAWL_CLI_LINT_OUT_H

#include <jansson.h>
#include "lib/base/diag.h"
#include "lib/base/str.h"

/* Append each problem as an object: file, line, column, width, level, rule,
 * message, hint. */
void
lint_out_json(const struct diags *d, json_t *list);

/* Append each as a log command of GitHub Actions: "::error file=...". */
void
lint_out_github(const struct diags *d, struct str *out);

/* Append each as a result of SARIF 2.1.0 (OASIS), section 3.27. */
void
lint_out_sarif(const struct diags *d, json_t *results);

/* The SARIF log of all results, which it takes over. */
json_t *
lint_out_sarif_log(json_t *results);

#endif
