/*
 * rig.h - what the tests of the engines share: one engine, its containers,
 * and steps that run to their end with their output taken.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_ENGINE_RIG_H
#define PAWL_T_ENGINE_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/str.h"
#include "lib/engine/engine.h"

/* Containers of a busy machine take their time; nothing waits longer. */
#define RIG_DEADLINE_MS 120000

struct rig {
	struct config config;
	struct engine *engine;
	const char *name;     /* "sandbox", "docker" */
	const char *image;    /* NULL with the sandbox and the host's files */
	bool sandbox;
	bool one_id;          /* an ordinary user's, without /etc/subuid */
	char state[300];      /* the state directory */
	char instance[32];    /* of this run of the test */
	char mark[32];        /* an argument that only our processes have */
	int next_job;
};

/* One container with its folder. */
struct box {
	struct rig *rig;
	char dir[280];
	struct container_spec spec;
	struct container *c;
	struct err err; /* of the last call */
};

/* How a step ended, and all of its output. */
struct ran {
	int started; /* of container_step_start() */
	int rc;      /* of container_step_poll(); 0: the deadline came */
	int64_t number; /* of the step that ended */
	struct proc_end end;
	bool out_of_memory;
	struct str out, diag;
	struct err err;
};

/* A step that has been started; take its end with step_finish(). */
struct step {
	struct box *box;
	int64_t number;
	int out, diag; /* read ends */
};

/* The configuration that PAWL_TEST_CONFIG names, or an empty one; with this
 * socket, unless it names another. */
void
rig_config(struct config *config, const char *socket);

/* The login for an image, by PAWL_TEST_LOGIN=USER:PASSWORD; NULL: none. */
const struct registry_login *
rig_login(struct registry_login *login);

/* The first id of those of the sandbox's images. */
#define RIG_FIRST_ID 1879048192

/* `place` is the socket of a service, or the folder of the sandbox's images,
 * of which this one is fetched. */
void
rig_init(struct rig *r, const char *name, const char *place,
    const char *image);
void
rig_release(struct rig *r);

/* A folder with an empty workspace; change box->spec before box_start(). */
void
box_init(struct rig *r, struct box *b);
bool
box_start(struct box *b);
/* Remove the container and the folder. Returns what container_remove() did. */
int
box_end(struct box *b);
/* All three: a container without limits or network; ends the test program
 * when it does not start, as nothing else can work then. */
void
box_up(struct rig *r, struct box *b);

/* A file of the box: "workspace/x". The text is the file's; "" if none. */
void
box_read(const struct box *b, const char *name, struct str *out);
bool
box_has(const struct box *b, const char *name);

/* Run to the end, at most a minute or two. */
void
ran_release(struct ran *r);
void
run_step(struct box *b, const struct container_step *step, struct ran *out);
void
run_shell(struct box *b, const char *command, struct ran *out);

/* Start, and finish later. */
bool
step_begin(struct box *b, const char *command, struct step *s);
void
step_finish(struct step *s, struct ran *out);

/* Read the step's output until it contains `text`. */
bool
step_await(struct step *s, const char *text);

/* Processes on this host, containers included, that have r->mark among their
 * arguments. */
int
marked_processes(const struct rig *r);
/* Wait until there are `n` of them. */
bool
await_marked(const struct rig *r, int n);

/* Containers that engine_list() finds; the id of the last goes to *id. */
int
count_listed(struct rig *r, struct str *id);

/* "exited 0", "signal 15", "error not found: ..." */
const char *
ran_text(const struct ran *r, char buf[256]);

#endif
