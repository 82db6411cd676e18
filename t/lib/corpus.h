/*
 * corpus.h - the folder of data that other projects wrote.
 *
 * It is not part of the sources: $PAWL_CORPUS names it, else it is
 * ../shared/corpus beside them. Tests that read it skip without it, take
 * every file that is there, and count by family.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_CORPUS_H
#define PAWL_T_CORPUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "lib/base/str.h"

/* Is a folder of the corpus there? When not, prints a skip. */
bool
corpus_has(const char *folder);

/* A path in the corpus; valid until the next call. */
const char *
corpus_path(const char *folder, const char *file);

/* Call `test` for every file of a folder whose name ends so, by name. */
void
corpus_files(const char *folder, const char *ending,
    void (*test)(const char *folder, const char *file));

/* A JSON file; NULL after a failed test. json_decref() it. */
json_t *
corpus_json(const char *folder, const char *file);

/* What GitHub fills in when it offers a template: names of branches, times. */
void
corpus_fill_in(struct str *text);

/* Count one case of a family, and print it as a test. `what` is a printf
 * format for its title. */
bool
corpus_case(const char *family, bool passed, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

/* Print "family: N passed, M failed" for each family, as comments. */
void
corpus_report(void);

#endif
