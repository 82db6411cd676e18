/*
 * conf_internal.h - between conf.c (the table), conf_value.c (one value) and
 * conf_map.c (maps).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_CONF_INTERNAL_H
#define PAWL_BASE_CONF_INTERNAL_H

#include "lib/base/conf.h"
#include "lib/base/yaml.h"

/* One file being read. */
struct conf_reader {
	struct arena *a;
	struct diags *d;
	struct config *out;
	const char *folder; /* of the file: relative paths start there */
};

struct conf_row;

/*
 * How a value is read. Scalars have `parse`, which takes the text alone, so
 * that defaults pass the same function; all others have `read`.
 */
struct conf_type {
	const char *name; /* "bytes", as in the documentation */
	const char *what; /* "a size such as ...", as in messages */
	bool (*parse)(struct conf_reader *r, const struct conf_row *row,
	    const char *text, void *field);
	void (*read)(struct conf_reader *r, const struct conf_row *row,
	    const struct yaml *value, void *field);
};

struct conf_row {
	const char *name;
	const struct conf_type *type;
	size_t offset;        /* of its field in struct config */
	const char *standard; /* the default, as one would write it */
	/* Gives the default instead, when it depends on the host; then
	 * `standard` says in words what it does. NULL with `err` set when
	 * there is none. */
	const char *(*computed)(struct conf_reader *r, struct err *err);
	int64_t min, max;           /* of numbers, sizes and durations */
	const char *const *choices; /* words allowed, NULL at the end */
	const char *doc;
};

extern const struct conf_type conf_text, conf_url, conf_path, conf_number,
    conf_bytes, conf_duration, conf_bool, conf_choice, conf_protocols,
    conf_log_level, conf_labels, conf_secrets, conf_variables,
    conf_webhook_secrets, conf_volumes, conf_capabilities, conf_actions,
    conf_origins, conf_registries,
    conf_engine_socket, conf_processors, conf_sign_ins, conf_machines;

/* Read a value, given or standard, into its field of r->out. */
void
conf_read_value(struct conf_reader *r, const struct conf_row *row,
    const struct yaml_pair *pair);
int
conf_read_standard(struct conf_reader *r, const struct conf_row *row,
    struct err *err);

/* conf_map.c: the secret in the file that `pair` names as {file: PATH}; NULL,
 * with the problem reported, when there is none. */
const char *
conf_read_secret(struct conf_reader *r, const struct yaml_pair *pair,
    const char *hint, const char **path);

/* A path as written in the file, made absolute by the file's folder. */
const char *
conf_resolve_path(const struct conf_reader *r, const char *path);

#endif
