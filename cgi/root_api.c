/*
 * root_api.c - where a program begins: the entry points, and the description
 * of everything behind them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/web/openapi.h"

#define ROOT "api/v1/"

/* "api/v1/runs" is one, "api/v1/runs/{run}" is not. */
static bool
is_entry(const struct route *r)
{
	return r->method == METHOD_GET && r->doc != NULL &&
	    r->doc->alias == NULL && str_starts_with(r->path, ROOT) &&
	    strchr(r->path, '{') == NULL;
}

int
api_entry_points(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	json_t *o = json_object();

	(void)req;
	(void)err;
	for (size_t i = 0; i < api_app.n_resources; i++) {
		const struct resource *all = api_app.resources[i];

		for (size_t k = 0; k < all->n_routes; k++) {
			const struct route *r = &all->routes[k];

			if (is_entry(r))
				json_object_set_new(o,
				    r->path + strlen(ROOT), json_sprintf(
				    "%s/%s", w->config->base_url, r->path));
		}
	}
	return answer_json(res, 200, o);
}

/* It does not change while the program runs. */
int
api_openapi(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	(void)req;
	(void)err;
	return answer_json(res, 200, openapi_make(api_app.resources,
	    api_app.n_resources, w->config->base_url));
}
