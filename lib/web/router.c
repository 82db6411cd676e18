/*
 * router.c - see router.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/router.h"

#include <stdbool.h>
#include <string.h>

static bool
segment_fits(const char *pattern, size_t len, const char *segment)
{
	if (len > 2 && pattern[0] == '{' && pattern[len - 1] == '}')
		return segment[0] != '\0';
	return strlen(segment) == len && strncmp(pattern, segment, len) == 0;
}

static bool
path_fits(const char *pattern, const struct request *req)
{
	size_t i = 0;

	while (*pattern != '\0') {
		size_t len = strcspn(pattern, "/");

		if (i == req->n_segments ||
		    !segment_fits(pattern, len, req->segments[i]))
			return false;
		i++;
		pattern += len;
		if (*pattern == '/')
			pattern++;
	}
	return i == req->n_segments;
}

static bool
method_fits(enum method row, enum method asked)
{
	return row == asked || (row == METHOD_GET && asked == METHOD_HEAD);
}

static void
add_allowed(struct str *allow, enum method m)
{
	if (strstr(allow->s, method_name(m)) != NULL)
		return;
	if (allow->len > 0)
		str_add(allow, ", ");
	str_add(allow, method_name(m));
	if (m == METHOD_GET)
		str_add(allow, ", HEAD");
}

/* In one table; what other methods would do is added to `allow`. */
static const struct route *
look(const struct route *routes, size_t n, struct request *req,
    struct str *allow)
{
	for (size_t i = 0; i < n; i++) {
		if (!path_fits(routes[i].path, req))
			continue;
		if (method_fits(routes[i].method, req->method))
			return &routes[i];
		add_allowed(allow, routes[i].method);
	}
	return NULL;
}

static const struct route *
found(struct request *req, const struct route *route, int *status,
    const struct str *allow)
{
	if (route != NULL)
		req->route = route;
	else
		*status = allow->len > 0 ? 405 : 404;
	return route;
}

const struct route *
router_find(const struct route *routes, size_t n, struct request *req,
    int *status, struct str *allow)
{
	str_clear(allow);
	return found(req, look(routes, n, req, allow), status, allow);
}

const struct route *
router_find_any(const struct resource *const *list, size_t n,
    struct request *req, int *status, struct str *allow)
{
	const struct route *route = NULL;

	str_clear(allow);
	for (size_t i = 0; i < n && route == NULL; i++)
		route = look(list[i]->routes, list[i]->n_routes, req, allow);
	return found(req, route, status, allow);
}
