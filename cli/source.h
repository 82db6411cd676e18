/*
 * source.h - where commands get what they show and send what they change: the
 * API, either asked in this process, on the database of this host, or over
 * HTTP. Both give the same documents, byte for byte, as they come from the
 * same handlers; a command is written once.
 *
 * Paths are below the base URL: "api/v1/runs?limit=3".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_SOURCE_H
#define PAWL_CLI_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct cli;
struct source;

/* Whatever came back. Texts live as long as the answer. */
struct answer {
	int status;
	struct str type;     /* Content-Type */
	struct str problem;  /* X-Correlation-ID */
	struct str location; /* Location; each of these may be "" */
	struct str body;
};
#define ANSWER_INIT { 0, STR_INIT, STR_INIT, STR_INIT, STR_INIT }

void
answer_release(struct answer *a);

/*
 * Open what the command line, the environment and the file of servers ask
 * for, into cli->source: --server, PAWL_SERVER, else the database of this
 * host when its folder may be used, else the server that "pawl login" made
 * the usual one.
 */
int
source_open(struct cli *cli, struct err *err);
void
source_close(struct source *s);

/* Is it the database of this host? And its base URL. */
bool
source_is_local(const struct source *s);
const char *
source_base_url(const struct source *s);

/* Refuse `what`, which has no route, unless this is the server's host. */
int
source_need_local(const struct source *s, const char *what, struct err *err);

/* Send one request; `body` may be NULL. Any status is a success: -1 is that
 * there is no answer. `a` is empty or filled before; it is emptied first. */
int
source_ask(struct source *s, const char *method, const char *path,
    const json_t *body, struct answer *a, struct err *err);

/* A document, which the caller releases; NULL when it is refused. */
json_t *
source_get(struct source *s, const char *path, struct err *err);

/* Change something. `body` (may be NULL) is released. The document answered
 * is the caller's; one without content is null. */
json_t *
source_change(struct source *s, const char *method, const char *path,
    json_t *body, struct err *err);

/* As source_change(), for those who need not know the answer. */
int
source_do(struct source *s, const char *method, const char *path,
    json_t *body, struct err *err);

/*
 * Up to `limit` (0: all) elements of the list `key` of a document, over as
 * many pages as it takes. SOURCE_PAGED adds the argument "limit", which not
 * every list has. A new array.
 */
#define SOURCE_PAGED 1u
json_t *
source_list(struct source *s, const char *path, const char *key, int64_t limit,
    unsigned how, struct err *err);

/* What is made of a status that is no success: ERR_NOT_FOUND and so on, with
 * the detail of the problem document. */
int
source_refused(const struct source *s, const struct answer *a,
    struct err *err);

/*
 * Hand a file from byte `from` on to `put`, in pieces: a log, an artifact. A
 * `from` below 0 counts from the end, where the server can do that; else all
 * of it comes. `put` returns -1 to stop. Returns 1, 0 when there is no such file (yet),
 * -1. `url` is that of a document.
 */
typedef int (*source_put)(void *ctx, const char *data, size_t len,
    struct err *err);
int
source_file(struct source *s, const char *url, int64_t from, source_put put,
    void *ctx, struct err *err);

/*
 * Wait until something may have changed, or for timeout_ms. The stream is
 * that of server-sent events; a server without one is asked after the time.
 */
int
source_wait(struct source *s, const char *stream, int timeout_ms,
    struct err *err);

/* What both kinds are made of: for source*.c. */
struct source_kind {
	int (*ask)(struct source *s, const char *method, const char *path,
	    const json_t *body, struct answer *a, struct err *err);
	int (*file)(struct source *s, const char *path, int64_t from,
	    source_put put, void *ctx, struct err *err);
	int (*wait)(struct source *s, const char *stream, int timeout_ms,
	    struct err *err);
	void (*close)(struct source *s);
};
struct source {
	const struct source_kind *kind;
	const char *base_url;
};

/* source_local.c, source_http.c */
struct server_entry;
int
source_open_local(struct cli *cli, struct source **out, struct err *err);
int
source_open_http(const struct server_entry *server, struct source **out,
    struct err *err);

#endif
