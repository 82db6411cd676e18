/*
 * find_run.c - see find_run.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/find_run.h"

#include "lib/base/str.h"

int
find_run(struct store *st, struct request *req, struct run *run,
    struct err *err)
{
	const char *owner = request_param(req, "owner");
	const char *name = request_param(req, "repo");
	long long number;
	int found = 0;

	if (str_to_int64(request_param(req, "run"), 1, INT64_MAX, &number))
		found = run_find(st, owner, name, number, req->a, run, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "there is no run %s of \"%s/%s\"",
		    request_param(req, "run"), owner, name);
	return found;
}
