/*
 * problem.c - see problem.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/problem.h"

#include "lib/base/json_text.h"

int
denial_set(struct denial *r, int status, const char *code,
    const char *detail)
{
	*r = (struct denial){ status, code, detail };
	return 0;
}

int
problem_status(enum err_code code)
{
	switch (code) {
	case ERR_INVALID:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_EXISTS:
	case ERR_CONFLICT:
		return 409;
	case ERR_TOO_LARGE:
		return 413;
	case ERR_UNSUPPORTED:
		return 501;
	case ERR_BUSY:
	case ERR_TIMEOUT:
	case ERR_UNAVAILABLE:
	case ERR_IO:
		return 503;
	case ERR_NONE:
	case ERR_CORRUPT:
	case ERR_BUG:
		break;
	}
	return 500;
}

static void
add_member(struct str *out, const char *key, const char *value)
{
	str_add(out, ",\n  ");
	json_text(out, key);
	str_add(out, ": ");
	json_text(out, value);
}

/* RFC 9457, section 3, as its example has them. */
static void
add_wrong(struct str *out, const struct request *req)
{
	if (req->n_wrong == 0)
		return;
	str_add(out, ",\n  \"errors\": [");
	for (size_t i = 0; i < req->n_wrong; i++) {
		const struct wrong *w = &req->wrong[i];

		str_add(out, i > 0 ? ",\n    { " : "\n    { ");
		json_text(out, w->argument != NULL ? "parameter" : "pointer");
		str_add(out, ": ");
		json_text(out, w->argument != NULL ? w->argument :
		    w->pointer);
		str_add(out, ", \"detail\": ");
		json_text(out, w->text);
		str_add(out, " }");
	}
	str_add(out, "\n  ]");
}

void
problem_write(struct response *res, const struct request *req, int status,
    const char *code, const char *detail)
{
	res->status = status;
	res->type = "application/problem+json";
	res->revalidate = false;
	if (status == 503)
		response_header(res, "Retry-After", RETRY_AFTER_S);
	str_clear(&res->body);
	str_add(&res->body, "{\n  \"type\": \"about:blank\"");
	add_member(&res->body, "title", status_text(status));
	str_addf(&res->body, ",\n  \"status\": %d", status);
	add_member(&res->body, "detail", detail);
	if (code != NULL)
		add_member(&res->body, "code", code);
	add_member(&res->body, "instance", req->uri);
	add_member(&res->body, "correlation_id", req->id);
	add_wrong(&res->body, req);
	str_add(&res->body, "\n}\n");
}
