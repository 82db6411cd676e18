/*
 * builtin.h - the actions that Pawl brings itself: their names, inputs and
 * outputs. No file of them is read; lib/run/builtin.h has what they do.
 *
 * Names are those that people write (actions/checkout@v4), whatever the ref;
 * typed steps have theirs ("step.docker_build"), which no `uses` can be.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_BUILTIN_H
#define PAWL_PIPELINE_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"

struct builtin_input {
	const char *name;
	const char *fallback; /* the value that is not given; never NULL */
	bool required;
};

struct builtin_action {
	const char *name;
	const struct builtin_input *inputs; /* NULL: any (a typed step: its
	                                       schema has looked) */
	size_t n_inputs;
	const char *const *outputs; /* ends in NULL; NULL: none */
	bool has_post; /* one part of it runs behind all other steps */
};

extern const struct builtin_action builtin_actions[];
extern const size_t n_builtin_actions;

/* By what stands behind `uses`; NULL: it is none. */
const struct builtin_action *
builtin_find(const char *uses, struct arena *a);

/* By its bare name, whatever the case. */
const struct builtin_action *
builtin_named(const char *name);

/* An input by its name, whatever the case; NULL: there is none such. */
const struct builtin_input *
builtin_input_find(const struct builtin_action *action, const char *name);

/* The names of its inputs; ends in NULL. */
const char *const *
builtin_input_names(const struct builtin_action *action, struct arena *a);

#endif
