/*
 * compare_sides.c - see compare_sides.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/compare_sides.h"

#include <string.h>

#include "cgi/find_run.h"
#include "lib/store/sees.h"

#define PARTS_MAX 6

/* "octo/demo/runs/7/attempts/2" cut at its slashes. */
static size_t
cut(char *text, char *parts[PARTS_MAX + 1])
{
	size_t n = 0;
	char *save = NULL;

	for (char *p = strtok_r(text, "/", &save); p != NULL &&
	    n <= PARTS_MAX; p = strtok_r(NULL, "/", &save))
		parts[n++] = p;
	return n;
}

/* 1, 0, -1. */
static int
find_place(struct store *st, struct arena *a, const char *text,
    struct run *run, struct err *err)
{
	char *parts[PARTS_MAX + 1];
	size_t n = cut(arena_strdup(a, text), parts);
	long long number, attempt = 0;

	if ((n != 4 && n != 6) || strcmp(parts[2], "runs") != 0 ||
	    !str_to_int64(parts[3], 1, INT64_MAX, &number) || (n == 6 &&
	    (strcmp(parts[4], "attempts") != 0 ||
	    !str_to_int64(parts[5], 1, INT32_MAX, &attempt))))
		return 0;
	return run_find_attempt(st, parts[0], parts[1], number, (int)attempt,
	    a, run, err);
}

int
compare_side_read(struct compare_side *side, struct store *st,
    struct request *req, const char *name, struct err *err)
{
	const char *text = request_arg(req, name);
	size_t n;
	int found;

	memset(side, 0, sizeof(*side));
	if (text == NULL || text[0] == '\0')
		return err_set(err, ERR_INVALID, "argument \"%s\" must name a "
		    "run: OWNER/REPO/runs/NUMBER", name);
	found = strchr(text, '/') != NULL ?
	    find_place(st, req->a, text, &side->run, err) :
	    find_run_id(st, req->a, text, &side->run, err);
	if (found == -1)
		return -1;
	if (found == 0 || !sees_holds(req->sees, side->run.repo))
		return err_set(err, ERR_NOT_FOUND, "there is no run \"%s\"",
		    text);
	if (job_list(st, side->run.id, req->a, &side->jobs, &side->n_jobs,
	    err) == -1 || detail_places(st, side->run.id, req->a,
	    &side->places, &n, err) == -1 || detail_event(st, side->run.id,
	    req->a, &side->event, err) == -1)
		return -1;
	if (n != side->n_jobs)
		return err_set(err, ERR_BUSY, "the jobs changed meanwhile");
	return 0;
}
