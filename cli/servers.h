/*
 * servers.h - the servers that this user knows, with their tokens: a file of
 * $XDG_CONFIG_HOME/pawl that nobody else may read.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_SERVERS_H
#define PAWL_CLI_SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

#define SERVERS_MAX 100

struct server_entry {
	const char *name;
	const char *url;   /* without a slash at its end */
	const char *token; /* NULL: none */
};

struct servers {
	const char *file;
	const char *usual; /* name of the one that is asked by default; NULL */
	struct server_entry *list;
	size_t n;
};

/* Read the file; without one the list is empty. ERR_DENIED when others may
 * read it. All lives in `a`. */
int
servers_load(struct servers *s, struct arena *a, struct err *err);
int
servers_save(const struct servers *s, struct err *err);

/* By name or URL; NULL. */
struct server_entry *
servers_find(const struct servers *s, const char *name_or_url);

/* Add one, or replace the one of this name. */
int
servers_put(struct servers *s, const struct server_entry *e, struct arena *a,
    struct err *err);
void
servers_drop(struct servers *s, struct server_entry *e);

/* "https://ci.example.org/ci" of what a person writes: a slash at the end
 * goes, a scheme that is missing is https. ERR_INVALID. */
int
servers_url(const char *text, struct arena *a, const char **out,
    struct err *err);

#endif
