/*
 * engines.c - see engines.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/engines.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/statement.h"

int
engine_state_set(struct store *st, const char *name, const char *error,
    struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_ENGINE_SET, PARAMS(P_TEXT("name", name),
	    P_TEXT("error", error), P_INT("now", clock_now_ms())), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
engine_state_works(struct store *st, const char *name, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_ENGINE_WORKS, PARAMS(P_TEXT("name", name),
	    P_INT("now", clock_now_ms())), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
engine_state_list(struct store *st, struct arena *a,
    struct engine_state **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, engine_state, name),
		FIELD(TEXT, engine_state, error),
		FIELD(INT64, engine_state, at_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct engine_state) };

	return store_rows(st, SQL_ENGINE_LIST, NULL, &shape, a, out, n, err);
}
