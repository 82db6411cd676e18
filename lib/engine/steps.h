/*
 * steps.h - the job's side of the socket to pawl-init: the same for all
 * engines.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_STEPS_H
#define PAWL_ENGINE_STEPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/base/err.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"
#include "lib/engine/step_protocol.h"

/* Longest wait for pawl-init to take or answer a message, in seconds. */
#define STEPS_ANSWER_S 60

struct steps {
	char *dir;      /* holds the socket; mounted as STEP_CTL_DIR */
	int listen_fd;
	int sock;       /* to pawl-init; -1 before and after */
	int n_running;  /* steps */
	/* Ends that came while the answer to a start was awaited. */
	struct step_note early[STEP_MAX_RUNNING];
	size_t n_early;
	bool killing;   /* the answer to a KILL for all is awaited: those of
	                   steps_signal() are not */
	bool lost;      /* pawl-init: the socket is of no use any more */
	bool gone;      /* the container has ended, */
	struct err why; /* and this is what is known of it */
	bool memory_killed; /* during the step that ended last */
	struct step_request hello; /* its env is the container's own */
	unsigned char *hello_body;
	int64_t space_bytes; /* the limit, for messages */
};

void
steps_init(struct steps *s);

/* Make the folder `dir` and listen on a socket in it that every user may
 * connect to: who reaches the folder is decided by its parent. */
int
steps_listen(struct steps *s, const char *dir, struct err *err);

/* 0 while the container lives; -1 with the reason of its end. */
typedef int (*steps_alive_fn)(void *ctx, struct err *err);

/* The parts of steps_accept() and steps_close() that concern the socket in
 * the folder: wait for the connection, and close and remove it, so that
 * nobody in the container can connect again. steps_listen.c */
int
steps_wait_for_init(struct steps *s, int timeout_ms, steps_alive_fn alive,
    void *ctx, struct err *err);
void
steps_stop_listening(struct steps *s);

/* Wait for pawl-init, at most timeout_ms, as long as `alive` says so; then
 * nobody else can connect any more. Tells it the limits of `spec`. */
int
steps_accept(struct steps *s, const struct container_spec *spec,
    int timeout_ms, steps_alive_fn alive, void *ctx, struct err *err);

/* As container_step_start(), _poll() and _signal() in engine.h. On -1 of
 * steps_poll() s->gone is set; the engine may know the reason better when err
 * is ERR_UNAVAILABLE. */
int
steps_start(struct steps *s, const struct container_step *step,
    int64_t *number, struct err *err);
int
steps_poll(struct steps *s, int64_t *number, struct proc_end *end,
    struct err *err);
int
steps_signal(struct steps *s, int64_t number, int signo, struct err *err);

/* As container_kill() and container_ask() in engine.h. */
int
steps_kill(struct steps *s, int64_t *took_us, struct err *err);
int
steps_ask(struct steps *s, enum step_question question, struct str *out,
    struct err *err);

/* Kill everything inside and make the workspace ours again. Waits at most
 * timeout_ms. Does nothing when the container is gone. */
int
steps_give_back(struct steps *s, int timeout_ms, struct err *err);

/* Close the socket, which ends the container, and remove the folder. */
void
steps_close(struct steps *s);

#endif
