/*
 * carry.h - files out of the container and into it, see
 * lib/engine/init_carry.h: the job's side.
 *
 * carry_start() is called in the job's process; the child that it then forks
 * by builtin_work() reads or writes the archive. Both ends share nothing else:
 * what the child reads may be anything that a job can make up.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_CARRY_H
#define PAWL_RUN_CARRY_H

#include "lib/base/tar.h"
#include "lib/engine/carry.h"
#include "lib/run/builtin.h"

struct carrying {
	int data; /* the archive; reads or writes */
	int diag; /* what the helper says */
	struct str held;  /* an unfinished line of it */
	struct str error; /* what it said last before it gave up */
	bool done;
};

#define CARRYING_INIT { .data = -1, .diag = -1, .held = STR_INIT, \
	.error = STR_INIT }

/*
 * Start the helper in the container. `what` is CARRY_PACK or CARRY_UNPACK,
 * `how` letters of carry.h, `patterns` ends in NULL.
 */
int
carry_start(struct step_run *s, const char *what, const char *how,
    const char *const *patterns, struct carrying *c, struct err *err);

/* In the job's process, behind builtin_work() and on failure. */
void
carry_close(struct carrying *c);

/* Lines of text as an array that ends in NULL, without blanks around them and
 * empty ones; lives in `a`. */
const char *const *
carry_patterns(const char *text, struct arena *a, size_t *n);

/* --- in the child ------------------------------------------------------------- */

/* Read from what is packed, a tar_fill_fn: warnings are printed meanwhile. */
struct carry_reader {
	struct work *w;
	struct carrying *c;
};
int
carry_fill(void *reader, void *buf, size_t len);

/* What there is, up to `len` bytes: how many; 0 at the end; -1 with errno. */
ssize_t
carry_some(struct carry_reader *r, void *buf, size_t len);

/* Write to what is unpacked. */
int
carry_write(struct carrying *c, const void *data, size_t len,
    struct err *err);

/* The archive is at its end: close it and hear how the helper ended. */
int
carry_end(struct work *w, struct carrying *c, struct err *err);

#endif
