/*
 * links.c - see links.h.
 *
 * Each forge has its own paths below the page of a repository; in them %s is
 * a commit, a name of a branch, or a path. As their pages link to themselves;
 * Bitbucket: support.atlassian.com, "Hyperlink to source code in Bitbucket".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/links.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/percent.h"

struct paths {
	const char *forge;
	const char *commit, *branch, *tag;
	const char *file, *line; /* the first %s is the commit */
	const char *compare;     /* NULL: it has no such page */
};

static const struct paths table[] = {
	{ "github", "/commit/%s", "/tree/%s", "/releases/tag/%s",
	    "/blob/%s/%s", "#L%d", "/compare/%s...%s" },
	{ "gitlab", "/-/commit/%s", "/-/tree/%s", "/-/tags/%s",
	    "/-/blob/%s/%s", "#L%d", "/-/compare/%s...%s" },
	{ "gitea", "/commit/%s", "/src/branch/%s", "/src/tag/%s",
	    "/src/commit/%s/%s", "#L%d", "/compare/%s...%s" },
	{ "forgejo", "/commit/%s", "/src/branch/%s", "/src/tag/%s",
	    "/src/commit/%s/%s", "#L%d", "/compare/%s...%s" },
	{ "bitbucket", "/commits/%s", "/branch/%s", "/src/%s",
	    "/src/%s/%s", "#lines-%d", NULL },
};

static const struct paths *
paths_of(const struct forge_place *p)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].forge, p->forge) == 0)
			return &table[i];
	return NULL;
}

bool
forge_link_is_web(const char *url)
{
	const char *rest;

	if (url == NULL)
		return false;
	if (str_starts_with(url, "https://"))
		rest = url + 8;
	else if (str_starts_with(url, "http://"))
		rest = url + 7;
	else
		return false;
	if (*rest == '\0' || *rest == '/')
		return false;
	for (; *rest != '\0'; rest++)
		if ((unsigned char)*rest <= ' ' || *rest == 0x7f ||
		    strchr("\"'<>\\`", *rest) != NULL)
			return false;
	return true;
}

/* A clone address may name a user, even a password: those stay out. */
static void
add_clone(const char *url, struct str *out)
{
	const char *host = strstr(url, "://") + 3;
	const char *end = host + strcspn(host, "/"), *at = host;
	size_t len;

	for (const char *p = host; p < end; p++)
		if (*p == '@')
			at = p + 1;
	str_add_len(out, url, (size_t)(host - url));
	len = strcspn(at, "?#");
	while (len > 0 && at[len - 1] == '/')
		len--;
	if (len > 4 && strncmp(at + len - 4, ".git", 4) == 0)
		len -= 4;
	str_add_len(out, at, len);
}

bool
forge_link_page(const struct forge_place *p, struct str *out)
{
	if (paths_of(p) == NULL)
		return false;
	if (forge_link_is_web(p->page))
		str_add(out, p->page);
	else if (forge_link_is_web(p->clone_url))
		add_clone(p->clone_url, out);
	else
		return false;
	return true;
}

/* Slashes stay. */
static void
add_path(struct str *out, const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		char *part = mem_strndup(path, len);

		percent_encode(out, part);
		free(part);
		path += len;
		if (*path == '/') {
			str_add_char(out, '/');
			path++;
		}
	}
}

/* `form` with one or two paths in it. */
static bool
add_form(const struct forge_place *p, const char *form, const char *first,
    const char *second, struct str *out)
{
	const char *parts[] = { first, second };
	size_t n = 0;

	if (form == NULL || !forge_link_page(p, out))
		return false;
	for (; *form != '\0'; form++) {
		if (form[0] == '%' && form[1] == 's') {
			add_path(out, parts[n++]);
			form++;
		} else {
			str_add_char(out, *form);
		}
	}
	return true;
}

bool
forge_link_commit(const struct forge_place *p, const char *sha,
    struct str *out)
{
	const struct paths *f = paths_of(p);

	return f != NULL && add_form(p, f->commit, sha, NULL, out);
}

bool
forge_link_ref(const struct forge_place *p, const char *ref, struct str *out)
{
	const struct paths *f = paths_of(p);

	if (f != NULL && str_starts_with(ref, "refs/heads/"))
		return add_form(p, f->branch, ref + 11, NULL, out);
	if (f != NULL && str_starts_with(ref, "refs/tags/"))
		return add_form(p, f->tag, ref + 10, NULL, out);
	return false;
}

static bool
stays_inside(const char *path)
{
	if (*path == '/' || *path == '\0')
		return false;
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if ((len == 1 && *path == '.') ||
		    (len == 2 && strncmp(path, "..", 2) == 0))
			return false;
		path += len;
		path += *path == '/';
	}
	return true;
}

bool
forge_link_file(const struct forge_place *p, const char *sha,
    const char *path, int line, struct str *out)
{
	const struct paths *f = paths_of(p);

	if (str_starts_with(path, "./"))
		path += 2;
	if (f == NULL || !stays_inside(path) ||
	    !add_form(p, f->file, sha, path, out))
		return false;
	if (line > 0) {
		str_add_len(out, f->line, strcspn(f->line, "%"));
		str_addf(out, "%d", line);
	}
	return true;
}

bool
forge_link_compare(const struct forge_place *p, const char *from,
    const char *to, struct str *out)
{
	const struct paths *f = paths_of(p);

	/* All zeros: there was nothing before. */
	if (f == NULL || from[strspn(from, "0")] == '\0')
		return false;
	return add_form(p, f->compare, from, to, out);
}
