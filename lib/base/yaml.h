/*
 * yaml.h - YAML text into a tree with a position for every key and value.
 *
 * libyaml reads the events; types (YAML 1.2 core schema), duplicate keys,
 * aliases, limits and the wording of errors are ours. The tree is the base of
 * both the pipeline language and the configuration.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_YAML_H
#define PAWL_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/diag.h"

/*
 * libyaml calls its own YAML_*_NODE and the like; these are ours. "on", "yes"
 * and "off" are strings, as the core schema has it.
 */
enum yaml_type {
	YAML_NULL,
	YAML_BOOL,
	YAML_NUMBER,
	YAML_STRING,
	YAML_LIST,
	YAML_MAP,
};

struct yaml;

struct yaml_pair {
	struct yaml *key; /* always a scalar */
	struct yaml *value;
};

struct yaml {
	enum yaml_type type;
	struct pos pos;   /* where it starts */
	int width;        /* of a scalar on its first line, in bytes; else 1 */
	const char *text; /* scalars: as written, after quoting rules; "" for
	                     others. Without NUL unless it was reported */
	size_t text_len;
	bool quoted; /* a quoted or block scalar */
	bool boolean;
	double number;
	struct yaml **items; /* YAML_LIST */
	size_t n_items;
	struct yaml_pair *pairs; /* YAML_MAP, in order of the text */
	size_t n_pairs;
};

/* Limits of one document: each has its own clear error. */
#define YAML_MAX_BYTES (1024 * 1024)
#define YAML_MAX_DEPTH 64
#define YAML_MAX_NODES 100000 /* with aliases counted each time */

/*
 * Read one document. The tree lives in `a`. Every problem goes to `d`
 * (duplicate keys, unknown tags, tabs, bad indentation, limits, several
 * documents, bytes that are not UTF-8). Returns NULL when nothing useful
 * could be read; a tree may be returned beside errors. An empty document is
 * a YAML_NULL node at 1:1.
 */
struct yaml *
yaml_read(const char *text, size_t len, struct arena *a, struct diags *d);

/* The value of a key (bytes compared), or NULL; also NULL when `map` is NULL
 * or no map. */
struct yaml *
yaml_get(const struct yaml *map, const char *key);

/* "a string", "a list", "a map", "a number" ...: for messages. */
const char *
yaml_type_name(enum yaml_type type);

#endif
