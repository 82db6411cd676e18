/*
 * details.c - see details.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/details.h"

#include "lib/base/mem.h"
#include "lib/store/statement.h"

int
detail_needs(struct store *st, int64_t run, struct arena *a,
    struct job_needs **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, job_needs, job),
		FIELD(TEXT, job_needs, needs),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct job_needs) };

	return store_rows(st, SQL_DETAIL_NEEDS, PARAMS(P_INT("run", run)),
	    &shape, a, out, n, err);
}

int
detail_causes(struct store *st, int64_t run, struct arena *a,
    struct job_cause **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, job_cause, job),
		FIELD(TEXT, job_cause, cause),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct job_cause) };

	return store_rows(st, SQL_DETAIL_CAUSES, PARAMS(P_INT("run", run)),
	    &shape, a, out, n, err);
}

int
detail_places(struct store *st, int64_t run, struct arena *a,
    struct job_place **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, job_place, job),
		FIELD(TEXT, job_place, image),
		FIELD(TEXT, job_place, environment),
		FIELD(TEXT, job_place, labels),
		FIELD(TEXT, job_place, outputs),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct job_place) };

	return store_rows(st, SQL_DETAIL_PLANS, PARAMS(P_INT("run", run)),
	    &shape, a, out, n, err);
}

int
detail_event(struct store *st, int64_t run, struct arena *a,
    struct run_event *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, run_event, page),
		FIELD(INT64, run_event, pull),
		FIELD(TEXT, run_event, pull_title),
		FIELD(TEXT, run_event, pull_page),
		FIELD(TEXT, run_event, pull_head),
		FIELD(TEXT, run_event, pull_base),
		FIELD(INT64, run_event, changed_files),
		FIELD(TEXT, run_event, commits),
		FIELD(TEXT, run_event, before),
		FIELD(TEXT, run_event, schedule),
		FIELD(TEXT, run_event, inputs),
		FIELD(TEXT, run_event, vars),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct run_event) };

	return store_row(st, SQL_DETAIL_EVENT, PARAMS(P_INT("id", run)),
	    &shape, a, out, err);
}

int
detail_before(struct store *st, const struct run *run, int64_t *last,
    int64_t *last_good, struct err *err)
{
	const struct param params[] = { P_INT("repo", run->repo),
		P_TEXT("branch", run->branch), P_INT("origin", run->origin),
		P_TEXT("file", run->file), { .type = PARAM_END } };

	*last = *last_good = 0;
	if (store_number(st, SQL_DETAIL_BEFORE, params, last, err) == -1 ||
	    store_number(st, SQL_DETAIL_BEFORE_GOOD, params, last_good,
		err) == -1)
		return -1;
	return 0;
}
