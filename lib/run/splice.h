/*
 * splice.h - the values of ${{ }} in a script, put where they stand without
 * ever becoming code.
 *
 * What comes from outside (titles, branch names, outputs) and has bytes that
 * could mean something to a shell is given in an environment variable, and
 * the script gets an expansion of it, quoted as its place needs it: the text
 * is the same, and the shell never reads it as code. Where no expansion is
 * safe the step must not run. All other values are text of the script, as
 * documented (docs.github.com, "Workflow syntax", steps[*].run).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SPLICE_H
#define PAWL_RUN_SPLICE_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Values in one script that need a variable. */
#define SPLICE_MAX_VARS 1000

struct splice_piece {
	const char *text;
	size_t len;
	bool outside;       /* a value that strangers may have written */
	const char *source; /* its expression, for messages; NULL: it is text
	                       of the script */
};

struct splice_var {
	const char *name; /* PAWL_EXPR_1 */
	const char *value;
};

struct splice {
	const char *script;
	struct splice_var *vars;
	size_t n_vars;
};

/* Is the command line of this shell one of sh, bash or dash? Others get
 * values from outside only where they are plain words. */
bool
splice_knows_shell(const char *shell);

/*
 * Make the script that `shell` runs ("bash", "python", a template). Lives in
 * `a` and points into the pieces. ERR_INVALID when a value has no safe place,
 * saying which, and what to do.
 */
int
splice_script(const struct splice_piece *pieces, size_t n, const char *shell,
    struct arena *a, struct splice *out, struct err *err);

#endif
