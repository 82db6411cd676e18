/*
 * page_badge.c - from a branch's name to the file of its badge.
 *
 * nginx finds the files of ordinary names by itself; what it cannot do is to
 * encode every other byte.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "cgi/page.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"

static const char *const suffixes[] = { ".svg", ".json" };

int
page_badge(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *file = request_param(req, "file");
	const char *branch = request_arg(req, "branch");
	struct str to = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (!str_ends_with(file, suffixes[i]))
			continue;
		str_addf(&to, "%s/", w->base_path);
		layout_badge(&to, request_param(req, "owner"),
		    arena_strndup(req->a, file,
		    strlen(file) - strlen(suffixes[i])),
		    branch != NULL ? branch : "", suffixes[i] + 1);
		res->status = 302;
		response_header(res, "Location", to.s);
		str_release(&to);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "a badge ends in .svg or .json");
}
