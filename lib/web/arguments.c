/*
 * arguments.c - see arguments.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/arguments.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/web/check.h"
#include "lib/web/router.h"

int
arguments_number(const struct request *req, const char *name, int64_t min,
    int64_t max, int64_t standard, int64_t *out, struct err *err)
{
	const char *s = arguments_text(req, name);
	long long n = standard;

	if (s != NULL && !str_to_int64(s, min, max, &n))
		return err_set(err, ERR_INVALID, "argument \"%s\" must be %s",
		    name, check_bounds_text(req->a, min, max));
	*out = n;
	return 0;
}

const char *
arguments_text(const struct request *req, const char *name)
{
	const char *s = request_arg(req, name);

	return s != NULL && *s != '\0' ? s : NULL;
}

int
arguments_time(const struct request *req, const char *name, int64_t *at_ms,
    struct err *err)
{
	const char *s = arguments_text(req, name);

	*at_ms = 0;
	if (s == NULL || clock_parse(s, at_ms))
		return 0;
	return err_set(err, ERR_INVALID, "argument \"%s\" must be "
	    CHECK_TIME_TEXT, name);
}

/* --- what the sender takes ------------------------------------------------ */

/* One entry of Accept: does it take this type, with a weight over 0? */
static bool
takes(const char *entry, size_t len, const char *type)
{
	size_t n = strcspn(entry, ";, \t");
	const char *slash = strchr(type, '/'), *q;
	size_t family = (size_t)(slash - type) + 1;

	if (n > len)
		n = len;
	q = memmem(entry, len, "q=0", 3);
	if (q != NULL && (q + 3 == entry + len || q[3] == ',' ||
	    q[3] == ' ' || q[3] == ';'))
		return false;
	if (n == 3 && strncmp(entry, "*/*", 3) == 0)
		return true;
	if (n == family + 1 && strncasecmp(entry, type, family) == 0 &&
	    entry[family] == '*')
		return true;
	return n == strlen(type) && strncasecmp(entry, type, n) == 0;
}

/* Errors come as problems; who takes those takes a JSON answer, too. */
static bool
is_accepted(const char *accept, const char *type)
{
	while (*accept != '\0') {
		size_t len;

		accept += strspn(accept, ", \t");
		len = strcspn(accept, ",");
		if (takes(accept, len, type))
			return true;
		accept += len;
	}
	return false;
}

static int
check_accept(struct request *req, struct denial *no)
{
	const struct route_doc *d = req->route->doc;
	const char *accept = request_header(req, "Accept");
	const char *type = d->media != NULL ? d->media : "application/json";

	if (accept == NULL || (d->media == NULL && d->gives == NULL) ||
	    is_accepted(accept, type) ||
	    is_accepted(accept, "application/problem+json"))
		return 1;
	return denial_set(no, 406, "not-acceptable", arena_printf(req->a,
	    "the answer is %s, which the header \"Accept\" does not take",
	    type));
}

/* --- all ------------------------------------------------------------------ */

static void
check_value(struct request *req, const struct field_doc *doc,
    const char *name, const char *value)
{
	const char *must;

	if (*value == '\0') /* an empty field of a form asks for nothing */
		return;
	must = check_text(doc, value, req->a);
	if (must != NULL)
		check_wrong(req, name, NULL, arena_printf(req->a,
		    "argument \"%s\" must be %s", name, must));
}

static const char *
decode(const struct request *req, const char *s, size_t len)
{
	struct str text = STR_INIT;
	const char *out = NULL;

	if (percent_decode(&text, s, len, PERCENT_PLUS))
		out = arena_strndup(req->a, text.s, text.len);
	str_release(&text);
	return out;
}

/* One "name=value" of the query. */
static void
check_pair(struct request *req, const char *pair, size_t len)
{
	const struct route_doc *d = req->route->doc;
	const char *sign = memchr(pair, '=', len);
	size_t n = sign != NULL ? (size_t)(sign - pair) : len;
	const char *name = decode(req, pair, n);
	const char *value = sign != NULL ? decode(req, sign + 1, len - n - 1) :
	    "";
	const struct field_doc *doc;

	if (name == NULL || value == NULL) {
		check_wrong(req, name != NULL ? name : "", NULL, "the "
		    "arguments are not properly percent-encoded");
		return;
	}
	doc = check_find(d->args, name);
	if (doc != NULL)
		check_value(req, doc, name, value);
	else if (!d->any_args)
		check_wrong(req, name, NULL, check_unknown(d->args, name,
		    "argument", req->a));
}

static void
check_missing(struct request *req)
{
	const struct field_doc *d = req->route->doc->args;

	for (; d != NULL && d->name != NULL; d++)
		if (strchr(d->name, '?') == NULL &&
		    arguments_text(req, d->name) == NULL)
			check_wrong(req, d->name, NULL, arena_printf(req->a,
			    "argument \"%s\" is missing", d->name));
}

int
arguments_check(struct request *req, struct denial *no)
{
	if (req->route->doc == NULL)
		return 1;
	for (const char *p = req->query; *p != '\0';) {
		size_t n = strcspn(p, "&");

		if (n > 0)
			check_pair(req, p, n);
		p += n;
		p += *p == '&';
	}
	check_missing(req);
	if (req->n_wrong > 0)
		return denial_set(no, 400, "argument", req->wrong[0].text);
	return check_accept(req, no);
}
