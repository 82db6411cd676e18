/*
 * deployments.c - which jobs were for which environment.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/deployments.h"

#include "lib/base/mem.h"
#include "lib/store/statement.h"

static const struct field deployment_fields[] = {
	FIELD(INT64, deployment, job),
	FIELD(TEXT, deployment, environment),
	FIELD(TEXT, deployment, url),
};
static const struct shape deployment_shape = { deployment_fields,
	ARRAY_LEN(deployment_fields), sizeof(struct deployment) };

int
deployment_set(struct store *st, const struct deployment *d, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_DEPLOYMENT_SET,
	    PARAMS(P_INT("job", d->job),
	    P_TEXT("environment", d->environment), P_TEXT("url", d->url)),
	    err) == -1 ? -1 : 0, err);
}

int
deployment_list_run(struct store *st, int64_t run, struct arena *a,
    struct deployment **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_DEPLOYMENT_LIST_RUN, PARAMS(
	    P_INT("run", run)), &deployment_shape, a, out, n, err);
}
