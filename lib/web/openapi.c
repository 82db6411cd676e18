/*
 * openapi.c - see openapi.h.
 *
 * What follows from a row itself (who may, that a body is bounded) is said
 * here for all routes alike.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/openapi.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/str.h"

/* --- parameters ----------------------------------------------------------- */

static json_t *
parameter(const char *name, size_t len, const char *in, bool must,
    json_t *schema, const char *text)
{
	json_t *o = json_pack("{s:s%, s:s, s:b, s:o}", "name", name, len,
	    "in", in, "required", must, "schema", schema);

	if (text != NULL)
		json_object_set_new(o, "description", json_string(text));
	return o;
}

static void
add_path_parameters(json_t *list, const char *path)
{
	for (const char *p = strchr(path, '{'); p != NULL;
	    p = strchr(p + 1, '{'))
		json_array_append_new(list, parameter(p + 1,
		    strcspn(p + 1, "}"), "path", true,
		    json_pack("{s:s}", "type", "string"), NULL));
}

static json_t *
parameters_of(const struct route *r)
{
	json_t *list = json_array();

	add_path_parameters(list, r->path);
	for (const struct field_doc *d = r->doc->args;
	    d != NULL && d->name != NULL; d++) {
		size_t len = strcspn(d->name, "?");

		json_array_append_new(list, parameter(d->name, len, "query",
		    d->name[len] == '\0', openapi_type(d->type, d->min,
		    d->max), d->text));
	}
	return list;
}

static json_t *
body_of(const struct route *r)
{
	json_t *o = openapi_object(r->doc->fields);
	bool must = json_object_get(o, "required") != NULL;

	return json_pack("{s:b, s:{s:{s:O}, s:{s:o}}}", "required", must,
	    "content", "application/json", "schema", o,
	    "application/x-www-form-urlencoded", "schema", o);
}

/* --- answers -------------------------------------------------------------- */

static void
add_answer(json_t *all, int status, const char *text, const char *media,
    json_t *schema)
{
	json_t *o = json_pack("{s:s}", "description", text);
	char key[8];

	if (schema != NULL)
		json_object_set_new(o, "content", json_pack("{s:{s:o}}",
		    media, "schema", schema));
	snprintf(key, sizeof(key), "%d", status);
	json_object_set_new(all, key, o);
}

static void
add_error(json_t *all, int status, const char *text)
{
	add_answer(all, status, text, "application/problem+json",
	    openapi_type("Problem", 0, 0));
}

/* What any route like this one may answer. */
static void
add_usual_errors(json_t *all, const struct route *r)
{
	add_error(all, 400, "an argument or a field is wrong");
	if (r->access != ACCESS_BLIND)
		add_error(all, 401, r->access == ACCESS_OPEN ?
		    "the token is unknown" :
		    "no token, or one that is unknown");
	if (r->access > ACCESS_OPEN)
		add_error(all, 403, "the token does not reach as far");
	if (strchr(r->path, '{') != NULL)
		add_error(all, 404, "nothing has this name, or not for you");
	add_error(all, 405, "the address has no such method");
	if (r->method != METHOD_GET) {
		add_error(all, 413, "the body is too large");
		add_error(all, 415, "the body is neither JSON nor a form");
	}
	add_error(all, 500, "a fault of the server");
	add_error(all, 503, "not possible at the moment");
}

static json_t *
answers_of(const struct route *r)
{
	const struct route_doc *d = r->doc;
	json_t *all = json_object();

	add_usual_errors(all, r);
	for (size_t i = 0; i < DESCRIBE_MAX_ERRORS &&
	    d->errors[i].status != 0; i++)
		add_error(all, d->errors[i].status, d->errors[i].text);
	add_answer(all, d->status != 0 ? d->status : 200, d->summary,
	    d->media != NULL ? d->media : d->gives != NULL ?
	    "application/json" : "text/plain; charset=utf-8",
	    openapi_type(d->gives != NULL ? d->gives : "text", 0, 0));
	return all;
}

