/*
 * doc.h - reading documents of the API, and tables made of them. What is
 * missing or null is "", 0 or false: an older server says less.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_DOC_H
#define PAWL_CLI_DOC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "cli/cli.h"
#include "cli/term.h"

const char *
doc_text(const json_t *o, const char *key);
int64_t
doc_int(const json_t *o, const char *key);
bool
doc_flag(const json_t *o, const char *key);

/* A time in milliseconds since 1970; 0 for none. */
int64_t
doc_time(const json_t *o, const char *key);

/* "A, B and C" of a list of texts, with `last` "and"; lives in `a`. */
const char *
doc_names(const json_t *list, const char *last, struct arena *a);

/* "ada/demo#7", of its attempt 2 "ada/demo#7.2", as every command takes it. */
const char *
doc_run_name(const json_t *run, struct arena *a);

/* How a field is shown in a table. */
enum doc_kind {
	DOC_TEXT,
	DOC_STATE,  /* in its colour */
	DOC_AGO,
	DOC_TIME,   /* to the minute */
	DOC_SHA,    /* its beginning */
	DOC_TOOK,   /* from `started_at` to `finished_at`, or to now */
	DOC_REPO,   /* "owner" and the field */
	DOC_RUN,    /* doc_run_name() */
	DOC_BYTES,
	DOC_MADE,   /* by a function */
};

struct doc_column {
	const char *key;
	enum doc_kind kind;
	enum term_style style;
	const char *(*make)(const json_t *item, struct arena *a);
};

/* Print a list; `columns` ends where its kind is DOC_TEXT without a key. */
void
doc_table(struct cli *cli, const json_t *list,
    const struct doc_column *columns);

/* One cell of a table that is built by hand. */
void
doc_cell(struct cli *cli, struct term_table *t, const json_t *item,
    const struct doc_column *column);

/* "name  value" for what is not empty, in a table of two columns. */
void
doc_row(struct term_table *t, const char *name, const char *value);

#endif
