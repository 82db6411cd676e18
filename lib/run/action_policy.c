/*
 * action_policy.c - may this action be used, and where is it?
 *
 * SPDX-License-Identifier: ISC
 */
#define _GNU_SOURCE /* FNM_CASEFOLD */
#include "config.h"
#include "lib/run/action_policy.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/run/git.h"

bool
action_is_pinned(const struct uses *uses)
{
	size_t len = strlen(uses->ref);

	return (len == 40 || len == 64) &&
	    strspn(uses->ref, "0123456789abcdefABCDEF") == len;
}

/* "owner/repo", "owner/repo/path", or with "*" in them; each with "@ref" or
 * without. */
static bool
fits(const char *pattern, const struct uses *uses)
{
	const char *at = strchr(pattern, '@');
	struct str name = STR_INIT, want = STR_INIT;
	bool whole, below;

	str_add_len(&want, pattern, at != NULL ? (size_t)(at - pattern) :
	    strlen(pattern));
	str_addf(&name, "%s/%s", uses->owner, uses->name);
	below = fnmatch(want.s, name.s, FNM_CASEFOLD) == 0;
	str_addf(&name, "/%s", uses->path);
	whole = fnmatch(want.s, name.s, FNM_CASEFOLD) == 0;
	str_release(&name);
	str_release(&want);
	return (below || whole) && (at == NULL ||
	    fnmatch(at + 1, uses->ref, 0) == 0);
}

bool
reader_has(const struct reader *r, const char *owner, const char *name)
{
	return !r->strange || (strcasecmp(owner, r->owner) == 0 &&
	    strcasecmp(name, r->name) == 0);
}

static bool
is_listed(const struct config_list *list, const struct uses *uses)
{
	for (size_t i = 0; i < list->n; i++)
		if (fits(list->items[i], uses))
			return true;
	return false;
}

int
action_allowed(const struct config *config, const struct reader *reader,
    const struct uses *uses, bool registered, struct err *err)
{
	if (registered && reader_has(reader, uses->owner, uses->name))
		return 0;
	if (!is_listed(&config->allow_actions, uses))
		return registered ? err_set(err, ERR_DENIED, "nothing of "
		    "\"%s/%s\" is given to pull requests from forks, unless "
		    "\"allow-actions\" of the configuration names it",
		    uses->owner, uses->name) :
		    err_set(err, ERR_DENIED, "the repository \"%s/%s\" is "
		    "not registered here, so nothing of it can be used "
		    "(pawl repo add %s/%s CLONE_URL; or \"allow-actions\" of "
		    "the configuration)", uses->owner, uses->name,
		    uses->owner, uses->name);
	if (!registered && config->actions_require_sha &&
	    !action_is_pinned(uses))
		return err_set(err, ERR_DENIED, "\"%s/%s@%s\" must be written "
		    "with all digits of a commit in place of \"%s\" "
		    "(\"actions-require-sha\")", uses->owner, uses->name,
		    uses->ref, uses->ref);
	return 0;
}

int
action_origin(const struct config *config, const char *own_url,
    const struct uses *uses, struct arena *a, const char **url,
    const char **mirror, struct err *err)
{
	struct str path = STR_INIT;

	if (config->actions_url[0] != '\0')
		*url = git_url_join(config->actions_url, arena_printf(a,
		    "./%s/%s.git", uses->owner, uses->name), a);
	else if (own_url != NULL)
		*url = git_url_join(own_url, arena_printf(a, "../../%s/%s%s",
		    uses->owner, uses->name, str_ends_with(own_url, ".git") ?
		    ".git" : ""), a);
	else
		return err_set(err, ERR_NOT_FOUND, "it is not known where "
		    "\"%s/%s\" is: set \"actions-url\"", uses->owner,
		    uses->name);
	layout_other_mirror(&path, config->state_dir, git_url_key(*url, a));
	*mirror = arena_strdup(a, path.s);
	str_release(&path);
	return 0;
}
