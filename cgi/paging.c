/*
 * paging.c - see paging.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/paging.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/percent.h"
#include "lib/base/str.h"

int
paging_read(const struct request *req, const char *cursor, int *limit,
    int64_t *from, struct err *err)
{
	int64_t n;

	if (arguments_number(req, "limit", 1, PAGING_MAX, PAGING_LIMIT, &n,
	    err) == -1 || arguments_number(req, cursor, 0, INT64_MAX, 0, from,
	    err) == -1)
		return -1;
	*limit = (int)n;
	return 0;
}

/* The arguments of this request but `cursor`, each encoded anew: what came
 * may hold what ends a link. */
static void
add_arguments(const struct request *req, const char *cursor, struct str *url)
{
	const char *begin = "?";

	for (const char *p = req->query; *p != '\0';) {
		size_t n = strcspn(p, "&"), name = strcspn(p, "&=");
		struct str text = STR_INIT;

		if (n > 0 && (strlen(cursor) != name ||
		    strncmp(p, cursor, name) != 0)) {
			str_add(url, begin);
			begin = "&";
			if (percent_decode(&text, p, name, PERCENT_PLUS))
				percent_encode(url, text.s);
			str_clear(&text);
			if (name < n && percent_decode(&text, p + name + 1,
			    n - name - 1, PERCENT_PLUS)) {
				str_add_char(url, '=');
				percent_encode(url, text.s);
			}
		}
		str_release(&text);
		p += n;
		p += *p == '&';
	}
}

static void
add_address(const struct web *w, const struct request *req,
    const char *cursor, struct str *url)
{
	str_add(url, w->config->base_url);
	for (size_t i = 0; i < req->n_segments; i++) {
		str_add_char(url, '/');
		percent_encode(url, req->segments[i]);
	}
	add_arguments(req, cursor, url);
}

void
paging_next(const struct web *w, const struct request *req,
    struct response *res, json_t *o, const char *cursor, const char *value)
{
	struct str url = STR_INIT, link = STR_INIT;

	json_object_set_new(o, "next", json_null());
	add_address(w, req, cursor, &url);
	if (request_arg(req, cursor) != NULL)
		str_addf(&link, "<%s>; rel=\"first\"", url.s);
	if (value != NULL) {
		str_addf(&url, "%c%s=", strchr(url.s, '?') != NULL ? '&' :
		    '?', cursor);
		percent_encode(&url, value);
		str_addf(&link, "%s<%s>; rel=\"next\"",
		    link.len > 0 ? ", " : "", url.s);
		json_object_set_new(o, "next", json_string(url.s));
	}
	if (link.len > 0)
		response_header(res, "Link", link.s);
	str_release(&url);
	str_release(&link);
}

void
paging_next_id(const struct web *w, const struct request *req,
    struct response *res, json_t *o, const char *cursor, int64_t id)
{
	char value[24];

	snprintf(value, sizeof(value), "%" PRId64, id);
	paging_next(w, req, res, o, cursor, id != 0 ? value : NULL);
}
