/*
 * logs_find.h - lines that contain a text, in the logs of many runs.
 *
 * There is no index of words: one would be as large as the logs and have to be
 * kept, for questions that are nearly always about what is new. Logs are read
 * from the newest run on, as much as a budget of bytes and time allows; the
 * answer says how far that was, and the next question goes on there.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_LOGS_FIND_H
#define PAWL_RENDER_LOGS_FIND_H

#include <jansson.h>
#include "lib/base/conf.h"
#include "lib/store/run_search.h"

struct logs_query {
	struct run_query runs; /* which; its `limit` is not looked at */
	const char *text;      /* as in log_search.h */
	bool exact;
	const char *job;       /* its key or title, or NULL */
	const char *step;      /* its number or title, or NULL */
	const char *cursor;    /* "next" of the answer before, or NULL */
	int max_hits;
	int64_t max_bytes, max_ms;
};

struct logs_hit {
	const struct run *run;
	const struct job *job;
	int64_t line;
	const char *text;
};

struct logs_found {
	struct logs_hit *hits;
	size_t n;
	const char *next;   /* NULL: there is nothing more to look through */
	int64_t runs, logs, bytes; /* that were looked through */
	int64_t since_ms;   /* when the last of the runs was made; 0: none */
};

/* Everything lives in `a`. ERR_INVALID: the text, or the cursor. */
int
logs_find(struct store *st, const struct config *config,
    const struct logs_query *q, struct arena *a, struct logs_found *out,
    struct err *err);

json_t *
logs_found_json(const struct config *config, const struct logs_found *found);

#endif
