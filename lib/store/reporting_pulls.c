/*
 * reporting_pulls.c - comments of pull requests: what is wrong with the files
 * of a commit, and which comment says so.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/reporting.h"

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/statement.h"

int
reporting_problems(struct store *st, int64_t run, struct arena *a,
    struct file_problems **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, file_problems, number),
		FIELD(TEXT, file_problems, file),
		FIELD(TEXT, file_problems, event),
		FIELD(TEXT, file_problems, problems),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct file_problems) };
	size_t kept = 0;

	if (store_rows(st, SQL_REPORTING_PROBLEMS, PARAMS(P_INT("run", run)),
		&shape, a, out, n, err) == -1)
		return -1;
	for (size_t i = 0; i < *n; i++) {
		bool again = false;

		for (size_t k = 0; k < kept; k++)
			again = again || str_equal((*out)[k].file,
			    (*out)[i].file);
		if (!again)
			(*out)[kept++] = (*out)[i];
	}
	*n = kept;
	return 0;
}

int
reporting_comment(struct store *st, int64_t repo, int64_t pull,
    struct arena *a, const char **id, struct err *err)
{
	struct row {
		const char *comment;
	} row;
	static const struct field fields[] = { FIELD(TEXT, row, comment) };
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct row) };
	int rc = store_row(st, SQL_COMMENT_FIND, PARAMS(P_INT("repo", repo),
	    P_INT("pull", pull)), &shape, a, &row, err);

	if (rc == 1)
		*id = row.comment;
	return rc;
}

int
reporting_commented(struct store *st, int64_t repo, int64_t pull,
    const char *id, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_COMMENT_SET, PARAMS(P_INT("repo", repo),
	    P_INT("pull", pull), P_TEXT("comment", id)), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}
