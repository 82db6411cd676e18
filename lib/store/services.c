/*
 * services.c - the services of jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/services.h"

#include "lib/base/mem.h"
#include "lib/store/statement.h"

static const struct field service_fields[] = {
	FIELD(INT64, job_service, job),
	FIELD(TEXT, job_service, name),
};
static const struct shape service_shape = { service_fields,
	ARRAY_LEN(service_fields), sizeof(struct job_service) };

int
service_add(struct store *st, int64_t job, int attempt, const char *name,
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_SERVICE_INSERT,
	    PARAMS(P_INT("job", job), P_INT("attempt", attempt),
	    P_TEXT("name", name)), err) == -1 ? -1 : 0, err);
}

int
service_list_run(struct store *st, int64_t run, struct arena *a,
    struct job_service **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_SERVICE_LIST_RUN, PARAMS(P_INT("run", run)),
	    &service_shape, a, out, n, err);
}
