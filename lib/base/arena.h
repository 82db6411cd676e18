/*
 * arena.h - memory of one lifetime: what is parsed, planned or answered
 * together is freed together.
 *
 * An arena has a ceiling, so that input from outside cannot ask for unbounded
 * memory. An allocation beyond it still succeeds (callers need no path for
 * it) but marks the arena as exceeded: whoever reads input in a loop asks
 * arena_exceeded() once per turn and reports the user's error, with the
 * position it stands at.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_ARENA_H
#define PAWL_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *block; /* newest; holds the free room */
	size_t used;               /* bytes handed out */
	size_t limit;              /* ceiling in bytes; 0 is none */
};

#define ARENA_INIT(limit_bytes) { NULL, 0, (limit_bytes) }

void
arena_init(struct arena *a, size_t limit_bytes);

/* Free everything; the arena is empty and usable afterwards. */
void
arena_release(struct arena *a);

bool
arena_exceeded(const struct arena *a);

/* Zeroed memory, aligned for any type. Never NULL. */
void *
arena_alloc(struct arena *a, size_t size);

char *
arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *
arena_strndup(struct arena *a, const char *s, size_t len);
char *
arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Append room for one element to an array that lives in the arena and return
 * it, zeroed. `array` points to the array's pointer, `n` to its length, which
 * is raised by one. Start with NULL and 0; grow by this function only.
 *
 *	struct job *j = arena_push(a, &plan->jobs, &plan->n_jobs, sizeof(*j));
 */
void *
arena_push(struct arena *a, void *array, size_t *n, size_t size);

#endif
