/*
 * check.c - see check.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/check.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/diag.h"
#include "lib/base/str.h"

#define NAME_SHOWN 64 /* bytes of a name from outside, in messages */
#define MAX_NAMES 64  /* of one description */

/* "name?" is called "name". */
static size_t
name_len(const char *name)
{
	return strcspn(name, "?");
}

const struct field_doc *
check_find(const struct field_doc *list, const char *name)
{
	for (; list != NULL && list->name != NULL; list++) {
		if (strlen(name) == name_len(list->name) &&
		    strncmp(list->name, name, name_len(list->name)) == 0)
			return list;
	}
	return NULL;
}

bool
check_is_word(const char *words, const char *value)
{
	size_t len = strlen(value);

	for (const char *p = words; *p != '\0';) {
		size_t n = strcspn(p, "|?");

		if (n == len && strncmp(p, value, n) == 0)
			return true;
		p += n;
		p += *p != '\0';
	}
	return false;
}

const char *
check_bounds_text(struct arena *a, int64_t min, int64_t max)
{
	if (max == INT64_MAX)
		return arena_printf(a, "a whole number from %" PRId64 " on",
		    min);
	return arena_printf(a, "a whole number from %" PRId64 " to %" PRId64,
	    min, max);
}

const char *
check_text(const struct field_doc *doc, const char *value, struct arena *a)
{
	bool bounded = doc->min != 0 || doc->max != 0;
	long long n;
	int64_t at;

	if (str_starts_with(doc->type, "integer")) {
		int64_t min = bounded ? doc->min : INT64_MIN;
		int64_t max = bounded ? doc->max : INT64_MAX;

		return str_to_int64(value, min, max, &n) ? NULL :
		    bounded ? check_bounds_text(a, min, max) :
		    "a whole number";
	}
	if (str_starts_with(doc->type, "time"))
		return clock_parse(value, &at) ? NULL : CHECK_TIME_TEXT;
	if (str_starts_with(doc->type, "flag"))
		return check_is_word("true|false|1|0|on", value) ? NULL :
		    "true or false";
	if (strchr(doc->type, '|') != NULL)
		return check_is_word(doc->type, value) ? NULL :
		    arena_printf(a, "one of %s", doc->type);
	if (str_starts_with(doc->type, "text") && doc->max > 0 &&
	    strlen(value) > (size_t)doc->max)
		return arena_printf(a, "at most %" PRId64 " bytes long",
		    doc->max);
	return NULL;
}

const char *
check_unknown(const struct field_doc *list, const char *name,
    const char *what, struct arena *a)
{
	const char *names[MAX_NAMES + 1], *near;
	size_t n = 0;

	for (; list != NULL && list->name != NULL && n < MAX_NAMES; list++)
		names[n++] = arena_strndup(a, list->name,
		    name_len(list->name));
	names[n] = NULL;
	near = suggest_word(name, names);
	return arena_printf(a, "there is no %s \"%.*s\" here%s%s%s", what,
	    NAME_SHOWN, name, near != NULL ? ", did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

void
check_wrong(struct request *req, const char *argument, const char *pointer,
    const char *text)
{
	struct wrong *w;

	if (req->n_wrong == CHECK_MAX_WRONG)
		return;
	w = arena_push(req->a, &req->wrong, &req->n_wrong, sizeof(*w));
	*w = (struct wrong){ argument, pointer, text };
}
