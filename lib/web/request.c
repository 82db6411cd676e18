/*
 * request.c - see request.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/request.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/percent.h"
#include "lib/web/router.h"

#define MAX_ID 64     /* bytes of a sender's correlation id */
#define RANDOM_ID 16  /* bytes of ours, written as hex digits */

static const char *const method_names[] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH",
	[METHOD_DELETE] = "DELETE",
	[METHOD_OPTIONS] = "OPTIONS",
	[METHOD_OTHER] = "other",
};

const char *
method_name(enum method m)
{
	return method_names[m];
}

static enum method
method_parse(const char *word)
{
	for (int m = 0; m < METHOD_OTHER; m++) {
		if (word != NULL && strcmp(word, method_names[m]) == 0)
			return (enum method)m;
	}
	return METHOD_OTHER;
}

const char *
request_env(const struct request *req, const char *name)
{
	size_t len = strlen(name);

	for (const char *const *e = req->env; *e != NULL; e++) {
		if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
			return *e + len + 1;
	}
	return NULL;
}

const char *
request_header(const struct request *req, const char *name)
{
	char var[80] = "HTTP_";
	size_t n = strlen(var);
	const char *value;

	if (strcmp(name, "Content-Type") == 0 ||
	    strcmp(name, "Content-Length") == 0)
		n = 0;
	for (; *name != '\0' && n < sizeof(var) - 1; name++)
		var[n++] = *name == '-' ?
		    '_' : (char)toupper((unsigned char)*name);
	var[n] = '\0';
	value = request_env(req, var);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Decoded, in the request's arena; NULL when it is not well-formed. */
static const char *
decode(const struct request *req, const char *s, size_t len, unsigned flags)
{
	struct str text = STR_INIT;
	const char *out = NULL;

	if (percent_decode(&text, s, len, flags))
		out = arena_strndup(req->a, text.s, text.len);
	str_release(&text);
	return out;
}

/* A sender's id is repeated in headers and logs: letters, digits, ".-_". */
static bool
id_usable(const char *id)
{
	size_t len;

	if (id == NULL)
		return false;
	len = strlen(id);
	return len > 0 && len <= MAX_ID && strspn(id,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    ".-_") == len;
}

static const char *
choose_id(const struct request *req)
{
	const char *id = request_header(req, "X-Correlation-ID");
	unsigned char random[RANDOM_ID];
	char *made;

	if (id_usable(id))
		return id;
	id = request_header(req, "X-Request-Id");
	if (id_usable(id))
		return id;
	randombytes_buf(random, sizeof(random));
	made = arena_alloc(req->a, sizeof(random) * 2 + 1);
	return sodium_bin2hex(made, sizeof(random) * 2 + 1, random,
	    sizeof(random));
}

/* Cut at slashes and decode. An empty last segment (a slash at the end) is
 * no segment; an empty one between slashes is none that a route has. */
static int
read_segments(struct request *req, const char *path, size_t len,
    struct err *err)
{
	const char *end = path + len;

	while (path < end) {
		const char *s = ++path; /* behind the slash */
		const char *decoded;

		while (path < end && *path != '/')
			path++;
		if (path == end && s == path)
			return 0;
		if (req->n_segments == REQUEST_MAX_SEGMENTS)
			return err_set(err, ERR_NOT_FOUND,
			    "no page has an address this deep");
		decoded = decode(req, s, (size_t)(path - s), 0);
		if (decoded == NULL)
			return err_set(err, ERR_INVALID,
			    "address is not properly percent-encoded");
		req->segments[req->n_segments++] = decoded;
	}
	return 0;
}

static int
read_uri(struct request *req, const char *base_path, struct err *err)
{
	const char *uri = req->uri, *query = strchr(uri, '?');
	size_t base = strlen(base_path), len;

	if (strlen(uri) > REQUEST_MAX_URI)
		return err_set(err, ERR_INVALID,
		    "address is longer than %d bytes", REQUEST_MAX_URI);
	for (const char *p = uri; *p != '\0'; p++) {
		if ((unsigned char)*p <= 0x20 || *p == 0x7f)
			return err_set(err, ERR_INVALID,
			    "address has a blank or a control character");
	}
	len = query != NULL ? (size_t)(query - uri) : strlen(uri);
	req->query = query != NULL ? query + 1 : "";
	if (len < base || strncmp(uri, base_path, base) != 0 ||
	    (len > base && uri[base] != '/'))
		return err_set(err, ERR_NOT_FOUND,
		    "nothing is served outside of \"%s/\": base-url and the "
		    "web server's location differ", base_path);
	return read_segments(req, uri + base, len - base, err);
}

int
request_init(struct request *req, const char *const *env, const char *base_path,
    struct arena *a, struct err *err)
{
	memset(req, 0, sizeof(*req));
	req->a = a;
	req->env = env;
	str_init(&req->body);
	req->method = method_parse(request_env(req, "REQUEST_METHOD"));
	req->remote_addr = request_env(req, "REMOTE_ADDR");
	req->query = "";
	req->id = choose_id(req);
	req->uri = request_env(req, "REQUEST_URI");
	if (req->uri == NULL) {
		req->uri = "";
		return err_set(err, ERR_INVALID, "the web server does not "
		    "pass REQUEST_URI: include its fastcgi_params");
	}
	return read_uri(req, base_path, err);
}

void
request_release(struct request *req)
{
	str_release(&req->body);
}

const char *
request_param(const struct request *req, const char *name)
{
	const char *p = req->route != NULL ? req->route->path : "";
	size_t len = strlen(name);

	for (size_t i = 0; *p != '\0' && i < req->n_segments; i++) {
		if (*p == '{' && strncmp(p + 1, name, len) == 0 &&
		    p[len + 1] == '}')
			return req->segments[i];
		p += strcspn(p, "/");
		if (*p == '/')
			p++;
	}
	return NULL;
}

const char *
request_arg(const struct request *req, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = req->query; *p != '\0';) {
		size_t n = strcspn(p, "&");

		if (n == len && strncmp(p, name, len) == 0)
			return "";
		if (n > len && strncmp(p, name, len) == 0 && p[len] == '=')
			return decode(req, p + len + 1, n - len - 1,
			    PERCENT_PLUS);
		p += n;
		if (*p == '&')
			p++;
	}
	return NULL;
}

/* RFC 6265, section 4.2.1. */
const char *
request_cookie(const struct request *req, const char *name)
{
	const char *p = request_header(req, "Cookie");
	size_t len = strlen(name);

	while (p != NULL && *p != '\0') {
		size_t n;

		p += strspn(p, "; \t");
		n = strcspn(p, ";");
		if (n > len && strncmp(p, name, len) == 0 && p[len] == '=') {
			while (p[n - 1] == ' ' || p[n - 1] == '\t')
				n--;
			return arena_strndup(req->a, p + len + 1, n - len - 1);
		}
		p += n;
	}
	return NULL;
}

bool
request_reads(const struct request *req)
{
	return req->method == METHOD_GET || req->method == METHOD_HEAD ||
	    req->method == METHOD_OPTIONS;
}

const char *
request_content_type(const struct request *req)
{
	const char *type = request_header(req, "Content-Type");
	char *s;

	if (type == NULL)
		return "";
	s = arena_strndup(req->a, type, strcspn(type, "; \t"));
	for (char *p = s; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}
