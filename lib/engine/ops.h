/*
 * ops.h - what an engine is made of: the table that a new engine fills, for
 * lib/engine alone. engine.h is what others see.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_OPS_H
#define PAWL_ENGINE_OPS_H

#include "lib/engine/engine.h"
#include "lib/engine/steps.h"

struct engine_ops {
	const char *name;
	const char *without; /* "the engine "x" has no images: ..." */

	/* Can it be used here? Tries it. Appends one line for people. */
	int (*probe)(const struct config *config, struct str *about,
	    struct err *err);

	/* Fill e->data; close() frees it, also after a failed open(). */
	int (*open)(struct engine *e, struct err *err);
	void (*close)(struct engine *e);

	/* As the functions of engine.h. A row that is NULL is answered
	 * ERR_UNSUPPORTED with `without` as the reason. */
	int (*ensure_image)(struct engine *e,
	    const struct image_request *request, engine_progress_fn progress,
	    void *ctx, struct err *err);
	int (*image_about)(struct engine *e, const char *image,
	    struct arena *a, struct image_about *out, struct err *err);

	int (*image_build)(struct engine *e, const struct image_build *build,
	    struct str *id, struct err *err);
	int (*image_tag)(struct engine *e, const char *image,
	    const char *name, struct err *err);
	int (*image_push)(struct engine *e, const char *image,
	    engine_progress_fn progress, void *ctx, struct err *err);

	/*
	 * A network for the containers of a job. Fills n->data as soon as
	 * there is something to remove; network_remove() follows in any case
	 * and frees it. See engine_shares_network().
	 */
	bool shares_network;
	int (*network_start)(struct network *n,
	    const struct network_spec *spec, struct err *err);
	int (*network_remove)(struct network *n, struct err *err);

	/*
	 * Make the container and let pawl-init run in it, which finds the
	 * socket of c->steps. Fills c->data as soon as there is something
	 * to remove. remove() follows in any case.
	 */
	int (*start)(struct container *c, const struct container_spec *spec,
	    int timeout_ms, struct err *err);

	/* As container_host_port() and container_id(); NULL: 0 and "". */
	int (*host_port)(const struct container *c, int port, bool udp);
	const char *(*id)(const struct container *c);

	/* 0 while the container lives; else -1 with the reason of its end. */
	int (*alive)(struct container *c, struct err *err);

	/* See container_own(); NULL: nothing is to be done. */
	int (*own)(struct container *c, const char *path, struct err *err);

	/* Kill, remove, free c->data (which may be NULL). */
	int (*remove)(struct container *c, struct err *err);

	int (*list)(struct engine *e, const char *instance,
	    engine_leftover_fn fn, void *ctx, struct err *err);
	int (*remove_leftover)(struct engine *e, const char *id,
	    struct err *err);
};

struct engine {
	const struct engine_ops *ops;
	const struct config *config; /* outlives the engine */
	void *data;
};

struct network {
	struct engine *engine;
	void *data;
};

struct container {
	struct engine *engine;
	struct steps steps;
	bool give_back; /* before it is removed, see steps_give_back() */
	void *data;
};

extern const struct engine_ops sandbox_ops;
extern const struct engine_ops docker_ops;

#endif
