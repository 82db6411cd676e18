/*
 * matrix.h - one job as many: the product of a matrix, with include and
 * exclude.
 *
 * docs.github.com, "Running variations of jobs in a workflow"; corners follow
 * actions/runner, src/Sdk/WorkflowParser (MatrixBuilder).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_MATRIX_H
#define PAWL_PIPELINE_MATRIX_H

#include "lib/pipeline/expr.h"

/* Jobs of one run: GitHub's limit, unless the server is told another. */
#define MATRIX_MAX_JOBS 256
/* Above this many a matrix is likely a mistake: a warning. */
#define MATRIX_MANY_JOBS 50

struct matrix_job {
	struct expr_object *values; /* the `matrix` context */
	const char *label; /* "ubuntu, 1.22" of the vectors; "": none */
};

struct matrix {
	struct matrix_job *jobs;
	size_t n;
	/* Where a mistake is: the key, and the entry of include and exclude
	 * (from 0). NULL: the matrix as a whole. */
	const char *wrong_key;
	size_t wrong_item;
};

/*
 * Multiply out what strategy.matrix says, with all expressions in it
 * evaluated. The first key varies slowest. The values are shared with the
 * definition.
 *
 * Returns 0; or -1 with `err` in GitHub's words where it has any, and the
 * place in `out`. ERR_INVALID, or ERR_TOO_LARGE: more than `max` jobs, or
 * more combinations than are looked through.
 */
int
matrix_expand(const struct expr_value *definition, size_t max,
    struct arena *a, struct matrix *out, struct err *err);

/* "NAME (LABEL)", cut to 100 characters with "...". */
const char *
matrix_job_name(const char *name, const char *label, struct arena *a);

#endif
