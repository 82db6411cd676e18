/*
 * name.c - what may be the name of something: refs, owners, commits, titles.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/utf8.h"
#include "lib/forge/row.h"

bool
name_has_control(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	}
	return false;
}

bool
forge_ref_valid(const char *ref)
{
	size_t len = strlen(ref);

	if (len > FORGE_MAX_REF || strncmp(ref, "refs/", 5) != 0)
		return false;
	if (name_has_control(ref) || strpbrk(ref, " ~^:?*[\\") != NULL)
		return false;
	if (strstr(ref, "..") != NULL || strstr(ref, "//") != NULL ||
	    strstr(ref, "/.") != NULL || strstr(ref, "@{") != NULL ||
	    strstr(ref, ".lock/") != NULL)
		return false;
	if (len >= 5 && strcmp(ref + len - 5, ".lock") == 0)
		return false;
	return ref[len - 1] != '/' && ref[len - 1] != '.';
}

bool
name_is_sha(const char *s)
{
	size_t len = strlen(s);

	return (len == 40 || len == 64) &&
	    strspn(s, "0123456789abcdef") == len;
}

bool
name_is_sha_start(const char *s)
{
	size_t len = strlen(s);

	return len >= FORGE_MIN_SHA && len <= 64 &&
	    strspn(s, "0123456789abcdef") == len;
}

bool
forge_sha_is_zero(const char *sha)
{
	return sha[strspn(sha, "0")] == '\0';
}

const char *
forge_title(struct arena *a, const char *message)
{
	size_t len;
	char *s;

	if (message == NULL)
		return NULL;
	len = utf8_cut_len(message, strcspn(message, "\r\n"),
	    FORGE_MAX_TITLE);
	s = arena_strndup(a, message, len);
	for (size_t i = 0; s[i] != '\0'; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			s[i] = ' ';
	}
	return s[0] != '\0' ? s : NULL;
}

/* "..", "." or nothing between two slashes. */
static bool
has_bad_part(const char *s)
{
	for (;; s++) {
		size_t len = strcspn(s, "/");

		if (len == 0 || (len == 1 && s[0] == '.') ||
		    (len == 2 && s[0] == '.' && s[1] == '.'))
			return true;
		s += len;
		if (*s == '\0')
			return false;
	}
}

int
name_copy(struct arena *a, const char *what, const char *s, bool parts,
    const char **out, struct err *err)
{
	if (s == NULL)
		return err_set(err, ERR_INVALID, "payload has no %s", what);
	if (strlen(s) > FORGE_MAX_NAME)
		return err_set(err, ERR_INVALID,
		    "%s is longer than %d bytes", what, FORGE_MAX_NAME);
	if (name_has_control(s) || has_bad_part(s) ||
	    (!parts && strchr(s, '/') != NULL))
		return err_set(err, ERR_INVALID, "%s is not a valid name",
		    what);
	*out = arena_strdup(a, s);
	return 0;
}

const char *
name_optional(struct arena *a, const char *s, size_t max)
{
	if (s == NULL || strlen(s) > max || name_has_control(s))
		return NULL;
	return arena_strdup(a, s);
}
