/*
 * response.c - see response.h.
 *
 * nginx never turns an answer of FastCGI into a 304, so it is done here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/response.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/router.h"

/* Its hexadecimal digits, quotes and NUL. */
static_assert(RESPONSE_ETAG >= crypto_generichash_BYTES_MIN * 2 + 3,
    "an ETag does not fit");

/* What every answer carries, whatever it is. No inline script or style, no
 * other site, no frame; nothing of Pawl needs more. */
static const char common_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";
static const char policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n";
static const char picture_policy[] =
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
    "sandbox\r\n";

static const struct {
	int status;
	const char *text;
} statuses[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 409, "Conflict" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
};

const char *
status_text(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (statuses[i].status == status)
			return statuses[i].text;
	}
	return "";
}

void
response_init(struct response *res)
{
	memset(res, 0, sizeof(*res));
	str_init(&res->headers);
	str_init(&res->body);
	res->status = 200;
	res->type = "text/plain; charset=utf-8";
}

void
response_release(struct response *res)
{
	str_release(&res->headers);
	str_release(&res->body);
}

void
response_reset(struct response *res)
{
	response_release(res);
	response_init(res);
}

void
response_header(struct response *res, const char *name, const char *value)
{
	str_addf(&res->headers, "%s: ", name);
	for (; *value != '\0'; value++)
		str_add_char(&res->headers,
		    (unsigned char)*value < 0x20 || *value == 0x7f ?
		    ' ' : *value);
	str_add(&res->headers, "\r\n");
}

void
response_see_other(struct response *res, const char *path)
{
	res->status = 303;
	res->revalidate = false;
	response_header(res, "Location", path);
	str_add(&res->body, "See there.\n");
}

const char *
response_location(const struct response *res, struct arena *a)
{
	const char *s = strstr(res->headers.s, "Location: ");

	if (s == NULL || (s != res->headers.s && s[-1] != '\n'))
		return NULL;
	s += strlen("Location: ");
	return arena_strndup(a, s, strcspn(s, "\r"));
}

void
response_etag(const struct str *body, char etag[RESPONSE_ETAG])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof(hash),
	    (const unsigned char *)body->s, body->len, NULL, 0);
	etag[0] = '"';
	sodium_bin2hex(etag + 1, RESPONSE_ETAG - 2, hash, sizeof(hash));
	strcat(etag, "\"");
}

/* Weak comparison, RFC 9110, section 13.1.2: a "W/" that a filter put in
 * front does not count. Our tags hold no comma, so finding one is enough. */
static bool
none_match_fails(const struct request *req, const char *etag)
{
	const char *sent = request_header(req, "If-None-Match");

	return sent != NULL &&
	    (strcmp(sent, "*") == 0 || strstr(sent, etag) != NULL);
}

void
response_write(const struct response *res, const struct request *req,
    struct str *out)
{
	char etag[RESPONSE_ETAG];
	bool tagged = res->revalidate && res->status == 200;
	int status = res->status;

	if (tagged) {
		response_etag(&res->body, etag);
		if (none_match_fails(req, etag))
			status = 304;
	}
	str_addf(out, "Status: %d %s\r\n", status, status_text(status));
	str_add_len(out, res->headers.s, res->headers.len);
	str_add(out, common_headers);
	str_add(out, res->own_style ? picture_policy : policy);
	str_addf(out, "X-Correlation-ID: %s\r\n", req->id);
	/* What one person sees is for no shared cache (RFC 9111, section
	 * 5.2.2.7), nor is what others see for that person. */
	str_addf(out, "Cache-Control: %s%s\r\n",
	    req->actor != NULL ? "private, " : "",
	    tagged || res->endless ? "no-cache" : "no-store");
	if (req->route != NULL && req->route->access != ACCESS_BLIND)
		str_add(out, "Vary: Authorization, Cookie\r\n");
	if (tagged)
		str_addf(out, "ETag: %s\r\n", etag);
	if (status != 304 && status != 204)
		str_addf(out, "Content-Type: %s\r\n", res->type);
	if (status != 304 && status != 204 && !res->endless)
		str_addf(out, "Content-Length: %lld\r\n", res->stream != NULL ?
		    (long long)res->stream_bytes : (long long)res->body.len);
	str_add(out, "\r\n");
	if (status != 304 && req->method != METHOD_HEAD)
		str_add_len(out, res->body.s, res->body.len);
}
