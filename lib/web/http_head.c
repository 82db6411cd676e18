/*
 * http_head.c - see http_head.h.
 *
 * A line ends with CRLF or LF. Lines that go on in the next (obs-fold) and
 * names with other characters than letters, digits and "-" are refused: no
 * two fields can be the same variable.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/http_head.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/str.h"

struct reader {
	struct arena *a;
	const char **env;
	size_t n;
};

static void
add(struct reader *r, const char *variable)
{
	const char **at = arena_push(r->a, &r->env, &r->n, sizeof(*r->env));

	*at = variable;
}

/* The line from *p on without its end, and *p behind that; NULL at the end of
 * the data. */
static const char *
next_line(const char **p, const char *end, size_t *len)
{
	const char *line = *p, *nl = memchr(line, '\n', (size_t)(end - line));

	if (nl == NULL)
		return NULL;
	*p = nl + 1;
	if (nl > line && nl[-1] == '\r')
		nl--;
	*len = (size_t)(nl - line);
	return line;
}

static bool
is_text(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') ||
		    s[i] == 0x7f)
			return false;
	return true;
}

/* METHOD SP TARGET SP HTTP/1.x */
static int
read_first(struct reader *r, const char *line, size_t len, struct err *err)
{
	const char *target = memchr(line, ' ', len), *version;
	size_t rest;

	if (target == NULL || target == line || !is_text(line, len))
		return err_set(err, ERR_INVALID, "not a request of HTTP");
	rest = len - (size_t)(++target - line);
	version = memchr(target, ' ', rest);
	if (version == NULL || version == target || *target != '/')
		return err_set(err, ERR_INVALID, "not a request of HTTP");
	if (len - (size_t)(version + 1 - line) != 8 ||
	    strncmp(version + 1, "HTTP/1.", 7) != 0)
		return err_set(err, ERR_INVALID, "this is not HTTP/1");
	add(r, arena_printf(r->a, "REQUEST_METHOD=%.*s",
	    (int)(target - 1 - line), line));
	add(r, arena_printf(r->a, "REQUEST_URI=%.*s",
	    (int)(version - target), target));
	return 0;
}

/* "HTTP_NAME=", or NULL when it is no name. */
static char *
variable_name(struct reader *r, const char *name, size_t len)
{
	char *var = arena_printf(r->a, "HTTP_%.*s", (int)len, name);

	for (char *p = var + 5; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p) && *p != '-')
			return NULL;
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	}
	return len > 0 ? var : NULL;
}

static int
read_field(struct reader *r, const char *line, size_t len, struct err *err)
{
	const char *colon = memchr(line, ':', len);
	const char *value, *var;
	size_t n;

	var = colon != NULL ?
	    variable_name(r, line, (size_t)(colon - line)) : NULL;
	if (var == NULL || !is_text(line, len))
		return err_set(err, ERR_INVALID, "a field of the request is "
		    "not written as HTTP has it");
	value = colon + 1;
	n = len - (size_t)(value - line);
	for (; n > 0 && (*value == ' ' || *value == '\t'); n--)
		value++;
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		n--;
	add(r, arena_printf(r->a, "%s=%.*s",
	    str_equal(var, "HTTP_PAWL_ADDRESS") ? "REMOTE_ADDR" : var, (int)n,
	    value));
	return 0;
}

static int
read_lines(struct reader *r, const char *data, size_t len, struct err *err)
{
	const char *p = data, *line;
	size_t n;

	while ((line = next_line(&p, data + len, &n)) != NULL) {
		if (n == 0 && r->n > 0) {
			add(r, NULL);
			return 1;
		}
		if (r->n == HTTP_HEAD_FIELDS)
			return err_set(err, ERR_INVALID, "the request has "
			    "more than %d fields", HTTP_HEAD_FIELDS);
		if ((r->n == 0 ? read_first(r, line, n, err) :
		    read_field(r, line, n, err)) == -1)
			return -1;
	}
	return 0;
}

int
http_head_read(const char *data, size_t len, struct arena *a,
    const char *const **env, struct err *err)
{
	struct reader r = { .a = a };
	int rc;

	if (memchr(data, '\0', len) != NULL)
		return err_set(err, ERR_INVALID, "not a request of HTTP");
	rc = read_lines(&r, data, len, err);
	if (rc == 0 && len >= HTTP_HEAD_MAX)
		return err_set(err, ERR_INVALID, "the head of the request is "
		    "longer than %d bytes", HTTP_HEAD_MAX);
	*env = r.env;
	return rc;
}
