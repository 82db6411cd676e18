/*
 * ref.c - names of repositories and runs as people write them. Pure; the
 * look-up is in ref_find.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/ref.h"

#include <string.h>
#include "lib/base/layout.h"
#include "lib/base/str.h"

int
ref_parse_repo(const char *text, struct arena *a, const char **owner,
    const char **name, struct err *err)
{
	const char *slash = strrchr(text, '/');

	if (!slash || slash == text || !slash[1])
		return err_set(err, ERR_INVALID,
		    "\"%s\" is no repository: expected OWNER/NAME", text);
	*owner = arena_strndup(a, text, (size_t)(slash - text));
	*name = arena_strdup(a, slash + 1);
	return 0;
}

/* What stands behind the base URL of a page's address, or NULL. */
static const char *
behind_base(const char *text, const char *base_url)
{
	size_t len = base_url ? strlen(base_url) : 0;

	if (len == 0 || strncmp(text, base_url, len) || text[len] != '/')
		return NULL;
	return text + len + 1;
}

/* "OWNER/NAME/runs/N", and what pages below it add, as "OWNER/NAME/N"; with
 * "/attempts/A" as "OWNER/NAME/N.A". */
static const char *
from_address(const char *path, struct arena *a)
{
	static const char word[] = "/attempts/";
	const char *runs = NULL, *attempt;
	size_t number_len;

	for (const char *p = path; (p = strstr(p, "/runs/")); p++)
		runs = p;
	if (!runs)
		return path;
	number_len = strcspn(runs + 6, "/?#");
	attempt = runs + 6 + number_len;
	if (str_starts_with(attempt, word)) {
		attempt += strlen(word);
		return arena_printf(a, "%.*s/%.*s.%.*s", (int)(runs - path),
		    path, (int)number_len, runs + 6,
		    (int)strcspn(attempt, "/?#"), attempt);
	}
	return arena_printf(a, "%.*s/%.*s", (int)(runs - path), path,
	    (int)number_len, runs + 6);
}

int
ref_parse_run(const char *text, const char *base_url, struct arena *a,
    struct run_ref *out, struct err *err)
{
	const char *path = behind_base(text, base_url);
	const char *rest = path ? from_address(path, a) : text;
	const char *mark = strrchr(rest, '#');
	int64_t number;
	int attempt;

	if (!mark)
		mark = strrchr(rest, '/');
	if (!layout_run_parse(mark ? mark + 1 : rest, &number, &attempt))
		return err_set(err, ERR_INVALID,
		    "\"%s\" is no run: expected OWNER/NAME#NUMBER", text);
	*out = (struct run_ref){ .number = number, .attempt = attempt };
	if (!mark || mark == rest)
		return 0;
	return ref_parse_repo(arena_strndup(a, rest, (size_t)(mark - rest)), a,
	    &out->owner, &out->name, err);
}
