/*
 * wish.h - what the pipeline wants of a container: of the job's own and of a
 * service's. The words of the file, evaluated and checked against what the
 * configuration allows.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_WISH_H
#define PAWL_RUN_WISH_H

#include "lib/run/health.h"
#include "lib/run/job.h"

/* All in one range; Docker has no limit. */
#define WISH_MAX_PORTS 100

struct wish {
	const struct job_plan_container *plan;
	struct image_request image; /* `login` points to the one below */
	struct registry_login login;
	struct environment env;
	struct container_port *ports;
	size_t n_ports;
	struct container_mount *mounts;
	size_t n_mounts;
	struct container_options options;
	const char *const *health;     /* of the options */
	struct health_plan ready;      /* argv NULL: none */
	const char *const *entrypoint; /* NULL: the image's */
	const char *const *command;    /* likewise */
};

/*
 * The image that a container names, with its expressions and variables;
 * *image is NULL when it comes to nothing: then there is none.
 */
int
wish_image(struct job_exec *x, const struct value *written,
    const char **image, struct err *err);

/* All else. `w` is filled, in the job's arena; its passwords are masked. A
 * mistake is the user's error, with its place. */
int
wish_read(struct job_exec *x, const struct job_plan_container *plan,
    const char *image, struct wish *w, struct err *err);
void
wish_release(struct wish *w);

/* Ports as "docker create --publish" takes them; added to a list in `a`. */
int
ports_read(const char *text, struct arena *a, struct container_port **list,
    size_t *n, struct err *err);

/* command_line.c: the program of a container: what the image says, and what is said over it.
 * Lists end in NULL; NULL: nothing is said. Lives in `a`. */
int
image_command_line(const struct image_about *image,
    const char *const *entrypoint, const char *const *command,
    struct arena *a, const char *const **out, struct err *err);

#endif
