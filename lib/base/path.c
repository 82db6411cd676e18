/*
 * path.c - names and paths from outside: the one function through which names
 * become part of a path, and what leads out of a folder (declared in file.h).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/file.h"

#include <sodium.h>
#include <string.h>

/* Longest component that is written out; ext4 and others allow 255 bytes, and
 * suffixes such as ".2.log" or a temporary name come on top. */
#define MAX_COMPONENT 200

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* A "~~" never comes from a byte (that is "~" and two hex digits), so a cut
 * name cannot meet one that was written out. */
static void
cut_with_hash(struct str *out, size_t start, const char *name)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)name,
	    strlen(name), NULL, 0);
	str_cut(out, start + MAX_COMPONENT - 34);
	str_add(out, "~~");
	for (size_t i = 0; i < sizeof(hash); i++)
		str_addf(out, "%02x", hash[i]);
}

void
path_add_component(struct str *out, const char *name)
{
	size_t start = out->len;

	if (*name == '\0') {
		str_add_char(out, '~');
		return;
	}
	for (const char *p = name; *p != '\0'; p++) {
		if (is_plain((unsigned char)*p) && !(*p == '.' && p == name))
			str_add_char(out, *p);
		else
			str_addf(out, "~%02X", (unsigned char)*p);
	}
	if (out->len - start > MAX_COMPONENT)
		cut_with_hash(out, start, name);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
path_component_name(struct str *out, const char *component)
{
	struct str again = STR_INIT;
	size_t start = out->len;
	bool same;

	for (const char *p = component; *p != '\0'; p++) {
		int high = *p == '~' ? hex_digit(p[1]) : -1;
		int low = high != -1 ? hex_digit(p[2]) : -1;

		if (*p == '~' && (low == -1 || high + low == 0))
			return false;
		str_add_char(out, *p == '~' ? (char)(high * 16 + low) : *p);
		p += *p == '~' ? 2 : 0;
	}
	path_add_component(&again, out->s + start);
	same = strcmp(again.s, component) == 0;
	str_release(&again);
	return same;
}

bool
path_is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t len = strspn(text, letters);

	return len > 0 && len <= PATH_NAME_MAX && text[len] == '\0' &&
	    text[0] != '.' && text[0] != '-';
}

bool
path_stays_below(const char *path)
{
	int depth = 0;

	if (path[0] == '/')
		return false;
	while (*path != '\0' && depth >= 0) {
		size_t len = strcspn(path, "/");

		if (len == 2 && strncmp(path, "..", 2) == 0)
			depth--;
		else if (len > 0 && !(len == 1 && path[0] == '.'))
			depth++;
		path += len;
		path += strspn(path, "/");
	}
	return depth >= 0;
}
