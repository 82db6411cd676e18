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
	char *socket;      /* its path; or for people: "tcp://host:port" */
	char *url;         /* of TCP; NULL: a socket */
	char *tls;         /* folder with ca.pem, cert.pem and key.pem; NULL */
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
	/* Instead of `body`: what is sent, of type application/x-tar. Up to
	 * `len` bytes of it; 0 at its end, -1 ends the request. */
	ssize_t (*upload)(void *ctx, void *buf, size_t len);
	void *upload_ctx;
	const char *auth;     /* NULL, or the value of X-Registry-Auth */
	const char *logins;   /* NULL, or that of X-Registry-Config */
	int timeout_ms;       /* for the whole; 0: see idle_s */
	int idle_s;           /* longest silence of a stream */
	docker_data_fn data;  /* NULL: the answer is collected */
	void *ctx;
};

struct docker_answer {
	long status;     /* of HTTP */
	char api[16];    /* headers, "" when they are not there: Api-Version */
	char server[96]; /* and Server */
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

/* docker_http.c: docker_do(), where a status of 400 and more is an error too;
 * the answer's JSON goes to *out (may be NULL), which the caller decrefs. */
int
docker_json(const struct docker *d, const char *method, const char *path,
    const json_t *body, int timeout_ms, const char *what, json_t **out,
    struct err *err);

/* docker_stream.c: an answer of one JSON object a line. */
typedef void (*docker_event_fn)(void *ctx, const json_t *event);
struct docker_stream {
	docker_event_fn event; /* for each that is no error */
	void *ctx;
	struct str line;
	struct str error; /* the service's; it may come with status 200 */
	enum err_code standard; /* of an error that says nothing known */
};
void
docker_stream_init(struct docker_stream *s, docker_event_fn event, void *ctx);
void
docker_stream_release(struct docker_stream *s);

/* docker_stream.c: do a request whose answer is one. An error in the answer or
 * in the stream is one; `what` was being done. */
int
docker_stream_do(const struct docker *d, const struct docker_request *req,
    const char *what, struct docker_stream *s, struct err *err);

/* docker_progress.c: how far a transfer is, told at most every few seconds,
 * and once at its end. */
#define DOCKER_MAX_LAYERS 200
struct docker_progress {
	engine_progress_fn say; /* NULL: nobody wants to know */
	void *ctx;
	int64_t told_ms;
	size_t n;
	struct docker_layer {
		char id[16];
		int64_t current, total; /* bytes */
		bool done;
	} layers[DOCKER_MAX_LAYERS];
};
void
docker_progress_init(struct docker_progress *p, engine_progress_fn say,
    void *ctx);
void
docker_progress_event(void *ctx, const json_t *event); /* ctx: `p` */
void
docker_progress_end(struct docker_progress *p);

/* docker_find.c: find the service; free with docker_free(). The socket of the
 * configuration, else DOCKER_HOST, else the first of the usual ones that
 * answers. */
int
docker_find(const struct config *config, struct docker **out, struct err *err);
void
docker_free(struct docker *d);

/* docker_orphans.c: end what a removed container has left on this host; for
 * those whose start or end nobody saw, since it looks at every process. */
void
docker_end_orphans(const struct docker *d, const char *id);

/* docker_find.c: is there a place where one may answer: one that is named, or
 * one of the usual sockets? */
bool
docker_is_expected(const struct config *config);

/* docker_find.c: will docker_find() look over TCP? */
bool
docker_over_tcp(const struct config *config);

/* docker_probe.c: try whether a container sees this host's files; appends to
 * `about` when that cannot be tried. */
int
docker_sees_us(struct engine *e, const struct docker *d,
    const struct config *config, struct str *about, struct err *err);

/* docker_image.c: as engine_ensure_image(), for this image. */
int
docker_image_ensure(const struct docker *d, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err);

/* docker_auth.c: make the value of X-Registry-Auth in `out`, for the registry of
 * `image`. Returns out->s. */
const char *
docker_auth(const struct registry_login *login, const char *image,
    struct str *out);

/* docker_auth.c: make the value of X-Registry-Config in `out`, with all logins
 * that the configuration names itself. Returns out->s. */
const char *
docker_auths(const struct config *config, struct str *out);

/* docker_login.c: the login of the configuration for an image's registry. 1:
 * found, its texts live in the configuration or in `a`; 0: there is none. */
int
docker_login_find(const struct config *config, const char *image,
    struct arena *a, struct registry_login *out, struct err *err);

/* docker_build.c: as engine_image_build() and engine_image_tag(). */
int
docker_image_build(const struct docker *d, const struct config *config,
    const struct image_build *of, struct str *id, struct err *err);
int
docker_image_tag(const struct docker *d, const char *image, const char *name,
    struct err *err);

/* docker_pull.c: where the tag of a name begins, with its ":" or "@"; its
 * length when it has none. */
size_t
docker_tag_of(const char *image);

/* docker_pull.c: push; retried as a pull. */
int
docker_image_push(const struct docker *d, const char *image,
    const struct registry_login *login, engine_progress_fn progress,
    void *ctx, struct err *err);

/* docker_pull.c: pull, whether it is here or not; retried as
 * engine_ensure_image() says. */
int
docker_image_pull(const struct docker *d, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err);

/* docker_about.c: as engine_image_about(). */
int
docker_image_about(const struct docker *d, const char *image,
    struct arena *a, struct image_about *out, struct err *err);

/* docker_spec.c: the labels of what belongs to a job; `role` NULL: none. The
 * caller decrefs. NULL when a text is not UTF-8. */
json_t *
docker_labels(int64_t job, int attempt, const char *run, const char *instance,
    const enum container_role *role);

/* docker_spec.c: "80/tcp". */
void
docker_port_name(const struct container_port *port, char name[32]);

/* docker_spec.c: the body of a request that creates a container. `user` is
 * whom steps run as, `network` the name of the job's own (NULL: none). */
json_t *
docker_create_json(const struct container_spec *spec, const char *image,
    const char *user, const char *network);

/* docker_create.c: create; the id, which the caller frees, goes to *id. */
int
docker_container_create(const struct docker *d,
    const struct container_spec *spec, const char *image, const char *user,
    const char *network, char **id, struct err *err);

/* docker_container.c */
int
docker_container_start(const struct docker *d, const char *id, int timeout_ms,
    struct err *err);

/* docker_container.c: 0 while it runs, else -1 with the reason of its end. */
int
docker_container_alive(const struct docker *d, const char *id,
    struct err *err);

/* docker_container.c: fill in the ports of the host. */
int
docker_container_ports(const struct docker *d, const char *id,
    struct container_port *ports, size_t n, struct err *err);

/* docker_container.c: kill and remove with the volumes that have no name. One
 * that is not there is fine. */
int
docker_container_remove(const struct docker *d, const char *id,
    struct err *err);

/* docker_network.c: make the network; its name, which the caller frees, goes
 * to *name. */
int
docker_network_create(const struct docker *d, const struct network_spec *spec,
    char **name, struct err *err);
int
docker_network_remove(const struct docker *d, const char *name,
    struct err *err);

/* docker_network.c: what a volume that a job calls `volume` is called here. */
void
docker_volume_name(const struct container_spec *spec, const char *volume,
    struct str *out);

/* docker_network.c: make it, with the job's labels, which Podman does not take
 * from a container's mounts. One that is there is fine. */
int
docker_volume_create(const struct docker *d, const struct container_spec *spec,
    const char *name, struct err *err);

/* docker_network.c: remove it, unless a container still has it. */
int
docker_volume_remove(const struct docker *d, const char *name,
    struct err *err);

/* docker_delete.c: DELETE `path`, again while the service says that it is in
 * use. What is not there is fine. */
int
docker_delete(const struct docker *d, const char *path, const char *what,
    struct err *err);

/* docker_delete.c: as engine_list() and engine_remove_leftover(). */
int
docker_list(const struct docker *d, const char *instance,
    engine_leftover_fn fn, void *ctx, struct err *err);
int
docker_remove_leftover(const struct docker *d, const char *id,
    struct err *err);

#endif
