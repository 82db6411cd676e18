/*
 * token.h - a workflow as the JSON that the corpus expects of a reader.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_CORPUS_TOKEN_H
#define PAWL_T_CORPUS_TOKEN_H

#include <jansson.h>
#include <stdbool.h>
#include "lib/pipeline/model.h"

/* A workflow that a job calls: by its reference, read already. */
struct token_called {
	const char *ref;
	const struct workflow *workflow;
};

struct token_case {
	bool with_source; /* tokens carry file, line and col */
	bool with_events;
	bool skip_called; /* do not look into called workflows */
	const struct token_called *called;
	size_t n_called;
};

json_t *
token_workflow(const struct token_case *c, const struct workflow *w);

/* The same JSON; numbers by value, members in any order. */
bool
token_same(const json_t *a, const json_t *b);

#endif
