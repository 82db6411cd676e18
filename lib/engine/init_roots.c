/*
 * init_roots.c - patterns of files as absolute paths, and where to look.
 *
 * As @actions/glob reads them, which GitHub's own actions use: relative to the
 * workspace, "~" is the home, "!" in front takes out; what is looked through
 * is what stands before the first wildcard.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init_carry.h"

#include <stdio.h>
#include <string.h>

#include "lib/engine/step_protocol.h"

static bool
has_wildcard(const char *part, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr("*?[", part[i]) != NULL)
			return true;
	return false;
}

/* Append the parts of a path, without "." and "..". */
static bool
add_parts(struct carry_pattern *p, const char *text, bool literal)
{
	size_t used = strlen(p->text), len;

	for (; *text != '\0'; text += len + (text[len] == '/')) {
		len = strcspn(text, "/");
		if (len == 0 || (len == 1 && text[0] == '.'))
			continue;
		if (len == 2 && text[0] == '.' && text[1] == '.') {
			const char *last = strrchr(p->text, '/');

			if (last == NULL)
				continue; /* above "/" is "/" */
			used = (size_t)(last - p->text);
			if (!literal && has_wildcard(last, strlen(last)))
				return false;
			p->text[used] = '\0';
			continue;
		}
		if (used + 1 + len > GLOB_MAX_BYTES)
			return false;
		p->text[used++] = '/';
		memcpy(p->text + used, text, len);
		used += len;
		p->text[used] = '\0';
	}
	return true;
}

static void
set_root(struct carry_pattern *p, bool literal)
{
	size_t at = 0;

	while (p->text[at] == '/') {
		size_t len = 1 + strcspn(p->text + at + 1, "/");

		if (!literal && has_wildcard(p->text + at, len))
			break;
		at += len;
	}
	memcpy(p->root, p->text, at);
	p->root[at] = '\0';
}

static bool
read_one(struct carry_pattern *p, const char *text, const struct carry *c)
{
	bool ok = true;

	p->written = text;
	if (!c->literal && *text == '!') {
		p->exclude = true;
		text++;
	}
	if (text[0] == '~' && (text[1] == '/' || text[1] == '\0')) {
		ok = add_parts(p, c->home, c->literal);
		text++;
	} else if (text[0] != '/') {
		ok = add_parts(p, STEP_WORKSPACE, c->literal);
	}
	if (!ok || !add_parts(p, text, c->literal)) {
		init_carry_say("::error::", "the pattern \"%s\" is too long, or "
		    "has \"..\" behind a wildcard", p->written);
		return false;
	}
	set_root(p, c->literal);
	return true;
}

bool
init_below(const char *root, const char *path, const char **rest)
{
	size_t len = strlen(root);

	if (strncmp(root, path, len) != 0 ||
	    (path[len] != '/' && path[len] != '\0'))
		return false;
	*rest = path[len] == '/' ? path + len + 1 : path + len;
	return true;
}

/* What all roots have in common. */
static void
set_common(struct carry *c)
{
	const char *rest;
	char *slash;
	bool first = true;

	for (size_t i = 0; i < c->n; i++) {
		const struct carry_pattern *p = &c->patterns[i];

		if (p->exclude)
			continue;
		if (first)
			memcpy(c->common, p->root, sizeof(c->common));
		first = false;
		while (!init_below(c->common, p->root, &rest)) {
			slash = strrchr(c->common, '/');
			if (slash == NULL)
				break;
			*slash = '\0';
		}
	}
}

bool
init_roots_read(struct carry *c, char **patterns)
{
	bool any = false;

	for (; *patterns != NULL; patterns++) {
		if (!read_one(&c->patterns[c->n], *patterns, c))
			return false;
		any = any || !c->patterns[c->n].exclude;
		c->n++;
	}
	if (!any)
		init_carry_say("::error::", "all patterns take files out, none "
		    "puts any in");
	set_common(c);
	return any;
}
