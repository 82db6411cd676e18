/*
 * pairs.c - files of names and values.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/pairs.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/str.h"

/* A longer line is not quoted in a message: a part of one may be a part of a
 * secret, which no mask would find. */
#define QUOTE_BYTES 100

struct lines {
	const char *file;
	const char *p, *end;
	int number; /* of the line that was read last */
};

static void
lines_begin(struct lines *l, const char *file, const char *text, size_t len)
{
	static const char bom[] = "\xef\xbb\xbf";

	*l = (struct lines){ file, text, text + len, 0 };
	if (len >= 3 && memcmp(text, bom, 3) == 0)
		l->p += 3;
}

static bool
next_line(struct lines *l, const char **line, size_t *len)
{
	const char *nl;

	if (l->p >= l->end)
		return false;
	nl = memchr(l->p, '\n', (size_t)(l->end - l->p));
	*line = l->p;
	*len = (size_t)((nl != NULL ? nl : l->end) - l->p);
	l->p = nl != NULL ? nl + 1 : l->end;
	l->number++;
	return true;
}

static int
wrong(const struct lines *l, const char *line, size_t len, const char *why,
    struct err *err)
{
	bool quotes = len <= QUOTE_BYTES;

	return err_set(err, ERR_INVALID, "%s:%d: Invalid format '%.*s'%s%s",
	    l->file, l->number, quotes ? (int)len : 3, quotes ? line : "...",
	    why[0] != '\0' ? ". " : "", why);
}

static int
add(const struct lines *l, struct arena *a, struct pair **out, size_t *n,
    const char *name, const char *value, struct err *err)
{
	struct pair *p;

	if (*n == PAIRS_MAX)
		return err_set(err, ERR_TOO_LARGE, "%s:%d: more than %d names",
		    l->file, l->number, PAIRS_MAX);
	p = arena_push(a, out, n, sizeof(*p));
	p->name = name;
	p->value = value;
	return 0;
}

/* The lines up to the delimiter. */
static int
read_document(struct lines *l, const char *delimiter, size_t delimiter_len,
    struct arena *a, const char **value, struct err *err)
{
	struct str text = STR_INIT;
	const char *line;
	size_t len;
	bool first = true, found = false;
	bool quotes = delimiter_len <= QUOTE_BYTES;

	while (!found && next_line(l, &line, &len)) {
		found = len == delimiter_len &&
		    memcmp(line, delimiter, len) == 0;
		if (found)
			break;
		if (!first)
			str_add_char(&text, '\n');
		str_add_len(&text, line, len);
		first = false;
	}
	if (found)
		*value = arena_strndup(a, text.s, text.len);
	str_release(&text);
	if (found)
		return 0;
	return err_set(err, ERR_INVALID, "%s:%d: Invalid value. Matching "
	    "delimiter not found '%.*s'", l->file, l->number,
	    quotes ? (int)delimiter_len : 3, quotes ? delimiter : "...");
}

/* Takes one line, which is not empty, with what belongs to it behind it. */
typedef int line_reader(struct lines *l, const char *line, size_t len,
    struct arena *a, struct pair **out, size_t *n, struct err *err);

static int
read_lines(const char *file, const char *text, size_t len,
    line_reader *read_line, struct arena *a, struct pair **out, size_t *n,
    struct err *err)
{
	struct lines l;
	const char *line;
	size_t line_len;

	*out = NULL;
	*n = 0;
	if (len > 0 && memchr(text, '\0', len) != NULL)
		return err_set(err, ERR_INVALID, "%s: it has a NUL byte",
		    file);
	lines_begin(&l, file, text, len);
	while (next_line(&l, &line, &line_len))
		if (line_len > 0 && read_line(&l, line, line_len, a, out, n,
		    err) == -1)
			return -1;
	return 0;
}

static int
read_pair(struct lines *l, const char *line, size_t len, struct arena *a,
    struct pair **out, size_t *n, struct err *err)
{
	const char *equals = memchr(line, '=', len);
	const char *document = memmem(line, len, "<<", 2);
	const char *value = NULL;
	size_t name;

	if (equals != NULL && (document == NULL || equals < document)) {
		name = (size_t)(equals - line);
		if (name == 0)
			return wrong(l, line, len, "Name must not be empty",
			    err);
		value = arena_strndup(a, equals + 1, len - name - 1);
	} else if (document != NULL) {
		name = (size_t)(document - line);
		if (name == 0 || name + 2 == len)
			return wrong(l, line, len, "Name must not be empty "
			    "and delimiter must not be empty", err);
		if (read_document(l, document + 2, len - name - 2, a, &value,
		    err) == -1)
			return -1;
	} else {
		return wrong(l, line, len, "", err);
	}
	return add(l, a, out, n, arena_strndup(a, line, name), value, err);
}

int
pairs_read(const char *file, const char *text, size_t len, struct arena *a,
    struct pair **out, size_t *n, struct err *err)
{
	return read_lines(file, text, len, read_pair, a, out, n, err);
}

/* --- files of variables ----------------------------------------------------------- */

static void
trim(const char **s, size_t *len)
{
	while (*len > 0 && isspace((unsigned char)**s)) {
		(*s)++;
		(*len)--;
	}
	while (*len > 0 && isspace((unsigned char)(*s)[*len - 1]))
		(*len)--;
}

static bool
is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return false;
	return len > 0 && !isdigit((unsigned char)s[0]);
}

static int
read_variable(struct lines *l, const char *line, size_t len,
    struct arena *a, struct pair **out, size_t *n, struct err *err)
{
	const char *equals, *value;
	size_t name, value_len;

	trim(&line, &len);
	if (len == 0 || line[0] == '#')
		return 0;
	if (len > 7 && memcmp(line, "export ", 7) == 0) {
		line += 7;
		len -= 7;
		trim(&line, &len);
	}
	equals = memchr(line, '=', len);
	name = equals != NULL ? (size_t)(equals - line) : 0;
	value = equals != NULL ? equals + 1 : line;
	value_len = equals != NULL ? len - name - 1 : 0;
	while (name > 0 && isspace((unsigned char)line[name - 1]))
		name--;
	if (!is_name(line, name))
		return wrong(l, line, len, "Expected NAME=VALUE", err);
	trim(&value, &value_len);
	if (value_len >= 2 && (value[0] == '"' || value[0] == '\'') &&
	    value[value_len - 1] == value[0]) {
		value++;
		value_len -= 2;
	}
	return add(l, a, out, n, arena_strndup(a, line, name),
	    arena_strndup(a, value, value_len), err);
}

int
pairs_read_variables(const char *file, const char *text, size_t len,
    struct arena *a, struct pair **out, size_t *n, struct err *err)
{
	return read_lines(file, text, len, read_variable, a, out, n, err);
}
