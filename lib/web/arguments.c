/*
 * arguments.c - see arguments.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/arguments.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/diag.h"
#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/web/router.h"

#define NAME_SHOWN 64 /* bytes of a name from outside, in messages */
#define MAX_NAMES 64  /* of one description */

int
arguments_number(const struct request *req, const char *name, int64_t min,
    int64_t max, int64_t standard, int64_t *out, struct err *err)
{
	const char *s = request_arg(req, name);
	long long n = standard;

	if (s != NULL && *s != '\0' && !str_to_int64(s, min, max, &n)) {
		if (max == INT64_MAX)
			return err_set(err, ERR_INVALID, "argument \"%s\" "
			    "must be a whole number from %" PRId64 " on",
			    name, min);
		return err_set(err, ERR_INVALID, "argument \"%s\" must be a "
		    "whole number from %" PRId64 " to %" PRId64, name, min,
		    max);
	}
	*out = n;
	return 0;
}

/* "name?" is called "name". */
static size_t
name_len(const char *name)
{
	return strcspn(name, "?");
}

static const struct field_doc *
find(const struct field_doc *list, const char *name)
{
	for (; list != NULL && list->name != NULL; list++) {
		if (strlen(name) == name_len(list->name) &&
		    strncmp(list->name, name, name_len(list->name)) == 0)
			return list;
	}
	return NULL;
}

static int
refuse_unknown(const struct request *req, const char *name,
    struct denial *no)
{
	const struct field_doc *list = req->route->doc->args;
	const char *names[MAX_NAMES + 1], *near;
	size_t n = 0;

	for (; list != NULL && list->name != NULL && n < MAX_NAMES; list++)
		names[n++] = arena_strndup(req->a, list->name,
		    name_len(list->name));
	names[n] = NULL;
	near = suggest_word(name, names);
	return denial_set(no, 400, "argument", arena_printf(req->a,
	    "there is no argument \"%.*s\" here%s%s%s", NAME_SHOWN, name,
	    near != NULL ? ", did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : ""));
}

/* Is it one of "this|that"? */
static bool
is_word(const char *words, const char *value)
{
	size_t len = strlen(value);

	for (const char *p = words; *p != '\0';) {
		size_t n = strcspn(p, "|");

		if (n == len && strncmp(p, value, n) == 0)
			return true;
		p += n;
		p += *p == '|';
	}
	return false;
}

static int
refuse_value(const struct request *req, const char *name, const char *must,
    struct denial *no)
{
	return denial_set(no, 400, "argument", arena_printf(req->a,
	    "argument \"%s\" must be %s", name, must));
}

static int
check_value(const struct request *req, const struct field_doc *doc,
    const char *name, const char *value, struct denial *no)
{
	struct err err = { 0 };
	int64_t n;

	if (*value == '\0') /* an empty field of a form asks for nothing */
		return 1;
	if (strcmp(doc->type, "integer") == 0)
		return arguments_number(req, name, doc->min, doc->max, 0, &n,
		    &err) == 0 ? 1 : denial_set(no, 400, "argument",
		    arena_strdup(req->a, err.text));
	if (strcmp(doc->type, "time") == 0 && !clock_parse(value, &n))
		return refuse_value(req, name, "a time as in RFC 3339, such "
		    "as 2026-01-31T08:00:00Z", no);
	if (strcmp(doc->type, "flag") == 0 &&
	    !is_word("true|false|1|0", value))
		return refuse_value(req, name, "true or false", no);
	if (strchr(doc->type, '|') != NULL && !is_word(doc->type, value))
		return refuse_value(req, name, arena_printf(req->a,
		    "one of %s", doc->type), no);
	if (strcmp(doc->type, "text") == 0 && doc->max > 0 &&
	    strlen(value) > (size_t)doc->max)
		return refuse_value(req, name, arena_printf(req->a,
		    "at most %" PRId64 " bytes long", doc->max), no);
	return 1;
}

static const char *
decode(const struct request *req, const char *s, size_t len)
{
	struct str text = STR_INIT;
	const char *out = NULL;

	if (percent_decode(&text, s, len, PERCENT_PLUS) &&
	    memchr(text.s, '\0', text.len) == NULL)
		out = arena_strndup(req->a, text.s, text.len);
	str_release(&text);
	return out;
}

/* One "name=value" of the query. */
static int
check_pair(const struct request *req, const char *pair, size_t len,
    struct denial *no)
{
	const char *sign = memchr(pair, '=', len);
	size_t n = sign != NULL ? (size_t)(sign - pair) : len;
	const char *name = decode(req, pair, n);
	const char *value = sign != NULL ? decode(req, sign + 1, len - n - 1) :
	    "";
	const struct field_doc *doc;

	if (name == NULL || value == NULL)
		return denial_set(no, 400, "argument", "the arguments are "
		    "not properly percent-encoded");
	doc = find(req->route->doc->args, name);
	if (doc != NULL)
		return check_value(req, doc, name, value, no);
	return req->route->doc->any_args ? 1 : refuse_unknown(req, name, no);
}

static int
check_there(const struct request *req, struct denial *no)
{
	const struct field_doc *d = req->route->doc->args;

	for (; d != NULL && d->name != NULL; d++) {
		const char *s;

		if (strchr(d->name, '?') != NULL)
			continue;
		s = request_arg(req, d->name);
		if (s == NULL || *s == '\0')
			return denial_set(no, 400, "argument", arena_printf(
			    req->a, "argument \"%s\" is missing", d->name));
	}
	return 1;
}

int
arguments_check(const struct request *req, struct denial *no)
{
	if (req->route->doc == NULL)
		return 1;
	for (const char *p = req->query; *p != '\0';) {
		size_t n = strcspn(p, "&");

		if (n > 0 && check_pair(req, p, n, no) == 0)
			return 0;
		p += n;
		p += *p == '&';
	}
	return check_there(req, no);
}