/* --- operations ----------------------------------------------------------- */

/* "getReposRunsCancel": unique, as paths are, and a name in any language. */
static json_t *
operation_id(const struct route *r)
{
	struct str s = STR_INIT;
	bool up = true;
	json_t *id;

	for (const char *p = method_name(r->method); *p != '\0'; p++)
		str_add_char(&s, (char)tolower((unsigned char)*p));
	for (const char *p = r->path; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p)) {
			up = true;
			continue;
		}
		str_add_char(&s, up ? (char)toupper((unsigned char)*p) : *p);
		up = false;
	}
	id = json_string(s.s);
	str_release(&s);
	return id;
}

static const char *
role_of(enum access access)
{
	switch (access) {
	case ACCESS_BLIND:
	case ACCESS_OPEN:
		break;
	case ACCESS_KNOWN:
		return "any";
	case ACCESS_READER:
		return "reader";
	case ACCESS_WRITER:
		return "writer";
	case ACCESS_ADMIN:
		return "admin";
	}
	return "none";
}

/* Without a security requirement that is empty, a token must be shown. */
static json_t *
security_of(enum access access)
{
	json_t *token = json_pack("{s:[]}", "token");

	return access > ACCESS_OPEN ? json_pack("[o]", token) :
	    json_pack("[{}, o]", token);
}

static json_t *
operation(const struct route *r, const char *tag)
{
	json_t *o = json_pack("{s:o, s:s, s:[s], s:o, s:s, s:o, s:o}",
	    "operationId", operation_id(r), "summary", r->doc->summary,
	    "tags", tag, "security", security_of(r->access), "x-role",
	    role_of(r->access), "parameters", parameters_of(r), "responses",
	    answers_of(r));

	if (r->doc->alias != NULL) {
		json_object_set_new(o, "deprecated", json_true());
		json_object_set_new(o, "description", json_sprintf(
		    "Another spelling of `/%s`.", r->doc->alias));
	} else if (r->doc->text != NULL) {
		json_object_set_new(o, "description",
		    json_string(r->doc->text));
	}
	if (r->body_max > 0)
		json_object_set_new(o, "requestBody", body_of(r));
	return o;
}

/* The first row that fits counts, here as in the router. */
static void
add_route(json_t *paths, const struct route *r, const char *tag)
{
	json_t *path, *id;
	struct str s = STR_INIT;
	char method[16];
	size_t i = 0;

	if (r->doc == NULL)
		return;
	str_addf(&s, "/%s", r->path);
	path = json_object_get(paths, s.s);
	if (path == NULL) {
		path = json_object();
		json_object_set_new(paths, s.s, path);
	}
	str_release(&s);
	for (const char *p = method_name(r->method);
	    *p != '\0' && i < sizeof(method) - 1; p++)
		method[i++] = (char)tolower((unsigned char)*p);
	method[i] = '\0';
	id = json_object_get(path, method);
	if (id == NULL)
		json_object_set_new(path, method, operation(r, tag));
}

json_t *
openapi_make(const struct resource *const *list, size_t n,
    const char *base_url)
{
	json_t *paths = json_object(), *tags = json_array();

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < list[i]->n_routes; k++)
			add_route(paths, &list[i]->routes[k], list[i]->name);
		json_array_append_new(tags, json_pack("{s:s, s:s}", "name",
		    list[i]->name, "description", list[i]->text));
	}
	return json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{s:s}], s:o, s:o, "
	    "s:{s:o, s:{s:{s:s, s:s, s:s}}}}", "openapi", "3.1.0", "info",
	    "title", "Pawl", "version", PACKAGE_VERSION, "summary",
	    "Runs, jobs, logs and what starts them.", "servers", "url",
	    base_url, "tags", tags, "paths", paths, "components", "schemas",
	    openapi_schemas(list, n), "securitySchemes", "token", "type",
	    "http", "scheme", "bearer", "description",
	    "A token: pawl token add NAME");
}
