/*
 * uses.c - what stands behind `uses`.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/uses.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/builtin.h"

static const char docker[] = "docker://";

/* Without empty parts and "."; NULL when it leaves the repository. */
static const char *
clean_path(const char *path, size_t len, struct arena *a)
{
	char *out = arena_alloc(a, len + 1), *end = out;

	for (size_t i = 0; i < len;) {
		size_t n = 0;

		while (i + n < len && path[i + n] != '/')
			n++;
		if (n == 2 && memcmp(path + i, "..", 2) == 0)
			return NULL;
		if (n > 0 && !(n == 1 && path[i] == '.')) {
			if (end > out)
				*end++ = '/';
			memcpy(end, path + i, n);
			end += n;
		}
		i += n + 1;
	}
	*end = '\0';
	return out;
}

static struct uses
read_repository(const char *text, struct arena *a)
{
	struct uses u = { .kind = USES_REPOSITORY };
	const char *at = strchr(text, '@'), *slash;
	size_t owner, name;

	if (at == NULL || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return (struct uses) { .kind = USES_WRONG };
	text += strspn(text, "/");
	owner = strcspn(text, "/@");
	slash = text + owner + strspn(text + owner, "/");
	name = strcspn(slash, "/@");
	if (owner == 0 || name == 0 || text + owner >= at || slash >= at)
		return (struct uses) { .kind = USES_WRONG };
	u.owner = arena_strndup(a, text, owner);
	u.name = arena_strndup(a, slash, name);
	u.ref = arena_strdup(a, at + 1);
	u.path = clean_path(slash + name, (size_t)(at - slash) - name, a);
	if (u.path == NULL)
		u.kind = USES_WRONG;
	return u;
}

struct uses
uses_read(const char *text, struct arena *a)
{
	struct uses u = { .kind = USES_LOCAL };

	if (str_starts_with(text, docker))
		return (struct uses) { .kind = USES_DOCKER,
			.image = arena_strdup(a, text + strlen(docker)) };
	if (text[0] != '.')
		return read_repository(text, a);
	if (text[1] != '/' && text[1] != '\0')
		return (struct uses) { .kind = USES_WRONG };
	u.path = clean_path(text, strlen(text), a);
	if (u.path == NULL)
		u.kind = USES_WRONG;
	return u;
}

const char *
uses_within(const char *uses, const char *file, struct arena *a)
{
	struct uses in, at;

	if (file == NULL || !str_starts_with(uses, "./"))
		return uses;
	at = uses_read(file, a);
	in = uses_read(uses, a);
	if (at.kind != USES_REPOSITORY || in.kind != USES_LOCAL)
		return uses;
	return arena_printf(a, "%s/%s%s%s@%s", at.owner, at.name,
	    *in.path != '\0' ? "/" : "", in.path, at.ref);
}

bool
uses_built_in(const struct uses *uses)
{
	struct str name = STR_INIT;
	bool found;

	if (uses->kind != USES_REPOSITORY)
		return false;
	str_addf(&name, "%s/%s%s%s", uses->owner, uses->name,
	    *uses->path != '\0' ? "/" : "", uses->path);
	found = builtin_named(name.s) != NULL;
	str_release(&name);
	return found;
}
