/*
 * source_http.c - the API of a server over HTTP.
 *
 * The token goes to the server that it was given for and nowhere else: no
 * redirect is followed, certificates are always checked, and without TLS
 * only this very machine gets it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/source.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/events.h"
#include "cli/http_head.h"
#include "cli/servers.h"
#include "lib/base/mem.h"

#define CONNECT_S 10L
#define STALL_S 60L
#define MAX_ANSWER ((size_t)64 * 1024 * 1024)

struct http {
	struct source source;
	CURL *curl;
	const char *token;
	struct events *events; /* the stream that source_wait() reads */
};

/* One request on its way. */
struct transfer {
	struct http *h;
	struct curl_slist *headers;
	struct answer *a;
	/* Of a file: what is read is handed on, behind `skip` bytes. */
	source_put put;
	void *ctx;
	int64_t skip;
	struct err *err;
	bool refused; /* put() said no, or the answer is too large */
};

static size_t
on_header(char *data, size_t one, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = one * n;

	while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		len--;
	http_header(data, len, t->a);
	return one * n;
}

static size_t
on_bytes(char *data, size_t one, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = one * n, skip;
	long status = 0;

	curl_easy_getinfo(t->h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->put == NULL || (status != 200 && status != 206)) {
		t->refused = t->a->body.len + len > MAX_ANSWER;
		if (!t->refused)
			str_add_len(&t->a->body, data, len);
		return t->refused ? 0 : len;
	}
	/* A server that knows no ranges gives all of it. */
	skip = status == 200 && t->skip > 0 ?
	    (t->skip < (int64_t)len ? (size_t)t->skip : len) : 0;
	t->skip -= (int64_t)skip;
	if (skip < len && t->put(t->ctx, data + skip, len - skip, t->err) ==
	    -1) {
		t->refused = true;
		return 0;
	}
	return len;
}

void
http_prepare(CURL *c, const char *url)
{
	const char *ca = getenv("SSL_CERT_FILE");

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "pawl/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	if (ca != NULL && *ca != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, ca);
}

struct curl_slist *
http_headers(const char *token, const char *accept)
{
	struct str line = STR_INIT;
	struct curl_slist *list;

	str_addf(&line, "Accept: %s", accept);
	list = curl_slist_append(NULL, line.s);
	if (token != NULL) {
		str_clear(&line);
		str_addf(&line, "Authorization: Bearer %s", token);
		list = curl_slist_append(list, line.s);
	}
	str_release(&line);
	return list;
}

/* Why there is no answer. */
static int
fail(const struct transfer *t, CURLcode code, struct err *err)
{
	const char *url = t->h->source.base_url;

	if (t->refused && t->put != NULL)
		return -1; /* err is set */
	if (t->refused)
		return err_set(err, ERR_TOO_LARGE, "the answer of %s has more "
		    "than %zu bytes", url, MAX_ANSWER);
	if (code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CACERT_BADFILE)
		return err_set(err, ERR_UNAVAILABLE, "the certificate of %s "
		    "is not to be trusted: %s; SSL_CERT_FILE names a file "
		    "with the authority of your own", url,
		    curl_easy_strerror(code));
	return err_set(err, ERR_UNAVAILABLE, "%s does not answer: %s", url,
	    curl_easy_strerror(code));
}

static int
perform(struct transfer *t, const char *path, struct err *err)
{
	struct http *h = t->h;
	struct str url = STR_INIT;
	CURLcode code;
	long status = 0;
	int rc = 0;

	t->err = err;
	str_addf(&url, "%s/%s", h->source.base_url, path);
	curl_easy_setopt(h->curl, CURLOPT_URL, url.s);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, STALL_S);
	curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, t);
	code = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	t->a->status = (int)status;
	if (code != CURLE_OK)
		rc = fail(t, code, err);
	else if (status >= 300 && status < 400)
		rc = err_set(err, ERR_UNSUPPORTED, "%s leads to %.300s: give "
		    "that server's own address, if you trust it", url.s,
		    t->a->location.len > 0 ? t->a->location.s : "elsewhere");
	str_release(&url);
	return rc;
}

static int
http_ask(struct source *s, const char *method, const char *path,
    const json_t *body, struct answer *a, struct err *err)
{
	struct http *h = (struct http *)s;
	struct transfer t = { .h = h, .a = a };
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT |
	    JSON_ENCODE_ANY) : NULL;
	int rc;

	http_prepare(h->curl, s->base_url);
	t.headers = http_headers(h->token, "application/json");
	curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, method);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(h->curl, CURLOPT_NOBODY, 1L);
	if (text != NULL || strcmp(method, "POST") == 0) {
		t.headers = curl_slist_append(t.headers,
		    "Content-Type: application/json");
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(text != NULL ? strlen(text) : 0));
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS,
		    text != NULL ? text : "");
	}
	rc = perform(&t, path, err);
	curl_slist_free_all(t.headers);
	free(text);
	return rc;
}

static int
http_file(struct source *s, const char *path, int64_t from, source_put put,
    void *ctx, struct err *err)
{
	struct http *h = (struct http *)s;
	struct answer a = ANSWER_INIT;
	struct transfer t = { .h = h, .a = &a, .put = put, .ctx = ctx,
		.skip = from };
	char range[32];
	int rc;

	http_prepare(h->curl, s->base_url);
	t.headers = http_headers(h->token, "*/*");
	if (from != 0) {
		snprintf(range, sizeof(range), from > 0 ? "%lld-" : "%lld",
		    (long long)from);
		curl_easy_setopt(h->curl, CURLOPT_RANGE, range);
	}
	rc = perform(&t, path, err);
	if (rc == 0 && a.status == 404)
		rc = 0;
	else if (rc == 0 && (a.status == 200 || a.status == 206 ||
	    a.status == 416)) /* nothing behind `from` yet */
		rc = 1;
	else if (rc == 0)
		rc = source_refused(s, &a, err);
	curl_slist_free_all(t.headers);
	answer_release(&a);
	return rc;
}

static int
http_wait(struct source *s, const char *stream, int timeout_ms,
    struct err *err)
{
	struct http *h = (struct http *)s;

	(void)err;
	if (h->events == NULL)
		h->events = events_new(s->base_url, h->token);
	events_wait(h->events, stream, timeout_ms);
	return 0;
}

static void
http_close(struct source *s)
{
	struct http *h = (struct http *)s;

	events_free(h->events);
	curl_easy_cleanup(h->curl);
	free(h);
}

static const struct source_kind http_kind = {
	http_ask, http_file, http_wait, http_close,
};

int
source_open_http(const struct server_entry *server, struct source **out,
    struct err *err)
{
	struct http *h;
	CURL *curl;

	if (server->token != NULL && !str_starts_with(server->url,
	    "https://") && !http_is_loopback(server->url))
		return err_set(err, ERR_DENIED, "the token is not sent to %s: "
		    "without https everybody between could read it",
		    server->url);
	curl = curl_easy_init();
	if (curl == NULL)
		return err_set(err, ERR_UNSUPPORTED, "libcurl cannot be used: "
		    "is it installed?");
	h = mem_calloc(1, sizeof(*h));
	h->source = (struct source){ &http_kind, server->url };
	h->curl = curl;
	h->token = server->token;
	*out = &h->source;
	return 0;
}
