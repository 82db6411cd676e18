/*
 * docker.h - the parts of the docker engine, for its own files: a client of
 * the Docker Engine API, which Podman serves as well.
 *
 * Where the two answer differently, one table or one comment says so; nothing
 * asks which of them it is talking to.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_DOCKER_H
#define PAWL_ENGINE_DOCKER_H

#include <jansson.h>
#include <stdint.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"

/* A service that answered. */
struct docker {
	char *socket;
	char version[16];  /* of the API, as in the paths: "1.41" */
	char product[96];  /* for people: "Docker 20.10.24" */
};

/* Called with each piece of an answer that is read as it comes. -1 ends the
 * request with that error. */
typedef int (*docker_data_fn)(void *ctx, const char *data, size_t len,
    struct err *err);

/* One request. */
struct docker_request {
	const char *method;
	const char *path;     /* "/containers/json?all=1", without version */
	const json_t *body;   /* NULL: none */
	int timeout_ms;       /* for the whole; 0: see idle_s */
	int idle_s;           /* longest silence of a stream */
	docker_data_fn data;  /* NULL: the answer is collected */
	void *ctx;
};

struct docker_answer {
	long status;     /* of HTTP */
	struct str body; /* collected, at most 4 MiB */
};

/* Longest wait for an ordinary answer: a loaded host takes its time. */
#define DOCKER_TIMEOUT_MS 60000

void
docker_answer_init(struct docker_answer *a);
void
docker_answer_release(struct docker_answer *a);

/*
 * docker_http.c: do a request. Returns 0 when there was an answer, whatever
 * its status. Errors: ERR_UNAVAILABLE when nobody answers at the socket (the
 * text says what to do), ERR_TIMEOUT, ERR_TOO_LARGE.
 */
int
docker_do(const struct docker *d, const struct docker_request *req,
    struct docker_answer *out, struct err *err);

/* docker_error.c: turn an answer with an error status into err, with the
 * message of the service; `what` is what was asked. Always -1. */
int
docker_refused(const struct docker_answer *a, const char *what,
    struct err *err);

/* docker_error.c: the code for a message of the service that came without a
 * status of its own; `standard` when it says nothing known. */
enum err_code
docker_message_code(const char *message, enum err_code standard);

/* docker_http.c: docker_do(), where a status of 400 and more is an error too;
 * the answer's JSON goes to *out (may be NULL), which the caller decrefs. */
int
docker_json(const struct docker *d, const char *method, const char *path,
    const json_t *body, int timeout_ms, const char *what, json_t **out,
    struct err *err);

/* docker_find.c: find the service; free with docker_free(). The socket of the configuration, else the first of the usual ones that
 * answers. */
int
docker_find(const struct config *config, struct docker **out, struct err *err);
void
docker_free(struct docker *d);

/* docker_image.c: as engine_ensure_image(). */
int
docker_image_ensure(const struct docker *d, const char *image,
    engine_progress_fn progress, void *ctx, struct err *err);

/* docker_image.c: pull, whether it is here or not; retried as
 * engine_ensure_image() says. */
int
docker_image_pull(const struct docker *d, const char *image,
    engine_progress_fn progress, void *ctx, struct err *err);

/* docker_create.c: create; the id, which the caller frees, goes to *id. */
int
docker_container_create(const struct docker *d,
    const struct container_spec *spec, const char *image, char **id,
    struct err *err);

/* docker_container.c */
int
docker_container_start(const struct docker *d, const char *id, int timeout_ms,
    struct err *err);

/* docker_container.c: 0 while it runs, else -1 with the reason of its end. */
int
docker_container_alive(const struct docker *d, const char *id,
    struct err *err);

/* docker_container.c: kill and remove with its volumes. One that is not there
 * is fine. */
int
docker_container_remove(const struct docker *d, const char *id,
    struct err *err);

/* docker_container.c: as engine_list(). */
int
docker_container_list(const struct docker *d, const char *instance,
    engine_leftover_fn fn, void *ctx, struct err *err);

#endif
