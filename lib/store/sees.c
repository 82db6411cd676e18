/*
 * sees.c - see sees.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/sees.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/statement.h"

struct ids {
	const char *ids;
};

static const struct field ids_fields[] = { FIELD(TEXT, ids, ids) };
static const struct shape ids_shape = { ids_fields, ARRAY_LEN(ids_fields),
	sizeof(struct ids) };

/* [["ada",null],["ada","demo"]] */
static void
add_grants(struct str *out, const struct grant *grants, size_t n)
{
	str_add_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		str_add(out, i > 0 ? ",[" : "[");
		json_text(out, grants[i].owner);
		str_add_char(out, ',');
		if (grants[i].repo != NULL)
			json_text(out, grants[i].repo);
		else
			str_add(out, "null");
		str_add_char(out, ']');
	}
	str_add_char(out, ']');
}

int
sees_find(struct store *st, const struct grant *grants, size_t n,
    struct arena *a, const char **sees, struct err *err)
{
	struct str text = STR_INIT;
	struct ids row = { NULL };
	int64_t hidden = 0;
	int rc;

	*sees = NULL;
	for (size_t i = 0; i < n; i++)
		if (grants[i].owner == NULL)
			return 0;
	add_grants(&text, grants, n);
	rc = store_number(st, SQL_SEES_HIDDEN, PARAMS(
	    P_TEXT("grants", text.s)), &hidden, err);
	if (rc != -1 && hidden != 0) {
		rc = store_row(st, SQL_SEES_LIST, PARAMS(
		    P_TEXT("grants", text.s)), &ids_shape, a, &row, err);
		*sees = row.ids;
	}
	str_release(&text);
	return rc == -1 ? -1 : 0;
}

bool
sees_holds(const char *sees, int64_t repo)
{
	if (sees == NULL)
		return true;
	while (*sees != '\0') {
		char *end;
		long long id;

		sees += strcspn(sees, "0123456789");
		if (*sees == '\0')
			return false;
		id = strtoll(sees, &end, 10);
		if (id == repo)
			return true;
		sees = end;
	}
	return false;
}
