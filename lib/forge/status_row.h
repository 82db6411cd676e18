/*
 * status_row.h - how a forge is told: for the files of lib/forge alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_STATUS_ROW_H
#define PAWL_FORGE_STATUS_ROW_H

#include <jansson.h>
#include "lib/base/str.h"
#include "lib/forge/status.h"

struct status_row {
	const char *forge;
	const char *public_host; /* of clone URLs; NULL: it has none */
	const char *public_api;  /* the base of its API */
	const char *prefix;      /* of the API at other hosts */
	const char *cut;         /* what clone URLs have before the owner, and
	                            the API has not; or NULL */
	const char *token;       /* header with %s; NULL: Bearer, or Basic
	                            when it is USER:TOKEN */
	const char *accept;
	const char *version[2];  /* name and value of a header; or NULL */
	const char *path;        /* {owner} {name} {project} {sha} */
	size_t description_max;  /* characters */
	json_t *(*body)(const struct status_row *row,
	    const struct forge_status *s, const char *description);
	const char *words[FORGE_STATE_SKIPPED + 1];
};

/* status_body.c */
json_t *
status_body_github(const struct status_row *row,
    const struct forge_status *s, const char *description);
json_t *
status_body_gitlab(const struct status_row *row,
    const struct forge_status *s, const char *description);
json_t *
status_body_cloud(const struct status_row *row, const struct forge_status *s,
    const char *description);
json_t *
status_body_server(const struct status_row *row,
    const struct forge_status *s, const char *description);

/* api.c: append a path with its {words} filled in, each percent-encoded, and
 * the headers that every request has. `more` gives values of further words, in
 * pairs, and ends in NULL. */
void
api_path(const struct forge_api *api, const char *path,
    const char *const *more, struct str *out);
void
api_headers(const struct forge_api *api, const char *token, struct arena *a,
    struct outgoing *out);

/* The rows, and the one of a forge at a host; NULL. */
const struct status_row *
status_row_find(const char *forge, const char *host);

#endif
